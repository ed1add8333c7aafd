// Cross-sections on the CPU: row by row.
#include "call.h"
#include "correlate.h"
#include "distance.h"
#include "distribution.h"
#include "group_backfill.h"
#include "neutral.h"
#include "rank.h"

namespace workbench {
namespace WORKBENCH_VARIANT {
namespace {

// One session of a tile; see session.h.
template <class T>
struct Session {
  const Call<T>* call;
  int t;
  int columns;
  int operands;
  const Setting* setting;
  const unsigned char* mask;  // of this session; null: every column takes part
  T* out;
  double* part;
  RankBuffers buffers;

  int session() const { return t; }
  double* row(int k) const {
    return reinterpret_cast<double*>(call->scratch + call->layout->rows) + k * call->stage->pitch;
  }
  int* codes_row(int k, int which = 0) const {
    return reinterpret_cast<int*>(row(k)) + which * call->stage->pitch;
  }
  double* dense() const { return reinterpret_cast<double*>(buffers.counts); }
  const T* source(int k) const { return call->in[k].row(t); }
  bool is_group(int k) const {
    return call->group(k) != nullptr || (call->instruction->grouped >> k & 1) != 0;
  }

  void put(int j, double value) const { SectionRow<T>{nullptr, out, columns}.put(j, value); }

  // Operand k of `age` sessions ago, NaN where a column takes no part.
  void load(int k, double* to, int age = 0) const {
    const T* values = call->in[k].row(t - age);
    const unsigned char* inside = mask == nullptr ? nullptr : mask - age * call->stage->pitch;
    if (inside == nullptr) {
      for (int j = 0; j < columns; ++j) to[j] = values[j];
      return;
    }
    for (int j = 0; j < columns; ++j)
      to[j] = inside[j] ? static_cast<double>(values[j]) : __builtin_nan("");
  }

  // Codes of operand k, -1 where a column has none or takes no part.
  void load_codes(int k, int* to) const {
    if (const Groups* groups = call->group(k)) {
      const int* codes = groups->codes + t * groups->pitch;
      for (int j = 0; j < columns; ++j) to[j] = codes[j];
    } else {
      const T* values = source(k);
      for (int j = 0; j < columns; ++j) to[j] = whole_code(static_cast<double>(values[j]));
    }
    if (mask != nullptr)
      for (int j = 0; j < columns; ++j) to[j] = mask[j] ? to[j] : -1;
  }

  SectionRow<T> prepared() const {
    double* values = row(0);
    load(0, values);
    return {values, out, columns};
  }
};

template <class T>
void rank_section(const Session<T>& s) {
  rank_row(s.source(0), s.mask, s.out, s.columns, s.buffers, s.setting->integer[0] != 0);
}

template <class T>
void zscore_section(const Session<T>& s) {
  zscore_row(s.prepared());
}

template <class T>
void demean_section(const Session<T>& s) {
  demean_row(s.prepared());
}

template <class T>
void scale_section(const Session<T>& s) {
  scale_row(s.prepared(), s.setting->real[0]);
}

// Codes of a field are few and dense: one sum a code, without sorting; the same bits.
template <class T>
void indneutralize_section(const Session<T>& s) {
  const Groups* groups = s.call->group(1);
  if (groups == nullptr) return neutralize_members(s);
  double* sums = reinterpret_cast<double*>(s.call->scratch + s.call->layout->group_sums);
  indneutralize_row(s.prepared(), groups->codes + s.t * groups->pitch, sums,
                    sums + groups->count + 1, groups->count);
}

template <class T, class Program>
void each_session(const Call<T>& call, Program program) {
  const Stage& stage = *call.stage;
  const ScratchLayout& layout = *call.layout;
  alignas(64) double part[SECTION_LANES];
  const RankBuffers buffers{reinterpret_cast<Word*>(call.scratch + layout.packed),
                            reinterpret_cast<Word*>(call.scratch + layout.spare),
                            reinterpret_cast<Word*>(call.scratch + layout.keys),
                            reinterpret_cast<unsigned*>(call.scratch + layout.counters)};
  for (int t = call.first_row; t < call.last_row; ++t) {
    const unsigned char* mask = stage.mask ? stage.mask + t * stage.pitch : nullptr;
    program(Session<T>{&call, t, call.columns, call.instruction->operands, &call.setting(), mask,
                       call.out_row(t), part, buffers});
  }
}

#define WORKBENCH_RUN(identifier, name, operands, axis, kind)                     \
  template <class T>                                                              \
  void run_##identifier(const Call<T>& call) {                                    \
    each_session(call, [](const Session<T>& s) { identifier##_section(s); });     \
  }
WORKBENCH_SECTION_TABLE(WORKBENCH_RUN)
#undef WORKBENCH_RUN

}  // namespace

template <class T>
Run<T> section_program(int opcode) {
  switch (opcode) {
#define WORKBENCH_CASE(identifier, name, operands, axis, kind) \
  case op_##identifier:                                        \
    return run_##identifier<T>;
    WORKBENCH_SECTION_TABLE(WORKBENCH_CASE)
#undef WORKBENCH_CASE
  }
  return nullptr;
}
template Run<float> section_program<float>(int);
template Run<double> section_program<double>(int);

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
