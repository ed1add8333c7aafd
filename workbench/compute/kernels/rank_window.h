// Rank of the newest value within its window, by counting what is below and what is not above.
//
// Counts are small integers, exact in float. Where gaps are passed over, comparisons with NaN fail
// of themselves and the values present are counted too.
#pragma once
#include "window.h"

#ifndef WORKBENCH_DEVICE
#include "traded_ring.h"
#endif

namespace workbench {
namespace WORKBENCH_VARIANT {

struct ts_rank_window {
  template <class T>
  using Value = Lanes<T>;

  // The average rank r of the newest of n values: r / n, or (r - 1) / (n - 1).
  template <class V>
  LANE V scaled(V rank, V count, const Setting& setting) {
    const V one = splat<V>(1.0);
    return setting.integer[0] ? (rank - one) / (count - one) : rank / count;
  }

  // B windows of w rows.
  template <int B, bool kCounted, class T>
  LANE void run(Series<T> x, int w, const Setting& setting, T* out, long long pitch) {
    using V = Lanes<T>;
    const V zero = splat<V>(0.0), one = splat<V>(1.0);
    V newest[B], below[B], upto[B], rest[B];  // rest: values present, or 0 and NaN once one is not
    LANE_UNROLL
    for (int b = 0; b < B; ++b) {
      newest[b] = x.template row<V>(b + w - 1);
      below[b] = zero;
      upto[b] = one;
      rest[b] = zero;
    }
    sweep<B>(w, [&](int i, int b, int) LANE_LAMBDA {
      const V value = x.template row<V>(i);
      below[b] = below[b] + select(value < newest[b], one, zero);
      upto[b] = upto[b] + select(value <= newest[b], one, zero);
      rest[b] = rest[b] + (kCounted ? select(value == value, one, zero) : value - value);
    });
    LANE_UNROLL
    for (int b = 0; b < B; ++b) {
      const V rank = (below[b] + upto[b]) * splat<V>(0.5);
      if (kCounted) {
        const V share = scaled(rank, rest[b], setting) + (newest[b] - newest[b]);
        const auto enough = rest[b] >= splat<V>(setting.min_periods);
        below[b] = select(enough, share, not_a_number<V>());
      } else {
        below[b] = scaled(rank, splat<V>(w), setting) + rest[b];
      }
    }
    store_block<B>(out, pitch, below);
  }
};

#ifndef WORKBENCH_DEVICE

// Over traded sessions: among the last w values in any order, today's included.
struct TradedRank {
  static constexpr int operands = 1;
  template <class T>
  using Value = Lanes<T>;
  static int back(const Setting&) { return 0; }
  static int cells(const Setting& setting) { return 2 * setting.window + 1; }

  template <class V, class E>
  LANE void start(E* state, const Setting& setting) {
    TradedRing<V, E>{state, setting.window}.start();
  }

  template <class T>
  LANE Lanes<T> step(const Call<T>& call, T* state, int t, int j) {
    using V = Lanes<T>;
    const Setting& setting = call.setting();
    const V zero = splat<V>(0.0), one = splat<V>(1.0);
    const V newest = load<V>(call.in[0].row(t) + j);
    V whole, below = zero, upto = one;
    TradedRing<V, T>{state, setting.window}.take(newest, t, whole);
    for (int k = 0; k < setting.window; ++k) {
      const V value = load<V>(state + k * width<V>);
      below = below + select(value < newest, one, zero);
      upto = upto + select(value <= newest, one, zero);
    }
    const V rank = (below + upto) * splat<V>(0.5);
    const V share = ts_rank_window::scaled(rank, splat<V>(setting.window), setting);
    return select(whole > zero, share, not_a_number<V>());
  }
};

// B windows of w rows ending at rows t .. t + B - 1, for every lane of the tile.
template <int B, bool kCounted, class T>
void rank_rows(const Call<T>& call, int t, int w) {
  const T* oldest = call.in[0].row(t - w + 1);
  for (int j = 0; j < call.width; j += width<Lanes<T>>)
    ts_rank_window::run<B, kCounted>(Series<T>{oldest + j, call.in[0].pitch}, w, call.setting(),
                                     call.out_row(t) + j, call.out_pitch);
}

// Rows before the first whole window have none, or one cut short at the first session.
template <bool kCounted, class T>
void rank_windows(const Call<T>& call) {
  constexpr int kBlock = 4;
  const int w = call.setting().window, lag = call.in[0].lag, whole = first_whole(call, 1);
  int t = call.first_row;
  for (; t < call.last_row && t < whole; ++t) {
    if (kCounted && t >= lag)
      rank_rows<1, kCounted>(call, t, t - lag + 1);
    else
      fill_missing(call.out_row(t), 0, call.width);
  }
  for (; t + kBlock <= call.last_row; t += kBlock) rank_rows<kBlock, kCounted>(call, t, w);
  for (; t < call.last_row; ++t) rank_rows<1, kCounted>(call, t, w);
}

template <class T>
void ts_rank_walk(const Call<T>& call) {
  if (call.setting().traded) return run_walk<T, TradedRank>(call, 0);
  if (call.setting().min_periods > 0) return rank_windows<true>(call);
  rank_windows<false>(call);
}

#endif

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
