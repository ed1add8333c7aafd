"""Reading one version of a table: which files matter, and rows out of them.

1. A snapshot knows its files and the least and greatest day and key value of each.
2. `TableSnapshot.scan` opens only files that may hold what is asked for, and filters inside them.
3. `TableSnapshot.read` also compares every file that it opens with the checksum in its name (once
   in a process), sorts where files overlap, and turns whatever goes wrong into an error that
   names dataset, version and file.

The files are given to polars directly: its own Delta reader cannot open a table below a folder
with a space, ``#`` or any letter outside ASCII.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl

from workbench.data.store.files import DataFile, altered, named_checksum
from workbench.data.store.pruned import is_pruned, pruned_error
from workbench.errors import SchemaError, StoreCorruptionError, near_names

__all__ = ["TableSnapshot"]


class TableSnapshot:
    """One version of one table: immutable, cheap to keep.

    Attributes
    ----------
    name : str
        The dataset.
    version : int
        The Delta version.
    folder : Path
        Where the table lies.
    schema : dict of str to polars type
        Columns in stored order, without the hidden partition column.
    key : tuple of str
        Columns that no two rows share.
    day : str
        The column that dates a row, or empty.
    data_files : tuple of DataFile
        Files with their statistics.
    """

    def __init__(
        self,
        name: str,
        version: int,
        folder: Path,
        *,
        schema: Mapping[str, pl.DataType],
        key: Sequence[str],
        day: str,
        data_files: Sequence[DataFile],
    ) -> None:
        self.name = name
        self.version = version
        self.folder = folder
        self.schema = dict(schema)
        self.key = tuple(key)
        self.day = day
        leading = self.key[0] if self.key else ""
        self.data_files = tuple(sorted(data_files, key=lambda f: _place(f, leading)))

    def __repr__(self) -> str:
        return f"TableSnapshot({self.name!r}, version={self.version}, files={len(self.data_files)})"

    @cached_property
    def rows(self) -> int:
        """Number of rows."""
        if all(file.rows is not None for file in self.data_files):
            return sum(file.rows or 0 for file in self.data_files)
        return int(self.scan(()).select(pl.len()).collect().item())

    @cached_property
    def bytes(self) -> int:
        """Size of the files of this version on disk."""
        return sum(file.size for file in self.data_files)

    @cached_property
    def first(self) -> date | None:
        """Earliest day of a row (UTC day of a time); None without rows or day column."""
        return self._bound("low", min)

    @cached_property
    def last(self) -> date | None:
        """Latest day of a row (UTC day of a time); None without rows or day column."""
        return self._bound("high", max)

    def _bound(self, end: str, best: Any) -> date | None:
        if not self.day:
            return None
        known = [getattr(file, end).get(self.day) for file in self.data_files]
        if any(value is None for value in known):
            column = pl.col(self.day)
            asked = column.min() if end == "low" else column.max()
            known = [self._collect(self.scan([self.day]).select(asked)).item()]
        found = best((value for value in known if value is not None), default=None)
        return found.date() if isinstance(found, datetime) else found

    def chosen(
        self,
        first: date | None = None,
        last: date | None = None,
        values: Mapping[str, Sequence[Any]] | None = None,
    ) -> tuple[DataFile, ...]:
        """Files that may hold rows of these days and values, in reading order."""
        low, high = self._limits(first, last)
        spans = {name: (min(some), max(some)) for name, some in (values or {}).items() if some}
        return tuple(
            file
            for file in self.data_files
            if (not self.day or file.may_touch(self.day, low, high))
            and all(file.may_touch(name, *span) for name, span in spans.items())
        )

    def files(self, first: date | None = None, last: date | None = None) -> list[Path]:
        """Paths of the Parquet files that may hold rows of these days."""
        return [self.folder / file.path for file in self.chosen(first, last)]

    def fingerprint(self, year: int | None = None) -> str:
        """Sixteen hexadecimal digits that change whenever the files (of one year) change.

        Tables without partitions have the same fingerprint for every year.
        """
        wanted = [f.path for f in self.data_files if year is None or f.year in (year, None)]
        return hashlib.sha256("\n".join(sorted(wanted)).encode()).hexdigest()[:16]

    def scan(
        self,
        columns: Sequence[str] | None = None,
        *,
        first: date | None = None,
        last: date | None = None,
        values: Mapping[str, Sequence[Any]] | None = None,
    ) -> pl.LazyFrame:
        """Rows as a lazy frame; nothing is read before it is collected.

        Parameters
        ----------
        columns : sequence of str, optional
            All in stored order by default.
        first, last : date, optional
            Days, both included; of a time, its UTC days.
        values : mapping of str to sequence, optional
            Keep rows whose column has one of the values.

        Returns
        -------
        polars.LazyFrame
            In no promised order. Collecting it may raise errors of polars; `read` translates them.

        Raises
        ------
        SchemaError
            If there is no such column.
        """
        names = list(self.schema) if columns is None else list(columns)
        self._refuse_unknown([*names, *(values or {})])
        lazy = self._lazy([self.folder / f.path for f in self.chosen(first, last, values)])
        low, high = self._limits(first, last)
        if self.day and low is not None:
            lazy = lazy.filter(pl.col(self.day) >= low)
        if self.day and high is not None:
            lazy = lazy.filter(pl.col(self.day) <= high)
        for name, some in (values or {}).items():
            kept = pl.Series(name, list(some), dtype=self.schema[name])
            column = pl.col(name)
            lazy = lazy.filter(
                column == kept[0] if len(kept) == 1 else column.is_in(kept.implode())
            )
        return lazy.select(names) if columns is None or names else lazy

    def read(
        self,
        columns: Sequence[str] | None = None,
        *,
        first: date | None = None,
        last: date | None = None,
        values: Mapping[str, Sequence[Any]] | None = None,
    ) -> pl.DataFrame:
        """Rows as a frame, sorted by key; parameters as in `scan`.

        Raises
        ------
        SchemaError
            If there is no such column.
        StoreCorruptionError
            If a file is missing, torn or altered.
        SnapshotError
            If `prune` removed this version meanwhile.
        """
        names = list(self.schema) if columns is None else list(columns)
        files = self.chosen(first, last, values)
        self._check(files)
        wanted = names
        if unordered := not self._disjoint(files):
            wanted = [*names, *(name for name in self.key if name not in names)]
        frame = self._collect(self.scan(wanted, first=first, last=last, values=values))
        return frame.sort(list(self.key)).select(names) if unordered else frame

    def read_file(self, file: DataFile, keep: pl.Expr | None = None) -> pl.DataFrame:
        """Rows of one file, filtered.

        Raises
        ------
        StoreCorruptionError
            If it is missing, torn or altered.
        """
        self._check([file])
        lazy = self._lazy([self.folder / file.path])
        return self._collect(lazy if keep is None else lazy.filter(keep))

    def read_keys(self, file: DataFile, keep: Sequence[pl.Expr] = ()) -> pl.DataFrame:
        """Key columns of one file, filtered; errors as in `read_file`."""
        self._check([file])
        lazy = self._lazy([self.folder / file.path]).filter(pl.lit(True), *keep)
        return self._collect(lazy.select(self.key))

    def _limits(self, first: date | None, last: date | None) -> tuple[Any, Any]:
        if self.day and isinstance(self.schema[self.day], pl.Datetime):
            low = None if first is None else datetime.combine(first, time(), UTC)
            tick = timedelta(microseconds=1)
            end = None if last is None else datetime.combine(last, time(), UTC)
            return low, None if end is None else end + timedelta(days=1) - tick
        return first, last

    def _lazy(self, paths: list[Path]) -> pl.LazyFrame:
        if not paths:
            return pl.LazyFrame(schema=self.schema)
        return pl.scan_parquet(
            paths,
            glob=False,
            hive_partitioning=False,
            schema=self.schema,
            missing_columns="insert",
            cache=False,
        )

    def _disjoint(self, files: Sequence[DataFile]) -> bool:
        """Whether the files, each sorted by key, follow one another without overlap."""
        if not self.key:
            return True
        if any(named_checksum(Path(file.path)) is None for file in files):
            return False  # of another tool: nobody promised an order
        lead = self.key[0]
        ends = [(file.low.get(lead), file.high.get(lead)) for file in files]
        if len(ends) > 1 and any(low is None or high is None for low, high in ends):
            return False
        return all(a[1] < b[0] for a, b in pairwise(ends))

    def _refuse_unknown(self, names: Sequence[str]) -> None:
        for name in names:
            if name not in self.schema:
                raise SchemaError(
                    f"{self.name} has no column {name!r}.{near_names(name, self.schema)}"
                )

    def _check(self, files: Sequence[DataFile]) -> None:
        try:
            wrong = altered([self.folder / file.path for file in files])
        except OSError as error:
            raise self._explained(error, files) from error
        if wrong:
            raise self._corrupt(wrong[0], "is altered: its checksum is not the one in its name")

    def _collect(self, lazy: pl.LazyFrame) -> pl.DataFrame:
        try:
            return lazy.collect()
        except (pl.exceptions.PolarsError, OSError, pl.exceptions.PanicException) as error:
            raise self._explained(error, self.data_files) from error

    def _explained(self, error: BaseException, files: Sequence[DataFile]) -> Exception:
        """Find the file that is to blame."""
        if is_pruned(self.folder, self.version):
            return pruned_error(self.name, self.version)
        for file in files:
            path = self.folder / file.path
            if not path.exists():
                return self._corrupt(path, "is missing")
            if path.stat().st_size != file.size:
                return self._corrupt(path, f"has {path.stat().st_size} bytes, not {file.size}")
            if altered([path]):
                return self._corrupt(path, "is altered")
        for file in files:
            try:
                self._lazy([self.folder / file.path]).collect()
            except (pl.exceptions.PolarsError, OSError, pl.exceptions.PanicException) as cause:
                return self._corrupt(self.folder / file.path, f"cannot be read ({cause})")
        return self._corrupt(self.folder, f"cannot be read ({error})")

    def _corrupt(self, path: Path, problem: str) -> StoreCorruptionError:
        return StoreCorruptionError(
            f"{self.name} version {self.version}: {path} {problem}. Restore the file from a "
            f"backup, or fetch again: `workbench data verify {self.name}` lists what is broken."
        )


def _place(file: DataFile, leading: str) -> tuple[int, bool, Any, str]:
    low = file.low.get(leading)
    return (file.year or 0, low is None, low if low is not None else 0, file.path)
