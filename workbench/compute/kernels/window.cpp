// Windows and walks along time on the CPU: programs that read their whole window.
#include "window.h"

#include "call.h"
#include "gather.h"
#include "order_window.h"
#include "path_window.h"
#include "rank_window.h"
#include "shape_window.h"
#include "spearman_window.h"
#include "deviation.h"

namespace workbench {
namespace WORKBENCH_VARIANT {
namespace {

// B windows ending at rows t .. t + B - 1, for every lane of the tile.
template <int B, class T, class Window>
void window_rows(const Call<T>& call, int t) {
  const Operand<T>& x = call.in[0];
  const T* oldest = x.row(t - call.setting().window + 1);
  for (int j = 0; j < call.width; j += width<typename Window::template Value<T>>)
    Window::template run<B>(Series<T>{oldest + j, x.pitch}, call.setting(), call.out_row(t) + j,
                            call.out_pitch);
}

template <class T, class Window>
struct GatheredWindow {
  using V = typename Window::template Value<T>;
  static V run(const T* const* rows, long long pitch, const Setting& setting) {
    T out[width<V>];
    Window::template run<1>(Series<T>{rows[0], pitch}, setting, out, width<V>);
    return load<V>(out);
  }
};

// Rows whose window begins before the first session are NaN; the rest go in blocks.
template <class T, class Window>
void run_window(const Call<T>& call) {
  if (call.setting().traded) return run_gathered<T, 1, GatheredWindow<T, Window>>(call);
  const long long complete = static_cast<long long>(call.in[0].lag) + call.setting().window - 1;
  int t = call.first_row;
  for (; t < call.last_row && t < complete; ++t) fill_missing(call.out_row(t), 0, call.width);
  constexpr int B = Window::block;
  for (; t + B <= call.last_row; t += B) window_rows<B, T, Window>(call, t);
  for (; t < call.last_row; ++t) window_rows<1, T, Window>(call, t);
}

}  // namespace

template <class T>
Run<T> window_program(int opcode) {
  switch (opcode) {
#define WORKBENCH_WINDOW_CASE(identifier) \
  case op_##identifier:                   \
    return run_window<T, identifier##_window>;
#define WORKBENCH_WALK_CASE(identifier) \
  case op_##identifier:                 \
    return identifier##_walk<T>;
#define WORKBENCH_OTHER_CASE(identifier)
#define WORKBENCH_CASE_element WORKBENCH_OTHER_CASE
#define WORKBENCH_CASE_none WORKBENCH_OTHER_CASE
#define WORKBENCH_CASE_window WORKBENCH_WINDOW_CASE
#define WORKBENCH_CASE_walk WORKBENCH_WALK_CASE
#define WORKBENCH_CASE(identifier, name, operands, axis, kind) WORKBENCH_CASE_##kind(identifier)
    WORKBENCH_ORDER_TABLE(WORKBENCH_CASE)
#undef WORKBENCH_CASE
  }
  return nullptr;
}
template Run<float> window_program<float>(int);
template Run<double> window_program<double>(int);

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
