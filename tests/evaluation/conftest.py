"""A small market with every trouble in it: holes, a late listing, a delisting, splits, ties."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.market import ArraySource, Assets, Market, Sessions

T, N = 90, 40


@pytest.fixture(scope="session")
def source() -> ArraySource:
    """90 sessions × 40 assets of random walks with 6 % of the bars missing."""
    rng = np.random.default_rng(20)
    close = 10 * np.exp(np.cumsum(0.02 * rng.standard_normal((T, N)), axis=0))
    gap = np.exp(0.005 * rng.standard_normal((T, N)))
    volume = np.exp(12 + 0.5 * rng.standard_normal((T, N)))
    fields = {
        "open": np.round(close * gap, 2),
        "high": close * 1.02,
        "low": close * 0.98,
        "close": np.round(close, 2),
        "volume": volume,
        "amount": volume * close,
    }
    absent = rng.random((T, N)) < 0.06
    absent[:30, 3] = True
    absent[55:, 7] = True
    absent[40:62, 11] = True
    for values in fields.values():
        values[absent] = np.nan
    factor = np.ones((T, N))
    factor[45:, :5] = 2.0
    fields["adj_factor"] = np.where(absent, np.nan, factor)
    fields["noise"] = rng.standard_normal((T, N))
    fields["coarse"] = np.round(2 * rng.standard_normal((T, N)))
    days = np.arange(np.datetime64("2019-01-02"), np.datetime64("2019-12-31"))
    sessions = Sessions(days[np.is_busday(days)][:T])
    assets = Assets([f"{number:06d}.SZ" for number in range(1, N + 1)])
    return ArraySource(sessions, assets, fields)


@pytest.fixture(scope="session")
def market(source: ArraySource) -> Market:
    """The market over `source`, in adjusted prices."""
    return Market(source, adjust="hfq", name="small")
