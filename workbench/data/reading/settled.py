"""What was settled at the versions that a reader sees: commits first, then the ledger.

A snapshot must not learn from later work, and a crash between a commit and the ledger must not
hide what the commit said. So the records in the commits up to the version read count, and of the
ledger only records of this version or earlier ones.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import polars as pl

from workbench.data.store.history import commit_units
from workbench.data.store.log import commit_mark, commits
from workbench.data.store.names import table_folder
from workbench.data.store.units import UnitRecord

if TYPE_CHECKING:
    from workbench.data.cellar import Cellar
    from workbench.data.store.log import Mark

__all__ = ["settled_units"]

_FIELDS = tuple(UnitRecord.__dataclass_fields__)


def settled_units(
    cellar: Cellar, name: str, first: date | None = None, last: date | None = None
) -> pl.DataFrame:
    """The newest record of every unit of a dataset, as of the version that `cellar` shows.

    Parameters
    ----------
    cellar : Cellar
        Whose version of the table counts; everything, where it has no such table.
    name : str
        The dataset.
    first, last : date, optional
        Only units that touch these days; units without days always count.

    Returns
    -------
    DataFrame
        The columns of `Ledger.units`, one row a key: of several vendors the latest counts.
    """
    told = cellar.ledger.units(name)
    version = cellar.version(name)
    if version is not None:
        told = told.filter(pl.col("version") <= version)
        own = _COMMITS.units(table_folder(cellar.root, name), name, version, told.schema)
        # Stable: of one version the ledger's word counts, it was written after the commit.
        told = pl.concat([own, told]).sort("version", maintain_order=True)
    newest = told.unique("key", keep="last", maintain_order=True)
    if first is not None:
        newest = newest.filter(pl.col("last").is_null() | (pl.col("last") >= first))
    if last is not None:
        newest = newest.filter(pl.col("first").is_null() | (pl.col("first") <= last))
    return newest


class _Commits:
    """Units of commits; each commit is read once a process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: dict[Path, tuple[int, Mark, list[tuple[Any, ...]]]] = {}

    def units(self, folder: Path, name: str, version: int, schema: pl.Schema) -> pl.DataFrame:
        """Records of every commit up to `version`, oldest first."""
        with self._lock:
            last, mark, rows = self._known.get(folder, (-1, None, []))
            if commit_mark(folder, last) != mark:
                last, rows = -1, []  # the table was made anew, or repaired
            for one in commits(folder, name, last + 1, version):
                last = one.version
                rows = rows + [
                    (*(getattr(unit, field) for field in _FIELDS), last)
                    for unit in commit_units(one)
                ]
            self._known[folder] = (last, commit_mark(folder, last), rows)
        made = pl.DataFrame(rows, schema=dict(zip((*_FIELDS, "version"), [
            schema[field] for field in (*_FIELDS, "version")
        ], strict=True)), orient="row")  # fmt: skip
        return made.filter(pl.col("version") <= version).select(schema.names())


_COMMITS = _Commits()
