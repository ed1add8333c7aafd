"""What a careful client ends up with, derived from the complete rows by a table of plain factors.

Independent of the provider: no caps, no defaults, no decoding, only units, names and the rule that
a row belongs to the code that was in force on its day.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.data.standins.tushare import calendar

if TYPE_CHECKING:
    import polars as pl

    from tests.data.standins.tushare.world import World

__all__ = ["truth"]

Take = tuple[str, float]
"""A vendor field and the number of our units in one of its."""


def _flows() -> dict[str, Take]:
    sizes = {"small": "sm", "medium": "md", "large": "lg", "extra_large": "elg"}
    made: dict[str, Take] = {}
    for long, short in sizes.items():
        for side in ("buy", "sell"):
            made[f"{side}_{long}_volume"] = (f"{side}_{short}_vol", 100)
            made[f"{side}_{long}_amount"] = (f"{side}_{short}_amount", 10_000)
    made["net_volume"] = ("net_mf_vol", 100)
    made["net_amount"] = ("net_mf_amount", 10_000)
    return made


NUMBERS: Mapping[str, tuple[str, Mapping[str, Take]]] = {
    "cn.bars_1d": ("daily", {
        **{name: (name, 1) for name in ("open", "high", "low", "close", "pre_close")},
        "volume": ("vol", 100), "amount": ("amount", 1000),
        "after_hours_volume": ("ah_vol", 100), "after_hours_amount": ("ah_amount", 1000),
    }),
    "cn.adj_factor": ("adj_factor", {"adj_factor": ("adj_factor", 1)}),
    "cn.basic_1d": ("daily_basic", {
        "close": ("close", 1), "turnover_rate": ("turnover_rate", 0.01),
        "turnover_rate_free": ("turnover_rate_f", 0.01), "volume_ratio": ("volume_ratio", 1),
        **{name: (name, 1) for name in ("pe", "pe_ttm", "pb", "ps", "ps_ttm")},
        "dividend_yield": ("dv_ratio", 0.01), "dividend_yield_ttm": ("dv_ttm", 0.01),
        "shares": ("total_share", 1e4), "float_shares": ("float_share", 1e4),
        "free_shares": ("free_share", 1e4), "market_cap": ("total_mv", 1e4),
        "float_market_cap": ("circ_mv", 1e4),
    }),
    "cn.limits_1d": ("stk_limit", {n: (n, 1) for n in ("pre_close", "up_limit", "down_limit")}),
    "cn.suspend": ("suspend_d", {}),
    "cn.st_1d": ("stock_st", {}),
    "cn.moneyflow_1d": ("moneyflow", _flows()),
    "cn.margin_1d": ("margin_detail", {
        "financing_balance": ("rzye", 1), "financing_buy": ("rzmre", 1),
        "financing_repay": ("rzche", 1), "lending_balance": ("rqye", 1),
        "lending_shares": ("rqyl", 1), "lending_sell": ("rqmcl", 1), "lending_repay": ("rqchl", 1),
        "total_balance": ("rzrqye", 1),
    }),
    "cn.northbound_1d": ("hk_hold", {
        "shares_held": ("vol", 1), "share_of_issued": ("ratio", 0.01),
    }),
    "cn.limit_events": ("limit_list_d", {
        "close": ("close", 1), "change": ("pct_chg", 0.01), "amount": ("amount", 1),
        "limit_amount": ("limit_amount", 1), "float_market_cap": ("float_mv", 1),
        "market_cap": ("total_mv", 1), "turnover_rate": ("turnover_ratio", 0.01),
        "sealed_amount": ("fd_amount", 1),
    }),
    "idx.bars_1d": ("index_daily", {
        **{name: (name, 1) for name in ("open", "high", "low", "close", "pre_close")},
        "volume": ("vol", 100), "amount": ("amount", 1000),
    }),
}  # fmt: skip
"""Datasets by session: the API and, for each column of numbers, the field and the factor."""

WORDS: Mapping[str, Mapping[str, str]] = {
    "cn.suspend": {"kind": "suspend_type", "timing": "suspend_timing"},
    "cn.st_1d": {"name": "name", "kind": "type", "kind_name": "type_name"},
    "cn.northbound_1d": {"exchange": "exchange"},
    "cn.limit_events": {
        "kind": "limit", "first_time": "first_time", "last_time": "last_time",
        "open_times": "open_times", "limit_times": "limit_times", "up_stat": "up_stat",
        "name": "name", "vendor_industry": "industry",
    },
}  # fmt: skip
"""Columns that are taken as they are."""


def truth(
    world: World,
    name: str,
    first: date | None,
    last: date | None,
    now: datetime | None,
    codes: Collection[str] | None,
) -> pl.DataFrame:
    """Rows of one dataset between two days, in its columns, sorted by its key."""
    from workbench.data.catalog import dataset

    contract = dataset(name)
    rows = _ROWS.get(name, _by_session)(world, name, first, last, now, codes)
    import polars as pl

    series = [
        pl.Series(column, [row.get(column) for row in rows], dtype=kind, strict=False)
        for column, kind in contract.schema().items()
    ]
    return pl.DataFrame(series).sort(contract.key)


Rows = list[dict[str, Any]]


def _vendor(world: World, api: str, *rest: Any, **other: Any) -> Rows:
    first, last, now, codes = rest
    made = world.table(api, now, first=first, last=last, codes=codes, **other)
    return [dict(zip(made, row, strict=True)) for row in zip(*made.values(), strict=True)]


def _number(value: Any, factor: float) -> float | None:
    if value is None or value != value:
        return None
    return float(value) * factor


def _own(world: World) -> Callable[[str, date], bool]:
    """Whether a code was in force on a day; codes of funds and B shares never are."""
    spans: dict[str, tuple[date, date]] = {}
    for stock in world.roster:
        if stock.changed:
            spans[stock.old_code] = (date.min, stock.changed - timedelta(1))
        spans[stock.code] = (stock.changed or date.min, date.max)
    return lambda code, day: code in spans and spans[code][0] <= day <= spans[code][1]


def _by_session(world: World, name: str, *rest: Any) -> Rows:
    api, numbers = NUMBERS[name]
    words, own = WORDS.get(name, {}), _own(world)
    rows: Rows = []
    for row in _vendor(world, api, *rest):
        day, code = calendar.day(row["trade_date"]), row["ts_code"]
        if day is None or (api != "index_daily" and not own(code, day)):
            continue
        made = {"session": day, "asset": code}
        made |= {column: _number(row[take], by) for column, (take, by) in numbers.items()}
        made |= {column: row[take] for column, take in words.items()}
        rows.append(made)
    return rows


def _calendar(world: World, name: str, first: date, last: date, *rest: Any) -> Rows:
    rows: Rows = []
    for exchange in ("SSE", "SZSE"):
        for row in _vendor(world, "trade_cal", first, last, *rest, exchange=exchange):
            rows.append(
                {
                    "exchange": exchange, "session": calendar.day(row["cal_date"]),
                    "is_open": bool(row["is_open"]), "pretrade": calendar.day(row["pretrade_date"]),
                }
            )  # fmt: skip
    return rows


def _weights(world: World, name: str, *rest: Any) -> Rows:
    return [
        {
            "index": row["index_code"], "session": calendar.day(row["trade_date"]),
            "asset": row["con_code"], "weight": row["weight"] / 100,
        }
        for row in _vendor(world, "index_weight", *rest)
    ]  # fmt: skip


def _minutes(world: World, name: str, *rest: Any) -> Rows:
    rows: Rows = []
    for row in _vendor(world, "stk_mins", *rest):
        local = datetime.strptime(row["trade_time"], "%Y-%m-%d %H:%M:%S")
        prices = {word: row[word] for word in ("open", "high", "low", "close", "amount")}
        stamp = (local - timedelta(hours=8)).replace(tzinfo=UTC)
        rows.append({"time": stamp, "asset": row["ts_code"], "volume": float(row["vol"]), **prices})
    return rows


def _members(world: World, name: str, *rest: Any) -> Rows:
    rows = _vendor(world, "index_member_all", *rest)
    return [
        {
            "scheme": "SW2021", "level1": row["l1_code"], "level1_name": row["l1_name"],
            "level2": row["l2_code"], "level2_name": row["l2_name"], "level3": row["l3_code"],
            "level3_name": row["l3_name"], "asset": row["ts_code"], "name": row["name"],
            "start": calendar.day(row["in_date"]), "end": calendar.day(row["out_date"]),
            "is_new": row["is_new"] == "Y",
        }
        for row in rows
    ]  # fmt: skip


_ROWS: Mapping[str, Callable[..., Rows]] = {
    "cal.sessions": _calendar,
    "idx.weights": _weights,
    "cn.bars_1m": _minutes,
    "ind.members": _members,
}
