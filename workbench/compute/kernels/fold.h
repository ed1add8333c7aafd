// Folds: operators whose window can be put together from neighbouring pieces.
//
// A fold says what one session is (leaf), how two neighbouring pieces become one (join) and what
// the answer for the whole window is (value). The pieces of a window of w sessions are fixed by w
// alone: one perfect binary tree for every bit of w, the smallest piece newest. So the value at t
// is a pure function of its window, the same in every bit wherever loading started, and
// neighbouring windows share their pieces: about log2(w) joins a value instead of w.
//
// On the CPU a ring for each level keeps the pieces that later windows need (run_fold); the device
// and gathered windows build the same trees from the leaves (fold_window): same bits.
//
// With min_periods, missing sessions are empty pieces and joins weigh by the counts present.
#pragma once
#include "lanes.h"

#ifdef WORKBENCH_DEVICE
#include "instruction.h"
#else
#include "stage.h"
#endif

namespace workbench {
namespace WORKBENCH_VARIANT {

using Reals = Lanes<double>;

constexpr int kLevels = 21;  // windows are below 2^20

// The state of a piece: numbers of one lane type.
template <class V, int kFields>
struct State {
  V field[kFields];
};

// How large two neighbouring pieces are. N is double where every session counts, lanes where
// missing ones do not. The first four count values, the spans count sessions.
template <class N>
struct Sizes {
  N older, newer;
  N share;  // older / (older + newer)
  N cross;  // older * newer / (older + newer)
  double older_span, newer_span;
};

LANE Sizes<double> whole_sizes(double older, double newer) {
  const double share = older / (older + newer);
  return {older, newer, share, share * newer, older, newer};
}

template <class V>
LANE Sizes<V> counted_sizes(V older, V newer, double older_span, double newer_span) {
  const V total = older + newer, zero = splat<V>(0.0);
  const V share = select(total > zero, older / total, zero);
  return {older, newer, share, share * newer, older_span, newer_span};
}

template <class Fold, class T>
using FoldLanes = typename Fold::template Value<T>;
template <class Fold, class T>
using FoldState = State<FoldLanes<Fold, T>, Fold::fields>;

// A piece whose missing sessions are left out: its state and how many values it holds.
template <class Fold, class T>
struct Counted {
  FoldState<Fold, T> state;
  FoldLanes<Fold, T> count;
};

template <class Fold, class T>
LANE Counted<Fold, T> counted_leaf(const FoldLanes<Fold, T>* x, const Setting& setting) {
  using V = FoldLanes<Fold, T>;
  auto present = x[0] == x[0];
  for (int k = 1; k < Fold::operands; ++k) present = present & (x[k] == x[k]);
  Counted<Fold, T> piece;
  const FoldState<Fold, T> leaf = Fold::template leaf<V>(x, setting);
  const FoldState<Fold, T> empty = Fold::template empty<V>(setting);
  LANE_UNROLL
  for (int f = 0; f < Fold::fields; ++f)
    piece.state.field[f] = select(present, leaf.field[f], empty.field[f]);
  piece.count = select(present, splat<V>(1.0), splat<V>(0.0));
  return piece;
}

template <class Fold, class T>
LANE Counted<Fold, T> counted_join(const Counted<Fold, T>& older, const Counted<Fold, T>& newer,
                                   double older_span, double newer_span, const Setting& setting) {
  const auto sizes = counted_sizes(older.count, newer.count, older_span, newer_span);
  return {Fold::join(older.state, newer.state, sizes, setting), older.count + newer.count};
}

template <class Fold, class T>
LANE FoldLanes<Fold, T> counted_value(const Counted<Fold, T>& window, const FoldLanes<Fold, T>* x,
                                      const Setting& setting) {
  using V = FoldLanes<Fold, T>;
  const V value = Fold::value(window.state, window.count, x, setting);
  const double least = setting.min_periods > 1 ? setting.min_periods : 1;
  return select(window.count >= splat<V>(least), value, not_a_number<V>());
}

// Folds that skip holes whatever min_periods is say so with `holes`.
template <class Fold, class = void>
struct SkipsHoles {
  static constexpr bool value = false;
};
template <class Fold>
struct SkipsHoles<Fold, decltype(void(Fold::holes))> {
  static constexpr bool value = Fold::holes;
};

// Folds worth unrolling for every window below 64 say so with `often`.
template <class Fold, class = void>
struct IsOften {
  static constexpr bool value = false;
};
template <class Fold>
struct IsOften<Fold, decltype(void(Fold::often))> {
  static constexpr bool value = Fold::often;
};

// Strict and counted pieces behind one face, so that the drivers are written once.
template <class Fold, class T, bool kCounted>
struct Pieces {
  using V = FoldLanes<Fold, T>;
  using Piece = FoldState<Fold, T>;
  static LANE_MEMBER Piece leaf(const V* x, const Setting& setting) {
    return Fold::template leaf<V>(x, setting);
  }
  static LANE_MEMBER Piece join(const Piece& older, const Piece& newer, double older_span,
                                double newer_span, const Setting& setting) {
    return Fold::join(older, newer, whole_sizes(older_span, newer_span), setting);
  }
  static LANE_MEMBER V value(const Piece& window, const V* x, const Setting& setting) {
    return Fold::value(window, static_cast<double>(setting.window), x, setting);
  }
};
template <class Fold, class T>
struct Pieces<Fold, T, true> {
  using V = FoldLanes<Fold, T>;
  using Piece = Counted<Fold, T>;
  static LANE_MEMBER Piece leaf(const V* x, const Setting& setting) {
    return counted_leaf<Fold, T>(x, setting);
  }
  static LANE_MEMBER Piece join(const Piece& older, const Piece& newer, double older_span,
                                double newer_span, const Setting& setting) {
    return counted_join<Fold, T>(older, newer, older_span, newer_span, setting);
  }
  static LANE_MEMBER V value(const Piece& window, const V* x, const Setting& setting) {
    return counted_value<Fold, T>(window, x, setting);
  }
};

// The window from its leaves: read(i, x) gives the operands of its i-th session, oldest 0.
template <class Fold, class T, bool kCounted, class Read>
LANE FoldLanes<Fold, T> fold_window(Read read, const Setting& setting) {
  using P = Pieces<Fold, T, kCounted>;
  using V = FoldLanes<Fold, T>;
  typename P::Piece levels[kLevels], window;
  V x[Fold::operands];
  const int w = setting.window;
  int end = w, span = 0;  // sessions that are not yet part of a piece end here
  for (int bit = 0; w >> bit; ++bit) {
    if (!((w >> bit) & 1)) continue;
    const int size = 1 << bit, first = end - size;
    typename P::Piece piece;
    for (int i = 0; i < size; ++i) {
      read(first + i, x);
      piece = P::leaf(x, setting);
      int level = 0;
      for (; (i >> level) & 1; ++level)
        piece = P::join(levels[level], piece, 1 << level, 1 << level, setting);
      levels[level] = piece;
    }
    window = span ? P::join(piece, window, size, span, setting) : piece;
    span += size;
    end = first;
  }
  read(w - 1, x);
  return P::value(window, x, setting);
}

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
