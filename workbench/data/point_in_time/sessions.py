"""The trading calendar as the store knows it: sessions, and the first and last day known.

1. `calendar` reads the rows of one exchange and refuses a calendar with holes
2. `SessionCalendar` answers which sessions lie between, before and after days
3. a question beyond the days known raises: tomorrow is not guessed
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from workbench.arrays import read_only
from workbench.errors import BadValueError, CalendarUnknownError
from workbench.market.sessions import SessionLike

if TYPE_CHECKING:
    from workbench.data.cellar import Cellar

__all__ = ["SessionCalendar", "as_day", "as_days", "calendar"]

_SOURCES = {"cn": ("cal.sessions", "SSE"), "us": ("us.sessions", "XNYS")}
_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True, eq=False)
class SessionCalendar:
    """Sessions of one market.

    Attributes
    ----------
    market : str
        ``cn`` or ``us``.
    sessions : ndarray of datetime64[D], shape (S,)
        Every session from `first` to `last`, ascending, read-only.
    first, last : datetime64[D]
        First and last natural day known. Outside them nothing is known.

    Examples
    --------
    >>> days = np.array(["2024-02-07", "2024-02-08", "2024-02-19"], dtype="datetime64[D]")
    >>> known = SessionCalendar("cn", days, days[0], np.datetime64("2024-02-20"))
    >>> str(known.next("2024-02-08")), known.is_session("2024-02-12")
    ('2024-02-19', False)
    """

    market: str
    sessions: NDArray[np.datetime64]
    first: np.datetime64
    last: np.datetime64

    @classmethod
    def from_frame(cls, frame: pl.DataFrame, market: str = "cn") -> SessionCalendar:
        """Make a calendar of rows with `session` and `is_open`, one exchange's.

        Raises
        ------
        CalendarUnknownError
            If there is no row, or natural days are missing between the first and the last.
        """
        source = _SOURCES.get(market, ("the calendar", ""))[0]
        days = frame["session"].to_numpy().astype("datetime64[D]")
        order = np.argsort(days, kind="stable")
        days, is_open = days[order], frame["is_open"].fill_null(False).to_numpy()[order]
        if not len(days):
            raise CalendarUnknownError(f"{source} has no day yet; fetch it with an update of it.")
        steps = np.diff(days)
        if np.any(steps != _DAY):
            row = int(np.argmax(steps != _DAY))
            raise CalendarUnknownError(
                f"{source} must have one row for each natural day; {days[row]} is followed by "
                f"{days[row + 1]}. Update {source} over these days."
            )
        return cls(market, read_only(days[is_open]), days[0], days[-1])

    def between(
        self, start: SessionLike | None = None, end: SessionLike | None = None
    ) -> NDArray[np.datetime64]:
        """Sessions from `start` to `end`, both included; the ends of the calendar by default.

        Raises
        ------
        CalendarUnknownError
            If a day lies outside the days known.
        """
        low = self.first if start is None else self._known(start)
        high = self.last if end is None else self._known(end)
        rows = slice(
            np.searchsorted(self.sessions, low), np.searchsorted(self.sessions, high, side="right")
        )
        return self.sessions[rows]

    def next(self, day: SessionLike) -> np.datetime64:
        """The first session strictly after `day`."""
        row = int(np.searchsorted(self.sessions, self._known(day), side="right"))
        if row == len(self.sessions):
            raise CalendarUnknownError(
                f"No session after {day} is known: the calendar ends on {self.last}. Update it."
            )
        return self.sessions[row]

    def previous(self, day: SessionLike) -> np.datetime64:
        """The last session strictly before `day`."""
        row = int(np.searchsorted(self.sessions, self._known(day))) - 1
        if row < 0:
            raise CalendarUnknownError(
                f"No session before {day} is known: the calendar begins on {self.first}."
            )
        return self.sessions[row]

    def is_session(self, day: SessionLike) -> bool:
        """Whether `day` is a session."""
        found = self._known(day)
        row = int(np.searchsorted(self.sessions, found))
        return row < len(self.sessions) and bool(self.sessions[row] == found)

    def rows_after(self, days: NDArray[np.datetime64]) -> NDArray[np.int64]:
        """Row in `sessions` of the first session strictly after each day.

        Shape as `days`. ``len(sessions)`` where that session is not known yet, and for a missing
        day. A day before `first` gives row 0: later than the truth, never earlier.
        """
        wanted = np.asarray(days, dtype="datetime64[D]")
        rows = np.searchsorted(self.sessions, wanted, side="right")
        return np.where(np.isnat(wanted), len(self.sessions), rows)

    def require(self, sessions: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
        """The days of a grid as ``datetime64[D]``, ascending and inside the days known.

        Raises
        ------
        CalendarUnknownError
            If the grid begins before `first` or ends after `last`.
        """
        days = as_days(sessions)
        if len(days):
            self._known(days[0])
            self._known(days[-1])
        return days

    def _known(self, day: SessionLike) -> np.datetime64:
        wanted = as_day(day)
        if not self.first <= wanted <= self.last:
            raise CalendarUnknownError(
                f"The {self.market} calendar knows {self.first} to {self.last}; {wanted} lies "
                f"outside. Update {_SOURCES.get(self.market, ('the calendar',))[0]}."
            )
        return wanted


def calendar(cellar: Cellar, market: str = "cn") -> SessionCalendar:
    """Read the calendar of a market.

    Parameters
    ----------
    cellar : Cellar
        Where ``cal.sessions`` (market ``cn``, exchange SSE) or ``us.sessions`` (XNYS) lies.
    market : str
        ``cn`` or ``us``. Beijing and Shenzhen follow Shanghai.

    Raises
    ------
    NotCoveredError
        If the store has no calendar.
    CalendarUnknownError
        If the calendar is empty or has holes.
    """
    if market not in _SOURCES:
        raise BadValueError(f"A market is one of {sorted(_SOURCES)}; got {market!r}.")
    dataset, exchange = _SOURCES[market]
    frame = cellar.table(dataset).read(
        columns=["session", "is_open"], values={"exchange": [exchange]}
    )
    return SessionCalendar.from_frame(frame, market)


def as_day(day: SessionLike) -> np.datetime64:
    """Read one day; `BadValueError` where it is none."""
    try:
        found = np.datetime64(day, "D")
    except (ValueError, TypeError) as error:
        raise BadValueError(f"{day!r} is not a day; write it as '2019-06-03'.") from error
    if np.isnat(found):
        raise BadValueError("A day is needed; a missing one (NaT) came.")
    return found


def as_days(sessions: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    """Read the days of a grid; `BadValueError` unless they ascend."""
    days = np.asarray(sessions, dtype="datetime64[D]")
    if days.ndim != 1 or np.isnat(days).any() or np.any(np.diff(days) <= np.timedelta64(0, "D")):
        raise BadValueError("The days of a grid must be one ascending row without missing days.")
    return days
