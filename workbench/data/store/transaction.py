"""Carry out a plan: durable data files first, then one commit that names them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl
from deltalake import DeltaTable
from deltalake.transaction import AddAction

from workbench.data.dataset import Dataset
from workbench.data.store.delta import Conflict, commit, make_durable
from workbench.data.store.files import write_rows
from workbench.data.store.writes import Plan
from workbench.errors import DataError, StoreError

__all__ = ["carry_out"]


def carry_out(
    folder: Path,
    dataset: Dataset,
    table: DeltaTable | None,
    change: Plan,
    operation: str,
    metadata: Mapping[str, str],
) -> int:
    """Write the files of a plan, commit them, and leave nothing behind where that fails.

    Raises
    ------
    Conflict
        If somebody else committed first.
    StoreError
        If the disk is full or refuses; the table is as it was.
    """
    told = {
        **metadata,
        "wb.operation": "settle" if change.empty else operation,
        "wb.rows_added": str(change.added),
        "wb.rows_removed": str(change.removed),
    }
    adds: list[AddAction] = []
    try:
        for add in write_rows(folder, dataset, change.rows):
            adds.append(add)
    except (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        _discard(folder, adds)
        raise StoreError(
            f"{dataset.name}: rows could not be written to {folder} ({error}). Nothing changed; "
            f"check free space and permissions, then try again."
        ) from error
    try:
        version = commit(
            folder,
            dataset,
            table,
            adds=adds,
            removes=change.removes,
            metadata=told,
            data_change=operation != "compact",
        )
    except (Conflict, DataError):  # what `commit` raises when the commit does not stand
        _discard(folder, adds)
        raise
    make_durable(folder, version)
    return version


def _discard(folder: Path, adds: Sequence[AddAction]) -> None:
    """Remove data files that no commit names."""
    for add in adds:
        (folder / add.path).unlink(missing_ok=True)
