"""When a session may be asked for: clocks around 15 to 17 h and midnight, Shanghai and New York."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from workbench.data.catalog import dataset
from workbench.data.update.publication import OpenDays, Publication, published, today
from workbench.errors import BadValueError

TUESDAY, WEDNESDAY, FRIDAY = date(2024, 1, 2), date(2024, 1, 3), date(2024, 1, 5)
MONDAY = date(2024, 1, 8)
DAYS = OpenDays(
    (TUESDAY, WEDNESDAY, date(2024, 1, 4), FRIDAY, MONDAY), date(2024, 1, 1), date(2024, 1, 9)
)
SHANGHAI = ZoneInfo("Asia/Shanghai")
BARS = replace(dataset("cn.bars_1d"), published="17:00", first=None)
MARGIN = replace(BARS, published="next 10:00")


def at(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """Shanghai's clock as UTC."""
    local = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=SHANGHAI)
    return local.astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "last"),
    [
        (at(WEDNESDAY, 15), TUESDAY),
        (at(WEDNESDAY, 16, 59, 59), TUESDAY),
        (at(WEDNESDAY, 17), WEDNESDAY),
        (at(WEDNESDAY, 23, 59, 59), WEDNESDAY),
        (at(date(2024, 1, 4), 0), WEDNESDAY),
        (at(date(2024, 1, 6), 12), FRIDAY),
        (at(date(2024, 1, 7), 23), FRIDAY),
    ],
)
def test_an_evening_dataset_opens_at_its_hour(now: datetime, last: date):
    assert list(published(BARS, DAYS, now))[-1] == last


@pytest.mark.parametrize(
    ("now", "last"),
    [
        (at(WEDNESDAY, 9, 59, 59), None),
        (at(WEDNESDAY, 10), TUESDAY),
        (at(date(2024, 1, 6), 12), date(2024, 1, 4)),  # Friday's comes on Monday
        (at(MONDAY, 9, 59), date(2024, 1, 4)),
        (at(MONDAY, 10), FRIDAY),
        (at(date(2024, 1, 20), 10), FRIDAY),  # Monday's follower is beyond the calendar
    ],
)
def test_a_next_morning_dataset_waits_for_the_following_session(now: datetime, last: date | None):
    found = list(published(MARGIN, DAYS, now))
    assert (found[-1] if found else None) == last


def test_the_moment_does_not_depend_on_the_zone_of_the_clock():
    shanghai = at(WEDNESDAY, 17)
    assert published(BARS, DAYS, shanghai) == published(
        BARS, DAYS, shanghai.astimezone(ZoneInfo("America/Los_Angeles"))
    )


def test_days_outside_the_datasets_life_are_left_out():
    short = replace(BARS, first=WEDNESDAY, last=FRIDAY)
    assert list(published(short, DAYS, at(MONDAY, 23))) == [WEDNESDAY, date(2024, 1, 4), FRIDAY]


def test_new_york_keeps_daylight_saving_time():
    evening = Publication.of(replace(dataset("us.bars_1d"), published="18:00"))
    assert evening.on(date(2024, 1, 2)).hour == 23
    assert evening.on(date(2024, 7, 2)).hour == 22


def test_a_period_lasts_from_one_clock_to_the_next():
    evening = Publication.of(BARS)
    assert evening.period(at(WEDNESDAY, 16, 59)) == at(TUESDAY, 17)
    assert evening.period(at(WEDNESDAY, 17)) == at(WEDNESDAY, 17)
    assert evening.period(at(WEDNESDAY, 17) + timedelta(hours=23)) == at(WEDNESDAY, 17)


def test_today_is_the_exchanges():
    midnight = at(WEDNESDAY, 0)
    assert today("cn", midnight) == WEDNESDAY
    assert today("cn", midnight - timedelta(seconds=1)) == TUESDAY
    assert today("us", midnight) == TUESDAY


@pytest.mark.parametrize("words", ["five", "25:00", "next", "tomorrow 10:00"])
def test_other_words_are_refused(words: str):
    with pytest.raises(BadValueError, match="HH:MM"):
        Publication.of(replace(BARS, published=words))


def test_open_days_answer_between_and_after():
    assert DAYS.between(date(2024, 1, 3), date(2024, 1, 6)) == DAYS.days[1:4]
    assert DAYS.following(FRIDAY) == MONDAY
    assert DAYS.following(date(2024, 1, 1)) == TUESDAY
    assert DAYS.following(MONDAY) is None
    assert DAYS.covers(date(2024, 1, 1), date(2024, 1, 9))
    assert not DAYS.covers(date(2023, 12, 31), MONDAY)
    assert not OpenDays().covers(TUESDAY, TUESDAY)
