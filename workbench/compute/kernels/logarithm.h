// Own logarithms in double.
//
// Library versions differ by a unit in the last place between machines and instruction sets; the
// functions here and in exponential.h, power.h, arctangent.h and error_function.h use only exact
// IEEE operations in a fixed order, so a factor has the same bits everywhere. The reductions and
// coefficients are those of FreeBSD msun (e_log.c, s_log1p.c). Measured against 80-bit results
// over the whole range: at most 0.9 ulp, both.
#pragma once
#include "lanes.h"

namespace workbench {
namespace WORKBENCH_VARIANT {

// Adding 1.5 * 2^52 rounds to an integer and leaves it in the low bits of the sum.
constexpr double kRounder = 6755399441055744.0;
constexpr Bits kRounderBits = 0x4338000000000000ULL;
constexpr double kLn2High = 6.93147180369123816490e-01;
constexpr double kLn2Low = 1.90821492927058770002e-10;
constexpr double kLeastNormal = 2.2250738585072014e-308;
constexpr double kTwo54 = 18014398509481984.0;

using Reals = Lanes<double>;

// log(1 + f) + k log(2) for 1 + f in [sqrt(1/2), sqrt(2)]; `low` is added where it is smallest.
LANE Reals reduced_logarithm(Reals f, Reals k, Reals low) {
  const Reals s = f / (f + 2.0);
  const Reals z = s * s;
  const Reals w = z * z;
  const Reals even = w * (w * (w * 1.531383769920937332e-01 + 2.222219843214978396e-01) +
                          3.999999999940941908e-01);
  const Reals odd = z * (w * (w * (w * 1.479819860511658591e-01 + 1.818357216161805012e-01) +
                              2.857142874366239149e-01) +
                         6.666666666666735130e-01);
  const Reals half = f * f * 0.5;
  return k * kLn2High - ((half - (s * (half + (even + odd)) + (k * kLn2Low + low))) - f);
}

// The k for which x / 2^k lies in [sqrt(1/2), sqrt(2)), of a normal x > 0, and that quotient.
struct LogarithmParts {
  Reals k, value;
};
LANE LogarithmParts logarithm_parts(Reals x) {
  // Subtract the bits of sqrt(1/2); biased by 1024 the exponent is not negative, so a logical
  // shift suffices.
  const LaneBits shifted = bits_of(x) - 0x3fe6a09e667f3bcdULL;
  const LaneBits field = (shifted + 0x4000000000000000ULL) >> 52;
  return {value_of(field + kRounderBits) - kRounder - 1024.0,
          value_of(bits_of(x) - (shifted & 0xfff0000000000000ULL))};
}

// log(x) for x > 0; NaN for x <= 0 and for NaN.
LANE Reals logarithm(Reals x) {
  const Reals zero = splat<Reals>(0.0);
  const auto tiny = x < splat<Reals>(kLeastNormal);
  const LogarithmParts reduced = logarithm_parts(select(tiny, x * kTwo54, x));
  const Reals k = reduced.k - select(tiny, splat<Reals>(54.0), zero);
  const Reals value = reduced_logarithm(reduced.value - 1.0, k, zero);
  return select(x > zero, value, not_a_number<Reals>());
}

// log(1 + x) for x > -1; NaN for x <= -1 and for NaN.
LANE Reals logarithm_one_more(Reals x) {
  const Reals zero = splat<Reals>(0.0);
  const Reals sum = x + 1.0;
  const auto near = (x > splat<Reals>(-0.29289321881345)) & (x < splat<Reals>(0.41421356237309));
  const LogarithmParts reduced = logarithm_parts(sum);
  // What rounding took from 1 + x goes back in, relative to the sum.
  const Reals lost = select(x < splat<Reals>(1.0), x - (sum - 1.0), 1.0 - (sum - x)) / sum;
  const Reals value = reduced_logarithm(select(near, x, reduced.value - 1.0),
                                        select(near, zero, reduced.k), select(near, zero, lost));
  return select(sum > zero, value, not_a_number<Reals>());
}

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
