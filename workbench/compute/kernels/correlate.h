// Correlation of two operands across a session.
#pragma once
#include "order_section.h"

namespace workbench {
namespace WORKBENCH_VARIANT {

constexpr double kLeastPairs = 10.0;

// x becomes twice its average rank less one; the correlation does not mind.
template <class S>
LANE void replace_by_ranks(const S& s, double* x, double* ranks) {
  const Order order = order_by_value(s, x);
  SECTION_COLUMNS(l, j, s.columns) ranks[j] = missing_value();
  each_twice_rank(order, x,
                  [=](int column, double twice) LANE_LAMBDA { ranks[column] = twice; });
  SECTION_COLUMNS(l, j, s.columns) x[j] = ranks[j];
}

// Sum of products of distances from two means over the pairs.
template <class S>
LANE double co_moment(const S& s, const double* a, double mean_a, const double* b, double mean_b) {
  return section_sum(s.part, s.columns, [=](int j) LANE_LAMBDA {
    return a[j] == a[j] ? (a[j] - mean_a) * (b[j] - mean_b) : 0.0;
  });
}

template <class S>
LANE double mean_of_pairs(const S& s, const double* a, double n) {
  return section_sum(s.part, s.columns,
                     [=](int j) LANE_LAMBDA { return a[j] == a[j] ? a[j] : 0.0; }) / n;
}

template <class S>
LANE void cs_corr_section(const S& s) {
  double *x = s.row(0), *y = s.row(1), *ranks = s.row(2);
  s.load(0, x);
  s.load(1, y);
  SECTION_COLUMNS(l, j, s.columns) {
    const bool pair = x[j] == x[j] && y[j] == y[j];
    x[j] = pair ? x[j] : missing_value();
    y[j] = pair ? y[j] : missing_value();
  }
  if (s.setting->integer[0] == 1) {
    replace_by_ranks(s, x, ranks);
    replace_by_ranks(s, y, ranks);
  }
  const double n =
      section_sum(s.part, s.columns, [=](int j) LANE_LAMBDA { return x[j] == x[j] ? 1.0 : 0.0; });
  const double mean_x = mean_of_pairs(s, x, n), mean_y = mean_of_pairs(s, y, n);
  const double xx = co_moment(s, x, mean_x, x, mean_x), yy = co_moment(s, y, mean_y, y, mean_y);
  const double flat_x = co_moment(s, x, 0.0, x, 0.0) * n * 1e-24;
  const double flat_y = co_moment(s, y, 0.0, y, 0.0) * n * 1e-24;
  const bool known = n >= kLeastPairs && xx > flat_x && yy > flat_y;
  const double ratio = co_moment(s, x, mean_x, y, mean_y) / root_of(xx * yy);
  const double r = ratio > 1.0 ? 1.0 : ratio < -1.0 ? -1.0 : ratio;
  SECTION_COLUMNS(l, j, s.columns) s.put(j, known && x[j] == x[j] ? r : missing_value());
}

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
