"""Which rows a write replaces: typed values of a column, never text that something parses."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from workbench.data.dataset import Dataset
from workbench.data.store.files import DataFile
from workbench.errors import BadValueError, SchemaError, near_names

__all__ = ["Condition", "condition", "every", "refuse_strangers"]

_TYPES: dict[str, tuple[type, str]] = {
    "day": (date, "dates"),
    "time": (date, "dates (UTC days of the time)"),
    "text": (str, "text"),
    "whole": (int, "whole numbers"),
    "truth": (bool, "truth values"),
}


@dataclass(frozen=True, slots=True)
class Condition:
    """Rows whose column has one of some values; for a time, whose UTC day is one of some days."""

    column: str
    kind: str
    values: tuple[Any, ...]

    def expression(self) -> pl.Expr:
        """True for the rows that are meant, false for all others, never null."""
        if not self.values:
            return pl.lit(False)
        column = pl.col(self.column)
        if self.kind == "time":
            column = column.dt.date()
        return column.is_in(list(self.values)).fill_null(False)

    def may_touch(self, file: DataFile) -> bool:
        """Whether a file may hold such a row."""
        low, high = file.low.get(self.column), file.high.get(self.column)
        if low is None or high is None:
            return bool(self.values)
        if self.kind == "time":
            low, high = low.date(), high.date()
        place = bisect_left(self.values, low)
        return place < len(self.values) and self.values[place] <= high


def condition(dataset: Dataset, column: str, values: Sequence[Any]) -> Condition:
    """A checked condition.

    Raises
    ------
    SchemaError
        If the dataset has no such column.
    BadValueError
        If a value is not of the column's kind.
    """
    if column not in dataset:
        raise SchemaError(
            f"{dataset.name} has no column {column!r}.{near_names(column, dataset.names)}"
        )
    kind = dataset[column].kind
    if kind not in _TYPES:
        raise BadValueError(f"{dataset.name}: rows cannot be chosen by {column}, a number.")
    if isinstance(values, str):
        raise BadValueError(f"{dataset.name}: expected a list of {column} values, got {values!r}.")
    wanted, words = _TYPES[kind]
    for value in values:
        fits = isinstance(value, wanted) and not isinstance(value, datetime)
        if not fits or (wanted is int and isinstance(value, bool)):
            raise BadValueError(f"{dataset.name}: {column} takes {words}, got {value!r}.")
    return Condition(column, kind, tuple(sorted(set(values))))


def every(conditions: Sequence[Condition]) -> pl.Expr:
    """The conjunction of conditions."""
    return pl.all_horizontal([one.expression() for one in conditions])


def refuse_strangers(dataset: Dataset, frame: pl.DataFrame, meant: Sequence[Condition]) -> None:
    """Refuse rows outside the values that are replaced.

    Raises
    ------
    BadValueError
        Naming some of them.
    """
    for one in meant:
        strangers = frame.filter(~one.expression())
        if strangers.height:
            shown = strangers[one.column].unique().sort().head(3).to_list()
            raise BadValueError(
                f"{dataset.name}: {strangers.height} rows have a {one.column} outside the values "
                f"to be replaced, such as {', '.join(map(str, shown))}."
            )
