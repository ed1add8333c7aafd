// The tile interpreter, compiled once per instruction set (WORKBENCH_VARIANT names the namespace).
//
// run_tile walks the instructions of a stage over one tile. Each instruction becomes row pointers
// (a lagged row before the first session is a row of NaN, a constant is a row of pitch 0, a slot
// lies in the thread's scratch) and one loop over rows and lanes. Includes no standard template:
// a shared instantiation could carry this file's instruction set into the baseline.
#include "elementwise.h"
#include "pair_window.h"
#include "rank.h"
#include "section.h"
#include "stage.h"
#include "window.h"

namespace workbench {
namespace WORKBENCH_VARIANT {
namespace {

template <class T>
struct Operand {
  const T* base;  // row `origin`, first column of the tile
  long long pitch;
  int origin;
  int lag;
  const T* missing;

  const T* row(int t) const {
    return t < lag ? missing : base + (t - lag - origin) * pitch;
  }
};

template <class T>
struct Call {
  const Instruction* instruction;
  Operand<T> in[3];
  T* out;
  long long out_pitch;
  int first_row, last_row, width, columns;

  T* out_row(int t) const { return out + (t - first_row) * out_pitch; }
};

template <class T>
void fill_missing(T* row, long long from, long long to) {
  const T missing = static_cast<T>(__builtin_nan(""));
  for (long long j = from; j < to; ++j) row[j] = missing;
}

template <class T, class Program>
void run_element(const Call<T>& call) {
  using V = typename Program::template Value<T>;
  for (int t = call.first_row; t < call.last_row; ++t) {
    const T* a = call.in[0].row(t);
    const T* b = call.in[1].row(t);
    const T* c = call.in[2].row(t);
    T* out = call.out_row(t);
    for (int j = 0; j < call.width; j += width<V>)
      store(out + j, Program::apply(load<V>(a + j), load<V>(b + j), load<V>(c + j)));
  }
}

// B windows ending at rows t .. t + B - 1, for every lane of the tile.
template <int B, class T, class Window>
void window_rows(const Call<T>& call, int t) {
  const int w = call.instruction->integer[0];
  const Operand<T>& x = call.in[0];
  const Series<T> series{x.row(t - w + 1), x.pitch};
  for (int j = 0; j < call.width; j += width<typename Window::template Value<T>>)
    Window::template run<B>(Series<T>{series.oldest + j, series.pitch}, w, call.out_row(t) + j,
                            call.out_pitch);
}

template <int B, class T, class Window>
void pair_window_rows(const Call<T>& call, int t) {
  const int w = call.instruction->integer[0];
  const T* x = call.in[0].row(t - w + 1);
  const T* y = call.in[1].row(t - w + 1);
  for (int j = 0; j < call.width; j += width<typename Window::template Value<T>>)
    Window::template run<B>(Series<T>{x + j, call.in[0].pitch}, Series<T>{y + j, call.in[1].pitch},
                            w, call.out_row(t) + j, call.out_pitch);
}

// Rows whose window begins before the first session are NaN; the rest go in blocks.
template <class T, class Window, int kOperands>
void run_window(const Call<T>& call) {
  int first = call.in[0].lag;
  if (kOperands == 2 && call.in[1].lag > first) first = call.in[1].lag;
  const long long complete = static_cast<long long>(first) + call.instruction->integer[0] - 1;
  int t = call.first_row;
  for (; t < call.last_row && t < complete; ++t) fill_missing(call.out_row(t), 0, call.width);
  constexpr int B = Window::block;
  for (; t + B <= call.last_row; t += B) {
    if constexpr (kOperands == 2)
      pair_window_rows<B, T, Window>(call, t);
    else
      window_rows<B, T, Window>(call, t);
  }
  for (; t < call.last_row; ++t) {
    if constexpr (kOperands == 2)
      pair_window_rows<1, T, Window>(call, t);
    else
      window_rows<1, T, Window>(call, t);
  }
}

template <class T>
void prepare_row(const T* values, const unsigned char* mask, double* prepared, int columns) {
  if (mask == nullptr) {
    for (int j = 0; j < columns; ++j) prepared[j] = values[j];
    return;
  }
  for (int j = 0; j < columns; ++j)
    prepared[j] = mask[j] ? static_cast<double>(values[j]) : __builtin_nan("");
}

template <class T>
void run_section(const Stage& stage, const ScratchLayout& layout, const Call<T>& call,
                 unsigned char* scratch) {
  const Instruction& code = *call.instruction;
  double* prepared = reinterpret_cast<double*>(scratch + layout.prepared);
  const RankBuffers buffers{reinterpret_cast<Word*>(scratch + layout.packed),
                            reinterpret_cast<Word*>(scratch + layout.spare),
                            reinterpret_cast<Word*>(scratch + layout.keys),
                            reinterpret_cast<unsigned*>(scratch + layout.counters)};
  for (int t = call.first_row; t < call.last_row; ++t) {
    const T* values = call.in[0].row(t);
    const unsigned char* mask = stage.mask ? stage.mask + t * stage.pitch : nullptr;
    T* out = call.out_row(t);
    if (code.opcode == op_rank) {
      rank_row(values, mask, out, call.columns, buffers);
      continue;
    }
    prepare_row(values, mask, prepared, call.columns);
    const SectionRow<T> row{prepared, out, call.columns};
    if (code.opcode == op_zscore) {
      zscore_row(row);
    } else if (code.opcode == op_demean) {
      demean_row(row);
    } else if (code.opcode == op_scale) {
      scale_row(row, code.real[3]);
    } else {
      const Groups& groups = stage.groups[code.integer[0]];
      double* sums = reinterpret_cast<double*>(scratch + layout.group_sums);
      indneutralize_row(row, groups.codes + t * groups.pitch, sums, sums + groups.count + 1,
                        groups.count);
    }
  }
}

template <class T>
void run_instruction(const Stage& stage, const ScratchLayout& layout, const Call<T>& call,
                     unsigned char* scratch) {
#define ELEMENT(name) \
  case op_##name:     \
    return run_element<T, name##_element>(call);
#define WINDOW(name, operands) \
  case op_##name:              \
    return run_window<T, name##_window, operands>(call);
  switch (call.instruction->opcode) {
    ELEMENT(copy)
    ELEMENT(add)
    ELEMENT(subtract)
    ELEMENT(multiply)
    ELEMENT(divide)
    ELEMENT(negate)
    ELEMENT(power)
    ELEMENT(abs)
    ELEMENT(sign)
    ELEMENT(log)
    ELEMENT(signedpower)
    ELEMENT(minimum)
    ELEMENT(maximum)
    ELEMENT(where)
    ELEMENT(less)
    ELEMENT(less_equal)
    ELEMENT(greater)
    ELEMENT(greater_equal)
    ELEMENT(equal)
    ELEMENT(not_equal)
    ELEMENT(all_of)
    ELEMENT(any_of)
    ELEMENT(none_of)
    WINDOW(ts_sum, 1)
    WINDOW(ts_mean, 1)
    WINDOW(stddev, 1)
    WINDOW(ts_min, 1)
    WINDOW(ts_max, 1)
    WINDOW(ts_argmax, 1)
    WINDOW(ts_argmin, 1)
    WINDOW(ts_rank, 1)
    WINDOW(decay_linear, 1)
    WINDOW(correlation, 2)
    WINDOW(covariance, 2)
    default:  // the binding turned lags into offsets and let no other opcode through
      run_section(stage, layout, call, scratch);
  }
#undef ELEMENT
#undef WINDOW
}

template <class T>
void run_tile(const Stage& stage, const ScratchLayout& layout, int tile, unsigned char* scratch) {
  const long long start = static_cast<long long>(tile) * stage.tile;
  const long long column = stage.section ? 0 : start;
  const long long left = (stage.section ? stage.rows : stage.pitch) - start;
  const int extent = static_cast<int>(left < stage.tile ? left : stage.tile);
  const T* missing = static_cast<const T*>(stage.missing);

  Call<T> call;
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
    for (int k = 0; k < 3; ++k) {
      const int id = code.inputs[k], lag = code.lags[k];
      if (id <= kFirstConstant)
        call.in[k] = {static_cast<const T*>(stage.constants[4 * i + k]), 0, 0, lag, missing};
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
    run_instruction(stage, layout, call, scratch);
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
