// Folds whose sessions weigh by age, products, recursions and the deepest loss.
#pragma once
#include "moments.h"

namespace workbench {
namespace WORKBENCH_VARIANT {

struct ts_product_fold : ts_sum_fold {
  template <class V>
  LANE State<V, 1> empty(const Setting&) {
    return {{splat<V>(1.0)}};
  }
  template <class V, class N>
  LANE State<V, 1> join(const State<V, 1>& a, const State<V, 1>& b, const Sizes<N>&,
                        const Setting&) {
    return {{a.field[0] * b.field[0]}};
  }
};

// sum of f^age x, of f^age, and f^sessions.
struct decay_exp_fold : one_real {
  static constexpr int fields = 3;
  template <class V>
  LANE State<V, 3> leaf(const V* x, const Setting& setting) {
    return {{x[0], splat<V>(1.0), splat<V>(setting.real[0])}};
  }
  template <class V>
  LANE State<V, 3> empty(const Setting& setting) {
    return {{splat<V>(0.0), splat<V>(0.0), splat<V>(setting.real[0])}};
  }
  template <class V, class N>
  LANE State<V, 3> join(const State<V, 3>& a, const State<V, 3>& b, const Sizes<N>&,
                        const Setting&) {
    return {{b.field[0] + b.field[2] * a.field[0], b.field[1] + b.field[2] * a.field[1],
             a.field[2] * b.field[2]}};
  }
  template <class V, class N>
  LANE V value(const State<V, 3>& s, N, const V*, const Setting&) {
    return s.field[0] / s.field[1];
  }
};

// Exponential means: holes are skipped, today must be there. With adjust the weights are f^age
// over their sum; without it Y = f Y + (1 - f) x from the first value on, which is a linear map of
// Y: value so far, sum without the beginning, and f^values.
struct ewm_mean_fold : one_real {
  static constexpr int fields = 3;
  static constexpr bool holes = true;
  template <class V>
  LANE State<V, 3> leaf(const V* x, const Setting& setting) {
    const V f = splat<V>(setting.real[0]), one = splat<V>(1.0);
    return {{x[0], setting.integer[0] ? one : x[0] * (one - f), f}};
  }
  template <class V>
  LANE State<V, 3> empty(const Setting& setting) {
    return {{splat<V>(0.0), splat<V>(0.0), splat<V>(setting.integer[1] ? 1.0 : setting.real[0])}};
  }
  template <class V, class N>
  LANE State<V, 3> join(const State<V, 3>& a, const State<V, 3>& b, const Sizes<N>& n,
                        const Setting& setting) {
    const V second = b.field[1] + b.field[2] * a.field[1], f = a.field[2] * b.field[2];
    if (setting.integer[0]) return {{b.field[0] + b.field[2] * a.field[0], second, f}};
    const V begun = b.field[1] + b.field[2] * a.field[0];
    return {{select(n.older > splat<V>(0.0), begun, b.field[0]), second, f}};
  }
  template <class V, class N>
  LANE V value(const State<V, 3>& s, N, const V* now, const Setting& setting) {
    const V today = now[0] - now[0];
    return (setting.integer[0] ? s.field[0] / s.field[1] : s.field[0]) + today;
  }
};

// Weighted moments: newest values, what the means lie above them, sum of weighted products of
// deviations, sum of weights, of their squares, and f^sessions.
template <int kSeries>
struct ewm_moment {
  static constexpr int operands = kSeries, fields = 2 * kSeries + 4;
  static constexpr int kProduct = 2 * kSeries, kWeight = kProduct + 1, kSquare = kProduct + 2,
                       kDecay = kProduct + 3;
  static constexpr bool holes = true;
  template <class T>
  using Value = Reals;
  template <class V>
  LANE State<V, fields> leaf(const V* x, const Setting& setting) {
    State<V, fields> s;
    LANE_UNROLL
    for (int k = 0; k < kSeries; ++k) {
      s.field[k] = x[k];
      s.field[kSeries + k] = splat<V>(0.0);
    }
    s.field[kProduct] = splat<V>(0.0);
    s.field[kWeight] = s.field[kSquare] = splat<V>(1.0);
    s.field[kDecay] = splat<V>(setting.real[0]);
    return s;
  }
  template <class V>
  LANE State<V, fields> empty(const Setting& setting) {
    State<V, fields> s;
    LANE_UNROLL
    for (int k = 0; k < fields; ++k) s.field[k] = splat<V>(0.0);
    s.field[kDecay] = splat<V>(setting.integer[0] ? 1.0 : setting.real[0]);
    return s;
  }
  template <class V, class N>
  LANE State<V, fields> join(const State<V, fields>& a, const State<V, fields>& b,
                             const Sizes<N>& n, const Setting&) {
    const V f = b.field[kDecay], old = f * a.field[kWeight], total = old + b.field[kWeight];
    const V share = select(total > splat<V>(0.0), old / total, splat<V>(0.0));
    const V cross = share * b.field[kWeight];
    State<V, fields> s;
    V gap[kSeries];
    LANE_UNROLL
    for (int k = 0; k < kSeries; ++k) {
      s.field[k] = newest_of(a.field[k], b.field[k], n);
      gap[k] = (a.field[k] - s.field[k]) + (a.field[kSeries + k] - b.field[kSeries + k]);
      s.field[kSeries + k] = b.field[kSeries + k] + gap[k] * share;
    }
    s.field[kProduct] = (f * a.field[kProduct] + b.field[kProduct]) +
                        gap[0] * (gap[kSeries - 1] * cross);
    s.field[kWeight] = total;
    s.field[kSquare] = f * f * a.field[kSquare] + b.field[kSquare];
    s.field[kDecay] = a.field[kDecay] * f;
    return s;
  }
  template <class V, class N>
  LANE V value(const State<V, fields>& s, N count, const V* now, const Setting&) {
    const V total = s.field[kWeight];
    const V freedom = total * total - s.field[kSquare];
    const V value = s.field[kProduct] * total / freedom;
    const V today = (now[0] - now[0]) + (now[kSeries - 1] - now[kSeries - 1]);
    return select(count > splat<V>(1.0), value, not_a_number<V>()) + today;
  }
};
using ewm_var_fold = ewm_moment<1>;
using ewm_cov_fold = ewm_moment<2>;

// Y = a Y + b over the window, as one linear map of where it began.
struct scan_linear_fold : two_reals {
  static constexpr int fields = 2;
  template <class V>
  LANE State<V, 2> leaf(const V* x, const Setting&) {
    return {{x[0], x[1]}};
  }
  template <class V>
  LANE State<V, 2> empty(const Setting&) {
    return {{splat<V>(1.0), splat<V>(0.0)}};
  }
  template <class V, class N>
  LANE State<V, 2> join(const State<V, 2>& a, const State<V, 2>& b, const Sizes<N>&,
                        const Setting&) {
    return {{b.field[0] * a.field[0], b.field[0] * a.field[1] + b.field[1]}};
  }
  template <class V, class N>
  LANE V value(const State<V, 2>& s, N, const V*, const Setting& setting) {
    return s.field[0] * splat<V>(setting.real[0]) + s.field[1];
  }
};

// Largest value, smallest value, deepest loss from an earlier to a later one.
struct ts_maxdd_fold : one_real {
  static constexpr int fields = 3;
  template <class V>
  LANE State<V, 3> leaf(const V* x, const Setting&) {
    return {{x[0], x[0], x[0] - x[0]}};
  }
  template <class V>
  LANE State<V, 3> empty(const Setting&) {
    return {{infinite<V>(false), infinite<V>(true), splat<V>(0.0)}};
  }
  template <class V, class N>
  LANE State<V, 3> join(const State<V, 3>& a, const State<V, 3>& b, const Sizes<N>&,
                        const Setting&) {
    const V x = a.field[0], y = b.field[0], u = a.field[1], v = b.field[1];
    // An empty piece has infinite extremes and no part in a loss.
    const auto both = (x > infinite<V>(false)) & (v < infinite<V>(true));
    const V across = select(both, splat<V>(1.0) - v / x, splat<V>(0.0));
    const V deeper = select(b.field[2] > a.field[2], b.field[2], a.field[2]) +
                     (b.field[2] - b.field[2]);
    return {{select((y > x) | (y != y), y, x), select((v < u) | (v != v), v, u),
             select(across > deeper, across, deeper)}};
  }
  template <class V, class N>
  LANE V value(const State<V, 3>& s, N, const V*, const Setting&) {
    return select(s.field[1] > splat<V>(0.0), s.field[2], not_a_number<V>());
  }
};

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
