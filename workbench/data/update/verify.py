"""Units are judged again when what proves them has changed: no vendor is asked.

Rows may be imported before anybody knows who was listed, and suspensions come late. Then units
stand as ``committed`` that are complete, or are short of rows nobody owed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from workbench.data.dataset import Dataset
from workbench.data.store import UnitRecord
from workbench.data.update.assess import Bench
from workbench.data.update.expectation import Roster
from workbench.data.update.plan import Known

if TYPE_CHECKING:
    from workbench.data.cellar import Cellar

__all__ = ["judge_again", "reverify"]


def reverify(
    cellar: Cellar, bench: Bench, known: Mapping[str, Known], first: date, last: date
) -> int:
    """Judge committed sessions of a window again by the rows stored; the lock is held.

    Returns
    -------
    int
        How many records changed; they were committed and recorded.
    """
    dataset, roster = bench.dataset, bench.roster
    if dataset.axis != "session" or roster is None or not cellar.has(dataset.name):
        return 0
    doubtful = [
        unit
        for unit in known.values()
        if unit.first is not None
        and unit.state == "committed"
        and first <= unit.first <= last
        and unit.expected != (len(roster.expected(unit.first)) or None)
    ]
    return judge_again(cellar, dataset, roster, doubtful)


def judge_again(cellar: Cellar, dataset: Dataset, roster: Roster, units: Sequence[Known]) -> int:
    """Judge sessions by the rows stored and who must be there; the lock is held.

    Returns
    -------
    int
        How many verdicts changed; they were committed and recorded.
    """
    if not units:
        return 0
    held = _assets(cellar, dataset.name, [unit.first for unit in units if unit.first])
    records = []
    for unit in units:
        day = date.fromisoformat(unit.key)
        wanted = roster.expected(day)
        missing = len(wanted - held.get(day, frozenset()))
        record = _record(dataset.name, unit, len(wanted) or None, missing)
        if (record.state, record.expected, record.missing) != _verdict(unit):
            records.append(record)
    if not records:
        return 0
    version = cellar.store.settle(dataset, metadata={"wb.by": "verify", "wb.units": records})
    cellar.ledger.record(dataset.name, version, records)
    return len(records)


def _assets(cellar: Cellar, name: str, days: Iterable[date]) -> dict[date, frozenset[str]]:
    """Who has a row on each of some sessions."""
    wanted = sorted(days)
    rows = cellar.table(name).read(["session", "asset"], first=wanted[0], last=wanted[-1])
    by_day = rows.filter(pl.col("session").is_in(wanted)).group_by("session").agg("asset")
    return {day: frozenset(assets) for day, assets in by_day.iter_rows()}


def _verdict(unit: Known) -> tuple[str, int | None, int]:
    return unit.state, unit.expected, unit.missing


def _record(dataset: str, unit: Known, expected: int | None, missing: int) -> UnitRecord:
    """The record with another verdict; when it was settled stays."""
    proved = expected is not None and not missing
    return UnitRecord(
        dataset=dataset,
        provider=unit.provider,
        key=unit.key,
        state="verified" if proved else "committed",
        first=unit.first,
        last=unit.last,
        rows=unit.rows,
        expected=expected,
        missing=missing if expected is not None else 0,
        sha256=unit.sha256,
        settled_at=unit.settled_at,
        note=unit.note,
    )
