// The instruction of a stage and the table of operators.
//
// One row of WORKBENCH_OPERATORS per operator: identifier, canonical name, number of operands and
// the axis it walks. Opcodes are positions in this table; Python reads them through opcodes(), so
// the order is free to change. Shared by the CPU interpreter, the binding and the device entry
// points; holds no code, so it may be included by translation units of every instruction set.
#pragma once

#define WORKBENCH_OPERATORS(X)                  \
  X(copy, "copy", 1, element)                   \
  X(add, "add", 2, element)                     \
  X(subtract, "subtract", 2, element)           \
  X(multiply, "multiply", 2, element)           \
  X(divide, "divide", 2, element)               \
  X(negate, "negate", 1, element)               \
  X(power, "power", 2, element)                 \
  X(abs, "abs", 1, element)                     \
  X(sign, "sign", 1, element)                   \
  X(log, "log", 1, element)                     \
  X(signedpower, "signedpower", 2, element)     \
  X(minimum, "minimum", 2, element)             \
  X(maximum, "maximum", 2, element)             \
  X(where, "where", 3, element)                 \
  X(less, "less", 2, element)                   \
  X(less_equal, "less_equal", 2, element)       \
  X(greater, "greater", 2, element)             \
  X(greater_equal, "greater_equal", 2, element) \
  X(equal, "equal", 2, element)                 \
  X(not_equal, "not_equal", 2, element)         \
  X(all_of, "and", 2, element)                  \
  X(any_of, "or", 2, element)                   \
  X(none_of, "not", 1, element)                 \
  X(delay, "delay", 1, lag)                     \
  X(delta, "delta", 1, lag)                     \
  X(ts_sum, "ts_sum", 1, window)                \
  X(ts_mean, "ts_mean", 1, window)              \
  X(stddev, "stddev", 1, window)                \
  X(ts_min, "ts_min", 1, window)                \
  X(ts_max, "ts_max", 1, window)                \
  X(ts_argmax, "ts_argmax", 1, window)          \
  X(ts_argmin, "ts_argmin", 1, window)          \
  X(ts_rank, "ts_rank", 1, window)              \
  X(decay_linear, "decay_linear", 1, window)    \
  X(correlation, "correlation", 2, window)      \
  X(covariance, "covariance", 2, window)        \
  X(rank, "rank", 1, section)                   \
  X(zscore, "zscore", 1, section)               \
  X(demean, "demean", 1, section)               \
  X(scale, "scale", 1, section)                 \
  X(indneutralize, "indneutralize", 1, section)

namespace workbench {

enum class Axis { element, lag, window, section };

enum Opcode : int {
#define WORKBENCH_ENUMERATOR(identifier, name, operands, axis) op_##identifier,
  WORKBENCH_OPERATORS(WORKBENCH_ENUMERATOR)
#undef WORKBENCH_ENUMERATOR
      opcode_count
};

// Same layout as the NumPy dtype INSTRUCTION of cpu.py (80 bytes, no padding).
struct Instruction {
  int opcode;
  int out;
  int inputs[4];
  int lags[4];
  int integer[2];
  double real[4];
};

}  // namespace workbench
