"""Files of the dense cache: one array or one index each, written in one piece, checked when read.

1. `write_array` and `write_index` write beside the target and rename: a reader sees all or nothing
2. `read_array` maps an array read-only after its size and checksum agree with its note
3. `read_index` reads sessions and assets after their checksum agrees

Whatever does not agree answers None: the caller makes it again from the store. A checksum is
computed once a process for each state of a file (inode, size, times), then remembered.
"""

from __future__ import annotations

import json
import mmap
import os
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

__all__ = ["DenseIndex", "read_array", "read_index", "write_array", "write_index"]

_INDEX = "index.json"
_Identity = tuple[int, int, int, int]


@dataclass(frozen=True)
class DenseIndex:
    """What the rows and columns of a folder's arrays are.

    Attributes
    ----------
    sessions : ndarray of datetime64[D], shape (T,)
        Days with at least one row, ascending.
    codes : tuple of str, length N
        Codes with at least one row, ascending.
    """

    sessions: NDArray[np.datetime64]
    codes: tuple[str, ...]

    @property
    def shape(self) -> tuple[int, int]:
        """(T, N)."""
        return len(self.sessions), len(self.codes)


def write_index(folder: Path, index: DenseIndex) -> None:
    """Write rows and columns; OSError where the folder cannot be written."""
    body = json.dumps(
        {"sessions": index.sessions.astype(str).tolist(), "codes": list(index.codes)},
        ensure_ascii=False,
    ).encode()
    text = f"{zlib.crc32(body):08x}\n".encode() + body
    _write(folder / _INDEX, lambda stream: stream.write(text))


def read_index(folder: Path) -> DenseIndex | None:
    """Rows and columns of a folder, None where the file is absent or damaged."""
    file = folder / _INDEX
    state = _identity(file)
    return None if state is None else _parsed_index(file, state)


def write_array(folder: Path, name: str, values: NDArray[np.float64]) -> None:
    """Write one float64 array of shape (T, N) and the note it is checked against."""
    file = folder / f"{name}.npy"
    whole = np.ascontiguousarray(values, dtype=np.float64)
    _write(file, lambda stream: np.save(stream, whole, allow_pickle=False))
    note = json.dumps({"bytes": file.stat().st_size, "crc32": _checksum(file)}).encode()
    _write(folder / f"{name}.json", lambda stream: stream.write(note))


def read_array(folder: Path, name: str, shape: tuple[int, int]) -> NDArray[np.float64] | None:
    """One array mapped read-only, None where it is absent, damaged or of another shape."""
    file, note = folder / f"{name}.npy", folder / f"{name}.json"
    state, noted = _identity(file), _identity(note)
    if state is None or noted is None:
        return None
    expected = _noted(note, noted)
    try:
        if expected is None or state[1] != expected[0] or _crc(file, state) != expected[1]:
            return None
        values = np.load(file, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    if values.dtype != np.float64 or values.shape != shape or not values.flags.c_contiguous:
        return None
    return np.asarray(values)


def _write(file: Path, fill: Callable[[BinaryIO], object]) -> None:
    """Write a file in one piece: readers see the old one or the new one."""
    fresh = file.with_name(f".{file.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        with open(fresh, "wb", opener=_private) as stream:
            fill(stream)
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _identity(file: Path) -> _Identity | None:
    """What tells one state of a file from another, None where there is no file."""
    try:
        seen = file.stat()
    except OSError:
        return None
    return seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns


def _checksum(file: Path) -> int:
    with file.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as body:
        return zlib.crc32(body)


@lru_cache(maxsize=1 << 14)
def _crc(file: Path, state: _Identity) -> int:
    return _checksum(file)


@lru_cache(maxsize=1 << 14)
def _noted(note: Path, state: _Identity) -> tuple[int, int] | None:
    """Size and checksum that a note promises, None where it is damaged."""
    try:
        held = json.loads(note.read_bytes())
        return int(held["bytes"]), int(held["crc32"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


@lru_cache(maxsize=256)
def _parsed_index(file: Path, state: _Identity) -> DenseIndex | None:
    try:
        promised, _, body = file.read_bytes().partition(b"\n")
        if int(promised, 16) != zlib.crc32(body):
            return None
        held = json.loads(body)
        return DenseIndex(np.array(held["sessions"], "datetime64[D]"), tuple(held["codes"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
