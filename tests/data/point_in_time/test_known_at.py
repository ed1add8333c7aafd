"""The session from which a row of a statement may be used, rule by rule."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl
import pytest

from tests.data.point_in_time.memory import day, weekday_calendar
from workbench.data.point_in_time import known_at
from workbench.errors import SchemaError

CALENDAR = weekday_calendar("2014-01-01", "2014-12-31")
LOADED = datetime(2014, 11, 5, 3, 0)  # Wednesday 11:00 in Shanghai: after the opening


def rows(*given, **common):
    base = {
        "asset": "600519.SH", "period": day("2014-03-31"), "report_type": "1",
        "announced": day("2014-04-16"), "f_announced": None, "update_flag": "0",
        "first_seen_at": LOADED, "content_hash": "", **common,
    }  # fmt: skip
    made = [{**base, "content_hash": str(n), **row} for n, row in enumerate(given)]
    frame = pl.DataFrame(made, schema_overrides={"f_announced": pl.Date}, strict=False)
    return frame.with_columns(
        pl.col("first_seen_at").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    )


def dates(*given, backfill=False, **common):
    known = known_at(rows(*given, **common), CALENDAR, backfill=backfill)
    assert known.quarantined.is_empty()
    return [None if found is None else str(found) for found in known.frame["known_at"]]


@pytest.mark.parametrize(
    ("announced", "actual", "known"),
    [
        ("2014-04-16", None, "2014-04-17"),  # Wednesday
        ("2014-04-18", None, "2014-04-21"),  # Friday: Monday
        ("2014-04-19", None, "2014-04-21"),  # Saturday: Monday
        ("2014-04-16", "2014-04-25", "2014-04-28"),  # the later of the two days
        ("2014-04-25", "2014-04-16", "2014-04-28"),
        ("2014-12-30", None, "2014-12-31"),
        ("2014-12-31", None, None),  # the calendar does not reach the next session
    ],
)
def test_the_session_after_the_announcement(announced, actual, known):
    row = {"announced": day(announced), "f_announced": actual and day(actual)}
    for backfill in (True, False):
        assert dates(row, backfill=backfill) == [known]


def test_a_row_of_the_day_before_the_calendar_is_known_on_its_first_session():
    row = {"period": day("2010-03-31"), "announced": day("2010-04-20")}
    assert dates(row) == ["2014-01-01"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"announced": day("2014-03-30")}, "announced before its period ended"),
        ({"announced": None}, "no day of announcement"),
        ({"period": None}, "no fiscal period"),
        ({"period": day("2014-02-28")}, "the period is no end of a quarter"),
        ({"period": day("2014-03-30")}, "the period is no end of a quarter"),
    ],
)
def test_rows_that_nobody_can_date_stand_apart(row, reason):
    known = known_at(rows({}, row), CALENDAR, backfill=True)
    assert known.frame.height == known.quarantined.height == 1
    assert known.quarantined["reason"].to_list() == [reason]
    assert known.quarantined["content_hash"].to_list() == ["1"]
    assert "known_at" not in known.quarantined.columns


def test_a_report_on_the_day_its_period_ends_is_possible():
    assert dates({"announced": day("2014-03-31")}) == ["2014-04-01"]


def test_plans_and_forecasts_come_before_the_period_ends():
    frame = rows({"announced": day("2014-01-15")}, {"period": day("2014-05-07")})
    known = known_at(frame, CALENDAR, backfill=True, ahead=True)
    assert known.quarantined.is_empty()
    assert known.frame["known_at"].to_list() == [date(2014, 1, 16), date(2014, 4, 17)]


def test_flags_of_one_download_the_correction_waits_until_it_was_seen():
    for backfill in (True, False):
        got = dates({"update_flag": "1"}, {"update_flag": "0"}, backfill=backfill)
        assert got == ["2014-11-06", "2014-04-17"]


def test_a_lone_correction_is_all_there_is():
    assert dates({"update_flag": "1"}) == ["2014-04-17"]


def test_before_adjustment_goes_before_adjusted():
    assert dates({"report_type": "1"}, {"report_type": "5"}) == ["2014-11-06", "2014-04-17"]
    both = dates({"report_type": "5", "update_flag": "1"}, {"report_type": "1", "update_flag": "0"})
    assert both == ["2014-04-17", "2014-11-06"]


def test_a_correction_with_a_day_of_its_own_is_known_from_it():
    got = dates({}, {"update_flag": "1", "f_announced": day("2014-08-28")})
    assert got == ["2014-04-17", "2014-08-29"]
    got = dates({}, {"report_type": "4", "announced": day("2014-10-24")})
    assert got == ["2014-04-17", "2014-10-27"]


@pytest.mark.parametrize(
    ("seen", "known"),
    [
        (datetime(2014, 8, 25, 1, 0), "2014-08-25"),  # Monday 09:00: before the opening
        (datetime(2014, 8, 25, 1, 29, 59), "2014-08-25"),
        (datetime(2014, 8, 25, 1, 30), "2014-08-26"),  # 09:30: the session is open
        (datetime(2014, 8, 25, 15, 59), "2014-08-26"),  # 23:59
        (datetime(2014, 8, 25, 16, 30), "2014-08-26"),  # Tuesday 00:30
        (datetime(2014, 8, 29, 9, 0), "2014-09-01"),  # Friday 17:00
        (datetime(2014, 12, 31, 9, 0), None),
    ],
)
def test_a_live_revision_is_known_from_the_session_that_opens_after_it_was_seen(seen, known):
    first = {"first_seen_at": datetime(2014, 4, 16, 13, 0)}
    assert dates(first, {"first_seen_at": seen}) == ["2014-04-17", known]
    # Whether it carries a flag or an old announcement makes no difference.
    assert dates(first, {"first_seen_at": seen, "update_flag": "1"})[1] == known


def test_a_live_revision_is_not_known_before_its_announcement():
    first = {"first_seen_at": datetime(2014, 4, 16, 13, 0)}
    early = {"first_seen_at": datetime(2014, 8, 25, 1, 0), "f_announced": day("2014-08-27")}
    assert dates(first, early) == ["2014-04-17", "2014-08-28"]


def test_a_backfill_does_not_read_an_order_into_the_seconds_of_a_download():
    first = {"first_seen_at": datetime(2014, 11, 5, 3, 0)}
    second = {"first_seen_at": datetime(2014, 11, 5, 3, 1)}
    assert dates(first, second, backfill=True) == ["2014-04-17", "2014-04-17"]
    assert dates(first, second, backfill=False) == ["2014-04-17", "2014-11-06"]


def test_a_correction_nobody_saw_arriving_is_never_used():
    got = dates({}, {"update_flag": "1"}, first_seen_at=None)
    assert got == ["2014-04-17", None]


def test_other_shares_other_periods_and_other_reports_are_not_versions():
    got = dates(
        {"update_flag": "1"},
        {"asset": "000001.SZ"},
        {"period": day("2013-12-31")},
        {"report_type": "2"},
        {"report_type": "6"},
    )
    assert got == ["2014-04-17"] * 5


def test_a_stage_reached_later_is_known_later():
    frame = rows({}, {}).with_columns(
        pl.Series("implementation_announced", [None, day("2014-06-10")])
    )
    known = known_at(frame, CALENDAR, backfill=True, ahead=True)
    assert known.frame["known_at"].to_list() == [date(2014, 4, 17), date(2014, 6, 11)]


def test_rows_keep_their_order_and_columns_and_an_old_answer_is_replaced():
    frame = rows({}, {"asset": "000001.SZ"}, {"update_flag": "1"}).with_columns(
        pl.lit(date(1999, 1, 1)).alias("known_at"), pl.Series("n_income", [1.0, 2.0, 3.0])
    )
    known = known_at(frame, CALENDAR, backfill=True).frame
    assert known["n_income"].to_list() == [1.0, 2.0, 3.0]
    assert set(known.columns) == set(frame.columns)
    assert (known["known_at"] > date(2014, 1, 1)).all()
    empty = known_at(frame.clear(), CALENDAR, backfill=True)
    assert empty.frame.is_empty()
    assert empty.frame.schema["known_at"] == pl.Date


def test_without_the_optional_columns():
    frame = rows({}).drop("f_announced", "first_seen_at", "content_hash")
    known = known_at(frame, CALENDAR, backfill=True).frame
    assert known["known_at"].to_list() == [date(2014, 4, 17)]
    with pytest.raises(SchemaError, match="announced"):
        known_at(frame.drop("announced"), CALENDAR, backfill=True)


@pytest.mark.parametrize(
    ("modified", "known"),
    [
        (None, "2014-01-16"),
        ("20140205", "2014-02-06"),
        ("20140205,20140310", "2014-03-11"),
        ("20140310, 20140205", "2014-03-11"),
        ("soon", "2014-01-16"),
        ("20149999", "2014-01-16"),
    ],
)
def test_a_plan_that_was_changed_is_known_after_the_change(modified, known):
    frame = rows({"announced": day("2014-01-15")}).with_columns(
        pl.lit(modified, dtype=pl.String).alias("modified")
    )
    dated = known_at(frame, CALENDAR, backfill=True, ahead=True)
    assert [str(found) for found in dated.frame["known_at"]] == [known]


def figures(*given):
    """(row, profit, revenue) to what is believed of them."""
    frame = rows(*(row for row, _, _ in given)).with_columns(
        pl.Series("profit", [one for _, one, _ in given], dtype=pl.Float64),
        pl.Series("revenue", [two for _, _, two in given], dtype=pl.Float64),
    )
    found = known_at(frame, CALENDAR, backfill=False)
    assert found.quarantined.is_empty()
    return found.frame["profit"].to_list(), found.frame["revenue"].to_list(), found.contradicted


@pytest.mark.parametrize("hashes", [("a", "b"), ("b", "a")])
def test_what_only_the_hash_tells_apart_is_believed_where_it_agrees(hashes):
    first, second = ({"content_hash": one} for one in hashes)
    profit, revenue, told = figures((first, 100.0, 7.0), (second, 200.0, 7.0))
    assert profit == [None, None]
    assert revenue == [7.0, 7.0]
    assert told.rows() == [("600519.SH", day("2014-03-31"), "profit")]
    # A row that says nothing contradicts nothing.
    assert figures((first, 100.0, 7.0), (second, None, 8.0))[0] == [100.0, 100.0]


@pytest.mark.parametrize(
    "other",
    [{"update_flag": "1"}, {"report_type": "4"}, {"first_seen_at": datetime(2014, 12, 1)},
     {"announced": day("2014-04-17")}, {"asset": "000001.SZ"}, {"period": day("2013-12-31")}],
)  # fmt: skip
def test_what_can_be_told_apart_is_no_contradiction(other):
    profit, _, told = figures(({}, 100.0, 7.0), (other, 200.0, 7.0))
    assert profit == [100.0, 200.0]
    assert told.is_empty()
