"""The slow truth of the operators that cut tails, bend ranks, form baskets and pick leaders.

Each session is a row of its own, reduced to its valid cells and written back. ``DISTRIBUTION`` at
the end is the table that the rest of the package reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import NormalDist
from types import MappingProxyType

import numpy as np

from workbench.arrays import BoolPanel, FloatPanel
from workbench.compute.oracle.cross_section import average_ranks, rank, valid_cells
from workbench.compute.oracle.missing import NEGLIGIBLE, finite

__all__ = [
    "DISTRIBUTION",
    "bottom",
    "bucket",
    "csrank_qlib",
    "gauss_rank",
    "top",
    "winsorize_mad",
    "winsorize_quantile",
    "winsorize_sigma",
]

_NORMAL = NormalDist()


def _each_row(
    function: Callable[[FloatPanel], FloatPanel], x: FloatPanel, mask: BoolPanel | None
) -> FloatPanel:
    """Apply a function to the valid values of each row; NaN elsewhere."""
    result = np.full(x.shape, np.nan)
    for row, out, valid in zip(x, result, valid_cells(mask, x), strict=True):
        if valid.any():
            with np.errstate(all="ignore"):
                out[valid] = function(row[valid])
    return finite(result)


def _quantile(row: FloatPanel, q: float) -> float:
    """Interpolate linearly at position (n - 1) q of the sorted values."""
    ordered = np.sort(row)
    position = (len(row) - 1) * q
    below = int(np.floor(position))
    low, high = ordered[below], ordered[min(below + 1, len(row) - 1)]
    return low + (high - low) * (position - below) if position > below else low


def winsorize_quantile(
    x: FloatPanel, lo: float = 0.01, hi: float = 0.99, *, mask: BoolPanel | None = None
) -> FloatPanel:
    """Clip each row to two of its quantiles.

    Examples
    --------
    >>> winsorize_quantile(np.array([[3.0, 1.0, 1.0, np.nan, 7.0, -2.0]]), 0.2, 0.8)
    array([[3. , 1. , 1. , nan, 3.8, 0.4]])
    """
    return _each_row(lambda row: np.clip(row, _quantile(row, lo), _quantile(row, hi)), x, mask)


def winsorize_mad(x: FloatPanel, k: float = 3.0, *, mask: BoolPanel | None = None) -> FloatPanel:
    """Clip each row to its median ± k · 1.4826 · MAD; a MAD of 0 clips nothing.

    Examples
    --------
    >>> winsorize_mad(np.array([[3.0, 1.0, 1.0, np.nan, 7.0, -2.0]]), 1.0)
    array([[ 3.    ,  1.    ,  1.    ,     nan,  3.9652, -1.9652]])
    """

    def clipped(row: FloatPanel) -> FloatPanel:
        middle = np.median(row)
        reach = k * 1.4826 * np.median(np.abs(row - middle))
        return np.clip(row, middle - reach, middle + reach) if reach > 0 else row

    return _each_row(clipped, x, mask)


def winsorize_sigma(x: FloatPanel, k: float = 3.0, *, mask: BoolPanel | None = None) -> FloatPanel:
    """Clip each row to its mean ± k sample standard deviations; no spread clips nothing.

    Examples
    --------
    >>> winsorize_sigma(np.array([[0.0, 2.0, 4.0, np.nan]]), 0.5)
    array([[ 1.,  2.,  3., nan]])
    """

    def clipped(row: FloatPanel) -> FloatPanel:
        spread = ((row - row.mean()) ** 2).sum()
        if not spread > NEGLIGIBLE**2 * (row**2).sum() * len(row):
            return row
        reach = k * np.sqrt(spread / (len(row) - 1))
        return np.clip(row, row.mean() - reach, row.mean() + reach)

    return _each_row(clipped, x, mask)


def gauss_rank(x: FloatPanel, *, mask: BoolPanel | None = None) -> FloatPanel:
    """Normal quantile of (average rank - ½) / n.

    Examples
    --------
    >>> gauss_rank(np.array([[3.0, 1.0, 1.0, np.nan, 7.0, -2.0]])).round(6)
    array([[ 0.524401, -0.253347, -0.253347,       nan,  1.281552, -1.281552]])
    """

    def bent(row: FloatPanel) -> FloatPanel:
        # The upper half mirrors the lower one, where a small probability keeps its digits.
        twice, n = 2 * average_ranks(row) - 1, len(row)
        tail = np.minimum(twice, 2 * n - twice) / (2 * n)
        score = np.array([_NORMAL.inv_cdf(p) for p in tail])
        return np.where(twice > n, -score, score)

    return _each_row(bent, x, mask)


def csrank_qlib(x: FloatPanel, *, mask: BoolPanel | None = None) -> FloatPanel:
    """Return (rank / n - 0.5) · 3.46.

    Examples
    --------
    >>> csrank_qlib(np.array([[3.0, 1.0, 1.0, np.nan, 7.0, -2.0]]))
    array([[ 1.038,  0.   ,  0.   ,    nan,  1.73 , -1.038]])
    """
    return (rank(x, mask=mask) - 0.5) * 3.46


def bucket(
    x: FloatPanel, q: int, ties: str = "together", *, mask: BoolPanel | None = None
) -> FloatPanel:
    """Basket 1 … q: ⌊(r - ½) q / n⌋ + 1; NaN with fewer than q valid cells.

    Examples
    --------
    >>> bucket(np.array([[3.0, 1.0, 1.0, np.nan, 7.0, -2.0]]), 2)
    array([[ 2.,  1.,  1., nan,  2.,  1.]])
    >>> bucket(np.array([[5.0, 5.0, 5.0, 5.0]]), 2, "stable")
    array([[1., 1., 2., 2.]])
    """

    def basket(row: FloatPanel) -> FloatPanel:
        if len(row) < q:
            return np.full(row.shape, np.nan)
        ranks = average_ranks(row) if ties == "together" else _places(row) + 1
        # Doubled ranks are whole numbers, so that no border is rounded.
        return (2 * ranks - 1).astype(np.int64) * q // (2 * len(row)) + 1.0

    return _each_row(basket, x, mask)


def _places(row: FloatPanel) -> FloatPanel:
    """Places from 0 in sorted order, equal values in the order of columns."""
    places = np.empty(len(row))
    places[np.argsort(row, kind="stable")] = np.arange(len(row))
    return places


def top(x: FloatPanel, k: int, *, mask: BoolPanel | None = None) -> FloatPanel:
    """1 for the k largest of each row, else 0; of equals the first columns.

    Examples
    --------
    >>> top(np.array([[3.0, 1.0, 1.0, np.nan, 7.0, -2.0]]), 3)
    array([[ 1.,  1.,  0., nan,  1.,  0.]])
    """
    return bottom(-x, k, mask=mask)


def bottom(x: FloatPanel, k: int, *, mask: BoolPanel | None = None) -> FloatPanel:
    """1 for the k smallest of each row, else 0; of equals the first columns.

    Examples
    --------
    >>> bottom(np.array([[3.0, 1.0, 1.0, np.nan, 7.0, -2.0]]), 2)
    array([[ 0.,  1.,  0., nan,  0.,  1.]])
    """
    return _each_row(lambda row: (_places(row) < k).astype(np.float64), x, mask)


DISTRIBUTION: Mapping[str, Callable[..., FloatPanel]] = MappingProxyType(
    {
        function.__name__: function
        for function in (
            winsorize_quantile,
            winsorize_mad,
            winsorize_sigma,
            gauss_rank,
            csrank_qlib,
            bucket,
            top,
            bottom,
        )
    }
)
