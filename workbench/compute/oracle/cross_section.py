"""The slow truth of the operators across assets that measure distances.

Each session is a row of its own. ``valid_cells`` says which cells of a row take part: numbers
inside the mask (no mask: everywhere). The others neither count nor receive a number. Ordering,
groups and regressions have files of their own: ``distribution``, ``group``, ``neutralize``.

``CROSS_SECTION`` at the end is the table that the rest of the package reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from workbench.arrays import AnyPanel, BoolPanel, FloatPanel, IntPanel
from workbench.compute.oracle.missing import NEGLIGIBLE, finite

__all__ = [
    "CROSS_SECTION",
    "HIGHEST_CODE",
    "average_ranks",
    "demean",
    "group_codes",
    "indneutralize",
    "l2_normalize",
    "longshort_scale",
    "normalize",
    "rank",
    "scale",
    "valid_cells",
    "weighted_demean",
    "weighted_zscore",
    "zscore",
]


HIGHEST_CODE = 2**20
"""Greatest code that a computed group may have."""


def group_codes(group: AnyPanel, shape: tuple[int, ...]) -> IntPanel:
    """Codes of each cell, -1 for none: int codes as they are, numbers when whole and in range.

    Examples
    --------
    >>> group_codes(np.array([[2.0, 0.5, np.nan, -3.0]]), (1, 4))
    array([[ 2, -1, -1, -1]])
    """
    given = np.asarray(group)
    if given.dtype.kind == "f":
        codes = np.where((given >= 0) & (given <= HIGHEST_CODE), given, -1.0)
        given = np.where(codes == np.floor(codes), codes, -1.0).astype(np.int64)
    return np.broadcast_to(np.maximum(given, -1), shape)


def valid_cells(mask: BoolPanel | None, *numbers: FloatPanel) -> BoolPanel:
    """Tell which cells take part: all numbers are there and the mask has them.

    Examples
    --------
    >>> valid_cells(None, np.array([[1.0, np.nan]]), np.array([[1.0, 2.0]]))
    array([[ True, False]])
    """
    known = ~np.any([np.isnan(x) for x in numbers], axis=0)
    return known if mask is None else known & np.asarray(mask, dtype=bool)


def _row_sum(values: FloatPanel, valid: BoolPanel) -> FloatPanel:
    """Sum of the valid cells of each row, (T, 1)."""
    return np.where(valid, values, 0.0).sum(axis=1, keepdims=True)


def _deviations(x: FloatPanel, w: FloatPanel, valid: BoolPanel) -> FloatPanel:
    """Return the distance of each valid cell from the weighted mean of its row; NaN elsewhere."""
    with np.errstate(all="ignore"):
        mean = _row_sum(w * x, valid) / _row_sum(w, valid)
        return np.where(valid, x - mean, np.nan)


def _scores(x: FloatPanel, w: FloatPanel, valid: BoolPanel) -> FloatPanel:
    """Return the deviations in standard deviations; NaN where there is no spread."""
    count = (valid & (w > 0)).sum(axis=1, keepdims=True)
    deviations = _deviations(x, w, valid)
    with np.errstate(all="ignore"):
        spread = _row_sum(w * deviations**2, valid)
        flat = spread <= NEGLIGIBLE**2 * _row_sum(w * x**2, valid) * count
        variance = spread / _row_sum(w, valid) * count / (count - 1)
        return np.where(flat, np.nan, deviations / np.sqrt(variance))


def average_ranks(row: FloatPanel) -> FloatPanel:
    """Ranks from 1 of a row without NaN; equal values share their average.

    Examples
    --------
    >>> average_ranks(np.array([30.0, 10.0, 10.0]))
    array([3. , 1.5, 1.5])
    """
    _, place, ties = np.unique(row, return_inverse=True, return_counts=True)
    return (np.cumsum(ties) - (ties - 1) / 2)[place]


def rank(x: FloatPanel, form: str = "share", *, mask: BoolPanel | None = None) -> FloatPanel:
    """Average rank r of n valid cells of the row: r / n, or (r - 1) / (n - 1) for ``unit``.

    Examples
    --------
    >>> rank(np.array([[3.0, 1.0, 1.0, np.nan, 7.0, -2.0]]))
    array([[0.8, 0.5, 0.5, nan, 1. , 0.2]])
    >>> rank(np.array([[3.0, 1.0, 1.0, np.nan, 7.0, -2.0]]), "unit")
    array([[0.75 , 0.375, 0.375,   nan, 1.   , 0.   ]])
    """
    least = 1 if form == "unit" else 0
    ranks = np.full(x.shape, np.nan)
    for row, out, valid in zip(x, ranks, valid_cells(mask, x), strict=True):
        if valid.sum() > least:
            out[valid] = (average_ranks(row[valid]) - least) / (valid.sum() - least)
    return ranks


def demean(x: FloatPanel, *, mask: BoolPanel | None = None) -> FloatPanel:
    """Subtract the row's mean.

    Examples
    --------
    >>> demean(np.array([[1.0, 3.0, np.nan]]))
    array([[-1.,  1., nan]])
    """
    return finite(_deviations(x, np.ones_like(x), valid_cells(mask, x)))


def zscore(x: FloatPanel, *, mask: BoolPanel | None = None) -> FloatPanel:
    """Subtract the row's mean and divide by its sample standard deviation (ddof 1).

    NaN when fewer than two cells are valid or Σ(x-x̄)² ≤ (1e-12)²·Σx²·n.

    Examples
    --------
    >>> zscore(np.array([[3.0, 1.0, 1.0, np.nan, 7.0, -2.0]])).round(6)
    array([[ 0.301511, -0.301511, -0.301511,       nan,  1.507557, -1.206045]])
    """
    return finite(_scores(x, np.ones_like(x), valid_cells(mask, x)))


def scale(x: FloatPanel, a: float = 1.0, *, mask: BoolPanel | None = None) -> FloatPanel:
    """Scale each row to Σ|x| = a; NaN when Σ|x| = 0.

    Examples
    --------
    >>> scale(np.array([[1.0, -3.0, np.nan]]), 2.0)
    array([[ 0.5, -1.5,  nan]])
    """
    valid = valid_cells(mask, x)
    with np.errstate(all="ignore"):
        return finite(np.where(valid, a * x / _row_sum(np.abs(x), valid), np.nan))


def indneutralize(x: FloatPanel, group: AnyPanel, *, mask: BoolPanel | None = None) -> FloatPanel:
    """Subtract the mean of the asset's group in its row.

    Parameters
    ----------
    x
        Values, (T, N).
    group
        Codes, (T, N), or (1, N) when they hold for all sessions: int32 with -1 for no group, or
        numbers, of which whole ones from 0 to 2^20 are groups.
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
    codes = group_codes(group, x.shape)
    neutral = np.full(x.shape, np.nan)
    valid = valid_cells(mask, x) & (codes >= 0)
    for row, out, code, here in zip(x, neutral, codes, valid, strict=True):
        _, member, size = np.unique(code[here], return_inverse=True, return_counts=True)
        with np.errstate(all="ignore"):
            total = np.bincount(member, weights=row[here], minlength=len(size))
            out[here] = row[here] - (total / size)[member]
    return finite(neutral)


