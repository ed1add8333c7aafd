"""The slow truth of means whose sessions weigh by age, and of linear recursions.

Weights are written down for every window and every session in it, or the recursion is run from the
oldest session on. ``TIME_WEIGHTED`` at the end is the table that the rest of the package reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from workbench.arrays import FloatPanel
from workbench.compute.oracle.windows import each_window, total

__all__ = ["TIME_WEIGHTED", "decay_exp", "decay_linear", "ewm_cov", "ewm_mean", "scan_linear"]


def decay_linear(
    x: FloatPanel, window: int, min_periods: int = 0, sessions: str = "calendar"
) -> FloatPanel:
    """Weights 1 … d, over those of the values there are.

    Examples
    --------
    >>> decay_linear(np.array([[1.0], [4.0]]), 2).ravel()
    array([nan,  3.])
    """

    def cut(w: FloatPanel) -> FloatPanel:
        weights = np.arange(window - len(w) + 1.0, window + 1.0)[:, None] + 0 * w
        return total(weights * w) / total(weights)

    return each_window([x], window, min_periods, sessions, cut)


def decay_exp(
    x: FloatPanel, window: int, f: float, min_periods: int = 0, sessions: str = "calendar"
) -> FloatPanel:
    """Weights f^age, over those of the values there are."""

    def cut(w: FloatPanel) -> FloatPanel:
        weights = f ** np.arange(len(w) - 1.0, -1.0, -1.0)[:, None] + 0 * w
        return total(weights * w) / total(weights)

    return each_window([x], window, min_periods, sessions, cut)


def _weights(window: FloatPanel, decay: float, by_value: int) -> FloatPanel:
    """decay^age, ages counted in sessions or in values; NaN where there is no value."""
    known = ~np.isnan(window)
    newer = known[::-1].cumsum(axis=0)[::-1] - 1.0
    sessions = np.arange(len(window) - 1.0, -1.0, -1.0)[:, None] + 0 * newer
    return np.where(known, decay ** (newer if by_value else sessions), np.nan)


def _above(window: FloatPanel) -> FloatPanel:
    """Values from the largest of them up: equal values become exactly 0."""
    return window - np.fmax.reduce(window, axis=0)


def _recursive(
    series: list[FloatPanel], window: int, min_periods: int, cut: Callable[..., FloatPanel]
) -> FloatPanel:
    """Holes are skipped, today must be there; without min_periods the window must have begun."""
    values = each_window(series, window, max(min_periods, 1), "calendar", cut)
    missing = np.any([np.isnan(one) for one in series], axis=0)
    if min_periods == 0:
        missing[: window - 1] = True
    return np.where(missing, np.nan, values)


def ewm_mean(
    x: FloatPanel,
    window: int,
    decay: float,
    adjust: int = 1,
    ignore_na: int = 0,
    min_periods: int = 0,
) -> FloatPanel:
    """Weights decay^age over their sum; without `adjust` the recursion from the first value on.

    Examples
    --------
    >>> ewm_mean(np.array([[1.0], [4.0]]), 2, 0.5).ravel()
    array([nan,  3.])
    """

    def weighted(w: FloatPanel) -> FloatPanel:
        weights = _weights(w, decay, ignore_na)
        return total(weights * w) / total(weights)

    def recursion(w: FloatPanel) -> FloatPanel:
        state = np.full(w.shape[1], np.nan)
        for row in w:
            step = np.where(np.isnan(state), row, decay * state + (1.0 - decay) * row)
            state = np.where(np.isnan(row), state, step)
        return state

    return _recursive([x], window, min_periods, weighted if adjust else recursion)


def ewm_cov(
    x: FloatPanel,
    y: FloatPanel,
    window: int,
    decay: float,
    ignore_na: int = 0,
    min_periods: int = 0,
) -> FloatPanel:
    """Weighted covariance, corrected for reliability weights."""

    def cut(a: FloatPanel, b: FloatPanel) -> FloatPanel:
        weights = _weights(a, decay, ignore_na)
        whole = total(weights)
        da, db = (up - total(weights * up) / whole for up in (_above(a), _above(b)))
        freedom = whole**2 - total(weights**2)
        value = total(weights * da * db) * whole / freedom
        return np.where((~np.isnan(a)).sum(axis=0) > 1, value, np.nan)

    return _recursive([x, y], window, min_periods, cut)


def ewm_var(x: FloatPanel, *literals: object) -> FloatPanel:
    """Weighted variance: the covariance with itself."""
    return ewm_cov(x, x, *literals)  # type: ignore[arg-type]


def _remembering(span: float, halflife: float, alpha: float, com: float) -> tuple[int, float]:
    """Warm-up and decay of whichever was given."""
    if span:
        decay = (span - 1.0) / (span + 1.0)
    elif halflife:
        decay = 2.0 ** (-1.0 / halflife)
    else:
        decay = 1.0 - alpha if alpha else com / (1.0 + com)
    window = 1
    while decay**window >= 1e-6:
        window += 1
    return window, decay


def sma_cn(x: FloatPanel, n: int, m: int, min_periods: int = 0) -> FloatPanel:
    """Y = (m x + (n - m) Y) / n, cut to its warm-up."""
    window, decay = _remembering(0, 0, m / n, 0)
    return ewm_mean(x, window, decay, 0, 1, min_periods)


def scan_linear(a: FloatPanel, b: FloatPanel, window: int, init: float = 1.0) -> FloatPanel:
    """Y = a Y + b over the window.

    Examples
    --------
    >>> scan_linear(np.array([[2.0], [2.0]]), np.array([[0.0], [1.0]]), 2).ravel()
    array([nan,  5.])
    """

    def cut(slopes: FloatPanel, added: FloatPanel) -> FloatPanel:
        state = np.full(slopes.shape[1], init)
        for slope, plus in zip(slopes, added, strict=True):
            state = slope * state + plus
        return state

    return each_window([a, b], window, 0, "calendar", cut)


def _exponential(function: Callable[..., FloatPanel], series: int) -> Callable[..., FloatPanel]:
    """Let `function` take span, halflife, alpha and com instead of window and decay."""

    def operator(*arguments: object) -> FloatPanel:
        given = arguments[series : series + 4]
        window, decay = _remembering(*given)  # type: ignore[arg-type]
        return function(*arguments[:series], window, decay, *arguments[series + 4 :])

    return operator


TIME_WEIGHTED: Mapping[str, Callable[..., FloatPanel]] = MappingProxyType(
    {
        "decay_exp": decay_exp,
        "decay_linear": decay_linear,
        "ewm_cov": ewm_cov,
        "ewm_mean": ewm_mean,
        "ewm_var": ewm_var,
        "ewma": _exponential(ewm_mean, 1),
        "ewmcov": _exponential(ewm_cov, 2),
        "ewmstd": lambda *arguments: np.sqrt(_exponential(ewm_var, 1)(*arguments)),
        "ewmvar": _exponential(ewm_var, 1),
        "scan_linear": scan_linear,
        "sma_cn": sma_cn,
        "wma_gtja": lambda x, window, *policy: decay_exp(x, window, 0.9, *policy),
    }
)
"""Canonical name → function(operands (T, N), *literals) → (T, N) float64."""
