// Own powers and roots in double: x^a, |x|^a, cube root.
//
// x^a is exact where a is a small integer and the products are, correctly rounded for a = 1/2, and
// exp(a log x) otherwise: there the relative error grows with |a log x|. Cube root: a polynomial of
// 19 bits, then one step of Halley from 23 rounded bits as in FreeBSD msun (s_cbrt.c); measured
// against 80-bit results over the whole range: at most 0.7 ulp.
#pragma once
#include "whole.h"

namespace workbench {
namespace WORKBENCH_VARIANT {

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

// Cube root of either sign: |x| = m 2^(3q + j) with m in [1, 2) and j in 0, 1, 2.
LANE Reals cube_root(Reals x) {
  const Reals zero = splat<Reals>(0.0), one = splat<Reals>(1.0), two = splat<Reals>(2.0);
  const Reals size = magnitude(x);
  const auto tiny = size < splat<Reals>(kLeastNormal);
  const LaneBits bits = bits_of(select(tiny, size * kTwo54, size));
  const Reals field = value_of((bits >> 52) + kRounderBits) - kRounder;
  const Reals third = (field * 0.33333333333333331 - 0.33333333333333331 + kRounder) - kRounder;
  const Reals j = field - third * 3.0;
  const Reals m = value_of((bits & 0x000fffffffffffffULL) | 0x3ff0000000000000ULL);
  const auto by_two = j == one, by_four = j == two;
  const Reals value = m * select(by_four, splat<Reals>(4.0), select(by_two, two, one));
  const Reals root_of_two = select(by_four, splat<Reals>(1.5874010519681994748),
                                   select(by_two, splat<Reals>(1.2599210498948731648), one));
  const Reals u = m - 1.0;
  const Reals guess =
      root_of_two * (u * (u * (u * (u * (u * 0.005348238315877775 - 0.023643046977729194) +
                                    0.05471590997248814) -
                               0.10973057148206326) +
                          0.33323083879969817) +
                     1.0000012314245665);
  const Reals t = value_of((bits_of(guess) + 0x20000000ULL) & 0xffffffffc0000000ULL);
  const Reals r = value / (t * t);  // t * t is exact
  const Reals root = t + t * ((r - t) / (t + t + r));
  // 1023 = 3 * 341; scaling by 2^54 took 18 off the exponent of the root.
  const Reals scaled =
      root * power_of_two(third - select(tiny, splat<Reals>(341.0 + 18.0), splat<Reals>(341.0)));
  return select(size > zero, with_sign_of(x, scaled), x);
}

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
