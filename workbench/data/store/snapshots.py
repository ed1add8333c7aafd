"""Named snapshots: small JSON files that fix a version of every dataset.

A snapshot protects its versions from `Store.prune` as long as it exists, and is never overwritten.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from workbench.data.atomic import write_whole
from workbench.data.store.durable import sync_folder
from workbench.data.store.log import commit_path
from workbench.data.store.names import snapshot_path, table_folder
from workbench.data.store.pruned import is_pruned
from workbench.errors import SnapshotError, StoreCorruptionError, StoreVersionError, near_names

__all__ = [
    "kept_versions",
    "list_snapshots",
    "load_snapshot",
    "remove_snapshot",
    "save_snapshot",
    "snapshots_held",
]

_FORMAT = 1


def save_snapshot(root: Path, name: str, versions: Mapping[str, int]) -> Path:
    """Fix versions under a name.

    Parameters
    ----------
    root : Path
        The workspace.
    name : str
        Letters, digits, ``_``, ``-`` and ``.``.
    versions : mapping of str to int
        Version by dataset, such as `Store.versions` gives.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    SnapshotError
        If the name is taken for other versions, or a version does not exist.
    """
    path = snapshot_path(root, name)
    with snapshots_held(root):
        _refuse_absent(root, versions)
        if path.exists():
            if load_snapshot(root, name) == dict(versions):
                return path
            raise SnapshotError(
                f"There is a snapshot {name!r} already. Remove it, or take a new name."
            )
        document = {
            "format": _FORMAT,
            "made_at": datetime.now(UTC).isoformat(),
            "versions": dict(sorted(versions.items())),
        }
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(path, json.dumps(document, indent=1, ensure_ascii=False).encode())
    return path


@contextmanager
def snapshots_held(root: Path) -> Iterator[None]:
    """Keep snapshots from being saved while `prune` decides what goes, and the other way round."""
    path = root / "meta" / "locks" / "snapshots.lock"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with FileLock(path, mode=0o600, is_singleton=True):
        yield


def _refuse_absent(root: Path, versions: Mapping[str, int]) -> None:
    for dataset, version in versions.items():
        folder = table_folder(root, dataset)
        if not commit_path(folder, version).exists() or is_pruned(folder, version):
            raise SnapshotError(f"{dataset} has no version {version}: nothing to keep.")


def load_snapshot(root: Path, name: str) -> dict[str, int]:
    """Version by dataset of a snapshot.

    Raises
    ------
    SnapshotError
        If there is none of this name.
    """
    return _read(root, name)[1]


def list_snapshots(root: Path) -> dict[str, datetime]:
    """Name of every snapshot and when it was made (UTC), oldest first."""
    folder = root / "meta" / "snapshots"
    found = {path.stem: _read(root, path.stem)[0] for path in folder.glob("*.json")}
    return dict(sorted(found.items(), key=lambda item: (item[1], item[0])))


def remove_snapshot(root: Path, name: str) -> None:
    """Forget a snapshot; its versions may then be pruned.

    Raises
    ------
    SnapshotError
        If there is none of this name.
    """
    path = snapshot_path(root, name)
    try:
        path.unlink()
    except FileNotFoundError as error:
        raise _unknown(root, name) from error
    sync_folder(path.parent)


def kept_versions(root: Path, dataset: str) -> set[int]:
    """Versions of a dataset that some snapshot fixes."""
    found = (_read(root, name)[1].get(dataset) for name in list_snapshots(root))
    return {version for version in found if version is not None}


def _read(root: Path, name: str) -> tuple[datetime, dict[str, int]]:
    path = snapshot_path(root, name)
    try:
        document = json.loads(path.read_bytes())
        if document["format"] > _FORMAT:
            raise StoreVersionError(f"{path} was written by a newer workbench: update workbench.")
        versions = {str(key): int(value) for key, value in document["versions"].items()}
        return datetime.fromisoformat(document["made_at"]), versions
    except FileNotFoundError as error:
        raise _unknown(root, name) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreCorruptionError(f"The snapshot {path} cannot be read: {error}") from error


def _unknown(root: Path, name: str) -> SnapshotError:
    known = [path.stem for path in (root / "meta" / "snapshots").glob("*.json")]
    return SnapshotError(f"There is no snapshot {name!r}.{near_names(name, known)}")
