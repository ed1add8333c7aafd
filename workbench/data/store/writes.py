"""What a write changes: the files to drop, the rows to write, whether anything changes at all.

A plan is made against one version and holds no promise beyond it; `Store` commits it or, when
somebody else committed first, asks for another one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from workbench.data.dataset import Dataset
from workbench.data.store.checks import check_same_schema, refuse_duplicates
from workbench.data.store.files import FILE_ROWS, DataFile
from workbench.data.store.select import Condition, every
from workbench.data.store.table import TableSnapshot
from workbench.errors import StoreCorruptionError

__all__ = ["Plan", "plan_append", "plan_merge", "plan_replacement"]

_MANY = 1000
"""More distinct values than this are not worth a filter while looking for duplicates."""


@dataclass(frozen=True)
class Plan:
    """A change of a table: `rows` go in, `removes` go out, as one commit.

    `added` and `removed` count rows that a reader sees appear and disappear; rows that only move
    to another file count as neither.
    """

    rows: pl.DataFrame
    removes: tuple[DataFile, ...] = ()
    added: int = 0
    removed: int = 0

    @property
    def empty(self) -> bool:
        """Whether no file changes."""
        return not self.removes and not self.rows.height


def plan_replacement(
    snapshot: TableSnapshot | None,
    dataset: Dataset,
    frame: pl.DataFrame,
    meant: Sequence[Condition],
) -> Plan:
    """Replace the rows that meet all conditions by `frame`; nothing, when they are the same."""
    if snapshot is None:
        return Plan(frame, added=frame.height)
    check_same_schema(dataset, snapshot.schema, f"columns of the stored {dataset.name}")
    wanted = every(meant)
    key = list(dataset.key)
    hit: dict[DataFile, pl.DataFrame] = {}
    for file in snapshot.data_files:
        if all(one.may_touch(file) for one in meant):
            found = snapshot.read_file(file, wanted)
            if found.height:
                hit[file] = found
    old = pl.concat(hit.values()) if hit else dataset.empty()
    if old.height == frame.height and old.sort(key).equals(frame.sort(key)):
        return Plan(dataset.empty())
    if not {one.column for one in meant} & set(key):
        _refuse_known(snapshot, dataset, frame, ~wanted)
    kept = [
        snapshot.read_file(file, ~wanted)
        for file, found in hit.items()
        if file.rows is None or found.height < file.rows
    ]
    return Plan(
        rows=pl.concat([*kept, frame]),
        removes=tuple(hit),
        added=frame.height,
        removed=old.height,
    )


def plan_append(snapshot: TableSnapshot | None, dataset: Dataset, frame: pl.DataFrame) -> Plan:
    """Add rows whose keys the table does not hold.

    Raises
    ------
    DuplicateKeyError
        If it holds one of them.
    """
    if snapshot is not None:
        check_same_schema(dataset, snapshot.schema, f"columns of the stored {dataset.name}")
        _refuse_known(snapshot, dataset, frame, None)
    return Plan(frame, added=frame.height)


def plan_merge(snapshot: TableSnapshot | None, dataset: Dataset, before: date | None) -> Plan:
    """Merge the first group of neighbouring small files; empty when nothing is left to merge.

    Files with a day on or after `before` still grow and are left alone. A group never exceeds the
    most rows of one file, so merging ends: no two neighbours fit into one file any more.
    """
    if snapshot is None:
        return Plan(dataset.empty())
    check_same_schema(dataset, snapshot.schema, f"columns of the stored {dataset.name}")
    for group in _groups(snapshot.data_files, dataset, before):
        rows = pl.concat([snapshot.read_file(file) for file in group])
        told = sum(file.rows or 0 for file in group)
        if rows.height != told:
            raise StoreCorruptionError(
                f"{dataset.name} version {snapshot.version}: {len(group)} files hold "
                f"{rows.height} rows, the log says {told}. Run `workbench data verify "
                f"{dataset.name}`."
            )
        return Plan(rows, removes=group)
    return Plan(dataset.empty())


def _groups(
    files: Sequence[DataFile], dataset: Dataset, before: date | None
) -> Iterator[tuple[DataFile, ...]]:
    group: list[DataFile] = []
    room = 0
    for file in files:
        if file.rows is None or (before is not None and not _closed(file, dataset, before)):
            continue
        if group and group[0].year == file.year and file.rows <= room:
            group.append(file)
            room -= file.rows
            continue
        if len(group) > 1:
            yield tuple(group)
        group, room = [file], FILE_ROWS - file.rows
    if len(group) > 1:
        yield tuple(group)


def _closed(file: DataFile, dataset: Dataset, before: date) -> bool:
    if not dataset.partitioned:
        return True
    high = file.high.get(dataset.day)
    return high is not None and (high.year, high.month, high.day) < before.timetuple()[:3]


def _refuse_known(
    snapshot: TableSnapshot, dataset: Dataset, frame: pl.DataFrame, among: pl.Expr | None
) -> None:
    """Refuse keys that the table already holds (in the rows of `among`)."""
    if not frame.height:
        return
    key = list(dataset.key)
    filters = [] if among is None else [among]
    spans = {}
    for name in key:
        column = frame[name]
        if dataset[name].kind not in ("day", "time", "text") or column.null_count():
            continue
        spans[name] = (column.min(), column.max())
        distinct = column.unique()
        if len(distinct) <= _MANY:
            filters.append(pl.col(name).is_in(distinct.implode()))
    for file in snapshot.data_files:
        if not all(file.may_touch(name, *span) for name, span in spans.items()):
            continue
        stored = snapshot.read_keys(file, filters)
        known = stored.join(frame.select(key), on=key, how="semi", nulls_equal=True)
        if known.height:
            both = pl.concat([known, known])
            refuse_duplicates(dataset, both, "in the frame and the table")
