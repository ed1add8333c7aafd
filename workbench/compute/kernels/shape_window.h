// Windows read as a whole, anew for every session: entropy, Hurst exponent, a level with a memory.
#pragma once
#include "logarithm.h"
#include "order_value.h"
#include "window.h"

namespace workbench {
namespace WORKBENCH_VARIANT {

// -sum p ln p over bins of equal width. Values at or above each lower edge are counted, a chunk of
// edges at a time; a bin holds what is above its edge and not above the next one. In a constant
// window nothing lies above an edge (0 * inf), so the first bin holds all: ln 1 = 0.
struct ts_entropy_window {
  static constexpr int block = 1, chunk = 10;
  template <class T>
  using Value = Reals;

  LANE Reals share(Reals count, int w) {
    const Reals p = count / splat<Reals>(w);
    return select(p > splat<Reals>(0.0), p * logarithm(p), splat<Reals>(0.0));
  }

  template <int B, class T>
  LANE void run(Series<T> x, const Setting& setting, T* out, long long pitch) {
    const int w = setting.window, bins = setting.integer[0];
    for (int b = 0; b < B; ++b) store(out + b * pitch, one(x, b, w, bins));
  }

  template <class T>
  LANE Reals one(Series<T> x, int first, int w, int bins) {
    const Reals zero = splat<Reals>(0.0);
    Reals least = x.template row<Reals>(first), greatest = least, missing = least - least;
    for (int i = first + 1; i < first + w; ++i) {
      const Reals value = x.template row<Reals>(i);
      least = smaller(value, least);
      greatest = larger(value, greatest);
      missing = missing + (value - value);
    }
    const Reals scale = splat<Reals>(bins) / (greatest - least);
    Reals total = zero, above = splat<Reals>(w);
    for (int edge = 1; edge < bins; edge += chunk) {
      Reals count[chunk];
      LANE_UNROLL
      for (int c = 0; c < chunk; ++c) count[c] = zero;
      for (int i = first; i < first + w; ++i) {
        const Reals place = (x.template row<Reals>(i) - least) * scale;
        LANE_UNROLL
        for (int c = 0; c < chunk; ++c)
          count[c] = count[c] + select(place >= splat<Reals>(edge + c), splat<Reals>(1.0), zero);
      }
      for (int c = 0; c < chunk && edge + c < bins; ++c) {
        total = total - share(above - count[c], w);
        above = count[c];
      }
    }
    total = total - share(above, w);
    const auto sound = (scale > zero) & (scale < infinite<Reals>(true));
    total = select(sound, total, not_a_number<Reals>());
    return select(greatest == least, zero, total) + missing;
  }
};

// Slope of 0.5 ln K(l) on ln l, K(l) the mean squared change over l sessions.
struct ts_hurst_window {
  static constexpr int block = 4, longest = 19;
  template <class T>
  using Value = Reals;
  template <int B, class T>
  LANE void run(Series<T> x, const Setting& setting, T* out, long long pitch) {
    const int w = setting.window, lags = w / 4 < longest ? w / 4 : longest;
    Reals mean = splat<Reals>(0.0), spread = mean, slope[B];
    for (int l = 1; l <= lags; ++l) mean = mean + logarithm(splat<Reals>(l));
    mean = mean / splat<Reals>(lags);
    LANE_UNROLL
    for (int b = 0; b < B; ++b) slope[b] = splat<Reals>(0.0);
    for (int l = 1; l <= lags; ++l) {
      Reals square[B];
      LANE_UNROLL
      for (int b = 0; b < B; ++b) square[b] = splat<Reals>(0.0);
      sweep<B>(w - l, [&](int i, int b, int) LANE_LAMBDA {
        const Reals change = x.template row<Reals>(i + l) - x.template row<Reals>(i);
        square[b] = square[b] + change * change;
      });
      const Reals step = logarithm(splat<Reals>(l)) - mean;
      spread = spread + step * step;
      LANE_UNROLL
      for (int b = 0; b < B; ++b)
        slope[b] = slope[b] + step * (logarithm(square[b] / splat<Reals>(w - l)) * 0.5);
    }
    LANE_UNROLL
    for (int b = 0; b < B; ++b) slope[b] = slope[b] / spread;
    store_block<B>(out, pitch, slope);
  }
};

// Follow x by steps of h where it is further away than h, from the first value of the window on.
struct hump_window {
  static constexpr int block = 4;
  template <class T>
  using Value = Reals;
  template <int B, class T>
  LANE void run(Series<T> x, const Setting& setting, T* out, long long pitch) {
    const int w = setting.window;
    const Reals h = splat<Reals>(setting.real[0]);
    Reals level[B];
    LANE_UNROLL
    for (int b = 0; b < B; ++b) level[b] = not_a_number<Reals>();
    sweep<B>(w, [&](int i, int b, int) LANE_LAMBDA {
      const Reals value = x.template row<Reals>(i), up = level[b] + h, down = level[b] - h;
      const Reals moved = select(value > up, up, select(value < down, down, level[b]));
      level[b] = select(level[b] == level[b], moved, value);
    });
    LANE_UNROLL
    for (int b = 0; b < B; ++b) {
      const Reals newest = x.template row<Reals>(b + w - 1);
      level[b] = level[b] + (newest - newest);
    }
    store_block<B>(out, pitch, level);
  }
};

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
