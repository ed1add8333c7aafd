"""Which units a window consists of: the same keys whatever the window, so nothing is asked twice.

Bars come a session at a time, ticker lists a month (its first session), splits and dividends a
calendar year, minute bars a ticker and month. Years always span 1 January to 31 December, so
announced events to come are in the running year's unit; whoever settles units sees by `last`
that such a year is not over.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from workbench.data.dataset import Dataset
from workbench.data.provider import Unit, Want
from workbench.data.providers.massive.endpoints import APIS, OLDEST, month_of, snapshot_day
from workbench.errors import UnknownDatasetError

__all__ = ["plan_units"]


def plan_units(dataset: Dataset, want: Want) -> Iterator[Unit]:
    """Units of a window in time order; nothing before the vendor's first day.

    Raises
    ------
    UnknownDatasetError
        If Massive does not deliver the dataset.

    Examples
    --------
    >>> from workbench.data.catalog import dataset
    >>> want = Want(date(2023, 12, 30), date(2024, 1, 1))
    >>> [unit.key for unit in plan_units(dataset("us.splits"), want)]
    ['2023', '2024']
    """
    if dataset.name not in APIS:
        raise UnknownDatasetError(
            f"Massive delivers {', '.join(APIS)}; it does not deliver {dataset.name}."
        )
    planners = {
        "session": _sessions,
        "month": _months,
        "year": _years,
        "code-month": _code_months,
    }
    return planners[dataset.axis](dataset.name, want)


def _sessions(name: str, want: Want) -> Iterator[Unit]:
    for day in sorted(set(want.sessions)):
        if max(want.first, OLDEST) <= day <= want.last:
            yield Unit(name, day.isoformat(), day, day)


def _month_names(want: Want) -> Iterator[str]:
    first, last = max(want.first, OLDEST), want.last
    for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield f"{number // 12:04d}-{number % 12 + 1:02d}"


def _months(name: str, want: Want) -> Iterator[Unit]:
    for month in _month_names(want):
        if snapshot_day(month) <= want.last:
            yield Unit(name, month, *month_of(month))


def _years(name: str, want: Want) -> Iterator[Unit]:
    for year in range(want.first.year, want.last.year + 1):
        yield Unit(name, str(year), date(year, 1, 1), date(year, 12, 31))


def _code_months(name: str, want: Want) -> Iterator[Unit]:
    for month in _month_names(want):
        first, last = month_of(month)
        for code in sorted(set(want.codes)):
            yield Unit(name, f"{code}/{month}", first, min(last, want.last), (code,))
