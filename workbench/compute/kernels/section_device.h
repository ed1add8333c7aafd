// Cross-sections on the device: one block of 256 threads a row.
//
// The programs are those of the CPU; only sorting differs (order_section.h). A block needs 17 rows
// of scratch, each of the columns rounded up to 16, and 2720 doubles more.
#pragma once
#include "correlate.h"
#include "device_call.h"
#include "distance.h"
#include "distribution.h"
#include "group_backfill.h"
#include "neutral.h"

namespace workbench {
namespace device {

// One session of a block; see session.h.
template <class T>
struct Session {
  const Call* call;
  int t;
  int columns;
  int operands;
  const Setting* setting;
  T* out;
  double* part;
  double* rows;
  long long pitch;
  Word* words;

  LANE_MEMBER int session() const { return t; }
  LANE_MEMBER double* row(int k) const { return rows + k * pitch; }
  LANE_MEMBER int* codes_row(int k, int which = 0) const {
    return reinterpret_cast<int*>(row(k)) + which * pitch;
  }
  LANE_MEMBER double* dense() const { return row(17); }
  LANE_MEMBER bool is_group(int k) const {
    return call->in[k].codes != nullptr || (call->grouped >> k & 1) != 0;
  }
  LANE_MEMBER bool inside(int j, int age) const {
    return call->mask == nullptr || call->mask[(t - age) * call->mask_pitch + j] != 0;
  }
  LANE_MEMBER void put(int j, double value) const { store(out + j, value); }
  LANE_MEMBER void load(int k, double* to, int age = 0) const {
    SECTION_COLUMNS(l, j, columns)
      to[j] = inside(j, age) ? value_at<double, T>(call->in[k], t - age, j) : nan_of(0.0);
  }
  LANE_MEMBER void load_codes(int k, int* to) const {
    const Operand& group = call->in[k];
    SECTION_COLUMNS(l, j, columns) {
      const int code = group.codes != nullptr ? group.codes[t * group.codes_pitch + j]
                                              : whole_code(value_at<double, T>(group, t, j));
      to[j] = inside(j, 0) ? code : -1;
    }
  }
};

template <class T>
LANE SectionRow<T> section_row(const Call& call, int t) {
  return {cell<T>(call.in[0], t, 0), call.mask ? call.mask + t * call.mask_pitch : nullptr,
          result<T>(call, t, 0), call.columns};
}

// Counts smaller and equal values: quadratic in the row, and the same bits as the CPU's sort.
template <class T>
LANE void rank_device(const Call& call, int t) {
  const SectionRow<T> row = section_row<T>(call, t);
  const int least = call.setting.integer[0] ? 1 : 0;
  SECTION_COLUMNS(l, j, row.columns) {
    const double x = row.value(j);
    int below = 0, upto = 0, count = 0;
    for (int i = 0; i < row.columns; ++i) {
      const double other = row.value(i);
      below += other < x;
      upto += other <= x;
      count += other == other;
    }
    row.put(j, x == x ? (0.5 * (below + 1 + upto) - least) / (count - least) : x);
  }
}

template <class T>
LANE void zscore_device(const Call& call, int t) {
  zscore_row(section_row<T>(call, t));
}

template <class T>
LANE void demean_device(const Call& call, int t) {
  demean_row(section_row<T>(call, t));
}

template <class T>
LANE void scale_device(const Call& call, int t) {
  scale_row(section_row<T>(call, t), call.setting.real[0]);
}

template <class T>
LANE Session<T> session_of(const Call& call, int t, double* part) {
  const long long pitch = (call.columns + 15) / 16 * 16;
  double* rows = call.scratch + blockIdx.x * call.scratch_row;
  return {&call, t,    call.columns, call.operands, &call.setting, result<T>(call, t, 0),
          part,  rows, pitch,        reinterpret_cast<Word*>(rows + 16 * pitch)};
}

#define SECTION_DEVICE(identifier, program)                   \
  template <class T>                                          \
  LANE void identifier##_device(const Call& call, int t) {    \
    SECTION_SHARED(double, part, SECTION_LANES);              \
    program(session_of<T>(call, t, part));                    \
  }
SECTION_DEVICE(indneutralize, neutralize_members)
SECTION_DEVICE(weighted_demean, weighted_demean_section)
SECTION_DEVICE(weighted_zscore, weighted_zscore_section)
SECTION_DEVICE(longshort_scale, longshort_scale_section)
SECTION_DEVICE(normalize, normalize_section)
SECTION_DEVICE(l2_normalize, l2_normalize_section)
SECTION_DEVICE(winsorize_quantile, winsorize_quantile_section)
SECTION_DEVICE(winsorize_mad, winsorize_mad_section)
SECTION_DEVICE(winsorize_sigma, winsorize_sigma_section)
SECTION_DEVICE(gauss_rank, gauss_rank_section)
SECTION_DEVICE(csrank_qlib, csrank_qlib_section)
SECTION_DEVICE(bucket, bucket_section)
SECTION_DEVICE(top, top_section)
SECTION_DEVICE(bottom, bottom_section)
SECTION_DEVICE(group_neutralize, group_neutralize_section)
SECTION_DEVICE(group_rank, group_rank_section)
SECTION_DEVICE(group_zscore, group_zscore_section)
SECTION_DEVICE(group_scale, group_scale_section)
SECTION_DEVICE(group_sum, group_sum_section)
SECTION_DEVICE(group_mean, group_mean_section)
SECTION_DEVICE(group_median, group_median_section)
SECTION_DEVICE(group_max, group_max_section)
SECTION_DEVICE(group_min, group_min_section)
SECTION_DEVICE(group_count, group_count_section)
SECTION_DEVICE(group_std, group_std_section)
SECTION_DEVICE(group_backfill, group_backfill_section)
SECTION_DEVICE(group_cartesian, group_cartesian_section)
SECTION_DEVICE(vector_neut, vector_neut_section)
SECTION_DEVICE(regression_neut, regression_neut_section)
SECTION_DEVICE(weighted_regression_neut, weighted_regression_neut_section)
SECTION_DEVICE(cs_regression, cs_regression_section)
SECTION_DEVICE(cs_corr, cs_corr_section)
#undef SECTION_DEVICE

}  // namespace device
}  // namespace workbench
