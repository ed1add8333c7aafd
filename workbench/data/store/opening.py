"""Open a table at a version and learn what reading it needs: columns, key, day, files."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
from deltalake import DeltaTable

from workbench.data.store.delta import open_table
from workbench.data.store.files import YEAR, active_files
from workbench.data.store.table import TableSnapshot

__all__ = ["open_snapshot", "snapshot_of"]


def open_snapshot(folder: Path, name: str, version: int) -> TableSnapshot:
    """A table at a version that exists; errors as in `open_table`."""
    return snapshot_of(folder, name, open_table(folder, name, version))


def snapshot_of(folder: Path, name: str, table: DeltaTable) -> TableSnapshot:
    """What an open table shows."""
    types = pl.Schema(table.schema().to_arrow())
    try:
        meant = json.loads(table.metadata().description or "{}")
    except ValueError:
        meant = {}  # a table of another tool
    return TableSnapshot(
        name,
        table.version(),
        folder,
        schema={column: kind for column, kind in types.items() if column != YEAR},
        key=meant.get("key", ()),
        day=meant.get("day", ""),
        data_files=active_files(table),
    )
