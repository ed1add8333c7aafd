// Whole numbers: rounding, and the remainder of a division. All of it is exact.
#pragma once
#include "exponential.h"

namespace workbench {
namespace WORKBENCH_VARIANT {

// Nearest integer of a non-negative number, a half to even. From `limit` on values are integers.
template <class V>
LANE V nearest(V x) {
  const V limit = splat<V>(sizeof(V) / width<V> == 4 ? 8388608.0 : 4503599627370496.0);
  return select(x < limit, (x + limit) - limit, x);
}

template <class V>
LANE V with_sign_of(V sign, V size) {
  return select(sign < splat<V>(0.0), -size, size);
}

template <class V>
LANE V round_to_even(V x) {
  return with_sign_of(x, nearest(magnitude(x)));
}

template <class V>
LANE V round_down(V x) {
  const V whole = round_to_even(x);
  return select(whole > x, whole - splat<V>(1.0), whole);
}

template <class V>
LANE V round_up(V x) {
  const V whole = round_to_even(x);
  return select(whole < x, whole + splat<V>(1.0), whole);
}

template <class V>
LANE V without_whole(V x) {
  return x - with_sign_of(x, round_down(magnitude(x)));
}

// y * 2^k, the multiple of y > 0 whose exponent is 25 below that of a greater x > 0.
LANE Reals multiple_below(Reals x, Reals y) {
  const auto tiny = y < splat<Reals>(kLeastNormal);
  const Reals normal = select(tiny, y * kTwo54, y);
  const LaneBits exponents = (bits_of(x) >> 52) - (bits_of(normal) >> 52);
  return scale_by(normal, value_of(exponents + kRounderBits) - kRounder - 25.0);
}

// Remainder of x / y for x >= 0 and y > 0, exact like fmod: long division in steps of 25 bits.
// A quotient of 26 bits times half of the divisor's bits is exact, and so is what is left.
LANE Reals remainder_of(Reals x, Reals y) {
  const Reals zero = splat<Reals>(0.0);
  Reals rest = x;
  for (auto open = rest >= y; any(open); open = rest >= y) {
    Reals step = y;
    Reals quotient = rest / y;
    const auto wide = quotient >= splat<Reals>(67108864.0);
    if (any(wide)) {
      step = select(wide, multiple_below(rest, y), y);
      quotient = rest / step;
    }
    const Reals count = round_down(select(open, quotient, zero));
    const Reals high = value_of(bits_of(step) & 0xfffffffff8000000ULL);
    const Reals left = (rest - count * high) - count * (step - high);
    // The quotient may have been rounded up to the next whole number.
    rest = select(open, select(left < zero, left + step, left), rest);
  }
  return rest;
}

// x - y floor(x / y): the sign follows y; NaN for y = 0.
LANE Reals modulo_of(Reals x, Reals y) {
  const Reals zero = splat<Reals>(0.0);
  const auto apart = ((x < zero) & (y > zero)) | ((x > zero) & (y < zero));
  const auto usable = ((y > zero) | (y < zero)) & (x == x);
  const Reals size = remainder_of(select(usable, magnitude(x), zero),
                                  select(usable, magnitude(y), splat<Reals>(1.0)));
  const Reals rest = with_sign_of(x, size);
  const Reals value = select(apart & (size > zero), rest + y, rest);
  return select(usable, value, not_a_number<Reals>());
}

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
