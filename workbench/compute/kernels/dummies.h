// The dummies of a regression's groups.
//
// Those of the first group, or the intercept, are absorbed: each value loses the weighted mean of
// its group. Those of further groups are few; the normal equations of what the first group leaves
// of them are solved by Cholesky, and a dummy that the others add up to is left out.
#pragma once
#include "group.h"

namespace workbench {
namespace WORKBENCH_VARIANT {

// Rows of scratch: numbers take 2 to 9, the codes of groups 10 to 13 (two in a row of doubles).
constexpr int kResponseRow = 0, kWeightRow = 1, kNumberRow = 2, kGroupRow = 10, kCopyRow = 15;
constexpr int kMostDummies = 50;    // levels of the second and further groups together
constexpr double kDependent = 1e-10;  // share of a dummy's weight that must be left of it

struct Dummies {
  int groups = 0;
  int levels = 0;     // of the second and further groups
  double rank = 0.0;  // independent columns
  Order first;        // columns by the first group
  bool none = false;  // nothing to absorb
  double* matrix;     // kMostDummies squared: the factor, dropped rows with a pivot of 0
  double* solution;   // kMostDummies
};

// Codes of group k become numbers from `base` on; returns how many there are.
template <class S>
LANE int number_levels(const S& s, int k, int base, const double* w) {
  int* codes = s.codes_row(kGroupRow, k);
  SECTION_COLUMNS(l, j, s.columns) codes[j] = w[j] > 0.0 ? codes[j] : -1;
  const Order order = order_by_group(s, codes);
  const int levels = static_cast<int>(count_groups(order, s.part));
  int ordinal = 0;
  each_group(order, [&](int first, int last) LANE_LAMBDA {
#ifdef WORKBENCH_DEVICE
    int level = base;
    for (int i = 1; i <= first; ++i) level += order.high(i) != order.high(i - 1);
#else
    const int level = base + ordinal++;
#endif
    for (int i = first; i < last; ++i) codes[order.column(i)] = level;
  });
  static_cast<void>(ordinal);
  return levels;
}

// Weighted products of the dummies of further groups, less what the first group explains.
template <class S>
LANE void fill_matrix(const S& s, const Dummies& d, const double* w) {
  const int size = d.levels;
  double *matrix = d.matrix, *within = d.solution;
  for (int i = 0; i < size * size; ++i) matrix[i] = 0.0;
  for (int first = 0, last; first < d.first.n; first = last) {
    for (int a = 0; a < size; ++a) within[a] = 0.0;
    double total = 0.0;
    for (last = first; last < d.first.n && d.first.high(last) == d.first.high(first); ++last) {
      const int j = d.first.column(last);
      total = total + w[j];
      for (int p = 1; p < d.groups; ++p) {
        const int a = s.codes_row(kGroupRow, p)[j];
        within[a] = within[a] + w[j];
        for (int q = 1; q < d.groups; ++q) {
          const int b = s.codes_row(kGroupRow, q)[j];
          matrix[a * size + b] = matrix[a * size + b] + w[j];
        }
      }
    }
    for (int a = 0; a < size; ++a)
      for (int b = 0; b < size; ++b)
        matrix[a * size + b] = matrix[a * size + b] - within[a] * (within[b] / total);
  }
}

// Cholesky in place, lower half; a pivot that is rounding becomes 0 and drops its dummy. `weight`
// is the weight of each dummy before anything was taken from it.
LANE int factorise(double* matrix, const double* weight, int size) {
  int rank = 0;
  for (int a = 0; a < size; ++a) {
    for (int b = 0; b <= a; ++b) {
      double sum = matrix[a * size + b];
      for (int c = 0; c < b; ++c) sum = sum - matrix[a * size + c] * matrix[b * size + c];
      if (b < a) {
        const double pivot = matrix[b * size + b];
        matrix[a * size + b] = pivot > 0.0 ? sum / pivot : 0.0;
      } else {
        const bool kept = sum > kDependent * weight[a];
        matrix[a * size + a] = kept ? root_of(sum) : 0.0;
        rank += kept;
      }
    }
  }
  return rank;
}

// Solves for the coefficients of the dummies, those dropped being 0.
LANE void substitute(const double* matrix, double* vector, int size) {
  for (int a = 0; a < size; ++a) {
    double sum = vector[a];
    for (int c = 0; c < a; ++c) sum = sum - matrix[a * size + c] * vector[c];
    const double pivot = matrix[a * size + a];
    vector[a] = pivot > 0.0 ? sum / pivot : 0.0;
  }
  for (int a = size - 1; a >= 0; --a) {
    double sum = vector[a];
    for (int c = a + 1; c < size; ++c) sum = sum - matrix[c * size + a] * vector[c];
    const double pivot = matrix[a * size + a];
    vector[a] = pivot > 0.0 ? sum / pivot : 0.0;
  }
}

// Sum of w x over each level, in column order; a thread a level on the device.
template <class S>
LANE void level_sums(const S& s, const Dummies& d, const double* w, const double* x, double* sums) {
  SECTION_SYNC;
  SECTION_PART(a, d.levels) sums[a] = 0.0;
#ifdef WORKBENCH_DEVICE
  SECTION_PART(a, d.levels)
    for (int p = 1; p < d.groups; ++p) {
      const int* codes = s.codes_row(kGroupRow, p);
      for (int j = 0; j < s.columns; ++j)
        if (codes[j] == a) sums[a] = sums[a] + w[j] * (x == nullptr ? 1.0 : x[j]);
    }
#else
  for (int p = 1; p < d.groups; ++p) {
    const int* codes = s.codes_row(kGroupRow, p);
    for (int j = 0; j < s.columns; ++j)
      if (codes[j] >= 0) sums[codes[j]] = sums[codes[j]] + w[j] * (x == nullptr ? 1.0 : x[j]);
  }
#endif
  SECTION_SYNC;
}

// False when the further groups have too many levels.
template <class S>
LANE_CALL bool prepare_dummies(const S& s, const double* w, Dummies* d, bool none) {
  d->none = none;
  d->rank = none ? 0.0 : 1.0;
  if (d->groups == 0) return true;
  for (int k = 1; k < d->groups; ++k) d->levels += number_levels(s, k, d->levels, w);
  int* codes = s.codes_row(kGroupRow);
  SECTION_COLUMNS(l, j, s.columns) codes[j] = w[j] > 0.0 ? codes[j] : -1;
  d->first = order_by_group(s, codes);
  d->rank = count_groups(d->first, s.part);
  if (d->levels > kMostDummies) return false;
  if (d->levels == 0) return true;
  d->matrix = s.dense();
  d->solution = d->matrix + kMostDummies * kMostDummies;
  double* weight = d->solution + kMostDummies;
  level_sums(s, *d, w, nullptr, weight);
  SECTION_FIRST {
    fill_matrix(s, *d, w);
    weight[kMostDummies] = factorise(d->matrix, weight, d->levels);
  }
  SECTION_SYNC;
  d->rank = d->rank + weight[kMostDummies];
  return true;
}

// row := row - weighted mean of its group (of all, without groups).
template <class S>
LANE void absorb_first(const S& s, const Dummies& d, const double* w, double* row) {
  if (d.groups == 0) {
    const double total = section_sum(s.part, s.columns, [=](int j) LANE_LAMBDA { return w[j]; });
    const double mean = section_sum(s.part, s.columns, [=](int j) LANE_LAMBDA {
                          return w[j] * row[j];
                        }) / total;
    SECTION_COLUMNS(l, j, s.columns) row[j] = w[j] > 0.0 ? row[j] - mean : 0.0;
    return;
  }
  each_group(d.first, [&](int first, int last) LANE_LAMBDA {
    const double total = member_sum(d.first, first, last, [=](int j) LANE_LAMBDA { return w[j]; });
    const double mean = member_sum(d.first, first, last,
                                   [=](int j) LANE_LAMBDA { return w[j] * row[j]; }) / total;
    for (int i = first; i < last; ++i) row[d.first.column(i)] = row[d.first.column(i)] - mean;
  });
}

// row := row - its projection on all dummies (or on the intercept).
template <class S>
LANE_CALL void absorb(const S& s, const Dummies& d, const double* w, double* row) {
  if (d.none) return;
  absorb_first(s, d, w, row);
  if (d.levels == 0) return;
  level_sums(s, d, w, row, d.solution);
  SECTION_FIRST substitute(d.matrix, d.solution, d.levels);
  SECTION_SYNC;
  SECTION_COLUMNS(l, j, s.columns) {
    double fitted = 0.0;
    for (int p = 1; p < d.groups; ++p) {
      const int level = s.codes_row(kGroupRow, p)[j];
      fitted = fitted + (level >= 0 ? d.solution[level] : 0.0);
    }
    row[j] = row[j] - fitted;
  }
  absorb_first(s, d, w, row);
}

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
