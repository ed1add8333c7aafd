// Windows over one series: every value is computed from its own window, oldest row first.
//
// No running state: value(t) depends on the w rows ending at t and on nothing else, so it is the
// same wherever loading started and however rows are divided among threads. To pay for that, a
// program evaluates B neighbouring windows together and reads each shared row once; the order of
// additions inside each window stays oldest to newest. NaN in a window makes its value NaN, by
// propagation where the arithmetic does it and by an explicit test where it does not.
#pragma once
#include "lanes.h"

#ifdef WORKBENCH_DEVICE
#include "instruction.h"
#else
#include "stage.h"
#endif

namespace workbench {
namespace WORKBENCH_VARIANT {

// The rows of one operand at one lane, starting at the oldest row of the first window.
template <class T>
struct Series {
  const T* oldest;
  long long pitch;

  template <class V>
  LANE_MEMBER V row(int i) const {
    return load<V>(oldest + i * pitch);
  }
};

// Call step(row, b, age) for every window b that holds the row, rows oldest to newest; age counts
// from the oldest row of window b. The middle part, where all B windows hold the row, has no test.
template <int B, class Step>
LANE void sweep(int w, Step step) {
  const int full_end = w > B - 1 ? w : B - 1;
  for (int i = 0; i < B - 1; ++i) {
    LANE_UNROLL
    for (int b = 0; b < B; ++b)
      if (i >= b && i - b < w) step(i, b, i - b);
  }
  for (int i = B - 1; i < w; ++i) {
    LANE_UNROLL
    for (int b = 0; b < B; ++b) step(i, b, i - b);
  }
  for (int i = full_end; i < w + B - 1; ++i) {
    LANE_UNROLL
    for (int b = 0; b < B; ++b)
      if (i - b < w) step(i, b, i - b);
  }
}

template <int B, class T, class V>
LANE void store_block(T* out, long long pitch, const V (&value)[B]) {
  LANE_UNROLL
  for (int b = 0; b < B; ++b) store(out + b * pitch, value[b]);
}

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
