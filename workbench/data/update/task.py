"""What is to be updated, in which order and over which days.

1. `tasks` reads the user's words: bundles and datasets, whatever they need put before them
2. `first_day` says where a dataset begins when no start was named
3. `calendar_span` widens a calendar to whole years, without holes, up to the end of this year
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from workbench.data.catalog import bundle
from workbench.data.dataset import Dataset
from workbench.data.files.user_tables import find_dataset
from workbench.data.provider import Provider
from workbench.data.providers import provider as provider_named
from workbench.data.providers import provider_of
from workbench.data.reading.window import REGIONS, window
from workbench.data.update.plan import Known, known_units, unproved_import
from workbench.data.update.publication import today
from workbench.errors import BadValueError, UnknownDatasetError

if TYPE_CHECKING:
    from workbench.data.cellar import Cellar

__all__ = ["CALENDARS", "Task", "calendar_span", "first_day", "tasks"]

CALENDARS = tuple(region.sessions for region in REGIONS.values())
"""Datasets that hold sessions."""

_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Task:
    """One dataset to update.

    Attributes
    ----------
    dataset : Dataset
    provider : Provider
    first, last : date
        Window, both included.
    codes : tuple of str
        Only these, for datasets that are fetched by code; empty means all.
    force : bool
        Fetch again what is settled.
    dependents : tuple of Dataset
        Datasets whose completeness is proved with this one.
    """

    dataset: Dataset
    provider: Provider
    first: date
    last: date
    codes: tuple[str, ...] = ()
    force: bool = False
    dependents: tuple[Dataset, ...] = ()


def tasks(
    cellar: Cellar,
    names: str | Sequence[str],
    *,
    start: date | str | None,
    end: date | str | None,
    codes: Sequence[str] | None,
    provider: str | None,
    force: bool,
) -> list[Task]:
    """The datasets to update, those needed first.

    Raises
    ------
    UnknownDatasetError
        No such dataset, or no provider (or not this one) delivers it.
    BadValueError
        A window or codes that make no sense.
    """
    named = _named(names)
    asked = {name: _contract(cellar, name) for name in named}
    if provider is not None and not any(_delivers(provider, name) for name in asked):
        provider_of(named[0], provider)
    if codes is not None:
        _check_codes(codes, asked)
    found: dict[str, Task] = {}
    for name in asked:
        region = REGIONS[asked[name].market]
        now = cellar.clock()
        span = window(start, end, now=now, known=None, region=region)
        last = span.last or today(asked[name].market, now)
        first = span.first or first_day(cellar, asked[name], last)
        _place(cellar, found, asked[name], (first, last), lambda other: _who(other, provider))
    return [
        _finished(task, frozenset(asked), codes, force) for task in _in_order(list(found.values()))
    ]


def _named(names: str | Sequence[str]) -> list[str]:
    words = [names] if isinstance(names, str) else list(names)
    if not words:
        raise UnknownDatasetError("Name a dataset, such as cn.bars_1d, or a bundle: cn, us.")
    wanted = [name for word in words for name in (_expanded(word))]
    return list(dict.fromkeys(wanted))


def _expanded(word: str) -> tuple[str, ...]:
    return (word,) if isinstance(word, str) and word.startswith("user.") else bundle(word)


def _contract(cellar: Cellar, name: str) -> Dataset:
    found = find_dataset(cellar.root, name)
    if name.startswith("user."):
        raise UnknownDatasetError(f"{name} is your own table: import files, no vendor delivers it.")
    return found


def _check_codes(codes: Sequence[str], asked: Mapping[str, Dataset]) -> None:
    if isinstance(codes, str) or not all(isinstance(code, str) and code for code in codes):
        raise BadValueError(f"codes= is a list of codes such as ['000300.SH'], got {codes!r}")
    if not codes:
        raise BadValueError("codes= is empty; leave it out to update every code")
    if not any(dataset.universe != "none" or dataset.axis == "code" for dataset in asked.values()):
        raise BadValueError(
            f"{', '.join(asked)}: fetched for the whole market at once, so codes= means nothing; "
            "leave it out, and choose assets when you load"
        )


def _delivers(provider: str, dataset: str) -> bool:
    return dataset in provider_named(provider).datasets()


def _who(dataset: str, preferred: str | None) -> Provider:
    """The preferred provider where it delivers the dataset, else whoever does."""
    try:
        return provider_of(dataset, preferred)
    except UnknownDatasetError:
        return provider_of(dataset)


def _place(
    cellar: Cellar,
    found: dict[str, Task],
    dataset: Dataset,
    span: tuple[date, date],
    who: Callable[[str], Provider],
    dependent: Dataset | None = None,
) -> None:
    """Put a dataset and what it needs among the tasks; spans of one dataset are united."""
    first, last = span
    held = found.get(dataset.name)
    if held is None:
        held = Task(dataset, who(dataset.name), first, last)
    held = replace(held, first=min(first, held.first), last=max(last, held.last))
    if dependent is not None and dependent not in held.dependents:
        held = replace(held, dependents=(*held.dependents, dependent))
    found[dataset.name] = held
    for need in dataset.needs:
        _place(cellar, found, find_dataset(cellar.root, need), span, who, dataset)


def _in_order(wanted: Sequence[Task]) -> list[Task]:
    """Those needed before those who need them, otherwise as given."""
    by_name = {task.dataset.name: task for task in wanted}
    done: dict[str, Task] = {}

    def visit(task: Task) -> None:
        for need in task.dataset.needs:
            visit(by_name[need])
        done.setdefault(task.dataset.name, task)

    for task in wanted:
        visit(task)
    return list(done.values())


def _finished(task: Task, asked: frozenset[str], codes: Sequence[str] | None, force: bool) -> Task:
    """Codes and force are for the datasets that the user named."""
    if task.dataset.name not in asked:
        return task
    by_code = task.dataset.universe != "none" or task.dataset.axis == "code"
    return replace(task, force=force, codes=tuple(codes or ()) if by_code else ())


def first_day(cellar: Cellar, dataset: Dataset, last: date) -> date:
    """Where an update begins that names no start: at what is held, else a year before `last`.

    Sessions to read again, sessions that were tried in vain and sessions that the user brought
    without proof are included.
    """
    known = known_units(cellar.ledger.units(dataset.name))
    days = sorted(unit.first for unit in known.values() if unit.first is not None)
    if not days:
        began = dataset.first or date.min
        return max(began, last - _YEAR) if last > began else last
    if dataset.axis in ("code", "code-month", "month"):
        return min(_latest_of_each(known.values(), last))
    if dataset.axis != "session":
        return min(days[0], last)
    again = days[-max(1, dataset.reread) :][0]
    tried = [day for day in map(_as_day, cellar.ledger.attempts(dataset.name)["key"]) if day]
    brought = [unit.first for unit in known.values() if unit.first and unproved_import(unit, "")]
    return min([again, last, *brought, *(day for day in tried if day >= days[0])])


def _latest_of_each(known: Iterable[Known], last: date) -> list[date]:
    """The last day held of each code, and `last`."""
    held: dict[str, date] = {}
    for unit in known:
        code, day = unit.key.split("/", 1)[0], unit.last or last
        held[code] = max(day, held.get(code, day))
    return [last, *held.values()]


def _as_day(key: str) -> date | None:
    try:
        return date.fromisoformat(key)
    except ValueError:
        return None


def calendar_span(task: Task, known: Mapping[str, Known], now: datetime) -> tuple[date, date]:
    """Whole years from the first day wanted or held to the end of this year: no holes."""
    held = [unit.first for unit in known.values() if unit.first is not None]
    first = min([task.first, *held])
    last = max(task.last, today(task.dataset.market, now))
    return date(first.year, 1, 1), date(last.year, 12, 31)
