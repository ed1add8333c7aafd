"""Small files written whole or not at all: temporary file, fsync, rename, fsync of the folder."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

__all__ = ["make_folder", "write_whole"]


def make_folder(path: Path) -> Path:
    """Make a folder (and those above it) that only its owner may enter.

    Returns
    -------
    Path
        The same folder.
    """
    if not path.is_dir():
        make_folder(path.parent)  # `parents=True` would leave those above open to everybody
        path.mkdir(mode=0o700, exist_ok=True)
    return path


def write_whole(path: Path, data: bytes) -> None:
    """Write `data` to `path`, mode 0600: a reader sees the old file or the new one, never a part.

    Two processes may write the same path: the last one wins, both leave it whole. The temporary
    file lies beside it, ``.wb-<random>.tmp``, and is removed if anything fails.

    Parameters
    ----------
    path : Path
        Its folder exists.
    data : bytes
        The whole content.
    """
    draft = path.with_name(f".wb-{secrets.token_hex(8)}.tmp")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable, where folders can be opened (not on Windows)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
