// Elementwise operators: identifier, canonical name, operands, axis, kind.
#pragma once

#define WORKBENCH_ELEMENT_TABLE(X)                       \
  X(copy, "copy", 1, element, element)                   \
  X(add, "add", 2, element, element)                     \
  X(subtract, "subtract", 2, element, element)           \
  X(multiply, "multiply", 2, element, element)           \
  X(divide, "divide", 2, element, element)               \
  X(negate, "negate", 1, element, element)               \
  X(power, "power", 2, element, element)                 \
  X(abs, "abs", 1, element, element)                     \
  X(sign, "sign", 1, element, element)                   \
  X(log, "log", 1, element, element)                     \
  X(signedpower, "signedpower", 2, element, element)     \
  X(minimum, "minimum", 2, element, element)             \
  X(maximum, "maximum", 2, element, element)             \
  X(where, "where", 3, element, element)                 \
  X(less, "less", 2, element, element)                   \
  X(less_equal, "less_equal", 2, element, element)       \
  X(greater, "greater", 2, element, element)             \
  X(greater_equal, "greater_equal", 2, element, element) \
  X(equal, "equal", 2, element, element)                 \
  X(not_equal, "not_equal", 2, element, element)         \
  X(all_of, "and", 2, element, element)                  \
  X(any_of, "or", 2, element, element)                   \
  X(none_of, "not", 1, element, element)                 \
  X(modulo, "modulo", 2, element, element)               \
  X(inverse, "inverse", 1, element, element)             \
  X(round, "round", 1, element, element)                 \
  X(floor, "floor", 1, element, element)                 \
  X(ceil, "ceil", 1, element, element)                   \
  X(frac, "frac", 1, element, element)                   \
  X(clip, "clip", 1, element, element)                   \
  X(tail, "tail", 1, element, element)                   \
  X(log1p, "log1p", 1, element, element)                 \
  X(slog1p, "slog1p", 1, element, element)               \
  X(exp, "exp", 1, element, element)                     \
  X(sqrt, "sqrt", 1, element, element)                   \
  X(cbrt, "cbrt", 1, element, element)                   \
  X(sigmoid, "sigmoid", 1, element, element)             \
  X(tanh, "tanh", 1, element, element)                   \
  X(atan, "atan", 1, element, element)                   \
  X(erf, "erf", 1, element, element)                     \
  X(fmin, "fmin", 2, element, element)                   \
  X(fmax, "fmax", 2, element, element)                   \
  X(isnan, "isnan", 1, element, element)                 \
  X(isfinite, "isfinite", 1, element, element)           \
  X(fillna, "fillna", 2, element, element)               \
  X(nan_mask, "nan_mask", 2, element, element)           \
  X(one_of, "xor", 2, element, element)
