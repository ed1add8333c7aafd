"""A market of random prices with gaps, and a factor with ties, for the builders of weights."""

from __future__ import annotations

import numpy as np

from workbench.market import ArraySource, Assets, Market, Panel, Sessions

__all__ = ["factor_market", "tied_factor"]


def factor_market(n_sessions: int = 40, n_assets: int = 17, seed: int = 3) -> Market:
    """Random walks; one bar in ten is missing, the universe leaves out one cell in five."""
    rng = np.random.default_rng(seed)
    days = np.busday_offset("2019-01-02", np.arange(n_sessions))
    sessions = Sessions(days)
    assets = Assets([f"{number:06d}.SZ" for number in range(1, n_assets + 1)])
    close = 10 * np.exp(rng.normal(0, 0.02, (n_sessions, n_assets)).cumsum(axis=0))
    close[rng.random(close.shape) < 0.1] = np.nan
    member = Panel(rng.random(close.shape) > 0.2, sessions, assets, "member")
    source = ArraySource(sessions, assets, {"close": close, "open": close})
    return Market(source, adjust="none", universe=member)


def tied_factor(market: Market, seed: int = 4) -> Panel:
    """Whole numbers 0 … 5, so that many tie; one in ten is missing."""
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 6, market.shape).astype(np.float64)
    values[rng.random(values.shape) < 0.1] = np.nan
    return Panel(values, market.sessions, market.assets, "tied")
