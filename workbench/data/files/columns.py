"""The columns of a table, read into values by their kind.

1. known fields have the kind of the schema
2. extra columns: numbers stay numbers, truth values become 0/1, text becomes a group
3. text that merely names each asset, and days, are no fields: they are left out with a note
4. a column of numbers and other text mixed is refused
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.data.files.mapping import ColumnPlan
from workbench.data.files.schema import COLUMNS
from workbench.data.files.table import Table
from workbench.data.files.values import (
    MISSING,
    assets_of,
    days_of,
    is_numeric_text,
    numbers_of,
    truths_of,
)
from workbench.errors import SchemaError

if TYPE_CHECKING:
    import polars as pl

__all__ = ["ReadColumns", "read_columns"]

_KEYS = ("session", "asset")


@dataclass
class ReadColumns:
    """Values of the rows, by field.

    Attributes
    ----------
    days, assets : polars.Series
        The keys.
    numbers : dict of str to ndarray, shape (rows,)
        Numbers and truth values, float64.
    groups : dict of str to polars.Series
        Text.
    dates : dict of str to ndarray of datetime64[D], shape (rows,)
        ``list_date`` and ``delist_date``; NaT where missing.
    notes : list of str
        What was left out and why.
    """

    days: pl.Series
    assets: pl.Series
    numbers: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    groups: dict[str, pl.Series] = field(default_factory=dict)
    dates: dict[str, NDArray[np.datetime64]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def read_columns(table: Table, plan: ColumnPlan) -> ReadColumns:
    """Read every planned column.

    Raises
    ------
    BadValueError, SchemaError
        See `workbench.data.files.values`; a mixed column; twins that disagree.
    """
    read = ReadColumns(
        days_of(table, plan.fields["session"]), assets_of(table, plan.fields["asset"])
    )
    _check_twins(table, plan, read)
    read.notes += [f"Column {name!r} was left out by the mapping." for name in plan.left_out]
    for name, column in plan.fields.items():
        if name in _KEYS:
            continue
        kind = COLUMNS[name].kind if name in COLUMNS else _kind_of_extra(table, column, read)
        if kind == "number":
            read.numbers[name] = numbers_of(table, column)
        elif kind == "truth":
            read.numbers[name] = truths_of(table, column)
        elif kind == "group":
            read.groups[name] = table.frame[column]
        elif kind == "day":
            days = days_of(table, column, required=False)
            read.dates[name] = days.to_numpy().astype("datetime64[D]")
        else:
            read.notes.append(f"Column {column!r} was left out: {kind}.")
    return read


def _kind_of_extra(table: Table, column: str, read: ReadColumns) -> str:
    """Return the kind of an unknown column, or a sentence why it is no field."""
    import polars as pl

    raw = table.frame[column]
    if raw.dtype == pl.Boolean:
        return "truth"
    if raw.dtype.is_numeric():
        return "number"
    if raw.dtype == pl.Null:
        return "it is empty"
    if isinstance(raw.dtype, pl.Categorical | pl.Enum):
        return "group"
    if raw.dtype != pl.String:
        return f"it holds {raw.dtype}, which is no number and no group"
    numeric = is_numeric_text(raw)
    if numeric is None:
        raise SchemaError(
            f"column {column!r} mixes numbers with other text; clean it, or leave it out with "
            f"mapping={{{column!r}: None}}"
        )
    if numeric:
        return "number"
    present = {str(value).strip().lower() for value in raw.unique().drop_nulls().to_list()}
    present -= set(MISSING)
    if present and present <= {"true", "false"}:
        return "truth"
    return "it only names the assets" if _only_names(raw, read.assets) else "group"


def _only_names(raw: pl.Series, assets: pl.Series) -> bool:
    """Whether text is constant for each asset and tells most assets apart, as a name does."""
    import polars as pl

    pairs = pl.DataFrame({"asset": assets, "text": raw}).unique()
    count = assets.n_unique()
    return pairs.height == count and count > 1 and 2 * pairs["text"].n_unique() > count


def _check_twins(table: Table, plan: ColumnPlan, read: ReadColumns) -> None:
    import polars as pl

    for column in plan.twins.get("session", ()):
        differs = (days_of(table, column) != read.days).arg_true()
        if len(differs):
            place = table.places(differs.head(1).to_list())[0]
            raise SchemaError(
                f"columns {plan.fields['session']!r} and {column!r} both name the session but "
                f"differ in {place}; leave one out with mapping={{{column!r}: None}}"
            )
        read.notes.append(f"Column {column!r} was left out: it repeats the session.")
    for column in plan.twins.get("asset", ()):
        other = assets_of(table, column)
        pairs = pl.DataFrame({"asset": read.assets, "other": other}).unique()
        if pairs.height != read.assets.n_unique() or pairs.height != other.n_unique():
            raise SchemaError(
                f"columns {plan.fields['asset']!r} and {column!r} both name the asset but do not "
                f"match one to one; leave one out with mapping={{{column!r}: None}}"
            )
        read.notes.append(f"Column {column!r} was left out: it repeats the asset.")
