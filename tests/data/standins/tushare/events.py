"""Rows that exist only on some days: suspensions, special treatment, limits hit; and funds."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.data.standins.tushare import calendar, daily
from tests.data.standins.tushare.daily import Columns
from tests.data.standins.tushare.noise import uniform

if TYPE_CHECKING:
    from tests.data.standins.tushare.world import World

__all__ = ["EVENTS", "fund_codes", "halts_by_day", "with_funds"]

Rows = list[dict[str, Any]]


def _newest_first(rows: Rows, first: date, last: date, codes: Collection[str] | None) -> Rows:
    low, high = (
        calendar.text(max(first, date(1900, 1, 1))),
        calendar.text(min(last, date(9999, 1, 1))),
    )
    kept = [
        row
        for row in rows
        if low <= row["trade_date"] <= high and (codes is None or row["ts_code"] in codes)
    ]
    return sorted(kept, key=lambda row: (-int(row["trade_date"]), row["ts_code"]))


def suspensions(
    world: World, now: datetime, first: date, last: date, codes: Collection[str] | None
) -> Rows:
    """`suspend_d`: every halted session, the resumption, half-hour halts; future days announced."""
    rows: Rows = []
    for day, halts in world.halts.items():
        if not first <= day <= last:
            continue
        for stock, kind, timing in halts:
            row = {"trade_date": calendar.text(day), "suspend_timing": timing, "suspend_type": kind}
            rows.append({"ts_code": stock.code_on(day), **row})
            if stock.changed and day < stock.changed <= now.date():
                rows.append({"ts_code": stock.code, **row})
    known = [row for row in rows if _announced(world, row, now)]
    return _newest_first(known, first, last, codes)


def halts_by_day(world: World) -> dict[date, list[tuple[Any, str, str | None]]]:
    """Suspensions and resumptions of listed shares, ascending: stock, kind and timing."""
    found: dict[date, list[tuple[Any, str, str | None]]] = {}
    for stock in world.roster:
        for day, kind, timing in _halts(world, stock):
            if stock.listed_on(day):
                found.setdefault(day, []).append((stock, kind, timing))
    return dict(sorted(found.items()))


def _halts(world: World, stock: Any) -> Iterator[tuple[date, str, str | None]]:
    sessions, halted = world.sessions, set()
    for begin, end in stock.halts:
        low, high = bisect_left(sessions, begin), bisect_left(sessions, end)
        halted.update(range(low, min(high, len(sessions) - 1) + 1))
    for at in sorted(halted):
        yield sessions[at], "S", None
        if at + 1 < len(sessions) and at + 1 not in halted:
            yield sessions[at + 1], "R", None
    for day in stock.pauses:
        yield day, "S", "09:30-10:00"


def _announced(world: World, row: Mapping[str, Any], now: datetime) -> bool:
    day = calendar.day(row["trade_date"])
    if day is None or day <= now.date():
        return day is not None and world.offered("suspend_d", day, now) > 0
    # Halts are announced for two sessions ahead; resumptions and short halts are not.
    ahead = calendar.between(now.date(), day)
    return row["suspend_type"] == "S" and row["suspend_timing"] is None and len(ahead) <= 3


def special(
    world: World, now: datetime, first: date, last: date, codes: Collection[str] | None
) -> Rows:
    """`stock_st`: one row a day under ST, from 2016."""
    rows: Rows = []
    for day in world.sessions:
        if day < date(2016, 1, 1) or world.offered("stock_st", day, now) == 0:
            continue
        if not first <= day <= last:
            continue
        for stock in world.roster:
            prefix = stock.prefix_on(day)
            if prefix and stock.listed_on(day):
                rows.append(
                    {
                        "ts_code": stock.code_on(day), "name": prefix + stock.name,
                        "trade_date": calendar.text(day), "type": "ST" if prefix == "ST" else "DST",
                        "type_name": "风险警示板" if prefix == "ST" else "退市风险警示",
                    }
                )  # fmt: skip
    return _newest_first(rows, first, last, codes)


def touched(
    world: World, now: datetime, first: date, last: date, codes: Collection[str] | None
) -> Rows:
    """`limit_list_d`: closed at a limit (U, D) or fell back from it (Z), without ST, from 2020."""
    rows: Rows = []
    market = world.market
    for at, day in enumerate(world.sessions):
        if day < date(2020, 1, 1) or not first <= day <= last:
            continue
        if world.offered("limit_list_d", day, now) == 0:
            continue
        cell, who = market.cells(at, at + 1, None, traded=True)
        bar, limit = daily.bars(market, cell, who), daily.limits(market, cell, who)
        kinds = np.select(
            [bar["close"] == limit["up_limit"], bar["close"] == limit["down_limit"],
             bar["high"] == limit["up_limit"]], ["U", "D", "Z"], "",
        )  # fmt: skip
        for k in np.flatnonzero(kinds != ""):
            stock = world.roster[who[k]]
            if stock.prefix_on(day) or stock.board == "bse":
                continue
            rows.append(_touch(stock, day, str(kinds[k]), {n: float(v[k]) for n, v in bar.items()}))
    return _newest_first(rows, first, last, codes)


def _touch(stock: Any, day: date, kind: str, bar: Mapping[str, float]) -> dict[str, Any]:
    sealed = kind != "Z"
    return {
        "trade_date": calendar.text(day), "ts_code": stock.code_on(day),
        "industry": f"行业{stock.group}", "name": stock.name, "close": bar["close"],
        "pct_chg": round(bar["pct_chg"], 2), "amount": round(bar["amount"] * 1000, 2),
        "limit_amount": None if sealed else 1e6, "float_mv": 1e9, "total_mv": 2e9,
        "turnover_ratio": 3.21, "fd_amount": 5e6 if sealed else None,
        "first_time": "092500" if sealed else "100112", "last_time": "145507",
        "open_times": 0 if sealed else 2, "up_stat": "1/1", "limit_times": 1 if sealed else 0,
        "limit": kind,
    }  # fmt: skip


EVENTS: Mapping[str, Callable[..., Rows]] = {
    "suspend_d": suspensions,
    "stock_st": special,
    "limit_list_d": touched,
}


def fund_codes(funds: int) -> list[str]:
    """Codes of funds and, every tenth, of B shares, as `stk_limit` mixes them in."""
    made = []
    for at in range(funds):
        stem = ("9{:05d}.SH", "15{:04d}.SZ", "51{:04d}.SH")[0 if at % 10 == 9 else 1 + at % 2]
        made.append(stem.format(at if stem.startswith("9") else at % 10_000))
    return made


def with_funds(
    made: Columns, days: Sequence[date], funds: int, codes: Collection[str] | None, seed: int
) -> Columns:
    """The same table with rows of funds, newest first, codes in order."""
    names = [code for code in fund_codes(funds) if codes is None or code in codes]
    stamps = [calendar.text(day) for day in days]
    price = np.round(1 + 3 * uniform(seed, "fund", np.arange(len(names))), 3)
    columns = {
        "ts_code": [code for _ in stamps for code in names],
        "trade_date": [stamp for stamp in stamps for _ in names],
        "pre_close": np.tile(price, len(stamps)),
        "up_limit": np.tile(np.round(price * 1.1, 3), len(stamps)),
        "down_limit": np.tile(np.round(price * 0.9, 3), len(stamps)),
    }
    whole = {name: [*made[name], *values] for name, values in columns.items()}
    order = sorted(
        range(len(whole["ts_code"])),
        key=lambda at: (-int(whole["trade_date"][at]), whole["ts_code"][at]),
    )
    return {name: [values[at] for at in order] for name, values in whole.items()}
