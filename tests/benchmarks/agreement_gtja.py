"""GTJA's words in plain NumPy and pandas, from the appendix of its report.

STD and COVIANCE divide by d, WMA weighs by 0.9 to the age, TSRANK is a share, HIGHDAY counts from
today. SMA is a recursion; as everywhere in this project its history is cut where what came before
weighs less than a millionth, and it is NaN until there is as much history.
"""

from __future__ import annotations

import math
from functools import partial

import numpy as np
from agreement_plain import (
    SIGNS,
    WQ101,
    corr,
    cov,
    decay,
    delay,
    delta,
    flat,
    known,
    line,
    over_pairs,
    over_time,
    rank,
    std,
    ts_rank,
    windows,
)
from agreement_text import House, Values

__all__ = ["GTJA191"]

NEGLIGIBLE = 1e-6


def sma(x: Values, n: float, m: float) -> Values:
    """Y = (m x + (n - m) Y) / n over the last K sessions, beginning with their first value."""
    if m == n:
        return x
    memory = math.ceil(math.log(NEGLIGIBLE) / math.log(1 - m / n))

    def run(w: Values) -> Values:
        y = np.full(w.shape[:-1], np.nan)
        for x in np.moveaxis(w, -1, 0):
            begun = np.where(np.isnan(y), x, (m * x + (n - m) * y) / n)
            y = np.where(np.isnan(x), y, begun)
        return y

    found = np.where(np.isnan(x), np.nan, windows(run, memory, x))
    found[: memory - 1] = np.nan
    return found


def wma(w: Values) -> Values:
    weights = 0.9 ** np.arange(w.shape[-1] - 1.0, -1.0, -1.0)
    return w @ (weights / weights.sum())


def regbeta(*arguments: Values) -> Values:
    """Slope on another series, or on the numbers 1 … n."""
    if len(arguments) == 2:
        return windows(partial(line, out="slope"), arguments[1], arguments[0])
    y, x, d = arguments
    return slope(y, x, d, d)


def slope(y: Values, x: Values, d: float, least: float) -> Values:
    """Slope of y on x over the known pairs of the window, at least `least` of them."""

    def run(wy: Values, wx: Values) -> Values:
        hole = np.isnan(wy) | np.isnan(wx)
        wy, wx = np.where(hole, 0, wy), np.where(hole, 0, wx)
        count = (~hole).sum(axis=-1)
        my, mx = wy.sum(axis=-1) / count, wx.sum(axis=-1) / count
        dy = np.where(hole, 0, wy - my[..., None])
        dx = np.where(hole, 0, wx - mx[..., None])
        xx = (dx * dx).sum(axis=-1)
        return np.where((count < least) | flat(wx, xx), np.nan, (dx * dy).sum(axis=-1) / xx)

    return windows(run, d, y, x)


def regresi(y: Values, *rest: Values) -> Values:
    """Residual at t of y on factors that are the same for every asset."""
    *factors, d = rest
    d = int(d)
    found = np.full(y.shape, np.nan)
    for t in range(d - 1, len(y)):
        rows = slice(t - d + 1, t + 1)
        design = np.column_stack([np.ones(d), *(one[rows, 0] for one in factors)])
        whole = np.isfinite(y[rows]).all(axis=0)
        if np.isfinite(design).all() and whole.any():
            beta = np.linalg.lstsq(design, y[rows][:, whole], rcond=None)[0]
            found[t, whole] = y[t, whole] - design[-1] @ beta
    return found


def count(c: Values, d: float) -> Values:
    return windows(partial(np.sum, axis=-1), d, c)


def sumif(x: Values, d: float, c: Values) -> Values:
    """Sum of x where c holds; a false c adds nothing, an unknown one or an unknown x is NaN."""
    return windows(partial(np.sum, axis=-1), d, np.where(np.isnan(x) | np.isnan(c), np.nan, x * c))


def scan(a: Values, b: float, d: float) -> Values:
    """Y = a Y + b over the window, from 1."""
    found = np.ones_like(a)
    for age in reversed(range(int(d))):
        found = delay(a, age) * found + b
    return found


def since(along: str, w: Values) -> Values:
    return w.shape[-1] - 1.0 - getattr(w, along)(axis=-1)


GTJA191 = House(
    functions={
        **{name: WQ101.functions[name] for name in ("abs", "log", "sign", "sum")},
        "rank": rank,
        "corr": over_pairs(corr),
        "coviance": over_pairs(partial(cov, ddof=0)),
        "std": over_time(partial(std, ddof=0)),
        "delay": lambda x, d=1.0: delay(x, d),
        "delta": delta,
        "mean": over_time(partial(np.mean, axis=-1)),
        "ma": over_time(partial(np.mean, axis=-1)),
        "sumac": over_time(partial(np.sum, axis=-1)),
        "prod": over_time(partial(np.prod, axis=-1)),
        "tsmax": over_time(partial(np.max, axis=-1)),
        "tsmin": over_time(partial(np.min, axis=-1)),
        "tsrank": over_time(known(ts_rank)),
        "decaylinear": over_time(decay),
        "wma": over_time(wma),
        "sma": sma,
        "smean": sma,
        "count": count,
        "sumif": sumif,
        "filter": lambda x, c: np.where(c == 1, x, np.nan),
        "highday": over_time(known(partial(since, "argmax"))),
        "lowday": over_time(known(partial(since, "argmin"))),
        "max": np.maximum,
        "min": np.minimum,
        "regbeta": regbeta,
        "regresi": regresi,
        "scan_linear": scan,
        "ts_regression": lambda y, x, d, out, least: slope(y, x, d, least),
    },
    signs=SIGNS,
    fields={
        "vol": "volume",
        "ret": "returns",
        "mkt": "ff_mkt",
        "smb": "ff_smb",
        "hml": "ff_hml",
        "banchmarkindexopen": "benchmark_open",
        "banchmarkindexclose": "benchmark_close",
    },
    section=frozenset({"rank"}),
)
