"""`stk_mins`: 241 bars a session in shares and CNY; the label is the end, 09:30 the auction."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.data.standins.tushare.noise import uniform

if TYPE_CHECKING:
    from tests.data.standins.tushare.world import World

__all__ = ["minute_rows"]

Rows = list[dict[str, Any]]


def labels(day: date) -> list[datetime]:
    """Ends of the bars of a session."""
    morning = [datetime.combine(day, time(9, 30)) + timedelta(minutes=k) for k in range(121)]
    evening = [datetime.combine(day, time(13, 1)) + timedelta(minutes=k) for k in range(120)]
    return morning + evening


def minute_rows(
    world: World,
    now: datetime,
    first: date,
    last: date,
    codes: Collection[str] | None,
    frequency: str,
) -> Rows:
    """Bars of one minute; other frequencies are unknown here and have no rows."""
    rows: Rows = []
    if frequency != "1min":
        return rows
    for who, stock in enumerate(world.roster):
        if stock.code not in (codes or ()) and stock.old_code not in (codes or ()):
            continue
        for at in range(len(world.sessions) - 1, -1, -1):
            day = world.sessions[at]
            if not first <= day <= last or world.offered("stk_mins", day, now) == 0:
                continue
            world.market.upto(at)
            if world.market.close[at, who] > 0 and stock.code_on(day) in (codes or ()):
                rows.extend(_session(world, stock.code_on(day), at, who))
    return rows


def _session(world: World, code: str, at: int, who: int) -> Rows:
    market, day = world.market, world.sessions[at]
    stamps = labels(day)
    close, before = int(market.close[at, who]), int(market.reference[at, who])
    path = np.linspace(before, close, len(stamps))
    wave = (
        0.002 * close * (uniform(world.seed, "minute", day.toordinal(), who, np.arange(241)) - 0.5)
    )
    ends = np.floor(path + wave + 0.5)
    ends[-1] = close
    starts = np.concatenate([[before], ends[:-1]])
    hands = np.floor(1 + 50 * uniform(world.seed, "hands", day.toordinal(), who, np.arange(241)))
    rows = [
        {
            "ts_code": code, "trade_time": stamp.strftime("%Y-%m-%d %H:%M:%S"),
            "open": start / 100, "close": end / 100, "high": max(start, end) / 100,
            "low": min(start, end) / 100, "vol": int(size * 100), "amount": float(size * end),
        }
        for stamp, start, end, size in zip(
            stamps, starts.tolist(), ends.tolist(), hands.tolist(), strict=True
        )
    ]  # fmt: skip
    return rows[::-1]
