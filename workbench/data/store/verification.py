"""Look for damage, table by table, and undo the one kind that is safe to undo.

1. The log: no version missing, empty or torn; every commit matches its digest.
2. Checkpoints: the state that deltalake reads is the one that the commits add up to.
3. The files of the newest version: present, of the size and checksum they were written with.
4. Deep: readable, as many rows as told, rows in the right partition and inside the statistics
   that readers skip files by, and no key twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

import polars as pl

from workbench.data.store.checkpoints import drop_checkpoints
from workbench.data.store.durable import sync_folder
from workbench.data.store.files import DataFile, checksum, named_checksum
from workbench.data.store.log import commit_path, numbers, read_commit
from workbench.data.store.opening import open_snapshot
from workbench.data.store.table import TableSnapshot
from workbench.errors import StoreCorruptionError

__all__ = ["Finding", "repair_table", "verify_table"]

_AGAIN = "restore the file from a backup, or fetch its days again into a fresh table"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: where, what, and what to do about it."""

    dataset: str
    version: int | None
    file: str
    problem: str
    repair: str


def verify_table(folder: Path, name: str, *, deep: bool = True) -> list[Finding]:
    """Everything that is wrong with a table; see `Store.verify`."""
    versions = numbers(folder)
    if not versions:
        log = str(folder / "_delta_log")
        return [Finding(name, None, log, "there is no table", f"fetch {name}")]
    found = list(_log_findings(folder, name, versions))
    if found:
        return found
    try:
        snapshot = open_snapshot(folder, name, versions[-1])
    except StoreCorruptionError as error:
        log = str(folder / "_delta_log")
        repair = f"workbench data repair {name}: rebuilds checkpoints from the commits"
        return [Finding(name, versions[-1], log, str(error), repair)]
    found += _state_findings(folder, name, snapshot)
    for file in snapshot.data_files:
        found += _file_findings(snapshot, file, deep=deep)
    if deep and not found:
        found += _key_findings(snapshot)
    return found


def _log_findings(folder: Path, name: str, versions: list[int]) -> Iterator[Finding]:
    present = set(versions)
    for version in range(versions[-1] + 1):
        path = str(commit_path(folder, version))
        if version not in present:
            yield Finding(name, version, path, "the log file is missing", _AGAIN)
            continue
        try:
            read_commit(folder, name, version)
        except StoreCorruptionError as error:
            newest = version == versions[-1]
            repair = f"workbench data repair {name}: drops this newest commit" if newest else _AGAIN
            yield Finding(name, version, path, str(error), repair)


def _state_findings(folder: Path, name: str, snapshot: TableSnapshot) -> Iterator[Finding]:
    replayed: set[str] = set()
    for version in range(snapshot.version + 1):
        one = read_commit(folder, name, version)
        replayed -= {unquote(gone["path"]) for gone in one.removes}
        replayed |= {unquote(add["path"]) for add in one.adds}
    for path in sorted(replayed ^ {file.path for file in snapshot.data_files}):
        yield Finding(
            name,
            snapshot.version,
            str(folder / path),
            "a checkpoint and the commits disagree about this file",
            f"workbench data repair {name}: rebuilds checkpoints from the commits",
        )


def _file_findings(snapshot: TableSnapshot, file: DataFile, *, deep: bool) -> Iterator[Finding]:
    path = snapshot.folder / file.path
    problem = _file_problem(path, file)
    if problem is None and deep:
        problem = _content_problem(snapshot, file)
    if problem is not None:
        yield Finding(snapshot.name, snapshot.version, str(path), problem, _AGAIN)


def _file_problem(path: Path, file: DataFile) -> str | None:
    if not path.exists():
        return "the file is missing"
    if path.stat().st_size != file.size:
        return f"the file has {path.stat().st_size} bytes, not {file.size}"
    promised = named_checksum(path)
    if promised is not None and checksum(path) != promised:
        return "the file is altered: its checksum is not the one in its name"
    return None


def _content_problem(snapshot: TableSnapshot, file: DataFile) -> str | None:
    try:
        rows = snapshot.read_file(file)
    except StoreCorruptionError as error:
        return str(error)
    if file.rows is not None and rows.height != file.rows:
        return f"the file holds {rows.height} rows, not {file.rows}"
    if file.year is not None and snapshot.day:
        years = rows[snapshot.day].dt.year().unique().to_list()
        if years not in ([], [file.year]):
            return f"rows of the years {years} lie in the partition {file.year}"
    for column in file.low:
        low, high = rows[column].min(), rows[column].max()
        outside = low is not None and (low < file.low[column] or high > file.high[column])
        if outside:
            return f"{column} leaves the bounds that the log tells"
    return None


def _key_findings(snapshot: TableSnapshot) -> Iterator[Finding]:
    """Look for keys twice, partition by partition where the partition follows from the key."""
    if not snapshot.key:
        return
    years = {file.year for file in snapshot.data_files}
    whole = snapshot.day not in snapshot.key
    for year in [None] if whole else sorted(years, key=lambda year: year or 0):
        files = [file for file in snapshot.data_files if whole or file.year == year]
        keys = pl.concat([snapshot.read_keys(file) for file in files])
        extra = keys.height - keys.n_unique()
        if extra:
            yield Finding(
                snapshot.name,
                snapshot.version,
                str(snapshot.folder),
                f"{extra} rows repeat a key" + (f" in {year}" if year else ""),
                "fetch these days again",
            )


def repair_table(folder: Path, name: str) -> list[Finding]:
    """See `Store.repair`; the caller holds the lock.

    A newest commit file that is empty is removed, one that is torn is set aside as ``.torn``:
    either was never confirmed durable. Checkpoints that cannot be read go: the commits hold all.
    """
    done: list[Finding] = []
    while (versions := numbers(folder)) and (gone := _drop_newest(folder, name, versions[-1])):
        done.append(gone)
    if versions and not list(_log_findings(folder, name, versions)):
        done += _drop_checkpoints(folder, name, versions[-1])
    if done:
        sync_folder(folder / "_delta_log")
    return done


def _drop_newest(folder: Path, name: str, version: int) -> Finding | None:
    path = commit_path(folder, version)
    try:
        read_commit(folder, name, version)
    except StoreCorruptionError as error:
        if path.stat().st_size == 0:
            path.unlink()
            what = "removed"
        else:
            stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
            aside = path.with_name(f"{path.name}.{stamp}.torn")
            path.rename(aside)
            what = f"set aside as {aside.name}"
        return Finding(name, version, str(path), str(error), what)
    return None


def _drop_checkpoints(folder: Path, name: str, version: int) -> list[Finding]:
    try:
        snapshot = open_snapshot(folder, name, version)
        if not list(_state_findings(folder, name, snapshot)):
            return []
    except StoreCorruptionError:
        pass
    gone = drop_checkpoints(folder)
    return [Finding(name, None, str(path), "unreadable checkpoint", "removed") for path in gone]
