"""Dense panels of a table, mapped from ``cache/<dataset>/<year>-<fingerprint>/<field>.npy``.

1. `DenseYears` answers one year of a table: float64 arrays of days × codes, NaN without a row
2. what the cache lacks, or holds damaged, is made from the store and written for the next reader
3. a folder is named by the fingerprint of the Parquet files behind it, so it can never be stale;
   folders of other fingerprints are removed unless a snapshot still points at them
4. `assemble` puts years together on somebody's sessions and columns, by code and span

The cache is derived: deleting it loses nothing.
"""

from __future__ import annotations

import logging
import re
import shutil
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.arrays import FloatPanel
from workbench.data.reading.dense_file import (
    DenseIndex,
    read_array,
    read_index,
    write_array,
    write_index,
)
from workbench.errors import SchemaError, SnapshotError, near_names

if TYPE_CHECKING:
    import polars as pl

    from workbench.data.assembly.listing import CodeSpans
    from workbench.data.cellar import Cellar
    from workbench.data.dataset import Dataset

__all__ = ["DenseYear", "DenseYears", "assemble"]

_log = logging.getLogger(__name__)
_KINDS = ("number", "whole", "truth")
_FOLDER = re.compile(r"(\d{4})-([0-9A-Za-z]+)")
_THREADS = 4
_DRAFT_SECONDS = 3600


@dataclass(frozen=True)
class DenseYear:
    """One year of some fields.

    Attributes
    ----------
    index : DenseIndex
        Days and codes of the arrays.
    values : mapping of str to ndarray, shape (T, N)
        float64, read-only, NaN where there is no row or no value.
    """

    index: DenseIndex
    values: Mapping[str, FloatPanel]


class DenseYears:
    """The years of one table at the version that the cellar shows.

    Parameters
    ----------
    cellar : Cellar
        Whose cache and store are used.
    dataset : Dataset
        A table with one row a session and asset.
    together : sequence of str
        Columns that are made along whenever one of them has to be: one pass over the keys then
        serves all.

    Raises
    ------
    NotCoveredError
        If the store has no such table.
    """

    def __init__(self, cellar: Cellar, dataset: Dataset, together: Sequence[str] = ()) -> None:
        self._cellar = cellar
        self._dataset = dataset
        self._together = tuple(name for name in together if name in dataset)
        self._table = cellar.table(dataset.name)
        self._folder = cellar.root / "cache" / dataset.name

    def year(self, year: int, fields: Sequence[str]) -> DenseYear | None:
        """Some fields of one year, None where the table has no row in it.

        Raises
        ------
        SchemaError
            If a field is no number of this table.
        StoreCorruptionError
            If the store behind the cache cannot be read.
        """
        for name in fields:
            self._check(name)
        first, last = date(year, 1, 1), date(year, 12, 31)
        if not self._table.files(first, last):
            return None
        folder = self._folder / f"{year:04d}-{self._table.fingerprint(year)}"
        index = read_index(folder)
        held: dict[str, FloatPanel] = {}
        if index is not None:
            for name in fields:
                values = read_array(folder, name, index.shape)
                if values is not None:
                    held[name] = values
        missing = [name for name in fields if name not in held]
        if index is None or missing:
            wanted = self._with_company(folder, missing)
            rows = self._table.read(["session", "asset", *wanted], first=first, last=last)
            index, made = _dense(rows, wanted)
            held |= {name: made[name] for name in missing}
            self._keep(folder, index, made)
        return DenseYear(index, {name: held[name] for name in fields})

    def _with_company(self, folder: Path, missing: Sequence[str]) -> list[str]:
        """The fields to make: those missing, and what is made together with them."""
        if not set(missing) & set(self._together):
            return list(missing)
        absent = [name for name in self._together if not (folder / f"{name}.npy").exists()]
        return list(dict.fromkeys((*missing, *absent)))

    def _check(self, name: str) -> None:
        """Refuse what is no number of this table: names become paths, so they must be known."""
        numbers = [c.name for c in self._dataset.columns if c.kind in _KINDS]
        if name not in numbers:
            raise SchemaError(
                f"{self._dataset.name} has no number {name!r}.{near_names(name, numbers)} "
                f"It has: {', '.join(numbers)}."
            )

    def _keep(self, folder: Path, index: DenseIndex, made: Mapping[str, FloatPanel]) -> None:
        """Write what was made; a cache that cannot be written costs time, never an answer."""
        fresh = not folder.is_dir()
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            folder.mkdir(exist_ok=True, mode=0o700)
            if read_index(folder) is None:
                write_index(folder, index)
            for name, values in made.items():
                write_array(folder, name, values)
            if fresh:
                self._sweep(folder)
            _remove_drafts(folder)
        except OSError as error:
            _log.warning("The cache of %s was not written: %s", self._dataset.name, error)

    def _sweep(self, fresh: Path) -> None:
        """Remove other fingerprints of the same year that nothing pins."""
        matched = _FOLDER.fullmatch(fresh.name)
        year = matched[1] if matched else ""
        stale = [
            place
            for place in self._folder.iterdir()
            if (found := _FOLDER.fullmatch(place.name)) and found[1] == year and place != fresh
        ]
        if not stale:
            return
        kept = {f"{year}-{mark}" for mark in self._pinned_marks(int(year))}
        for place in stale:
            if place.name not in kept:
                shutil.rmtree(place, ignore_errors=True)

    def _pinned_marks(self, year: int) -> set[str]:
        """Fingerprints of the year in the latest version and in every named snapshot."""
        from workbench.data.store import list_snapshots, load_snapshot

        name, root = self._dataset.name, self._cellar.root
        versions = {load_snapshot(root, label).get(name) for label in list_snapshots(root)}
        versions.add(self._cellar.store.version(name))
        marks = set()
        for version in versions - {None}:
            try:
                marks.add(self._cellar.store.snapshot(name, version).fingerprint(year))
            except SnapshotError as error:
                _log.warning("A snapshot names a version that is gone: %s", error)
        return marks


