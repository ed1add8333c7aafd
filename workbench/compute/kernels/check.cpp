// See check.h.
#include "check.h"

#include <stdexcept>
#include <string>

namespace workbench {
namespace {

struct Operator {
  const char* name;
  int operands;
  Axis axis;
};

constexpr Operator kOperators[] = {
#define WORKBENCH_ROW(identifier, name, operands, axis, kind) {name, operands, Axis::axis},
    WORKBENCH_OPERATORS(WORKBENCH_ROW)
#undef WORKBENCH_ROW
};

constexpr int kLongest = 1 << 20;  // windows and lags; keeps every row index inside 32 bits

class Checker {
 public:
  Checker(int panels, int groups, int slots, bool section)
      : panels_(panels), groups_(groups), section_(section), filled_(slots), written_(panels) {}

  Instruction check(Instruction code, int index) {
    index_ = index;
    if (code.opcode < 0 || code.opcode >= opcode_count)
      fail("opcode must be 0 to " + std::to_string(opcode_count - 1) + ", got " +
           std::to_string(code.opcode));
    const Operator& op = kOperators[code.opcode];
    name_ = op.name;
    if (section_ && op.axis == Axis::window) fail("runs over time, this is a section stage");
    if (!section_ && op.axis == Axis::section) fail("runs over a section, this is a time stage");
    const int least = op.operands < 0 ? -op.operands : op.operands;
    within("number of operands", code.operands, least, op.operands < 0 ? kOperands : least);
    const bool anchored = code.opcode == op_ts_cumsum || code.opcode == op_ts_cumprod;
    settings(code.setting, op.axis == Axis::window && !anchored);
    for (int k = 0; k < code.operands; ++k) within("lag", code.lags[k], 0, kLongest);
    if (op.axis == Axis::lag) {
      within("lag", code.setting.integer[0], 0, kLongest);
      offset(code);
    }
    for (int k = 0; k < code.operands; ++k) operand(code, k);
    for (int k = code.operands; k < kOperands; ++k) {  // unused operands read the first one
      code.inputs[k] = code.inputs[0];
      code.lags[k] = code.lags[0];
    }
    result(code, op.axis == Axis::window);
    return code;
  }

 private:
  void settings(const Setting& setting, bool window) const {
    if (window || section_) within("window", setting.window, window ? 1 : 0, kLongest);
    within("min_periods", setting.min_periods, 0, kLongest);
    within("policy", setting.traded, 0, 1);
    if (setting.min_periods > 0 && setting.traded) fail("min_periods and traded exclude each other");
  }

  // delay(x, d) is a copy of an older row; the others read that row as their second operand.
  static void offset(Instruction& code) {
    const int lag = code.lags[0] + code.setting.integer[0];
    if (code.opcode == op_delay) {
      code.opcode = op_copy;
      code.lags[0] = lag;
    } else {
      if (code.opcode == op_delta) code.opcode = op_subtract;
      code.operands = 2;
      code.inputs[1] = code.inputs[0];
      code.lags[1] = lag;
    }
  }

  // A cross-section with a window reads earlier rows of its first operand.
  bool reads_back(const Instruction& code, int k) const {
    return code.lags[k] != 0 || (section_ && k == 0 && code.setting.window > 1);
  }

  void operand(const Instruction& code, int k) {
    const int id = code.inputs[k];
    if (id <= kFirstGroup) {
      within("group", kFirstGroup - id, 0, groups_ - 1);
      if (!section_) fail("groups belong to section stages");
      if (code.lags[k] != 0) fail("a group is read on its own session");
    } else if (id <= kFirstConstant) {
      within("constant", kFirstConstant - id, 0, kOperands - 1);
    } else if (id < 0) {
      const int slot = -1 - id;
      within("slot", slot, 0, static_cast<int>(filled_.size()) - 1);
      if (!filled_[slot]) fail("slot " + std::to_string(slot) + " is read before it is written");
      if (section_ && reads_back(code, k)) fail("a slot of a section stage has no earlier rows");
    } else {
      within("panel", id, 0, panels_ - 1);
      if (section_ && reads_back(code, k) && written_[id])
        fail("panel " + std::to_string(id) + " is written by this stage and read with a lag");
    }
  }

