// Elementwise operators: one lane program each, no state, any operand may be a constant row.
//
// NaN in gives NaN out, except where Kleene logic decides without the missing operand and where
// missing values are asked for. Arithmetic runs in the storage type: one IEEE operation there
// equals the same operation in double rounded to it. What takes several operations, or a literal
// that the storage type may not hold, runs in double. Truth is 1, 0 or NaN; any number other than 0
// counts as true.
#pragma once
#include "arctangent.h"
#include "error_function.h"
#include "power.h"

#ifdef WORKBENCH_DEVICE
#include "instruction.h"
#else
#include "stage.h"
#endif

namespace workbench {
namespace WORKBENCH_VARIANT {

#define WORKBENCH_ELEMENT(identifier, lanes_type, ...)                             \
  struct identifier##_element {                                                    \
    template <class T>                                                             \
    using Value = Lanes<lanes_type>;                                               \
    template <class V>                                                             \
    LANE V apply([[maybe_unused]] V a, [[maybe_unused]] V b, [[maybe_unused]] V c, \
                 [[maybe_unused]] const Setting& setting) {                        \
      [[maybe_unused]] const V zero = splat<V>(0.0), one = splat<V>(1.0);          \
      [[maybe_unused]] const V missing = not_a_number<V>();                        \
      __VA_ARGS__                                                                  \
    }                                                                              \
  };

// 1 where the test holds, 0 where it does not, NaN where either side is missing.
#define WORKBENCH_TEST(test) \
  return select((a == a) & (b == b), select(test, one, zero), missing);

WORKBENCH_ELEMENT(copy, T, return a;)
WORKBENCH_ELEMENT(add, T, return a + b;)
WORKBENCH_ELEMENT(subtract, T, return a - b;)
WORKBENCH_ELEMENT(multiply, T, return a * b;)
WORKBENCH_ELEMENT(divide, T, return a / b;)  // x / 0 is infinite or NaN: store() makes both NaN
WORKBENCH_ELEMENT(negate, T, return -a;)
WORKBENCH_ELEMENT(abs, T, return magnitude(a);)
WORKBENCH_ELEMENT(sign, T, return select(a > zero, one, select(a < zero, -one, a - a));)
WORKBENCH_ELEMENT(minimum, T, return select((a == a) & (b == b), select(b < a, b, a), missing);)
WORKBENCH_ELEMENT(maximum, T, return select((a == a) & (b == b), select(b > a, b, a), missing);)
WORKBENCH_ELEMENT(fmin, T, return select(a == a, select(b < a, b, a), b);)  // NaN is not less
WORKBENCH_ELEMENT(fmax, T, return select(a == a, select(b > a, b, a), b);)
WORKBENCH_ELEMENT(isnan, T, return select(a == a, zero, one);)
WORKBENCH_ELEMENT(isfinite, T, return select(a - a == zero, one, zero);)
WORKBENCH_ELEMENT(fillna, T, return select(a == a, a, b);)
WORKBENCH_ELEMENT(nan_mask, T, return select(b == zero, a, missing);)
WORKBENCH_ELEMENT(where, T, return select(a == a, select(a == zero, c, b), missing);)
WORKBENCH_ELEMENT(less, T, WORKBENCH_TEST(a < b))
WORKBENCH_ELEMENT(less_equal, T, WORKBENCH_TEST(a <= b))
WORKBENCH_ELEMENT(greater, T, WORKBENCH_TEST(a > b))
WORKBENCH_ELEMENT(greater_equal, T, WORKBENCH_TEST(a >= b))
WORKBENCH_ELEMENT(equal, T, WORKBENCH_TEST(a == b))
WORKBENCH_ELEMENT(not_equal, T, WORKBENCH_TEST(a != b))
WORKBENCH_ELEMENT(all_of, T,
                  return select((a == zero) | (b == zero), zero,
                                select((a == a) & (b == b), one, missing));)
// The difference from zero is tested by order, because NaN != 0 would hold.
WORKBENCH_ELEMENT(any_of, T,
                  return select((a < zero) | (a > zero) | (b < zero) | (b > zero), one,
                                select((a == a) & (b == b), zero, missing));)
WORKBENCH_ELEMENT(none_of, T, return select(a == a, select(a == zero, one, zero), missing);)
WORKBENCH_ELEMENT(one_of, T,
                  const auto differ = select(a == zero, select(b == zero, zero, one),
                                             select(b == zero, one, zero));
                  return select((a == a) & (b == b), differ, missing);)
WORKBENCH_ELEMENT(inverse, T, return one / a;)
WORKBENCH_ELEMENT(round, T, return round_to_even(a);)
WORKBENCH_ELEMENT(floor, T, return round_down(a);)
WORKBENCH_ELEMENT(ceil, T, return round_up(a);)
WORKBENCH_ELEMENT(frac, T, return without_whole(a);)
WORKBENCH_ELEMENT(clip, double, {
  const V low = splat<V>(setting.real[0]), high = splat<V>(setting.real[1]);
  return select(a < low, low, select(a > high, high, a));
})
WORKBENCH_ELEMENT(tail, double, {
  const auto between = (a > splat<V>(setting.real[0])) & (a < splat<V>(setting.real[1]));
  return select(between, splat<V>(setting.real[2]), a);
})
WORKBENCH_ELEMENT(modulo, double, return modulo_of(a, b);)
WORKBENCH_ELEMENT(log, double, return logarithm(a);)
WORKBENCH_ELEMENT(log1p, double, return logarithm_one_more(a);)
WORKBENCH_ELEMENT(slog1p, double, return with_sign_of(a, logarithm_one_more(magnitude(a)));)
WORKBENCH_ELEMENT(exp, double, return exponential(a);)
WORKBENCH_ELEMENT(sigmoid, double, return logistic(a);)
WORKBENCH_ELEMENT(tanh, double, return hyperbolic_tangent(a);)
WORKBENCH_ELEMENT(atan, double, return arctangent(a);)
WORKBENCH_ELEMENT(erf, double, return error_function(a);)
WORKBENCH_ELEMENT(sqrt, double, return square_root(a);)
WORKBENCH_ELEMENT(cbrt, double, return cube_root(a);)
WORKBENCH_ELEMENT(power, double, return real_power(a, b);)
WORKBENCH_ELEMENT(signedpower, double, {
  const V value = magnitude_power(magnitude(a), b);
  return select(a < zero, -value, select(a > zero, value, a * value));
})

#undef WORKBENCH_TEST
#undef WORKBENCH_ELEMENT

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
