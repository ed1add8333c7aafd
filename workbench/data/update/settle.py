"""Judged answers into the store, in one commit a chunk, and into the ledger.

1. stored rows of the same units are read, and what changed is noted in meta.revisions
2. one atomic commit replaces them; its metadata holds the record of every unit
3. the ledger follows the commit: a crash in between is healed from the commit's metadata
4. landed answers are let go

Statements are never replaced: rows whose content is new are appended, with the time they were
first seen and the session from which they may be used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import polars as pl

from workbench.data.dataset import Dataset
from workbench.data.provider import Unit
from workbench.data.store import UnitRecord
from workbench.data.update.assess import Answer, content_hash
from workbench.data.update.extent import belongs, code_column, code_of, reach, replaced_columns
from workbench.data.update.plan import IMPORTED, Known
from workbench.data.update.revisions import changes, note_changes

if TYPE_CHECKING:
    from workbench.data.cellar import Cellar

__all__ = ["Settled", "held_rows", "settle"]


@dataclass(frozen=True)
class Settled:
    """One commit: its version, the records of its units, and how many values had changed."""

    version: int | None
    records: tuple[UnitRecord, ...]
    revisions: int


def settle(
    cellar: Cellar,
    dataset: Dataset,
    answers: Sequence[Answer],
    *,
    provider: str,
    at: Mapping[str, datetime],
    known: Mapping[str, Known] = MappingProxyType({}),
    asked: bool = True,
    metadata: Mapping[str, Any] | None = None,
) -> Settled:
    """Commit the answers that have a state, and record them; the dataset's lock is held.

    Parameters
    ----------
    cellar : Cellar
    dataset : Dataset
    answers : sequence of Answer
    provider : str
    at : mapping of str to datetime
        When each unit's answer came, by key (UTC).
    known : mapping of str to Known
        Units that had been settled before: a row that is new in a whole one is a revision.
    asked : bool
        Whether `provider` was asked for whole units; False for frames and files, which may hold
        a part of each.
    metadata : mapping, optional
        Further metadata of the commit.
    """
    good = [answer for answer in answers if answer.state]
    if not good:
        return Settled(cellar.store.version(dataset.name), (), 0)
    records = _records(dataset, provider, good, at, known)
    words = {"wb.by": "update", **(metadata or {}), "wb.units": records}
    if dataset.versions:
        seen = max(at.values())
        version, changed = _append(cellar, dataset, good, words, seen), 0
    else:
        seen = max(at.values())
        whole = {key for key, held in known.items() if _whole(dataset, held, provider, asked)}
        version, changed = _replace(cellar, dataset, good, words, seen, provider, whole)
    cellar.ledger.record(dataset.name, version, records)
    return Settled(version, records, changed)


def _whole(dataset: Dataset, held: Known, provider: str, asked: bool) -> bool:
    """Whether a unit was whole before, so that a row that is new in it came late.

    It was if its vendor had answered for all of it, or if it was verified. Of frames and files
    only the expectation can tell: they may hold one share, and the next one another.
    """
    if asked and held.provider == provider:
        return True
    proved = dataset.expects == "traded" or held.provider not in IMPORTED
    return proved and held.state in ("verified", "empty_confirmed")


def _records(
    dataset: Dataset,
    provider: str,
    good: Sequence[Answer],
    at: Mapping[str, datetime],
    known: Mapping[str, Known],
) -> tuple[UnitRecord, ...]:
    """One record an answer.

    Where the content is what the ledger knows already, the note carries the time of this look, so
    that the commit keeps that the unit was looked at again.
    """
    records = []
    for answer in good:
        record = _record(dataset, provider, answer, at[answer.unit.key])
        before = known.get(record.key)
        if before is not None and before.sha256 == record.sha256:
            again = f"unchanged on {record.settled_at:%Y-%m-%d %H:%M:%S} UTC"
            record = replace(record, note="; ".join(filter(None, (record.note, again))))
        records.append(record)
    return tuple(records)


def _record(dataset: Dataset, provider: str, answer: Answer, at: datetime) -> UnitRecord:
    unit, frame = answer.unit, answer.frame
    stamped = {"known_at", "first_seen_at"} if dataset.versions else set()
    return UnitRecord(
        dataset=dataset.name,
        provider=provider,
        key=unit.key,
        state=answer.state,
        first=unit.first,
        last=unit.last,
        rows=frame.height,
        expected=answer.expected,
        missing=answer.short,
        sha256=content_hash(frame.drop(stamped)),
        settled_at=at,
        note=answer.detail,
    )


def _replace(
    cellar: Cellar,
    dataset: Dataset,
    good: Sequence[Answer],
    metadata: Mapping[str, Any],
    seen: datetime,
    provider: str,
    whole: Set[str],
) -> tuple[int, int]:
    """Replace the rows of the units; return the version and how many values had changed."""
    store, units = cellar.store, [answer.unit for answer in good]
    old = held_rows(cellar, dataset, units)
    new = pl.concat([answer.frame for answer in good])
    again = [unit for unit in units if unit.key in whole]
    appeared = belongs(dataset, again) if again else None
    found = changes(dataset, old, new, appeared=appeared)
    if found.height:
        base = store.version(dataset.name)
        coming = 0 if base is None else base + 1
        note_changes(cellar, dataset, found, provider=provider, version=coming, seen_at=seen)
    if old.is_empty() and new.is_empty():
        return store.settle(dataset, metadata=metadata), 0
    if dataset.axis == "session":
        days = [unit.first for unit in units]
        version = store.replace(dataset, new, column=dataset.day, values=days, metadata=metadata)
        return version, found.height
    where, frame = _superset(cellar, dataset, old, new)
    return store.replace_where(dataset, frame, where=where, metadata=metadata), found.height


def _superset(
    cellar: Cellar, dataset: Dataset, old: pl.DataFrame, new: pl.DataFrame
) -> tuple[list[tuple[str, list[Any]]], pl.DataFrame]:
    """What a commit by columns' values replaces, and the rows that then stand there.

    Units are pairs such as (code, month); values of single columns reach further, so rows of
    other units that fall into them are written again as they are.
    """
    both = pl.concat([old, new])
    where = [(name, _values(dataset, both, name)) for name in replaced_columns(dataset)]
    if cellar.store.version(dataset.name) is None:
        return where, new
    wide = cellar.store.snapshot(dataset.name).read()
    if dataset.axis != "whole":
        meant = [_one_of(dataset, name, values) for name, values in where]
        wide = wide.filter(pl.all_horizontal(meant)) if meant else wide
    kept = wide.join(old, on=list(dataset.key), how="anti", nulls_equal=True)
    return where, pl.concat([kept, new])


def _values(dataset: Dataset, frame: pl.DataFrame, name: str) -> list[Any]:
    column = frame[name].dt.date() if dataset[name].kind == "time" else frame[name]
    found: list[Any] = column.unique().sort().to_list()
    return found


def _one_of(dataset: Dataset, name: str, values: Sequence[Any]) -> pl.Expr:
    column = pl.col(name).dt.date() if dataset[name].kind == "time" else pl.col(name)
    return column.is_in(list(values))


def held_rows(cellar: Cellar, dataset: Dataset, units: Sequence[Unit]) -> pl.DataFrame:
    """The rows stored for these units."""
    if cellar.store.version(dataset.name) is None or not units:
        return dataset.empty()
    snapshot = cellar.store.snapshot(dataset.name)
    if dataset.axis == "session":
        days = [unit.first for unit in units if unit.first is not None]
        rows = snapshot.read(first=min(days), last=max(days))
    else:
        code = code_column(dataset)
        values = {code: sorted({code_of(dataset, unit) for unit in units})} if code else None
        first, last = reach(dataset, units)
        rows = snapshot.read(first=first, last=last, values=values)
    return rows.filter(belongs(dataset, units))


def _append(
    cellar: Cellar,
    dataset: Dataset,
    good: Sequence[Answer],
    metadata: Mapping[str, Any],
    seen: datetime,
) -> int:
    """Append the rows whose content is new; return the version."""
    store, key = cellar.store, list(dataset.key)
    came = pl.concat([answer.frame for answer in good]).unique(
        key, keep="first", maintain_order=True
    )
    held = held_rows(cellar, dataset, [answer.unit for answer in good])
    fresh = came.join(held, on=key, how="anti", nulls_equal=True)
    if fresh.is_empty():
        return store.settle(dataset, metadata=metadata)
    stamp = pl.lit(seen).cast(pl.Datetime("us", "UTC"))
    fresh = fresh.with_columns(stamp.alias("first_seen_at"))
    return store.append(dataset, _dated(cellar, dataset, held, fresh), metadata=metadata)


def _dated(
    cellar: Cellar, dataset: Dataset, held: pl.DataFrame, fresh: pl.DataFrame
) -> pl.DataFrame:
    """Set `known_at`; it stays missing for rows that nobody can date, which readers leave out."""
    from workbench.data.point_in_time.known_at import AHEAD, known_at
    from workbench.data.point_in_time.sessions import calendar

    key = list(dataset.key)
    together = pl.concat([held, fresh]).drop("known_at")
    dated = known_at(
        together, calendar(cellar, dataset.market), backfill=False, ahead=dataset.name in AHEAD
    ).frame.select(*key, "known_at")
    joined = fresh.drop("known_at").join(
        dated, on=key, how="left", nulls_equal=True, maintain_order="left"
    )
    return joined.select(dataset.names)
