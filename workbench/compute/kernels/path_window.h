// Walks that remember: the last known value, the last other value, a position held, a running sum.
//
// A state holds values and their ages in sessions; what is older than the window is not told, so
// the answer depends on the window alone. Running sums depend on what lies between their anchor and
// today, added oldest first.
#pragma once
#include "walk.h"

namespace workbench {
namespace WORKBENCH_VARIANT {

using Reals = Lanes<double>;

struct OneSeries {
  static constexpr int operands = 1;
  template <class T>
  using Value = Lanes<T>;
  static int back(const Setting&) { return 0; }
};

// State: the last value, its age.
struct BackfillWalk : OneSeries {
  static int cells(const Setting&) { return 2; }
  template <class V, class E>
  LANE void start(E* state, const Setting&) {
    keep(state, not_a_number<V>());
    keep(state + width<V>, splat<V>(0.0));
  }
  template <class T>
  LANE Lanes<T> step(const Call<T>& call, T* state, int t, int j) {
    using V = Lanes<T>;
    const V x = load<V>(call.in[0].row(t) + j);
    const V value = select(x == x, x, load<V>(state));
    const V age = select(x == x, splat<V>(0.0), load<V>(state + width<V>) + splat<V>(1.0));
    keep(state, value);
    keep(state + width<V>, age);
    return select(age < splat<V>(call.setting().window), value, not_a_number<V>());
  }
};

// State: the last value and its age, the age of its first session, the last value that was another
// one and its age.
template <bool kAge>
struct ChangeWalk : OneSeries {
  static int cells(const Setting&) { return 5; }
  template <class V, class E>
  LANE void start(E* state, const Setting&) {
    for (int k = 0; k < 5; ++k) keep(state + k * width<V>, not_a_number<V>());
  }
  template <class T>
  LANE Lanes<T> step(const Call<T>& call, T* state, int t, int j) {
    using V = Lanes<T>;
    const V zero = splat<V>(0.0), one = splat<V>(1.0);
    const V x = load<V>(call.in[0].row(t) + j);
    const V last = load<V>(state), last_age = load<V>(state + width<V>) + one;
    const auto changed = (x < last) | (x > last);
    const auto begins = changed | ((x == x) & (last != last));
    const V first_age = select(begins, zero, load<V>(state + 2 * width<V>) + one);
    const V other = select(changed, last, load<V>(state + 3 * width<V>));
    const V other_age = select(changed, last_age, load<V>(state + 4 * width<V>) + one);
    keep(state, select(x == x, x, last));
    keep(state + width<V>, select(x == x, zero, last_age));
    keep(state + 2 * width<V>, first_age);
    keep(state + 3 * width<V>, other);
    keep(state + 4 * width<V>, other_age);
    const auto told = (x == x) & (other_age < splat<V>(call.setting().window));
    return select(told, kAge ? first_age : other, not_a_number<V>());
  }
};

// No state: from today back until every lane has seen k values.
struct KthWalk : OneSeries {
  static int cells(const Setting&) { return 0; }
  template <class V, class E>
  LANE void start(E*, const Setting&) {}
  template <class T>
  LANE Lanes<T> step(const Call<T>& call, T*, int t, int j) {
    using V = Lanes<T>;
    const V wanted = splat<V>(call.setting().integer[0]), one = splat<V>(1.0);
    V found = not_a_number<V>(), seen = splat<V>(0.0);
    for (int age = 0; age < call.setting().window && any(seen < wanted); ++age) {
      const V x = load<V>(call.in[0].row(t - age) + j);
      seen = select(x == x, seen + one, seen);
      found = select((x == x) & (seen == wanted), x, found);
    }
    return found;
  }
};

// State: the value held, sessions since it was taken. Operands: trigger, value, leave.
struct TradeWalk {
  static constexpr int operands = 3;
  template <class T>
  using Value = Lanes<T>;
  static int back(const Setting&) { return 0; }
  static int cells(const Setting&) { return 2; }
  template <class V, class E>
  LANE void start(E* state, const Setting&) {
    keep(state, not_a_number<V>());
    keep(state + width<V>, splat<V>(0.0));
  }
  template <class T>
  LANE Lanes<T> step(const Call<T>& call, T* state, int t, int j) {
    using V = Lanes<T>;
    const V zero = splat<V>(0.0), one = splat<V>(1.0);
    const auto enters = load<V>(call.in[0].row(t) + j) > zero;
    const auto leaves = load<V>(call.in[2].row(t) + j) > zero;
    const V taken = select(enters, load<V>(call.in[1].row(t) + j), load<V>(state));
    const V value = select(leaves, not_a_number<V>(), taken);
    const V age = select(enters, zero, load<V>(state + width<V>) + one);
    keep(state, value);
    keep(state + width<V>, age);
    return select(age < splat<V>(call.setting().window), value, not_a_number<V>());
  }
};

template <class T>
void ts_backfill_walk(const Call<T>& call) {
  run_walk<T, BackfillWalk>(call, first_whole(call, 1));
}
template <class T>
void last_diff_value_walk(const Call<T>& call) {
  run_walk<T, ChangeWalk<false>>(call, first_whole(call, 1));
}
template <class T>
void days_from_last_change_walk(const Call<T>& call) {
  run_walk<T, ChangeWalk<true>>(call, first_whole(call, 1));
}
template <class T>
void kth_element_walk(const Call<T>& call) {
  run_walk<T, KthWalk>(call, first_whole(call, 1));
}
template <class T>
void trade_when_walk(const Call<T>& call) {
  run_walk<T, TradeWalk>(call, first_whole(call, 3));
}

// Sum or product from row `anchor` on. Without a window there is no scratch: the state stays in
// registers, one group of lanes goes down all rows, and rows are fetched ahead.
template <bool kProduct, class T>
void accumulate(const Call<T>& call) {
  constexpr int kRowsAhead = 16;
  const int anchor = call.setting().integer[0];
  for (int j = 0; j < call.width; j += width<Reals>) {
    Reals total = splat<Reals>(kProduct ? 1.0 : 0.0);
    for (int t = call.first_row; t < call.last_row; ++t) {
      if (t + kRowsAhead < call.last_row) {
        __builtin_prefetch(call.in[0].row(t + kRowsAhead) + j);
        __builtin_prefetch(call.out_row(t + kRowsAhead) + j, 1);
      }
      const Reals x = load<Reals>(call.in[0].row(t) + j);
      if (t >= anchor) total = select(x == x, kProduct ? total * x : total + x, total);
      store(call.out_row(t) + j, t < anchor ? not_a_number<Reals>() : total + (x - x));
    }
  }
}
template <class T>
void ts_cumsum_walk(const Call<T>& call) {
  accumulate<false>(call);
}
template <class T>
void ts_cumprod_walk(const Call<T>& call) {
  accumulate<true>(call);
}

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
