"""Random small markets where everything happens: gaps, limits, splits, suspensions, delistings."""

from __future__ import annotations

import numpy as np

from workbench.market import ArraySource, Assets, Market, Sessions
from workbench.portfolio import Weights

__all__ = ["ASSETS", "random_market", "random_weights"]

ASSETS = ("000001.SZ", "300750.SZ", "600519.SH", "688981.SH")


def random_market(seed: int, n_sessions: int = 14) -> Market:
    """Prices on the tick inside the ±10 % band, often at its edge, around the stamp duty cut."""
    rng = np.random.default_rng(seed)
    days = np.busday_offset("2023-08-15", np.arange(n_sessions))
    shape = (n_sessions, len(ASSETS))
    close, opened, reference, factor = (np.full(shape, np.nan) for _ in range(4))
    listed = np.ones(shape)
    last, factor_now = rng.uniform(3, 60, 4).round(2), np.ones(4)
    for row in range(n_sessions):
        ratio = np.where(rng.random(4) < 0.1, rng.choice([2.0, 1.3, 1.0173, 0.5], 4), 1.0)
        factor_now = factor_now * ratio
        last = (last / ratio).round(2)
        move = rng.choice([-0.1, -0.03, 0.0, 0.02, 0.1], size=(2, 4))
        opened[row] = np.floor(last * (1 + move[0]) * 100 + 0.5 + 1e-6) / 100
        close[row] = np.floor(last * (1 + move[1]) * 100 + 0.5 + 1e-6) / 100
        reference[row], factor[row] = last, factor_now
        last = close[row]
    suspended = rng.random(shape) < 0.12
    for values in (close, opened, reference, factor):
        values[suspended] = np.nan
    if rng.random() < 0.5:
        gone = int(rng.integers(3, n_sessions))
        listed[gone:, int(rng.integers(4))] = 0
    for values in (close, opened, reference, factor):
        values[listed == 0] = np.nan
    fields = {
        "open": opened,
        "close": close,
        "low": np.fmin(opened, close),
        "high": np.fmax(opened, close),
        "pre_close": reference,
        "adj_factor": factor,
        "listed": listed,
        "volume": np.where(np.isnan(close), np.nan, 1e6),
        "amount": 1e6 * (opened + close) / 2,
    }
    return Market(ArraySource(Sessions(days), Assets(ASSETS), fields), adjust="hfq")


def random_weights(market: Market, seed: int) -> Weights:
    """Decisions on half of the sessions, some of them all cash, some fully invested."""
    rng = np.random.default_rng(seed + 1)
    values = rng.dirichlet(np.ones(4), size=market.shape[0])
    values *= rng.choice([0.0, 0.5, 1.0], size=(market.shape[0], 1), p=[0.1, 0.3, 0.6])
    values[rng.random(market.shape) < 0.3] = 0.0
    values[rng.random(market.shape[0]) < 0.5] = np.nan
    return Weights(values, market.sessions, market.assets, "random")
