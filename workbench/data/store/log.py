"""The log of a table, read without opening the table: versions, history, what is torn.

A Delta log is one JSON file a commit, one action a line. Every commit made here carries a digest
of its own actions and metadata (``wb.digest``), so that a file cut at a line's end, or a flipped
bit, is seen; deltalake itself takes an empty newest file for "nothing happened".
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from workbench.data.store.checkpoints import check_checkpoint
from workbench.errors import StoreCorruptionError

__all__ = [
    "Commit",
    "Mark",
    "check_commits",
    "commit_mark",
    "commit_path",
    "commits",
    "digest",
    "newest",
    "numbers",
    "read_commit",
]

Mark = tuple[int, int, int, int] | None
"""Identity of a file: another one after a repair, or in a table made anew."""

_whole: set[Mark] = set()
_NAME = re.compile(r"(\d{20})\.json")


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit: when, what, and the files that it added and removed (Delta's own mappings)."""

    version: int
    at: datetime
    operation: str
    metadata: Mapping[str, str]
    adds: tuple[Mapping[str, Any], ...]
    removes: tuple[Mapping[str, Any], ...]


def commit_path(folder: Path, version: int) -> Path:
    """The log file of a version."""
    return folder / "_delta_log" / f"{version:020d}.json"


def commit_mark(folder: Path, version: int) -> Mark:
    """Identity of a version's log file; None where there is none."""
    try:
        stat = commit_path(folder, version).stat()
    except FileNotFoundError:
        return None
    return (stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns)


def numbers(folder: Path) -> list[int]:
    """Versions that have a log file, ascending; empty where there is no table."""
    try:
        with os.scandir(folder / "_delta_log") as entries:
            found = (_NAME.fullmatch(entry.name) for entry in entries)
            return sorted(int(match[1]) for match in found if match)
    except (FileNotFoundError, NotADirectoryError):
        return []


def newest(folder: Path, hint: int | None = None) -> int | None:
    """The newest version, None where there is no table; a `hint` spares listing the folder."""
    if hint is None or not commit_path(folder, hint).exists():
        found = numbers(folder)
        return found[-1] if found else None
    while commit_path(folder, hint + 1).exists():
        hint += 1
    return hint


def check_commits(folder: Path, name: str, version: int) -> None:
    """Refuse a log in which a commit that a reader of `version` needs is not whole.

    These are the commits since the last checkpoint, which holds all before it, and the newest:
    when a power cut took that, nobody may go on as if it had never been. A file is read once in
    a process.

    Raises
    ------
    StoreCorruptionError
        If one of them, or the checkpoint, is missing, empty, torn or altered.
    """
    checkpoint = check_checkpoint(folder, name, version)
    for needed in (*range(checkpoint + 1, version + 1), newest(folder, version) or 0):
        mark = commit_mark(folder, needed)
        if mark is None or mark not in _whole:
            read_commit(folder, name, needed)
            _whole.add(mark)


def digest(
    adds: Iterable[tuple[str, int, str]], removes: Iterable[str], metadata: Mapping[str, str]
) -> str:
    """Fingerprint of a commit: its added files (path, size, stats), removed paths, our metadata."""
    own = {key: text for key, text in metadata.items() if key.startswith("wb.")}
    own.pop("wb.digest", None)
    plain = [sorted(map(list, adds)), sorted(removes), own]
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def read_commit(folder: Path, name: str, version: int) -> Commit:
    """One commit of a table.

    Raises
    ------
    StoreCorruptionError
        If its file is missing, empty, torn or altered.
    """
    path = commit_path(folder, version)
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise _corrupt(name, version, path, "is missing") from error
    if not data:
        raise _corrupt(name, version, path, "is empty: this commit was lost in a power cut")
    try:
        lines = [json.loads(line) for line in data.split(b"\n") if line.strip()]
        found = _commit(version, lines)
        whole = found.metadata.get("wb.digest") in (None, _digest_of(found))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _corrupt(name, version, path, f"is torn ({error})") from error
    if not whole:
        raise _corrupt(name, version, path, "is torn or altered (its digest does not match)")
    return found


def commits(folder: Path, name: str, first: int = 0, last: int | None = None) -> Iterator[Commit]:
    """Commits of a table, oldest first.

    Raises
    ------
    StoreCorruptionError
        If one of their files is missing in between, empty, torn or altered.
    """
    found = [v for v in numbers(folder) if v >= first and (last is None or v <= last)]
    for version in range(found[0], found[-1] + 1) if found else ():
        yield read_commit(folder, name, version)


def _commit(version: int, lines: list[Mapping[str, Any]]) -> Commit:
    infos = [line["commitInfo"] for line in lines if "commitInfo" in line]
    info = infos[0] if infos else {}
    metadata = {key: text for key, text in info.items() if isinstance(text, str)}
    return Commit(
        version=version,
        at=datetime.fromtimestamp(info.get("timestamp", 0) / 1000, UTC),
        operation=metadata.get("wb.operation", metadata.get("operation", "")),
        metadata={k: v for k, v in metadata.items() if k.startswith("wb.")},
        adds=tuple(line["add"] for line in lines if "add" in line),
        removes=tuple(line["remove"] for line in lines if "remove" in line),
    )


def _digest_of(commit: Commit) -> str:
    adds = [(add["path"], add["size"], add.get("stats") or "") for add in commit.adds]
    return digest(adds, [gone["path"] for gone in commit.removes], commit.metadata)


def _corrupt(name: str, version: int, path: Path, problem: str) -> StoreCorruptionError:
    return StoreCorruptionError(
        f"{name} version {version}: the log file {path} {problem}. Run "
        f"`workbench data verify {name}`, then `workbench data repair {name}`."
    )
