"""Ranks of rows: the one cross-sectional kernel that evaluation asks for directly."""

from __future__ import annotations

import numpy as np

from workbench.arrays import AnyPanel, BoolPanel, FloatPanel
from workbench.compute.evaluate import on_arrays

__all__ = ["rank_rows"]


def rank_rows(values: AnyPanel, mask: BoolPanel | None = None) -> FloatPanel:
    """Average rank of each value within its row ÷ number of values ranked.

    Parameters
    ----------
    values : array of shape (T, N)
        NaN takes no part.
    mask : array of bool, shape (T, N), optional
        Who else takes no part.

    Returns
    -------
    array of float64, shape (T, N)
        In (0, 1]; NaN outside the mask and where there is no value.

    Examples
    --------
    >>> import numpy as np
    >>> rank_rows(np.array([[30.0, 10.0, np.nan, 10.0]]))
    array([[1. , 0.5, nan, 0.5]])
    """
    return on_arrays("rank(x)", mask=mask, x=np.asarray(values))
