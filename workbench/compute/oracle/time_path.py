"""The slow truth of the operators of path: lags, changes, last known values, finite memory.

Each column is a series of its own. What looks at a window cuts it out session by session, oldest
value first, as an array (d, N), and walks through it; what remembers an earlier state is walked
anew for every session from the start of its window. A window that begins before the data gives NaN.

``TIME_PATH`` at the end is the table that the rest of the package reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from workbench.arrays import FloatPanel
from workbench.compute.oracle.missing import finite

__all__ = [
    "TIME_PATH",
    "days_from_last_change",
    "delay",
    "delta",
    "hump",
    "kth_element",
    "last_diff_value",
    "log_ret",
    "pct_change",
    "trade_when",
    "ts_backfill",
    "ts_cumprod",
    "ts_cumsum",
    "ts_hurst",
]

LONGEST_LAG = 19
"""Lags over which the Hurst exponent is taken, at most; a quarter of the window if that is less."""


def _each_window(window: int, cut: Callable[..., FloatPanel], *panels: FloatPanel) -> FloatPanel:
    """Apply `cut` to every whole window, (d, N) of each panel → (N,)."""
    results = np.full(panels[0].shape, np.nan)
    for t in range(window - 1, len(results)):
        with np.errstate(all="ignore"):
            results[t] = cut(*(panel[t - window + 1 : t + 1] for panel in panels))
    return finite(results)


def delay(x: FloatPanel, lag: int) -> FloatPanel:
    """Return the value of ``lag`` sessions ago; lag 0 is x itself, NaN before the first session.

    Examples
    --------
    >>> delay(np.array([[1.0], [2.0], [3.0]]), 1).ravel()
    array([nan,  1.,  2.])
    """
    late = np.full(x.shape, np.nan)
    if lag < len(x):
        late[lag:] = x[: len(x) - lag]
    return late


def delta(x: FloatPanel, lag: int) -> FloatPanel:
    """Change since ``lag`` sessions ago; NaN if either end is, what lies between does not matter.

    Examples
    --------
    >>> delta(np.array([[1.0], [np.nan], [4.0]]), 2).ravel()
    array([nan, nan,  3.])
    """
    with np.errstate(all="ignore"):
        return finite(x - delay(x, lag))


def pct_change(x: FloatPanel, lag: int) -> FloatPanel:
    """Relative change since ``lag`` sessions ago; NaN where the older value is not above 0.

    Examples
    --------
    >>> pct_change(np.array([[4.0], [5.0], [-1.0], [2.0]]), 1).ravel()
    array([  nan,  0.25, -1.2 ,   nan])
    """
    base = delay(x, lag)
    with np.errstate(all="ignore"):
        return finite(np.where(base > 0, x / base - 1, np.nan))


def log_ret(x: FloatPanel, lag: int) -> FloatPanel:
    """Logarithm of the ratio to ``lag`` sessions ago; NaN unless both values are above 0.

    Examples
    --------
    >>> log_ret(np.array([[4.0], [4.0], [-1.0], [2.0]]), 1).ravel()
    array([nan,  0., nan, nan])
    """
    base = delay(x, lag)
    with np.errstate(all="ignore"):
        return finite(np.where((base > 0) & (x > 0), np.log(x / base), np.nan))


def ts_hurst(x: FloatPanel, window: int) -> FloatPanel:
    """Slope of half the log mean squared change over l sessions on log l, l = 1 … min(19, d // 4).

    Examples
    --------
    >>> ts_hurst(np.arange(12.0)[:, None], 12)[-1]
    array([1.])
    """
    lags = range(1, min(LONGEST_LAG, window // 4) + 1)
    mean = sum(np.log(lag) for lag in lags) / len(lags)
    spread = sum((np.log(lag) - mean) ** 2 for lag in lags)

    def slope(values: FloatPanel) -> FloatPanel:
        found = np.zeros(values.shape[1])
        for lag in lags:
            squares = (values[lag:] - values[:-lag]) ** 2
            size = sum(squares) / len(squares)  # row by row, oldest first
            found += (np.log(lag) - mean) * 0.5 * np.log(np.where(size > 0, size, np.nan))
        return found / spread

    return _each_window(window, slope, x)


def ts_backfill(x: FloatPanel, window: int) -> FloatPanel:
    """Last value of the window that is there.

    Examples
    --------
    >>> ts_backfill(np.array([[3.0], [1.0], [np.nan], [np.nan]]), 2).ravel()
    array([nan,  1.,  1., nan])
    """
    return kth_element(x, window, 1)


def kth_element(x: FloatPanel, window: int, k: int) -> FloatPanel:
    """Return the k-th last value of the window that is there.

    Examples
    --------
    >>> kth_element(np.array([[3.0], [1.0], [np.nan], [4.0]]), 3, 2).ravel()
    array([nan, nan,  3.,  1.])
    """

    def pick(values: FloatPanel) -> FloatPanel:
        found, seen = np.full(values.shape[1], np.nan), np.zeros(values.shape[1])
        for value in values[::-1]:
            seen += ~np.isnan(value)
            found = np.where((seen == k) & ~np.isnan(value), value, found)
        return found

    return _each_window(window, pick, x)


def last_diff_value(x: FloatPanel, window: int) -> FloatPanel:
    """Last value of the window that differs from the newest.

    Examples
    --------
    >>> last_diff_value(np.array([[3.0], [1.0], [1.0], [1.0]]), 3).ravel()
    array([nan, nan,  3., nan])
    """

    def pick(values: FloatPanel) -> FloatPanel:
        found = np.full(values.shape[1], np.nan)
        for value in values:
            other = ~np.isnan(value) & ~np.isnan(values[-1]) & (value != values[-1])
            found = np.where(other, value, found)
        return found

    return _each_window(window, pick, x)


def days_from_last_change(x: FloatPanel, window: int) -> FloatPanel:
    """Sessions since the newest value was first seen after the last other value of the window.

    Examples
    --------
    >>> days_from_last_change(np.array([[3.0], [1.0], [1.0], [1.0]]), 3).ravel()
    array([nan, nan,  1., nan])
    """

    def count(values: FloatPanel) -> FloatPanel:
        newest = values[-1]
        since, changed = np.full(len(newest), np.nan), np.zeros(len(newest), dtype=bool)
        for age, value in zip(range(window - 1, -1, -1), values, strict=True):
            other = ~np.isnan(value) & (value != newest)
            since = np.where((value == newest) & np.isnan(since), age, since)
            since = np.where(other, np.nan, since)
            changed |= other
        return np.where(changed & ~np.isnan(newest), since, np.nan)

    return _each_window(window, count, x)


def hump(x: FloatPanel, h: float, warmup: int = 252) -> FloatPanel:
    """Follow x by steps of h where it is further away than h, anew from the start of every window.

    Examples
    --------
    >>> hump(np.array([[3.0], [3.5], [5.0], [6.0]]), 1.0, 3).ravel()
    array([nan, nan, 4. , 5.5])
    """

    def level(values: FloatPanel) -> FloatPanel:
        kept = np.full(values.shape[1], np.nan)
        for value in values:
            kept = np.where(value > kept + h, kept + h, np.where(value < kept - h, kept - h, kept))
            kept = np.where(np.isnan(kept), value, kept)
        return np.where(np.isnan(values[-1]), np.nan, kept)

    return _each_window(warmup, level, x)


def trade_when(
    trigger: FloatPanel, x: FloatPanel, leave: FloatPanel, warmup: int = 252
) -> FloatPanel:
    """Hold x from the last trigger of the window until a session to leave.

    Examples
    --------
    >>> x, enter = np.array([[3.0], [4.0], [5.0]]), np.array([[1.0], [0.0], [0.0]])
    >>> trade_when(enter, x, np.array([[0.0], [0.0], [1.0]]), 1).ravel()
    array([ 3., nan, nan])
    >>> trade_when(enter, x, np.zeros((3, 1)), 2).ravel()
    array([nan,  3., nan])
    """

    def held(triggers: FloatPanel, values: FloatPanel, leaves: FloatPanel) -> FloatPanel:
        kept = np.full(values.shape[1], np.nan)
        for enters, value, exits in zip(triggers, values, leaves, strict=True):
            kept = np.where(enters > 0, value, kept)
            kept = np.where(exits > 0, np.nan, kept)
        return kept

    return _each_window(warmup, held, trigger, x, leave)


def _since(x: FloatPanel, anchor: int, empty: float, total: np.ufunc) -> FloatPanel:
    """Accumulate from row `anchor` on, NaN passed over; NaN before it and where x is."""
    known = ~np.isnan(x)
    known[:anchor] = False
    with np.errstate(all="ignore"):
        return finite(np.where(known, total.accumulate(np.where(known, x, empty), axis=0), np.nan))


def ts_cumsum(x: FloatPanel, anchor: int) -> FloatPanel:
    """Sum since row `anchor`.

    Examples
    --------
    >>> ts_cumsum(np.array([[3.0], [1.0], [np.nan], [4.0]]), 1).ravel()
    array([nan,  1., nan,  5.])
    """
    return _since(x, anchor, 0.0, np.add)


def ts_cumprod(x: FloatPanel, anchor: int) -> FloatPanel:
    """Product since row `anchor`.

    Examples
    --------
    >>> ts_cumprod(np.array([[3.0], [2.0], [np.nan], [4.0]]), 1).ravel()
    array([nan,  2., nan,  8.])
    """
    return _since(x, anchor, 1.0, np.multiply)


TIME_PATH: Mapping[str, Callable[..., FloatPanel]] = MappingProxyType(
    {
        "days_from_last_change": days_from_last_change,
        "delay": delay,
        "delta": delta,
        "hump": hump,
        "kth_element": kth_element,
        "last_diff_value": last_diff_value,
        "log_ret": log_ret,
        "pct_change": pct_change,
        "trade_when": trade_when,
        "ts_backfill": ts_backfill,
        "ts_cumprod": ts_cumprod,
        "ts_cumsum": ts_cumsum,
        "ts_hurst": ts_hurst,
    }
)
