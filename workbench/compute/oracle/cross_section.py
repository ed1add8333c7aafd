"""The slow truth of the operators across assets.

Each session is a row of its own. ``_valid`` says which cells of a row take part: finite values
inside the mask (no mask: everywhere). The others neither count nor receive a number.

1. ``rank``, ``zscore``, ``demean`` and ``scale`` look at the whole row;
2. ``indneutralize`` looks at the assets of the same group, the codes of which are int32,
   (T, N) or (1, N), -1 where an asset has none.

``CROSS_SECTION`` at the end is the table that the rest of the package reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from workbench.arrays import BoolPanel, FloatPanel, IntPanel
from workbench.compute.oracle.missing import NEGLIGIBLE, finite

__all__ = ["CROSS_SECTION", "demean", "indneutralize", "rank", "scale", "zscore"]


def _valid(x: FloatPanel, mask: BoolPanel | None) -> BoolPanel:
    """Tell which cells take part."""
    known = ~np.isnan(x)
    return known if mask is None else known & np.asarray(mask, dtype=bool)


def _row_sum(values: FloatPanel, valid: BoolPanel) -> FloatPanel:
    """Sum of the valid cells of each row, (T, 1)."""
    return np.where(valid, values, 0.0).sum(axis=1, keepdims=True)


def _deviations(x: FloatPanel, valid: BoolPanel) -> FloatPanel:
    """Return the distance of each valid cell from the mean of its row; NaN elsewhere."""
    with np.errstate(all="ignore"):
        mean = _row_sum(x, valid) / valid.sum(axis=1, keepdims=True)
        return np.where(valid, x - mean, np.nan)


def rank(x: FloatPanel, *, mask: BoolPanel | None = None) -> FloatPanel:
    """Average rank divided by the number of valid cells of the row; in (0, 1], alone → 1.

    Examples
    --------
    >>> rank(np.array([[3.0, 1.0, 1.0, np.nan, 7.0, -2.0]]))
    array([[0.8, 0.5, 0.5, nan, 1. , 0.2]])
    """
    ranks = np.full(x.shape, np.nan)
    for row, out, valid in zip(x, ranks, _valid(x, mask), strict=True):
        _, place, ties = np.unique(row[valid], return_inverse=True, return_counts=True)
        average = np.cumsum(ties) - (ties - 1) / 2
        out[valid] = average[place] / max(len(place), 1)
    return ranks


def demean(x: FloatPanel, *, mask: BoolPanel | None = None) -> FloatPanel:
    """Subtract the row's mean.

    Examples
    --------
    >>> demean(np.array([[1.0, 3.0, np.nan]]))
    array([[-1.,  1., nan]])
    """
    return finite(_deviations(x, _valid(x, mask)))


def zscore(x: FloatPanel, *, mask: BoolPanel | None = None) -> FloatPanel:
    """Subtract the row's mean and divide by its sample standard deviation (ddof 1).

    NaN when fewer than two cells are valid or Σ(x-x̄)² ≤ (1e-12)²·Σx²·n.

    Examples
    --------
    >>> zscore(np.array([[3.0, 1.0, 1.0, np.nan, 7.0, -2.0]])).round(6)
    array([[ 0.301511, -0.301511, -0.301511,       nan,  1.507557, -1.206045]])
    """
    valid = _valid(x, mask)
    count = valid.sum(axis=1, keepdims=True)
    deviations = _deviations(x, valid)
    with np.errstate(all="ignore"):
        spread = _row_sum(deviations**2, valid)
        flat = spread <= NEGLIGIBLE**2 * _row_sum(x**2, valid) * count
        score = deviations / np.sqrt(spread / (count - 1))
    return finite(np.where(flat, np.nan, score))


def scale(x: FloatPanel, a: float = 1.0, *, mask: BoolPanel | None = None) -> FloatPanel:
    """Scale each row to Σ|x| = a; NaN when Σ|x| = 0.

    Examples
    --------
    >>> scale(np.array([[1.0, -3.0, np.nan]]), 2.0)
    array([[ 0.5, -1.5,  nan]])
    """
    valid = _valid(x, mask)
    with np.errstate(all="ignore"):
        return finite(np.where(valid, a * x / _row_sum(np.abs(x), valid), np.nan))


def indneutralize(x: FloatPanel, group: IntPanel, *, mask: BoolPanel | None = None) -> FloatPanel:
    """Subtract the mean of the asset's group in its row.

    Parameters
    ----------
    x
        Values, (T, N).
    group
        int32 codes, (T, N), or (1, N) when they hold for all sessions; -1 (no group) gives NaN.
    mask
        Cells that take part, (T, N).

    Returns
    -------
    FloatPanel
        A group of one member gives 0.

    Examples
    --------
    >>> group = np.array([[0, 0, 1, 1, 1, -1]], dtype=np.int32)
    >>> indneutralize(np.array([[3.0, 1.0, 1.0, np.nan, 7.0, -2.0]]), group)
    array([[ 1., -1., -3., nan,  3., nan]])
    """
    codes = np.broadcast_to(group, x.shape)
    neutral = np.full(x.shape, np.nan)
    valid = _valid(x, mask) & (codes >= 0)
    for row, out, code, here in zip(x, neutral, codes, valid, strict=True):
        _, member, size = np.unique(code[here], return_inverse=True, return_counts=True)
        total = np.bincount(member, weights=row[here], minlength=len(size))
        out[here] = row[here] - (total / size)[member]
    return finite(neutral)


CROSS_SECTION: Mapping[str, Callable[..., FloatPanel]] = MappingProxyType(
    {
        "rank": rank,
        "zscore": zscore,
        "demean": demean,
        "scale": scale,
        "indneutralize": indneutralize,
    }
)
