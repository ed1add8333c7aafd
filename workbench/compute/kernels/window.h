// Windows over one series: every value is computed from its own window, oldest row first.
//
// No running state: value(t) depends on the w rows ending at t and on nothing else, so it is the
// same wherever loading started and however rows are divided among threads. To pay for that, a
// program evaluates B neighbouring windows together and reads each shared row once; the order of
// additions inside each window stays oldest to newest. NaN in a window makes its value NaN, by
// propagation where the arithmetic does it and by an explicit test where it does not.
#pragma once
#include "lanes.h"

namespace workbench {
namespace WORKBENCH_VARIANT {

using Reals = Lanes<double>;

// The rows of one operand at one lane, starting at the oldest row of the first window.
template <class T>
struct Series {
  const T* oldest;
  long long pitch;

  template <class V>
  LANE_MEMBER V row(int i) const {
    return load<V>(oldest + i * pitch);
  }
};

// Call step(row, b, age) for every window b that holds the row, rows oldest to newest; age counts
// from the oldest row of window b. The middle part, where all B windows hold the row, has no test.
template <int B, class Step>
LANE void sweep(int w, Step step) {
  const int full_end = w > B - 1 ? w : B - 1;
  for (int i = 0; i < B - 1; ++i) {
    LANE_UNROLL
    for (int b = 0; b < B; ++b)
      if (i >= b && i - b < w) step(i, b, i - b);
  }
  for (int i = B - 1; i < w; ++i) {
    LANE_UNROLL
    for (int b = 0; b < B; ++b) step(i, b, i - b);
  }
  for (int i = full_end; i < w + B - 1; ++i) {
    LANE_UNROLL
    for (int b = 0; b < B; ++b)
      if (i - b < w) step(i, b, i - b);
  }
}

template <int B, class T, class V>
LANE void store_block(T* out, long long pitch, const V (&value)[B]) {
  LANE_UNROLL
  for (int b = 0; b < B; ++b) store(out + b * pitch, value[b]);
}

template <int B, class T>
LANE void sum_block(Series<T> x, int w, Reals (&sum)[B]) {
  LANE_UNROLL
  for (int b = 0; b < B; ++b) sum[b] = splat<Reals>(0.0);
  sweep<B>(w, [&](int i, int b, int) LANE_LAMBDA { sum[b] = sum[b] + x.template row<Reals>(i); });
}

struct ts_sum_window {
  static constexpr int block = 8;
  template <class T>
  using Value = Reals;
  template <int B, class T>
  LANE void run(Series<T> x, int w, T* out, long long pitch) {
    Reals sum[B];
    sum_block<B>(x, w, sum);
    store_block<B>(out, pitch, sum);
  }
};

struct ts_mean_window {
  static constexpr int block = 8;
  template <class T>
  using Value = Reals;
  template <int B, class T>
  LANE void run(Series<T> x, int w, T* out, long long pitch) {
    Reals sum[B];
    sum_block<B>(x, w, sum);
    const Reals count = splat<Reals>(w);
    LANE_UNROLL
    for (int b = 0; b < B; ++b) sum[b] = sum[b] / count;
    store_block<B>(out, pitch, sum);
  }
};

// Mean of each window, taken as oldest + mean(x - oldest): subtracting the oldest value first keeps
// a large level from cancelling and gives a constant window exactly its constant, so that all its
// deviations are exactly 0.
template <int B, class T>
LANE void mean_block(Series<T> x, int w, Reals (&mean)[B]) {
  Reals oldest[B];
  LANE_UNROLL
  for (int b = 0; b < B; ++b) {
    oldest[b] = x.template row<Reals>(b);
    mean[b] = splat<Reals>(0.0);
  }
  sweep<B>(w, [&](int i, int b, int) LANE_LAMBDA {
    mean[b] = mean[b] + (x.template row<Reals>(i) - oldest[b]);
  });
  const Reals count = splat<Reals>(w);
  LANE_UNROLL
  for (int b = 0; b < B; ++b) mean[b] = oldest[b] + mean[b] / count;
}

struct stddev_window {
  static constexpr int block = 4;
  template <class T>
  using Value = Reals;
  template <int B, class T>
  LANE void run(Series<T> x, int w, T* out, long long pitch) {
    Reals mean[B], square[B];
    mean_block<B>(x, w, mean);
    LANE_UNROLL
    for (int b = 0; b < B; ++b) square[b] = splat<Reals>(0.0);
    sweep<B>(w, [&](int i, int b, int) LANE_LAMBDA {
      const Reals d = x.template row<Reals>(i) - mean[b];
      square[b] = square[b] + d * d;
    });
    const Reals freedom = splat<Reals>(w - 1.0);  // w = 1 divides 0 by 0: NaN
    LANE_UNROLL
    for (int b = 0; b < B; ++b) square[b] = square_root(square[b] / freedom);
    store_block<B>(out, pitch, square);
  }
};

// sum(k * w_k) / (d (d + 1) / 2), the newest row weighs d.
struct decay_linear_window {
  static constexpr int block = 8;
  template <class T>
  using Value = Reals;
  template <int B, class T>
  LANE void run(Series<T> x, int w, T* out, long long pitch) {
    Reals sum[B];
    LANE_UNROLL
    for (int b = 0; b < B; ++b) sum[b] = splat<Reals>(0.0);
    sweep<B>(w, [&](int i, int b, int age) LANE_LAMBDA {
      sum[b] = sum[b] + x.template row<Reals>(i) * splat<Reals>(age + 1.0);
    });
    const Reals weight = splat<Reals>(0.5 * w * (w + 1.0));
    LANE_UNROLL
    for (int b = 0; b < B; ++b) sum[b] = sum[b] / weight;
    store_block<B>(out, pitch, sum);
  }
};

// The first extreme of each window and its 1-based position counted from the oldest row. A NaN
// row replaces the extreme and no later row can beat it, because comparisons with NaN fail.
template <bool kLargest, bool kPosition>
struct ExtremeWindow {
  static constexpr int block = 4;
  template <class T>
  using Value = Lanes<T>;
  template <int B, class T>
  LANE void run(Series<T> x, int w, T* out, long long pitch) {
    using V = Lanes<T>;
    V best[B], position[B];
    LANE_UNROLL
    for (int b = 0; b < B; ++b) {
      best[b] = x.template row<V>(b);
      position[b] = splat<V>(1.0);
    }
    sweep<B>(w, [&](int i, int b, int age) LANE_LAMBDA {
      const V value = x.template row<V>(i);
      const auto beaten = (kLargest ? value > best[b] : value < best[b]) | (value != value);
      best[b] = select(beaten, value, best[b]);
      if (kPosition) position[b] = select(beaten, splat<V>(age + 1.0), position[b]);
    });
    if (kPosition) {
      LANE_UNROLL
      for (int b = 0; b < B; ++b) position[b] = position[b] + (best[b] - best[b]);
    }
    store_block<B>(out, pitch, kPosition ? position : best);
  }
};
using ts_min_window = ExtremeWindow<false, false>;
using ts_max_window = ExtremeWindow<true, false>;
using ts_argmin_window = ExtremeWindow<false, true>;
using ts_argmax_window = ExtremeWindow<true, true>;

// Average rank of the newest row over w: (count(<) + count(<=) + 1) / 2 / w. Counts are small
// integers, exact in float.
struct ts_rank_window {
  static constexpr int block = 4;
  template <class T>
  using Value = Lanes<T>;
  template <int B, class T>
  LANE void run(Series<T> x, int w, T* out, long long pitch) {
    using V = Lanes<T>;
    const V zero = splat<V>(0.0), one = splat<V>(1.0);
    V newest[B], below[B], upto[B], missing[B];
    LANE_UNROLL
    for (int b = 0; b < B; ++b) {
      newest[b] = x.template row<V>(b + w - 1);
      below[b] = zero;
      upto[b] = one;
      missing[b] = zero;
    }
    sweep<B>(w, [&](int i, int b, int) LANE_LAMBDA {
      const V value = x.template row<V>(i);
      below[b] = below[b] + select(value < newest[b], one, zero);
      upto[b] = upto[b] + select(value <= newest[b], one, zero);
      missing[b] = missing[b] + (value - value);  // 0, or NaN for good
    });
    const V scale = splat<V>(w);
    LANE_UNROLL
    for (int b = 0; b < B; ++b)
      below[b] = ((below[b] + upto[b]) * splat<V>(0.5)) / scale + missing[b];
    store_block<B>(out, pitch, below);
  }
};

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
