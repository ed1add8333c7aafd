// Operators of order and path along time: identifier, canonical name, operands, axis, kind.
//
// Kind lag reads its one operand again, `integer[0]` sessions back, as its second (delay and delta
// become a copy and a difference). Kind window is a program of window.h, run block by block over its
// rows. Kind walk is a function of the whole call, ``<identifier>_walk<T>``; on the device
// ``<identifier>_at<T>`` gives one cell.
#pragma once

#define WORKBENCH_ORDER_TABLE(X)                                     \
  X(delay, "delay", 1, lag, none)                                    \
  X(delta, "delta", 1, lag, none)                                    \
  X(pct_change, "pct_change", 1, lag, element)                       \
  X(log_ret, "log_ret", 1, lag, element)                             \
  X(mad, "mad", 1, window, walk)                                     \
  X(ts_rank, "ts_rank", 1, window, walk)                             \
  X(ts_median, "ts_median", 1, window, walk)                         \
  X(ts_quantile, "ts_quantile", 1, window, walk)                     \
  X(medad, "medad", 1, window, walk)                                 \
  X(ts_spearman, "ts_spearman", 2, window, walk)                     \
  X(ts_entropy, "ts_entropy", 1, window, window)                     \
  X(ts_hurst, "ts_hurst", 1, window, window)                         \
  X(ts_backfill, "ts_backfill", 1, window, walk)                     \
  X(kth_element, "kth_element", 1, window, walk)                     \
  X(last_diff_value, "last_diff_value", 1, window, walk)             \
  X(days_from_last_change, "days_from_last_change", 1, window, walk) \
  X(hump, "hump", 1, window, window)                                 \
  X(trade_when, "trade_when", 3, window, walk)                       \
  X(ts_cumsum, "ts_cumsum", 1, window, walk)                         \
  X(ts_cumprod, "ts_cumprod", 1, window, walk)
