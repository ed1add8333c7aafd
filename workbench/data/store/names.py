"""Names that become paths: checked here, once, before they touch the disk.

A dataset is ``family.table``; its table lies at ``store/<family>/<table>``. A name that could
leave that folder, hide in it or be spelled in two ways is refused.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from workbench.errors import BadValueError

__all__ = ["is_dataset_name", "lock_path", "snapshot_path", "table_folder"]

_DATASET = re.compile(r"[a-z][a-z0-9]*\.[^\W_][\w-]{0,99}")
_SNAPSHOT = re.compile(r"[^\W_][\w.-]{0,99}")


def is_dataset_name(name: str) -> bool:
    """Whether a text can be the name of a dataset."""
    return bool(_DATASET.fullmatch(name)) and unicodedata.is_normalized("NFC", name)


def table_folder(root: Path, name: str) -> Path:
    """Folder of a dataset's table.

    Raises
    ------
    BadValueError
        If the text cannot be the name of a dataset.

    Examples
    --------
    >>> table_folder(Path("/home/me/quant"), "cn.bars_1d").as_posix()
    '/home/me/quant/store/cn/bars_1d'
    """
    family, table = _checked(name, _DATASET, "a dataset, such as cn.bars_1d or user.signals").split(
        "."
    )
    return root / "store" / family / table


def lock_path(root: Path, name: str) -> Path:
    """The file that writers of a dataset lock."""
    table_folder(root, name)
    return root / "meta" / "locks" / f"{name}.lock"


def snapshot_path(root: Path, name: str) -> Path:
    """The file of a named snapshot.

    Raises
    ------
    BadValueError
        If the text cannot be the name of a snapshot.
    """
    text = _checked(name, _SNAPSHOT, "a snapshot: letters, digits, '_', '-' and '.'")
    return root / "meta" / "snapshots" / f"{text}.json"


def _checked(name: str, pattern: re.Pattern[str], meaning: str) -> str:
    if not isinstance(name, str) or not pattern.fullmatch(name):
        raise BadValueError(f"{name!r} cannot be the name of {meaning}.")
    if not unicodedata.is_normalized("NFC", name):
        raise BadValueError(f"{name!r} is spelled with combining characters: use the NFC form.")
    return name
