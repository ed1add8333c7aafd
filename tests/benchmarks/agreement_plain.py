"""Plain NumPy and pandas meanings of the published words, for the agreement tables.

Each function is written from the definition in its source, one window at a time and without any
code of `workbench`. The conventions are this project's, said once more: a window with a hole is
NaN, ±inf is NaN where it arises, a comparison with NaN is NaN. `WQ101` is the table of
WorldQuant's appendix; `agreement_qlib` and `agreement_gtja` have the others.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from agreement_text import House, Values
from numpy.lib.stride_tricks import sliding_window_view

__all__ = ["SIGNS", "WQ101"]

BLOCK = 8_000_000  # numbers in memory at once: T × columns × window


def windows(function: Callable[..., Values], d: float, *panels: Any) -> Values:
    """Apply a function of (T, columns, d) windows, padded with NaN before the data."""
    d = int(d)
    shape = np.broadcast_shapes(*(np.shape(x) for x in panels))
    full = [np.broadcast_to(np.asarray(x, dtype=np.float64), shape) for x in panels]
    step = max(1, BLOCK // (shape[0] * d))
    out = np.empty(shape)
    for first in range(0, shape[1], step):
        views = [
            sliding_window_view(
                np.pad(x[:, first : first + step], ((d - 1, 0), (0, 0)), constant_values=np.nan),
                d,
                axis=0,
            )
            for x in full
        ]
        out[:, first : first + step] = function(*views)
    return out


def known(function: Callable[[Values], Values]) -> Callable[[Values], Values]:
    """Give NaN where the window has a hole, for functions that would not."""
    return lambda w: np.where(np.isnan(w).any(axis=-1), np.nan, function(w))


def moments(x: Values, y: Values) -> tuple[Values, Values, Values]:
    """Sums of squares and products about the means, over pairs."""
    hole = np.isnan(x) | np.isnan(y)
    x, y = np.where(hole, np.nan, x), np.where(hole, np.nan, y)
    dx, dy = x - x.mean(axis=-1, keepdims=True), y - y.mean(axis=-1, keepdims=True)
    return (dx * dx).sum(axis=-1), (dy * dy).sum(axis=-1), (dx * dy).sum(axis=-1)


def flat(x: Values, spread: Values) -> Values:
    """Whether a window is constant but for rounding."""
    return spread <= 1e-24 * (x * x).sum(axis=-1) * x.shape[-1]


def corr(x: Values, y: Values) -> Values:
    xx, yy, xy = moments(x, y)
    return np.where(flat(x, xx) | flat(y, yy), np.nan, np.clip(xy / np.sqrt(xx * yy), -1, 1))


def cov(x: Values, y: Values, ddof: int = 1) -> Values:
    return moments(x, y)[2] / (x.shape[-1] - ddof)


def std(w: Values, ddof: int = 1) -> Values:
    constant = (w == w[..., :1]).all(axis=-1)
    return np.where(constant, 0.0, np.sqrt(w.var(axis=-1, ddof=ddof)))


def ts_rank(w: Values) -> Values:
    last = w[..., -1:]
    return ((w < last).sum(axis=-1) + ((w == last).sum(axis=-1) + 1) / 2) / w.shape[-1]


def line(w: Values, out: str) -> Values:
    """Straight line through the window, at 1 … d."""
    x = np.broadcast_to(np.arange(1.0, w.shape[-1] + 1), w.shape)
    xx, yy, xy = moments(x, w)
    slope = xy / xx
    if out == "slope":
        return slope
    if out == "rsquare":
        return np.where(flat(w, yy), np.nan, xy * xy / (xx * yy))
    return w[..., -1] - (w.mean(axis=-1) + slope * (x[..., -1] - x.mean(axis=-1)))


def decay(w: Values) -> Values:
    weights = np.arange(1.0, w.shape[-1] + 1)
    return w @ (weights / weights.sum())


def rank(x: Values) -> Values:
    return pd.DataFrame(x).rank(axis=1, pct=True).to_numpy()


def scale(x: Values, a: float = 1.0) -> Values:
    return a * x / np.nansum(np.abs(x), axis=1, keepdims=True)


def indneutralize(x: Values, groups: Values) -> Values:
    """Less the mean of the group; groups are one code an asset."""
    means = pd.DataFrame(x).T.groupby(groups).transform("mean").T
    return x - means.to_numpy()


def delay(x: Values, d: float) -> Values:
    return pd.DataFrame(x).shift(int(d)).to_numpy()


def delta(x: Values, d: float = 1) -> Values:
    return x - delay(x, d)


def over_time(function: Callable[..., Values]) -> Callable[[Values, float], Values]:
    return lambda x, d: windows(function, d, x)


def over_pairs(function: Callable[..., Values]) -> Callable[[Values, Values, float], Values]:
    return lambda x, y, d: windows(function, d, x, y)


def extreme(
    along: Callable[[Values], Values], between: Callable[[Any, Any], Any]
) -> Callable[[Any, Any], Any]:
    """``max(x, 5)`` is over five sessions, ``max(x, y)`` between two panels."""
    return lambda x, y: windows(along, y, x) if isinstance(y, float) else between(x, y)


def three_valued(test: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Values]:
    """A comparison of which nothing is known where a side is NaN."""
    return lambda x, y: np.where(np.isnan(x) | np.isnan(y), np.nan, test(x, y).astype(float))


def power(x: Any, y: Any) -> Values:
    """NumPy's 1 ** NaN and NaN ** 0 are 1; nothing is known of them here."""
    return np.where(np.isnan(x) | np.isnan(y), np.nan, np.power(x, y))


