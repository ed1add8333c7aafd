// The row rank and the group mean on the CPU; the device has its own walk of the same definition.
//
// rank: average rank of ties, as a share of the number of participating columns. Values become
// unsigned keys in the same order (-0 equals +0), which are sorted in packed words (leading 32 bits
// of the key less the smallest one, then the column) and ties are averaged. Ranks are ratios of
// integers, so any correct sort gives the same bits.
#pragma once
#include "session.h"

namespace workbench {
namespace WORKBENCH_VARIANT {

// Working memory of one thread for rows of up to `pitch` columns (see section_bytes in stage.h).
struct RankBuffers {
  Word* packed;
  Word* spare;
  Word* keys;  // full 64-bit keys by column, double only
  unsigned* counts;
};

LANE Word order_key(float x) {
  unsigned bits;
  const float positive_zero = x + 0.0f;
  __builtin_memcpy(&bits, &positive_zero, sizeof bits);
  return bits >> 31 ? ~bits & 0xffffffffu : bits | 0x80000000u;
}
LANE Word order_key(double x) {
  Word bits;
  const double positive_zero = x + 0.0;
  __builtin_memcpy(&bits, &positive_zero, sizeof bits);
  return bits >> 63 ? ~bits : bits | 0x8000000000000000ULL;
}

LANE void insertion_sort(Word* words, int n) {
  for (int i = 1; i < n; ++i) {
    const Word word = words[i];
    int hole = i;
    for (; hole > 0 && words[hole - 1] > word; --hole) words[hole] = words[hole - 1];
    words[hole] = word;
  }
}

// Stable counting sort of the high halves, least significant digit first. `span` has every bit
// that any high half has; a digit outside it is the same everywhere and needs no pass.
template <int kDigit, int kPasses>
static Word* radix_sort(Word* words, Word* spare, int n, unsigned span, unsigned* counts) {
  constexpr int kBins = 1 << kDigit;
  for (int i = 0; i < kPasses * kBins; ++i) counts[i] = 0;
  for (int i = 0; i < n; ++i) {
    const Word key = words[i] >> 32;
    LANE_UNROLL
    for (int pass = 0; pass < kPasses; ++pass)
      ++counts[pass * kBins + ((key >> (pass * kDigit)) & (kBins - 1))];
  }
  for (int pass = 0; pass < kPasses; ++pass) {
    if (((span >> (pass * kDigit)) & (kBins - 1)) == 0) continue;
    unsigned* count = counts + pass * kBins;
    unsigned start = 0;
    for (int bin = 0; bin < kBins; ++bin) {
      const unsigned here = count[bin];
      count[bin] = start;
      start += here;
    }
    const int shift = 32 + pass * kDigit;
    for (int i = 0; i < n; ++i) spare[count[(words[i] >> shift) & (kBins - 1)]++] = words[i];
    Word* const swap = words;
    words = spare;
    spare = swap;
  }
  return words;
}

// Wide digits suit long rows; short rows take narrow ones, because clearing and summing the
// counters would cost more than the pass they save.
LANE Word* sort_words(Word* words, Word* spare, int n, unsigned span, unsigned* counts) {
  if (n <= 24) {
    insertion_sort(words, n);
    return words;
  }
  if (n >= 2500) {
    return span >> 22 ? radix_sort<11, 3>(words, spare, n, span, counts)
                      : radix_sort<11, 2>(words, spare, n, span, counts);
  }
  return span >> 27 ? radix_sort<8, 4>(words, spare, n, span, counts)
                    : radix_sort<9, 3>(words, spare, n, span, counts);
}

// A row of float32: two passes over the leading digits of what varies leave it nearly in order, and
// an insertion sort ends it. Where much is left to move (many values between two neighbouring
// floats of a far wider row) the full sort takes over.
template <int kDigit>
static Word* sort_leading(Word* words, Word* spare, int n, unsigned span, unsigned* counts) {
  constexpr unsigned kBins = 1u << kDigit;
  int width = 0;
  while (width < 32 && span >> width) ++width;
  const int left = width > 2 * kDigit ? width - 2 * kDigit : 0;
  unsigned *low = counts, *high = counts + kBins;
  for (unsigned i = 0; i < 2 * kBins; ++i) counts[i] = 0;
  for (int i = 0; i < n; ++i) {
    const Word key = words[i] >> (32 + left);
    ++low[key & (kBins - 1)];
    ++high[key >> kDigit];
  }
  unsigned low_start = 0, high_start = 0;
  for (unsigned bin = 0; bin < kBins; ++bin) {
    const unsigned in_low = low[bin], in_high = high[bin];
    low[bin] = low_start;
    high[bin] = high_start;
    low_start += in_low;
    high_start += in_high;
  }
  const int shift = 32 + left;
  for (int i = 0; i < n; ++i) spare[low[(words[i] >> shift) & (kBins - 1)]++] = words[i];
  for (int i = 0; i < n; ++i) words[high[spare[i] >> (shift + kDigit)]++] = spare[i];
  if (left == 0) return words;
  int moves = 8 * n;
  for (int i = 1; i < n && moves > 0; ++i) {
    const Word word = words[i];
    if (words[i - 1] <= word) continue;
    int hole = i;
    for (; hole > 0 && words[hole - 1] > word; --hole) words[hole] = words[hole - 1];
    words[hole] = word;
    moves -= i - hole;
  }
  return moves > 0 ? words : sort_words(words, spare, n, span, counts);
}

// Words are sorted by the high half of their 64-bit keys; order every run of equal high halves by
// the low half as well: the same sort on (low half, column), then the high half is put back.
static void sort_runs(Word* words, Word* spare, const Word* keys, int n, unsigned* counts) {
  for (int first = 0, last; first < n; first = last) {
    const Word high = words[first] >> 32;
    last = first + 1;
    while (last < n && words[last] >> 32 == high) ++last;
    const int length = last - first;
    if (length == 1) continue;
    Word* run = words + first;
    for (int i = 0; i < length; ++i) {
      const Word column = run[i] & 0xffffffffULL;
      run[i] = (keys[column] << 32) | column;
    }
    const Word* sorted = sort_words(run, spare, length, 0xffffffffu, counts);
    for (int i = 0; i < length; ++i) run[i] = (high << 32) | (sorted[i] & 0xffffffffULL);
  }
}

// No finite number and no infinity has this leading key, so it marks columns that take no part.
constexpr unsigned kAbsent = 0xffffffffu;

// Columns in ascending order of their values; what is NaN or outside the mask takes no part.
template <class T>
LANE Order sorted_row(const T* values, const unsigned char* mask, int columns,
                      const RankBuffers& buffers) {
  Word* words = buffers.packed;
  unsigned* lead = reinterpret_cast<unsigned*>(buffers.spare);
  for (int j = 0; j < columns; ++j) {
    const Word key = order_key(values[j]);
    if constexpr (sizeof(T) == 8) buffers.keys[j] = key;
    const unsigned top = static_cast<unsigned>(sizeof(T) == 8 ? key >> 32 : key);
    lead[j] = values[j] == values[j] ? top : kAbsent;
  }
  if (mask != nullptr)
    for (int j = 0; j < columns; ++j) lead[j] = mask[j] ? lead[j] : kAbsent;
  unsigned low = kAbsent;
  for (int j = 0; j < columns; ++j) low = lead[j] < low ? lead[j] : low;
  unsigned span = 0;  // bits that vary once the smallest key is subtracted
  int n = 0;
  for (int j = 0; j < columns; ++j) {
    const bool present = lead[j] != kAbsent;
    span |= present ? lead[j] - low : 0;
    words[n] = static_cast<Word>(lead[j] - low) << 32 | static_cast<unsigned>(j);
    n += present;
  }
  Word* sorted;
  if (n <= 24)
    sorted = sort_words(words, buffers.spare, n, span, buffers.counts);
  else if (n < 2500)
    sorted = sort_leading<9>(words, buffers.spare, n, span, buffers.counts);
  else
    sorted = sort_leading<11>(words, buffers.spare, n, span, buffers.counts);
  if constexpr (sizeof(T) == 8)
    sort_runs(sorted, sorted == words ? buffers.spare : words, buffers.keys, n, buffers.counts);
  return {sorted, n};
}

// Share: r / n. Unit: (r - 1) / (n - 1). Ties run from the first place of their value to the last:
// both are carried along without a branch, because nothing foretells where a tie ends.
template <bool kUnit, class T>
static void put_ranks(const Order& order, const RankBuffers& buffers, T* out) {
  const int n = order.n;
  const Word* words = order.words;
  Word* const idle = words == buffers.packed ? buffers.spare : buffers.packed;
  int* const firsts = reinterpret_cast<int*>(idle);
  const auto key_at = [&](int i) {
    return sizeof(T) == 8 ? buffers.keys[words[i] & 0xffffffffULL] : words[i] >> 32;
  };
  Word key = ~key_at(0);
  for (int i = 0, first = 0; i < n; ++i) {
    const Word here = key_at(i);
    const int same = -static_cast<int>(here == key);  // all ones, or none
    first = (first & same) | (i & ~same);
    firsts[i] = first;
    key = here;
  }
  const double total = kUnit ? n - 1 : n;
  key = ~key_at(n - 1);
  for (int i = n - 1, last = n; i >= 0; --i) {
    const Word here = key_at(i);
    const int same = -static_cast<int>(here == key);
    last = (last & same) | ((i + 1) & ~same);
    key = here;
    const int sum = kUnit ? firsts[i] + last - 1 : firsts[i] + 1 + last;
    out[words[i] & 0xffffffffULL] = static_cast<T>(0.5 * sum / total);
  }
}

template <class T>
static void rank_row(const T* values, const unsigned char* mask, T* out, int columns,
                     const RankBuffers& buffers, bool unit) {
  const Order order = sorted_row(values, mask, columns, buffers);
  const bool undefined = unit && order.n == 1;  // 0 / 0
  if (order.n < columns || undefined)
    for (int j = 0; j < columns; ++j) out[j] = static_cast<T>(__builtin_nan(""));
  if (undefined || order.n == 0) return;
  if (unit)
    put_ranks<true>(order, buffers, out);
  else
    put_ranks<false>(order, buffers, out);
}

// x - mean of its group; sums run in column order. Code -1 belongs to no group and becomes NaN; a
// group of one is its own mean, so its value is exactly 0.
template <class T>
static void indneutralize_row(const SectionRow<T>& row, const int* codes, double* sum,
                              double* count, int groups) {
  for (int g = 0; g <= groups; ++g) sum[g] = count[g] = 0.0;
  for (int j = 0; j < row.columns; ++j) {
    const double x = row.value(j);
    const int slot = codes[j] + 1;  // slot 0 collects the columns without a group
    sum[slot] += x == x ? x : 0.0;
    count[slot] += x == x ? 1.0 : 0.0;
  }
  sum[0] = __builtin_nan("");
  for (int g = 1; g <= groups; ++g) sum[g] = sum[g] / count[g];
  for (int j = 0; j < row.columns; ++j) row.put(j, row.value(j) - sum[codes[j] + 1]);
}

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
