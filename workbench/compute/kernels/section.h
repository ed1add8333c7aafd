// Cross-sections: one row at a time, a block of 256 lanes shares it.
//
// On the CPU the 256 lanes are a vectorised loop, on the GPU a thread block. Sums have one fixed
// shape everywhere: lane l adds columns l, l + 256, l + 512 ... in order, then a halving tree adds
// the lanes; so the result does not depend on vector width or on the number of threads. A column
// takes part when it lies inside the mask and is not NaN; every other column becomes NaN.
#pragma once
#include "lanes.h"

#define SECTION_LANES 256
#ifdef WORKBENCH_DEVICE
#define SECTION_COLUMNS(l, j, n) for (int l = threadIdx.x, j = l; j < (n); j += SECTION_LANES)
#define SECTION_PART(l, n) for (int l = threadIdx.x; l < (n); l += SECTION_LANES)
#define SECTION_SHARED(type, name, count) __shared__ type name[count]
#define SECTION_SYNC __syncthreads()
#else
#if defined(__clang__)
#define SECTION_VECTOR _Pragma("clang loop vectorize(assume_safety)")
#else
#define SECTION_VECTOR _Pragma("GCC ivdep")
#endif
#define SECTION_COLUMNS(l, j, n)                      \
  for (int j0_ = 0; j0_ < (n); j0_ += SECTION_LANES)  \
    SECTION_VECTOR for (int l = 0, j = j0_; l < ((n) - j0_ < SECTION_LANES ? (n) - j0_ : SECTION_LANES); ++l, ++j)
#define SECTION_PART(l, n) SECTION_VECTOR for (int l = 0; l < (n); ++l)
#define SECTION_SHARED(type, name, count) alignas(64) type name[count]
#define SECTION_SYNC static_cast<void>(0)
#endif

namespace workbench {
namespace WORKBENCH_VARIANT {

// One row: its values in double, NaN wherever the column takes no part. The CPU prepares that row
// once; a GPU lane looks at value and mask as it goes.
template <class T>
struct SectionRow {
#ifdef WORKBENCH_DEVICE
  const T* values;
  const unsigned char* mask;  // null: no mask
  LANE_MEMBER double value(int j) const {
    const double x = static_cast<double>(values[j]);
    return mask == nullptr || mask[j] ? x : nan_of(0.0);
  }
#else
  const double* prepared;
  LANE_MEMBER double value(int j) const { return prepared[j]; }
#endif
  T* out;
  int columns;

  LANE_MEMBER void put(int j, double value) const {
    const T narrow = static_cast<T>(value);
#ifdef WORKBENCH_DEVICE
    const T missing = nan_of(T(0));
#else
    const T missing = static_cast<T>(__builtin_nan(""));
#endif
    out[j] = narrow - narrow == T(0) ? narrow : missing;
  }
};

// Halving tree over the 256 lanes; the sum ends in part[0].
LANE void tree_sum(double* part) {
  for (int half = SECTION_LANES / 2; half > 0; half >>= 1) {
    SECTION_PART(l, half) part[l] = part[l] + part[l + half];
    SECTION_SYNC;
  }
}

// Sum and number of the participating values.
template <class T>
LANE void count_and_sum(const SectionRow<T>& row, double* sum, double* count) {
  SECTION_PART(l, SECTION_LANES) { sum[l] = 0.0; count[l] = 0.0; }
  SECTION_COLUMNS(l, j, row.columns) {
    const double x = row.value(j);
    sum[l] = sum[l] + (x == x ? x : 0.0);
    count[l] = count[l] + (x == x ? 1.0 : 0.0);
  }
  SECTION_SYNC;
  tree_sum(sum);
  tree_sum(count);
}

template <class T>
LANE void demean_row(const SectionRow<T>& row) {
  SECTION_SHARED(double, sum, SECTION_LANES);
  SECTION_SHARED(double, count, SECTION_LANES);
  count_and_sum(row, sum, count);
  const double mean = sum[0] / count[0];
  SECTION_COLUMNS(l, j, row.columns) row.put(j, row.value(j) - mean);
}

// (x - mean) / std with n - 1; a nearly constant row is NaN by the same relative test as
// correlation: sum((x - mean)^2) <= (1e-12)^2 * sum(x^2) * n.
template <class T>
LANE void zscore_row(const SectionRow<T>& row) {
  SECTION_SHARED(double, sum, SECTION_LANES);
  SECTION_SHARED(double, count, SECTION_LANES);
  count_and_sum(row, sum, count);
  const double n = count[0], mean = sum[0] / n;
  SECTION_SYNC;  // everyone has read sum[0] before it is used again
  SECTION_PART(l, SECTION_LANES) sum[l] = 0.0;
  SECTION_COLUMNS(l, j, row.columns) {
    const double x = row.value(j), d = x - mean;
    sum[l] = sum[l] + (x == x ? d * d : 0.0);
  }
  SECTION_SYNC;
  tree_sum(sum);
  const double square = sum[0], total = square + n * mean * mean;
#ifdef WORKBENCH_DEVICE
  const double deviation = sqrt(square / (n - 1.0)), missing = nan_of(0.0);
#else
  const double deviation = __builtin_sqrt(square / (n - 1.0)), missing = __builtin_nan("");
#endif
  const double divisor = square <= total * n * 1e-24 ? missing : deviation;
  SECTION_COLUMNS(l, j, row.columns) row.put(j, (row.value(j) - mean) / divisor);
}

// a * x / sum(|x|); a row whose sum is 0 divides by zero and becomes NaN.
template <class T>
LANE void scale_row(const SectionRow<T>& row, double a) {
  SECTION_SHARED(double, sum, SECTION_LANES);
  SECTION_PART(l, SECTION_LANES) sum[l] = 0.0;
  SECTION_COLUMNS(l, j, row.columns) {
    const double x = row.value(j);
    sum[l] = sum[l] + (x == x ? (x < 0.0 ? -x : x) : 0.0);
  }
  SECTION_SYNC;
  tree_sum(sum);
  const double total = sum[0];
  SECTION_COLUMNS(l, j, row.columns) row.put(j, a * row.value(j) / total);
}

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
