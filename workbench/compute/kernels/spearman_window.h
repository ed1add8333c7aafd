// Rank correlation over a window: Pearson of average ranks, all of it in whole numbers.
//
// In place of its rank r every value keeps D = number below - number above = 2 r - (w + 1) within
// its window. A session changes each D by two comparisons with the value that enters and two with
// the one that leaves, exactly; so the sums of products are exact too, and depend on the window
// alone. A pair with a gap stands as a pair of +inf and makes the window NaN.
#pragma once
#include "walk.h"

namespace workbench {
namespace WORKBENCH_VARIANT {

using Reals = Lanes<double>;

// State: w values of x, w of y, D of x, D of y, in turn; the number of pairs with a gap.
struct SpearmanWalk {
  static constexpr int operands = 2;
  template <class T>
  using Value = Lanes<T>;
  static int back(const Setting&) { return 0; }
  static int cells(const Setting& setting) { return 4 * setting.window + 1; }

  template <class V, class E>
  LANE void start(E* state, const Setting& setting) {
    const int w = setting.window;
    for (int k = 0; k < 2 * w; ++k) keep(state + k * width<V>, infinite<V>(true));
    for (int k = 2 * w; k < 4 * w; ++k) keep(state + k * width<V>, splat<V>(0.0));
    keep(state + 4 * w * width<V>, splat<V>(w));
  }

  template <class V>
  LANE V above(V a, V b) {
    const V zero = splat<V>(0.0), one = splat<V>(1.0);
    return select(a > b, one, zero) - select(a < b, one, zero);
  }

  // Let `entering` take the place of the value at `turn`.
  template <class V, class E>
  LANE void replace_value(E* values, E* standing, int w, int turn, V entering) {
    const V leaving = load<V>(values + turn * width<V>);
    V own = splat<V>(0.0);
    keep(values + turn * width<V>, entering);
    for (int k = 0; k < w; ++k) {
      const V value = load<V>(values + k * width<V>);
      const V change = above(value, entering);
      own = own - change;
      const V old = load<V>(standing + k * width<V>);
      keep(standing + k * width<V>, old + change - above(value, leaving));
    }
    keep(standing + turn * width<V>, own);
  }

  template <class V, class E>
  LANE V correlation(const E* dx, const E* dy, int w) {
    E out[width<V>];
    for (int part = 0; part < width<V>; part += width<Reals>) {
      Reals xx = splat<Reals>(0.0), yy = xx, xy = xx;
      for (int k = 0; k < w; ++k) {
        const Reals a = load<Reals>(dx + k * width<V> + part);
        const Reals b = load<Reals>(dy + k * width<V> + part);
        xx = xx + a * a;
        yy = yy + b * b;
        xy = xy + a * b;
      }
      store(out + part, xy / square_root(xx * yy));
    }
    return load<V>(out);
  }

  template <class T>
  LANE Lanes<T> step(const Call<T>& call, T* state, int t, int j) {
    using V = Lanes<T>;
    const int w = call.setting().window, turn = t % w;
    const V zero = splat<V>(0.0), one = splat<V>(1.0), gap = infinite<V>(true);
    T *xs = state, *ys = xs + w * width<V>, *dx = ys + w * width<V>, *dy = dx + w * width<V>;
    const V x = load<V>(call.in[0].row(t) + j), y = load<V>(call.in[1].row(t) + j);
    V missing = load<V>(dy + w * width<V>);
    missing = missing - select(load<V>(xs + turn * width<V>) == gap, one, zero) +
              select((x == x) & (y == y), zero, one);
    keep(dy + w * width<V>, missing);
    replace_value<V>(xs, dx, w, turn, select((x == x) & (y == y), x, gap));
    replace_value<V>(ys, dy, w, turn, select((x == x) & (y == y), y, gap));
    return select(missing > zero, not_a_number<V>(), correlation<V>(dx, dy, w));
  }
};

template <class T>
void ts_spearman_walk(const Call<T>& call) {
  run_walk<T, SpearmanWalk>(call, first_whole(call, 2));
}

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
