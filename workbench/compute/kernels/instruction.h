// The instruction of a stage and the table of operators.
//
// One row an operator, in the table of its family: identifier, canonical name, number of operands
// (-k: k or more), the axis it walks, the kind of program. Opcodes are positions in this table;
// Python reads them through opcodes(), so the order is free to change. Shared by the CPU
// interpreter, the binding and the device entry points; holds no code, so it may be included by
// translation units of every instruction set.
#pragma once
#include "element_table.h"
#include "fold_table.h"
#include "order_table.h"
#include "section_table.h"

#define WORKBENCH_OPERATORS(X) \
  WORKBENCH_ELEMENT_TABLE(X)   \
  WORKBENCH_FOLD_TABLE(X)      \
  WORKBENCH_ORDER_TABLE(X)     \
  WORKBENCH_SECTION_TABLE(X)

namespace workbench {

enum class Axis { element, lag, window, section };

enum Opcode : int {
#define WORKBENCH_ENUMERATOR(identifier, name, operands, axis, kind) op_##identifier,
  WORKBENCH_OPERATORS(WORKBENCH_ENUMERATOR)
#undef WORKBENCH_ENUMERATOR
      opcode_count
};

constexpr int kOperands = 8;  // expressions one call reads at most
constexpr int kLiterals = 6;  // numbers of each type beside window, min_periods and policy

// Literals of a call, as programs read them: window first, the rest by type and in order; words
// are numbers in the order of their declaration.
struct Setting {
  int window;
  int min_periods;  // 0: every value of the window must be there
  int traded;       // 1: the last `window` sessions with a value, within twice as many sessions
  int integer[kLiterals];
  double real[kLiterals];
};

// Same layout as the NumPy dtype INSTRUCTION of cpu.py (232 bytes, no padding).
struct Instruction {
  int opcode;
  int out;
  int operands;
  int grouped;  // bit k: operand k holds numbers that are read as codes
  int inputs[kOperands];
  int lags[kOperands];
  double constants[kOperands];
  Setting setting;
};

}  // namespace workbench
