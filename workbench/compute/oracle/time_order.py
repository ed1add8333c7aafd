"""The slow truth of the operators of order: ranks, quantiles and counts within a window.

Session by session the window is cut out, oldest value first, as an array (d, N), NaN where a value
is missing, and sorted or counted whole. ``windows.each_window`` says which windows there are.

``TIME_ORDER`` at the end is the table that the rest of the package reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from workbench.arrays import FloatPanel
from workbench.compute.oracle.windows import each_window

__all__ = [
    "TIME_ORDER",
    "medad",
    "ts_entropy",
    "ts_median",
    "ts_quantile",
    "ts_rank",
    "ts_spearman",
]


def _at(ordered: FloatPanel, place: FloatPanel) -> FloatPanel:
    """Return the value of every column at its own place, (d, N) and (N,) → (N,)."""
    return np.take_along_axis(ordered, place.astype(np.intp)[None], axis=0)[0]


def _median(values: FloatPanel) -> FloatPanel:
    """Return the median of every column, missing values left out."""
    ordered, count = np.sort(values, axis=0), (~np.isnan(values)).sum(axis=0)
    return (_at(ordered, (count - 1) // 2) + _at(ordered, count // 2)) / 2


def ts_rank(
    x: FloatPanel,
    window: int,
    form: str = "share",
    min_periods: int = 0,
    sessions: str = "calendar",
) -> FloatPanel:
    """Average rank r of the newest value among the n of its window: r / n, or (r - 1) / (n - 1).

    Examples
    --------
    >>> x = np.array([[3.0], [1.0], [3.0], [2.0]])
    >>> ts_rank(x, 3).ravel().round(4)
    array([   nan,    nan, 0.8333, 0.6667])
    >>> ts_rank(x, 3, "unit").ravel()
    array([ nan,  nan, 0.75, 0.5 ])
    """

    def share(values: FloatPanel) -> FloatPanel:
        newest, count = values[-1], (~np.isnan(values)).sum(axis=0)
        rank = (values < newest).sum(axis=0) + ((values == newest).sum(axis=0) + 1) / 2
        found = rank / count if form == "share" else (rank - 1) / (count - 1)
        return np.where(np.isnan(newest), np.nan, found)

    return each_window([x], window, min_periods, sessions, share)


def ts_median(
    x: FloatPanel, window: int, min_periods: int = 0, sessions: str = "calendar"
) -> FloatPanel:
    """Middle value of the window, or the mean of the middle two.

    Examples
    --------
    >>> ts_median(np.array([[3.0], [1.0], [4.0], [np.nan]]), 2).ravel()
    array([nan, 2. , 2.5, nan])
    >>> ts_median(np.array([[3.0], [1.0], [4.0], [np.nan]]), 2, 1).ravel()
    array([3. , 2. , 2.5, 4. ])
    """
    return each_window([x], window, min_periods, sessions, _median)


def ts_quantile(
    x: FloatPanel, window: int, q: float, min_periods: int = 0, sessions: str = "calendar"
) -> FloatPanel:
    """Quantile of the window: linear between the sorted values around h = (n - 1) q.

    Examples
    --------
    >>> ts_quantile(np.array([[3.0], [1.0], [4.0], [1.0]]), 4, 0.8)[-1]
    array([3.4])
    """

    def quantile(values: FloatPanel) -> FloatPanel:
        ordered, count = np.sort(values, axis=0), (~np.isnan(values)).sum(axis=0)
        h = (count - 1) * q
        low = np.floor(h)
        below, above = _at(ordered, low), _at(ordered, np.minimum(low + 1, count - 1))
        return below + (above - below) * (h - low)

    return each_window([x], window, min_periods, sessions, quantile)


def medad(
    x: FloatPanel, window: int, min_periods: int = 0, sessions: str = "calendar"
) -> FloatPanel:
    """Median distance from the median of the window.

    Examples
    --------
    >>> medad(np.array([[3.0], [1.0], [4.0], [1.0], [5.0]]), 4).ravel()
    array([nan, nan, nan, 1. , 1.5])
    """
    return each_window(
        [x], window, min_periods, sessions, lambda values: _median(np.abs(values - _median(values)))
    )


def _ranks(values: FloatPanel) -> FloatPanel:
    """Average ranks of every column, 1 for the smallest, (d, N) → (d, N)."""
    less = [(values < value).sum(axis=0) for value in values]
    equal = [(values == value).sum(axis=0) for value in values]
    return np.array(less) + (np.array(equal) + 1) / 2


def ts_spearman(x: FloatPanel, y: FloatPanel, window: int) -> FloatPanel:
    """Pearson correlation of the average ranks within the window; every pair must be whole.

    Examples
    --------
    >>> x, y = np.array([[1.0], [3.0], [9.0]]), np.array([[5.0], [1.0], [2.0]])
    >>> ts_spearman(x, y, 3).ravel()
    array([ nan,  nan, -0.5])
    """

    def agreement(xs: FloatPanel, ys: FloatPanel) -> FloatPanel:
        a, b = _ranks(xs) - (window + 1) / 2, _ranks(ys) - (window + 1) / 2
        return (a * b).sum(axis=0) / np.sqrt((a * a).sum(axis=0) * (b * b).sum(axis=0))

    return each_window([x, y], window, 0, "calendar", agreement)


def ts_entropy(x: FloatPanel, window: int, bins: int = 10) -> FloatPanel:
    """Entropy in nats of the window's values over bins of equal width between its extremes.

    Examples
    --------
    >>> ts_entropy(np.array([[3.0], [1.0], [4.0], [1.0], [1.0]]), 2, 2).ravel().round(4)
    array([   nan, 0.6931, 0.6931, 0.6931, 0.    ])
    """

    def entropy(values: FloatPanel) -> FloatPanel:
        least, greatest = values.min(axis=0), values.max(axis=0)
        scale = bins / (greatest - least)
        place = np.minimum(np.floor((values - least) * scale), bins - 1)
        total = np.zeros(values.shape[1])
        for number in range(bins):
            share = (place == number).sum(axis=0) / window
            total -= np.where(share > 0, share * np.log(np.where(share > 0, share, 1.0)), 0.0)
        missing = np.where(np.isfinite(scale) & (scale > 0), 0.0, np.nan)
        return np.where(greatest == least, 0.0, total + missing)

    return each_window([x], window, 0, "calendar", entropy)


TIME_ORDER: Mapping[str, Callable[..., FloatPanel]] = MappingProxyType(
    {
        "medad": medad,
        "ts_entropy": ts_entropy,
        "ts_median": ts_median,
        "ts_quantile": ts_quantile,
        "ts_rank": ts_rank,
        "ts_spearman": ts_spearman,
    }
)
