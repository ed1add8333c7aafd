"""Sessions of an exchange without asking anybody: the seed calendar that comes with the package.

`exchange_calendars` knows New York by rule and Shanghai by announcement; what it does not know is
an error here, because a guessed session would become a false gap or a false completeness.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.errors import BadValueError, CalendarUnknownError, near_names

__all__ = ["SEEDED", "exchange_days", "first_session", "known_until"]

SEEDED: Mapping[str, tuple[str, date]] = MappingProxyType(
    {
        "XNYS": ("XNYS", date(1990, 1, 2)),
        "SSE": ("XSHG", date(1990, 12, 19)),
        "SZSE": ("XSHG", date(1990, 12, 19)),
    }
)
"""Our exchanges with the calendar that serves them and the first day it vouches for.

Shenzhen and Shanghai have kept the same sessions; the seed has no calendar of Shenzhen's own.
"""


def exchange_days(exchange: str, first: date, last: date) -> NDArray[np.datetime64]:
    """Sessions from `first` to `last`, both included, shape (sessions,), datetime64[D].

    Raises
    ------
    CalendarUnknownError
        If a day lies before or beyond what the seed knows.
    BadValueError
        For an exchange without a seed, or days in the wrong order.

    Examples
    --------
    >>> exchange_days("XNYS", date(2024, 7, 3), date(2024, 7, 5)).astype(str).tolist()
    ['2024-07-03', '2024-07-05']
    """
    if exchange not in SEEDED:
        raise BadValueError(f"No seed calendar for {exchange!r}.{near_names(exchange, SEEDED)}")
    if first > last:
        raise BadValueError(f"Expected first <= last, got {first} and {last}.")
    begin, end = SEEDED[exchange][1], known_until(exchange)
    if first < begin or (end is not None and last > end):
        raise CalendarUnknownError(
            f"The seed calendar of {exchange} knows {begin} to {end or 'any later day'}; asked for "
            f"{first} to {last}. Ask for days inside, update the package exchange_calendars, or "
            "take the calendar from a vendor."
        )
    # by decades where a rule goes on: few calendars serve any number of windows
    days = _sessions(exchange, last.year // 10 * 10 + 9 if end is None else end.year)
    low = np.searchsorted(days, np.datetime64(first), side="left")
    high = np.searchsorted(days, np.datetime64(last), side="right")
    return days[low:high]


def first_session(exchange: str, first: date, last: date) -> date:
    """The first session on or after `first` and not after `last`.

    Raises
    ------
    CalendarUnknownError
        If the span has no session, or is not known.
    """
    days = exchange_days(exchange, first, last)
    if not len(days):
        raise CalendarUnknownError(f"{exchange} has no session from {first} to {last}.")
    return days[0].item()


@lru_cache(maxsize=8)
def known_until(exchange: str) -> date | None:
    """The last day that the seed vouches for; None where sessions follow a published rule.

    New York's rule covers its holidays, not days of mourning or storms to come.
    """
    bound = _calendar(SEEDED[exchange][0]).bound_max()
    return None if bound is None else bound.date()


@lru_cache(maxsize=8)
def _sessions(exchange: str, year: int) -> NDArray[np.datetime64]:
    name, begin = SEEDED[exchange]
    made = _calendar(name, start=str(begin), end=f"{year}-12-31")
    days = made.sessions.to_numpy().astype("datetime64[D]")
    days.flags.writeable = False
    return days


def _calendar(name: str, **span: str) -> Any:
    """A calendar; the package uses what newer pandas warns about, which is no news to our user."""
    import exchange_calendars

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Series.values returning", append=False)
        return exchange_calendars.get_calendar(name, **span)
