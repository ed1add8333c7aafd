"""Which versions `prune` gave up: a small file in the table's folder, written before any removal.

Without it a reader could not tell a version that was given up from a store that lost files.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from workbench.data.atomic import write_whole
from workbench.errors import SnapshotError, StoreCorruptionError

__all__ = ["is_pruned", "mark_pruned", "pruned_error", "pruned_versions"]


def _path(folder: Path) -> Path:
    return folder / "_pruned.json"  # Delta readers skip names that begin with an underscore


def pruned_versions(folder: Path) -> frozenset[int]:
    """Versions of a table that cannot be read any more.

    Raises
    ------
    StoreCorruptionError
        If the list cannot be read.
    """
    try:
        document = json.loads(_path(folder).read_bytes())
        spans = [(int(first), int(last)) for first, last in document["versions"]]
    except FileNotFoundError:
        return frozenset()
    except (ValueError, KeyError, TypeError) as error:
        raise StoreCorruptionError(f"{_path(folder)} cannot be read: {error}") from error
    return frozenset(v for first, last in spans for v in range(first, last + 1))


def is_pruned(folder: Path, version: int) -> bool:
    """Whether a version was given up."""
    return version in pruned_versions(folder)


def mark_pruned(folder: Path, versions: Iterable[int]) -> None:
    """Remember that versions are given up, besides those that already are."""
    spans: list[list[int]] = []
    for version in sorted(pruned_versions(folder).union(versions)):
        if spans and spans[-1][1] == version - 1:
            spans[-1][1] = version
        else:
            spans.append([version, version])
    write_whole(_path(folder), json.dumps({"format": 1, "versions": spans}).encode())


def pruned_error(name: str, version: int) -> SnapshotError:
    """The error of a reader who asks for such a version."""
    return SnapshotError(
        f"{name} version {version} was pruned: its files are gone. Save a snapshot before pruning "
        f"to keep a version."
    )
