// Missing values filled with the mean of their group over the last sessions, its tails cut.
//
// The group is that of today; each column first adds up its own sessions, oldest first, then the
// columns of a group are added in their order.
#pragma once
#include "group.h"

namespace workbench {
namespace WORKBENCH_VARIANT {

constexpr double kBackfillReach = 4.0;  // standard deviations

// total[j] = sum of f(column, value) over the values of the window, at every member their group's.
template <class S, class F>
LANE void pooled_sum(const S& s, const Order& order, double* seen, double* total, F f) {
  const int window = s.setting->window;
  SECTION_COLUMNS(l, j, s.columns) total[j] = 0.0;
  for (int age = window - 1; age >= 0; --age) {
    s.load(0, seen, age);
    SECTION_COLUMNS(l, j, s.columns)
      total[j] = total[j] + (seen[j] == seen[j] ? f(j, seen[j]) : 0.0);
  }
  each_group(order, [&](int first, int last) LANE_LAMBDA {
    const double sum = member_sum(order, first, last, [=](int j) LANE_LAMBDA { return total[j]; });
    for (int i = first; i < last; ++i) total[order.column(i)] = sum;
  });
}

template <class S>
LANE void group_backfill_section(const S& s) {
  double *x = s.row(0), *seen = s.row(2), *count = s.row(3), *mean = s.row(4), *low = s.row(5),
         *high = s.row(6), *fill = s.row(7);
  int* codes = s.codes_row(1);
  if (s.session() < s.setting->window - 1) {
    SECTION_COLUMNS(l, j, s.columns) s.put(j, missing_value());
    return;
  }
  s.load(0, x);
  s.load_codes(1, codes);
  const double lacking = section_sum(s.part, s.columns, [=](int j) LANE_LAMBDA {
    return x[j] != x[j] && codes[j] >= 0 ? 1.0 : 0.0;
  });
  SECTION_COLUMNS(l, j, s.columns) fill[j] = missing_value();
  if (lacking > 0.0) {
    const Order order = order_by_group(s, codes);
    pooled_sum(s, order, seen, count, [](int, double) LANE_LAMBDA { return 1.0; });
    pooled_sum(s, order, seen, mean, [](int, double value) LANE_LAMBDA { return value; });
    SECTION_COLUMNS(l, j, s.columns) mean[j] = mean[j] / count[j];
    pooled_sum(s, order, seen, low, [=](int j, double value) LANE_LAMBDA {
      return (value - mean[j]) * (value - mean[j]);
    });
    SECTION_COLUMNS(l, j, s.columns) {
      const double spread = count[j] > 1.0 ? low[j] / (count[j] - 1.0) : 0.0;
      const double reach = kBackfillReach * root_of(spread);
      low[j] = mean[j] - reach;
      high[j] = mean[j] + reach;
    }
    pooled_sum(s, order, seen, fill, [=](int j, double value) LANE_LAMBDA {
      return value < low[j] ? low[j] : value > high[j] ? high[j] : value;
    });
    SECTION_COLUMNS(l, j, s.columns) fill[j] = fill[j] / count[j];
  }
  SECTION_COLUMNS(l, j, s.columns)
    s.put(j, codes[j] < 0 ? missing_value() : x[j] == x[j] ? x[j] : fill[j]);
}

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
