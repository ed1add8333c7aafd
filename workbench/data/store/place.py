"""The folder of a workspace: whether it can hold a store, and what every start does to it.

1. The path is absolute and has no ``%`` (Delta decodes it and would write elsewhere).
2. It is made (mode 0700) and tried: a file can be written, and linked by a second name.
3. ``workspace.json`` says which format it has; a newer one is refused.
4. Temporary files that a killed process left more than an hour ago go.
"""

from __future__ import annotations

import json
import os
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from workbench.data.atomic import write_whole
from workbench.data.store.durable import sweep, temporary
from workbench.errors import StoreCorruptionError, StorePathError, StoreVersionError

__all__ = ["FORMAT", "prepare"]

FORMAT = 1
"""Version of the layout of a workspace."""

_FOLDERS = ("store", "meta", "meta/locks", "meta/snapshots", "raw", "quarantine", "cache")


def prepare(root: Path) -> Path:
    """Make or check a workspace folder.

    Parameters
    ----------
    root : Path
        Where; made when absent, with its parents.

    Returns
    -------
    Path
        The absolute path.

    Raises
    ------
    StorePathError
        If the place cannot hold a store; the message says why.
    StoreVersionError
        If a newer workbench made it.
    StoreCorruptionError
        If its ``workspace.json`` cannot be read.
    """
    place = Path(os.path.abspath(Path(root).expanduser()))
    if "%" in str(place):
        raise StorePathError(
            f"{place} has a '%' in its path, which Delta tables misread: choose another folder."
        )
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        _check_format(place)
        for name in _FOLDERS:
            (place / name).mkdir(exist_ok=True, mode=0o700)
        _try_links(place)
        _write_format(place)
    except OSError as error:
        raise StorePathError(
            f"{place} cannot hold a store ({error.strerror or error}): choose a folder that can be "
            f"written."
        ) from error
    landed = (*place.glob("raw/*/*/"), *place.glob("quarantine/*/*/"))
    sweep([place, *(place / name for name in _FOLDERS), *place.glob("store/*/*/"), *landed])
    sweep(place.glob("store/*/*/*/"), (".wb-*", "_commit_*.tmp", "*#[0-9]*"))
    return place


def _check_format(place: Path) -> None:
    path = place / "workspace.json"
    try:
        found = json.loads(path.read_bytes())["format"]
        newer = found > FORMAT
    except FileNotFoundError:
        return
    except (ValueError, KeyError, TypeError) as error:
        raise StoreCorruptionError(
            f"{path} cannot be read ({error}). Every workspace of this format holds "
            f'{{"format": {FORMAT}}} there: write it again if the folder is a workspace.'
        ) from error
    if newer:
        raise StoreVersionError(
            f"{place} was made by a newer workbench (format {found}, this one knows {FORMAT}): "
            f"update workbench."
        )


def _write_format(place: Path) -> None:
    path = place / "workspace.json"
    if path.exists():
        return
    try:
        made_by = version("workbench")
    except PackageNotFoundError:
        made_by = "unknown"
    write_whole(path, json.dumps({"format": FORMAT, "made_by": made_by}).encode() + b"\n")


def _try_links(place: Path) -> None:
    """A commit is a hard link: made at once or not at all."""
    one = temporary(place)
    two = temporary(place)
    try:
        os.close(os.open(one, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            os.link(one, two)
        except OSError as error:
            raise StorePathError(
                f"{place} lies on a file system without hard links ({error.strerror}), which "
                f"commits need: choose a folder on a local disk (not FAT or exFAT)."
            ) from error
    finally:
        one.unlink(missing_ok=True)
        two.unlink(missing_ok=True)
