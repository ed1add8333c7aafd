"""Qlib's words as Qlib computes them, in plain pandas, and the same words with strict windows.

`QLIB` keeps Qlib's quirks: windows of one value and more, a NaN that IdxMax takes for the largest,
comparisons with NaN that are false, lines through two points.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from agreement_plain import (
    SIGNS,
    corr,
    cov,
    delay,
    delta,
    known,
    line,
    over_pairs,
    over_time,
    ts_rank,
    windows,
)
from agreement_plain import std as strict_std
from agreement_text import House, Values

__all__ = ["QLIB", "QLIB_STRICT"]

FLAT = 2e-5


def rolling(name: str, *arguments: Any, **named: Any) -> Callable[..., Values]:
    """A method of pandas' rolling windows that takes what it finds."""

    def run(x: Values, d: float, *more: Any) -> Values:
        window = pd.DataFrame(x).rolling(int(d), min_periods=1)
        return getattr(window, name)(*more, *arguments, **named).to_numpy()

    return run


def two_points(x: Values, d: float, out: str) -> Values:
    """Line through the known values of a window at their places, from two values on."""

    def run(w: Values) -> Values:
        places = np.where(np.isnan(w), np.nan, np.arange(1.0, w.shape[-1] + 1))
        count = np.isfinite(w).sum(axis=-1)
        px = places - (np.nansum(places, axis=-1) / count)[..., None]
        mean = np.nansum(w, axis=-1) / count
        py = w - mean[..., None]
        xx, yy, xy = (np.nansum(part, axis=-1) for part in (px * px, py * py, px * py))
        slope = np.where(count < 2, np.nan, xy / xx)
        if out == "slope":
            return slope
        if out == "rsquare":
            return np.where(np.sqrt(yy / (count - 1)) <= FLAT, np.nan, xy * xy / (xx * yy))
        return py[..., -1] - slope * px[..., -1]

    return windows(run, d, x)


def paired(name: str, x: Values, y: Values, d: float) -> Values:
    left, right = pd.DataFrame(x), pd.DataFrame(y)
    found = getattr(left.rolling(int(d), min_periods=1), name)(right).to_numpy()
    if name == "corr":
        deviations = [one.rolling(int(d), min_periods=1).std() for one in (left, right)]
        found = np.where((deviations[0] <= FLAT) | (deviations[1] <= FLAT), np.nan, found)
    return found


def false_if_unknown(test: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Values]:
    return lambda x, y: test(x, y).astype(float)


COMMON: dict[str, Callable[..., Any]] = {
    "ref": delay,
    "delta": delta,
    "abs": np.abs,
    "sign": np.sign,
    "log": np.log,
    "greater": np.maximum,
    "less": np.minimum,
}

QLIB = House(
    functions={
        **COMMON,
        "sum": rolling("sum"),
        "mean": rolling("mean"),
        "std": rolling("std"),
        "max": rolling("max"),
        "min": rolling("min"),
        "rank": rolling("rank", pct=True),
        "quantile": rolling("quantile"),
        "idxmax": rolling("apply", lambda w: w.argmax() + 1, raw=True),
        "idxmin": rolling("apply", lambda w: w.argmin() + 1, raw=True),
        "slope": partial(two_points, out="slope"),
        "rsquare": partial(two_points, out="rsquare"),
        "resi": partial(two_points, out="resi"),
        "corr": partial(paired, "corr"),
        "cov": partial(paired, "cov"),
    },
    signs={
        **SIGNS,
        ">": false_if_unknown(np.greater),
        "<": false_if_unknown(np.less),
        ">=": false_if_unknown(np.greater_equal),
        "<=": false_if_unknown(np.less_equal),
    },
)
"""Windows that take what they find."""

QLIB_STRICT = House(
    functions={
        **COMMON,
        "sum": over_time(partial(np.sum, axis=-1)),
        "mean": over_time(partial(np.mean, axis=-1)),
        "std": over_time(strict_std),
        "max": over_time(partial(np.max, axis=-1)),
        "min": over_time(partial(np.min, axis=-1)),
        "rank": over_time(known(ts_rank)),
        "quantile": lambda x, d, q: windows(partial(np.quantile, q=q, axis=-1), d, x),
        "idxmax": over_time(known(lambda w: w.argmax(axis=-1) + 1.0)),
        "idxmin": over_time(known(lambda w: w.argmin(axis=-1) + 1.0)),
        "slope": over_time(partial(line, out="slope")),
        "rsquare": over_time(partial(line, out="rsquare")),
        "resi": over_time(partial(line, out="resi")),
        "corr": over_pairs(corr),
        "cov": over_pairs(cov),
    },
    signs=SIGNS,
)
"""Strict windows, comparisons of which nothing is known where a side is NaN."""
