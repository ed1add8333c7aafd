// One session as a cross-sectional program sees it: operands, a result, rows of scratch.
//
// Programs are written once, over Session<T>, and run on both machines: on the CPU one thread walks
// the columns in vectors, on the GPU a block of 256 threads shares them. Sums over a session have
// the shape of section.h; sums over a group or a run of equal values go in column order, whoever
// walks the run. What a program decides on (counts, sums) is the same for all threads of a block.
#pragma once
#include "instruction.h"
#include "logarithm.h"
#include "section.h"

#ifdef WORKBENCH_DEVICE
#define SECTION_FIRST if (threadIdx.x == 0)
#define LANE_CALL static __device__ __noinline__
#else
#define SECTION_FIRST if (true)
#define LANE_CALL static  // too long to be inlined wherever it is called
#endif

namespace workbench {
namespace WORKBENCH_VARIANT {

using Word = unsigned long long;

// Greatest code that a computed group may have: whole numbers up to it are exact in float, too.
constexpr double kHighestCode = 1048576.0;

LANE double missing_value() {
#ifdef WORKBENCH_DEVICE
  return nan_of(0.0);
#else
  return __builtin_nan("");
#endif
}

LANE double root_of(double value) {
#ifdef WORKBENCH_DEVICE
  return sqrt(value);
#else
  return __builtin_sqrt(value);
#endif
}

LANE double absolute(double value) { return value < 0.0 ? -value : value; }

// A float that is to be a group: its code, or -1.
LANE int whole_code(double value) {
  const bool inside = value >= 0.0 && value <= kHighestCode;  // false for NaN
  const int code = static_cast<int>(inside ? value : -1.0);
  return static_cast<double>(code) == value ? code : -1;
}

// Sum of f(j) over the columns, the same for every thread; `part` holds 256 doubles.
template <class F>
LANE double section_sum(double* part, int columns, F f) {
  SECTION_SYNC;  // whoever still reads the last sum, or writes what f reads, comes first
  SECTION_PART(l, SECTION_LANES) part[l] = 0.0;
  SECTION_COLUMNS(l, j, columns) part[l] = part[l] + f(j);
  SECTION_SYNC;
  tree_sum(part);
  const double total = part[0];
  SECTION_SYNC;
  return total;
}

// Sorted columns of a session: the low half of a word is a column; n of them take part.
struct Order {
  const Word* words;
  int n;

  LANE_MEMBER int column(int i) const { return static_cast<int>(words[i] & 0xffffffffULL); }
  LANE_MEMBER unsigned high(int i) const { return static_cast<unsigned>(words[i] >> 32); }
};

// body(first, last) for every run of equal neighbours: in turn on the CPU, each by the thread that
// finds its beginning on the GPU.
template <class Same, class Body>
LANE void each_run(int n, Same same, Body body) {
#ifdef WORKBENCH_DEVICE
  SECTION_SYNC;
  for (int first = threadIdx.x; first < n; first += SECTION_LANES) {
    if (first > 0 && same(first - 1, first)) continue;
    int last = first + 1;
    while (last < n && same(first, last)) ++last;
    body(first, last);
  }
  SECTION_SYNC;
#else
  for (int first = 0, last; first < n; first = last) {
    last = first + 1;
    while (last < n && same(first, last)) ++last;
    body(first, last);
  }
#endif
}

// Runs of equal high halves: the groups of an order by code.
template <class Body>
LANE void each_group(const Order& order, Body body) {
  each_run(
      order.n, [&](int a, int b) LANE_LAMBDA { return order.high(a) == order.high(b); }, body);
}

LANE double count_groups(const Order& order, double* part) {
  return section_sum(part, order.n, [&](int i) LANE_LAMBDA {
    return i == 0 || order.high(i) != order.high(i - 1) ? 1.0 : 0.0;
  });
}

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
