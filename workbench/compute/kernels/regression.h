// Folds of fitted lines: on another series, and on the sessions themselves.
#pragma once
#include "moments.h"

namespace workbench {
namespace WORKBENCH_VARIANT {

// What a line gives; the numbers are those of the words of ts_regression.
enum LineOutput { slope_out, intercept_out, fitted_out, resid_out, rsquare_out, tstat_out, se_out };

// Operand 0 is y, operand 1 is x: the state of joint_spread is of y and x, yy, xx, xy.
struct ts_regression_fold : joint_spread {
  static constexpr bool often = false;
  template <class V, class N>
  LANE V value(const State<V, 7>& s, N count, const V* now, const Setting& setting) {
    const V n = splat<V>(0.0) + count, zero = splat<V>(0.0), missing = not_a_number<V>();
    const V y = s.field[0] + s.field[2], x = s.field[1] + s.field[3];  // means
    const V yy = s.field[4], xx = guarded(s.field[5], x, count), xy = s.field[6];
    const V slope = select(n > splat<V>(2.0), xy / xx, missing);
    // What a perfect line leaves is rounding, as in correlation: 8 n of it count as nothing.
    const V left = yy - slope * xy, rounding = yy * n * splat<V>(8.0 * 2.220446049250313e-16);
    const V variance = select(left > rounding, left, zero) / (n - splat<V>(2.0));
    const V se = square_root(variance / xx) + (left - left);
    const V above = (now[1] - s.field[1]) - s.field[3];  // of x today, above its mean
    switch (setting.integer[0]) {
      case slope_out:
        return slope;
      case intercept_out:
        return y - slope * x;
      case fitted_out:
        return (y + slope * above) + (now[0] - now[0]);
      case resid_out:
        return ((now[0] - s.field[0]) - s.field[2]) - slope * above;
      case rsquare_out:
        return slope * xy / guarded(yy, y, count);
      case tstat_out:
        return slope / se;
      default:
        return se;
    }
  }
};

// The line on the sessions of the window, every one of them there: newest value, what the mean
// lies above it, xx, and xk with k the session. Two pieces lie half their joint length apart.
template <int kOutput>
struct trend_strict : one_real {
  static constexpr bool often = true;
  static constexpr int fields = 4;
  template <class V>
  LANE State<V, 4> leaf(const V* x, const Setting&) {
    const V none = x[0] - x[0];
    return {{x[0], none, none, none}};
  }
  template <class V, class N>
  LANE State<V, 4> join(const State<V, 4>& a, const State<V, 4>& b, const Sizes<N>& n,
                        const Setting&) {
    const V gap = (a.field[0] - b.field[0]) + (a.field[1] - b.field[1]);
    const double apart = 0.5 * (n.older_span + n.newer_span);
    return {{b.field[0], b.field[1] + gap * n.share,
             (a.field[2] + b.field[2]) + gap * (gap * n.cross),
             (a.field[3] + b.field[3]) - gap * splat<V>(n.cross * apart)}};
  }
  template <class V, class N>
  LANE V value(const State<V, 4>& s, N n, const V* now, const Setting&) {
    const V slope = s.field[3] / splat<V>(n * (n * n - 1.0) / 12.0);
    const V mean = s.field[0] + s.field[1];
    if (kOutput == slope_out) return slope;
    if (kOutput == intercept_out) return mean - slope * splat<V>(0.5 * (n + 1.0));
    if (kOutput == resid_out)
      return ((now[0] - s.field[0]) - s.field[1]) - slope * splat<V>(0.5 * (n - 1.0));
    return slope * s.field[3] / guarded(s.field[2], mean, n);
  }
};

// The same with missing sessions left out: newest value, what the mean lies above it, mean session
// counted back from the newest (0, -1, ...), xx, kk, xk.
template <int kOutput>
struct trend : one_real {
  static constexpr int fields = 6;
  template <class V>
  LANE State<V, 6> leaf(const V* x, const Setting&) {
    const V none = x[0] - x[0];
    return {{x[0], none, none, none, none, none}};
  }
  template <class V>
  LANE State<V, 6> empty(const Setting&) {
    const V none = splat<V>(0.0);
    return {{none, none, none, none, none, none}};
  }
  template <class V, class N>
  LANE State<V, 6> join(const State<V, 6>& a, const State<V, 6>& b, const Sizes<N>& n,
                        const Setting&) {
    const V newest = newest_of(a.field[0], b.field[0], n);
    const V gap = (a.field[0] - newest) + (a.field[1] - b.field[1]);
    const V apart = (a.field[2] - splat<V>(n.newer_span)) - b.field[2];
    const V across = apart * n.cross;
    return {{newest, b.field[1] + gap * n.share, b.field[2] + apart * n.share,
             (a.field[3] + b.field[3]) + gap * (gap * n.cross),
             (a.field[4] + b.field[4]) + apart * across, (a.field[5] + b.field[5]) + gap * across}};
  }
  template <class V, class N>
  LANE V value(const State<V, 6>& s, N count, const V* now, const Setting& setting) {
    const V enough = splat<V>(0.0) + count, mean = s.field[0] + s.field[1];
    const V slope = select(enough > splat<V>(1.0), s.field[5] / s.field[4], not_a_number<V>());
    if (kOutput == slope_out) return slope;
    if (kOutput == intercept_out) return mean - slope * (s.field[2] + splat<V>(setting.window));
    if (kOutput == resid_out)
      return ((now[0] - s.field[0]) - s.field[1]) + slope * s.field[2];
    return slope * s.field[5] / guarded(s.field[3], mean, count);
  }
};

using ts_slope_fold = trend<slope_out>;
using ts_intercept_fold = trend<intercept_out>;
using ts_resid_fold = trend<resid_out>;
using ts_rsquare_fold = trend<rsquare_out>;

template <int kOutput>
struct StrictOf<trend<kOutput>> {
  using type = trend_strict<kOutput>;
};

// Three series: newest values, what the means lie above them, xx, yy, zz, xy, xz, yz.
struct ts_partial_corr_fold {
  static constexpr int operands = 3, fields = 12;
  template <class T>
  using Value = Reals;
  template <class V>
  LANE State<V, 12> leaf(const V* x, const Setting&) {
    const V none = (x[0] - x[0]) + (x[1] - x[1]) + (x[2] - x[2]);
    return {{x[0], x[1], x[2], none, none, none, none, none, none, none, none, none}};
  }
  template <class V>
  LANE State<V, 12> empty(const Setting&) {
    const V none = splat<V>(0.0);
    return {{none, none, none, none, none, none, none, none, none, none, none, none}};
  }
  template <class V, class N>
  LANE State<V, 12> join(const State<V, 12>& a, const State<V, 12>& b, const Sizes<N>& n,
                         const Setting&) {
    V gap[3];
    State<V, 12> s;
    LANE_UNROLL
    for (int k = 0; k < 3; ++k) {
      s.field[k] = newest_of(a.field[k], b.field[k], n);
      gap[k] = (a.field[k] - s.field[k]) + (a.field[3 + k] - b.field[3 + k]);
      s.field[3 + k] = b.field[3 + k] + gap[k] * n.share;
      s.field[6 + k] = (a.field[6 + k] + b.field[6 + k]) + gap[k] * (gap[k] * n.cross);
    }
    s.field[9] = (a.field[9] + b.field[9]) + gap[0] * (gap[1] * n.cross);
    s.field[10] = (a.field[10] + b.field[10]) + gap[0] * (gap[2] * n.cross);
    s.field[11] = (a.field[11] + b.field[11]) + gap[1] * (gap[2] * n.cross);
    return s;
  }
  template <class V, class N>
  LANE V value(const State<V, 12>& s, N count, const V*, const Setting&) {
    const V one = splat<V>(1.0);
    const V xx = guarded(s.field[6], s.field[0] + s.field[3], count);
    const V yy = guarded(s.field[7], s.field[1] + s.field[4], count);
    const V zz = guarded(s.field[8], s.field[2] + s.field[5], count);
    const V xy = related(xx, yy, s.field[9], count), xz = related(xx, zz, s.field[10], count);
    const V yz = related(yy, zz, s.field[11], count);
    return (xy - xz * yz) / square_root((one - xz * xz) * (one - yz * yz));
  }
};

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
