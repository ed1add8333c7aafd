// One instruction on the device: what every kernel is given, by value.
#pragma once
#include "instruction.h"
#include "lanes.h"

namespace workbench {
namespace device {

// A constant is one cell with pitch 0 and step 0. Operands an operator does not have repeat the
// first one. A group operand has codes instead of a base; codes_pitch is 0 where one row serves
// every session.
struct Operand {
  const void* base;
  long long pitch;
  int step;
  int lag;
  const int* codes;
  long long codes_pitch;
  int code_count;
  int spare;
};

// `scratch` holds scratch_row doubles for each block of a cross-section.
struct Call {
  Operand in[kOperands];
  int operands;
  int rows;
  int columns;
  int grouped;  // bit k: operand k holds numbers that are read as codes
  void* out;
  long long out_pitch;
  const unsigned char* mask;  // null: every column takes part
  long long mask_pitch;
  double* scratch;
  long long scratch_row;
  Setting setting;
};

template <class T>
LANE const T* cell(const Operand& x, int t, int j) {
  return static_cast<const T*>(x.base) + (t - x.lag) * x.pitch + static_cast<long long>(j) * x.step;
}

template <class V, class T>
LANE V value_at(const Operand& x, int t, int j) {
  return t < x.lag ? not_a_number<V>() : load<V>(cell<T>(x, t, j));
}

template <class T>
LANE T* result(const Call& call, int t, int j) {
  return static_cast<T*>(call.out) + t * call.out_pitch + j;
}

}  // namespace device
}  // namespace workbench
