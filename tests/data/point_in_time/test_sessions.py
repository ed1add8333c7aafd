"""The calendar as the store knows it."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from tests.data.point_in_time.memory import MemoryCellar, calendar_rows, days, weekdays
from workbench.data.exchange_days import exchange_days
from workbench.data.point_in_time import SessionCalendar, calendar
from workbench.errors import BadValueError, CalendarUnknownError, NotCoveredError


def cellar(first="2024-02-01", last="2024-02-29"):
    open_days = np.setdiff1d(weekdays(first, last), days("2024-02-09", "2024-02-18"))
    return MemoryCellar().put("cal.sessions", calendar_rows(first, last, open_days))


def test_around_the_spring_festival():
    known = calendar(cellar())
    assert str(known.next("2024-02-08")) == "2024-02-19"
    assert str(known.next("2024-02-12")) == "2024-02-19"
    assert str(known.previous("2024-02-19")) == "2024-02-08"
    assert str(known.previous("2024-02-20")) == "2024-02-19"
    assert known.is_session("2024-02-08")
    assert not known.is_session("2024-02-09")
    got = known.between("2024-02-07", "2024-02-20")
    assert got.astype(str).tolist() == ["2024-02-07", "2024-02-08", "2024-02-19", "2024-02-20"]
    assert len(known.between()) == len(known.sessions) == 15
    assert (str(known.first), str(known.last)) == ("2024-02-01", "2024-02-29")
    with pytest.raises(ValueError, match="read-only"):
        known.sessions[0] = np.datetime64("2020-01-01")


@pytest.mark.parametrize(
    "ask",
    [
        lambda known: known.next("2024-02-29"),
        lambda known: known.next("2024-03-01"),
        lambda known: known.previous("2024-02-01"),
        lambda known: known.previous("2024-01-31"),
        lambda known: known.is_session("2024-03-01"),
        lambda known: known.between("2024-01-31", "2024-02-05"),
        lambda known: known.between("2024-02-05", "2024-03-01"),
        lambda known: known.require(weekdays("2024-02-20", "2024-03-05")),
    ],
)
def test_beyond_the_days_known(ask):
    with pytest.raises(CalendarUnknownError, match="2024-02"):
        ask(calendar(cellar()))


def test_rows_after_never_guess():
    known = calendar(cellar())
    wanted = np.array(["2023-12-01", "2024-02-08", "2024-02-29", "NaT"], dtype="datetime64[D]")
    assert known.rows_after(wanted).tolist() == [0, 6, 15, 15]


def test_a_hole_is_refused():
    rows = cellar().tables["cal.sessions"].filter(pl.col("session").dt.day() != 14)
    with pytest.raises(CalendarUnknownError, match="2024-02-13 is followed by 2024-02-15"):
        calendar(MemoryCellar().put("cal.sessions", rows))


def test_only_shanghai_counts_and_rows_may_come_in_any_order():
    rows = cellar().tables["cal.sessions"]
    other = rows.with_columns(pl.lit("SZSE").alias("exchange"), ~pl.col("is_open"))
    mixed = pl.concat([rows, other]).sample(fraction=1.0, shuffle=True, seed=3)
    got = calendar(MemoryCellar().put("cal.sessions", mixed)).sessions
    np.testing.assert_array_equal(got, calendar(cellar()).sessions)


def test_no_calendar():
    with pytest.raises(NotCoveredError):
        calendar(MemoryCellar())
    with pytest.raises(CalendarUnknownError, match="no day"):
        calendar(MemoryCellar().put("cal.sessions", []))
    with pytest.raises(BadValueError, match="'hk'"):
        calendar(cellar(), "hk")
    with pytest.raises(BadValueError, match="not a day"):
        calendar(cellar()).next("tomorrow")


def test_new_york():
    frame = cellar().tables["cal.sessions"].with_columns(pl.lit("XNYS").alias("exchange"))
    known = calendar(MemoryCellar().put("us.sessions", frame), "us")
    assert known.market == "us"
    assert len(known.sessions) == 15


def test_real_sessions_agree_with_the_seed_calendar(shared_data):
    truth = pl.read_csv(shared_data / "xshg_sessions_truth.csv", try_parse_dates=True)
    sessions = truth["date"].to_numpy().astype("datetime64[D]")
    first, last = str(sessions[0]), str(sessions[-1])
    known = SessionCalendar.from_frame(calendar_rows(first, last, sessions).drop("exchange"))
    np.testing.assert_array_equal(known.sessions, sessions)
    wanted = exchange_days("SSE", date(2006, 1, 1), date(2025, 12, 31))
    np.testing.assert_array_equal(known.between("2006-01-01", "2025-12-31"), wanted)
    counts = [len(known.between(f"{year}-01-01", f"{year}-12-31")) for year in (2024, 2025)]
    assert counts == [242, 243]
    for row in range(5, len(wanted) - 1, 97):
        assert known.next(wanted[row]) == wanted[row + 1]
        assert known.previous(wanted[row + 1]) == wanted[row]
