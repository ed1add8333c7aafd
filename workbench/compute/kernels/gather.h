// Windows over traded sessions: the last w sessions with a value, within twice as many.
//
// The values of one window are gathered, lane by lane, into w rows of scratch, oldest first; the
// strict program then runs over them. A pair counts where both sides have a value. Slower than
// windows over calendar sessions, and a pure function of the 2 w sessions all the same.
#pragma once
#include "call.h"

namespace workbench {
namespace WORKBENCH_VARIANT {

// Fill rows w-1 down to 0 of `to` (one block of w rows of kLanes cells an operand) for one lane;
// returns whether there were w values.
template <class T, int kOperandCount>
LANE bool gather_lane(const Call<T>& call, int t, int j, int w, T* to, int lane, int lanes) {
  int place = w;
  for (int age = 0; age < 2 * w && place > 0; ++age) {
    bool present = true;
    T value[kOperandCount];
    for (int k = 0; k < kOperandCount; ++k) {
      value[k] = call.in[k].row(t - age)[j];
      present = present && value[k] == value[k];
    }
    if (!present) continue;
    --place;
    for (int k = 0; k < kOperandCount; ++k)
      to[(static_cast<long long>(k) * w + place) * lanes + lane] = value[k];
  }
  for (int i = 0; i < place; ++i) to[static_cast<long long>(i) * lanes + lane] = T(0) / T(0);
  return place == 0;
}

// Program::run(rows, pitch, setting) → lanes, over the gathered window of each operand.
template <class T, int kOperandCount, class Program>
void run_gathered(const Call<T>& call) {
  using V = typename Program::V;
  static_assert(kOperandCount <= kGathered, "raise kGathered");
  constexpr int kWidth = width<V>;
  const Setting& setting = call.setting();
  const int w = setting.window;
  T* to = reinterpret_cast<T*>(call.scratch + call.layout->gathered);
  const T* rows[kOperandCount];
  for (int k = 0; k < kOperandCount; ++k) rows[k] = to + static_cast<long long>(k) * w * kWidth;
  for (int t = call.first_row; t < call.last_row; ++t)
    for (int j = 0; j < call.width; j += kWidth) {
      bool whole = false;
      for (int l = 0; l < kWidth; ++l)
        whole |= gather_lane<T, kOperandCount>(call, t, j + l, w, to, l, kWidth);
      // A value where today has none would be yesterday's: strict about the newest session.
      V newest = splat<V>(0.0);
      for (int k = 0; k < kOperandCount; ++k) {
        const V x = load<V>(call.in[k].row(t) + j);
        newest = newest + (x - x);
      }
      const V value = whole ? Program::run(rows, kWidth, setting) : not_a_number<V>();
      store(call.out_row(t) + j, select(newest == newest, value, not_a_number<V>()));
    }
}

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
