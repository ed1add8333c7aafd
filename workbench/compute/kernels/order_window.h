// Walks that keep a window in order: quantile, median, median absolute deviation.
//
// The w values of a window lie sorted in scratch, lane by lane, what is missing as +inf at the end.
// A session replaces the value that leaves by the one that enters in one pass of selections. The
// sorted values are a function of the window alone, so a result never depends on where loading
// began. Zeros lose their sign: which of two equal zeros comes first would depend on the past.
#pragma once
#include "order_value.h"
#include "traded_ring.h"

namespace workbench {
namespace WORKBENCH_VARIANT {

// Take one `leaving` out of w sorted values and put `entering` in. What stays is the k-th value or,
// from the first `leaving` on, the next one; the result is the middle one of `entering` and of two
// neighbours that stay. If +inf leaves a window without one, +inf falls off the end.
template <class V, class E>
LANE void replace(E* sorted, int w, V leaving, V entering) {
  V below = infinite<V>(false), here = load<V>(sorted);
  for (int k = 0; k < w - 1; ++k) {
    const V above = load<V>(sorted + (k + 1) * width<V>);
    const V stays = select(here < leaving, here, above);
    keep(sorted + k * width<V>, smaller(stays, larger(below, entering)));
    below = stays;
    here = above;
  }
  const V stays = select(here < leaving, here, infinite<V>(true));
  keep(sorted + (w - 1) * width<V>, smaller(stays, larger(below, entering)));
}

// The answer where all lanes hold w values: in double, half a vector of floats at a time.
template <class Order, class V, class E>
LANE V whole_value(const E* sorted, const Setting& setting) {
  E out[width<V>];
  for (int part = 0; part < width<V>; part += width<Reals>) {
    const auto read = [=](int k) LANE_LAMBDA { return load<Reals>(sorted + k * width<V> + part); };
    store(out + part, Order::template value<Reals>(read, setting.window, setting));
  }
  return load<V>(out);
}

// The answer where lanes hold different numbers of values: lane by lane.
template <class Order, class V, class E>
LANE V counted_value(const E* sorted, V missing, const Setting& setting) {
  E out[width<V>];
  for (int lane = 0; lane < width<V>; ++lane) {
    const int n = setting.window - static_cast<int>(missing[lane]);
    const auto read = [=](int k) { return static_cast<double>(sorted[k * width<V> + lane]); };
    out[lane] = n >= setting.min_periods
                    ? static_cast<E>(Order::template value<double>(read, n, setting))
                    : static_cast<E>(__builtin_nan(""));
  }
  return load<V>(out);
}

// State: w sorted values, the number of missing ones.
template <class Order>
struct SortedWalk {
  static constexpr int operands = 1;
  template <class T>
  using Value = Lanes<T>;
  static int back(const Setting& setting) { return setting.window; }
  static int cells(const Setting& setting) { return setting.window + 1; }

  template <class V, class E>
  LANE void start(E* state, const Setting& setting) {
    for (int k = 0; k < setting.window; ++k) keep(state + k * width<V>, infinite<V>(true));
    keep(state + setting.window * width<V>, splat<V>(setting.window));
  }

  template <class T>
  LANE Lanes<T> step(const Call<T>& call, T* state, int t, int j) {
    using V = Lanes<T>;
    const Setting& setting = call.setting();
    const int w = setting.window;
    const V zero = splat<V>(0.0), one = splat<V>(1.0), gap = infinite<V>(true);
    const V entering = load<V>(call.in[0].row(t) + j);
    const V leaving = load<V>(call.in[0].row(t - w) + j);
    replace<V>(state, w, select(leaving == leaving, leaving + zero, gap),
               select(entering == entering, entering + zero, gap));
    V missing = load<V>(state + w * width<V>);
    missing = missing + select(entering == entering, zero, one) -
              select(leaving == leaving, zero, one);
    keep(state + w * width<V>, missing);
    if (setting.min_periods > 0 && any(missing > zero))
      return counted_value<Order, V>(state, missing, setting);
    return select(missing > zero, not_a_number<V>(), whole_value<Order, V>(state, setting));
  }
};

// Over traded sessions. State: w sorted values, the ring of the same. A lane without a value today
// lets +inf leave and enter, which changes nothing.
template <class Order>
struct TradedWalk {
  static constexpr int operands = 1;
  template <class T>
  using Value = Lanes<T>;
  static int back(const Setting&) { return 0; }
  static int cells(const Setting& setting) { return 3 * setting.window + 1; }

  template <class V, class E>
  LANE void start(E* state, const Setting& setting) {
    const int w = setting.window;
    for (int k = 0; k < w; ++k) keep(state + k * width<V>, infinite<V>(true));
    TradedRing<V, E>{state + w * width<V>, w}.start();
  }

  template <class T>
  LANE Lanes<T> step(const Call<T>& call, T* state, int t, int j) {
    using V = Lanes<T>;
    const int w = call.setting().window;
    const V x = load<V>(call.in[0].row(t) + j) + splat<V>(0.0);
    V whole;
    const V leaving = TradedRing<V, T>{state + w * width<V>, w}.take(x, t, whole);
    replace<V>(state, w, leaving, select(x == x, x, infinite<V>(true)));
    const V value = whole_value<Order, V>(state, call.setting());
    return select(whole > splat<V>(0.0), value, not_a_number<V>());
  }
};

template <class T, class Order>
void run_sorted(const Call<T>& call) {
  const Setting& setting = call.setting();
  if (setting.traded) return run_walk<T, TradedWalk<Order>>(call, 0);
  run_walk<T, SortedWalk<Order>>(call, setting.min_periods > 0 ? 0 : first_whole(call, 1));
}
template <class T>
void ts_median_walk(const Call<T>& call) {
  run_sorted<T, ts_median_order>(call);
}
template <class T>
void ts_quantile_walk(const Call<T>& call) {
  run_sorted<T, ts_quantile_order>(call);
}
template <class T>
void medad_walk(const Call<T>& call) {
  run_sorted<T, medad_order>(call);
}

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
