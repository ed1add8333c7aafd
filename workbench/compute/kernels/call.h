// One instruction over one tile on the CPU: where it reads, where it writes, its literals, scratch.
//
// Included by one translation unit a family of programs (element.cpp, fold.cpp, window.cpp,
// section.cpp), each compiled once per instruction set; variant.cpp walks the instructions.
#pragma once
#include "lanes.h"
#include "stage.h"

namespace workbench {
namespace WORKBENCH_VARIANT {

template <class T>
struct Operand {
  const T* base;  // row `origin`, first column of the tile
  long long pitch;
  int origin;
  int lag;
  const T* missing;

  const T* row(int t) const { return t < lag ? missing : base + (t - lag - origin) * pitch; }
};

template <class T>
struct Call {
  const Stage* stage;
  const Instruction* instruction;
  const ScratchLayout* layout;
  unsigned char* scratch;
  Operand<T> in[kOperands];  // of a group operand: nothing
  T* out;
  long long out_pitch;
  int first_row, last_row, width, columns;

  T* out_row(int t) const { return out + (t - first_row) * out_pitch; }
  const Setting& setting() const { return instruction->setting; }
  // The group array of operand k, or null where the operand is a panel, slot or constant.
  const Groups* group(int k) const {
    const int id = instruction->inputs[k];
    return id <= kFirstGroup ? stage->groups + (kFirstGroup - id) : nullptr;
  }
};

template <class T>
using Run = void (*)(const Call<T>&);

// The program of an opcode, or null where the opcode belongs to another family.
template <class T>
Run<T> element_program(int opcode);
template <class T>
Run<T> fold_program(int opcode);
template <class T>
Run<T> window_program(int opcode);
template <class T>
Run<T> section_program(int opcode);

template <class T>
LANE void fill_missing(T* row, long long from, long long to) {
  const T missing = static_cast<T>(__builtin_nan(""));
  for (long long j = from; j < to; ++j) row[j] = missing;
}

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
