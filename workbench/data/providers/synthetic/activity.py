"""How much is traded: shares outstanding, volume in hundreds, amount in CNY.

Turnover has a level for each share, moves persistently and grows with the size of the return; a
session with one price trades little. The amount is volume times an average price between low and
high, in whole fen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.arrays import FloatPanel
from workbench.data.providers.synthetic.bars import Bars
from workbench.data.providers.synthetic.roster import Roster
from workbench.data.providers.synthetic.signal import ar1

__all__ = ["Activity", "make_activity"]

_LOCKED = 0.05


@dataclass(frozen=True)
class Activity:
    """Volume (shares), amount (CNY), shares and float_shares outstanding, shape (T, N)."""

    volume: FloatPanel
    amount: FloatPanel
    shares: FloatPanel
    float_shares: FloatPanel


def make_activity(roster: Roster, bars: Bars, seed: int) -> Activity:
    """Draw trading for the bars; NaN without a bar, share counts for every listed session."""
    rng = np.random.default_rng([seed, 7])
    length, count = roster.listed.shape
    issued = np.round(np.exp(rng.normal(20.3, 0.8, size=count)) / 1e4) * 1e4
    growth = np.cumprod(1 + bars.bonus, axis=0)
    shares = np.where(roster.listed, np.round(issued * growth), np.nan)
    floating = np.where(
        roster.listed, np.round(rng.uniform(0.4, 1.0, count) * issued * growth), np.nan
    )
    level = np.log(0.008) + 0.5 * rng.standard_normal(count)
    moved = np.abs(np.log(bars.close / bars.pre_close))
    turnover = np.exp(level + 0.35 * ar1(length, count, rng, 0.8) + 8 * np.minimum(moved, 0.1))
    turnover = turnover * np.where(bars.locked_up | bars.locked_down, _LOCKED, 1.0)
    volume = np.maximum(np.floor(np.minimum(turnover, 0.5) * floating / 100), 1) * 100
    weight = rng.uniform(0.2, 0.8, size=(length, count))
    middle = weight * (bars.low + bars.high) / 2 + (1 - weight) * (bars.open + bars.close) / 2
    amount = np.round(middle * volume, 2)
    return Activity(np.where(np.isnan(bars.close), np.nan, volume), amount, shares, floating)
