// Order within a window on the device: one thread a cell, nothing kept sorted.
//
// The k-th smallest value is built bit by bit: the largest pattern below which no more than k
// patterns lie. Ranks are counts, so they are the CPU's in every bit.
#pragma once
#include "order_value.h"
#include "rank_window.h"
#include "walk_device.h"

namespace workbench {
namespace device {

// Unsigned numbers in the order of the values; +inf, which stands for what is missing, is last.
LANE unsigned ordered_bits(float x) {
  const unsigned bits = __float_as_uint(x + 0.0f);
  return bits >> 31 ? ~bits : bits | 0x80000000u;
}
LANE Bits ordered_bits(double x) {
  const Bits bits = bits_of(x + 0.0);
  return bits >> 63 ? ~bits : bits | 0x8000000000000000ULL;
}
LANE double ordered_value(unsigned key) {
  return static_cast<double>(__uint_as_float(key >> 31 ? key & 0x7fffffffu : ~key));
}
LANE double ordered_value(Bits key) {
  return value_of(key >> 63 ? key & 0x7fffffffffffffffULL : ~key);
}

// The k-th smallest of read(0) … read(w - 1), NaN passed over; k counts from 0.
template <class Read>
LANE double smallest(Read read, int w, int k) {
  using Key = decltype(ordered_bits(read(0)));
  Key found = 0;
  for (Key bit = Key(1) << (8 * sizeof(Key) - 1); bit; bit >>= 1) {
    int below = 0;
    for (int i = 0; i < w; ++i) {
      const auto x = read(i);
      below += x == x && ordered_bits(x) < (found | bit);
    }
    if (below <= k) found |= bit;
  }
  return ordered_value(found);
}

// Order::value over a window whose i-th value, oldest 0, is read(i).
template <class Order>
struct DeviceOrder {
  template <class Read>
  LANE double value(Read read, int w, int n, const Setting& setting) {
    return Order::template value<double>([&](int k) { return smallest(read, w, k); }, n, setting);
  }
};
template <>
struct DeviceOrder<medad_order> {
  template <class Read>
  LANE double value(Read read, int w, int n, const Setting&) {
    const double m = middle<double>([&](int k) { return smallest(read, w, k); }, n);
    const auto distance = [&](int i) { return magnitude(static_cast<double>(read(i)) - m); };
    return middle<double>([&](int k) { return smallest(distance, w, k); }, n);
  }
};

template <class Order, class Read>
LANE double counted_order(Read read, int w, int least, const Setting& setting) {
  int n = 0;
  for (int i = 0; i < w; ++i) n += read(i) == read(i);
  return n >= least ? DeviceOrder<Order>::value(read, w, n, setting) : nan_of(0.0);
}

template <class Order, class T>
LANE double order_at(const Call& call, int t, int j) {
  const int w = call.setting.window;
  if (call.setting.traded) {
    T window[1][kLongestTraded];
    if (!gather<T, 1>(call, t, j, window)) return nan_of(0.0);
    return counted_order<Order>([&](int i) { return window[0][i]; }, w, w, call.setting);
  }
  return counted_order<Order>([&](int i) { return value_at<T, T>(call.in[0], t - w + 1 + i, j); },
                              w, call.setting.min_periods > 0 ? call.setting.min_periods : w,
                              call.setting);
}
template <class T>
LANE double ts_median_at(const Call& call, int t, int j) {
  return order_at<ts_median_order, T>(call, t, j);
}
template <class T>
LANE double ts_quantile_at(const Call& call, int t, int j) {
  return order_at<ts_quantile_order, T>(call, t, j);
}
template <class T>
LANE double medad_at(const Call& call, int t, int j) {
  return order_at<medad_order, T>(call, t, j);
}

template <bool kCounted, class T>
LANE T rank_of(Series<T> x, int w, const Setting& setting) {
  T value;
  ts_rank_window::run<1, kCounted>(x, w, setting, &value, 1);
  return value;
}
template <class T>
LANE T ts_rank_at(const Call& call, int t, int j) {
  const Operand& x = call.in[0];
  const int w = call.setting.window, since = t - x.lag + 1;
  if (call.setting.traded) {
    T window[1][kLongestTraded];
    if (!gather<T, 1>(call, t, j, window)) return nan_of(T(0));
    return rank_of<false>(Series<T>{window[0], 1}, w, call.setting);
  }
  if (since < w && (since < 1 || call.setting.min_periods == 0)) return nan_of(T(0));
  const int rows = since < w ? since : w;
  const Series<T> series{cell<T>(x, t - rows + 1, j), x.pitch};
  if (call.setting.min_periods > 0) return rank_of<true>(series, rows, call.setting);
  return rank_of<false>(series, rows, call.setting);
}

template <class T>
LANE double ts_spearman_at(const Call& call, int t, int j) {
  const int w = call.setting.window, oldest = t - w + 1;
  double xx = 0.0, yy = 0.0, xy = 0.0;
  for (int i = 0; i < w; ++i) {
    const T x = value_at<T, T>(call.in[0], oldest + i, j);
    const T y = value_at<T, T>(call.in[1], oldest + i, j);
    if (x != x || y != y) return nan_of(0.0);
    int dx = 0, dy = 0;  // number below - number above
    for (int k = 0; k < w; ++k) {
      const T a = value_at<T, T>(call.in[0], oldest + k, j);
      const T b = value_at<T, T>(call.in[1], oldest + k, j);
      dx += (a < x) - (a > x);
      dy += (b < y) - (b > y);
    }
    xx += static_cast<double>(dx) * dx;
    yy += static_cast<double>(dy) * dy;
    xy += static_cast<double>(dx) * dy;
  }
  return xy / square_root(xx * yy);
}

}  // namespace device
}  // namespace workbench
