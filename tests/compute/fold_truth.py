"""Slow truth of the folds: windows laid out side by side, evaluated in extended precision.

A window is a row (…, w), oldest session first, NaN where a session does not count. Nothing here is
shared with the package: `layout` cuts the windows out, and each function of ``FOLDS`` says what one
of them gives.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

EXTENDED = np.longdouble


def layout(series: Sequence[NDArray], w: int, traded: bool = False) -> list[NDArray]:
    """Windows (T, N, w) of every session; a session counts where all series have a value."""
    present = ~np.any([np.isnan(one) for one in series], axis=0)
    known = [np.where(present, one, np.nan).astype(EXTENDED) for one in series]
    if traded:
        return [_compact(one, present, w) for one in known]
    before = np.full((w - 1, known[0].shape[1]), np.nan, dtype=EXTENDED)
    padded = [np.concatenate([before, one]) for one in known]
    return [np.lib.stride_tricks.sliding_window_view(one, w, axis=0) for one in padded]


def _compact(values: NDArray, present: NDArray, w: int) -> NDArray:
    windows = np.full((*values.shape, w), np.nan, dtype=EXTENDED)
    for t, j in zip(*np.nonzero(present), strict=True):
        first = max(0, t - 2 * w + 1)
        rows = [row for row in range(first, t + 1) if present[row, j]][-w:]
        if len(rows) == w:
            windows[t, j] = values[rows, j]
    return windows


def number(x: NDArray) -> NDArray:
    """How many sessions count."""
    return (~np.isnan(x)).sum(axis=-1).astype(EXTENDED)


def deviations(x: NDArray) -> NDArray:
    """Distances from the mean; from one of the values first, so that equal values have none."""
    up = x - np.fmin.reduce(x, axis=-1)[..., None]
    return up - (np.nansum(up, axis=-1) / number(x))[..., None]


def spread(x: NDArray, y: NDArray | None = None) -> NDArray:
    """Sum of products of deviations."""
    return np.nansum(deviations(x) * deviations(x if y is None else y), axis=-1)


def guarded(x: NDArray) -> NDArray:
    """Sum of squared deviations, NaN where it is nothing beside the values."""
    square = spread(x)
    return np.where(square <= 1e-24 * np.nansum(x * x, axis=-1) * number(x), np.nan, square)


def over(sums: NDArray, x: NDArray, ddof: float) -> NDArray:
    """A sum over its degrees of freedom."""
    return np.where(number(x) > ddof, sums / (number(x) - ddof), np.nan)


def pearson(x: NDArray, y: NDArray) -> NDArray:
    """Correlation; within 8 n roundings of -1 or 1 it is that."""
    r = spread(x, y) / np.sqrt(guarded(x)) / np.sqrt(guarded(y))
    return np.where(np.abs(r) >= 1 - 8 * number(x) * 2.0**-52, np.sign(r), r)


def partial(x: NDArray, y: NDArray, z: NDArray) -> NDArray:
    """Correlation of what lines on z leave of x and y."""
    xy, xz, yz = pearson(x, y), pearson(x, z), pearson(y, z)
    return (xy - xz * yz) / np.sqrt((1 - xz * xz) * (1 - yz * yz))


def standing(x: NDArray) -> NDArray:
    """Distance of today from the mean in deviations."""
    return deviations(x)[..., -1] / np.sqrt(over(spread(x), x, 1))


def skewness(x: NDArray) -> NDArray:
    """Adjusted Fisher-Pearson coefficient, from moments."""
    n, cube = number(x), np.nansum(deviations(x) ** 3, axis=-1)
    g = (cube / n) / (guarded(x) / n) ** EXTENDED(1.5)
    return np.where(n > 2, g * np.sqrt(n * (n - 1)) / (n - 2), np.nan)


def excess(x: NDArray) -> NDArray:
    """Sample excess kurtosis, from moments."""
    n, fourth = number(x), np.nansum(deviations(x) ** 4, axis=-1)
    g = (fourth / n) / (guarded(x) / n) ** 2 - 3
    return np.where(n > 3, (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * g + 6), np.nan)


def first_of(x: NDArray, sign: int) -> NDArray:
    """Place in the row of the first extreme, the largest for sign 1."""
    return np.argmax(np.where(np.isnan(x), -np.inf, sign * x), axis=-1)


def place(x: NDArray, sign: int) -> NDArray:
    """Counted from the oldest value there is, from 1."""
    return first_of(x, sign) - np.argmax(~np.isnan(x), axis=-1) + EXTENDED(1)


def ago(x: NDArray, sign: int) -> NDArray:
    """Sessions since."""
    return x.shape[-1] - 1 - first_of(x, sign).astype(EXTENDED)


def deepest(x: NDArray) -> NDArray:
    """Largest loss from the highest value so far."""
    highest = np.fmax.accumulate(x, axis=-1)
    return np.fmax.reduce(1 - x / highest, axis=-1)


def weighted(x: NDArray, weights: NDArray) -> NDArray:
    """Mean with the weights of what is there."""
    return np.nansum(weights * x, axis=-1) / np.where(np.isnan(x), 0, weights).sum(axis=-1)


def line(y: NDArray, x: NDArray, out: str) -> NDArray:
    """Least squares of y on x."""
    n, xx, xy = number(x), guarded(x), spread(x, y)
    slope = np.where(n > 2, xy / xx, np.nan)
    mx, my = np.nansum(x, axis=-1) / n, np.nansum(y, axis=-1) / n
    left = np.nansum((deviations(y) - slope[..., None] * deviations(x)) ** 2, axis=-1)
    left = np.where(left <= 8 * n * 2.0**-52 * spread(y), 0, left)
    se = np.sqrt(left / (n - 2) / xx) + 0 * slope
    fitted = my + slope * deviations(x)[..., -1]
    return {
        "slope": slope,
        "intercept": my - slope * mx,
        "fitted": fitted,
        "resid": y[..., -1] - fitted,
        "rsquare": slope * xy / guarded(y),
        "tstat": slope / se,
        "se": se,
    }[out]


def trend(x: NDArray, out: str) -> NDArray:
    """Least squares on the sessions 1 … w; two are enough."""
    k = np.where(np.isnan(x), np.nan, np.arange(1, x.shape[-1] + 1, dtype=EXTENDED))
    n = number(x)
    slope = np.where(n > 1, spread(x, k) / spread(k), np.nan)
    intercept = np.nansum(x, axis=-1) / n - slope * np.nansum(k, axis=-1) / n
    return {
        "slope": slope,
        "intercept": intercept,
        "resid": x[..., -1] - intercept - slope * x.shape[-1],
        "rsquare": np.where(n > 1, spread(x, k) ** 2 / spread(k) / guarded(x), np.nan),
    }[out]


def recursion(a: NDArray, b: NDArray, init: float) -> NDArray:
    """Y = a Y + b."""
    state = np.full(a.shape[:-1], init, dtype=EXTENDED)
    for i in range(a.shape[-1]):
        state = a[..., i] * state + b[..., i]
    return state


def ages(x: NDArray) -> NDArray:
    """Sessions back from today."""
    return np.arange(x.shape[-1] - 1, -1, -1, dtype=EXTENDED)


Fold = tuple[int, tuple, Callable[..., NDArray]]

FOLDS: dict[str, Fold] = {
    "ts_sum": (1, (), lambda x: np.nansum(x, axis=-1)),
    "ts_mean": (1, (), lambda x: np.nansum(x, axis=-1) / number(x)),
    "ts_product": (1, (), lambda x: np.nanprod(x, axis=-1)),
    "ts_min": (1, (), lambda x: np.fmin.reduce(x, axis=-1)),
    "ts_max": (1, (), lambda x: np.fmax.reduce(x, axis=-1)),
    "ts_argmax": (1, (), lambda x: place(x, 1)),
    "ts_argmin": (1, (), lambda x: place(x, -1)),
    "days_since_max": (1, (), lambda x: ago(x, 1)),
    "days_since_min": (1, (), lambda x: ago(x, -1)),
    "ts_maxdd": (1, (), deepest),
    "variance": (1, (1,), lambda x, ddof: over(spread(x), x, ddof)),
    "stddev": (1, (0,), lambda x, ddof: np.sqrt(over(spread(x), x, ddof))),
    "covariance": (2, (1,), lambda x, y, ddof: over(spread(x, y), x, ddof)),
    "mad": (1, (), lambda x: np.nansum(np.abs(deviations(x)), axis=-1) / number(x)),
    "skew": (1, (), skewness),
    "kurt": (1, (), excess),
    "ts_moment": (1, (3,), lambda x, k: np.nansum(deviations(x) ** k, axis=-1) / number(x)),
    "correlation": (2, (), pearson),
    "ts_partial_corr": (3, (), partial),
    "ts_zscore": (1, (), standing),
    "decay_linear": (1, (), lambda x: weighted(x, x.shape[-1] - ages(x))),
    "decay_exp": (1, (0.9,), lambda x, f: weighted(x, EXTENDED(f) ** ages(x))),
    "ts_regression": (2, ("slope",), line),
    "ts_slope": (1, (), lambda x: trend(x, "slope")),
    "ts_intercept": (1, (), lambda x: trend(x, "intercept")),
    "ts_resid": (1, (), lambda x: trend(x, "resid")),
    "ts_rsquare": (1, (), lambda x: trend(x, "rsquare")),
}
"""Name → operands, literals after the window, function of windows. All take the usual policy."""


def expected(
    name: str, series: Sequence[NDArray], w: int, least: int = 0, traded: bool = False
) -> NDArray:
    """What the operator should give, (T, N) float64."""
    _, literals, function = FOLDS[name]
    windows = layout(series, w, traded)
    with np.errstate(all="ignore"):
        values = function(*windows, *literals)
        values = np.where(number(windows[0]) >= (least or w), values, np.nan).astype(np.float64)
    return np.where(np.isfinite(values), values, np.nan)


def condition(name: str, series: Sequence[NDArray], w: int, traded: bool = False) -> NDArray:
    """How much the definition magnifies the rounding of its parts, (T, N)."""
    if name != "ts_partial_corr":
        return np.ones(series[0].shape)
    x, y, z = layout(series, w, traded)
    with np.errstate(all="ignore"):
        left = (1 - pearson(x, z) ** 2) * (1 - pearson(y, z) ** 2)
        return np.fmax(1 / left, 1).astype(np.float64)
