"""What the vendor answers: rows of each endpoint, its defaults, its paging and its bad manners."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.data.standins.massive.world import Bar, Company, World

__all__ = ["Quirks", "Refusal", "answer", "page_of"]

_NEW_YORK = ZoneInfo("America/New_York")
_MINUTES = 5


@dataclass
class Quirks:
    """Manners of the vendor; each may be changed at any moment.

    Attributes
    ----------
    page_rows : int or None
        Never more rows a page than this.
    foreign_next : str
        Origin that `next_url` names instead of our own.
    loop : bool
        `next_url` leads back to the page that it stands on.
    nonce : bool
        With `loop`: each link differs, the page does not.
    bad_page : mapping of int to str
        What comes instead of the nth page of a chain (1 is the first): ``html``, ``truncated``,
        ``no_results``, ``error``, ``miscounted``, ``nan``.
    status : str
        ``OK`` or ``DELAYED``.
    flip : bool
        Answers adjusted bars although unadjusted ones were asked for.
    plan_from : date or None
        Days before it are out of the plan.
    denied : set of str
        Paths' last words that the plan does not include: ``splits``.
    old_events : str
        What ``/v3/reference/splits|dividends`` do: ``gone`` (410) or ``old`` (old names).
    twice : bool
        Splits are told twice, under two identities.
    """

    page_rows: int | None = None
    foreign_next: str = ""
    loop: bool = False
    nonce: bool = False
    bad_page: Mapping[int, str] = field(default_factory=dict)
    status: str = "OK"
    flip: bool = False
    plan_from: date | None = None
    denied: set[str] = field(default_factory=set)
    old_events: str = "gone"
    twice: bool = False


class Refusal(Exception):
    """A status with a body."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        super().__init__(status)
        self.status, self.body = status, body


def answer(
    world: World, quirks: Quirks, path: str, query: Mapping[str, str], today: date
) -> tuple[dict[str, Any], list[dict[str, Any]], int]:
    """Head, all rows and rows a page for one path and its parameters."""
    parts = path.strip("/").split("/")
    if parts[-1] in quirks.denied:
        raise Refusal(403, _not_authorized("You are not entitled to this data."))
    match parts:
        case ["v2", "aggs", "grouped", "locale", "us", "market", "stocks", day]:
            return _grouped(world, quirks, _day(day), query, today)
        case ["v2", "aggs", "ticker", ticker, "range", "1", "minute", first, last]:
            return _minutes(world, quirks, ticker, (_day(first), _day(last)), query)
        case ["v3", "reference", "tickers"]:
            return {}, _tickers(world, query), min(int(query.get("limit", "100")), 1000)
        case ["stocks", "v1", "splits"]:
            rows = _between(_splits(world, quirks.twice), "execution_date", query)
            return {}, rows, min(int(query.get("limit", "100")), 5000)
        case ["stocks", "v1", "dividends"]:
            rows = _between(_dividends(world), "ex_dividend_date", query)
            return {}, rows, min(int(query.get("limit", "100")), 5000)
        case ["v3", "reference", ("splits" | "dividends") as what] if quirks.old_events == "old":
            return {}, _old_rows(world, what, query), min(int(query.get("limit", "10")), 1000)
        case ["v3", "reference", "splits" | "dividends"]:
            raise Refusal(410, {"status": "ERROR", "error": "This endpoint is deprecated."})
    raise Refusal(404, {"status": "NOT_FOUND", "message": "Data not found."})


def page_of(
    quirks: Quirks, head: dict[str, Any], rows: list[dict[str, Any]], limit: int, start: int
) -> tuple[dict[str, Any], int | None]:
    """One page from row `start`, and where the next begins."""
    size = min(limit, quirks.page_rows or limit)
    shown = rows[start : start + size]
    body: dict[str, Any] = {**head, "status": quirks.status, "request_id": f"r{start}"}
    if "adjusted" in head:
        body |= {"queryCount": len(shown), "resultsCount": len(shown)}
    else:
        body["count"] = len(shown)
    if shown:
        body["results"] = shown  # omitted when empty
    following = start + size if start + size < len(rows) else None
    return body, following


