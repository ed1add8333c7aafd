// Own exponential and what is made of it, in double: exp, tanh, sigmoid.
//
// Reductions and coefficients: FreeBSD msun (e_exp.c). Measured against 80-bit results
// over the whole range: at most 0.9 ulp for exp, 1.4 for tanh, 1.9 for sigmoid.
#pragma once
#include "logarithm.h"

namespace workbench {
namespace WORKBENCH_VARIANT {

constexpr double kLog2E = 1.44269504088896338700;

// 2^k for integers k in -1022 .. 1023.
LANE Reals power_of_two(Reals k) {
  return value_of(bits_of(splat<Reals>(1.0)) + ((bits_of(k + kRounder) - kRounderBits) << 52));
}

// x * 2^k for integers |k| <= 2044, in two steps: 2^1024 and subnormal results are no special case.
LANE Reals scale_by(Reals x, Reals k) {
  const Reals first = (k * 0.5 + kRounder) - kRounder;
  return x * power_of_two(first) * power_of_two(k - first);
}

// exp(x); infinite above 709.78, zero below -745.13, NaN for NaN.
LANE Reals exponential(Reals x) {
  Reals y = select(x > splat<Reals>(720.0), splat<Reals>(720.0), x);
  y = select(y < splat<Reals>(-760.0), splat<Reals>(-760.0), y);
  const Reals k = (y * kLog2E + kRounder) - kRounder;
  const Reals high = y - k * kLn2High;
  const Reals low = k * kLn2Low;
  const Reals r = high - low;
  const Reals t = r * r;
  const Reals c =
      r - t * (t * (t * (t * (t * 4.13813679705723846039e-08 - 1.65339022054652515390e-06) +
                         6.61375632143793436117e-05) -
                    2.77777777770155933842e-03) +
               1.66666666666666019037e-01);
  const Reals value = splat<Reals>(1.0) - ((low - (r * c) / (splat<Reals>(2.0) - c)) - high);
  return scale_by(value, k);
}

// 1 / (1 + exp(-x)); the exponent is never positive, so that nothing overflows.
LANE Reals logistic(Reals x) {
  const Reals one = splat<Reals>(1.0);
  const auto negative = x < splat<Reals>(0.0);
  const Reals shrunk = exponential(-magnitude(x));
  const Reals sum = shrunk + one;
  const Reals ratio = select(negative, shrunk, one) / sum;
  // What rounding took from the sum, to first order; 1 / sum is the ratio or what it leaves of 1.
  const Reals lost = shrunk - (sum - one);
  return ratio - ratio * (lost * select(negative, one - ratio, ratio));
}

// x + x^3 P(x^2) / Q(x^2) below 0.625 (Cephes tanh.c), 1 - 2 / (exp(2x) + 1) above.
LANE Reals hyperbolic_tangent(Reals x) {
  const Reals one = splat<Reals>(1.0), most = splat<Reals>(22.0);  // tanh(22) rounds to 1
  const Reals size = magnitude(x);
  const auto near = size < splat<Reals>(0.625);
  const Reals bounded = select(size > most, most, size);
  const Reals z = size * size;
  const Reals p = z * (z * -9.64399179425052238628e-01 - 9.92877231001918586564e+01) -
                  1.61468768441708447952e+03;
  const Reals q = z * (z * (z + 1.12811678491632931402e+02) + 2.23548839060100448583e+03) +
                  4.84406305325125486048e+03;
  const Reals ratio = select(near, p, splat<Reals>(2.0)) /
                      select(near, q, exponential(bounded + bounded) + 1.0);
  const Reals value = select(near, size + size * z * ratio, one - ratio);
  return select(x < splat<Reals>(0.0), -value, value);
}

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
