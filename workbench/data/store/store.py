"""The store: one Delta table a dataset, written under a lock, read at a version.

1. A write checks the frame, takes the dataset's lock, plans against the newest version, writes
   durable files and commits once; when another tool committed in between, it plans again.
2. A read opens a version, which never changes, and keeps it for the next reader.
"""

from __future__ import annotations

import random
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Any

import polars as pl
from deltalake import DeltaTable
from filelock import FileLock, Timeout

from workbench.data.cellar import Clock, utc_now
from workbench.data.dataset import Dataset
from workbench.data.store import pruning, verification
from workbench.data.store.checks import check_frame
from workbench.data.store.delta import Conflict, open_table
from workbench.data.store.history import UnitMemory, history_frame
from workbench.data.store.log import Mark, commit_mark, newest, numbers, read_commit
from workbench.data.store.names import is_dataset_name, lock_path, table_folder
from workbench.data.store.opening import open_snapshot, snapshot_of
from workbench.data.store.pruned import is_pruned, pruned_error
from workbench.data.store.select import condition, refuse_strangers
from workbench.data.store.table import TableSnapshot
from workbench.data.store.transaction import carry_out
from workbench.data.store.units import units_of, units_text
from workbench.data.store.writes import Plan, plan_append, plan_merge, plan_replacement
from workbench.errors import BadValueError, NotCoveredError, SnapshotError, StoreBusyError

__all__ = ["Store"]

_OPEN = 64
_TRIES = 8
_PATIENCE = 120.0


