"""The seed calendar: counts that others published, every natural day, and where it ends."""

from __future__ import annotations

from datetime import date, timedelta

import httpx
import polars as pl
import pytest

from tests.data.client.fakes import Place
from workbench.data.catalog import dataset
from workbench.data.client import Client
from workbench.data.exchange_days import exchange_days, first_session, known_until
from workbench.data.provider import Outcome, Pages, Provider, Request, Response, Unit, Want
from workbench.data.providers import provider
from workbench.data.providers.calendars import PROVIDER
from workbench.data.settings import Settings
from workbench.errors import (
    BadAnswerError,
    BadValueError,
    CalendarUnknownError,
    UnknownDatasetError,
)


def calendar(name, first, last):
    units = list(PROVIDER.plan(dataset(name), Want(first, last)))
    frames = []
    for unit in units:
        generator = PROVIDER.requests(unit)
        with pytest.raises(StopIteration) as end:
            next(generator)
        frames.append(PROVIDER.decode(unit, end.value.value))
    return pl.concat(frames)


def test_it_is_a_provider_that_asks_nobody():
    assert isinstance(PROVIDER, Provider)
    assert provider("calendar") is PROVIDER
    assert PROVIDER.datasets() == ("us.sessions", "cal.sessions")
    assert PROVIDER.rates("x") == ()
    answer = Response(200, {}, b"{}")
    assert PROVIDER.judge(Request("x", "GET", "/"), answer).outcome is Outcome.BAD_ANSWER
    unit = Unit("us.sessions", "2024", date(2024, 1, 1), date(2024, 12, 31))
    with pytest.raises(BadAnswerError):
        PROVIDER.decode(unit, Pages(unit, ((Request("x", "GET", "/"), answer),)))


@pytest.mark.parametrize(
    ("year", "sessions"), [(2001, 248), (2012, 250), (2023, 250), (2024, 252), (2025, 250)]
)
def test_sessions_of_new_york(year, sessions):
    # 2001: four days after 11 September; 2012: two of a storm; 2025: a day of mourning.
    frame = calendar("us.sessions", date(year, 3, 1), date(year, 3, 2))
    assert frame.schema == pl.Schema(dataset("us.sessions").schema())
    assert frame["is_open"].sum() == sessions
    assert frame.height == (date(year + 1, 1, 1) - date(year, 1, 1)).days
    assert frame["exchange"].unique().to_list() == ["XNYS"]


def test_holidays_of_new_york():
    closed = ["2001-09-12", "2012-10-29", "2022-06-20", "2024-07-04", "2025-01-09"]
    opened = ["2024-07-03", "2024-11-29", "2021-06-18"]
    for days, count in ((closed, 0), (opened, 1)):
        for day in map(date.fromisoformat, days):
            assert len(exchange_days("XNYS", day, day)) == count


@pytest.mark.parametrize(("year", "sessions"), [(2024, 242), (2025, 243), (2026, 242)])
def test_sessions_of_china(year, sessions):
    frame = calendar("cal.sessions", date(year, 3, 1), date(year, 3, 2))
    counted = frame.group_by("exchange").agg(pl.col("is_open").sum())
    assert dict(counted.rows()) == {"SSE": sessions, "SZSE": sessions}


def test_the_session_before():
    frame = calendar("us.sessions", date(1990, 1, 1), date(1992, 12, 31)).sort("session")
    assert frame["session"].to_list()[0] == date(1990, 1, 2)
    last = None
    for row in frame.rows(named=True):
        assert row["pretrade"] == last
        last = row["session"] if row["is_open"] else last
    days = frame["session"].to_list()
    assert days == [days[0] + timedelta(n) for n in range(len(days))]


def test_where_china_ends():
    end = known_until("SSE")
    assert end == date(end.year, 12, 31)
    beyond = end + timedelta(days=1)
    assert calendar("cal.sessions", date(end.year, 6, 1), beyond)["session"].max() == end
    with pytest.raises(CalendarUnknownError):
        list(PROVIDER.plan(dataset("cal.sessions"), Want(beyond, beyond)))
    with pytest.raises(CalendarUnknownError):
        exchange_days("SSE", end, beyond)
    unit = Unit("cal.sessions", str(beyond.year), beyond, beyond)
    with pytest.raises(CalendarUnknownError, match="knows 1990-12-19 to"):
        PROVIDER.decode(unit, Pages(unit, ()))


def test_what_it_does_not_know():
    with pytest.raises(CalendarUnknownError):
        exchange_days("XNYS", date(1989, 12, 1), date(1990, 1, 5))
    with pytest.raises(BadValueError, match="No seed calendar"):
        exchange_days("BSE", date(2024, 1, 1), date(2024, 1, 5))
    with pytest.raises(BadValueError, match="first <= last"):
        exchange_days("SSE", date(2024, 1, 5), date(2024, 1, 1))
    with pytest.raises(CalendarUnknownError, match="no session"):
        first_session("XNYS", date(2024, 1, 6), date(2024, 1, 7))
    with pytest.raises(UnknownDatasetError):
        list(PROVIDER.plan(dataset("cn.bars_1d"), Want(date(2024, 1, 1), date(2024, 1, 2))))


def test_a_frame_of_ones_own():
    frame = calendar("us.sessions", date(2024, 1, 1), date(2024, 1, 2)).head(3)
    turned = frame.select(reversed(frame.columns)).sort("session", descending=True)
    assert PROVIDER.from_frame(dataset("us.sessions"), turned).equals(frame)


def test_the_real_client_asks_nobody_either(tmp_path):
    cellar = Place(tmp_path, Settings())
    units = list(PROVIDER.plan(dataset("us.sessions"), Want(date(2024, 1, 1), date(2024, 2, 1))))

    def refuse(request):
        raise AssertionError(request.url)

    with Client(PROVIDER, cellar, transport=httpx.MockTransport(refuse)) as client:
        (got,) = client.fetch(units)
    assert (got.error, got.calls) == (None, 0)
    assert PROVIDER.decode(got.unit, got.pages)["is_open"].sum() == 252
