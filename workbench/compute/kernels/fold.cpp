// Folds on the CPU: rings of pieces, block by block of rows.
#include "fold.h"

#include "call.h"
#include "gather.h"
#include "moments.h"
#include "regression.h"
#include "shapes.h"
#include "weighted.h"

namespace workbench {
namespace WORKBENCH_VARIANT {
namespace {

constexpr int kBlockRows = 64;  // rows one group of lanes advances before the next group follows
constexpr int kAhead = 128;     // bytes of a row fetched ahead: rows lie pages apart

// The hardware does not foresee a walk down a column of rows that lie pages apart.
template <class T, int kOperands>
LANE void fetch_ahead(const Call<T>& call, int t, int j) {
  constexpr int kColumns = kAhead / static_cast<int>(sizeof(T));
  const bool same_rows = j + kColumns < call.width;
  const int row = same_rows ? t : t + kBlockRows;
  const int column = same_rows ? j + kColumns : j + kColumns - call.width;
  LANE_UNROLL
  for (int k = 0; k < kOperands; ++k) __builtin_prefetch(call.in[k].row(row) + column);
  __builtin_prefetch(call.out_row(row) + column, 1);
}

template <class T, int kOperands, class V>
LANE void read_row(const Call<T>& call, int t, int j, V* x) {
  LANE_UNROLL
  for (int k = 0; k < kOperands; ++k) x[k] = load<V>(call.in[k].row(t) + j);
}

// Rows t .. end of one group of lanes. `ring` holds 2 + 4 + ... + 2^top pieces: slot t mod 2^k of
// level k is the piece of 2^k sessions that ended at t, kept until 2^k rows later.
template <class T, class Fold, bool kCounted, int kTop>
LANE void advance(const Call<T>& call, typename Pieces<Fold, T, kCounted>::Piece* ring, int t,
                  int end, int j, int first_whole) {
  using P = Pieces<Fold, T, kCounted>;
  using V = FoldLanes<Fold, T>;
  using Piece = typename P::Piece;
  const Setting& setting = call.setting();
  const int w = setting.window;
  int top = kTop;
  if constexpr (kTop < 0)
    for (top = 0; w >> (top + 1);) ++top;
  V x[Fold::operands];
  read_row<T, Fold::operands>(call, t - 1, j, x);
  Piece previous = P::leaf(x, setting);
  for (; t < end; ++t) {
    fetch_ahead<T, Fold::operands>(call, t, j);
    read_row<T, Fold::operands>(call, t, j, x);
    const Piece leaf = P::leaf(x, setting);
    Piece piece = leaf, window = leaf;
    int span = w & 1;
    if (top > 0) {
      piece = P::join(previous, leaf, 1, 1, setting);
      previous = leaf;
    }
    Piece* level = ring;
    LANE_UNROLL
    for (int k = 1; k <= top; ++k) {
      const int size = 1 << k, slot = t & (size - 1);
      if (w & size) {
        const Piece& older = span ? level[(t - span) & (size - 1)] : piece;
        window = span ? P::join(older, window, size, span, setting) : piece;
        span += size;
      }
      const Piece stale = level[slot];
      level[slot] = piece;
      if (k < top) piece = P::join(stale, piece, size, size, setting);
      level += size;
    }
    const V value = P::value(window, x, setting);
    store(call.out_row(t) + j, t < first_whole ? not_a_number<V>() : value);
  }
}

template <class T, class Fold, bool kCounted, int kTop>
void run_rings(const Call<T>& call) {
  using P = Pieces<Fold, T, kCounted>;
  using V = FoldLanes<Fold, T>;
  using Piece = typename P::Piece;
  static_assert(sizeof(Piece) <= kFoldFields * width<V> * sizeof(double), "raise kFoldFields");
  const Setting& setting = call.setting();
  int pieces = 0, lag = 0;
  for (int size = 2; size <= setting.window; size *= 2) pieces += size;
  for (int k = 0; k < Fold::operands; ++k) lag = call.in[k].lag > lag ? call.in[k].lag : lag;
  if (SkipsHoles<Fold>::value) lag = 0;  // rows before a lagged operand's first are holes
  const int first_whole = setting.min_periods > 0 ? 0 : lag + setting.window - 1;

  Piece* rings = reinterpret_cast<Piece*>(call.scratch + call.layout->rings);
  V x[Fold::operands];
  for (int k = 0; k < Fold::operands; ++k) x[k] = not_a_number<V>();
  const Piece missing = P::leaf(x, setting);
  for (int i = 0; i < pieces * (call.width / width<V>); ++i) rings[i] = missing;
  for (int t = call.first_row; t < call.last_row; t += kBlockRows) {
    const int end = t + kBlockRows < call.last_row ? t + kBlockRows : call.last_row;
    for (int j = 0; j < call.width; j += width<V>)
      advance<T, Fold, kCounted, kTop>(call, rings + static_cast<long long>(j / width<V>) * pieces,
                                       t, end, j, first_whole);
  }
}

template <class T, class Fold, int kTop>
void run_strict(const Call<T>& call) {
  run_rings<T, typename StrictOf<Fold>::type, false, kTop>(call);
}

template <class T, class Fold>
struct GatheredFold {
  using V = FoldLanes<Fold, T>;
  LANE V run(const T* const* rows, long long pitch, const Setting& setting) {
    return fold_window<typename StrictOf<Fold>::type, T, false>(
        [&](int i, V* x) LANE_LAMBDA {
          for (int k = 0; k < Fold::operands; ++k) x[k] = load<V>(rows[k] + i * pitch);
        },
        setting);
  }
};

template <class T, class Fold>
void run_fold(const Call<T>& call) {
  const Setting& setting = call.setting();
  if constexpr (SkipsHoles<Fold>::value) return run_rings<T, Fold, true, -1>(call);
  if (setting.traded) return run_gathered<T, Fold::operands, GatheredFold<T, Fold>>(call);
  if (setting.min_periods > 0) return run_rings<T, Fold, true, -1>(call);
  if constexpr (IsOften<typename StrictOf<Fold>::type>::value) {
    // Short windows, whose levels are few, run with their loops unrolled.
    if (setting.window >= 4 && setting.window < 8) return run_strict<T, Fold, 2>(call);
    if (setting.window >= 8 && setting.window < 16) return run_strict<T, Fold, 3>(call);
    if (setting.window >= 16 && setting.window < 32) return run_strict<T, Fold, 4>(call);
    if (setting.window >= 32 && setting.window < 64) return run_strict<T, Fold, 5>(call);
  }
  return run_strict<T, Fold, -1>(call);
}

}  // namespace

template <class T>
Run<T> fold_program(int opcode) {
  switch (opcode) {
#define WORKBENCH_FOLD(identifier, name, operands, axis, kind) \
  case op_##identifier:                                        \
    return run_fold<T, identifier##_fold>;
    WORKBENCH_FOLD_TABLE(WORKBENCH_FOLD)
#undef WORKBENCH_FOLD
  }
  return nullptr;
}
template Run<float> fold_program<float>(int);
template Run<double> fold_program<double>(int);

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
