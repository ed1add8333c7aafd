"""A small random market that can be cut after any session, and factors of every kind over it."""

from __future__ import annotations

import numpy as np

from workbench.market import ArraySource, Assets, Market, Sessions

__all__ = ["BATCH", "toy_market"]

BATCH = {
    "a": "-1 * correlation(rank(open), rank(volume), 10)",
    "b": "indneutralize(zscore(returns), industry)",
    "c": "where(close > delay(close, 1), ts_rank(volume, 5), -decay_linear(returns, 4))",
    "d": "close",
    "e": "ts_mean(rank(adv20), 30) - delay(rank(close), 3)",
    "f": "delay(open, 7)",
    "g": "rank(ts_sum(close / open - 1, 12))",
}
"""Factors along time, across assets, through derived fields, delays and groups."""


def toy_market(
    sessions: int, assets: int = 37, *, total: int = 160, universe: str | None = None
) -> Market:
    """The first `sessions` of `total` random ones; the same numbers for every cut."""
    rng = np.random.default_rng(1)
    size = (total, assets)
    close = 10 * np.exp(np.cumsum(rng.normal(0, 0.02, size), axis=0))
    fields = {
        "open": close * rng.normal(1, 0.01, size),
        "close": close,
        "volume": rng.uniform(1e5, 1e6, size),
        "amount": close * 1e5,
        "weight": rng.choice([0.0, 1.0], size),
        "adj_factor": np.cumprod(np.where(rng.random(size) < 0.01, 1.1, 1.0), axis=0),
        "industry": rng.integers(-1, 4, size).astype(np.int32),
    }
    for name in ("open", "close", "volume", "amount"):
        fields[name][rng.random(size) < 0.01] = np.nan
    days = np.datetime64("2019-01-01") + np.arange(total).astype("timedelta64[D]")
    names = Assets([f"{n:06d}.SZ" for n in range(assets)])
    source = ArraySource(
        Sessions(days[:sessions]),
        names,
        {name: values[:sessions] for name, values in fields.items()},
        {"industry": ("a", "b", "c", "d")},
        {"provider": "toy", "rules": "1"},
    )
    return Market(source, adjust="hfq", universe=universe, name="toy")
