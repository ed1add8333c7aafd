"""What survives a power cut: fsync of files and folders, atomic replacement, temporary files.

deltalake calls no fsync. So data files are synced before a commit names them, and the commit file
and its folder after it. Temporary files carry `TEMPORARY` in their name, so that a later start
can sweep what a killed process left behind.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterable
from pathlib import Path

__all__ = ["TEMPORARY", "sweep", "sync_file", "sync_folder", "temporary"]

TEMPORARY = ".wb-"
"""Beginning of the name of every temporary file."""

_KEEP_SECONDS = 3600.0
"""Younger temporary files may belong to a living process."""


def sync_file(path: Path) -> None:
    """Wait until the content of a file is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(path: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    sync_file(path)


def temporary(folder: Path) -> Path:
    """A name for a temporary file in a folder."""
    return folder / f"{TEMPORARY}{uuid.uuid4().hex}.tmp"


def sweep(folders: Iterable[Path], patterns: Iterable[str] = (f"{TEMPORARY}*",)) -> int:
    """Remove temporary files older than one hour from folders (not below them).

    Returns
    -------
    int
        How many were removed.
    """
    oldest = time.time() - _KEEP_SECONDS
    removed = 0
    wanted = tuple(patterns)
    for folder in folders:
        for path in (found for pattern in wanted for found in folder.glob(pattern)):
            try:
                if path.is_file() and path.stat().st_mtime < oldest:
                    path.unlink()
                    removed += 1
            except FileNotFoundError:
                continue  # another process swept it first
    return removed
