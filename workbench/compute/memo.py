"""Memo: results that were computed before, by what they depend on (`fingerprint.py`).

Entries are files in one folder, so processes share them. An entry is written beside its place and
renamed into it: whoever reads sees all of it or nothing. It carries a digest of itself; a damaged
one is removed and computed again. The folder has a bound, and what was not used longest goes first.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, TYPE_CHECKING

import numpy as np

from workbench.arrays import AnyPanel, FloatPanel, read_only
from workbench.errors import ComputeError, MemoDamagedWarning, PlanError

if TYPE_CHECKING:
    from workbench.compute.job import Job

__all__ = ["Memo", "as_memo", "row_blocks"]

_MAGIC = b"WBMEMO1\n"
_HEAD = len(_MAGIC) + 32 + 8  # magic, digest of all that follows the digest, length of the facts
_SUFFIX = ".memo"
_BLOCK = 1 << 20
_ABANDONED = 3600.0  # seconds after which a file under construction has no builder any more
_SCAN_EVERY = 64  # others write into the folder too: count again after this many entries


class Memo:
    """Results kept in a folder.

    Parameters
    ----------
    folder : path
        Made when it is first written to.
    max_bytes : int
        Size of the folder; the least recently used entries are dropped beyond it.

    Examples
    --------
    >>> import tempfile
    >>> import workbench as wb
    >>> market = wb.demo_market(seed=7, sessions=60, assets=40)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     memo = Memo(folder)
    ...     first = wb.compute("rank(close)", market, memo=memo)
    ...     again = wb.compute("rank(close)", market, memo=memo)
    ...     len(memo), memo.hits
    (1, 1)
    """

    def __init__(self, folder: str | os.PathLike[str], max_bytes: int = 4 << 30) -> None:
        if not isinstance(max_bytes, int) or max_bytes < 1:
            raise PlanError(
                f"max_bytes of a memo is a positive number of bytes; got {max_bytes!r}."
            )
        self._folder = Path(folder)
        self._max_bytes = max_bytes
        self._known: int | None = None
        self._unscanned = 0
        self.hits = 0
        self.misses = 0

    @property
    def folder(self) -> Path:
        """Where the entries lie."""
        return self._folder

    @property
    def bytes(self) -> int:
        """Size of all entries."""
        return sum(size for _, size, _ in self._entries())

    def recall(self, job: Job, name: str) -> FloatPanel | None:
        """The values of a factor, read-only and memory-mapped, or None when they are not here."""
        from workbench.compute.fingerprint import job_key

        key = job_key(job, name)
        values = None if key is None else self._read(self._folder / f"{key}{_SUFFIX}")
        self.hits += values is not None
        self.misses += values is None
        return values

    def remember(self, job: Job, name: str, values: FloatPanel) -> None:
        """Keep the values of a factor, unless nobody can know what they depend on."""
        from workbench.compute.fingerprint import job_key

        key = job_key(job, name)
        if key is None or values.nbytes + _HEAD + 100 > self._max_bytes:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._write(self._folder / f"{key}{_SUFFIX}", values)
        except OSError as error:
            raise ComputeError(
                f"The memo cannot be written: {error.strerror or error}. Make room, choose another "
                "folder, or compute without memo=."
            ) from error

    def clear(self) -> None:
        """Forget everything."""
        for path, _, _ in list(self._entries()):
            path.unlink(missing_ok=True)
        self._known = None

    def __len__(self) -> int:
        return sum(1 for path, _, _ in self._entries() if path.suffix == _SUFFIX)

    def __repr__(self) -> str:
        return (
            f"Memo({len(self)} results, {self.bytes / 1e6:.1f} MB of {self._max_bytes / 1e6:.1f})"
        )

    def _entries(self) -> Iterator[tuple[Path, int, float]]:
        """Path, size and time of last use of every file here."""
        if not self._folder.is_dir():
            return
        with os.scandir(self._folder) as found:
            for one in found:
                with suppress(FileNotFoundError):  # another process dropped it
                    if one.name.endswith((_SUFFIX, ".part")):
                        facts = one.stat()
                        yield Path(one.path), facts.st_size, facts.st_mtime

    def _read(self, path: Path) -> FloatPanel | None:
        try:
            with path.open("rb") as file:
                values = _checked(file)
            os.utime(path)
        except FileNotFoundError:
            return None
        if values is None:
            path.unlink(missing_ok=True)
            warnings.warn(
                f"A remembered result is damaged ({path.name[:12]}…); it is computed again.",
                MemoDamagedWarning,
                stacklevel=6,
            )
        return values

    def _write(self, path: Path, values: FloatPanel) -> None:
        facts = json.dumps({"shape": values.shape, "dtype": values.dtype.str}).encode()
        # The values begin at a multiple of 64 bytes.
        facts += b" " * (-(_HEAD + len(facts)) % 64)
        size = _HEAD + len(facts) + values.nbytes
        self._make_room(size)
        with NamedTemporaryFile(dir=self._folder, suffix=".part", delete=False) as file:
            try:
                digest = hashlib.blake2b(digest_size=32)
                file.write(_MAGIC + bytes(32))
                for chunk in (len(facts).to_bytes(8, "little"), facts, *row_blocks(values)):
                    file.write(chunk)
                    digest.update(chunk)
                file.seek(len(_MAGIC))
                file.write(digest.digest())
                file.close()
                os.replace(file.name, path)
            except BaseException:
                file.close()
                Path(file.name).unlink(missing_ok=True)
                raise
        self._known = (self._known or 0) + size

    def _make_room(self, size: int) -> None:
        """Drop what was not used longest until `size` more bytes fit."""
        self._unscanned += 1
        known = self._known if self._unscanned < _SCAN_EVERY else None
        if known is not None and known + size <= self._max_bytes:
            return
        self._unscanned = 0
        entries = sorted(self._entries(), key=lambda entry: entry[2])
        total = sum(found for _, found, _ in entries)
        for path, found, used in entries:
            abandoned = path.suffix != _SUFFIX and time.time() - used > _ABANDONED
            if abandoned or (total + size > self._max_bytes and path.suffix == _SUFFIX):
                path.unlink(missing_ok=True)
                total -= found
        self._known = total


def as_memo(memo: Memo | str | os.PathLike[str] | None) -> Memo | None:
    """A memo, or the one in this folder."""
    if memo is not None and not isinstance(memo, (Memo, str, os.PathLike)):
        raise PlanError(f"memo is a Memo or a folder; got {type(memo).__name__}.")
    return memo if memo is None or isinstance(memo, Memo) else Memo(memo)


def row_blocks(values: AnyPanel) -> Iterator[memoryview]:
    """The bytes of an array, row by row, in pieces of about a megabyte."""
    rows = max(1, _BLOCK // max(1, values.shape[1] * values.itemsize))
    for start in range(0, len(values), rows):
        yield np.ascontiguousarray(values[start : start + rows]).view(np.uint8).data


def _checked(file: IO[bytes]) -> FloatPanel | None:
    """The values of an entry whose digest is right, else None."""
    head = file.read(_HEAD)
    if len(head) < _HEAD or not head.startswith(_MAGIC):
        return None
    length = int.from_bytes(head[-8:], "little")
    size = os.fstat(file.fileno()).st_size
    if _HEAD + length > size:
        return None
    whole = np.memmap(file, np.uint8, "r")
    digest = hashlib.blake2b(whole[len(_MAGIC) + 32 :].data, digest_size=32).digest()
    if digest != head[len(_MAGIC) : len(_MAGIC) + 32]:
        return None
    facts = json.loads(bytes(whole[_HEAD : _HEAD + length]))
    values = whole[_HEAD + length :].view(np.dtype(facts["dtype"])).reshape(facts["shape"])
    return read_only(np.asarray(values))