def assemble(
    years: DenseYears,
    fields: Sequence[str],
    sessions: NDArray[np.datetime64],
    spans: CodeSpans,
) -> tuple[dict[str, FloatPanel], Mapping[str, int]]:
    """Fields of a table on a grid of sessions and securities.

    Parameters
    ----------
    years : DenseYears
        The table.
    fields : sequence of str
        Columns that hold numbers.
    sessions : ndarray of datetime64[D], shape (T,)
        Rows, ascending.
    spans : CodeSpans
        Which code is which column, and on which days.

    Returns
    -------
    panels : dict of str to ndarray, shape (T, N)
        float64, NaN without a row.
    dropped : mapping of str to int
        Days on which a code has a value outside its span, by code: those are left out.
    """
    shape = (len(sessions), spans.width)
    panels = {name: np.empty(shape) for name in fields}
    calendar_years = sessions.astype("datetime64[Y]").astype(int) + 1970
    edges = [0, *(np.flatnonzero(np.diff(calendar_years)) + 1).tolist(), len(sessions)]
    bounds = [slice(low, high) for low, high in pairwise(edges) if high > low]

    def place(rows: slice) -> dict[str, int]:
        target = {name: panel[rows] for name, panel in panels.items()}
        held = years.year(int(calendar_years[rows.start]), fields)
        if held is None:
            for panel in target.values():
                panel[:] = np.nan
            return {}
        return _place(held, sessions[rows], spans, target)

    if len(bounds) > 2:
        with ThreadPoolExecutor(min(_THREADS, len(bounds))) as pool:
            dropped = list(pool.map(place, bounds))
    else:
        dropped = [place(rows) for rows in bounds]
    total: dict[str, int] = {}
    for found in dropped:
        for code, count in found.items():
            total[code] = total.get(code, 0) + count
    return panels, total


def _place(
    held: DenseYear,
    sessions: NDArray[np.datetime64],
    spans: CodeSpans,
    target: Mapping[str, FloatPanel],
) -> dict[str, int]:
    """Copy one year into its rows of the grid; count what lies outside its code's days."""
    rows = np.searchsorted(held.index.sessions, sessions)
    rows = np.minimum(rows, len(held.index.sessions) - 1)
    known = held.index.sessions[rows] == sessions
    whole = bool(known.all() and rows[-1] - rows[0] + 1 == len(rows))
    plan = spans.columns_in(held.index.codes, sessions)
    dropped: dict[str, int] = {}
    for name, panel in target.items():
        block = held.values[name]
        if whole:
            block = block[rows[0] : rows[-1] + 1]
        else:
            block = block[rows]
            block[~known] = np.nan
        plan.fill(block, panel)
        dropped = plan.outside(block)
    return dropped


def _remove_drafts(folder: Path) -> None:
    """Remove what killed writers left; a living one is done long before."""
    for draft in folder.glob(".*"):
        if time.time() - draft.stat().st_mtime > _DRAFT_SECONDS:
            draft.unlink(missing_ok=True)


def _dense(
    rows: pl.DataFrame, fields: Sequence[str]
) -> tuple[DenseIndex, dict[str, NDArray[np.float64]]]:
    """Long rows of one year to arrays of days × codes."""
    import polars as pl

    days = rows["session"].to_numpy().astype("datetime64[D]")
    sessions, at = np.unique(days, return_inverse=True)
    names = rows["asset"].unique().sort()
    columns = rows["asset"].cast(pl.Enum(names)).to_physical().to_numpy().astype(np.int64)
    index = DenseIndex(sessions, tuple(names))
    cells = at.astype(np.int64) * len(names) + columns
    made = {}
    for name in fields:
        panel = np.full(index.shape, np.nan)
        panel.reshape(-1)[cells] = rows[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
        panel.flags.writeable = False
        made[name] = panel
    return index, made
