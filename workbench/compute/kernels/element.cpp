// Elementwise programs on the CPU: one pass over the rows of a tile.
#include "elementwise.h"

#include "call.h"
#include "lag_element.h"

namespace workbench {
namespace WORKBENCH_VARIANT {
namespace {

template <class T, class Program>
void run_element(const Call<T>& call) {
  using V = typename Program::template Value<T>;
  const Setting& setting = call.setting();
  for (int t = call.first_row; t < call.last_row; ++t) {
    const T* a = call.in[0].row(t);
    const T* b = call.in[1].row(t);
    const T* c = call.in[2].row(t);
    T* out = call.out_row(t);
    for (int j = 0; j < call.width; j += width<V>)
      store(out + j, Program::apply(load<V>(a + j), load<V>(b + j), load<V>(c + j), setting));
  }
}

}  // namespace

template <class T>
Run<T> element_program(int opcode) {
  switch (opcode) {
#define WORKBENCH_ELEMENT_CASE(identifier) \
  case op_##identifier:                    \
    return run_element<T, identifier##_element>;
#define WORKBENCH_OTHER_CASE(identifier)
#define WORKBENCH_CASE_element WORKBENCH_ELEMENT_CASE
#define WORKBENCH_CASE_none WORKBENCH_OTHER_CASE
#define WORKBENCH_CASE_window WORKBENCH_OTHER_CASE
#define WORKBENCH_CASE_walk WORKBENCH_OTHER_CASE
#define WORKBENCH_CASE(identifier, name, operands, axis, kind) WORKBENCH_CASE_##kind(identifier)
    WORKBENCH_ELEMENT_TABLE(WORKBENCH_CASE)
    WORKBENCH_ORDER_TABLE(WORKBENCH_CASE)
#undef WORKBENCH_CASE
  }
  return nullptr;
}
template Run<float> element_program<float>(int);
template Run<double> element_program<double>(int);

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