def either(x: Values, y: Values) -> Values:
    return np.where((x == 1) | (y == 1), 1.0, np.where(np.isnan(x) | np.isnan(y), np.nan, 0.0))


def both(x: Values, y: Values) -> Values:
    return np.where((x == 0) | (y == 0), 0.0, np.where(np.isnan(x) | np.isnan(y), np.nan, 1.0))


SIGNS: dict[str, Callable[..., Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "%": np.mod,
    "^": power,
    "**": power,
    "minus": np.negative,
    "<": three_valued(np.less),
    "<=": three_valued(np.less_equal),
    ">": three_valued(np.greater),
    ">=": three_valued(np.greater_equal),
    "==": three_valued(np.equal),
    "=": three_valued(np.equal),
    "!=": three_valued(np.not_equal),
    "&": both,
    "&&": both,
    "|": either,
    "||": either,
    "or": either,
    "and": both,
    "!": lambda x: 1.0 - x,
    "?": lambda c, x, y: np.where(np.isnan(c), np.nan, np.where(c == 1, x, y)),
}

WQ101 = House(
    functions={
        "abs": np.abs,
        "log": np.log,
        "sign": np.sign,
        "rank": rank,
        "scale": scale,
        "indneutralize": indneutralize,
        "delay": delay,
        "delta": delta,
        "signedpower": lambda x, a: np.sign(x) * np.abs(x) ** a,
        "correlation": over_pairs(corr),
        "covariance": over_pairs(cov),
        "sum": over_time(partial(np.sum, axis=-1)),
        "product": over_time(partial(np.prod, axis=-1)),
        "stddev": over_time(std),
        "ts_min": over_time(partial(np.min, axis=-1)),
        "ts_max": over_time(partial(np.max, axis=-1)),
        "ts_argmax": over_time(known(lambda w: w.argmax(axis=-1) + 1.0)),
        "ts_argmin": over_time(known(lambda w: w.argmin(axis=-1) + 1.0)),
        "ts_rank": over_time(known(ts_rank)),
        "decay_linear": over_time(decay),
        "min": extreme(partial(np.min, axis=-1), np.minimum),
        "max": extreme(partial(np.max, axis=-1), np.maximum),
    },
    signs=SIGNS,
    section=frozenset({"rank", "scale", "indneutralize"}),
)
