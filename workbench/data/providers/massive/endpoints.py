"""What to ask Massive for: paths and parameters of every unit, all defaults spelled out.

Three defaults of the vendor are never relied on: ``adjusted`` (true: bars rewritten after every
split), ``active`` (true: survivors only) and ``limit`` (100, 5000: a first page). Splits and
dividends come from ``/stocks/v1``; the older ``/v3/reference`` twins are deprecated.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from urllib.parse import quote

from workbench.data.exchange_days import first_session
from workbench.data.provider import Request, Unit
from workbench.data.providers.massive.fields import TICKER
from workbench.errors import BadValueError, UnknownDatasetError

__all__ = ["APIS", "OLDEST", "first_requests", "month_of", "snapshot_day"]

APIS: Mapping[str, str] = MappingProxyType(
    {
        "us.bars_1d": "grouped",
        "us.tickers": "tickers",
        "us.splits": "splits",
        "us.dividends": "dividends",
        "us.bars_1m": "minutes",
    }
)
"""Datasets that this vendor delivers, with the name under which each call is counted."""

OLDEST = date(2003, 9, 10)
"""The vendor's first day of bars and ticker lists."""


def month_of(text: str) -> tuple[date, date]:
    """First and last day of a month written ``2024-01``.

    Raises
    ------
    BadValueError
        If the text is no month.

    Examples
    --------
    >>> month_of("2024-02")
    (datetime.date(2024, 2, 1), datetime.date(2024, 2, 29))
    """
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise BadValueError(f"Expected a month such as 2024-01, got {text!r}.") from error
    return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])


def snapshot_day(month: str) -> date:
    """The day for which a month's ticker list is asked: its first session in New York.

    The same month always means the same day, whatever window was wanted.

    Examples
    --------
    >>> snapshot_day("2024-01")
    datetime.date(2024, 1, 2)
    """
    first, last = month_of(month)
    return first_session("XNYS", max(first, OLDEST), last)


def first_requests(unit: Unit) -> tuple[Request, ...]:
    """The requests that open a unit; each may be followed by pages.

    Raises
    ------
    UnknownDatasetError
        If Massive does not deliver the dataset.
    BadValueError
        If the unit's key names no ticker, month or year.
    """
    builders: Mapping[str, Callable[[Unit], tuple[Request, ...]]] = {
        "us.bars_1d": _grouped,
        "us.tickers": _tickers,
        "us.splits": _splits,
        "us.dividends": _dividends,
        "us.bars_1m": _minutes,
    }
    if unit.dataset not in builders:
        raise UnknownDatasetError(
            f"Massive delivers {', '.join(builders)}; it does not deliver {unit.dataset}."
        )
    return builders[unit.dataset](unit)


def _get(unit: Unit, path: str, query: Mapping[str, str]) -> Request:
    return Request(APIS[unit.dataset], "GET", path, MappingProxyType(dict(query)))


def _grouped(unit: Unit) -> tuple[Request, ...]:
    path = f"/v2/aggs/grouped/locale/us/market/stocks/{date.fromisoformat(unit.key)}"
    return (_get(unit, path, {"adjusted": "false", "include_otc": "false"}),)


def _tickers(unit: Unit) -> tuple[Request, ...]:
    asked = {"market": "stocks", "date": snapshot_day(unit.key).isoformat()}
    rest = {"limit": "1000", "sort": "ticker", "order": "asc"}
    return tuple(
        _get(unit, "/v3/reference/tickers", {**asked, "active": flag, **rest})
        for flag in ("true", "false")
    )


def _splits(unit: Unit) -> tuple[Request, ...]:
    return _events(unit, "/stocks/v1/splits", "execution_date")


def _dividends(unit: Unit) -> tuple[Request, ...]:
    return _events(unit, "/stocks/v1/dividends", "ex_dividend_date")


def _events(unit: Unit, path: str, day: str) -> tuple[Request, ...]:
    first, last = _span(unit)
    query = {
        f"{day}.gte": first.isoformat(),
        f"{day}.lte": last.isoformat(),
        "limit": "5000",
        "sort": f"{day}.asc",
    }
    return (_get(unit, path, query),)


def _minutes(unit: Unit) -> tuple[Request, ...]:
    ticker = unit.key.rpartition("/")[0]
    if not TICKER.fullmatch(ticker):
        raise BadValueError(f"Expected a key such as AAPL/2024-01, got {unit.key!r}.")
    first, last = _span(unit)
    path = f"/v2/aggs/ticker/{quote(ticker, safe='')}/range/1/minute/{first}/{last}"
    return (_get(unit, path, {"adjusted": "false", "sort": "asc", "limit": "50000"}),)


def _span(unit: Unit) -> tuple[date, date]:
    if unit.first is None or unit.last is None:
        raise BadValueError(f"Expected the unit {unit.key} of {unit.dataset} to have days.")
    return unit.first, unit.last
