// What is asked of a sorted window: quantile, median, median absolute deviation.
//
// `sorted(k)` gives the k-th smallest of n values, counted from 0, as R: lanes where all lanes have
// the same n, else one double. Shared by the CPU and the device.
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

template <class V>
LANE V smaller(V a, V b) {
  return select(a < b, a, b);
}
template <class V>
LANE V larger(V a, V b) {
  return select(a > b, a, b);
}

template <class R, class Read>
LANE R middle(Read sorted, int n) {
  const R low = sorted((n - 1) / 2), high = sorted(n / 2);
  return (low + high) * 0.5;
}

struct ts_median_order {
  template <class R, class Read>
  LANE R value(Read sorted, int n, const Setting&) {
    return middle<R>(sorted, n);
  }
};

struct ts_quantile_order {
  template <class R, class Read>
  LANE R value(Read sorted, int n, const Setting& setting) {
    const double place = (n - 1) * setting.real[0];
    const int k = static_cast<int>(place);
    const double part = place - k;
    const R low = sorted(k);
    if (part == 0.0) return low;
    const R high = sorted(k + 1);
    return low + (high - low) * part;
  }
};

struct medad_order {
  // The k-th smallest distance from m: the k values nearest to m stand side by side, so it is the
  // smallest, over all runs of k neighbours, of the distance to the farther end.
  template <class R, class Read>
  LANE R distance(Read sorted, int n, R m, int k) {
    R best = larger(R(m - sorted(0)), R(sorted(k - 1) - m));
    for (int j = 1; j <= n - k; ++j)
      best = smaller(best, larger(R(m - sorted(j)), R(sorted(j + k - 1) - m)));
    return best;
  }
  template <class R, class Read>
  LANE R value(Read sorted, int n, const Setting&) {
    const R m = middle<R>(sorted, n);
    const R low = distance<R>(sorted, n, m, (n - 1) / 2 + 1);
    if (n % 2) return low;
    return (low + distance<R>(sorted, n, m, n / 2 + 1)) * 0.5;
  }
};

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
