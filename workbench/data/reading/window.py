"""Windows: what somebody wrote becomes days, checked against clock and calendar.

1. `written_day` reads a date, ``2024-01-31`` or ``20240131``; anything else is refused
2. `window` refuses a start after the end, the future, days that the calendar does not know, and
   an end that is no session, unless it may snap to the session before
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

from workbench.errors import BadValueError, near_names

if TYPE_CHECKING:
    from workbench.data.point_in_time import SessionCalendar

__all__ = ["REGIONS", "Region", "Window", "region_of", "window", "written_day"]

_WRITTEN = re.compile(r"(\d{4})-(\d{2})-(\d{2})|(\d{4})(\d{2})(\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Region:
    """Whose calendar and clock count: the calendar's table and the time zone."""

    name: str
    sessions: str
    zone: str

    def today(self, now: datetime) -> date:
        """The day it is there, `now` being aware."""
        return now.astimezone(ZoneInfo(self.zone)).date()


REGIONS = MappingProxyType(
    {
        "cn": Region("cn", "cal.sessions", "Asia/Shanghai"),
        "us": Region("us", "us.sessions", "America/New_York"),
    }
)
"""Regions by name."""


@dataclass(frozen=True, slots=True)
class Window:
    """First and last day, both included; None is open."""

    first: date | None
    last: date | None


def region_of(name: object) -> Region:
    """The region of this name.

    Raises
    ------
    BadValueError
        With near names.
    """
    if not isinstance(name, str) or name not in REGIONS:
        raise BadValueError(
            f"The region should be one of {', '.join(REGIONS)}, got {name!r}."
            f"{near_names(str(name), REGIONS)}"
        )
    return REGIONS[name]


def written_day(value: object, what: str = "day") -> date:
    """Read one day.

    Parameters
    ----------
    value : date, datetime64 or str
        ``2024-01-31`` or ``20240131``; every other spelling could be read in two ways.
    what : str
        Name of the argument, for the message.

    Raises
    ------
    BadValueError
        If it is no such day.

    Examples
    --------
    >>> written_day("20240131")
    datetime.date(2024, 1, 31)
    """
    if isinstance(value, np.datetime64) and not np.isnat(value):
        value = value.astype("datetime64[us]").item()
    if isinstance(value, datetime):
        if value.time() != datetime.min.time() or value.tzinfo is not None:
            raise BadValueError(f"{what} should be a day, got {value!r}, which has a time.")
        return value.date()
    if isinstance(value, date):
        return value
    match = _WRITTEN.fullmatch(value) if isinstance(value, str) else None
    if match:
        year, month, day = (int(part) for part in match.groups() if part)
        try:
            return date(year, month, day)
        except ValueError as error:
            raise BadValueError(f"{what} should be a day, got {value!r}: {error}.") from error
    raise BadValueError(
        f"{what} should be a date, '2024-01-31' or '20240131', got {value!r}; other spellings can "
        "be read in two ways."
    )


def window(
    start: object,
    end: object,
    *,
    now: datetime,
    region: Region,
    known: SessionCalendar | None,
    snap: str | None = None,
) -> Window:
    """Check a window that somebody asked for.

    Parameters
    ----------
    start, end : day or None
        First and last day, both included.
    now : datetime
        Aware; days later than today at the exchange are refused.
    region : Region
        Whose clock counts.
    known : SessionCalendar or None
        Where given, `end` must be a session, and both days must be known; None for tables that
        do not follow sessions.
    snap : {"prev"} or None
        ``"prev"`` moves an `end` that is no session to the session before.

    Raises
    ------
    BadValueError
        Start after end, a day in the future, an end that is no session.
    CalendarUnknownError
        A day beyond the calendar.
    """
    if snap not in (None, "prev"):
        raise BadValueError(f"snap should be 'prev' or None, got {snap!r}.")
    first = None if start is None else written_day(start, "start")
    last = None if end is None else written_day(end, "end")
    today = region.today(now)
    for what, day in (("start", first), ("end", last)):
        if day is not None and day > today:
            raise BadValueError(f"{what} {day} lies in the future; today is {today} there.")
    if first is not None and last is not None and first > last:
        raise BadValueError(f"start {first} lies after end {last}; exchange them.")
    if known is not None:
        if first is not None:
            known.is_session(np.datetime64(first))  # raises where the calendar ends
        if last is not None and not known.is_session(np.datetime64(last)):
            last = _snapped(last, first, known, snap)
    return Window(first, last)


def _snapped(last: date, first: date | None, known: SessionCalendar, snap: str | None) -> date:
    """The session before an end that is none, where that was asked for."""
    row = int(np.searchsorted(known.sessions, np.datetime64(last)))
    before = known.sessions[row - 1].item() if row else None
    after = known.sessions[row].item() if row < len(known.sessions) else None
    if snap is None:
        raise BadValueError(
            f"end {last} is no session; the session before is {before or 'unknown'}, after is "
            f"{after or 'unknown'}. Name one of them, or pass snap='prev'."
        )
    if before is None or (first is not None and before < first):
        raise BadValueError(
            f"No session lies between {first or known.first} and {last}; widen the window."
        )
    return before
