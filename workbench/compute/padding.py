"""Panels as the kernels want them: columns padded to whole groups of lanes."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from workbench.errors import PlanError

__all__ = ["LANES", "pad"]

LANES = 16
"""Columns are padded to a multiple of this many."""

_PADS = {"f": np.nan, "i": -1, "b": False, "u": 0}


def pad(values: ArrayLike, dtype: DTypeLike = "float64", lanes: int = LANES) -> NDArray:
    """Copy a (T, N) array into one whose columns are a multiple of `lanes`.

    Parameters
    ----------
    values
        (T, N) numbers, truth values or group codes.
    dtype
        Type of the copy: float, int32 (group codes) or bool / uint8 (masks).
    lanes
        The pitch is the next multiple of this.

    Returns
    -------
    ndarray
        (T, pitch), C-contiguous. Pad columns hold NaN, -1 or False. In a float copy ±inf, and
        what overflows float32, is NaN.

    Examples
    --------
    >>> pad([[1.0, float("inf")]], lanes=4)
    array([[ 1., nan, nan, nan]])
    """
    source = np.asarray(values)
    if source.ndim != 2:
        raise PlanError(
            f"pad expects a (T, N) array, got shape {source.shape}; add an axis to a single series."
        )
    kind = np.dtype(dtype)
    sessions, assets = source.shape
    padded = np.empty((sessions, -(-assets // lanes) * lanes), dtype=kind)
    with np.errstate(over="ignore"):
        padded[:, :assets] = source
    padded[:, assets:] = _PADS[kind.kind]
    if kind.kind == "f" and padded.size and np.isinf(_extremes(padded)).any():
        padded[np.isinf(padded)] = np.nan
    return padded


def _extremes(values: NDArray) -> tuple[float, float]:
    # Two reductions that skip NaN and allocate nothing; most panels hold no infinity.
    return np.fmin.reduce(values, axis=None), np.fmax.reduce(values, axis=None)
