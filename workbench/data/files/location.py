"""Where files lie: one file, a folder or a glob becomes a sorted list of files to read.

1. `locate` finds the files and refuses what is not there, is empty or is of another kind
2. `fingerprint` hashes one file for the provenance
"""

from __future__ import annotations

import glob
import hashlib
from os import PathLike
from pathlib import Path

from workbench.errors import SchemaError, SourceNotFoundError, near_names

__all__ = ["SUFFIXES", "fingerprint", "locate"]

SUFFIXES = (".parquet", ".csv")
_CHUNK = 1 << 20


def locate(path: str | PathLike[str]) -> list[Path]:
    """Return the files behind `path`, sorted by name.

    Parameters
    ----------
    path : path
        A file, a folder (its own Parquet or CSV files, not those of folders inside) or a glob
        pattern.

    Raises
    ------
    SourceNotFoundError
        Nothing is there, or nothing matches.
    SchemaError
        A file of another kind, or Parquet and CSV side by side.
    """
    if not isinstance(path, str | PathLike):
        raise SourceNotFoundError(f"expected the path of a file or folder, got {path!r}")
    place = Path(path).expanduser()
    if place.is_file():
        found = [place]
    elif place.is_dir():
        found = sorted(item for item in place.iterdir() if _readable(item))
        if not found:
            raise SourceNotFoundError(f"the folder {place} holds no .parquet and no .csv file")
    elif glob.has_magic(str(place)):
        found = sorted(Path(hit) for hit in glob.glob(str(place), recursive=True))
        found = [item for item in found if item.is_file()]
        if not found:
            raise SourceNotFoundError(f"no file matches {place}; check the pattern and the folder")
    else:
        raise SourceNotFoundError(f"there is no file or folder {place}.{_neighbours(place)}")
    kinds = {item.suffix.lower() for item in found}
    if not kinds <= set(SUFFIXES):
        odd = next(item.name for item in found if item.suffix.lower() not in SUFFIXES)
        raise SchemaError(f"expected .parquet or .csv files, got {odd!r}")
    if len(kinds) > 1:
        raise SchemaError(f"{place} holds both .parquet and .csv files; name one kind by a glob")
    return found


def fingerprint(file: Path) -> dict[str, str | int]:
    """Return name, size and SHA-256 of a file; the name without its folder."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return {"name": file.name, "bytes": file.stat().st_size, "sha256": digest.hexdigest()}


def _readable(item: Path) -> bool:
    return item.is_file() and item.suffix.lower() in SUFFIXES and not item.name.startswith(".")


def _neighbours(place: Path) -> str:
    if not place.parent.is_dir():
        return f" The folder {place.parent} does not exist either."
    return near_names(place.name, (item.name for item in place.parent.iterdir()))
