"""Sessions of Shanghai and Shenzhen from 1990-12-19 to 2026-12-31, from a list of closed weekdays.

The list was derived once from exchange_calendars; `test_calendar` compares the two.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

__all__ = [
    "FIRST_DAY",
    "LAST_DAY",
    "between",
    "day",
    "days",
    "following",
    "is_session",
    "previous",
    "sessions",
    "text",
]

FIRST_DAY, LAST_DAY = date(1990, 12, 19), date(2026, 12, 31)


@cache
def sessions() -> tuple[date, ...]:
    """Every open day."""
    shut = set()
    source = files(__package__) / "holidays.txt"
    for line in source.read_text(encoding="utf-8").splitlines()[1:]:
        year, *rest = line.split()
        shut.update(date(int(year), int(word[:2]), int(word[2:])) for word in rest)
    every = days(FIRST_DAY, LAST_DAY)
    return tuple(one for one in every if one.weekday() < 5 and one not in shut)


@cache
def _known() -> frozenset[date]:
    return frozenset(sessions())


def is_session(one: date) -> bool:
    """Whether this day is open."""
    return one in _known()


def between(first: date, last: date) -> tuple[date, ...]:
    """Open days of a closed span."""
    every = sessions()
    return every[bisect_left(every, first) : bisect_right(every, last)]


def previous(one: date) -> date | None:
    """The last open day before this one."""
    at = bisect_left(sessions(), one)
    return sessions()[at - 1] if at else None


def following(one: date) -> date | None:
    """The first open day after this one."""
    at = bisect_right(sessions(), one)
    return sessions()[at] if at < len(sessions()) else None


def days(first: date, last: date) -> list[date]:
    """Every natural day of a closed span."""
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]


def day(word: object) -> date | None:
    """A date out of a date, ``20240102`` or ``2024-01-02``; None for nothing or nonsense."""
    if isinstance(word, date):
        return word
    digits = str(word or "").replace("-", "")[:8]
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


def text(one: date | None) -> str | None:
    """``20240102``."""
    return None if one is None else one.strftime("%Y%m%d")
