"""Markets and weights small enough to keep the books by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from workbench.market import ArraySource, Assets, Market, Sessions
from workbench.portfolio import Weights

__all__ = ["decisions", "hand_market"]


def hand_market(
    days: Sequence[str],
    close: Mapping[str, Sequence[float]],
    adjust: str = "none",
    **fields: Mapping[str, Sequence[float]],
) -> Market:
    """Closes by asset; opens equal closes unless given; NaN closes are suspensions.

    Other fields are given by asset too; an asset left out has the closes for prices, 1 000 000
    shares of volume, a factor of 1, and is listed.
    """
    assets = sorted(close)
    bars = np.array([close[name] for name in assets], dtype=np.float64).T
    defaults = {
        "open": bars,
        "low": bars,
        "high": bars,
        "volume": np.where(np.isnan(bars), np.nan, 1e6),
        "adj_factor": np.ones_like(bars),
        "listed": np.ones_like(bars),
    }
    columns = {"close": bars}
    for name in {*defaults, *fields}:
        values = np.array(defaults.get(name, np.full_like(bars, np.nan)))
        for asset, given in fields.get(name, {}).items():
            values[:, assets.index(asset)] = given
        columns[name] = values
    return Market(ArraySource(Sessions(days), Assets(assets), columns), adjust=adjust)


def decisions(market: Market, rows: Mapping[str, Mapping[str, float]]) -> Weights:
    """Weights by session and asset; assets left out weigh nothing."""
    values = np.full(market.shape, np.nan)
    for session, row in rows.items():
        values[market.sessions.index(session)] = [row.get(name, 0.0) for name in market.assets]
    return Weights(values, market.sessions, market.assets, "by hand")
