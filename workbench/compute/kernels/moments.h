// Folds of sums and moments: sum, mean, deviation, covariance, correlation, linear decay, extremes.
//
// Moments are joined as Chan, Golub and LeVeque (1983) do: mean and sum of squared deviations of
// two pieces from those of each, by the difference of their means. A mean is kept as the newest
// value of its piece and what the mean lies above it, which is small: at a high level the mean
// itself would be rounded to that level, and its roundings would be taken for spread. Equal values
// differ by exactly 0, so a constant window has exactly no spread.
#pragma once
#include "fold.h"

namespace workbench {
namespace WORKBENCH_VARIANT {

struct one_real {
  static constexpr int operands = 1;
  template <class T>
  using Value = Reals;
};
struct two_reals {
  static constexpr int operands = 2;
  template <class T>
  using Value = Reals;
};

// The newest value of two pieces; a piece without values has none.
template <class V, class N>
LANE V newest_of(V older, V newer, const Sizes<N>& n) {
  if constexpr (sizeof(N) < sizeof(V))
    return newer;  // strict: every session counts
  else
    return select(n.newer > splat<V>(0.0), newer, older);
}

struct ts_sum_fold : one_real {
  static constexpr bool often = true;
  static constexpr int fields = 1;
  template <class V>
  LANE State<V, 1> leaf(const V* x, const Setting&) {
    return {{x[0]}};
  }
  template <class V>
  LANE State<V, 1> empty(const Setting&) {
    return {{splat<V>(0.0)}};
  }
  template <class V, class N>
  LANE State<V, 1> join(const State<V, 1>& a, const State<V, 1>& b, const Sizes<N>&,
                        const Setting&) {
    return {{a.field[0] + b.field[0]}};
  }
  template <class V, class N>
  LANE V value(const State<V, 1>& s, N, const V*, const Setting&) {
    return s.field[0];
  }
};

struct ts_mean_fold : ts_sum_fold {
  template <class V, class N>
  LANE V value(const State<V, 1>& s, N count, const V*, const Setting&) {
    return s.field[0] / count;
  }
};

// Newest value, what the mean lies above it, and sum of squared deviations.
struct spread : one_real {
  static constexpr bool often = true;
  static constexpr int fields = 3;
  template <class V>
  LANE State<V, 3> leaf(const V* x, const Setting&) {
    const V none = x[0] - x[0];
    return {{x[0], none, none}};
  }
  template <class V>
  LANE State<V, 3> empty(const Setting&) {
    const V none = splat<V>(0.0);
    return {{none, none, none}};
  }
  template <class V, class N>
  LANE State<V, 3> join(const State<V, 3>& a, const State<V, 3>& b, const Sizes<N>& n,
                        const Setting&) {
    const V newest = newest_of(a.field[0], b.field[0], n);
    const V gap = (a.field[0] - newest) + (a.field[1] - b.field[1]);
    return {{newest, b.field[1] + gap * n.share, (a.field[2] + b.field[2]) + gap * gap * n.cross}};
  }
};

// A sum over its degrees of freedom; missing where there are none.
template <class V, class N>
LANE V with_freedom(V sum, N freedom) {
  const V left = splat<V>(0.0) + freedom;
  return select(left > splat<V>(0.0), sum / left, not_a_number<V>());
}

struct variance_fold : spread {
  template <class V, class N>
  LANE V value(const State<V, 3>& s, N count, const V*, const Setting& setting) {
    const N freedom = count - static_cast<double>(setting.integer[0]);
    return with_freedom(s.field[2], freedom);
  }
};

struct stddev_fold : spread {
  template <class V, class N>
  LANE V value(const State<V, 3>& s, N count, const V*, const Setting& setting) {
    const N freedom = count - static_cast<double>(setting.integer[0]);
    return square_root(with_freedom(s.field[2], freedom));
  }
};

struct ts_zscore_fold : spread {
  template <class V, class N>
  LANE V value(const State<V, 3>& s, N count, const V* now, const Setting&) {
    const V distance = (now[0] - s.field[0]) - s.field[1];
    const V deviation = square_root(s.field[2] / (count - 1.0));  // none: 0 / 0
    return distance / deviation + (deviation - deviation);        // too large for a double: NaN
  }
};

// Newest values of x and y, what the means lie above them, xx, yy, xy: sums of squared deviations
// and of their products.
struct joint_spread : two_reals {
  static constexpr bool often = true;
  static constexpr int fields = 7;
  template <class V>
  LANE State<V, 7> leaf(const V* x, const Setting&) {
    const V none = (x[0] - x[0]) + (x[1] - x[1]);
    return {{x[0], x[1], none, none, none, none, none}};
  }
  template <class V>
  LANE State<V, 7> empty(const Setting&) {
    const V none = splat<V>(0.0);
    return {{none, none, none, none, none, none, none}};
  }
  template <class V, class N>
  LANE State<V, 7> join(const State<V, 7>& a, const State<V, 7>& b, const Sizes<N>& n,
                        const Setting&) {
    const V x = newest_of(a.field[0], b.field[0], n), y = newest_of(a.field[1], b.field[1], n);
    const V dx = (a.field[0] - x) + (a.field[2] - b.field[2]);
    const V dy = (a.field[1] - y) + (a.field[3] - b.field[3]);
    const V cx = dx * n.cross;
    return {{x, y, b.field[2] + dx * n.share, b.field[3] + dy * n.share,
             (a.field[4] + b.field[4]) + dx * cx, (a.field[5] + b.field[5]) + dy * (dy * n.cross),
             (a.field[6] + b.field[6]) + dy * cx}};
  }
};

struct covariance_fold : joint_spread {
  template <class V, class N>
  LANE V value(const State<V, 7>& s, N count, const V*, const Setting& setting) {
    const N freedom = count - static_cast<double>(setting.integer[0]);
    return with_freedom(s.field[6], freedom) + (s.field[4] - s.field[4]);
  }
};

// Nearly constant: sum((x - mean)^2) <= (1e-12)^2 * sum(x^2) * n, with the sum of squares taken
// as the sum of squared deviations plus n * mean^2 (all terms positive, nothing cancels).
template <class V, class N>
LANE V guarded(V square, V mean, N count) {
  const V total = square + mean * mean * count;
  return select(square <= total * count * 1e-24, not_a_number<V>(), square);
}

// Correlation from guarded sums of squares and the sum of products.
template <class V, class N>
LANE V related(V xx, V yy, V xy, N count) {
  // Two roots, not the root of the product: the product may overflow.
  const V spread = square_root(xx) * square_root(yy);
  // A perfect line comes out a few roundings off 1, differently for each lane; without this a
  // rank over such values would order rounding noise. 8 n roundings bound what n terms can lose.
  const V one = splat<V>(1.0), edge = one - splat<V>(8.0 * 2.220446049250313e-16) * count;
  V r = xy / spread + (spread - spread);  // too large for a double: NaN
  r = select(r >= edge, one, r);
  return select(r <= -edge, -one, r);
}

struct correlation_fold : joint_spread {
  template <class V, class N>
  LANE V value(const State<V, 7>& s, N count, const V*, const Setting&) {
    return related(guarded(s.field[4], s.field[0] + s.field[2], count),
                   guarded(s.field[5], s.field[1] + s.field[3], count), s.field[6], count);
  }
};

// Weights 1 .. n from the oldest: weighted sum, plain sum, sum of the weights of what is there.
struct decay_linear_fold : one_real {
  static constexpr int fields = 4;
  template <class V>
  LANE State<V, 4> leaf(const V* x, const Setting&) {
    const V one = splat<V>(1.0);
    return {{x[0], x[0], one, one}};
  }
  template <class V>
  LANE State<V, 4> empty(const Setting&) {
    const V none = splat<V>(0.0);
    return {{none, none, none, none}};
  }
  template <class V, class N>
  LANE State<V, 4> join(const State<V, 4>& a, const State<V, 4>& b, const Sizes<N>& n,
                        const Setting&) {
    const V past = splat<V>(n.older_span);
    return {{(a.field[0] + b.field[0]) + b.field[1] * past, a.field[1] + b.field[1],
             (a.field[2] + b.field[2]) + b.field[3] * past, a.field[3] + b.field[3]}};
  }
  template <class V, class N>
  LANE V value(const State<V, 4>& s, N, const V*, const Setting&) {
    return s.field[0] / s.field[2];
  }
};

// The same where no value is missing: the weights are known.
struct decay_linear_strict : one_real {
  static constexpr bool often = true;
  static constexpr int fields = 2;
  template <class V>
  LANE State<V, 2> leaf(const V* x, const Setting&) {
    return {{x[0], x[0]}};
  }
  template <class V, class N>
  LANE State<V, 2> join(const State<V, 2>& a, const State<V, 2>& b, const Sizes<N>& n,
                        const Setting&) {
    return {{(a.field[0] + b.field[0]) + b.field[1] * n.older_span, a.field[1] + b.field[1]}};
  }
  template <class V, class N>
  LANE V value(const State<V, 2>& s, N count, const V*, const Setting&) {
    return s.field[0] / splat<V>(count * (count + 1.0) * 0.5);
  }
};

// Smallest or largest value; what is missing stays so, because comparisons with it fail.
template <bool kLargest>
struct extreme {
  static constexpr bool often = true;
  static constexpr int operands = 1, fields = 1;
  template <class T>
  using Value = Lanes<T>;
  template <class V>
  LANE State<V, 1> leaf(const V* x, const Setting&) {
    return {{x[0]}};
  }
  template <class V>
  LANE State<V, 1> empty(const Setting&) {
    return {{infinite<V>(!kLargest)}};
  }
  template <class V, class N>
  LANE State<V, 1> join(const State<V, 1>& a, const State<V, 1>& b, const Sizes<N>&,
                        const Setting&) {
    const V x = a.field[0], y = b.field[0];
    return {{select((kLargest ? y > x : y < x) | (y != y), y, x)}};
  }
  template <class V, class N>
  LANE V value(const State<V, 1>& s, N, const V*, const Setting&) {
    return s.field[0];
  }
};
using ts_min_fold = extreme<false>;
using ts_max_fold = extreme<true>;

// The extreme, how many sessions ago its first occurrence was, and how long ago the oldest value.
template <bool kLargest, bool kFromOldest>
struct extreme_place {
  static constexpr int operands = 1, fields = 3;
  template <class T>
  using Value = Lanes<T>;
  template <class V>
  LANE State<V, 3> leaf(const V* x, const Setting&) {
    return {{x[0], splat<V>(0.0), splat<V>(0.0)}};
  }
  template <class V>
  LANE State<V, 3> empty(const Setting&) {
    return {{infinite<V>(!kLargest), splat<V>(0.0), splat<V>(-1.0)}};
  }
  template <class V, class N>
  LANE State<V, 3> join(const State<V, 3>& a, const State<V, 3>& b, const Sizes<N>& n,
                        const Setting&) {
    const V x = a.field[0], y = b.field[0], past = splat<V>(n.newer_span), zero = splat<V>(0.0);
    const auto newer = (kLargest ? y > x : y < x) | (y != y);
    return {{select(newer, y, x), select(newer, b.field[1], a.field[1] + past),
             select(a.field[2] >= zero, a.field[2] + past, b.field[2])}};
  }
  template <class V, class N>
  LANE V value(const State<V, 3>& s, N, const V*, const Setting&) {
    const V missing = s.field[0] - s.field[0];
    return (kFromOldest ? s.field[2] - s.field[1] + splat<V>(1.0) : s.field[1]) + missing;
  }
};
template <bool kLargest, bool kFromOldest>
struct extreme_place_strict {
  static constexpr bool often = true;
  static constexpr int operands = 1, fields = 2;
  template <class T>
  using Value = Lanes<T>;
  template <class V>
  LANE State<V, 2> leaf(const V* x, const Setting&) {
    return {{x[0], splat<V>(0.0)}};
  }
  template <class V, class N>
  LANE State<V, 2> join(const State<V, 2>& a, const State<V, 2>& b, const Sizes<N>& n,
                        const Setting&) {
    const V x = a.field[0], y = b.field[0];
    const auto newer = (kLargest ? y > x : y < x) | (y != y);
    return {{select(newer, y, x), select(newer, b.field[1], a.field[1] + splat<V>(n.newer_span))}};
  }
  template <class V, class N>
  LANE V value(const State<V, 2>& s, N count, const V*, const Setting&) {
    const V missing = s.field[0] - s.field[0];
    return (kFromOldest ? splat<V>(count) - s.field[1] : s.field[1]) + missing;
  }
};

using ts_argmin_fold = extreme_place<false, true>;
using ts_argmax_fold = extreme_place<true, true>;
using days_since_min_fold = extreme_place<false, false>;
using days_since_max_fold = extreme_place<true, false>;

// Which fold serves where every value of the window is asked for.
template <class Fold>
struct StrictOf {
  using type = Fold;
};
template <>
struct StrictOf<decay_linear_fold> {
  using type = decay_linear_strict;
};
template <bool kLargest, bool kFromOldest>
struct StrictOf<extreme_place<kLargest, kFromOldest>> {
  using type = extreme_place_strict<kLargest, kFromOldest>;
};

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
