// The tile interpreter, compiled once per instruction set (WORKBENCH_VARIANT names the namespace).
//
// run_tile walks the instructions of a stage over one tile. Each instruction becomes row pointers
// (a lagged row before the first session is a row of NaN, a constant is a row of pitch 0, a slot
// lies in the thread's scratch) and one call of its program. Includes no standard template: a
// shared instantiation could carry this file's instruction set into the baseline.
#include "call.h"

namespace workbench {
namespace WORKBENCH_VARIANT {
namespace {

// The binding checked every opcode, so one of the families knows it.
template <class T>
Run<T> program(int opcode) {
  if (Run<T> found = element_program<T>(opcode)) return found;
  if (Run<T> found = fold_program<T>(opcode)) return found;
  if (Run<T> found = window_program<T>(opcode)) return found;
  return section_program<T>(opcode);
}

template <class T>
void run_tile(const Stage& stage, const ScratchLayout& layout, int tile, unsigned char* scratch) {
  const long long start = static_cast<long long>(tile) * stage.tile;
  const long long column = stage.section ? 0 : start;
  const long long left = (stage.section ? stage.rows : stage.pitch) - start;
  const int extent = static_cast<int>(left < stage.tile ? left : stage.tile);
  const T* missing = static_cast<const T*>(stage.missing);

  Call<T> call;
  call.stage = &stage;
  call.layout = &layout;
  call.scratch = scratch;
  call.first_row = stage.section ? static_cast<int>(start) : 0;
  call.last_row = stage.section ? call.first_row + extent : stage.rows;
  call.width = stage.section ? static_cast<int>(stage.pitch) : extent;
  call.columns = stage.columns;
  const long long slot_pitch = stage.section ? stage.pitch : stage.tile;
  const auto slot = [&](int id) {
    return reinterpret_cast<T*>(scratch + static_cast<std::size_t>(-1 - id) * layout.slot_bytes);
  };

  for (int i = 0; i < stage.length; ++i) {
    const Instruction& code = stage.code[i];
    call.instruction = &code;
    for (int k = 0; k < kOperands; ++k) {
      const int id = code.inputs[k], lag = code.lags[k];
      if (id <= kFirstGroup)
        call.in[k] = {missing, 0, 0, 0, missing};
      else if (id <= kFirstConstant)
        call.in[k] = {static_cast<const T*>(stage.constants[kOperands * i + k]), 0, 0, lag, missing};
      else if (id < 0)
        call.in[k] = {slot(id), slot_pitch, call.first_row, lag, missing};
      else
        call.in[k] = {static_cast<const T*>(stage.panels[id]) + column, stage.pitch, 0, lag,
                      missing};
    }
    call.out_pitch = code.out < 0 ? slot_pitch : stage.pitch;
    call.out = code.out < 0 ? slot(code.out)
                            : static_cast<T*>(stage.panels[code.out]) + column +
                                  call.first_row * stage.pitch;
    program<T>(code.opcode)(call);
    if (code.out < 0) continue;
    for (int t = call.first_row; t < call.last_row; ++t)  // pad columns of a result are NaN
      fill_missing(call.out_row(t), stage.columns > column ? stage.columns - column : 0,
                   call.width);
  }
}

}  // namespace

extern const Variant variant;
const Variant variant = {WORKBENCH_VARIANT_NAME, run_tile<float>, run_tile<double>};

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
