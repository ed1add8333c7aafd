// Operators within groups: columns sorted by code, one walk per group, sums in column order.
#pragma once
#include "order_section.h"

namespace workbench {
namespace WORKBENCH_VARIANT {

// Operand 0 and the codes of operand `group`; a column without number or group takes no part.
template <class S>
LANE void load_members(const S& s, int group, double* x, int* codes) {
  s.load(0, x);
  s.load_codes(group, codes);
  SECTION_COLUMNS(l, j, s.columns) {
    codes[j] = x[j] == x[j] ? codes[j] : -1;
    x[j] = codes[j] >= 0 ? x[j] : missing_value();
  }
}

template <class S>
LANE void put_row(const S& s, const double* row) {
  SECTION_COLUMNS(l, j, s.columns) s.put(j, row[j]);
}

template <class S>
LANE double* empty_row(const S& s, int k) {
  double* row = s.row(k);
  SECTION_COLUMNS(l, j, s.columns) row[j] = missing_value();
  return row;
}

// Sum of f(column) over the members at places first .. last - 1.
template <class F>
LANE double member_sum(const Order& order, int first, int last, F f) {
  double sum = 0.0;
  for (int i = first; i < last; ++i) sum = sum + f(order.column(i));
  return sum;
}

// Every member of every group receives body(order, first, last), a number of the group.
template <class S, class Body>
LANE void group_number_section(const S& s, Body body) {
  double* x = s.row(0);
  int* codes = s.codes_row(1);
  load_members(s, 1, x, codes);
  double* result = empty_row(s, 2);
  const Order order = order_by_group(s, codes);
  each_group(order, [&](int first, int last) LANE_LAMBDA {
    const double number = body(x, order, first, last);
    for (int i = first; i < last; ++i) result[order.column(i)] = number;
  });
  put_row(s, result);
}

struct GroupSum {
  LANE_MEMBER double operator()(const double* x, const Order& order, int first, int last) const {
    return member_sum(order, first, last, [=](int j) LANE_LAMBDA { return x[j]; });
  }
};

struct GroupMean {
  LANE_MEMBER double operator()(const double* x, const Order& order, int first, int last) const {
    return GroupSum()(x, order, first, last) / static_cast<double>(last - first);
  }
};

// Sum of squared distances from the mean.
LANE double member_spread(const double* x, const Order& order, int first, int last, double mean) {
  return member_sum(order, first, last,
                    [=](int j) LANE_LAMBDA { return (x[j] - mean) * (x[j] - mean); });
}

template <class S>
LANE void group_sum_section(const S& s) { group_number_section(s, GroupSum()); }

template <class S>
LANE void group_mean_section(const S& s) { group_number_section(s, GroupMean()); }

template <class S>
LANE void group_count_section(const S& s) {
  group_number_section(s, [](const double*, const Order&, int first, int last) LANE_LAMBDA {
    return static_cast<double>(last - first);
  });
}

template <class S>
LANE void group_max_section(const S& s) {
  group_number_section(s, [](const double* x, const Order& order, int first, int last) LANE_LAMBDA {
    double most = x[order.column(first)];
    for (int i = first + 1; i < last; ++i)
      most = x[order.column(i)] > most ? x[order.column(i)] : most;
    return most;
  });
}

template <class S>
LANE void group_min_section(const S& s) {
  group_number_section(s, [](const double* x, const Order& order, int first, int last) LANE_LAMBDA {
    double least = x[order.column(first)];
    for (int i = first + 1; i < last; ++i)
      least = x[order.column(i)] < least ? x[order.column(i)] : least;
    return least;
  });
}

// Exactly 0 for equal values, whatever their mean rounds to.
template <class S>
LANE void group_std_section(const S& s) {
  group_number_section(s, [](const double* x, const Order& order, int first, int last) LANE_LAMBDA {
    bool equal = true;
    for (int i = first + 1; i < last; ++i)
      equal = equal && x[order.column(i)] == x[order.column(first)];
    const double mean = GroupMean()(x, order, first, last);
    const double spread = member_spread(x, order, first, last, mean);
    const double n = static_cast<double>(last - first);
    return n < 2.0 ? missing_value() : equal ? 0.0 : root_of(spread / (n - 1.0));
  });
}

template <class S>
LANE void neutralize_members(const S& s) {
  double* x = s.row(0);
  int* codes = s.codes_row(1);
  load_members(s, 1, x, codes);
  double* result = empty_row(s, 2);
  const Order order = order_by_group(s, codes);
  each_group(order, [&](int first, int last) LANE_LAMBDA {
    const double mean = GroupMean()(x, order, first, last);
    for (int i = first; i < last; ++i) result[order.column(i)] = x[order.column(i)] - mean;
  });
  put_row(s, result);
}

// A group without spread is NaN, by the relative test of zscore in section.h.
template <class S>
LANE void group_zscore_section(const S& s) {
  double* x = s.row(0);
  int* codes = s.codes_row(1);
  load_members(s, 1, x, codes);
  double* result = empty_row(s, 2);
  const Order order = order_by_group(s, codes);
  each_group(order, [&](int first, int last) LANE_LAMBDA {
    const double n = static_cast<double>(last - first);
    const double mean = GroupMean()(x, order, first, last);
    const double spread = member_spread(x, order, first, last, mean);
    const double square =
        member_sum(order, first, last, [=](int j) LANE_LAMBDA { return x[j] * x[j]; });
    const double deviation =
        spread > square * n * 1e-24 ? root_of(spread / (n - 1.0)) : missing_value();
    for (int i = first; i < last; ++i)
      result[order.column(i)] = (x[order.column(i)] - mean) / deviation;
  });
  put_row(s, result);
}

template <class S>
LANE void group_scale_section(const S& s) {
  double* x = s.row(0);
  int* codes = s.codes_row(1);
  load_members(s, 1, x, codes);
  double* result = empty_row(s, 2);
  const Order order = order_by_group(s, codes);
  each_group(order, [&](int first, int last) LANE_LAMBDA {
    const double total =
        member_sum(order, first, last, [=](int j) LANE_LAMBDA { return absolute(x[j]); });
    for (int i = first; i < last; ++i) result[order.column(i)] = x[order.column(i)] / total;
  });
  put_row(s, result);
}

template <class S>
LANE void group_rank_section(const S& s) {
  double* x = s.row(0);
  int* codes = s.codes_row(1);
  load_members(s, 1, x, codes);
  double* result = empty_row(s, 2);
  const Order order = order_within_groups(s, codes, x);
  each_group(order, [&](int first, int last) LANE_LAMBDA {
    const double n = static_cast<double>(last - first);
    for (int from = first, to; from < last; from = to) {
      to = from + 1;
      while (to < last && x[order.column(to)] == x[order.column(from)]) ++to;
      const double rank = 0.5 * static_cast<double>(from - first + 1 + to - first) / n;
      for (int i = from; i < to; ++i) result[order.column(i)] = rank;
    }
  });
  put_row(s, result);
}

template <class S>
LANE void group_median_section(const S& s) {
  double* x = s.row(0);
  int* codes = s.codes_row(1);
  load_members(s, 1, x, codes);
  double* result = empty_row(s, 2);
  const Order order = order_within_groups(s, codes, x);
  each_group(order, [&](int first, int last) LANE_LAMBDA {
    const int n = last - first;
    const double low = x[order.column(first + (n - 1) / 2)], high = x[order.column(first + n / 2)];
    const double median = n % 2 ? low : low * 0.5 + high * 0.5;
    for (int i = first; i < last; ++i) result[order.column(i)] = median;
  });
  put_row(s, result);
}

// Own group when it has enough members, else the parent's, else the market: each overwrites the
// means of the wider one.
template <class S>
LANE void group_neutralize_section(const S& s) {
  double *x = s.row(0), *mean = s.row(2);
  int* codes = s.codes_row(1);
  const int least = s.setting->integer[0];
  s.load(0, x);
  const double count =
      section_sum(s.part, s.columns, [=](int j) LANE_LAMBDA { return x[j] == x[j] ? 1.0 : 0.0; });
  const double market = section_sum(s.part, s.columns, [=](int j) LANE_LAMBDA {
                          return x[j] == x[j] ? x[j] : 0.0;
                        }) / count;
  SECTION_COLUMNS(l, j, s.columns) mean[j] = market;
  for (int group = 2; group >= 1; --group) {
    s.load_codes(group, codes);
    SECTION_COLUMNS(l, j, s.columns) codes[j] = x[j] == x[j] ? codes[j] : -1;
    const Order order = order_by_group(s, codes);
    each_group(order, [&](int first, int last) LANE_LAMBDA {
      if (last - first < least) return;
      const double own = GroupMean()(x, order, first, last);
      for (int i = first; i < last; ++i) mean[order.column(i)] = own;
    });
  }
  SECTION_COLUMNS(l, j, s.columns) s.put(j, codes[j] >= 0 ? x[j] - mean[j] : missing_value());
}

// Szudzik's pairing of two codes; both fit below 2^20 when both are below 2^10.
template <class S>
LANE void group_cartesian_section(const S& s) {
  int *first = s.codes_row(0), *second = s.codes_row(1);
  s.load_codes(0, first);
  s.load_codes(1, second);
  SECTION_COLUMNS(l, j, s.columns) {
    const double g = first[j], h = second[j];
    const double pair = g >= h ? g * g + g + h : g + h * h;
    s.put(j, g >= 0.0 && h >= 0.0 && pair <= kHighestCode ? pair : missing_value());
  }
}

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
