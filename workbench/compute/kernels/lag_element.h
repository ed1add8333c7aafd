// Two sessions of one series as an elementwise pair: a today, b `lag` sessions ago. In double,
// because a ratio near 1 keeps few digits of a change in single precision.
#pragma once
#include "logarithm.h"

#ifdef WORKBENCH_DEVICE
#include "instruction.h"
#else
#include "stage.h"
#endif

namespace workbench {
namespace WORKBENCH_VARIANT {

struct pct_change_element {
  template <class T>
  using Value = Reals;
  LANE Reals apply(Reals a, Reals b, Reals, const Setting&) {
    return select(b > splat<Reals>(0.0), a / b - splat<Reals>(1.0), not_a_number<Reals>());
  }
};

struct log_ret_element {
  template <class T>
  using Value = Reals;
  LANE Reals apply(Reals a, Reals b, Reals, const Setting&) {
    return select(b > splat<Reals>(0.0), logarithm(a / b), not_a_number<Reals>());
  }
};

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
