"""When a session of a dataset may be asked for, in the exchange's own time.

1. `open_days` reads the stored calendar of a market
2. `Publication` turns the catalogue's ``"17:00"`` or ``"next 10:00"`` into moments in UTC
3. `published` keeps the sessions whose moment has passed
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from workbench.data.dataset import Dataset
from workbench.data.point_in_time.sessions import calendar
from workbench.data.reading.window import REGIONS
from workbench.errors import BadValueError, CalendarUnknownError

if TYPE_CHECKING:
    from workbench.data.cellar import Cellar

__all__ = ["GRACE", "OpenDays", "Publication", "open_days", "published", "today"]

GRACE = timedelta(hours=6)
"""So long after its publication a session may be empty or incomplete without being a gap."""


@cache
def _zone(market: str) -> ZoneInfo:
    return ZoneInfo(REGIONS[market].zone)


@dataclass(frozen=True)
class OpenDays:
    """The sessions of a market and the span of natural days that its calendar knows.

    Attributes
    ----------
    days : tuple of date
        Ascending.
    first, last : date or None
        None where nothing is known.
    """

    days: tuple[date, ...] = ()
    first: date | None = None
    last: date | None = None

    def between(self, first: date, last: date) -> tuple[date, ...]:
        """Sessions from `first` to `last`, both included."""
        return self.days[bisect_left(self.days, first) : bisect_right(self.days, last)]

    def following(self, day: date) -> date | None:
        """The session after `day`, None beyond the calendar."""
        place = bisect_right(self.days, day)
        return self.days[place] if place < len(self.days) else None

    def covers(self, first: date, last: date) -> bool:
        """Whether the calendar reaches from `first` to `last`."""
        if self.first is None or self.last is None:
            return False
        return self.first <= first and last <= self.last


def open_days(cellar: Cellar, market: str) -> OpenDays:
    """Read the calendar that is stored; empty where there is none yet."""
    region = REGIONS[market]
    if not cellar.has(region.sessions):
        return OpenDays()
    try:
        found = calendar(cellar, market)
    except CalendarUnknownError:
        return OpenDays()
    return OpenDays(tuple(found.sessions.tolist()), found.first.item(), found.last.item())


@dataclass(frozen=True)
class Publication:
    """The moment from which a session may be asked for.

    Attributes
    ----------
    clock : time
        Exchange-local.
    later : bool
        Whether it is the clock of the following session.
    market : str
        Whose clock.

    Examples
    --------
    >>> evening = Publication(time(17), False, "cn")
    >>> str(evening.moment(date(2024, 1, 2), date(2024, 1, 3)))
    '2024-01-02 09:00:00+00:00'
    """

    clock: time
    later: bool
    market: str

    @classmethod
    def of(cls, dataset: Dataset) -> Publication:
        """Read the catalogue's words.

        Raises
        ------
        BadValueError
            If they are neither ``HH:MM`` nor ``next HH:MM``.
        """
        text = dataset.published
        later = text.startswith("next ")
        try:
            clock = time.fromisoformat(text.removeprefix("next "))
        except ValueError as error:
            raise BadValueError(
                f"{dataset.name}: published is 'HH:MM' or 'next HH:MM', got {text!r}"
            ) from error
        return cls(clock, later, dataset.market)

    def on(self, day: date) -> datetime:
        """The clock on a natural day, in UTC."""
        return datetime.combine(day, self.clock, _zone(self.market)).astimezone(UTC)

    def moment(self, session: date, following: date | None) -> datetime | None:
        """When `session` is published, UTC; None if that waits for an unknown session."""
        day = following if self.later else session
        return None if day is None else self.on(day)

    def period(self, now: datetime) -> datetime:
        """The latest passing of the clock on a natural day: nothing new came out since (UTC)."""
        day = today(self.market, now)
        start = self.on(day)
        return start if start <= now else self.on(day - timedelta(days=1))


def published(dataset: Dataset, days: OpenDays, now: datetime) -> dict[date, datetime]:
    """Every session that may be asked for, ascending, with the moment it came out (UTC).

    Sessions outside the dataset's life are left out.
    """
    publication = Publication.of(dataset)
    lower = dataset.first or date.min
    upper = min(dataset.last or date.max, today(dataset.market, now))
    found = {}
    for day in days.between(lower, upper):
        moment = publication.moment(day, days.following(day))
        if moment is not None and moment <= now:
            found[day] = moment
    return found


def today(market: str, now: datetime) -> date:
    """The calendar day at the exchange.

    Examples
    --------
    >>> today("cn", datetime(2024, 1, 2, 16, 30, tzinfo=UTC))
    datetime.date(2024, 1, 3)
    """
    return now.astimezone(_zone(market)).date()
