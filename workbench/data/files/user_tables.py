"""Tables of one's own: ``user.<name>``, declared by the first import and kept to ever after.

1. the first import reads the kind of every column and asks for the key
2. the contract is written to ``meta/user/<name>.json``; later imports must fit it
3. `find_dataset` answers contracts by name, the catalogue's and these
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.data.atomic import make_folder, write_whole
from workbench.data.catalog import catalog, dataset
from workbench.data.dataset import Dataset, DatasetColumn
from workbench.data.files.schema import field_of
from workbench.data.files.values import MISSING, is_numeric_text
from workbench.errors import BadValueError, SchemaError, UnknownDatasetError, near_names

if TYPE_CHECKING:
    import polars as pl

    from workbench.data.files.table import Table

__all__ = ["declare", "find_dataset", "user_datasets"]

_NAME = re.compile(r"user\.[a-z][a-z0-9_]{0,62}")
_COLUMN = re.compile(r"[^\W\d]\w{0,62}")
_DAY = re.compile(r"\d{4}[-/]?\d{2}[-/]?\d{2}")


def find_dataset(root: Path, name: str) -> Dataset:
    """The contract of a dataset: the catalogue's, or a table that this workspace declared.

    Raises
    ------
    UnknownDatasetError
        With near names.
    """
    if name in catalog() or not name.startswith("user."):
        return dataset(name)
    file = _file(root, name)
    if not file.is_file():
        known = [*catalog(), *user_datasets(root)]
        raise UnknownDatasetError(
            f"There is no table {name!r} in this workspace.{near_names(name, known)} Make it with "
            f"`workbench data import FILE --dataset {name} --key session,asset`."
        )
    held = json.loads(file.read_text(encoding="utf-8"))
    columns = tuple(DatasetColumn(*row) for row in held["columns"])
    return _contract(name, columns, tuple(held["key"]))


def user_datasets(root: Path) -> tuple[str, ...]:
    """Names of the tables that this workspace declared."""
    folder = root / "meta" / "user"
    return tuple(sorted(f"user.{file.stem}" for file in folder.glob("*.json")))


def declare(
    root: Path,
    name: str,
    table: Table,
    mapping: Mapping[str, str | None] | None,
    key: Sequence[str] | None,
) -> Dataset:
    """The contract of a user table: the one declared before, or a new one from this file.

    Raises
    ------
    BadValueError
        The name cannot be a table's.
    SchemaError
        No key is given, or the key names no column; the key differs from the one declared.
    """
    if not _NAME.fullmatch(name):
        raise BadValueError(
            f"A table of your own is called user.<name>, in lower-case letters, digits and _; "
            f"got {name!r}."
        )
    if _file(root, name).is_file():
        contract = find_dataset(root, name)
        if key is not None and tuple(key) != contract.key:
            raise SchemaError(
                f"{name} was declared with the key {list(contract.key)}, got {list(key)}. Import "
                "under another name."
            )
        return contract
    columns = _columns(table, dict(mapping or {}))
    wanted = tuple(key or (n for n in ("session", "asset") if n in {c.name for c in columns}))
    missing = [part for part in wanted if part not in {column.name for column in columns}]
    if not wanted or missing:
        raise SchemaError(
            f"{name} needs a key: columns that no two rows share; got {list(wanted)} among "
            f"{[column.name for column in columns]}."
        )
    contract = _contract(name, columns, wanted)
    _write(_file(root, name), contract)
    return contract


def _contract(name: str, columns: tuple[DatasetColumn, ...], key: tuple[str, ...]) -> Dataset:
    return Dataset(name=name, title="A table of one's own", columns=columns, key=key, axis="whole")


def _columns(table: Table, mapping: Mapping[str, str | None]) -> tuple[DatasetColumn, ...]:
    found = []
    for column in table.frame.columns:
        known = field_of(column)
        default = known if known in ("session", "asset") else column
        name = mapping.get(column, default)
        if name is None:
            continue
        if not _COLUMN.fullmatch(name) or name.startswith("wb_"):
            raise SchemaError(
                f"column {column!r}: {name!r} cannot name a column here (letters, digits and _, "
                f"not wb_…); rename it with mapping={{{column!r}: 'name'}}"
            )
        if any(name == other.name for other in found):
            raise SchemaError(
                f"two columns mean {name!r}, one of them {column!r}; name it otherwise with "
                f"mapping={{{column!r}: 'name'}} or leave it out with None"
            )
        found.append(DatasetColumn(name, _kind(name, table.frame[column])))
    return tuple(found)


def _kind(name: str, raw: pl.Series) -> str:
    """The kind of a column: by its type, text by what it spells."""
    import polars as pl

    if name == "session":
        return "day"
    if name == "asset":
        return "text"
    if raw.dtype == pl.Boolean:
        return "truth"
    if raw.dtype.is_numeric():
        return "number"
    if raw.dtype == pl.Date:
        return "day"
    if isinstance(raw.dtype, pl.Datetime):
        return "time" if raw.dtype.time_zone else "day"
    if raw.dtype != pl.String:
        raise SchemaError(f"column {raw.name!r} holds {raw.dtype}, which no table here can keep")
    numeric = is_numeric_text(raw)
    if numeric is None:
        raise SchemaError(
            f"column {raw.name!r} mixes numbers with other text; clean it, or leave it out with "
            f"mapping={{{raw.name!r}: None}}"
        )
    present = {str(value).strip() for value in raw.unique().drop_nulls().to_list()}
    present = {value for value in present if value.lower() not in MISSING}
    if present and all(_DAY.fullmatch(value) for value in present):
        return "day"
    if numeric:
        return "number"
    if present and {value.lower() for value in present} <= {"true", "false"}:
        return "truth"
    return "text"


def _file(root: Path, name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise UnknownDatasetError(f"There is no table {name!r}; own tables are user.<name>.")
    return root / "meta" / "user" / f"{name.removeprefix('user.')}.json"


def _write(file: Path, contract: Dataset) -> None:
    """Write the contract in one piece."""
    columns = [[column.name, column.kind, column.unit] for column in contract.columns]
    body = json.dumps({"columns": columns, "key": list(contract.key)}, ensure_ascii=False)
    make_folder(file.parent)
    write_whole(file, body.encode())
