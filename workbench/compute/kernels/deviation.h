// Mean absolute deviation: two sweeps over the window, one source for both machines.
#pragma once
#include "fold.h"

namespace workbench {
namespace WORKBENCH_VARIANT {

// mean |x - mean| of a window whose i-th value, oldest 0, is read(i); holes are skipped, and
// `least` values must be there.
template <class Read>
LANE Reals mean_deviation(Read read, int w, int least) {
  const Reals zero = splat<Reals>(0.0), one = splat<Reals>(1.0);
  Reals origin = zero, sum = zero, count = zero;  // taken from the oldest value up
  for (int i = 0; i < w; ++i) {
    const Reals x = read(i);
    origin = select((count == zero) & (x == x), x, origin);
    sum = sum + select(x == x, x - origin, zero);
    count = count + select(x == x, one, zero);
  }
  const Reals above = sum / count;  // what the mean lies above the origin
  Reals total = zero;
  for (int i = 0; i < w; ++i) {
    const Reals x = read(i);
    total = total + select(x == x, magnitude((x - origin) - above), zero);
  }
  return select(count >= splat<Reals>(least), total / count, not_a_number<Reals>());
}

#ifndef WORKBENCH_DEVICE

template <class T>
struct GatheredDeviation {
  using V = Reals;
  static V run(const T* const* rows, long long pitch, const Setting& setting) {
    return mean_deviation([&](int i) { return load<Reals>(rows[0] + i * pitch); }, setting.window,
                          setting.window);
  }
};

template <class T>
void mad_walk(const Call<T>& call) {
  const Setting& setting = call.setting();
  if (setting.traded) return run_gathered<T, 1, GatheredDeviation<T>>(call);
  const int w = setting.window, least = setting.min_periods > 0 ? setting.min_periods : w;
  for (int t = call.first_row; t < call.last_row; ++t) {
    T* out = call.out_row(t);
    for (int j = 0; j < call.width; j += width<Reals>)
      store(out + j, mean_deviation(
                         [&](int i) LANE_LAMBDA {
                           return load<Reals>(call.in[0].row(t - w + 1 + i) + j);
                         },
                         w, least));
  }
}

#endif

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
