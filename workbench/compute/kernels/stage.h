// What the binding hands to a variant: a checked stage, its arrays and one thread's scratch.
//
// Plain data only. Translation units of different instruction sets include this file, so it must
// define no function: a linker may keep any one copy of an inline function, and the copy made for
// AVX-512 would stop the program on an older CPU.
#pragma once
#include <cstddef>

#include "instruction.h"

namespace workbench {

constexpr int kLanes = 16;             // every pitch and every time tile is a multiple of this
constexpr int kFirstConstant = -1000;  // operand id of constants[0]
constexpr int kFirstGroup = -2000;     // operand id of group array 0, then downwards
constexpr int kFoldFields = 13;        // numbers of a fold's state for one lane, its count included
constexpr int kGathered = 3;           // operands of a window program at most
constexpr int kSectionRows = 16;
constexpr int kRankCounters = 3 * 2048;

struct Groups {
  const int* codes;
  long long pitch;  // 0 when one row serves every session
  int count;        // codes are -1 .. count - 1
};

struct Stage {
  const Instruction* code;
  int length;
  void* const* panels;
  const void* const* constants;  // [length][kOperands] rows of one value, null where not a constant
  const void* missing;           // a row of NaN
  const Groups* groups;
  const unsigned char* mask;  // null: every column takes part
  long long pitch;
  int rows;
  int columns;
  int tile;  // columns of a time tile, rows of a section tile
  bool section;
};

// Scratch of one thread, by byte offset. Slots first; then what cross-sections need (`rows`: 16
// rows of doubles), or what windows need.
struct ScratchLayout {
  std::size_t slot_bytes;
  std::size_t prepared, packed, spare, keys, counters, group_sums, rows;
  std::size_t rings, gathered;  // time stages: states of folds, values of one window
  std::size_t total;
};

using RunTile = void (*)(const Stage&, const ScratchLayout&, int tile, unsigned char* scratch);

struct Variant {
  const char* name;
  RunTile float32;
  RunTile float64;
};

}  // namespace workbench
