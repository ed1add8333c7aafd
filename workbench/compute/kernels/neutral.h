// Regressions across a session: what z leaves of x, and what the regression says.
//
// Rows of columns are made orthogonal one after the other (Gram-Schmidt, twice: once more gives the
// digits that the first time rounds). The first group, or the intercept, is absorbed as weighted
// means; further groups solve for their dummies (dummies.h); numbers follow in order, the one asked
// for last, so that its coefficient is what it has in common with y alone.
#pragma once
#include "dummies.h"

namespace workbench {
namespace WORKBENCH_VARIANT {

constexpr double kRedundant = 1e-10;  // share of a number that must be left of it
constexpr double kSpareNames = 10.0;  // assets beyond the columns

struct Regression {
  double names = 0.0;    // assets that take part
  double columns = 0.0;  // independent columns of the design
  double coefficient = 0.0, rest = 0.0;  // of the last number
  bool solved = false;
};

template <class S>
LANE_CALL double inner(const S& s, const double* w, const double* a, const double* b) {
  return section_sum(s.part, s.columns, [=](int j) LANE_LAMBDA { return w[j] * (a[j] * b[j]); });
}

// row := row - its projection on the columns already orthogonal; returns the last coefficient.
template <class S>
LANE_CALL double reduce(const S& s, const Dummies& dummies, const double* w, double* row,
                        int numbers, const double* squares) {
  double coefficient = 0.0;
  for (int pass = 0; pass < 2; ++pass) {
    absorb(s, dummies, w, row);
    for (int k = 0; k < numbers; ++k) {
      const double* q = s.row(kNumberRow + k);
      const double share = inner(s, w, row, q) / squares[k];
      SECTION_COLUMNS(l, j, s.columns) row[j] = row[j] - share * q[j];
      if (k == numbers - 1) coefficient = coefficient + share;
    }
  }
  return coefficient;
}

// Operands from `first` on: numbers into rows from kNumberRow, the one asked for last; codes into
// rows from kGroupRow. w becomes 0 where any of them is missing.
template <class S>
LANE void load_regressors(const S& s, int first, int asked, double* w, Dummies* dummies,
                          int* numbers) {
  int count = 0, groups = 0;
  for (int k = first; k < s.operands; ++k) {
    if (!s.is_group(k)) {
      if (k != asked) s.load(k, s.row(kNumberRow + count++));
      continue;
    }
    int* codes = s.codes_row(kGroupRow, groups++);
    s.load_codes(k, codes);
    SECTION_COLUMNS(l, j, s.columns) w[j] = codes[j] >= 0 ? w[j] : 0.0;
  }
  if (asked >= first) s.load(asked, s.row(kNumberRow + count++));
  for (int k = 0; k < count; ++k) {
    const double* z = s.row(kNumberRow + k);
    SECTION_COLUMNS(l, j, s.columns) w[j] = z[j] == z[j] ? w[j] : 0.0;
  }
  dummies->groups = groups;
  *numbers = count;
}

// x (row kResponseRow) becomes its residual. `ones`: the intercept is the last number instead.
template <class S>
LANE_CALL Regression regress(const S& s, int first, int asked, bool ones) {
  double *x = s.row(kResponseRow), *w = s.row(kWeightRow);
  Regression result;
  Dummies dummies;
  int numbers = 0;
  double squares[kOperands] = {};
  SECTION_COLUMNS(l, j, s.columns) w[j] = x[j] == x[j] && w[j] > 0.0 ? w[j] : 0.0;
  load_regressors(s, first, asked, w, &dummies, &numbers);
  if (ones) {
    double* one = s.row(kNumberRow + numbers++);
    SECTION_COLUMNS(l, j, s.columns) one[j] = 1.0;
  }
  for (int k = -1; k < numbers; ++k) {  // what takes no part adds nothing to any sum
    double* row = k < 0 ? x : s.row(kNumberRow + k);
    SECTION_COLUMNS(l, j, s.columns) row[j] = w[j] > 0.0 ? row[j] : 0.0;
  }
  result.names =
      section_sum(s.part, s.columns, [=](int j) LANE_LAMBDA { return w[j] > 0.0 ? 1.0 : 0.0; });
  const bool told = prepare_dummies(s, w, &dummies, ones);
  result.columns = dummies.rank + static_cast<double>(numbers);
  if (!told || !(result.names >= result.columns + kSpareNames)) return result;
  for (int k = 0; k < numbers; ++k) {
    double* z = s.row(kNumberRow + k);
    const double whole = inner(s, w, z, z);
    reduce(s, dummies, w, z, k, squares);
    squares[k] = inner(s, w, z, z);
    if (!(squares[k] > kRedundant * kRedundant * whole)) return result;
  }
  result.coefficient = reduce(s, dummies, w, x, numbers, squares);
  result.rest = numbers > 0 ? squares[numbers - 1] : 0.0;
  result.solved = true;
  return result;
}

template <class S>
LANE void put_regressed(const S& s, const double* row, bool solved) {
  const double* w = s.row(kWeightRow);
  SECTION_COLUMNS(l, j, s.columns)
    s.put(j, solved && w[j] > 0.0 ? row[j] : missing_value());
}

template <class S>
LANE void regression_neut_section(const S& s) {
  double *x = s.row(kResponseRow), *w = s.row(kWeightRow);
  s.load(0, x);
  SECTION_COLUMNS(l, j, s.columns) w[j] = 1.0;
  const Regression result = regress(s, 1, -1, false);
  put_regressed(s, x, result.solved);
}

template <class S>
LANE void weighted_regression_neut_section(const S& s) {
  double *x = s.row(kResponseRow), *w = s.row(kWeightRow);
  s.load(0, x);
  s.load(1, w);
  const Regression result = regress(s, 2, -1, false);
  put_regressed(s, x, result.solved);
}

enum class Answer { residual, fitted, rsquare, beta, tstat };

// One number of the session: R-squared, or coefficient or t-statistic of the last column.
template <class S>
LANE double regression_number(const S& s, const Regression& result, Answer answer,
                              const double* y) {
  if (answer == Answer::beta) return result.coefficient;
  const double *left = s.row(kResponseRow), *w = s.row(kWeightRow);
  const double square = inner(s, w, y, y);
  const double error = inner(s, w, left, left);
  const double flat = square * result.names * 1e-24;
  if (answer == Answer::tstat) {
    if (!(error > flat)) return missing_value();
    const double variance = error / (result.names - result.columns);
    return result.coefficient / root_of(variance / result.rest);
  }
  const double mean =
      section_sum(s.part, s.columns, [=](int j) LANE_LAMBDA { return w[j] * y[j]; }) / result.names;
  const double spread = section_sum(s.part, s.columns, [=](int j) LANE_LAMBDA {
    return w[j] * ((y[j] - mean) * (y[j] - mean));
  });
  return spread > flat ? 1.0 - error / spread : missing_value();
}

template <class S>
LANE void cs_regression_section(const S& s) {
  double *x = s.row(kResponseRow), *w = s.row(kWeightRow), *y = s.row(kCopyRow);
  const Answer answer = static_cast<Answer>(s.setting->integer[0]);
  const int which = s.setting->integer[1];
  const bool about = answer == Answer::beta || answer == Answer::tstat;
  bool known = true, groups = false;
  for (int k = 1; k < s.operands; ++k) groups = groups || s.is_group(k);
  if (about)
    known = which == 0 ? !groups : which > 0 && which < s.operands && !s.is_group(which);
  s.load(0, x);
  SECTION_COLUMNS(l, j, s.columns) w[j] = 1.0;
  SECTION_COLUMNS(l, j, s.columns) y[j] = x[j] == x[j] ? x[j] : 0.0;
  const Regression result =
      regress(s, 1, about && known && which > 0 ? which : -1, about && known && which == 0);
  const bool solved = result.solved && known;
  if (answer == Answer::residual) return put_regressed(s, x, solved);
  if (answer == Answer::fitted) {
    SECTION_COLUMNS(l, j, s.columns) y[j] = y[j] - x[j];
    return put_regressed(s, y, solved);
  }
  const double number = solved ? regression_number(s, result, answer, y) : missing_value();
  SECTION_COLUMNS(l, j, s.columns) s.put(j, w[j] > 0.0 ? number : missing_value());
}

template <class S>
LANE void vector_neut_section(const S& s) {
  double *x = s.row(0), *z = s.row(1), *w = s.row(2);
  s.load(0, x);
  s.load(1, z);
  SECTION_COLUMNS(l, j, s.columns) {
    const bool present = x[j] == x[j] && z[j] == z[j];
    w[j] = present ? 1.0 : 0.0;
    x[j] = present ? x[j] : 0.0;
    z[j] = present ? z[j] : 0.0;
  }
  const double share = inner(s, w, x, z) / inner(s, w, z, z);
  SECTION_COLUMNS(l, j, s.columns) s.put(j, w[j] > 0.0 ? x[j] - share * z[j] : missing_value());
}

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
