"""A file's rows as a frame of a declared dataset: every column by its kind, strictly.

1. columns are matched by name, the user's mapping first; a column too many is refused, not dropped
2. text becomes days, numbers and truth values as `workbench.data.files.values` reads them, with
   the row numbers of whatever is neither
3. key columns may not be missing, and no two rows share a key
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from workbench.data.files.schema import field_of
from workbench.data.files.values import assets_of, days_of, numbers_of, truths_of
from workbench.errors import BadValueError, DuplicateKeyError, SchemaError, near_names

if TYPE_CHECKING:
    import polars as pl

    from workbench.data.dataset import Dataset
    from workbench.data.files.table import Table

__all__ = ["refuse_shared_keys", "typed_frame"]

_SHOWN = 5


def typed_frame(
    table: Table, contract: Dataset, mapping: Mapping[str, str | None] | None = None
) -> pl.DataFrame:
    """Read a table into the columns of `contract`; columns that the file lacks are null.

    Raises
    ------
    SchemaError
        Unknown columns, or a key column is missing.
    BadValueError
        Values of the wrong kind, with their rows.
    DuplicateKeyError
        Two rows share a key, with their rows.
    """
    import polars as pl

    columns = _matched(table, contract, mapping)
    series = []
    for column, dtype in zip(contract.columns, contract.schema().values(), strict=True):
        source = columns.get(column.name)
        if source is None:
            series.append(pl.Series(column.name, [None] * table.frame.height, dtype=dtype))
            continue
        try:
            how = assets_of if column.name == "asset" else _READ[column.kind]
            values = how(table, source)
            read = values if isinstance(values, pl.Series) else pl.Series(values, nan_to_null=True)
            series.append(read.alias(column.name).cast(dtype))
        except pl.exceptions.PolarsError as error:
            raise BadValueError(
                f"column {source!r} cannot be read as {column.kind}: {error}"
            ) from error
    frame = pl.DataFrame(series)
    for name in contract.key:
        missing = frame[name].is_null().arg_true().to_list()
        if missing and contract[name].kind != "text":
            raise BadValueError(f"{name} is part of the key and missing in {_said(table, missing)}")
    refuse_shared_keys(table, frame, contract.key)
    return frame


def refuse_shared_keys(table: Table, frame: pl.DataFrame, key: tuple[str, ...]) -> None:
    """Raise `DuplicateKeyError` with row numbers where two rows have one key."""
    import polars as pl

    keyed = frame.select(key).with_row_index("__row")
    twice = keyed.filter(pl.struct(key).is_duplicated())
    if twice.is_empty():
        return
    groups = twice.group_by(list(key), maintain_order=True).agg("__row")
    shown = [
        f"{' '.join(map(str, row[:-1]))} ({', '.join(table.places(row[-1][:_SHOWN]))})"
        for row in groups.head(_SHOWN).iter_rows()
    ]
    raise DuplicateKeyError(
        f"{groups.height} keys ({', '.join(key)}) have more than one row: {'; '.join(shown)}. One "
        "row a key is expected; remove the repetitions or name a longer key"
    )


def _matched(
    table: Table, contract: Dataset, mapping: Mapping[str, str | None] | None
) -> dict[str, str]:
    """Our column → the file's column."""
    chosen = dict(mapping or {})
    for name in chosen:
        if name not in table.frame.columns:
            raise SchemaError(
                f"mapping names the column {name!r}, which the file does not have."
                f"{near_names(name, table.frame.columns)} Its columns: {table.frame.columns}."
            )
    found: dict[str, str] = {}
    for column in table.frame.columns:
        known = column if column in contract else field_of(column)
        target = chosen.get(column, known or column)
        if target is None:
            continue
        if target not in contract:
            raise SchemaError(
                f"column {column!r} is none of {contract.name}.{near_names(target, contract.names)}"
                f" Name it with mapping={{{column!r}: 'our column'}} or leave it out with None; "
                f"the columns are {', '.join(contract.names)}."
            )
        if target in found:
            raise SchemaError(
                f"the columns {found[target]!r} and {column!r} both mean {target!r}; leave one "
                f"out with mapping={{{column!r}: None}}"
            )
        found[target] = column
    missing = [name for name in contract.key if name not in found]
    if missing:
        raise SchemaError(
            f"{contract.name} needs the key columns {list(contract.key)}; the file lacks {missing}."
        )
    return found


def _text(table: Table, column: str) -> pl.Series:
    import polars as pl

    return table.frame[column].cast(pl.String).str.strip_chars()


def _day(table: Table, column: str) -> pl.Series:
    return days_of(table, column, required=False)


def _time(table: Table, column: str) -> pl.Series:
    """Times as they are where they have a zone; text must say its offset."""
    import polars as pl

    raw = table.frame[column]
    if isinstance(raw.dtype, pl.Datetime) and raw.dtype.time_zone is not None:
        return raw.dt.convert_time_zone("UTC")
    if raw.dtype == pl.String:
        parsed = raw.str.to_datetime(format="%+", time_zone="UTC", strict=False)
        bad = (parsed.is_null() & raw.is_not_null()).arg_true().to_list()
        if not bad:
            return parsed
        raise BadValueError(
            f"column {column!r}: expected times with an offset such as 2024-01-02T09:31:00+08:00, "
            f"got {_said(table, bad)}"
        )
    raise SchemaError(f"column {column!r} holds {raw.dtype}; expected times with a time zone")


_READ: Mapping[str, Callable[[Table, str], object]] = {
    "day": _day,
    "time": _time,
    "text": _text,
    "number": numbers_of,
    "whole": numbers_of,
    "truth": truths_of,
}


def _said(table: Table, rows: list[int]) -> str:
    more = f" and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
    return ", ".join(table.places(rows[:_SHOWN])) + more
