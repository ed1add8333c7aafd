"""What is due: unknown, young and incomplete, re-read, sampled, grown; and nothing twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.data.catalog import dataset
from workbench.data.provider import Unit
from workbench.data.update.plan import Known, due_sessions, due_units, sample

BARS = replace(dataset("cn.bars_1d"), published="17:00", reread=5)
STATEMENTS, SPLITS = dataset("cn.income"), dataset("us.splits")
DAYS = [date(2024, 1, 1) + timedelta(days=step) for step in range(20)]
MOMENTS = {day: datetime(day.year, day.month, day.day, 9, tzinfo=UTC) for day in DAYS}
PERIOD = MOMENTS[DAYS[-1]]
NOW = PERIOD + timedelta(hours=1)
WINDOW = (DAYS[0], DAYS[-1])


def known(day: date, settled: datetime, missing: int = 0) -> Known:
    return Known(day.isoformat(), "verified", day, day, 100, missing, settled)


def settled(when: datetime, days: list[date] = DAYS) -> dict[str, Known]:
    return {day.isoformat(): known(day, max(when, MOMENTS[day])) for day in days}


def due(held: Mapping[str, Known], now: datetime = NOW, **words: object) -> list[date]:
    return due_sessions(BARS, MOMENTS, held, WINDOW, now, **words)


def test_everything_is_due_at_first_and_nothing_after_it_was_read():
    assert due({}) == DAYS
    assert due(settled(NOW)) == []
    assert due(settled(NOW), force=True) == DAYS


def test_the_latest_sessions_are_read_again_once_a_period():
    yesterday = settled(PERIOD - timedelta(hours=20))
    del yesterday[DAYS[-1].isoformat()]
    assert due(yesterday) == DAYS[-BARS.reread :]
    today = {**settled(NOW, DAYS[-BARS.reread :]), **settled(PERIOD - timedelta(days=1), DAYS[:-5])}
    assert due(today) == []


def test_sessions_outside_the_window_are_left_alone():
    window = (DAYS[3], DAYS[5])
    assert due_sessions(BARS, MOMENTS, {}, window, NOW) == DAYS[3:6]
    old = settled(PERIOD - timedelta(days=1))
    assert due_sessions(BARS, MOMENTS, old, window, NOW) == []


@pytest.mark.parametrize(
    ("after_publication", "since", "again"),
    [
        (timedelta(hours=1), timedelta(minutes=1), True),  # young: every run
        (timedelta(hours=5, minutes=59), timedelta(minutes=1), True),
        (timedelta(hours=6), timedelta(minutes=1), False),
        (timedelta(hours=6), timedelta(days=1), True),  # a day at least
        (timedelta(days=3), timedelta(days=2, hours=23), False),
        (timedelta(days=3), timedelta(days=3), True),  # as long again as it took
        (timedelta(days=400), timedelta(days=29), False),
        (timedelta(days=400), timedelta(days=30), True),  # a month at most
    ],
)
def test_incomplete_sessions_are_tried_at_growing_distances(after_publication, since, again):
    day = DAYS[0]
    at = MOMENTS[day] + after_publication
    held = {**settled(at + since), day.isoformat(): known(day, at, missing=1)}
    assert (day in due(held, at + since)) is again


def test_a_sample_of_old_sessions_is_taken_once_a_period():
    held = settled(PERIOD - timedelta(hours=1))
    held |= {day.isoformat(): known(day, NOW) for day in DAYS[-5:]}
    picked = due(held, audit=2)
    assert len(picked) == 2
    assert set(picked) <= set(DAYS[:-5])
    held |= {day.isoformat(): known(day, NOW) for day in picked}
    assert due(held, audit=2) == []


@given(
    st.lists(st.text(max_size=3), unique=True, max_size=8), st.text(max_size=3), st.integers(0, 9)
)
def test_a_sample_depends_on_the_seed_alone(keys: list[str], seed: str, count: int):
    found = sample(keys, seed, count)
    assert found == sample(keys[::-1], seed, count)
    assert len(found) == min(count, len(keys))
    assert set(found) <= set(keys)


def test_samples_differ_between_periods():
    keys = [str(number) for number in range(50)]
    assert len({tuple(sample(keys, f"period {number}", 2)) for number in range(20)}) > 15


def whole(key: str, first: date | None, last: date | None, at: datetime) -> dict[str, Known]:
    return {key: Known(key, "verified", first, last, 1, 0, at)}


def test_open_units_are_read_once_a_period():
    unit = Unit("cn.income", "600519.SH")
    assert due_units(STATEMENTS, [unit], {}, PERIOD) == [unit]
    before = whole(unit.key, None, None, PERIOD - timedelta(seconds=1))
    assert due_units(STATEMENTS, [unit], before, PERIOD) == [unit]
    assert due_units(STATEMENTS, [unit], whole(unit.key, None, None, PERIOD), PERIOD) == []
    assert due_units(STATEMENTS, [unit], whole(unit.key, None, None, PERIOD), PERIOD, force=True)


def test_a_year_that_is_over_is_read_once_after_its_end():
    unit = Unit("us.splits", "2023", date(2023, 1, 1), date(2023, 12, 31))
    held = whole(unit.key, unit.first, unit.last, datetime(2023, 12, 30, 12, tzinfo=UTC))
    assert due_units(SPLITS, [unit], held, PERIOD) == [unit]
    held = whole(unit.key, unit.first, unit.last, datetime(2024, 1, 2, 12, tzinfo=UTC))
    assert due_units(SPLITS, [unit], held, PERIOD) == []
    assert due_units(SPLITS, [unit], held, PERIOD, audit=1) == [unit]


@pytest.mark.parametrize(
    ("first", "last", "grown"),
    [
        (date(2023, 1, 1), date(2023, 6, 30), False),
        (date(2023, 2, 1), date(2023, 5, 31), False),
        (date(2022, 12, 31), date(2023, 6, 30), True),
        (date(2023, 1, 1), date(2023, 7, 1), True),
        (None, date(2023, 6, 30), True),
    ],
)
def test_a_unit_whose_span_has_grown_is_due(first, last, grown):
    held = whole("A", date(2023, 1, 1), date(2023, 6, 30), NOW)
    unit = Unit("idx.bars_1d", "A", first, last)
    assert bool(due_units(dataset("idx.bars_1d"), [unit], held, PERIOD)) is grown
