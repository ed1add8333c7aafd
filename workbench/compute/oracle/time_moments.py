"""The slow truth of moments, correlations and fitted lines along time.

Two passes over each window: the mean first, then the deviations. ``TIME_MOMENTS`` at the end is
the table that the rest of the package reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from workbench.arrays import FloatPanel
from workbench.compute.oracle.windows import centred, each_window, flat, total

__all__ = ["TIME_MOMENTS", "correlation", "covariance", "kurt", "skew", "variance"]


VANISHING = 1e-140
"""Sums of squares whose own powers would vanish: nothing can be said about the shape."""


def _number(window: FloatPanel) -> FloatPanel:
    """How many values there are."""
    return (~np.isnan(window)).sum(axis=0).astype(float)


def _power(window: FloatPanel, k: int) -> FloatPanel:
    """Sum of the k-th powers of the deviations."""
    return total(centred(window)[0] ** k)


def _product(x: FloatPanel, y: FloatPanel) -> FloatPanel:
    """Sum of the products of the deviations."""
    return total(centred(x)[0] * centred(y)[0])


def variance(
    x: FloatPanel, window: int, ddof: int = 1, min_periods: int = 0, sessions: str = "calendar"
) -> FloatPanel:
    """Variance over the window.

    Examples
    --------
    >>> variance(np.array([[1.0], [3.0]]), 2).ravel()
    array([nan,  2.])
    """

    def cut(w: FloatPanel) -> FloatPanel:
        freedom = _number(w) - ddof
        return np.where(freedom > 0, _power(w, 2) / freedom, np.nan)

    return each_window([x], window, min_periods, sessions, cut)


def stddev(x: FloatPanel, *literals: object) -> FloatPanel:
    """Root of `variance`."""
    return np.sqrt(variance(x, *literals))  # type: ignore[arg-type]


def _skewness(w: FloatPanel) -> FloatPanel:
    n, second = _number(w), _power(w, 2)
    value = n * np.sqrt(n - 1) / (n - 2) * _power(w, 3) / second**1.5
    return np.where(flat(w) | (second <= VANISHING) | (n < 3), np.nan, value)


def _excess(w: FloatPanel) -> FloatPanel:
    n, second = _number(w), _power(w, 2)
    ratio = (n + 1) * n * _power(w, 4) / second**2 - 3 * (n - 1)
    return np.where(
        flat(w) | (second <= VANISHING) | (n < 4), np.nan, (n - 1) / ((n - 2) * (n - 3)) * ratio
    )


def skew(
    x: FloatPanel, window: int, min_periods: int = 0, sessions: str = "calendar"
) -> FloatPanel:
    """Bias-corrected skewness."""
    return each_window([x], window, min_periods, sessions, _skewness)


def kurt(
    x: FloatPanel, window: int, min_periods: int = 0, sessions: str = "calendar"
) -> FloatPanel:
    """Bias-corrected excess kurtosis."""
    return each_window([x], window, min_periods, sessions, _excess)


def ts_moment(
    x: FloatPanel, window: int, k: int, min_periods: int = 0, sessions: str = "calendar"
) -> FloatPanel:
    """Central moment of order k."""
    return each_window([x], window, min_periods, sessions, lambda w: _power(w, k) / _number(w))


def ts_zscore(
    x: FloatPanel, window: int, min_periods: int = 0, sessions: str = "calendar"
) -> FloatPanel:
    """Distance of today from the mean in deviations."""

    def cut(w: FloatPanel) -> FloatPanel:
        deviation = np.sqrt(_power(w, 2) / (_number(w) - 1))
        value = (w[-1] - centred(w)[1]) / deviation
        return np.where((deviation > 0) & np.isfinite(deviation), value, np.nan)

    return each_window([x], window, min_periods, sessions, cut)


def mad(x: FloatPanel, window: int, min_periods: int = 0, sessions: str = "calendar") -> FloatPanel:
    """Mean absolute deviation."""

    def cut(w: FloatPanel) -> FloatPanel:
        return total(np.abs(centred(w)[0])) / _number(w)

    return each_window([x], window, min_periods, sessions, cut)


def _pearson(x: FloatPanel, y: FloatPanel) -> FloatPanel:
    n = _number(x)
    r = _product(x, y) / (np.sqrt(_power(x, 2)) * np.sqrt(_power(y, 2)))
    edge = 1.0 - 8.0 * n * np.finfo(float).eps
    r = np.where(r >= edge, 1.0, np.where(r <= -edge, -1.0, r))
    return np.where(flat(x) | flat(y), np.nan, r)


def correlation(
    x: FloatPanel, y: FloatPanel, window: int, min_periods: int = 0, sessions: str = "calendar"
) -> FloatPanel:
    """Pearson correlation; NaN where either side is flat.

    Examples
    --------
    >>> correlation(np.array([[1.0], [2.0]]), np.array([[5.0], [3.0]]), 2).ravel()
    array([nan, -1.])
    """
    return each_window([x, y], window, min_periods, sessions, _pearson)


def covariance(
    x: FloatPanel,
    y: FloatPanel,
    window: int,
    ddof: int = 1,
    min_periods: int = 0,
    sessions: str = "calendar",
) -> FloatPanel:
    """Covariance over the window."""

    def cut(a: FloatPanel, b: FloatPanel) -> FloatPanel:
        freedom = _number(a) - ddof
        return np.where(freedom > 0, _product(a, b) / freedom, np.nan)

    return each_window([x, y], window, min_periods, sessions, cut)


def ts_partial_corr(
    x: FloatPanel,
    y: FloatPanel,
    z: FloatPanel,
    window: int,
    min_periods: int = 0,
    sessions: str = "calendar",
) -> FloatPanel:
    """Correlation of x and y with z held fixed."""

    def cut(a: FloatPanel, b: FloatPanel, c: FloatPanel) -> FloatPanel:
        ab, ac, bc = _pearson(a, b), _pearson(a, c), _pearson(b, c)
        return (ab - ac * bc) / np.sqrt((1 - ac * ac) * (1 - bc * bc))

    return each_window([x, y, z], window, min_periods, sessions, cut)


def ts_autocorr(
    x: FloatPanel, window: int, lag: int, min_periods: int = 0, sessions: str = "calendar"
) -> FloatPanel:
    """Correlation with its own past."""
    late = np.full(x.shape, np.nan)
    late[lag:] = x[: max(len(x) - lag, 0)]
    return correlation(x, late, window, min_periods, sessions)


TIME_MOMENTS: Mapping[str, Callable[..., FloatPanel]] = MappingProxyType(
    {
        "correlation": correlation,
        "covariance": covariance,
        "kurt": kurt,
        "mad": mad,
        "skew": skew,
        "stddev": stddev,
        "ts_autocorr": ts_autocorr,
        "ts_moment": ts_moment,
        "ts_partial_corr": ts_partial_corr,
        "ts_zscore": ts_zscore,
        "variance": variance,
    }
)
"""Canonical name → function(operands (T, N), *literals) → (T, N) float64."""
