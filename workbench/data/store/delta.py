"""The door to deltalake: open a version, commit a change, make both fail in typed words.

A commit is serializable: it is made against one version and refused when any other commit came
in between (no silent rebase), so a caller plans again on what is there now. After it the commit
file, the log folder and, every hundred versions, the checkpoint are synced.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import arro3.core as arrow
import polars as pl
from deltalake import CommitProperties, DeltaTable, PostCommitHookProperties, Schema
from deltalake.exceptions import CommitFailedError, DeltaError
from deltalake.transaction import AddAction, RemoveAction, create_table_with_add_actions

from workbench.data.dataset import Dataset
from workbench.data.store.checkpoints import EVERY, write_checkpoint
from workbench.data.store.durable import sync_file, sync_folder
from workbench.data.store.files import YEAR, DataFile
from workbench.data.store.log import check_commits, commit_path, digest, read_commit
from workbench.errors import SchemaError, StoreCorruptionError, StoreError, StoreVersionError

__all__ = ["Conflict", "commit", "make_durable", "open_table"]

_FOREVER = "interval 36500 days"
_SETTINGS = {
    "delta.logRetentionDuration": _FOREVER,
    "delta.deletedFileRetentionDuration": _FOREVER,
    "delta.enableExpiredLogCleanup": "false",
}
"""Defaults delete old log files after 30 days, and time travel with them."""

_UNREADABLE = {"deletionVectors", "columnMapping", "v2Checkpoint", "typeWidening"}
"""Features of other writers that would make a plain reader see wrong rows."""


class Conflict(Exception):
    """Somebody else committed first: plan again. `Store` answers it, no caller sees it."""


def open_table(
    folder: Path, name: str, version: int, known: DeltaTable | None = None
) -> DeltaTable:
    """A table at a version that exists.

    `known` is the table as its only user had it before: bringing it up to date reads less. A
    handle that moves must never be shared, a commit is made against the version that it shows.

    Raises
    ------
    StoreCorruptionError
        If the log is torn.
    StoreVersionError
        If the table uses features that this reader would misread.
    """
    check_commits(folder, name, version)
    try:
        if known is not None and known.version() < version:
            known.update_incremental()
        fits = known is not None and known.version() == version
        table = known if fits else DeltaTable(str(folder), version=version)
    except (DeltaError, OSError, ValueError, pl.exceptions.PanicException) as error:
        raise StoreCorruptionError(
            f"{name} version {version}: the log in {folder / '_delta_log'} cannot be read "
            f"({error}). Run `workbench data verify {name}`, then `workbench data repair {name}`."
        ) from error
    foreign = _UNREADABLE & set(table.protocol().reader_features or ())
    if foreign:
        raise StoreVersionError(
            f"{name}: another tool switched on {', '.join(sorted(foreign))}, which this workbench "
            f"cannot read. Rewrite the table without it."
        )
    return table


def commit(
    folder: Path,
    dataset: Dataset,
    table: DeltaTable | None,
    *,
    adds: Sequence[AddAction],
    removes: Sequence[DataFile] = (),
    metadata: Mapping[str, str],
    data_change: bool = True,
) -> int:
    """Commit files to a table, or make the table with them, as one version.

    Raises
    ------
    Conflict
        If another commit came first.
    StoreError
        If the commit could not be written.
    """
    version = 0 if table is None else table.version() + 1
    told = dict(metadata, **{"wb.id": uuid.uuid4().hex})
    told["wb.digest"] = digest(
        [(add.path, add.size, add.stats) for add in adds], [file.path for file in removes], told
    )
    properties = CommitProperties(custom_metadata=told, max_commit_retries=0)
    try:
        if table is None:
            _create(folder, dataset, adds, properties)
        else:
            gone = [_removal(file, data_change=data_change) for file in removes]
            for add in adds:
                add.data_change = data_change
            table.create_write_transaction(
                [*gone, *adds],
                "append",
                table.schema(),
                _partitions(table, dataset),
                commit_properties=properties,
                post_commithook_properties=PostCommitHookProperties(create_checkpoint=False),
            )
    except (DeltaError, OSError, pl.exceptions.PanicException) as error:
        if not _landed(folder, dataset.name, version, told["wb.id"]):
            _refuse(folder, dataset.name, version, error)
    return version


def _create(
    folder: Path, dataset: Dataset, adds: Sequence[AddAction], properties: CommitProperties
) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    create_table_with_add_actions(
        str(folder),
        _schema(dataset),
        list(adds),
        mode="error",
        partition_by=[YEAR] if dataset.partitioned else [],
        name=dataset.name,
        description=json.dumps({"key": dataset.key, "day": dataset.day}),
        configuration=_SETTINGS,
        commit_properties=properties,
        post_commithook_properties=PostCommitHookProperties(create_checkpoint=False),
    )


def _partitions(table: DeltaTable, dataset: Dataset) -> list[str]:
    wanted = [YEAR] if dataset.partitioned else []
    found = table.metadata().partition_columns
    if found != wanted:
        raise SchemaError(
            f"{dataset.name} is stored with the partitions {found}, expected {wanted}: another "
            f"tool made the table. Move it away and fetch it again."
        )
    return wanted


@cache
def _schema_of(columns: tuple[tuple[str, pl.DataType], ...]) -> Schema:
    return Schema.from_arrow(arrow.Table.from_arrow(pl.DataFrame(schema=dict(columns))).schema)


def _schema(dataset: Dataset) -> Schema:
    hidden = ((YEAR, pl.Int32()),) if dataset.partitioned else ()
    return _schema_of((*dataset.schema().items(), *hidden))


def _removal(file: DataFile, *, data_change: bool) -> RemoveAction:
    return RemoveAction(
        file.path,
        data_change,
        time.time_ns() // 1_000_000,
        file.size,
        {} if file.year is None else {YEAR: str(file.year)},
    )


def _landed(folder: Path, name: str, version: int, nonce: str) -> bool:
    """Whether the commit is there although deltalake reported a failure."""
    try:
        return read_commit(folder, name, version).metadata.get("wb.id") == nonce
    except StoreCorruptionError:
        return False


def _refuse(folder: Path, name: str, version: int, error: BaseException) -> None:
    if isinstance(error, CommitFailedError) or commit_path(folder, version).exists():
        raise Conflict(str(error)) from error
    raise StoreError(
        f"{name}: version {version} could not be written to {folder} ({error}). Nothing changed; "
        f"check free space and permissions, then try again."
    ) from error


def make_durable(folder: Path, version: int) -> None:
    """Wait until a commit is on the disk, and write a checkpoint every hundred versions.

    Raises
    ------
    StoreError
        If the disk does not confirm; the commit stands, but may not outlive a power cut.
    """
    log = folder / "_delta_log"
    try:
        sync_file(commit_path(folder, version))
        sync_folder(log)
        if version == 0:
            sync_folder(folder)
            sync_folder(folder.parent)
    except OSError as error:
        raise StoreError(
            f"{folder}: version {version} was committed, but the disk did not confirm it ({error})."
        ) from error
    if version and version % EVERY == 0:
        write_checkpoint(folder, version)
