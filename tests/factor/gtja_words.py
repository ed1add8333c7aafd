"""A random market and the report's functions in plain pandas: the slow truth of its formulas."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pandas as pd

SESSIONS = 560
Frame = pd.DataFrame


def market(assets: int) -> SimpleNamespace:
    """A random market: prices in hundredths, so that they repeat; some sessions without range."""
    random = np.random.default_rng(191)
    shape = (SESSIONS, assets)
    close = np.round(20 * np.exp(np.cumsum(random.normal(0, 0.012, shape), axis=0)), 2)
    open_ = np.round(close * np.exp(random.normal(0, 0.006, shape)), 2)
    high = np.round(np.maximum(open_, close) * (1 + np.abs(random.normal(0, 0.006, shape))), 2)
    low = np.round(np.minimum(open_, close) * (1 - np.abs(random.normal(0, 0.006, shape))), 2)
    for values in (open_, high, low):
        values[300, 2] = close[300, 2]
    volume = np.round(np.exp(random.normal(12, 0.5, shape)))
    vwap = (high + low + close) / 3
    index = 3000 * np.exp(np.cumsum(random.normal(0, 0.01, SESSIONS)))
    factors = {name: random.normal(0, 0.01, SESSIONS) for name in ("ff_mkt", "ff_smb", "ff_hml")}
    wide = {
        "benchmark_close": index,
        "benchmark_open": index * np.exp(random.normal(0, 0.005, SESSIONS)),
        **factors,
    }
    returns = np.full(shape, np.nan)
    returns[1:] = close[1:] / close[:-1] - 1
    frames = {"open": open_, "high": high, "low": low, "close": close, "volume": volume}
    frames |= {"vwap": vwap, "amount": vwap * volume, "returns": returns}
    frames |= {name: np.repeat(values[:, None], assets, axis=1) for name, values in wide.items()}
    return SimpleNamespace(**{name: Frame(values) for name, values in frames.items()})


MARKET = market(7)
CROWDED = market(32)
"""Among few assets, slow series keep their ranks for days, and their correlations are undefined."""


def rank(x: Frame) -> Frame:
    return x.rank(axis=1, pct=True)


def tsrank(x: Frame, d: int) -> Frame:
    return x.rolling(d).rank(pct=True)


def std(x: Frame, d: int) -> Frame:
    return x.rolling(d).std(ddof=0)


def corr(x: Frame, y: Frame, d: int) -> Frame:
    return x.rolling(d).corr(y)


def weighted(x: Frame, weights: np.ndarray) -> Frame:
    """Mean of the window with weights, oldest first."""
    rolled = x.rolling(len(weights))
    return rolled.apply(lambda w: np.average(w, weights=weights), raw=True)


def decay(x: Frame, d: int) -> Frame:
    return weighted(x, np.arange(1.0, d + 1))


def wma(x: Frame, d: int) -> Frame:
    return weighted(x, 0.9 ** np.arange(d - 1.0, -1, -1))


def sma(x: Frame, n: int, m: int) -> Frame:
    """The report's recursion, from the first value on."""
    return x.ewm(alpha=m / n, adjust=False).mean().where(x.notna())


def slope(x: Frame, d: int) -> Frame:
    return x.rolling(d).apply(lambda w: np.polyfit(np.arange(d), w, 1)[0], raw=True)


def where(condition: Frame, x: Frame | float, y: Frame | float) -> Frame:
    """`x` or `y`, NaN where either side of the choice is not known."""
    return Frame(np.where(condition, x, y), index=range(SESSIONS))


def since(x: Frame, d: int, extreme: Callable[[np.ndarray], int]) -> Frame:
    return x.rolling(d).apply(lambda w: d - 1 - extreme(w), raw=True)
