// The last w values of every lane, for walks over traded sessions.
//
// Lanes have traded on different days, so each has its own turn in the ring. Its window is whole
// where it traded today and the oldest of its w values is less than 2 w sessions old.
#pragma once
#include "walk.h"

namespace workbench {
namespace WORKBENCH_VARIANT {

// Cells: w values in turn, +inf before there are any; their sessions; whose turn is next.
template <class V, class E>
struct TradedRing {
  E* values;
  int w;

  static int cells(int w) { return 2 * w + 1; }

  LANE_MEMBER void start() const {
    for (int k = 0; k < w; ++k) {
      keep(values + k * width<V>, infinite<V>(true));
      keep(values + (w + k) * width<V>, infinite<V>(false));
    }
    keep(values + 2 * w * width<V>, splat<V>(0.0));
  }

  // Take x in where it is a value; `whole` becomes 1 where the window is. Returns what left: +inf
  // where there was nothing to leave.
  LANE_MEMBER V take(V x, int t, V& whole) const {
    E *when = values + w * width<V>, *turn = when + w * width<V>;
    V leaving = infinite<V>(true);
    whole = splat<V>(0.0);
    for (int lane = 0; lane < width<V>; ++lane) {
      if (x[lane] != x[lane]) continue;
      const int place = static_cast<int>(turn[lane]), next = place + 1 < w ? place + 1 : 0;
      leaving[lane] = values[place * width<V> + lane];
      values[place * width<V> + lane] = x[lane];
      when[place * width<V> + lane] = static_cast<E>(t);
      turn[lane] = static_cast<E>(next);
      whole[lane] = static_cast<E>(t) - when[next * width<V> + lane] < static_cast<E>(2 * w);
    }
    return leaving;
  }
};

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
