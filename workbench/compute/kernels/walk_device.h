// Walks on the device: the value of one cell from its own window, one thread a cell.
#pragma once
#include "deviation.h"
#include "device_call.h"

namespace workbench {
namespace device {

constexpr int kLongestTraded = 756;  // the language's longest window

// The last w sessions on which every operand has a value, within 2 w sessions, oldest first.
template <class T, int kCount>
LANE bool gather(const Call& call, int t, int j, T (&to)[kCount][kLongestTraded]) {
  int place = call.setting.window;
  for (int age = 0; age < 2 * call.setting.window && place > 0; ++age) {
    bool present = true;
    for (int k = 0; k < kCount; ++k) {
      const T x = value_at<T, T>(call.in[k], t - age, j);
      present = present && x == x;
    }
    if (!present && age == 0) return false;  // strict about today
    if (!present) continue;
    --place;
    for (int k = 0; k < kCount; ++k) to[k][place] = value_at<T, T>(call.in[k], t - age, j);
  }
  return place == 0;
}

template <class T>
LANE double mad_at(const Call& call, int t, int j) {
  const int w = call.setting.window;
  if (call.setting.traded) {
    T window[1][kLongestTraded];
    if (!gather<T, 1>(call, t, j, window)) return nan_of(0.0);
    return mean_deviation([&](int i) { return static_cast<double>(window[0][i]); }, w, w);
  }
  return mean_deviation([&](int i) { return value_at<double, T>(call.in[0], t - w + 1 + i, j); }, w,
                        call.setting.min_periods > 0 ? call.setting.min_periods : w);
}

}  // namespace device
}  // namespace workbench
