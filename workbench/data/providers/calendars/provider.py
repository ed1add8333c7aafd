"""The seed calendar as a `Provider` that asks nobody: no requests, all the work in decode."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from workbench.data.exchange_days import SEEDED, exchange_days, known_until
from workbench.data.provider import (
    Credential,
    Judgement,
    Outcome,
    Pages,
    Request,
    Response,
    Unit,
    Want,
)
from workbench.errors import BadAnswerError, CalendarUnknownError, UnknownDatasetError

if TYPE_CHECKING:
    import polars as pl

    from workbench.data.dataset import Dataset

__all__ = ["EXCHANGES", "PROVIDER", "CalendarProvider"]

EXCHANGES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"us.sessions": ("XNYS",), "cal.sessions": ("SSE", "SZSE")}
)
"""Exchanges in each calendar dataset."""


class CalendarProvider:
    """Trading calendars from the package exchange_calendars; one unit a calendar year."""

    name = "calendar"
    origin = "https://calendar.invalid"  # a reserved name: nothing is ever sent
    credential = Credential("calendar", "bearer")

    def datasets(self) -> tuple[str, ...]:
        """``us.sessions``, and ``cal.sessions`` for workspaces without tushare."""
        return tuple(EXCHANGES)

    def rates(self, api: str) -> tuple[tuple[int, int], ...]:
        """No calls, no limits."""
        return ()

    def plan(self, dataset: Dataset, want: Want) -> Iterator[Unit]:
        """One unit a year, as far as the calendar is known.

        Raises
        ------
        CalendarUnknownError
            If no day of the window is known.
        """
        begin, end = _known(dataset.name)
        first = max(want.first, begin)
        last = want.last if end is None else min(want.last, end)
        if first > last:
            raise CalendarUnknownError(
                f"The seed calendar for {dataset.name} knows {begin} to {end or 'any later day'}; "
                f"asked for {want.first} to {want.last}."
            )
        for year in range(first.year, last.year + 1):
            start = max(date(year, 1, 1), begin)
            yield Unit(dataset.name, str(year), start, date(year, 12, 31))

    def requests(self, unit: Unit) -> Generator[Request, Response, Pages]:
        """No request at all: the pages are empty."""
        yield from ()
        return Pages(unit, ())

    def judge(self, request: Request, response: Response) -> Judgement:
        """Never asked; an answer that came nevertheless is none of ours."""
        return Judgement(Outcome.BAD_ANSWER, "the seed calendar asks nobody")

    def decode(self, unit: Unit, pages: Pages) -> pl.DataFrame:
        """Every natural day of the unit for each exchange, open or not, with the session before.

        `pretrade` is missing for days up to the exchange's first session.

        Raises
        ------
        CalendarUnknownError
            If the unit reaches beyond the known days.
        """
        import polars as pl

        from workbench.data.catalog import dataset

        if unit.first is None or unit.last is None or pages.answers:
            raise BadAnswerError("expected a unit with days and without answers")
        _known(unit.dataset)
        frames = [_days(exchange, unit.first, unit.last) for exchange in EXCHANGES[unit.dataset]]
        contract = dataset(unit.dataset)
        return pl.concat(frames).cast(dict(contract.schema())).sort(contract.key)

    def from_frame(self, dataset: Dataset, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame in the dataset's order and types; calendars have no vendor's columns."""
        return frame.select(dataset.names).cast(dict(dataset.schema())).sort(dataset.key)


def _known(name: str) -> tuple[date, date | None]:
    if name not in EXCHANGES:
        raise UnknownDatasetError(
            f"The seed calendar delivers {', '.join(EXCHANGES)}; it does not deliver {name}."
        )
    exchange = EXCHANGES[name][0]
    return SEEDED[exchange][1], known_until(exchange)


def _days(exchange: str, first: date, last: date) -> pl.DataFrame:
    import polars as pl

    begin = SEEDED[exchange][1]
    sessions = exchange_days(exchange, max(begin, first - timedelta(days=40)), last)
    one = np.timedelta64(1, "D")
    days = np.arange(np.datetime64(first), np.datetime64(last) + one, one)
    before = np.searchsorted(sessions, days, side="left") - 1
    pretrade = np.where(before >= 0, sessions[np.maximum(before, 0)], np.datetime64("NaT", "D"))
    return pl.DataFrame(
        {
            "exchange": pl.Series([exchange] * len(days), dtype=pl.String),
            "session": days,
            "is_open": np.isin(days, sessions),
            "pretrade": pretrade.astype("datetime64[D]"),
        }
    )


PROVIDER = CalendarProvider()
