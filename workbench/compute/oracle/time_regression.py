"""The slow truth of lines fitted to a window: the normal equations about the means.

``TIME_REGRESSION`` at the end is the table that the rest of the package reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

import numpy as np

from workbench.arrays import FloatPanel
from workbench.compute.oracle.windows import centred, each_window, flat, total

__all__ = ["TIME_REGRESSION", "ts_regression"]


def _line(y: FloatPanel, x: FloatPanel, out: str) -> FloatPanel:
    """One number of the line of y on x, for every column."""
    (dy, my), (dx, mx) = centred(y), centred(x)
    n = (~np.isnan(x)).sum(axis=0)
    sxx = np.where(flat(x), np.nan, total(dx * dx))
    slope = total(dx * dy) / sxx
    left = total((dy - slope * dx) ** 2) + (slope - slope)
    left = np.where(left <= 8 * n * np.finfo(float).eps * total(dy * dy), 0 * left, left)
    se = np.sqrt(left / (n - 2) / sxx)
    return {
        "slope": slope,
        "intercept": my - slope * mx,
        "fitted": my + slope * (x[-1] - mx),
        "resid": (y[-1] - my) - slope * (x[-1] - mx),
        "rsquare": np.where(flat(y), np.nan, slope * total(dx * dy) / total(dy * dy)),
        "tstat": slope / se,
        "se": se,
    }[out]


def ts_regression(
    y: FloatPanel,
    x: FloatPanel,
    window: int,
    out: str = "slope",
    min_periods: int = 0,
    sessions: str = "calendar",
) -> FloatPanel:
    """Line of y on x; three sessions are needed.

    Examples
    --------
    >>> x = np.array([[1.0], [2.0], [4.0]])
    >>> ts_regression(2 * x + 1, x, 3).ravel()
    array([nan, nan,  2.])
    """

    def cut(a: FloatPanel, b: FloatPanel) -> FloatPanel:
        few = (~np.isnan(a)).sum(axis=0) < 3
        return np.where(few, np.nan, _line(a, b, out))

    return each_window([y, x], window, min_periods, sessions, cut)


def _trend(
    out: str, x: FloatPanel, window: int, min_periods: int = 0, sessions: str = "calendar"
) -> FloatPanel:
    """Line of the window on its own sessions, 1 the oldest of a whole window."""

    def cut(w: FloatPanel) -> FloatPanel:
        places = np.arange(window - len(w) + 1.0, window + 1.0)[:, None]
        places = np.where(np.isnan(w), np.nan, places)
        values = _line(w, places, out)
        if out in ("fitted", "resid"):  # the newest session, whether or not it has a value
            slope, intercept = _line(w, places, "slope"), _line(w, places, "intercept")
            values = w[-1] - (intercept + slope * window)
        return np.where((~np.isnan(w)).sum(axis=0) < 2, np.nan, values)

    return each_window([x], window, min_periods, sessions, cut)


TIME_REGRESSION: Mapping[str, Callable[..., FloatPanel]] = MappingProxyType(
    {
        "ts_regression": ts_regression,
        "ts_beta": lambda x, m, window, *policy: ts_regression(x, m, window, "slope", *policy),
        **{f"ts_{out}": partial(_trend, out) for out in ("slope", "intercept", "resid", "rsquare")},
    }
)
"""Canonical name → function(operands (T, N), *literals) → (T, N) float64."""
