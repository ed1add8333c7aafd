// Checks of a stage before it runs: nothing from Python reaches a kernel unchecked.
#pragma once
#include <vector>

#include "stage.h"

namespace workbench {

// Turns delay and delta into offsets, then checks every instruction against the panels and slots.
// Throws std::invalid_argument naming the instruction, what was expected and what came.
std::vector<Instruction> checked_program(const Instruction* code, int length, int panels,
                                         int groups, int slots, bool section);

// Names of the operators, in opcode order.
const char* operator_name(int opcode);

// Which panels the program writes.
std::vector<bool> written_panels(const std::vector<Instruction>& code, int panels);

ScratchLayout scratch_layout(const std::vector<Instruction>& code, bool section, int slots,
                             long long rows, long long pitch, int tile, std::size_t item,
                             int largest_group_count);

}  // namespace workbench
