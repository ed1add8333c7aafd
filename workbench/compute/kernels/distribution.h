// Where an asset stands in its session: tails cut, ranks bent, baskets, leaders.
//
// Ranks are whole numbers (twice the average rank less one) until the last step, so any correct
// sort gives the same bits.
#pragma once
#include "order_section.h"

namespace workbench {
namespace WORKBENCH_VARIANT {

constexpr double kLargest = 1.7976931348623157e308;

template <class S>
LANE void clip_section(const S& s, const double* x, double low, double high) {
  SECTION_COLUMNS(l, j, s.columns) s.put(j, x[j] < low ? low : x[j] > high ? high : x[j]);
}

// Linear interpolation at position (n - 1) q of the sorted values.
LANE double quantile_of(const Order& order, const double* x, double q) {
  if (order.n == 0) return missing_value();
  const double inside = q > 0.0 ? (q < 1.0 ? q : 1.0) : 0.0;  // whatever comes: no other memory
  const double position = static_cast<double>(order.n - 1) * inside;
  const int below = static_cast<int>(position);
  const double share = position - static_cast<double>(below);
  const double low = x[order.column(below)];
  if (!(share > 0.0)) return low;
  return low + (x[order.column(below + 1)] - low) * share;
}

// The middle value, or halfway between the two in the middle; halves first: no overflow.
LANE double median_of(const Order& order, const double* x) {
  if (order.n == 0) return missing_value();
  const double low = x[order.column((order.n - 1) / 2)], high = x[order.column(order.n / 2)];
  return order.n % 2 ? low : low * 0.5 + high * 0.5;
}

template <class S>
LANE void winsorize_quantile_section(const S& s) {
  double* x = s.row(0);
  const Order order = order_of_operand(s, 0, x);
  const double low = quantile_of(order, x, s.setting->real[0]);
  const double high = quantile_of(order, x, s.setting->real[1]);
  clip_section(s, x, low, high);
}

// Distances from the median need no second sort: they grow from the median to both sides, and the
// smaller of the next two is the next one.
LANE double median_distance(const Order& order, const double* x, double median) {
  int above = 0;  // first place that is not below the median
  int below = order.n;
  while (above < below) {
    const int half = (above + below) / 2;
    if (x[order.column(half)] < median)
      above = half + 1;
    else
      below = half;
  }
  below = above - 1;
  double last = 0.0, before = 0.0;
  for (int taken = 0; taken <= order.n / 2; ++taken) {
    const double up = above < order.n ? x[order.column(above)] - median : 0.0;
    const double down = below >= 0 ? median - x[order.column(below)] : 0.0;
    const bool upward = below < 0 || (above < order.n && up <= down);
    before = last;
    last = upward ? up : down;
    above += upward ? 1 : 0;
    below -= upward ? 0 : 1;
  }
  return order.n % 2 ? last : before * 0.5 + last * 0.5;
}

template <class S>
LANE void winsorize_mad_section(const S& s) {
  double* x = s.row(0);
  const Order order = order_of_operand(s, 0, x);
  const double median = median_of(order, x);
  const double reach =
      order.n == 0 ? 0.0 : s.setting->real[0] * 1.4826 * median_distance(order, x, median);
  const bool some = reach > 0.0;
  clip_section(s, x, some ? median - reach : -kLargest, some ? median + reach : kLargest);
}

template <class S>
LANE void winsorize_sigma_section(const S& s) {
  double* x = s.row(0);
  s.load(0, x);
  const double n =
      section_sum(s.part, s.columns, [=](int j) LANE_LAMBDA { return x[j] == x[j] ? 1.0 : 0.0; });
  const double mean = section_sum(s.part, s.columns, [=](int j) LANE_LAMBDA {
                        return x[j] == x[j] ? x[j] : 0.0;
                      }) / n;
  const double spread = section_sum(s.part, s.columns, [=](int j) LANE_LAMBDA {
    return x[j] == x[j] ? (x[j] - mean) * (x[j] - mean) : 0.0;
  });
  const double square = section_sum(s.part, s.columns, [=](int j) LANE_LAMBDA {
    return x[j] == x[j] ? x[j] * x[j] : 0.0;
  });
  const bool some = spread > square * n * 1e-24;
  const double reach = s.setting->real[0] * root_of(spread / (n - 1.0));
  clip_section(s, x, some ? mean - reach : -kLargest, some ? mean + reach : kLargest);
}

// c[0] r^7 + c[1] r^6 + ... + c[7].
LANE Reals septic(const double (&c)[8], Reals r) {
  Reals value = splat<Reals>(c[0]);
  LANE_UNROLL
  for (int i = 1; i < 8; ++i) value = value * r + c[i];
  return value;
}

// Quantile of the standard normal distribution at 1 - t for 0 < t <= 1/2: Wichura (1988), AS 241,
// PPND16, whose third branch (t below 1.4e-11) no rank of a session reaches.
LANE Reals upper_normal_quantile(Reals t) {
  const double a[8] = {2509.0809287301226727, 33430.575583588128105,  67265.770927008700853,
                       45921.953931549871457, 13731.693765509461125,  1971.5909503065514427,
                       133.14166789178437745, 3.387132872796366608};
  const double b[8] = {5226.495278852854561,  28729.085735721942674, 39307.89580009271061,
                       21213.794301586595867, 5394.1960214247511077, 687.1870074920579083,
                       42.313330701600911252, 1.0};
  const double c[8] = {7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177,
                       1.27045825245236838258,   3.64784832476320460504,   5.7694972214606914055,
                       4.6303378461565452959,    1.42343711074968357734};
  const double d[8] = {1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966,
                       0.14810397642748007459,    0.68976733498510000455,  1.6763848301838038494,
                       2.05319162663775882187,    1.0};
  const Reals q = splat<Reals>(0.5) - t;
  const Reals near = splat<Reals>(0.180625) - q * q;
  const Reals far = square_root(-logarithm(t)) - 1.6;
  const Reals central = q * septic(a, near) / septic(b, near);
  return select(q <= splat<Reals>(0.425), central, septic(c, far) / septic(d, far));
}

// A tail probability with the sign of its side becomes a normal score.
LANE void bend_row(double* row, int columns) {
#ifdef WORKBENCH_DEVICE
  SECTION_COLUMNS(l, j, columns) {
#else
  for (int j = 0; j < columns; j += width<Reals>) {  // rows of scratch end on a whole vector
#endif
    const Reals signed_tail = load<Reals>(row + j);
    const auto lower = signed_tail < splat<Reals>(0.0);
    const Reals score = upper_normal_quantile(select(lower, -signed_tail, signed_tail));
    store(row + j, select(lower, -score, score));
  }
}

template <class S>
LANE void gauss_rank_section(const S& s) {
  double *x = s.row(0), *tail = s.row(1);
  const Order order = order_of_operand(s, 0, x);
  SECTION_COLUMNS(l, j, s.columns) tail[j] = missing_value();
  const double n = order.n;
  each_twice_rank(order, x, [=](int column, double twice) LANE_LAMBDA {
    tail[column] = twice < n ? -(twice / (2.0 * n)) : (2.0 * n - twice) / (2.0 * n);
  });
  bend_row(tail, s.columns);
  SECTION_COLUMNS(l, j, s.columns) s.put(j, tail[j]);
}

template <class S>
LANE void csrank_qlib_section(const S& s) {
  double *x = s.row(0), *score = s.row(1);
  const Order order = order_of_operand(s, 0, x);
  SECTION_COLUMNS(l, j, s.columns) score[j] = missing_value();
  const double n = order.n;
  each_twice_rank(order, x, [=](int column, double twice) LANE_LAMBDA {
    score[column] = (0.5 * (twice + 1.0) / n - 0.5) * 3.46;
  });
  SECTION_COLUMNS(l, j, s.columns) s.put(j, score[j]);
}

// Every participating column receives body(place from 0, first and last place of its ties).
template <class S, class Body>
LANE void put_by_place(const S& s, Body body) {
  double *x = s.row(0), *result = s.row(1);
  const Order order = order_of_operand(s, 0, x);
  SECTION_COLUMNS(l, j, s.columns) result[j] = missing_value();
  each_run(
      order.n,
      [&](int a, int b) LANE_LAMBDA { return x[order.column(a)] == x[order.column(b)]; },
      [&](int first, int last) LANE_LAMBDA {
        for (int i = first; i < last; ++i) result[order.column(i)] = body(order.n, i, first, last);
      });
  SECTION_COLUMNS(l, j, s.columns) s.put(j, result[j]);
}

// floor((r - 1/2) q / n) + 1 in whole numbers; ties together, or by column.
template <class S>
LANE void bucket_section(const S& s) {
  const long long q = s.setting->integer[0];
  const bool stable = s.setting->integer[1] != 0;
  put_by_place(s, [=](int n, int place, int first, int last) LANE_LAMBDA {
    const long long twice = stable ? 2LL * place + 1 : static_cast<long long>(first) + last;
    return n < q ? missing_value() : static_cast<double>(twice * q / (2LL * n) + 1);
  });
}

template <class S>
LANE void bottom_section(const S& s) {
  const int k = s.setting->integer[0];
  put_by_place(s, [=](int, int place, int, int) LANE_LAMBDA { return place < k ? 1.0 : 0.0; });
}

// Counted from the largest; columns ascend within ties, from either end.
template <class S>
LANE void top_section(const S& s) {
  const int k = s.setting->integer[0];
  put_by_place(s, [=](int n, int place, int first, int last) LANE_LAMBDA {
    return n - last + place - first < k ? 1.0 : 0.0;
  });
}

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