class Store:
    """The tables of one workspace.

    Parameters
    ----------
    root : Path
        The workspace folder, made by `prepare`.
    clock : callable
        Gives the time as an aware datetime in UTC.
    """

    def __init__(self, root: Path, *, clock: Clock = utc_now) -> None:
        self.root = Path(root)
        self._clock = clock
        self._open: OrderedDict[tuple[str, Mark], TableSnapshot] = OrderedDict()
        self._newest: dict[str, int] = {}
        self._units = UnitMemory()
        self._writers: dict[str, tuple[DeltaTable, Mark]] = {}
        self._guard = Lock()

    def exists(self, name: str) -> bool:
        """Whether there is a table of this name."""
        return self.version(name) is not None

    def version(self, name: str) -> int | None:
        """The newest version, None where there is no table; opens no table.

        Raises
        ------
        StoreCorruptionError
            If the newest commit is an empty file.
        """
        folder = table_folder(self.root, name)
        found = newest(folder, self._newest.get(name))
        if found is None:
            self._newest.pop(name, None)
            return None
        if found != self._newest.get(name):
            read_commit(folder, name, found)
        self._newest[name] = found
        return found

    def names(self) -> list[str]:
        """Every dataset that has a table, sorted."""
        folders = (self.root / "store").glob("*/*/_delta_log")
        found = (f"{path.parent.parent.name}.{path.parent.name}" for path in folders)
        names = filter(is_dataset_name, found)
        return sorted(name for name in names if numbers(table_folder(self.root, name)))

    def versions(self) -> dict[str, int]:
        """The newest version of every table."""
        found = {name: self.version(name) for name in self.names()}
        return {name: version for name, version in found.items() if version is not None}

    def snapshot(self, name: str, version: int | None = None) -> TableSnapshot:
        """A table at a version, the newest by default.

        Raises
        ------
        NotCoveredError
            If there is no such table.
        SnapshotError
            If there is no such version, or `prune` removed it.
        StoreCorruptionError
            If the log is torn.
        """
        last = self.version(name)
        if last is None:
            raise NotCoveredError(
                f"This workspace has no {name}. Fetch it with `workbench data update {name}`, or "
                f"import files."
            )
        wanted = last if version is None else version
        if isinstance(wanted, bool) or not isinstance(wanted, int) or not 0 <= wanted <= last:
            raise SnapshotError(f"{name} has the versions 0 to {last}, not {version!r}.")
        folder = table_folder(self.root, name)
        if wanted != last and is_pruned(folder, wanted):
            raise pruned_error(name, wanted)
        place = (name, commit_mark(folder, wanted))
        with self._guard:
            if place in self._open:
                self._open.move_to_end(place)
                return self._open[place]
        found = open_snapshot(folder, name, wanted)
        with self._guard:
            self._open[place] = found
            while len(self._open) > _OPEN:
                self._open.popitem(last=False)
        return found

    @contextmanager
    def lock(self, name: str, timeout: float = _PATIENCE) -> Iterator[None]:
        """Hold a dataset for writing, across processes; a thread may take it again.

        Raises
        ------
        StoreBusyError
            If another process or thread keeps it for more than `timeout` seconds.
        """
        path = lock_path(self.root, name)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        holder = FileLock(path, mode=0o600, is_singleton=True)
        try:
            holder.acquire(timeout=timeout, poll_interval=0.01)
        except Timeout as error:
            raise StoreBusyError(
                f"{name} is being written by another process (lock {path}, waited {timeout:g} s). "
                f"Wait until it ends, then try again."
            ) from error
        try:
            yield
        finally:
            holder.release()

    def replace(
        self,
        dataset: Dataset,
        frame: pl.DataFrame,
        *,
        column: str,
        values: Sequence[Any],
        metadata: Mapping[str, Any],
    ) -> int:
        """Replace all rows whose `column` is one of `values` by `frame`, in one commit.

        Rows of these values that `frame` does not hold vanish. Where nothing would change, no
        data is written; where the units of `metadata` are settled alike already, nothing is.

        Parameters
        ----------
        dataset : Dataset
            Contract of the rows.
        frame : polars.DataFrame
            Rows of exactly this contract; every row's `column` is in `values`.
        column : str
            A day, time, text or whole-number column.
        values : sequence
            Dates (for a time: UTC days), text or whole numbers.
        metadata : mapping of str to Any
            Goes into the commit: ``wb.units`` (records of settled units), ``wb.by`` …

        Returns
        -------
        int
            The version that holds the rows.

        Raises
        ------
        SchemaError, BadValueError, DuplicateKeyError
            If the frame does not fit; nothing is written.
        StoreBusyError, StoreError
            If the dataset cannot be written now; the table is as it was.
        """
        return self.replace_where(dataset, frame, where=[(column, values)], metadata=metadata)

    def replace_where(
        self,
        dataset: Dataset,
        frame: pl.DataFrame,
        *,
        where: Sequence[tuple[str, Sequence[Any]]],
        metadata: Mapping[str, Any],
    ) -> int:
        """Replace the rows that meet all of several (column, values) pairs; see `replace`."""
        check_frame(dataset, frame)
        meant = [condition(dataset, column, values) for column, values in where]
        if not meant:
            raise BadValueError(f"{dataset.name}: say which rows to replace: `where` is empty.")
        refuse_strangers(dataset, frame, meant)
        return self._write(
            dataset, lambda now: plan_replacement(now, dataset, frame, meant), "replace", metadata
        )

    def append(self, dataset: Dataset, frame: pl.DataFrame, *, metadata: Mapping[str, Any]) -> int:
        """Add rows in one commit; none of their keys may be in the table.

        Raises
        ------
        SchemaError, BadValueError, DuplicateKeyError
            If the frame does not fit; nothing is written.
        StoreBusyError, StoreError
            If the dataset cannot be written now; the table is as it was.
        """
        check_frame(dataset, frame)
        return self._write(
            dataset, lambda now: plan_append(now, dataset, frame), "append", metadata
        )

    def settle(self, dataset: Dataset, *, metadata: Mapping[str, Any]) -> int:
        """Commit records of settled units without rows; makes an empty table where there is none.

        Nothing is committed where the same units are settled alike already.
        """
        return self._write(dataset, lambda _: Plan(dataset.empty()), "settle", metadata)

    def compact(self, dataset: Dataset, *, before: date | None = None) -> int:
        """Merge small files of closed periods, one commit a group; rows and versions stay.

        Parameters
        ----------
        dataset : Dataset
            Whose table.
        before : date, optional
            Files with rows from this day on are left alone; the first of this month by default.

        Returns
        -------
        int
            The newest version.
        """
        edge = before or self._clock().date().replace(day=1)
        with self.lock(dataset.name):
            version = self.snapshot(dataset.name).version
            while True:
                merged = self._commit(
                    dataset, lambda now: plan_merge(now, dataset, edge), "compact", {}
                )
                if merged == version:
                    return version
                version = merged

    def history(self, name: str) -> pl.DataFrame:
        """Every commit of a table, oldest first.

        Returns
        -------
        polars.DataFrame
            version, at (UTC), operation, rows_added, rows_removed (null for commits of other
            tools), units (list of records), metadata (JSON text).
        """
        return history_frame(table_folder(self.root, name), name)

    def verify(self, name: str | None = None, *, deep: bool = True) -> list[verification.Finding]:
        """What is wrong with a table, or with all of them; an empty list when all is well.

        Parameters
        ----------
        name : str, optional
            All tables by default.
        deep : bool
            Read every file of the newest version: checksum, row count, statistics, keys.
        """
        found = []
        for one in [name] if name is not None else self.names():
            found += verification.verify_table(table_folder(self.root, one), one, deep=deep)
        return found

    def repair(self, name: str) -> list[verification.Finding]:
        """Undo what a power cut left of a commit that was never confirmed; nothing else.

        Returns
        -------
        list of Finding
            What was done. Rebuild the ledger afterwards: it may name the lost version.
        """
        with self.lock(name):
            done = verification.repair_table(table_folder(self.root, name), name)
        self._forget(name)
        return done

    def prune(
        self, name: str, *, keep_versions: Iterable[int], dry_run: bool = False
    ) -> pruning.PruneReport:
        """Remove files that no kept version needs; the newest version and snapshots always stay.

        Parameters
        ----------
        name : str
            Whose table.
        keep_versions : iterable of int
            Besides those of saved snapshots.
        dry_run : bool
            Only say what would be removed.
        """
        with self.lock(name):
            report = pruning.prune_table(self, name, keep_versions, dry_run=dry_run)
        self._forget(name)
        return report

    def _forget(self, name: str) -> None:
        with self._guard:
            for mark in [mark for mark in self._open if mark[0] == name]:
                del self._open[mark]
        self._newest.pop(name, None)
        self._writers.pop(name, None)

    def _write(
        self,
        dataset: Dataset,
        plan: Callable[[TableSnapshot | None], Plan],
        operation: str,
        metadata: Mapping[str, Any],
    ) -> int:
        told = {key: _text(key, value) for key, value in metadata.items()}
        with self.lock(dataset.name):
            return self._commit(dataset, plan, operation, told)

    def _commit(
        self,
        dataset: Dataset,
        plan: Callable[[TableSnapshot | None], Plan],
        operation: str,
        metadata: Mapping[str, str],
    ) -> int:
        """Plan and commit, again after each commit of somebody else, a bounded number of times."""
        folder = table_folder(self.root, dataset.name)
        told = units_of(metadata.get("wb.units", "[]"))
        for attempt in range(_TRIES):
            table = self._newest_table(dataset.name)
            now = None if table is None else snapshot_of(folder, dataset.name, table)
            change = plan(now)
            if now is not None and change.empty and self._units.hold(folder, dataset.name, told):
                return now.version
            try:
                return carry_out(folder, dataset, table, change, operation, metadata)
            except Conflict:
                time.sleep(random.uniform(0.01, 0.05) * 2**attempt)
        raise StoreBusyError(
            f"{dataset.name}: other tools committed {_TRIES} times in between. Try again later."
        )

    def _newest_table(self, name: str) -> DeltaTable | None:
        """The table that a writer plans against; only the holder of the lock may ask."""
        version = self.version(name)
        known, mark = self._writers.pop(name, (None, None))
        if version is None:
            return None
        folder = table_folder(self.root, name)
        if known is not None and commit_mark(folder, known.version()) != mark:
            known = None  # the table was made anew, or repaired
        table = open_table(folder, name, version, known)
        self._writers[name] = (table, commit_mark(folder, version))
        return table


def _text(key: str, value: Any) -> str:
    if key == "wb.units":
        return units_text(value)
    return value if isinstance(value, str) else str(value)
