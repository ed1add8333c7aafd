"""Calendar, securities, names, mapped codes and industries in the vendor's columns."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.data.standins.tushare import calendar
from tests.data.standins.tushare.roster import Stock

__all__ = [
    "EXCHANGES",
    "bse_mapping",
    "calendar_rows",
    "industries",
    "members",
    "names",
    "securities",
]

Row = dict[str, Any]

EXCHANGES = ("SSE", "SZSE", "CFFEX", "SHFE", "CZCE", "DCE", "INE")
"""Exchanges that have a calendar; Beijing has none and follows Shanghai."""

BOARDS = {"main": "主板", "chinext": "创业板", "star": "科创板", "cdr": "CDR", "bse": "北交所"}
PLACES = {"SH": "SSE", "SZ": "SZSE", "BJ": "BSE"}


def calendar_rows(exchange: str, first: date, last: date) -> list[Row]:
    """One row a natural day, newest first."""
    rows = []
    for day in reversed(
        calendar.days(max(first, calendar.FIRST_DAY), min(last, calendar.LAST_DAY))
    ):
        before = calendar.previous(day)
        rows.append(
            {
                "exchange": exchange,
                "cal_date": calendar.text(day),
                "is_open": int(calendar.is_session(day)),
                "pretrade_date": calendar.text(before),
            }
        )
    return rows


def securities(stocks: tuple[Stock, ...], now: date) -> list[Row]:
    """Every security under its present code; those that list later are ``G`` or absent."""
    return [_security(stock, now) for stock in stocks if stock.listed - timedelta(60) <= now]


def _security(stock: Stock, now: date) -> Row:
    code = stock.code_on(now)
    gone = stock.delisted is not None and stock.delisted <= now
    status = "D" if gone else "P" if stock.paused else "L" if stock.listed <= now else "G"
    prefix = stock.prefix_on(now)
    return {
        "ts_code": code, "symbol": code[:6], "name": prefix + stock.name,
        "area": "深圳" if code.endswith("SZ") else None, "industry": f"行业{stock.group}",
        "fullname": stock.name + "股份有限公司", "enname": f"Sample {code[:6]} Co., Ltd.",
        "cnspell": "yb", "market": BOARDS[stock.board], "exchange": PLACES[code[-2:]],
        "curr_type": "CNY", "list_status": status,
        "list_date": calendar.text(stock.listed) if status != "G" else None,
        "delist_date": calendar.text(stock.delisted) if gone else None,
        "is_hs": "H" if code.endswith("SH") else "S" if code.endswith("SZ") else "N",
        "act_name": None, "act_ent_type": None,
    }  # fmt: skip


def bse_mapping(stocks: tuple[Stock, ...], now: date) -> list[Row]:
    """Old and new codes of Beijing."""
    return [
        {
            "name": stock.name,
            "o_code": stock.old_code,
            "n_code": stock.code,
            "list_date": calendar.text(stock.listed),
        }
        for stock in stocks
        if stock.board == "bse" and stock.changed and stock.changed <= now
    ]


def names(stocks: tuple[Stock, ...], now: date) -> list[Row]:
    """Name spans as messy as the vendor's.

    The first has no announcement; spans under ST overlap the open-ended ones before them; every
    third share has one row twice.
    """
    found: list[Row] = []
    for at, stock in enumerate(stocks):
        if stock.listed <= now:
            found.extend(_names(stock, at, now))
    return found


def _names(stock: Stock, at: int, now: date) -> list[Row]:
    def row(name: str, start: date, end: date | None, said: date | None, why: str) -> Row:
        return {
            "ts_code": stock.code_on(now), "name": name, "start_date": calendar.text(start),
            "end_date": calendar.text(end), "ann_date": calendar.text(said), "change_reason": why,
        }  # fmt: skip

    plain = stock.name
    spans = [span for span in stock.special if span[0] <= now]
    made = [row(plain, stock.listed, None, None, "其他")]
    for first, last, prefix in spans:
        said = first - timedelta(1)
        known = last if last is not None and last < now else None
        made.append(row(prefix + plain, first, known, said, prefix))
        if known is not None:
            after = known + timedelta(1)
            made.append(row(plain, after, None, None, "撤销" + prefix))
    if at % 3 == 0:
        made.append(dict(made[0]))
    return list(reversed(made))


def industries(source: str) -> list[Row]:
    """Three levels of one scheme: 4 × 1 × 3 groups; the root is no row."""
    rows: list[Row] = []
    for first in range(4):
        one = _group(first, None, None)
        two = _group(first, 0, None)
        rows.append(_industry(source, one, f"一级{first}", "L1", "0"))
        rows.append(_industry(source, two, f"二级{first}", "L2", one))
        for third in range(3):
            three = _group(first, 0, third)
            rows.append(_industry(source, three, f"三级{first}{third}", "L3", two))
    return rows


def _group(first: int, second: int | None, third: int | None) -> str:
    # The true first-level codes of both schemes; the levels below have the true shape.
    top = (801010, 801030, 801040, 801050)[first]
    if second is None:
        return f"{top}.SI"
    return f"{top + 1}.SI" if third is None else f"85{top % 1000:03d}{third + 1}.SI"


def _industry(source: str, code: str, name: str, level: str, parent: str) -> Row:
    return {
        "index_code": code, "industry_name": name, "parent_code": parent, "level": level,
        "industry_code": str(110000 + int(code[:6]) % 100000), "is_pub": "1", "src": source,
    }  # fmt: skip


def members(stocks: tuple[Stock, ...], now: date) -> list[Row]:
    """Spans in the third level; every fourth share moved once, so a row with ``N`` exists."""
    rows: list[Row] = []
    for at, stock in enumerate(stocks):
        if stock.listed > now:
            continue
        moved = stock.listed + timedelta(400)
        if at % 4 == 0 and moved < now:
            rows.append(_member(stock, now, (stock.group + 5) % 12, stock.listed, moved))
            rows.append(_member(stock, now, stock.group, moved + timedelta(1), None))
        else:
            gone = stock.delisted if stock.delisted and stock.delisted <= now else None
            rows.append(_member(stock, now, stock.group, stock.listed, gone))
    return rows


def _member(stock: Stock, now: date, group: int, start: date, end: date | None) -> Row:
    first, third = divmod(group, 3)
    codes = [_group(first, *rest) for rest in ((None, None), (0, None), (0, third))]
    return {
        "l1_code": codes[0], "l1_name": f"一级{first}", "l2_code": codes[1],
        "l2_name": f"二级{first}", "l3_code": codes[2], "l3_name": f"三级{first}{third}",
        "ts_code": stock.code_on(now), "name": stock.name, "in_date": calendar.text(start),
        "out_date": calendar.text(end), "is_new": "N" if end else "Y",
    }  # fmt: skip
