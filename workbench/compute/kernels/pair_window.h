// Windows over two series: covariance (n - 1) and correlation.
//
// Two passes over the window: means first (shifted by the oldest pair), then products of
// deviations. A pair with NaN on either side makes the window NaN by propagation.
#pragma once
#include "window.h"

namespace workbench {
namespace WORKBENCH_VARIANT {

template <int B>
struct Moments {
  Reals x_mean[B], y_mean[B];
  Reals xx[B], yy[B], xy[B];  // sums of products of deviations
};

template <int B, class T>
LANE void moments_block(Series<T> x, Series<T> y, int w, Moments<B>& m) {
  mean_block<B>(x, w, m.x_mean);
  mean_block<B>(y, w, m.y_mean);
  LANE_UNROLL
  for (int b = 0; b < B; ++b) m.xx[b] = m.yy[b] = m.xy[b] = splat<Reals>(0.0);
  sweep<B>(w, [&](int i, int b, int) LANE_LAMBDA {
    const Reals dx = x.template row<Reals>(i) - m.x_mean[b];
    const Reals dy = y.template row<Reals>(i) - m.y_mean[b];
    m.xx[b] = m.xx[b] + dx * dx;
    m.yy[b] = m.yy[b] + dy * dy;
    m.xy[b] = m.xy[b] + dx * dy;
  });
}

struct covariance_window {
  static constexpr int block = 4;
  template <class T>
  using Value = Reals;
  template <int B, class T>
  LANE void run(Series<T> x, Series<T> y, int w, T* out, long long pitch) {
    Moments<B> m;
    moments_block<B>(x, y, w, m);
    const Reals freedom = splat<Reals>(w - 1.0);  // w = 1 divides 0 by 0: NaN
    LANE_UNROLL
    for (int b = 0; b < B; ++b) store(out + b * pitch, m.xy[b] / freedom);
  }
};

struct correlation_window {
  static constexpr int block = 4;
  template <class T>
  using Value = Reals;

  // Nearly constant: sum((x - mean)^2) <= (1e-12)^2 * sum(x^2) * w, with the sum of squares taken
  // as the sum of squared deviations plus w * mean^2 (all terms positive, nothing cancels).
  LANE Reals guarded(Reals square, Reals mean, Reals count) {
    const Reals total = square + count * mean * mean;
    return select(square <= total * count * 1e-24, not_a_number<Reals>(), square);
  }

  template <int B, class T>
  LANE void run(Series<T> x, Series<T> y, int w, T* out, long long pitch) {
    Moments<B> m;
    moments_block<B>(x, y, w, m);
    const Reals count = splat<Reals>(w), one = splat<Reals>(1.0);
    // A perfect line comes out a few roundings off 1, differently for each lane; without this a
    // rank over such values would order rounding noise. 8 w roundings bound what w terms can lose.
    const Reals edge = splat<Reals>(1.0 - 8.0 * w * 2.220446049250313e-16);
    LANE_UNROLL
    for (int b = 0; b < B; ++b) {
      // Two roots, not the root of the product: the product may overflow.
      const Reals spread = square_root(guarded(m.xx[b], m.x_mean[b], count)) *
                           square_root(guarded(m.yy[b], m.y_mean[b], count));
      Reals r = m.xy[b] / spread;
      r = select(r >= edge, one, r);
      r = select(r <= -edge, -one, r);
      store(out + b * pitch, r);
    }
  }
};

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
