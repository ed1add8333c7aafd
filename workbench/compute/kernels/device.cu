// Device entry points of the lane programs, compiled by NVRTC: <operator>_float32 / _float64.
//
// One signature for all: a Call by value. Elementwise and window kernels run one thread a column,
// blocks along y take rows (windows take groups of rows, as on the CPU); section kernels run one
// block of 256 threads a row. The rank counts smaller and equal values: simple, quadratic in the
// row, and the same bits as the CPU's sort because ranks are ratios of integers.
#include "elementwise.h"
#include "pair_window.h"
#include "section.h"

namespace workbench {
namespace device {

// A constant is one cell with pitch 0 and step 0. Operands an operator does not have repeat the
// first one. `sums` holds groups + 1 doubles per block of indneutralize.
struct Operand {
  const void* base;
  long long pitch;
  int step;
  int lag;
};

struct Call {
  Operand in[3];
  void* out;
  long long out_pitch;
  const unsigned char* mask;  // null: every column takes part
  long long mask_pitch;
  const int* codes;
  long long codes_pitch;
  double* sums;
  int groups;
  int rows;
  int columns;
  int window;
  double factor;
};

template <class T>
LANE const T* cell(const Operand& x, int t, int j) {
  return static_cast<const T*>(x.base) + (t - x.lag) * x.pitch + static_cast<long long>(j) * x.step;
}

template <class V, class T>
LANE V value_at(const Operand& x, int t, int j) {
  return t < x.lag ? not_a_number<V>() : load<V>(cell<T>(x, t, j));
}

template <class T>
LANE T* result(const Call& call, int t, int j) {
  return static_cast<T*>(call.out) + t * call.out_pitch + j;
}

template <class T, class Program>
LANE void element_grid(const Call& call) {
  using V = typename Program::template Value<T>;
  const int j = blockIdx.x * blockDim.x + threadIdx.x;
  if (j >= call.columns) return;
  for (int t = blockIdx.y; t < call.rows; t += gridDim.y)
    store(result<T>(call, t, j),
          Program::apply(value_at<V, T>(call.in[0], t, j), value_at<V, T>(call.in[1], t, j),
                         value_at<V, T>(call.in[2], t, j)));
}

template <int B, int kOperands, class T, class Program>
LANE void window_at(const Call& call, int t, int j) {
  const int oldest = t - call.window + 1;
  const Series<T> x{cell<T>(call.in[0], oldest, j), call.in[0].pitch};
  if constexpr (kOperands == 2) {
    const Series<T> y{cell<T>(call.in[1], oldest, j), call.in[1].pitch};
    Program::template run<B>(x, y, call.window, result<T>(call, t, j), call.out_pitch);
  } else {
    Program::template run<B>(x, call.window, result<T>(call, t, j), call.out_pitch);
  }
}

template <class T, class Program, int kOperands>
LANE void window_grid(const Call& call) {
  constexpr int B = Program::block;
  const int j = blockIdx.x * blockDim.x + threadIdx.x;
  if (j >= call.columns) return;
  int first = call.in[0].lag;
  if (kOperands == 2 && call.in[1].lag > first) first = call.in[1].lag;
  const int complete = first + call.window - 1;
  for (int start = blockIdx.y * B; start < call.rows; start += gridDim.y * B) {
    if (start >= complete && start + B <= call.rows) {
      window_at<B, kOperands, T, Program>(call, start, j);
      continue;
    }
    for (int t = start; t < start + B && t < call.rows; ++t) {
      if (t < complete)
        *result<T>(call, t, j) = nan_of(T(0));
      else
        window_at<1, kOperands, T, Program>(call, t, j);
    }
  }
}

template <class T>
LANE SectionRow<T> section_row(const Call& call, int t) {
  return {cell<T>(call.in[0], t, 0), call.mask ? call.mask + t * call.mask_pitch : nullptr,
          result<T>(call, t, 0), call.columns};
}

template <class T>
LANE void rank_row(const SectionRow<T>& row) {
  SECTION_COLUMNS(l, j, row.columns) {
    const double x = row.value(j);
    int below = 0, upto = 0, count = 0;
    for (int i = 0; i < row.columns; ++i) {
      const double other = row.value(i);
      below += other < x;
      upto += other <= x;
      count += other == other;
    }
    row.put(j, x == x ? 0.5 * (below + 1 + upto) / count : x);
  }
}

// Each thread owns some groups and walks the row in column order, the order of the CPU's sums.
template <class T>
LANE void indneutralize_row(const SectionRow<T>& row, const int* codes, double* mean, int groups) {
  SECTION_PART(g, groups) {
    double sum = 0.0, count = 0.0;
    for (int j = 0; j < row.columns; ++j) {
      const double x = row.value(j);
      if (codes[j] != g || x != x) continue;
      sum = sum + x;
      count = count + 1.0;
    }
    mean[g] = sum / count;
  }
  SECTION_SYNC;
  SECTION_COLUMNS(l, j, row.columns)
    row.put(j, codes[j] < 0 ? nan_of(0.0) : row.value(j) - mean[codes[j]]);
}

// A row before the first session has no values: the whole result row is NaN.
#define SECTION_ROWS(T, ...)                                             \
  for (int t = blockIdx.x; t < call.rows; t += gridDim.x) {              \
    if (t < call.in[0].lag) {                                            \
      SECTION_COLUMNS(l, j, call.columns) *result<T>(call, t, j) = nan_of(T(0)); \
    } else {                                                             \
      const SectionRow<T> row = section_row<T>(call, t);                 \
      __VA_ARGS__;                                                       \
    }                                                                    \
    SECTION_SYNC;                                                        \
  }

#define KERNEL(name, type, suffix) \
  extern "C" __global__ void __launch_bounds__(SECTION_LANES) name##_##suffix(const Call call)
#define ELEMENT_KERNEL(name)                                                         \
  KERNEL(name, float, float32) { element_grid<float, name##_element>(call); }        \
  KERNEL(name, double, float64) { element_grid<double, name##_element>(call); }
#define WINDOW_KERNEL(name, operands)                                                \
  KERNEL(name, float, float32) { window_grid<float, name##_window, operands>(call); } \
  KERNEL(name, double, float64) { window_grid<double, name##_window, operands>(call); }
#define SECTION_KERNEL(name, ...)                                                    \
  KERNEL(name, float, float32) { SECTION_ROWS(float, __VA_ARGS__) }                  \
  KERNEL(name, double, float64) { SECTION_ROWS(double, __VA_ARGS__) }

ELEMENT_KERNEL(copy)
ELEMENT_KERNEL(add)
ELEMENT_KERNEL(subtract)
ELEMENT_KERNEL(multiply)
ELEMENT_KERNEL(divide)
ELEMENT_KERNEL(negate)
ELEMENT_KERNEL(power)
ELEMENT_KERNEL(abs)
ELEMENT_KERNEL(sign)
ELEMENT_KERNEL(log)
ELEMENT_KERNEL(signedpower)
ELEMENT_KERNEL(minimum)
ELEMENT_KERNEL(maximum)
ELEMENT_KERNEL(where)
ELEMENT_KERNEL(less)
ELEMENT_KERNEL(less_equal)
ELEMENT_KERNEL(greater)
ELEMENT_KERNEL(greater_equal)
ELEMENT_KERNEL(equal)
ELEMENT_KERNEL(not_equal)
ELEMENT_KERNEL(all_of)
ELEMENT_KERNEL(any_of)
ELEMENT_KERNEL(none_of)
WINDOW_KERNEL(ts_sum, 1)
WINDOW_KERNEL(ts_mean, 1)
WINDOW_KERNEL(stddev, 1)
WINDOW_KERNEL(ts_min, 1)
WINDOW_KERNEL(ts_max, 1)
WINDOW_KERNEL(ts_argmax, 1)
WINDOW_KERNEL(ts_argmin, 1)
WINDOW_KERNEL(ts_rank, 1)
WINDOW_KERNEL(decay_linear, 1)
WINDOW_KERNEL(correlation, 2)
WINDOW_KERNEL(covariance, 2)
SECTION_KERNEL(rank, rank_row(row))
SECTION_KERNEL(zscore, zscore_row(row))
SECTION_KERNEL(demean, demean_row(row))
SECTION_KERNEL(scale, scale_row(row, call.factor))
SECTION_KERNEL(indneutralize,
               indneutralize_row(row, call.codes + t * call.codes_pitch,
                                 call.sums + static_cast<long long>(blockIdx.x) * (call.groups + 1),
                                 call.groups))

}  // namespace device
}  // namespace workbench