def weighted_demean(x: FloatPanel, w: FloatPanel, *, mask: BoolPanel | None = None) -> FloatPanel:
    """Subtract the row's mean weighted with w; cells with w < 0 take no part.

    Examples
    --------
    >>> weighted_demean(np.array([[1.0, 2.0, 6.0]]), np.array([[1.0, 1.0, 2.0]]))
    array([[-2.75, -1.75,  2.25]])
    """
    return finite(_deviations(x, w, valid_cells(mask, x, w) & (w >= 0)))


def weighted_zscore(x: FloatPanel, w: FloatPanel, *, mask: BoolPanel | None = None) -> FloatPanel:
    """Divide by s as well, s² = Σw(x-m)²/Σw · n/(n-1), n = cells with w > 0.

    Examples
    --------
    >>> weighted_zscore(np.array([[1.0, 2.0, 3.0]]), np.array([[2.0, 2.0, 2.0]]))
    array([[-1.,  0.,  1.]])
    """
    return finite(_scores(x, w, valid_cells(mask, x, w) & (w >= 0)))


def longshort_scale(
    x: FloatPanel, long: float = 1.0, short: float = 1.0, *, mask: BoolPanel | None = None
) -> FloatPanel:
    """Scale positive values to a sum of `long`, negative ones to a sum of -`short`.

    Examples
    --------
    >>> longshort_scale(np.array([[1.0, 3.0, -5.0, 0.0]]), 1.0, 0.5)
    array([[ 0.25,  0.75, -0.5 ,  0.  ]])
    """
    valid = valid_cells(mask, x)
    with np.errstate(all="ignore"):
        above = long * x / _row_sum(x, valid & (x > 0))
        below = short * x / -_row_sum(x, valid & (x < 0))
    scaled = np.where(x > 0, above, np.where(x < 0, below, 0.0))
    return finite(np.where(valid, scaled, np.nan))


def normalize(
    x: FloatPanel, use_std: int = 0, limit: float = 0.0, *, mask: BoolPanel | None = None
) -> FloatPanel:
    """Demean, on request to unit variance, and cut at ±limit if that is not 0.

    Examples
    --------
    >>> normalize(np.array([[1.0, 2.0, 6.0]]), 0, 2.5)
    array([[-2. , -1. ,  2.5]])
    """
    centred = zscore(x, mask=mask) if use_std else demean(x, mask=mask)
    return np.clip(centred, -limit, limit) if limit else centred


def l2_normalize(x: FloatPanel, *, mask: BoolPanel | None = None) -> FloatPanel:
    """Scale each row to Σx² = 1; NaN when Σx² = 0.

    Examples
    --------
    >>> l2_normalize(np.array([[3.0, -4.0, np.nan]]))
    array([[ 0.6, -0.8,  nan]])
    """
    valid = valid_cells(mask, x)
    with np.errstate(all="ignore"):
        return finite(np.where(valid, x / np.sqrt(_row_sum(x**2, valid)), np.nan))


CROSS_SECTION: Mapping[str, Callable[..., FloatPanel]] = MappingProxyType(
    {
        function.__name__: function
        for function in (
            rank,
            zscore,
            demean,
            scale,
            indneutralize,
            weighted_demean,
            weighted_zscore,
            longshort_scale,
            normalize,
            l2_normalize,
        )
    }
)
