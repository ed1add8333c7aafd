"""The panels on which the libraries are compared, and how two panels are compared.

Prices and volumes are real; what the panels do not hold is stood in for, alike for every program:
``cap`` is 1000 times the mean traded value of 60 sessions, ``sector`` the board told by the first
three digits of the code, ``industry`` and ``subindustry`` the panel's own classification (boards,
where it has none), the benchmark the mean bar of all assets.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from agreement_text import Values
from numpy.typing import NDArray

from workbench.market import ArraySource, Assets, Market, Sessions

__all__ = ["TOLERANCE", "Likeness", "Sample", "compared", "sample"]

PRICES = ("open", "high", "low", "close")
TOLERANCE = 1e-8
ALIKE = 0.9999


@dataclass(frozen=True)
class Sample:
    """One panel, as a market for us and as plain arrays for the others."""

    name: str
    market: Market
    fields: dict[str, Values]

    @property
    def holes(self) -> float:
        """Share of cells without a bar."""
        return float(np.isnan(self.fields["close"]).mean())


def _long(path: Path) -> pd.DataFrame:
    rows = pd.read_parquet(path)
    if "trade_date" in rows:
        factor = rows["adj_factor"]
        rows = rows.assign(
            date=pd.to_datetime(rows["trade_date"]),
            volume=rows["vol"] * 100 / factor,
            amount=rows["amount"] * 1000,
            **{name: rows[name] * factor for name in PRICES},
        )
    return rows


def _codes(labels: pd.Series) -> NDArray[np.int32]:
    return pd.factorize(labels, sort=True)[0].astype(np.int32)


def _factors(close: Values) -> dict[str, Values]:
    """Series with one value a session, and what GTJA derives from prices."""
    rng = np.random.default_rng(191)
    market = np.nanmean(close[1:] / close[:-1] - 1, axis=1)
    draws = rng.normal(0, 0.01, (len(close), 2))
    series = {
        "ff_mkt": np.concatenate([[np.nan], market]),
        "ff_smb": draws[:, 0],
        "ff_hml": draws[:, 1],
    }
    return {name: np.broadcast_to(one[:, None], close.shape).copy() for name, one in series.items()}


def _derived(held: dict[str, Values], before: dict[str, Values]) -> dict[str, Values]:
    """True range and directional moves, as the appendix of GTJA's report writes them."""
    start, high, low = held["open"], held["high"], held["low"]
    rise, fall = high - before["high"], before["low"] - low
    true_range = np.maximum(high - low, np.abs(high - before["close"]))
    up = np.where(start <= before["open"], 0, np.maximum(high - start, start - before["open"]))
    down = np.where(start >= before["open"], 0, np.maximum(start - low, start - before["open"]))
    known = np.isfinite(start) & np.isfinite(before["open"])
    return {
        "hd": rise,
        "ld": fall,
        "tr": np.maximum(true_range, np.abs(low - before["close"])),
        "dtm": np.where(known, up, np.nan),
        "dbm": np.where(known, down, np.nan),
        "returns": held["close"] / before["close"] - 1,
    }


def sample(path: Path) -> Sample:
    """Read a panel: adjusted prices, shares, CNY; a session without a bar is NaN."""
    rows = _long(path)
    wide = {
        name: rows.pivot(index="date", columns="ts_code", values=name)
        for name in (*PRICES, "volume", "amount")
    }
    assets = pd.Series(wide["close"].columns)
    boards = assets.str[:3]
    kinds = boards
    if "industry" in rows:
        kinds = assets.map(rows.groupby("ts_code")["industry"].last())
    sessions = wide["close"].index.to_numpy().astype("datetime64[D]")
    held: dict[str, Values] = {name: frame.to_numpy(np.float64) for name, frame in wide.items()}
    held["cap"] = 1000 * wide["amount"].rolling(60, min_periods=1).mean().to_numpy()
    shape = held["close"].shape
    for price in PRICES:
        mean = np.nanmean(held[price] / held["close"][0], axis=1, keepdims=True)
        held[f"benchmark_{price}"] = np.broadcast_to(mean, shape).copy()
    held |= _factors(held["close"])
    groups = {"sector": boards, "industry": kinds, "subindustry": kinds}
    codes = {name: np.broadcast_to(_codes(labels), shape) for name, labels in groups.items()}
    names = {name: tuple(sorted(set(labels))) for name, labels in groups.items()}
    source = ArraySource(Sessions(sessions), Assets(list(assets)), {**held, **codes}, labels=names)
    market = Market(source, adjust="none", name=path.stem)
    plain = {**held, "vwap": held["amount"] / held["volume"]}
    before = {name: np.vstack([held[name][:1] * np.nan, held[name][:-1]]) for name in PRICES}
    plain |= _derived(held, before)
    for name in groups:
        plain[f"indclass.{name}"] = _codes(groups[name])
    for d in (5, 10, 15, 20, 30, 40, 50, 60, 81, 120, 150, 180):
        plain[f"adv{d}"] = wide["amount"].rolling(d).mean().to_numpy()
    return Sample(path.stem, market, plain)


@dataclass(frozen=True)
class Likeness:
    """How alike two panels are.

    Parameters
    ----------
    holes : float
        Share of cells that are known to both or to neither.
    equal : float
        Share of the cells known to both that agree within `TOLERANCE`.
    order : float
        Spearman correlation over the cells known to both.
    cells : int
        Cells known to both.
    """

    holes: float
    equal: float
    order: float
    cells: int

    @property
    def agrees(self) -> bool:
        """Whether all but one in ten thousand cells agree, holes and values alike."""
        return self.holes >= ALIKE and (self.cells == 0 or self.equal >= ALIKE)


def alike(ours: Values, theirs: Values, tolerance: float = TOLERANCE) -> NDArray[np.bool_]:
    """Where two panels agree: relative to the larger value and to what is usual in the panel."""
    usual = np.nanmedian(np.abs(theirs)) if np.isfinite(theirs).any() else 0.0
    size = np.maximum(np.maximum(np.abs(ours), np.abs(theirs)), usual)
    return np.abs(ours - theirs) <= tolerance * size


def compared(ours: Values, theirs: Values, tolerance: float = TOLERANCE) -> Likeness:
    """Compare two panels cell by cell; what is not finite counts as a hole."""
    known = np.isfinite(ours), np.isfinite(theirs)
    both = known[0] & known[1]
    if not both.any():
        return Likeness(float((known[0] == known[1]).mean()), float("nan"), float("nan"), 0)
    a, b = ours[both], theirs[both]
    order = float("nan")
    if np.ptp(a) > 0 and np.ptp(b) > 0:
        order = float(np.corrcoef(pd.Series(a).rank(), pd.Series(b).rank())[0, 1])
    return Likeness(
        holes=float((known[0] == known[1]).mean()),
        equal=float(alike(a, b, tolerance).mean()),
        order=order,
        cells=int(both.sum()),
    )
