// Walks: programs that go down the sessions of a tile and carry a state from one to the next.
//
// The state after session t must be a function of the window ending at t (or of what lies between
// an anchor and t), whatever was there before: then values do not depend on where loading started.
// A walk advances kWalkRows sessions of one group of lanes before the next group follows, because
// the hardware does not foresee a walk down rows that lie pages apart.
#pragma once
#include "call.h"

namespace workbench {
namespace WORKBENCH_VARIANT {

constexpr int kWalkRows = 64;
constexpr int kFetched = 128;  // bytes of a row fetched ahead

// Store as it is: the infinities of a state stay, unlike those of a result.
template <class T, class V>
LANE void keep(T* to, V value) {
  __builtin_memcpy(to, &value, sizeof value);
}

// Fetch what the group of lanes beside this one will read at row t and `back` rows before.
template <class T>
LANE void fetch_row(const Call<T>& call, int operands, int t, int j, int back) {
  constexpr int kColumns = kFetched / static_cast<int>(sizeof(T));
  const bool same_rows = j + kColumns < call.width;
  const int row = same_rows ? t : t + kWalkRows;
  const int column = same_rows ? j + kColumns : j + kColumns - call.width;
  if (row >= call.last_row) return;
  for (int k = 0; k < operands; ++k) {
    __builtin_prefetch(call.in[k].row(row) + column);
    if (back) __builtin_prefetch(call.in[k].row(row - back) + column);
  }
  __builtin_prefetch(call.out_row(row) + column, 1);
}

// The first session whose window lies in the data.
template <class T>
LANE int first_whole(const Call<T>& call, int operands) {
  int lag = 0;
  for (int k = 0; k < operands; ++k) lag = call.in[k].lag > lag ? call.in[k].lag : lag;
  return lag + call.setting().window - 1;
}

// Run a program from row `first` on; rows before are NaN. Program gives: operands; Value<T>, its
// lanes; back(setting), how many rows before t it reads too; cells(setting), lanes of its state;
// start<V>(state, setting); step(call, state, t, j), the value at row t.
template <class T, class Program>
void run_walk(const Call<T>& call, int first) {
  using V = typename Program::template Value<T>;
  using E = Element<V>;
  const Setting& setting = call.setting();
  const int back = Program::back(setting);
  const long long stride = static_cast<long long>(Program::cells(setting)) * width<V>;
  E* states = reinterpret_cast<E*>(call.scratch + call.layout->rings);
  for (int j = 0; j < call.width; j += width<V>)
    Program::template start<V>(states + j / width<V> * stride, setting);
  for (int begin = call.first_row; begin < call.last_row; begin += kWalkRows) {
    const int end = begin + kWalkRows < call.last_row ? begin + kWalkRows : call.last_row;
    for (int j = 0; j < call.width; j += width<V>) {
      E* state = states + j / width<V> * stride;
      for (int t = begin; t < end; ++t) {
        fetch_row(call, Program::operands, t, j, back);
        const V value = Program::step(call, state, t, j);
        store(call.out_row(t) + j, t < first ? not_a_number<V>() : value);
      }
    }
  }
}

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
