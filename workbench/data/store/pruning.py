"""Give disk space back: remove files that no kept version needs.

1. Kept are the newest version, those of saved snapshots, and those that the caller names.
2. The versions that go are written down first, so that asking for them says so.
3. Files named by the log but by no kept version go, and data files that no commit ever named
   (left by a killed writer) once they are an hour old.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from workbench.data.store.durable import sweep
from workbench.data.store.log import commits
from workbench.data.store.names import table_folder
from workbench.data.store.pruned import mark_pruned, pruned_versions
from workbench.data.store.snapshots import kept_versions, snapshots_held
from workbench.errors import BadValueError

if TYPE_CHECKING:
    from workbench.data.store.store import Store

__all__ = ["PruneReport", "orphans", "prune_table"]

_ORPHAN_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class PruneReport:
    """What `prune` removed, or would remove.

    Attributes
    ----------
    dataset : str
        Whose table.
    kept : tuple of int
        Versions that can still be read.
    pruned : int
        Number of versions that cannot be read any more.
    files : tuple of str
        Removed files, below the table's folder.
    bytes : int
        Their size.
    dry_run : bool
        Nothing was removed.
    """

    dataset: str
    kept: tuple[int, ...]
    pruned: int
    files: tuple[str, ...]
    bytes: int
    dry_run: bool


def prune_table(
    store: Store, name: str, keep_versions: Iterable[int], *, dry_run: bool
) -> PruneReport:
    """See `Store.prune`; the caller holds the lock."""
    newest = store.snapshot(name).version
    asked = set(keep_versions)
    if not all(isinstance(v, int) and 0 <= v <= newest for v in asked):
        raise BadValueError(f"{name} has the versions 0 to {newest}, not all of {sorted(asked)}.")
    with snapshots_held(store.root):
        return _prune(store, name, newest, asked, dry_run=dry_run)


def _prune(store: Store, name: str, newest: int, asked: set[int], *, dry_run: bool) -> PruneReport:
    folder = table_folder(store.root, name)
    gone = pruned_versions(folder)
    kept = (asked | set(kept_versions(store.root, name)) | {newest}) - gone
    needed = {file.path for v in kept for file in store.snapshot(name, v).data_files}
    named = {unquote(add["path"]) for one in commits(folder, name) for add in one.adds}
    spare = [folder / path for path in named - needed if (folder / path).exists()]
    spare += [folder / path for path in orphans(folder, named)]
    sizes = {path: path.stat().st_size for path in spare}
    pruned = set(range(newest + 1)) - kept
    if not dry_run:
        mark_pruned(folder, pruned)
        for path in spare:
            path.unlink(missing_ok=True)
        sweep([folder, *_partitions(folder)])
    return PruneReport(
        dataset=name,
        kept=tuple(sorted(kept)),
        pruned=len(pruned),
        files=tuple(sorted(path.relative_to(folder).as_posix() for path in spare)),
        bytes=sum(sizes.values()),
        dry_run=dry_run,
    )


def _partitions(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_dir() and path.name[0] not in "_."]


def orphans(folder: Path, named: set[str]) -> list[str]:
    """Data files older than an hour that no commit ever named."""
    oldest = time.time() - _ORPHAN_SECONDS
    found = []
    for place in (folder, *_partitions(folder)):
        for path in place.glob("*.parquet"):
            relative = path.relative_to(folder).as_posix()
            if relative not in named and path.stat().st_mtime < oldest:
                found.append(relative)
    return found
