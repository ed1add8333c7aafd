// Own logarithm, exponential and powers in double.
//
// Library versions differ by a unit in the last place between machines and instruction sets; these
// use only exact IEEE operations in a fixed order, so a factor has the same bits everywhere. The
// reductions and coefficients are those of FreeBSD msun (e_log.c, e_exp.c; error below 1 ulp).
#pragma once
#include "lanes.h"

namespace workbench {
namespace WORKBENCH_VARIANT {

// Adding 1.5 * 2^52 rounds to an integer and leaves it in the low bits of the sum.
constexpr double kRounder = 6755399441055744.0;
constexpr Bits kRounderBits = 0x4338000000000000ULL;
constexpr double kLn2High = 6.93147180369123816490e-01;
constexpr double kLn2Low = 1.90821492927058770002e-10;

using Reals = Lanes<double>;

// log(x) for x > 0; NaN for x <= 0 and for NaN.
LANE Reals logarithm(Reals x) {
  const Reals one = splat<Reals>(1.0);
  const auto tiny = x < splat<Reals>(2.2250738585072014e-308);  // subnormal: scale by 2^54 first
  const Reals scaled = select(tiny, x * 18014398509481984.0, x);
  // Choose k so that x / 2^k lies in [sqrt(1/2), sqrt(2)): subtract the bits of sqrt(1/2).
  const LaneBits shifted = bits_of(scaled) - 0x3fe6a09e667f3bcdULL;
  const LaneBits exponent_bits = shifted & 0xfff0000000000000ULL;
  const Reals f = value_of(bits_of(scaled) - exponent_bits) - one;
  // Biased by 1024 the exponent is not negative, so a logical shift suffices.
  const LaneBits field = (shifted + 0x4000000000000000ULL) >> 52;
  const Reals raw = value_of(field + kRounderBits) - kRounder;
  const Reals k = raw - select(tiny, splat<Reals>(1024.0 + 54.0), splat<Reals>(1024.0));
  const Reals s = f / (f + 2.0);
  const Reals z = s * s;
  const Reals w = z * z;
  const Reals even =
      w * (w * (w * 1.531383769920937332e-01 + 2.222219843214978396e-01) + 3.999999999940941908e-01);
  const Reals odd = z * (w * (w * (w * 1.479819860511658591e-01 + 1.818357216161805012e-01) +
                              2.857142874366239149e-01) +
                         6.666666666666735130e-01);
  const Reals half = f * f * 0.5;
  const Reals value = k * kLn2High - ((half - (s * (half + (even + odd)) + k * kLn2Low)) - f);
  return select(x > splat<Reals>(0.0), value, not_a_number<Reals>());
}

// exp(x); infinite above 709.78, zero below -745.13, NaN for NaN.
LANE Reals exponential(Reals x) {
  Reals y = select(x > splat<Reals>(720.0), splat<Reals>(720.0), x);
  y = select(y < splat<Reals>(-760.0), splat<Reals>(-760.0), y);
  const Reals k = (y * 1.44269504088896338700 + kRounder) - kRounder;
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
  // Two halves of the exponent, so that 2^1024 and subnormal results need no special case.
  const Reals first = (k * 0.5 + kRounder) - kRounder;
  const LaneBits one_bits = bits_of(splat<Reals>(1.0));
  const LaneBits first_scale = one_bits + ((bits_of(first + kRounder) - kRounderBits) << 52);
  const LaneBits second_scale = one_bits + ((bits_of((k - first) + kRounder) - kRounderBits) << 52);
  return value * value_of(first_scale) * value_of(second_scale);
}

// Nearest integer of a non-negative number (values from 2^52 on are integers already).
LANE Reals nearest(Reals x) {
  const Reals limit = splat<Reals>(4503599627370496.0);
  return select(x < limit, (x + limit) - limit, x);
}

// |x|^n for integers 0 <= n <= 64 by repeated squaring: exact where the products are.
LANE Reals integer_power(Reals base, Reals exponent) {
  Reals result = splat<Reals>(1.0);
  Reals rest = exponent;
  for (int bit = 0; bit < 7; ++bit) {
    const Reals half = nearest(rest * 0.5 - 0.25);  // floor(rest / 2)
    const auto odd = rest - half * 2.0 > splat<Reals>(0.5);
    result = select(odd, result * base, result);
    if (!any(half > splat<Reals>(0.0))) break;
    base = base * base;
    rest = half;
  }
  return result;
}

// |x|^a for x >= 0: small integers by multiplication, 1/2 by the square root, else exp(a log x).
LANE Reals magnitude_power(Reals x, Reals a) {
  const Reals zero = splat<Reals>(0.0);
  const Reals size = magnitude(a);
  const auto small = (nearest(size) == size) & (size <= splat<Reals>(64.0));
  const auto root = a == splat<Reals>(0.5);
  Reals result = not_a_number<Reals>();
  if (any(small)) {
    const Reals whole = integer_power(x, select(small, size, zero));
    const Reals value = select(a < zero, splat<Reals>(1.0) / whole, whole);
    result = select(small, value, result);
  }
  if (any(root)) result = select(root, square_root(x), result);
  const Reals open = select(small | root, zero, splat<Reals>(1.0));
  if (any(open > zero)) {
    const Reals general = exponential(a * logarithm(x));
    const Reals at_zero = select(a > zero, zero, not_a_number<Reals>());
    result = select(open > zero, select(x == zero, at_zero, general), result);
  }
  return select((x == x) & (a == a), result, not_a_number<Reals>());
}

// x^a: a negative base needs an integer exponent, its parity gives the sign.
LANE Reals real_power(Reals x, Reals a) {
  const Reals zero = splat<Reals>(0.0);
  const Reals size = magnitude(a);
  const Reals half = size * 0.5;
  const auto negative = x < zero;
  const auto whole = nearest(size) == size;
  const Reals value = magnitude_power(magnitude(x), a);
  const Reals odd = select(nearest(half) == half, value, -value);
  return select(negative, select(whole, odd, not_a_number<Reals>()), value);
}

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
