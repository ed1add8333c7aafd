"""Slow truth for the kernel tests: every operator as plain NumPy over explicit windows and rows.

Windows are cut out one by one and evaluated in extended precision; nothing here is shared with
the package. Each function takes float64 arrays (T, N) and returns one.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

EXTENDED = np.longdouble


def finite(values: NDArray) -> NDArray:
    """Replace what is not finite by NaN."""
    return np.where(np.isfinite(values), values, np.nan)


def windowed(function: Callable[..., NDArray]) -> Callable[..., NDArray]:
    """Apply a function of complete windows (w, N) at every session; strict NaN."""

    def run(*series: NDArray, w: int) -> NDArray:
        out = np.full(series[0].shape, np.nan)
        for t in range(w - 1, series[0].shape[0]):
            windows = [one[t - w + 1 : t + 1].astype(EXTENDED) for one in series]
            missing = np.any([np.isnan(one).any(axis=0) for one in windows], axis=0)
            with np.errstate(all="ignore"):
                value = function(*windows)
            out[t] = np.where(missing, np.nan, value.astype(np.float64))
        return finite(out)

    return run


def sample_std(window: NDArray) -> NDArray:
    """Return the standard deviation with n - 1, exactly 0 for a constant window."""
    spread = window.std(axis=0, ddof=1) if len(window) > 1 else np.full(window.shape[1], np.nan)
    return np.where((window == window[0]).all(axis=0) & (len(window) > 1), 0, spread)


def sample_covariance(x: NDArray, y: NDArray) -> NDArray:
    """Return the covariance with n - 1."""
    if len(x) == 1:
        return np.full(x.shape[1], np.nan)
    return ((x - x.mean(axis=0)) * (y - y.mean(axis=0))).sum(axis=0) / (len(x) - 1)


def pearson(x: NDArray, y: NDArray) -> NDArray:
    """Return the correlation, NaN where a side is constant."""
    dx, dy = x - x.mean(axis=0), y - y.mean(axis=0)
    xx, yy = (dx**2).sum(axis=0), (dy**2).sum(axis=0)
    flat = (xx <= 1e-24 * (x**2).sum(axis=0) * len(x)) | (yy <= 1e-24 * (y**2).sum(axis=0) * len(y))
    return np.where(flat, np.nan, np.clip((dx * dy).sum(axis=0) / np.sqrt(xx * yy), -1, 1))


def share_below(window: NDArray) -> NDArray:
    """Return the average rank of the last row over the length."""
    last = window[-1]
    return ((window < last).sum(axis=0) + ((window == last).sum(axis=0) + 1) / 2) / len(window)


def linear_decay(window: NDArray) -> NDArray:
    """Return the mean with weights 1 .. w, newest heaviest."""
    weights = np.arange(1, len(window) + 1, dtype=EXTENDED)
    return (window * weights[:, None]).sum(axis=0) / weights.sum()


WINDOWS: dict[str, tuple[int, Callable[..., NDArray]]] = {
    "ts_sum": (1, windowed(lambda x: x.sum(axis=0))),
    "ts_mean": (1, windowed(lambda x: x.sum(axis=0) / len(x))),
    "stddev": (1, windowed(sample_std)),
    "ts_min": (1, windowed(lambda x: x.min(axis=0))),
    "ts_max": (1, windowed(lambda x: x.max(axis=0))),
    "ts_argmin": (1, windowed(lambda x: x.argmin(axis=0) + 1.0)),
    "ts_argmax": (1, windowed(lambda x: x.argmax(axis=0) + 1.0)),
    "ts_rank": (1, windowed(share_below)),
    "decay_linear": (1, windowed(linear_decay)),
    "correlation": (2, windowed(pearson)),
    "covariance": (2, windowed(sample_covariance)),
}


def truth_value(x: float) -> bool | None:
    """Read a number as a three-valued truth."""
    return None if math.isnan(x) else x != 0


def conjunction(a: float, b: float) -> float:
    """Kleene and."""
    pair = (truth_value(a), truth_value(b))
    return 0.0 if False in pair else (math.nan if None in pair else 1.0)


def disjunction(a: float, b: float) -> float:
    """Kleene or."""
    pair = (truth_value(a), truth_value(b))
    return 1.0 if True in pair else (math.nan if None in pair else 0.0)


def real_power(x: float, a: float) -> float:
    """x to the a in the reals."""
    if math.isnan(x) or math.isnan(a) or (x < 0 and a != round(a)) or (x == 0 and a < 0):
        return math.nan
    try:
        return math.pow(x, a)
    except OverflowError:
        return math.nan


def signed_power(x: float, a: float) -> float:
    """sign(x) |x|^a."""
    if math.isnan(x):
        return math.nan
    value = real_power(abs(x), a)
    return math.nan if math.isnan(value) else (value if x > 0 else -value if x < 0 else 0.0)


def known(test: Callable[..., object]) -> Callable[..., float]:
    """Give NaN when an operand is NaN, else the value of the test."""
    return lambda *args: math.nan if any(math.isnan(a) for a in args) else float(test(*args))


ELEMENTS: dict[str, tuple[int, Callable[..., float]]] = {
    "copy": (1, lambda a: a),
    "add": (2, lambda a, b: a + b),
    "subtract": (2, lambda a, b: a - b),
    "multiply": (2, lambda a, b: a * b),
    "divide": (2, lambda a, b: math.nan if b == 0 else a / b),
    "negate": (1, lambda a: -a),
    "power": (2, real_power),
    "abs": (1, abs),
    "sign": (1, known(lambda a: (a > 0) - (a < 0))),
    "log": (1, lambda a: math.log(a) if a > 0 else math.nan),
    "signedpower": (2, signed_power),
    "minimum": (2, known(min)),
    "maximum": (2, known(max)),
    "where": (3, lambda c, a, b: math.nan if math.isnan(c) else (a if c != 0 else b)),
    "less": (2, known(lambda a, b: a < b)),
    "less_equal": (2, known(lambda a, b: a <= b)),
    "greater": (2, known(lambda a, b: a > b)),
    "greater_equal": (2, known(lambda a, b: a >= b)),
    "equal": (2, known(lambda a, b: a == b)),
    "not_equal": (2, known(lambda a, b: a != b)),
    "and": (2, conjunction),
    "or": (2, disjunction),
    "not": (1, known(lambda a: a == 0)),
}


def elementwise(name: str, *operands: NDArray) -> NDArray:
    """Apply one elementwise operator cell by cell."""
    function = ELEMENTS[name][1]
    out = np.empty(operands[0].shape)
    for cell in np.ndindex(out.shape):
        out[cell] = function(*(float(one[cell]) for one in operands))
    return finite(out)


def average_ranks(row: NDArray) -> NDArray:
    """Average rank over count, from the sorted row."""
    ordered = np.sort(row)
    low, high = np.searchsorted(ordered, row, "left"), np.searchsorted(ordered, row, "right")
    return (low + 1 + high) / 2 / len(row)


def standardised(row: NDArray) -> NDArray:
    """(x - mean) / std with n - 1, NaN for a flat row."""
    row = row.astype(EXTENDED)
    deviation = row - row.mean()
    square = (deviation**2).sum()
    if len(row) < 2 or square <= 1e-24 * (row**2).sum() * len(row):
        return np.full(len(row), np.nan)
    return deviation / np.sqrt(square / (len(row) - 1))


def scaled(row: NDArray) -> NDArray:
    """Divide by the sum of magnitudes."""
    total = np.abs(row).sum()
    return row / total if total > 0 else np.full(len(row), np.nan)


SECTIONS: dict[str, Callable[[NDArray], NDArray]] = {
    "rank": average_ranks,
    "zscore": standardised,
    "demean": lambda row: row - row.astype(EXTENDED).mean(),
    "scale": scaled,
}


def section(name: str, x: NDArray, mask: NDArray) -> NDArray:
    """Apply one cross-sectional operator row by row inside the mask."""
    out = np.full(x.shape, np.nan)
    for t in range(len(x)):
        use = mask[t] & ~np.isnan(x[t])
        if use.any():
            out[t, use] = SECTIONS[name](x[t, use])
    return finite(out)


def neutral(x: NDArray, groups: NDArray, mask: NDArray) -> NDArray:
    """x minus the mean of its group inside the mask."""
    out = np.full(x.shape, np.nan)
    for t in range(len(x)):
        codes = groups[t % len(groups)]
        for code in set(codes[codes >= 0].tolist()):
            use = mask[t] & ~np.isnan(x[t]) & (codes == code)
            if use.any():
                out[t, use] = x[t, use] - x[t, use].astype(EXTENDED).mean()
    return out
