"""Checkpoints: the state of a table every hundred versions, so that opening reads few commits.

deltalake writes them and believes them. So each gets a checksum beside the table: a checkpoint
that was cut or altered is refused, and can be made again from the commits.
"""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path

import polars as pl
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from workbench.data.atomic import write_whole
from workbench.data.store.durable import sync_file, sync_folder
from workbench.data.store.files import altered_since, checksum
from workbench.errors import StoreCorruptionError

__all__ = ["check_checkpoint", "drop_checkpoints", "write_checkpoint"]

EVERY = 100
_NAME = re.compile(r"(\d{20})\.checkpoint\..*parquet")
_log = logging.getLogger(__name__)


def _sums(folder: Path) -> Path:
    return folder / "_checkpoints.json"


def _known(folder: Path) -> dict[str, str]:
    try:
        found = json.loads(_sums(folder).read_bytes())
        return {str(name): str(value) for name, value in found.items()}
    except FileNotFoundError:
        return {}
    except (ValueError, AttributeError) as error:
        raise StoreCorruptionError(
            f"{_sums(folder)} cannot be read ({error}): remove it and the checkpoints beside the "
            f"log with `workbench data repair`."
        ) from error


def check_checkpoint(folder: Path, name: str, version: int) -> int:
    """The version of the checkpoint that a reader of `version` starts from; -1 without one.

    Raises
    ------
    StoreCorruptionError
        If it is not what was written.
    """
    found = (_NAME.fullmatch(path.name) for path in (folder / "_delta_log").glob("*.parquet"))
    usable = sorted(match[0] for match in found if match and int(match[1]) <= version)
    if not usable:
        return -1
    promised = _known(folder).get(usable[-1])
    path = folder / "_delta_log" / usable[-1]
    if promised is not None and altered_since(path, promised):
        raise StoreCorruptionError(
            f"{name} version {version}: the checkpoint {path} is torn or altered. "
            f"`workbench data repair {name}` removes it: the commits hold everything."
        )
    return int(usable[-1][:20])


def write_checkpoint(folder: Path, version: int) -> None:
    """Write and sync a checkpoint; it only saves time, so its failure is told and harmless."""
    log = folder / "_delta_log"
    try:
        DeltaTable(str(folder), version=version).create_checkpoint()
        made = sorted(log.glob(f"{version:020d}.checkpoint*.parquet"))
        sums = _known(folder) | {path.name: checksum(path) for path in made}
        for path in (*made, log / "_last_checkpoint"):
            sync_file(path)
        sync_folder(log)
        write_whole(_sums(folder), json.dumps(sums).encode())
    except (DeltaError, OSError, StoreCorruptionError, pl.exceptions.PanicException) as error:
        _log.warning("%s: no checkpoint at version %d: %s", folder, version, error)


def drop_checkpoints(folder: Path) -> list[Path]:
    """Remove every checkpoint of a table; the caller knows that all commits are there."""
    log = folder / "_delta_log"
    gone = [*log.glob("*.checkpoint*.parquet"), *log.glob("_last_checkpoint")]
    for path in gone:
        path.unlink()
    _sums(folder).unlink(missing_ok=True)
    sync_folder(log)
    return gone
