"""Indices: daily bars and monthly weights. 399300.SZ is another name of 000300.SH."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.data.standins.tushare import calendar
from tests.data.standins.tushare.noise import uniform

if TYPE_CHECKING:
    from tests.data.standins.tushare.world import World

__all__ = ["ALIAS", "INDEX_TABLES", "INDICES"]

Rows = list[dict[str, Any]]

INDICES = ("000001.SH", "000300.SH", "000905.SH", "000852.SH", "399300.SZ")
ALIAS = {"399300.SZ": "000300.SH"}


def bars(
    world: World, now: datetime, first: date, last: date, codes: Collection[str] | None
) -> Rows:
    """`index_daily`: points, hands, thousands of CNY."""
    rows: Rows = []
    at = np.arange(len(world.sessions))
    for code in sorted(set(codes or ()) & set(INDICES)):
        salt = "index" + ALIAS.get(code, code)
        steps = 0.02 * (uniform(world.seed, salt, at) - 0.5)
        level = np.round(3000 * np.exp(np.cumsum(steps)), 4)
        for k in at[::-1]:
            day = world.sessions[k]
            if not first <= day <= last or world.offered("index_daily", day, now) == 0:
                continue
            close, before = float(level[k]), float(level[k - 1] if k else 3000.0)
            top, bottom = max(close, before) * 1.002, min(close, before) * 0.998
            rows.append(
                {
                    "ts_code": code, "trade_date": calendar.text(day), "close": close,
                    "open": before, "high": round(top, 4), "low": round(bottom, 4),
                    "pre_close": before, "change": round(close - before, 4),
                    "pct_chg": round((close / before - 1) * 100, 4),
                    "vol": 1e8 + float(k), "amount": 3e8 + 0.5,
                }
            )  # fmt: skip
    return rows


def weights(
    world: World, now: datetime, first: date, last: date, codes: Collection[str] | None
) -> Rows:
    """`index_weight`: percent, on the last session of each month; members change in July."""
    rows: Rows = []
    for code in sorted(set(codes or ()) & set(INDICES)):
        for day in reversed(_month_ends(world)):
            if first <= day <= last and world.offered("index_weight", day, now) > 0:
                rows.extend(_snapshot(world, code, day))
    return rows


def _month_ends(world: World) -> list[date]:
    sessions = world.sessions
    return [
        day
        for day in sessions
        if (following := calendar.following(day)) is None or following.month != day.month
    ]


def _snapshot(world: World, code: str, day: date) -> Rows:
    every = [one for one in world.roster if one.listed_on(day) and one.board != "bse"]
    shift = 0 if day.month < 7 else 3
    mine = every[shift : shift + max(3, len(every) // 2)]
    salt = "weight" + ALIAS.get(code, code)
    raw = 0.2 + uniform(world.seed, salt, day.toordinal(), np.arange(len(mine)))
    share = np.round(raw / raw.sum() * 100, 3)
    return [
        {
            "index_code": code, "con_code": stock.code_on(day),
            "trade_date": calendar.text(day), "weight": float(part),
        }
        for stock, part in zip(mine, share, strict=True)
    ]  # fmt: skip


INDEX_TABLES: Mapping[str, Callable[..., Rows]] = {"index_daily": bars, "index_weight": weights}
