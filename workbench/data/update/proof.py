"""What proves sessions complete has changed: the sessions concerned are judged again, no others.

1. `judge_dependents` is called by whoever changed securities or suspensions, after the commit
2. each dataset that expects a row of everybody traded is locked for a moment; one that is busy is
   left to its holder, which calls `judge_since` at its own end
3. `moved_days` compares who was expected before and after, so that only those days are read

Locks are taken in one order, those who prove before those who are proved, and never waited for
long: nobody can block anybody. The calendar proves nobody: it says which sessions are asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from workbench.data.catalog import catalog
from workbench.data.dataset import Dataset
from workbench.data.update.expectation import Roster
from workbench.data.update.heal import catch_up
from workbench.data.update.plan import known_units
from workbench.data.update.verify import judge_again
from workbench.errors import StoreBusyError

if TYPE_CHECKING:
    from workbench.data.cellar import Cellar

__all__ = ["PROOFS", "judge_dependents", "judge_since", "moved_days", "seen_versions"]

PROOFS = ("ref.securities", "cn.suspend")
"""Datasets of which a `Roster` is made."""

_WAIT = 5.0
_JUDGED = ("verified", "committed")


def seen_versions(cellar: Cellar, dataset: Dataset) -> dict[str, int]:
    """The versions now of a dataset and of what proves it; without those that are not stored."""
    names = (dataset.name, *(PROOFS if dataset.expects == "traded" else ()))
    found = {name: cellar.store.version(name) for name in names}
    return {name: version for name, version in found.items() if version is not None}


def judge_dependents(cellar: Cellar, name: str, before: int | None) -> None:
    """Judge whatever `name` proves again, after it went on from version `before`."""
    if name not in PROOFS or cellar.store.version(name) == before:
        return
    for dataset in catalog().values():
        if dataset.expects != "traded" or not cellar.has(dataset.name):
            continue
        seen = seen_versions(cellar, dataset)
        seen.pop(name, None)
        if before is not None:
            seen[name] = before
        # Busy: its holder looks at what has changed before it lets go.
        with suppress(StoreBusyError), cellar.store.lock(dataset.name, timeout=_WAIT):
            judge_since(cellar, dataset, seen)


def judge_since(cellar: Cellar, dataset: Dataset, seen: Mapping[str, int]) -> int:
    """Judge again the sessions whose expectation changed since the versions `seen`.

    Call it while holding the dataset's lock. Returns how many verdicts changed.
    """
    if dataset.expects != "traded" or not cellar.has(dataset.name):
        return 0
    if all(seen.get(name) == cellar.store.version(name) for name in PROOFS):
        return 0
    catch_up(cellar, dataset.name)
    units = known_units(cellar.ledger.units(dataset.name)).values()
    known = {unit.first: unit for unit in units if unit.first and unit.state in _JUDGED}
    days = sorted(known)
    after = Roster.read(cellar, days[0], days[-1]) if days else None
    if after is None:
        return 0
    before = Roster.read(cellar.at(seen), days[0], days[-1])
    moved = moved_days(before, after, days)
    return judge_again(cellar, dataset, after, [known[day] for day in moved])


def moved_days(before: Roster | None, after: Roster, days: Sequence[date]) -> list[date]:
    """The days, of those given (ascending), on which other codes are expected than before.

    Examples
    --------
    >>> day = lambda *texts: np.array(texts, dtype="datetime64[D]")
    >>> codes = np.array(["A"], dtype=object)
    >>> old = Roster(codes, day("2024-01-02"), day("9999-12-31"))
    >>> new = Roster(codes, day("2024-01-02"), day("2024-01-04"))
    >>> [str(one) for one in moved_days(old, new, [date(2024, 1, 3), date(2024, 1, 4)])]
    ['2024-01-04']
    """
    if before is None:
        return list(days)
    at = np.array(days, dtype="datetime64[D]")
    spans = _differing(before, after)
    steps = np.zeros(len(at) + 1, dtype=np.int64)
    np.add.at(steps, np.searchsorted(at, spans["start"].to_numpy().astype(at.dtype)), 1)
    np.add.at(steps, np.searchsorted(at, spans["stop"].to_numpy().astype(at.dtype)), -1)
    listed = np.cumsum(steps)[:-1] > 0
    none: frozenset[str] = frozenset()
    return [
        day
        for day, moved in zip(days, listed.tolist(), strict=True)
        if moved or before.halts.get(day, none) != after.halts.get(day, none)
    ]


def _differing(before: Roster, after: Roster) -> pl.DataFrame:
    """Spans (start, stop) in which a code is listed in one of two rosters and not in the other."""
    ends = [
        pl.DataFrame(
            {
                "asset": pl.Series(roster.codes.tolist(), dtype=pl.String),
                "day": pl.Series(edge, dtype=pl.Date),
                "step": pl.Series([step] * len(edge), dtype=pl.Int64),
            }
        )
        for roster, sign in ((before, -1), (after, 1))
        for edge, step in ((roster.start, sign), (roster.stop, -sign))
    ]
    events = pl.concat(ends).group_by("asset", "day").agg(pl.col("step").sum()).sort("asset", "day")
    return events.select(
        start="day",
        stop=pl.col("day").shift(-1).over("asset"),
        differs=pl.col("step").cum_sum().over("asset") != 0,
    ).filter("differs")