  void result(const Instruction& code, bool window) {
    if (code.out <= kFirstConstant) fail("the result cannot be a constant");
    if (code.out < 0) {
      within("result slot", -1 - code.out, 0, static_cast<int>(filled_.size()) - 1);
      filled_[-1 - code.out] = true;
    } else {
      within("result panel", code.out, 0, panels_ - 1);
      written_[code.out] = true;
    }
    for (int k = 0; k < code.operands; ++k)
      if (code.inputs[k] == code.out && (window || reads_back(code, k)))
        fail("the result overwrites an operand whose earlier rows are still needed");
    if (section_ && code.out >= 0) lagged_reads(code);
  }

  // In a section stage another thread may read an earlier row while this one writes it.
  void lagged_reads(const Instruction& code) {
    for (const Instruction& earlier : seen_)
      for (int k = 0; k < earlier.operands; ++k)
        if (earlier.inputs[k] == code.out && reads_back(earlier, k))
          fail("panel " + std::to_string(code.out) + " was read with a lag by this stage");
  }

  void within(const char* what, int value, int low, int high) const {
    if (value >= low && value <= high) return;
    fail(std::string(what) + " must be " + std::to_string(low) + " to " + std::to_string(high) +
         ", got " + std::to_string(value));
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw std::invalid_argument("instruction " + std::to_string(index_) + " (" + name_ + "): " +
                                what + "; build stages with workbench.compute.plan");
  }

  int panels_, groups_;
  bool section_;
  std::vector<bool> filled_, written_;
  int index_ = 0;
  std::string name_ = "?";

 public:
  std::vector<Instruction> seen_;
};

std::size_t aligned(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

}  // namespace

std::vector<Instruction> checked_program(const Instruction* code, int length, int panels,
                                         int groups, int slots, bool section) {
  Checker checker(panels, groups, slots, section);
  for (int i = 0; i < length; ++i) checker.seen_.push_back(checker.check(code[i], i));
  return checker.seen_;
}

const char* operator_name(int opcode) { return kOperators[opcode].name; }

std::vector<bool> written_panels(const std::vector<Instruction>& code, int panels) {
  std::vector<bool> written(panels);
  for (const Instruction& one : code)
    if (one.out >= 0) written[one.out] = true;
  return written;
}

ScratchLayout scratch_layout(const std::vector<Instruction>& code, bool section, int slots,
                             long long rows, long long pitch, int tile, std::size_t item,
                             int largest_group_count) {
  ScratchLayout layout{};
  const auto width = static_cast<std::size_t>(section ? pitch : tile);
  const auto height = static_cast<std::size_t>(section ? tile : rows);
  layout.slot_bytes = aligned(width * height * item);
  std::size_t end = layout.slot_bytes * static_cast<std::size_t>(slots);
  const auto take = [&end](std::size_t bytes) {
    const std::size_t start = end;
    end += aligned(bytes);
    return start;
  };
  if (section) {
    const auto row = static_cast<std::size_t>(pitch) * sizeof(double);
    layout.prepared = take(row);
    layout.packed = take(row);
    layout.spare = take(row);
    layout.keys = take(row);
    layout.counters = take(kRankCounters * sizeof(unsigned));
    layout.group_sums = take(2 * static_cast<std::size_t>(largest_group_count + 1) * sizeof(double));
    layout.rows = take(kSectionRows * row);
  } else {
    int longest = 0;
    for (const Instruction& one : code)
      longest = one.setting.window > longest ? one.setting.window : longest;
    std::size_t ring = 1;  // rows of all levels of a fold: 2 + 4 + ... + 2^k with 2^k <= window
    while (ring <= static_cast<std::size_t>(longest)) ring *= 2;
    layout.rings = take(longest ? ring * kFoldFields * width * sizeof(double) : 0);
    layout.gathered = take(static_cast<std::size_t>(longest) * kGathered * 128);
  }
  layout.total = end + 64;  // never an empty block
  return layout;
}

}  // namespace workbench
