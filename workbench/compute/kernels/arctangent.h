// Own inverse tangent in double.
//
// Reduction to |t| < 7/16 around 0, 1/2, 1, 3/2 or infinity and the coefficients of FreeBSD msun
// (s_atan.c). Measured against 80-bit results over the whole range: at most 0.9 ulp.
#pragma once
#include "logarithm.h"

namespace workbench {
namespace WORKBENCH_VARIANT {

LANE Reals arctangent(Reals x) {
  const Reals zero = splat<Reals>(0.0), one = splat<Reals>(1.0);
  const Reals size = magnitude(x);
  const auto from_half = size >= splat<Reals>(0.4375);
  const auto from_one = size >= splat<Reals>(0.6875);
  const auto from_three_halves = size >= splat<Reals>(1.1875);
  const auto from_infinity = size >= splat<Reals>(2.4375);
  // atan(size) = atan(c) + atan((size - c) / (1 + c size)); atan(c) in two parts.
  Reals c = select(from_half, splat<Reals>(0.5), zero);
  Reals high = select(from_half, splat<Reals>(4.63647609000806093515e-01), zero);
  Reals low = select(from_half, splat<Reals>(2.26987774529616870924e-17), zero);
  c = select(from_one, one, c);
  high = select(from_one, splat<Reals>(7.85398163397448278999e-01), high);
  low = select(from_one, splat<Reals>(3.06161699786838301793e-17), low);
  c = select(from_three_halves, splat<Reals>(1.5), c);
  high = select(from_three_halves, splat<Reals>(9.82793723247329054082e-01), high);
  low = select(from_three_halves, splat<Reals>(1.39033110312309984516e-17), low);
  high = select(from_infinity, splat<Reals>(1.57079632679489655800e+00), high);
  low = select(from_infinity, splat<Reals>(6.12323399573676603587e-17), low);
  const Reals t =
      select(from_infinity, -one, size - c) / select(from_infinity, size, one + c * size);
  const Reals z = t * t;
  const Reals w = z * z;
  const Reals even =
      z * (w * (w * (w * (w * (w * 1.62858201153657823623e-02 + 4.97687799461593236017e-02) +
                          6.66107313738753120669e-02) +
                     9.09088713343650656196e-02) +
                1.42857142725034663711e-01) +
           3.33333333333329318027e-01);
  const Reals odd =
      w * (w * (w * (w * (w * -3.65315727442169155270e-02 - 5.83357013379057348645e-02) -
                     7.69187620504482999495e-02) -
                1.11111104054623557880e-01) -
           1.99999999998764832476e-01);
  const Reals value = high - ((t * (even + odd) - low) - t);
  return select(x < zero, -value, value);
}

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
