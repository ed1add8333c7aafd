"""What a frame must be before it may enter a table: exact columns, no missing key, no key twice."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from workbench.data.dataset import Dataset
from workbench.errors import BadValueError, DuplicateKeyError, SchemaError

__all__ = ["check_frame", "check_same_schema", "refuse_duplicates"]

_SHOWN = 3


def check_frame(dataset: Dataset, frame: pl.DataFrame) -> None:
    """Refuse a frame that is not exactly of this contract.

    Raises
    ------
    SchemaError
        Columns are missing, unknown, out of order or of another type.
    BadValueError
        A row has no day, or no value in a key column (versions may lack announcement days).
    DuplicateKeyError
        Two rows share a key.
    """
    check_same_schema(dataset, dict(frame.schema), f"rows for {dataset.name}")
    strict = dataset.key if not dataset.versions else dataset.key[:1]
    for name in dict.fromkeys((*strict, *((dataset.day,) if dataset.day else ()))):
        missing = frame[name].null_count()
        if missing:
            raise BadValueError(
                f"{dataset.name}: {missing} of {frame.height} rows have no {name}; every row "
                f"needs one."
            )
    refuse_duplicates(dataset, frame)


def check_same_schema(dataset: Dataset, got: dict[str, pl.DataType], what: str) -> None:
    """Refuse columns that are not exactly those of the dataset, in order and type.

    Raises
    ------
    SchemaError
        Naming every difference.
    """
    wanted = dataset.schema()
    if list(got.items()) == list(wanted.items()):
        return
    problems = [f"{name} is missing" for name in wanted if name not in got]
    problems += [f"{name} is unknown" for name in got if name not in wanted]
    problems += [
        f"{name} is {got[name]} instead of {wanted[name]}"
        for name in wanted
        if name in got and got[name] != wanted[name]
    ]
    if not problems:
        problems = [f"expected the order {', '.join(wanted)}, got {', '.join(got)}"]
    raise SchemaError(f"The {what} do not fit the dataset: {'; '.join(problems)}.")


def refuse_duplicates(dataset: Dataset, frame: pl.DataFrame, where: str = "in the frame") -> None:
    """Refuse rows that share a key; missing parts of a key are equal to each other.

    Raises
    ------
    DuplicateKeyError
        Naming some of the keys.
    """
    key = list(dataset.key)
    ordered = frame.select(key).sort(key)  # no work for a frame that comes sorted
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift()) for name in key)
    if not ordered.select(same.slice(1).any()).item():
        return
    twice = frame.group_by(key).len().filter(pl.col("len") > 1).sort(key)
    raise DuplicateKeyError(
        f"{dataset.name}: {twice.height} keys ({', '.join(key)}) occur more than once {where}, "
        f"such as {_some(twice, key)}. Give each key one row."
    )


def _some(frame: pl.DataFrame, key: Sequence[str]) -> str:
    rows = frame.select(key).head(_SHOWN).iter_rows()
    return "; ".join(" ".join(map(str, row)) for row in rows)