def cursor(path: str, query: Mapping[str, str], start: int, nonce: str = "") -> str:
    """All that the vendor needs to go on, in one opaque word."""
    text = json.dumps([path, dict(query), start, nonce])
    return base64.urlsafe_b64encode(text.encode()).decode()


def opened(word: str) -> tuple[str, dict[str, str], int]:
    """The path, parameters and row of a cursor."""
    try:
        path, query, start, _ = json.loads(base64.urlsafe_b64decode(word.encode()))
    except ValueError as error:
        raise Refusal(400, {"status": "ERROR", "error": "bad cursor"}) from error
    return path, query, start


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refusal(400, {"status": "ERROR", "error": "Could not parse the date"}) from error


def _not_authorized(words: str) -> dict[str, str]:
    tail = " Please upgrade your plan at https://massive.com/pricing"
    return {"status": "NOT_AUTHORIZED", "request_id": "r", "message": words + tail}


def _grouped(
    world: World, quirks: Quirks, day: date, query: Mapping[str, str], today: date
) -> tuple[dict[str, Any], list[dict[str, Any]], int]:
    if quirks.plan_from is not None and day < quirks.plan_from:
        words = "Your plan doesn't include this data timeframe."
        raise Refusal(403, _not_authorized(words))
    if day >= today:
        raise Refusal(403, _not_authorized("Attempted to request today's data before end of day."))
    adjusted = _adjusted(quirks, query)
    close = datetime(day.year, day.month, day.day, 16, tzinfo=_NEW_YORK)
    rows = []
    for (session, ticker), (company, bar) in world.bars.items():
        if session == day and (not company.otc or query.get("include_otc") == "true"):
            row = _bar(world, company, bar, day, adjusted)
            rows.append({"T": ticker, **row, "t": int(close.timestamp() * 1000)})
            if company.otc:
                rows[-1]["otc"] = True
    return {"adjusted": adjusted}, rows, 10**9


def _adjusted(quirks: Quirks, query: Mapping[str, str]) -> bool:
    return quirks.flip or query.get("adjusted", "true") != "false"


