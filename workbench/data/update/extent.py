"""Which stored rows belong to a unit.

A commit replaces all rows of its units, so the extent must be exact: the session of a unit by
session, the code and span of a unit by code, everything for a unit that is the whole table.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

from workbench.data.dataset import Dataset
from workbench.data.provider import Unit
from workbench.data.reading.window import REGIONS

__all__ = ["belongs", "code_column", "code_of", "reach", "replaced_columns"]

_BY_CODE = ("code", "code-month", "month", "group")
_MARKS = ("index", "level1", "asset")


def code_column(dataset: Dataset) -> str:
    """The column that names what a unit is asked for by, empty for units of the whole market.

    Examples
    --------
    >>> from workbench.data.catalog import dataset
    >>> code_column(dataset("idx.weights")), code_column(dataset("cn.bars_1d"))
    ('index', '')
    """
    if dataset.axis not in _BY_CODE or (dataset.axis == "month" and dataset.universe == "none"):
        return ""
    return next(name for name in _MARKS if name in dataset)


def code_of(dataset: Dataset, unit: Unit) -> str:
    """The code in a unit's key: the one asked for, or what stands before the slash."""
    return unit.codes[0] if len(unit.codes) == 1 else unit.key.split("/", 1)[0]


def belongs(dataset: Dataset, units: Sequence[Unit]) -> pl.Expr:
    """Whether a row belongs to one of `units`."""
    if dataset.axis == "whole":
        return pl.lit(True)
    if dataset.axis == "session":
        return pl.col(dataset.day).is_in([unit.first for unit in units])
    column = code_column(dataset)
    spans: dict[tuple[date | None, date | None], list[str]] = {}
    for unit in units:
        spans.setdefault(_span(dataset, unit), []).append(code_of(dataset, unit))
    found = pl.lit(False)
    for (first, last), codes in spans.items():
        one = pl.col(column).is_in(codes) if column else pl.lit(True)
        if first is not None:
            one &= _local_day(dataset) >= first
        if last is not None:
            one &= _local_day(dataset) <= last
        found |= one
    return found


def _local_day(dataset: Dataset) -> pl.Expr:
    """The exchange's day of a row: an evening in New York is the next day in UTC."""
    day = pl.col(dataset.day)
    if dataset[dataset.day].kind == "day":
        return day
    return day.dt.convert_time_zone(REGIONS[dataset.market].zone).dt.date()


def _span(dataset: Dataset, unit: Unit) -> tuple[date | None, date | None]:
    """First and last day of a unit; spans of names and memberships are not cut by days."""
    dated = dataset.day in ("session", "time")
    return (unit.first, unit.last) if dated else (None, None)


def reach(dataset: Dataset, units: Sequence[Unit]) -> tuple[date | None, date | None]:
    """First and last day (UTC) that the rows of `units` can have; None where that is open."""
    spans = [_span(dataset, unit) for unit in units]
    firsts, lasts = zip(*spans, strict=True)
    lower = None if None in firsts else min(day for day in firsts if day is not None)
    upper = None if None in lasts else max(day for day in lasts if day is not None)
    # Times are read by days in UTC, which the exchange's days reach beyond.
    wide = timedelta(days=1 if dataset.day == "time" else 0)
    return lower and lower - wide, upper and upper + wide


def replaced_columns(dataset: Dataset) -> tuple[str, ...]:
    """Columns whose values mark what a commit replaces: as few as tell units apart."""
    if dataset.axis == "whole":
        return (dataset.key[0],)
    code = code_column(dataset)
    dated = dataset.day in ("session", "time")
    return tuple(name for name in (code, dataset.day if dated else "") if name)
