"""What makes a whole answer unusable: bad data never becomes data.

A single impossible value means that the answer, not just the row, cannot be trusted (shifted
columns, another unit, a broken export). Refused are: a missing key, a code of another shape, a day
outside the unit, an announcement from the future, the same key twice with different values, a
price at or below zero, a negative volume, amount or count, a high below the low. Everything
subtler (a close outside the range, a jump without an event) is left to the store's checks, which
flag rows instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from workbench.data.dataset import Dataset
from workbench.data.provider import Unit
from workbench.data.providers.tushare.asks import AFTERWARDS
from workbench.data.providers.tushare.codes import SHAPES
from workbench.data.providers.tushare.specs import Spec
from workbench.errors import BadAnswerError

__all__ = ["EXAMPLES", "refuse_keys", "refuse_outside", "refuse_values"]

EXAMPLES = 5
"""Rows shown in a message."""


def refuse_values(spec: Spec, frame: pl.DataFrame) -> None:
    """Raise `BadAnswerError` for impossible numbers in normalised columns, with examples."""
    for name in spec.positive:
        _refuse(spec, frame, pl.col(name) <= 0, f"{name} above zero", (name,))
    for name in spec.not_negative:
        _refuse(spec, frame, pl.col(name) < 0, f"no negative {name}", (name,))
    if spec.ordered:
        low, high = spec.ordered
        _refuse(spec, frame, pl.col(low) > pl.col(high), f"{low} ≤ {high}", spec.ordered)


def refuse_keys(spec: Spec, dataset: Dataset, frame: pl.DataFrame) -> None:
    """Raise `BadAnswerError` for missing key parts, odd codes and keys that come twice."""
    needed = [name for name in dataset.key if name not in spec.may_lack]
    for name in needed:
        _refuse(spec, frame, pl.col(name).is_null(), f"{name} in every row", dataset.key)
    for name, shape in (("asset", spec.codes), ("index", "index")):
        if name in dataset:
            odd = ~pl.col(name).str.contains(SHAPES[shape])
            _refuse(spec, frame, odd, f"codes such as 600519.SH in {name}", (name,))
    twice = pl.struct(dataset.key).is_duplicated()
    _refuse(spec, frame, twice, f"each {', '.join(dataset.key)} once", dataset.key)


def refuse_outside(dataset: Dataset, spec: Spec, unit: Unit, frame: pl.DataFrame) -> None:
    """Raise `BadAnswerError` for rows outside the unit's days, or announced after them.

    Statements are dated by their period, which may lie ahead of a forecast; for them the
    announcement counts, with a week's grace for papers dated ahead.
    """
    name = "announced" if dataset.versions else dataset.day
    if dataset.versions:
        first, last = None, unit.last and unit.last + AFTERWARDS
    elif name in ("session", "time"):
        first, last = unit.first, unit.last
    else:
        return
    _refuse(spec, frame, ~_within(dataset, name, first, last), _said(name, first, last), (name,))


def _within(dataset: Dataset, name: str, first: date | None, last: date | None) -> pl.Expr:
    day = pl.col(name)
    if dataset[name].kind == "time":
        day = day.dt.convert_time_zone("Asia/Shanghai").dt.date()
    inside = pl.lit(True)
    if first is not None:
        inside = inside & (day >= first)
    if last is not None:
        inside = inside & (day <= last)
    return inside


def _said(name: str, first: date | None, last: date | None) -> str:
    return f"{name} between {first or 'the beginning'} and {last or 'the end'}"


def _refuse(
    spec: Spec, frame: pl.DataFrame, bad: pl.Expr, expected: str, shown: Sequence[str]
) -> None:
    found = frame.filter(bad.fill_null(False))
    if found.is_empty():
        return
    names = [name for name in ("session", "time", "period", "asset") if name in frame.columns]
    columns = list(dict.fromkeys([*names, *shown]))
    rows = found.select(columns).head(EXAMPLES).rows()
    listed = "; ".join(", ".join(str(value)[:40] for value in row) for row in rows)
    raise BadAnswerError(
        f"{spec.api} → {spec.dataset}: expected {expected}, got {found.height} other rows, "
        f"such as ({', '.join(columns)}) {listed}"
    )
