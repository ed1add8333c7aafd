// Device entry points of the lane programs, compiled by NVRTC: <operator>_float32 / _float64.
//
// One signature for all: a Call by value. Elementwise and window kernels run one thread a column,
// blocks along y take rows (windows take groups of rows, as on the CPU); folds build the tree of
// their window from its leaves; section kernels run one block of 256 threads a row. Which kernels
// there are stands in the tables of instruction.h.
#include "device_call.h"
#include "elementwise.h"
#include "lag_element.h"
#include "order_device.h"
#include "path_device.h"
#include "regression.h"
#include "section_device.h"
#include "shape_window.h"
#include "shapes.h"
#include "walk_device.h"
#include "weighted.h"
#include "window.h"

namespace workbench {
namespace device {

template <class T, class Program>
LANE void element_grid(const Call& call) {
  using V = typename Program::template Value<T>;
  const int j = blockIdx.x * blockDim.x + threadIdx.x;
  if (j >= call.columns) return;
  for (int t = blockIdx.y; t < call.rows; t += gridDim.y)
    store(result<T>(call, t, j),
          Program::apply(value_at<V, T>(call.in[0], t, j), value_at<V, T>(call.in[1], t, j),
                         value_at<V, T>(call.in[2], t, j), call.setting));
}

template <class T, class Fold, bool kCounted>
LANE FoldLanes<Fold, T> calendar_fold(const Call& call, int t, int j) {
  using V = FoldLanes<Fold, T>;
  const int oldest = t - call.setting.window + 1;
  return fold_window<Fold, T, kCounted>(
      [&](int i, V* x) {
        for (int k = 0; k < Fold::operands; ++k) x[k] = value_at<V, T>(call.in[k], oldest + i, j);
      },
      call.setting);
}

template <class T, class Fold>
LANE FoldLanes<Fold, T> fold_at(const Call& call, int t, int j, int complete) {
  using V = FoldLanes<Fold, T>;
  using Strict = typename StrictOf<Fold>::type;
  if (t < complete && call.setting.min_periods == 0 && !call.setting.traded)
    return not_a_number<V>();
  if constexpr (SkipsHoles<Fold>::value) {
    return calendar_fold<T, Fold, true>(call, t, j);
  } else {
    if (call.setting.traded) {
      T window[Fold::operands][kLongestTraded];
      if (!gather<T, Fold::operands>(call, t, j, window)) return not_a_number<V>();
      return fold_window<Strict, T, false>(
          [&](int i, V* x) {
            for (int k = 0; k < Fold::operands; ++k) x[k] = load<V>(&window[k][i]);
          },
          call.setting);
    }
    if (call.setting.min_periods > 0) return calendar_fold<T, Fold, true>(call, t, j);
    return calendar_fold<T, Strict, false>(call, t, j);
  }
}

template <class T, class Fold>
LANE void fold_grid(const Call& call) {
  const int j = blockIdx.x * blockDim.x + threadIdx.x;
  if (j >= call.columns) return;
  int lag = 0;
  for (int k = 0; k < Fold::operands; ++k) lag = call.in[k].lag > lag ? call.in[k].lag : lag;
  if (SkipsHoles<Fold>::value) lag = 0;  // rows before a lagged operand's first are holes
  for (int t = blockIdx.y; t < call.rows; t += gridDim.y)
    store(result<T>(call, t, j), fold_at<T, Fold>(call, t, j, lag + call.setting.window - 1));
}

template <int B, class T, class Program>
LANE void window_at(const Call& call, int t, int j) {
  const int oldest = t - call.setting.window + 1;
  Program::template run<B>(Series<T>{cell<T>(call.in[0], oldest, j), call.in[0].pitch},
                           call.setting, result<T>(call, t, j), call.out_pitch);
}

template <class T, class Program>
LANE void traded_window_at(const Call& call, int t, int j) {
  T window[1][kLongestTraded];
  if (gather<T, 1>(call, t, j, window))
    Program::template run<1>(Series<T>{window[0], 1}, call.setting, result<T>(call, t, j),
                             call.out_pitch);
  else
    *result<T>(call, t, j) = nan_of(T(0));
}

template <class T, class Program>
LANE void window_grid(const Call& call) {
  constexpr int B = Program::block;
  const int j = blockIdx.x * blockDim.x + threadIdx.x;
  if (j >= call.columns) return;
  const int complete = call.in[0].lag + call.setting.window - 1;
  for (int start = blockIdx.y * B; start < call.rows; start += gridDim.y * B) {
    if (start >= complete && start + B <= call.rows && !call.setting.traded) {
      window_at<B, T, Program>(call, start, j);
      continue;
    }
    for (int t = start; t < start + B && t < call.rows; ++t) {
      if (call.setting.traded)
        traded_window_at<T, Program>(call, t, j);
      else if (t < complete)
        *result<T>(call, t, j) = nan_of(T(0));
      else
        window_at<1, T, Program>(call, t, j);
    }
  }
}

template <class T, class At>
LANE void walk_grid(const Call& call, At at) {
  const int j = blockIdx.x * blockDim.x + threadIdx.x;
  if (j >= call.columns) return;
  for (int t = blockIdx.y; t < call.rows; t += gridDim.y) store(result<T>(call, t, j), at(t, j));
}

// A row before the first session has no values: the whole result row is NaN.
template <class T, class Row>
LANE void section_grid(const Call& call, Row row) {
  int lag = 0;
  for (int k = 0; k < call.operands; ++k) lag = call.in[k].lag > lag ? call.in[k].lag : lag;
  for (int t = blockIdx.x; t < call.rows; t += gridDim.x) {
    if (t < lag) {
      SECTION_COLUMNS(l, j, call.columns) *result<T>(call, t, j) = nan_of(T(0));
    } else {
      row(t);
    }
    SECTION_SYNC;
  }
}

#define ENTRY(name, type, suffix) \
  extern "C" __global__ void __launch_bounds__(SECTION_LANES) name##_##suffix(const Call call)
#define ENTRIES(name, ...)                                \
  ENTRY(name, float, float32) { using T = float; __VA_ARGS__; } \
  ENTRY(name, double, float64) { using T = double; __VA_ARGS__; }
#define KERNEL_none(name)
#define KERNEL_element(name) ENTRIES(name, element_grid<T, name##_element>(call))
#define KERNEL_fold(name) ENTRIES(name, fold_grid<T, name##_fold>(call))
#define KERNEL_window(name) ENTRIES(name, window_grid<T, name##_window>(call))
#define KERNEL_walk(name) \
  ENTRIES(name, walk_grid<T>(call, [&](int t, int j) { return name##_at<T>(call, t, j); }))
#define KERNEL_section(name) \
  ENTRIES(name, section_grid<T>(call, [&](int t) { name##_device<T>(call, t); }))
#define KERNEL(identifier, name, operands, axis, kind) KERNEL_##kind(identifier)
WORKBENCH_OPERATORS(KERNEL)

}  // namespace device
}  // namespace workbench
