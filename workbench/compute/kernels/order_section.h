// Sorting a session: by value, by group, by value within groups.
//
// The CPU sorts words by radix (rank.h); the device counts what comes before each column, which is
// quadratic in the row and gives the same order. Equal values stand in the order of columns; -0
// equals +0.
#pragma once
#ifndef WORKBENCH_DEVICE
#include "rank.h"
#endif
#include "session.h"

namespace workbench {
namespace WORKBENCH_VARIANT {

// Columns in the order of (code, value); either may be null.
#ifdef WORKBENCH_DEVICE
LANE Order counted_order(Word* words, double* part, int columns, const int* codes,
                         const double* values) {
  SECTION_SYNC;
  const auto present = [&](int j) {
    return (codes == nullptr || codes[j] >= 0) && (values == nullptr || values[j] == values[j]);
  };
  const double n = section_sum(part, columns, [&](int j) { return present(j) ? 1.0 : 0.0; });
  SECTION_COLUMNS(l, j, columns) {
    if (!present(j)) continue;
    int place = 0;
    for (int i = 0; i < columns; ++i) {
      if (!present(i)) continue;
      const int mine = codes == nullptr ? 0 : codes[j], other = codes == nullptr ? 0 : codes[i];
      const double x = values == nullptr ? 0.0 : values[j], y = values == nullptr ? 0.0 : values[i];
      const bool tied = other == mine && y == x && i < j;
      place += other < mine || (other == mine && y < x) || tied;
    }
    words[place] = static_cast<Word>(codes == nullptr ? 0 : codes[j]) << 32 | static_cast<Word>(j);
  }
  SECTION_SYNC;
  return {words, static_cast<int>(n)};
}
#else
// Stable in whatever order the words come, also for short rows.
LANE Word* stable_sort(Word* words, Word* spare, int n, unsigned span, unsigned* counts) {
  if (n > 24) return sort_words(words, spare, n, span, counts);
  for (int i = 1; i < n; ++i) {
    const Word word = words[i];
    int hole = i;
    for (; hole > 0 && words[hole - 1] >> 32 > word >> 32; --hole) words[hole] = words[hole - 1];
    words[hole] = word;
  }
  return words;
}

LANE Order sorted_by_code(const RankBuffers& buffers, Word* words, int n, const int* codes) {
  unsigned span = 0;
  for (int i = 0; i < n; ++i) {
    const Word column = words[i] & 0xffffffffULL;
    const unsigned code = static_cast<unsigned>(codes[column]);
    span |= code;
    words[i] = static_cast<Word>(code) << 32 | column;
  }
  Word* other = words == buffers.packed ? buffers.spare : buffers.packed;
  return {stable_sort(words, other, n, span, buffers.counts), n};
}
#endif

// By value: NaN takes no part.
template <class S>
LANE Order order_by_value(const S& s, const double* x) {
#ifdef WORKBENCH_DEVICE
  return counted_order(s.words, s.part, s.columns, nullptr, x);
#else
  return sorted_row(x, static_cast<const unsigned char*>(nullptr), s.columns, s.buffers);
#endif
}

// By value of operand k, which x receives. The CPU sorts it in its own type: floats have shorter
// keys.
template <class S>
LANE Order order_of_operand(const S& s, int k, double* x) {
  s.load(k, x);
#ifdef WORKBENCH_DEVICE
  return order_by_value(s, x);
#else
  return sorted_row(s.source(k), s.mask, s.columns, s.buffers);
#endif
}

// By group: a code below 0 takes no part; columns ascend within a group.
template <class S>
LANE Order order_by_group(const S& s, const int* codes) {
#ifdef WORKBENCH_DEVICE
  return counted_order(s.words, s.part, s.columns, codes, nullptr);
#else
  Word* words = s.buffers.packed;
  int n = 0;
  for (int j = 0; j < s.columns; ++j) {
    words[n] = static_cast<Word>(j);
    n += codes[j] >= 0;
  }
  return sorted_by_code(s.buffers, words, n, codes);
#endif
}

// By value within groups; x is NaN wherever the code is below 0.
template <class S>
LANE Order order_within_groups(const S& s, const int* codes, const double* x) {
#ifdef WORKBENCH_DEVICE
  return counted_order(s.words, s.part, s.columns, codes, x);
#else
  const Order values = order_by_value(s, x);
  return sorted_by_code(s.buffers, const_cast<Word*>(values.words), values.n, codes);
#endif
}

// Twice the average rank less one, (values below) + (values up to and including), of every
// participating column; a whole number.
template <class Body>
LANE void each_twice_rank(const Order& order, const double* x, Body body) {
  each_run(
      order.n,
      [&](int a, int b) LANE_LAMBDA { return x[order.column(a)] == x[order.column(b)]; },
      [&](int first, int last) LANE_LAMBDA {
        for (int i = first; i < last; ++i) body(order.column(i), static_cast<double>(first + last));
      });
}

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
