"""Raw columns to values: days, assets, numbers, truth values and groups, strictly.

Text that is no number, days that are no day and keys that are missing are refused with their row
numbers. What a missing value looks like is a short list (`MISSING`), not a guess.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.data.files.table import Table
from workbench.errors import BadValueError, SchemaError

if TYPE_CHECKING:
    import polars as pl

__all__ = ["MISSING", "assets_of", "days_of", "is_numeric_text", "numbers_of", "truths_of"]

MISSING = ("", "nan", "na", "n/a", "null", "none")
_TRUTH = {"true": 1.0, "false": 0.0, "1": 1.0, "0": 0.0, "1.0": 1.0, "0.0": 0.0}
_FORMATS = ("%Y%m%d", "%Y-%m-%d", "%Y/%m/%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S")


def days_of(table: Table, column: str, *, required: bool = True) -> pl.Series:
    """Return a column as dates.

    Accepts dates, midnight datetimes without zone, and YYYYMMDD, YYYY-MM-DD or YYYY/MM/DD as text
    or number.

    Raises
    ------
    BadValueError
        A value is missing (where `required`), is no day or carries a time of day.
    """
    import polars as pl

    raw = table.frame[column]
    if raw.dtype == pl.Date:
        days = raw
    elif isinstance(raw.dtype, pl.Datetime) and raw.dtype.time_zone is None:
        days = raw.dt.date()
        _refuse(table, column, raw, (raw != days.cast(raw.dtype)).fill_null(False), _INTRADAY)
    elif raw.dtype == pl.String or raw.dtype.is_integer():
        days = _parsed(raw)
        missing = raw.is_null()
        if raw.dtype == pl.String:
            missing |= raw.str.strip_chars().str.to_lowercase().is_in(list(MISSING))
        _refuse(table, column, raw, days.is_null() & ~missing, "is no day such as 20200102")
    else:
        raise SchemaError(
            f"column {column!r} is taken for days but holds {raw.dtype}; expected dates or text "
            "such as 20200102 (datetimes with a time zone: convert them to local dates first)"
        )
    if required:
        _refuse(table, column, raw, days.is_null(), "has no day")
    return days


_INTRADAY = "carries a time of day; daily bars are expected, intraday bars are not read here"


def _parsed(raw: pl.Series) -> pl.Series:
    import polars as pl

    distinct = raw.unique().drop_nulls()
    table = {value: _day(value) for value in distinct.to_list()}
    known = {value: day for value, day in table.items() if day is not None}
    if not known:
        return pl.Series(raw.name, [None] * len(raw), dtype=pl.Date)
    return raw.replace_strict(list(known), list(known.values()), default=None, return_dtype=pl.Date)


def _day(value: str | int) -> dt.date | None:
    text = str(value).strip()
    for layout in _FORMATS:
        if layout == "%Y%m%d" and len(text) != 8:
            continue  # strptime would read 2020112 as the second of November
        try:
            moment = dt.datetime.strptime(text, layout)
        except ValueError:
            continue
        plausible = 1900 <= moment.year <= 2200 and moment.time() == dt.time(0)
        return moment.date() if plausible else None
    return None


def assets_of(table: Table, column: str) -> pl.Series:
    """Return a column as asset names (text).

    Raises
    ------
    SchemaError
        The column holds numbers: leading zeros of codes would be lost.
    BadValueError
        A name is missing or blank.
    """
    import polars as pl

    raw = table.frame[column]
    if isinstance(raw.dtype, pl.Categorical | pl.Enum):
        raw = raw.cast(pl.String)
    if raw.dtype != pl.String:
        raise SchemaError(
            f"column {column!r} is taken for the asset but holds {raw.dtype}; codes are text "
            "('000001' as a number loses its zeros): write them as text"
        )
    blank = raw.is_null() | (raw.str.strip_chars() == "")
    _refuse(table, column, raw, blank.fill_null(True), "names no asset")
    # "A " and "A" would be two assets, and a repeated key would pass unseen.
    _refuse(table, column, raw, raw != raw.str.strip_chars(), "has blanks around the name")
    return raw


def numbers_of(table: Table, column: str) -> NDArray[np.float64]:
    """Return a column as float64, shape (rows,), NaN where missing.

    Raises
    ------
    BadValueError
        Text that is no number, or an infinite number.
    SchemaError
        A column of another kind.
    """
    import polars as pl

    raw = table.frame[column]
    if raw.dtype == pl.String:
        missing = raw.is_null() | raw.str.strip_chars().str.to_lowercase().is_in(list(MISSING))
        numbers = raw.str.strip_chars().cast(pl.Float64, strict=False)
        _refuse(table, column, raw, numbers.is_null() & ~missing, "is no number")
        numbers = pl.select(pl.when(missing).then(None).otherwise(numbers)).to_series()
    elif raw.dtype.is_numeric() or raw.dtype in (pl.Boolean, pl.Null):
        numbers = raw.cast(pl.Float64)
    else:
        raise SchemaError(f"column {column!r} should hold numbers but holds {raw.dtype}")
    _refuse(table, column, raw, numbers.is_infinite().fill_null(False), "is infinite")
    return numbers.to_numpy().astype(np.float64, copy=True)


def truths_of(table: Table, column: str) -> NDArray[np.float64]:
    """Return a column of truth values as 1, 0 and NaN, shape (rows,).

    Raises
    ------
    BadValueError
        A value other than true, false, 1, 0 or missing.
    """
    import polars as pl

    raw = table.frame[column]
    text = raw.cast(pl.String).str.strip_chars().str.to_lowercase()
    truths = text.replace_strict(_TRUTH, default=None, return_dtype=pl.Float64)
    missing = text.is_null() | text.is_in(list(MISSING))
    _refuse(table, column, raw, truths.is_null() & ~missing, "is neither true nor false")
    return truths.to_numpy().astype(np.float64, copy=True)


def is_numeric_text(raw: pl.Series) -> bool | None:
    """Whether a text column holds numbers throughout: True, False, or None where it is mixed."""
    import polars as pl

    text = raw.str.strip_chars()
    present = text.filter(~text.str.to_lowercase().is_in(list(MISSING))).drop_nulls().unique()
    numeric = present.cast(pl.Float64, strict=False).is_not_null()
    if not len(present) or not numeric.any():
        return False
    return True if numeric.all() else None


def _refuse(table: Table, column: str, raw: pl.Series, bad: pl.Series, what: str) -> None:
    rows: list[int] = bad.arg_true().to_list()
    if rows:
        values: list[Any] = raw.gather(rows[:5]).to_list()
        raise BadValueError(f"column {column!r} {what} in {table.examples(rows, values)}")