def _bar(world: World, company: Company, bar: Bar, day: date, adjusted: bool) -> dict[str, Any]:
    ratio = world.later_splits(company, day) if adjusted else 1.0
    prices = {"o": bar.open, "c": bar.close, "h": bar.high, "l": bar.low}
    shown = {name: round(price / ratio, 6) for name, price in prices.items()}
    whole = {name: int(price) if price == int(price) else price for name, price in shown.items()}
    volume = bar.volume * ratio
    middle = round((bar.high + bar.low) / 2 / ratio, 4)
    return {"v": volume if ratio != 1 else bar.volume, "vw": middle, **whole, "n": bar.volume // 90}


def _minutes(
    world: World, quirks: Quirks, ticker: str, span: tuple[date, date], query: Mapping[str, str]
) -> tuple[dict[str, Any], list[dict[str, Any]], int]:
    adjusted = _adjusted(quirks, query)
    rows = []
    for (session, name), (company, bar) in world.bars.items():
        if name != ticker or not span[0] <= session <= span[1]:
            continue
        start = datetime(session.year, session.month, session.day, 9, 30, tzinfo=_NEW_YORK)
        day = _bar(world, company, bar, session, adjusted)
        for minute in range(_MINUTES):
            at = start.astimezone(UTC) + timedelta(minutes=minute)
            share = {"v": day["v"] // _MINUTES, "n": day["n"] // _MINUTES}
            rows.append({**day, **share, "t": int(at.timestamp() * 1000)})
    rows.sort(key=lambda row: row["t"], reverse=query.get("sort") == "desc")
    limit = min(int(query.get("limit", "5000")), 50_000)
    return {"ticker": ticker, "adjusted": adjusted}, rows, limit


def _tickers(world: World, query: Mapping[str, str]) -> list[dict[str, Any]]:
    day = _day(query.get("date", world.last.isoformat()))
    wanted = query.get("active", "true") == "true"
    rows = []
    for company in world.companies:
        name = company.ticker(day)
        if name is not None and wanted:
            rows.append(_ticker_row(company, name, day, None))
        last = company.tickers[-1][2]
        if not wanted and company.gone and last is not None and last < day:
            rows.append(_ticker_row(company, company.tickers[-1][0], day, last))
    return sorted(rows, key=lambda row: row["ticker"])


def _ticker_row(company: Company, name: str, day: date, last: date | None) -> dict[str, Any]:
    row: dict[str, Any] = {
        "ticker": name,
        "name": company.name,
        "market": "stocks",
        "locale": "us",
        "primary_exchange": "XNYS",
        "type": company.kind,
        "active": last is None,
        "currency_name": "usd",
        "last_updated_utc": f"{day}T00:00:00Z",
    }
    figis = {"composite_figi": company.figi, "share_class_figi": company.share_class}
    row |= {key: value for key, value in figis.items() if value}
    if last is not None:
        row["delisted_utc"] = f"{last}T05:00:00Z"
    return row


def _splits(world: World, twice: bool) -> list[dict[str, Any]]:
    rows = []
    for number, company in enumerate(world.companies):
        for index, split in enumerate(company.splits):
            later = world.later_splits(company, split.day) * split.new / split.old
            for copy in range(2 if twice else 1):
                rows.append(
                    {
                        "id": f"P{number:03d}{index}{copy}",
                        "ticker": company.ticker(split.day),
                        "execution_date": split.day.isoformat(),
                        "split_from": split.old,
                        "split_to": split.new,
                        "adjustment_type": split.kind,
                        "historical_adjustment_factor": round(1 / later, 6),
                    }
                )
    return sorted(rows, key=lambda row: row["execution_date"])


def _dividends(world: World) -> list[dict[str, Any]]:
    rows = []
    for number, company in enumerate(world.companies):
        for index, paid in enumerate(company.dividends):
            ratio = world.later_splits(company, paid.day)
            rows.append(
                {
                    "id": f"E{number:03d}{index}",
                    "ticker": company.ticker(paid.day),
                    "ex_dividend_date": paid.day.isoformat(),
                    "declaration_date": (paid.day - timedelta(days=20)).isoformat(),
                    "record_date": paid.day.isoformat(),
                    "pay_date": (paid.day + timedelta(days=14)).isoformat(),
                    "cash_amount": paid.amount,
                    "split_adjusted_cash_amount": round(paid.amount / ratio, 6),
                    "currency": paid.currency,
                    "distribution_type": paid.kind,
                    "frequency": 4 if paid.kind == "recurring" else 0,
                    "historical_adjustment_factor": 0.99,
                }
            )
    return sorted(rows, key=lambda row: row["ticker"])


def _old_rows(world: World, what: str, query: Mapping[str, str]) -> list[dict[str, Any]]:
    if what == "splits":
        rows = _between(_splits(world, False), "execution_date", query)
        drop = ("id", "adjustment_type", "historical_adjustment_factor")
    else:
        rows = _between(_dividends(world), "ex_dividend_date", query)
        drop = ("id", "historical_adjustment_factor", "split_adjusted_cash_amount", "currency")
    short = [{key: row[key] for key in row if key not in drop} for row in rows]
    return [
        {"dividend_type" if key == "distribution_type" else key: row[key] for key in row}
        for row in short
    ]


def _between(
    rows: list[dict[str, Any]], day: str, query: Mapping[str, str]
) -> list[dict[str, Any]]:
    tests = {
        f"{day}": lambda value, bound: value == bound,
        f"{day}.gte": lambda value, bound: value >= bound,
        f"{day}.gt": lambda value, bound: value > bound,
        f"{day}.lte": lambda value, bound: value <= bound,
        f"{day}.lt": lambda value, bound: value < bound,
    }
    asked = [(tests[name], query[name]) for name in tests if name in query]
    kept = [row for row in rows if all(test(row[day], bound) for test, bound in asked)]
    if query.get("sort", "").startswith(day):
        kept.sort(key=lambda row: row[day], reverse=query["sort"].endswith(".desc"))
    return kept
