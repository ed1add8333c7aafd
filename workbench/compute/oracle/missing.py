"""When the oracle answers "missing".

1. ±inf becomes NaN at the node that made it: every oracle function ends in ``finite``, so the next
   node sees either a number or a missing value;
2. a spread below ``NEGLIGIBLE`` of the values themselves is rounding, not information: what would
   be divided by it is missing.
"""

from __future__ import annotations

import numpy as np

from workbench.arrays import FloatPanel

__all__ = ["NEGLIGIBLE", "finite"]

NEGLIGIBLE = 1e-12
"""Relative tolerance: Σ(x-x̄)² ≤ NEGLIGIBLE²·Σx²·n counts as no spread at all."""


def finite(values: FloatPanel) -> FloatPanel:
    """Replace ±inf with NaN.

    Parameters
    ----------
    values
        Float array of any shape; never modified.

    Returns
    -------
    FloatPanel
        Same shape, a new array.

    Examples
    --------
    >>> finite(np.array([1.0, np.inf, -np.inf, np.nan]))
    array([ 1., nan, nan, nan])
    """
    return np.where(np.isinf(values), np.nan, values)
