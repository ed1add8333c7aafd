// Weighted distances from a mean, and rescaled sessions.
#pragma once
#include "session.h"

namespace workbench {
namespace WORKBENCH_VARIANT {

// Mean of x with weights w, both loaded; afterwards w is 0 and x NaN where the column takes no
// part. Returns the number of positive weights.
template <class S>
LANE double weigh(const S& s, double* x, double* w, double* total, double* mean) {
  SECTION_COLUMNS(l, j, s.columns) {
    const bool present = x[j] == x[j] && w[j] >= 0.0;
    x[j] = present ? x[j] : missing_value();
    w[j] = present ? w[j] : 0.0;
  }
  *total = section_sum(s.part, s.columns, [=](int j) LANE_LAMBDA { return w[j]; });
  *mean = section_sum(s.part, s.columns, [=](int j) LANE_LAMBDA {
            return w[j] > 0.0 ? w[j] * x[j] : 0.0;
          }) / *total;
  return section_sum(s.part, s.columns, [=](int j) LANE_LAMBDA { return w[j] > 0.0 ? 1.0 : 0.0; });
}

// Standard deviation about the mean, NaN without spread (as zscore in section.h).
template <class S>
LANE double weighted_deviation(const S& s, const double* x, const double* w, double total,
                               double mean, double n) {
  const double spread = section_sum(s.part, s.columns, [=](int j) LANE_LAMBDA {
    return w[j] > 0.0 ? w[j] * ((x[j] - mean) * (x[j] - mean)) : 0.0;
  });
  const double square = section_sum(s.part, s.columns, [=](int j) LANE_LAMBDA {
    return w[j] > 0.0 ? w[j] * (x[j] * x[j]) : 0.0;
  });
  if (!(spread > square * n * 1e-24)) return missing_value();
  return root_of(spread / total * n / (n - 1.0));
}

template <class S>
LANE void weighted_demean_section(const S& s) {
  double *x = s.row(0), *w = s.row(1), total, mean;
  s.load(0, x);
  s.load(1, w);
  weigh(s, x, w, &total, &mean);
  SECTION_COLUMNS(l, j, s.columns) s.put(j, x[j] - mean);
}

template <class S>
LANE void weighted_zscore_section(const S& s) {
  double *x = s.row(0), *w = s.row(1), total, mean;
  s.load(0, x);
  s.load(1, w);
  const double n = weigh(s, x, w, &total, &mean);
  const double deviation = weighted_deviation(s, x, w, total, mean, n);
  SECTION_COLUMNS(l, j, s.columns) s.put(j, (x[j] - mean) / deviation);
}

template <class S>
LANE void normalize_section(const S& s) {
  double *x = s.row(0), *w = s.row(1), total, mean;
  const double limit = s.setting->real[0];
  s.load(0, x);
  SECTION_COLUMNS(l, j, s.columns) w[j] = 1.0;
  const double n = weigh(s, x, w, &total, &mean);
  const double deviation =
      s.setting->integer[0] ? weighted_deviation(s, x, w, total, mean, n) : 1.0;
  const bool cut = limit > 0.0;
  SECTION_COLUMNS(l, j, s.columns) {
    const double y = (x[j] - mean) / deviation;
    s.put(j, cut && y > limit ? limit : cut && y < -limit ? -limit : y);
  }
}

template <class S>
LANE void longshort_scale_section(const S& s) {
  double* x = s.row(0);
  s.load(0, x);
  const double above =
      section_sum(s.part, s.columns, [=](int j) LANE_LAMBDA { return x[j] > 0.0 ? x[j] : 0.0; });
  const double below =
      section_sum(s.part, s.columns, [=](int j) LANE_LAMBDA { return x[j] < 0.0 ? -x[j] : 0.0; });
  const double up = s.setting->real[0], down = s.setting->real[1];
  SECTION_COLUMNS(l, j, s.columns) {
    const double scaled = x[j] > 0.0 ? up * x[j] / above : x[j] < 0.0 ? down * x[j] / below : 0.0;
    s.put(j, x[j] == x[j] ? scaled : x[j]);
  }
}

template <class S>
LANE void l2_normalize_section(const S& s) {
  double* x = s.row(0);
  s.load(0, x);
  const double square = section_sum(s.part, s.columns, [=](int j) LANE_LAMBDA {
    return x[j] == x[j] ? x[j] * x[j] : 0.0;
  });
  const double length = root_of(square);
  SECTION_COLUMNS(l, j, s.columns) s.put(j, x[j] / length);
}

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
