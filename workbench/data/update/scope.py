"""What is due for one dataset now: its units in chunks, and what answers are compared with.

1. the calendar is read; without it nothing can be planned
2. sessions, or whatever else the dataset's units are, are compared with what is settled
3. `Scope.chunks` asks the provider for the units, chunk by chunk
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import polars as pl

from workbench.data.dataset import Dataset
from workbench.data.provider import Unit, Want
from workbench.data.update.assess import DOUBTED_EMPTY, Bench, Validator
from workbench.data.update.expectation import Roster
from workbench.data.update.plan import Known, due_sessions, due_units
from workbench.data.update.publication import (
    OpenDays,
    Publication,
    open_days,
    published,
    today,
)
from workbench.data.update.recoded import Recoded
from workbench.data.update.task import CALENDARS, Task, calendar_span
from workbench.errors import BadValueError

if TYPE_CHECKING:
    from workbench.data.cellar import Cellar

__all__ = ["Scope", "scope_of"]

_WIDER = 4
"""So many more units by code than sessions go into one commit: they are smaller."""


@dataclass(frozen=True)
class Scope:
    """What is due.

    Attributes
    ----------
    bench : Bench
        What answers are compared with.
    days : tuple of date
        Sessions due, for datasets by session.
    units : tuple of Unit
        Units due, for all others.
    size : int
        Units of one chunk.
    unplanned : str
        Why nothing could be planned, empty if it could.
    """

    bench: Bench
    days: tuple[date, ...] = ()
    units: tuple[Unit, ...] = ()
    size: int = 21
    unplanned: str = ""

    @property
    def count(self) -> int:
        """How many units are due."""
        return len(self.days) + len(self.units)

    def leaves(self, held: Known, first: date, last: date) -> bool:
        """Whether a unit between two days lacks rows and is not asked for again now."""
        if not held.missing or held.first is None or not first <= held.first <= last:
            return False
        return held.first not in self.days and all(held.key != unit.key for unit in self.units)

    def chunks(self) -> Iterator[list[Unit]]:
        """The units in the order in which they are fetched, those of one commit together."""
        for place in range(0, len(self.units), self.size):
            yield list(self.units[place : place + self.size])
        for place in range(0, len(self.days), self.size):
            yield self._of_sessions(self.days[place : place + self.size])

    def _of_sessions(self, days: Sequence[date]) -> list[Unit]:
        roster = self.bench.roster
        listed = {day: roster.listed(day) for day in days} if roster is not None else {}
        want = Want(days[0], days[-1], tuple(days), listed=listed, now=self.bench.now)
        return list(self.bench.provider.plan(self.bench.dataset, want))


def scope_of(
    cellar: Cellar, task: Task, known: Mapping[str, Known], validator: Validator | None
) -> Scope:
    """Plan one dataset.

    Raises
    ------
    BadValueError
        A dataset by code without codes.
    """
    dataset, now = task.dataset, cellar.clock()
    size = cellar.settings.chunk_sessions
    days = open_days(cellar, dataset.market)
    moments = published(dataset, days, now)
    bench = Bench(
        dataset,
        task.provider,
        now,
        moments,
        Roster.read(cellar, task.first, task.last) if dataset.expects == "traded" else None,
        validator,
        task.force,
        Recoded.read(cellar),
        _doubted(cellar, dataset, known, moments),
    )
    if _needs_calendar(dataset) and not days.covers(task.first, task.last):
        return Scope(bench, unplanned=_unknown(days, task))
    audit = cellar.settings.audit_units
    if dataset.axis == "session":
        window = (task.first, task.last)
        due = due_sessions(
            dataset,
            moments,
            known,
            window,
            now,
            force=task.force,
            audit=audit,
            vendor=task.provider.name,
            tellable=_tellable(bench, known),
        )
        return Scope(bench, days=tuple(due), size=size)
    units = _other_units(cellar, task, known, days, moments)
    period = _period(task, days, moments, now)
    vendor = task.provider.name
    due_others = due_units(
        dataset, units, known, period, force=task.force, audit=audit, vendor=vendor
    )
    return Scope(bench, units=tuple(due_others), size=_WIDER * size)


def _tellable(bench: Bench, known: Mapping[str, Known]) -> frozenset[str]:
    """Units with rows, settled when nobody knew who must be there, of which that is known now."""
    roster = bench.roster
    if roster is None:
        return frozenset()
    return frozenset(
        key
        for key, unit in known.items()
        if unit.rows and unit.expected is None and unit.first and roster.expected(unit.first)
    )


def _doubted(
    cellar: Cellar,
    dataset: Dataset,
    known: Mapping[str, Known],
    moments: Mapping[date, datetime],
) -> frozenset[str]:
    """Units whose last answer was doubted before the latest session came out."""
    if dataset.axis != "session" or dataset.expects != "any" or not moments:
        return frozenset()
    period = moments[next(reversed(moments))]
    tried = cellar.ledger.attempts(dataset.name)
    empty = tried.filter(pl.col("reason").str.starts_with(DOUBTED_EMPTY) & (pl.col("at") < period))
    short = {key for key, unit in known.items() if unit.missing and unit.settled_at < period}
    return frozenset(empty["key"].to_list()) | short


def _needs_calendar(dataset: Dataset) -> bool:
    return any(name in dataset.needs for name in CALENDARS)


def _unknown(days: OpenDays, task: Task) -> str:
    known = f"it reaches from {days.first} to {days.last}" if days.first else "there is none yet"
    return f"the calendar does not cover {task.first} to {task.last}: {known}"


def _other_units(
    cellar: Cellar,
    task: Task,
    known: Mapping[str, Known],
    days: OpenDays,
    moments: Mapping[date, datetime],
) -> list[Unit]:
    """The units of a window for datasets that are not fetched by session."""
    dataset = task.dataset
    first, last = task.first, task.last
    if dataset.name in CALENDARS:
        first, last = calendar_span(task, known, cellar.clock())
    elif _follows_sessions(dataset) and moments:
        last = min(last, next(reversed(moments)))
    sessions = days.between(first, last) if dataset.name not in CALENDARS else ()
    codes = _codes(cellar, task, known, first, last)
    want = Want(first, max(first, last), sessions, codes, now=cellar.clock())
    return list(task.provider.plan(dataset, want))


def _follows_sessions(dataset: Dataset) -> bool:
    return _needs_calendar(dataset) and dataset.published != "00:00"


def _codes(
    cellar: Cellar, task: Task, known: Mapping[str, Known], first: date, last: date
) -> tuple[str, ...]:
    """Codes asked for; else those held for indices and minute bars; else everybody ever listed."""
    dataset = task.dataset
    if task.codes:
        return task.codes
    if dataset.universe == "indices" or dataset.axis == "code-month":
        held = tuple(sorted({key.split("/", 1)[0] for key in known}))
        if held:
            return held
        example = "['000300.SH']" if dataset.universe == "indices" else "['600519.SH']"
        raise BadValueError(f"{dataset.name} is fetched by code: say which, codes={example}")
    if dataset.universe == "assets" or dataset.axis == "code":
        roster = Roster.read(cellar, first, last)
        if roster is None:
            raise BadValueError(
                f"{dataset.name} is fetched by code, and no securities are known: update "
                "ref.securities first, or say codes=[…]"
            )
        return roster.ever(first, last)
    return ()


def _period(
    task: Task, days: OpenDays, moments: Mapping[date, datetime], now: datetime
) -> datetime:
    """Since when nothing new came out; what depends on this dataset may have come out later."""
    dataset = task.dataset
    if _follows_sessions(dataset) and moments:
        return moments[next(reversed(moments))]
    starts = [Publication.of(dataset).period(now)]
    if dataset.axis == "whole":
        for other in task.dependents:
            latest = published(other, days, now)
            starts += [latest[day] for day in list(latest)[-1:] if day <= today("cn", now)]
    return max(starts)
