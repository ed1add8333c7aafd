// Folds of higher moments: skewness, kurtosis, central moments.
//
// Pieces are joined by the formulas of Pebay (2008), SAND2008-6212, written with the older piece's
// share s of the values and r = 1 - s of the newer one.
#pragma once
#include "moments.h"

namespace workbench {
namespace WORKBENCH_VARIANT {

// Newest value, what the mean lies above it, sums of the second, third and fourth powers of the
// deviations.
struct four_moments : one_real {
  static constexpr int fields = 5;
  template <class V>
  LANE State<V, 5> leaf(const V* x, const Setting&) {
    const V none = x[0] - x[0];
    return {{x[0], none, none, none, none}};
  }
  template <class V>
  LANE State<V, 5> empty(const Setting&) {
    const V none = splat<V>(0.0);
    return {{none, none, none, none, none}};
  }
  template <class V, class N>
  LANE State<V, 5> join(const State<V, 5>& a, const State<V, 5>& b, const Sizes<N>& n,
                        const Setting&) {
    const V s = splat<V>(0.0) + n.share, r = splat<V>(1.0) - s;
    const V newest = newest_of(a.field[0], b.field[0], n);
    const V gap = (a.field[0] - newest) + (a.field[1] - b.field[1]);
    const V d = -gap, dd = gap * gap, spread = dd * n.cross;
    const V second = (a.field[2] + b.field[2]) + spread;
    const V third = ((a.field[3] + b.field[3]) + spread * d * (s - r)) +
                    splat<V>(3.0) * d * (s * b.field[2] - r * a.field[2]);
    const V fourth = ((a.field[4] + b.field[4]) + spread * dd * ((s * s - s * r) + r * r)) +
                     (splat<V>(6.0) * dd * (s * s * b.field[2] + r * r * a.field[2]) +
                      splat<V>(4.0) * d * (s * b.field[3] - r * a.field[3]));
    return {{newest, b.field[1] + gap * n.share, second, third, fourth}};
  }
};

// Squares whose powers would vanish say nothing about shape.
template <class V, class N>
LANE V shaped(V square, V mean, N count) {
  return select(square > splat<V>(1e-140), guarded(square, mean, count), not_a_number<V>());
}

struct skew_fold : four_moments {
  template <class V, class N>
  LANE V value(const State<V, 5>& s, N count, const V*, const Setting&) {
    const V n = splat<V>(0.0) + count, one = splat<V>(1.0), two = splat<V>(2.0);
    const V second = shaped(s.field[2], s.field[0] + s.field[1], count);
    const V ratio = s.field[3] / second / square_root(second);
    return select(n > two, n * square_root(n - one) / (n - two) * ratio, not_a_number<V>());
  }
};

struct kurt_fold : four_moments {
  template <class V, class N>
  LANE V value(const State<V, 5>& s, N count, const V*, const Setting&) {
    const V n = splat<V>(0.0) + count, one = splat<V>(1.0), three = splat<V>(3.0);
    const V second = shaped(s.field[2], s.field[0] + s.field[1], count);
    const V ratio = (n + one) * n * (s.field[4] / second) / second - three * (n - one);
    const V value = (n - one) / ((n - splat<V>(2.0)) * (n - three)) * ratio;
    return select(n > three, value, not_a_number<V>());
  }
};

struct ts_moment_fold : four_moments {
  template <class V, class N>
  LANE V value(const State<V, 5>& s, N count, const V*, const Setting& setting) {
    const int k = setting.integer[0];
    const V total = k == 2 ? s.field[2] : k == 3 ? s.field[3] : s.field[4];
    return total / count;
  }
};

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
