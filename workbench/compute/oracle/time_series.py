"""The slow truth of sums, products, extremes and counts along time.

Each window is cut out by `windows.each_window` and read whole. ``TIME_SERIES`` at the end is the
table that the rest of the package reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from workbench.arrays import FloatPanel
from workbench.compute.oracle.windows import each_window, total

__all__ = ["TIME_SERIES", "sumif", "ts_argmax", "ts_count", "ts_max", "ts_maxdd", "ts_sum"]


def _windowed(cut: Callable[[FloatPanel], FloatPanel]) -> Callable[..., FloatPanel]:
    """Make the operator of one series from what it does with one window."""

    def operator(
        x: FloatPanel, window: int, min_periods: int = 0, sessions: str = "calendar"
    ) -> FloatPanel:
        return each_window([x], window, min_periods, sessions, cut)

    return operator


def _place(window: FloatPanel, largest: bool) -> FloatPanel:
    """Place of the first extreme, counted from the oldest value there is, 1 for that."""
    signed = np.where(np.isnan(window), -np.inf, window if largest else -window)
    oldest = np.argmax(~np.isnan(window), axis=0)
    return np.argmax(signed, axis=0) - oldest + 1.0


def _ago(window: FloatPanel, largest: bool) -> FloatPanel:
    """Sessions since the first extreme."""
    signed = np.where(np.isnan(window), -np.inf, window if largest else -window)
    return len(window) - 1.0 - np.argmax(signed, axis=0)


def _deepest(window: FloatPanel) -> FloatPanel:
    """Largest loss from an earlier value to a later one."""
    deepest = np.zeros(window.shape[1])
    for first in range(len(window)):
        for later in range(first, len(window)):
            loss = 1.0 - window[later] / window[first]
            deepest = np.fmax(deepest, loss)
    return np.where(np.fmin.reduce(window, axis=0) > 0, deepest, np.nan)


ts_sum = _windowed(total)
ts_max = _windowed(lambda window: np.fmax.reduce(window, axis=0))
ts_argmax = _windowed(lambda window: _place(window, largest=True))
ts_maxdd = _windowed(_deepest)


def _minmax(window: FloatPanel) -> FloatPanel:
    """Place of today between the extremes."""
    least, most = np.fmin.reduce(window, axis=0), np.fmax.reduce(window, axis=0)
    return np.where(most > least, (window[-1] - least) / (most - least), np.nan)


def ts_count(condition: FloatPanel, window: int) -> FloatPanel:
    """Sessions on which the condition holds; an unknown condition makes the count unknown.

    Examples
    --------
    >>> ts_count(np.array([[1.0], [0.0], [1.0]]), 2).ravel()
    array([nan,  1.,  1.])
    """
    return each_window([condition], window, 0, "calendar", lambda w: total(w != 0.0))


def sumif(x: FloatPanel, condition: FloatPanel, window: int) -> FloatPanel:
    """Sum over the sessions on which the condition holds.

    Examples
    --------
    >>> sumif(np.array([[1.0], [np.nan]]), np.array([[1.0], [0.0]]), 2).ravel()
    array([nan,  1.])
    """
    chosen = np.where(condition == 0.0, 0.0, x)
    return each_window(
        [np.where(np.isnan(condition), np.nan, chosen)], window, 0, "calendar", total
    )


TIME_SERIES: Mapping[str, Callable[..., FloatPanel]] = MappingProxyType(
    {
        "sumif": sumif,
        "ts_argmax": ts_argmax,
        "ts_argmin": _windowed(lambda window: _place(window, largest=False)),
        "ts_count": ts_count,
        "days_since_max": _windowed(lambda window: _ago(window, largest=True)),
        "days_since_min": _windowed(lambda window: _ago(window, largest=False)),
        "ts_max": ts_max,
        "ts_maxdd": ts_maxdd,
        "ts_mean": _windowed(lambda window: total(window) / (~np.isnan(window)).sum(axis=0)),
        "ts_min": _windowed(lambda window: np.fmin.reduce(window, axis=0)),
        "ts_minmax": _windowed(_minmax),
        "ts_product": _windowed(lambda window: np.nanprod(window, axis=0)),
        "ts_sum": ts_sum,
    }
)
"""Canonical name → function(operands (T, N), *literals) → (T, N) float64."""
