"""A vendor's values, column by column, into declared types; never row by row by guessing.

JSON gives ints and floats mixed, numbers as text, and several spellings of "nothing"; frames give
dates as well. Whatever is not exactly what the column declares is refused with its row.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from workbench.errors import BadAnswerError

__all__ = ["MISSING", "column"]

MISSING = frozenset({"", "None", "NaN", "nan"})
"""Texts that mean no value."""

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_DAY = re.compile(r"[0-9]{8}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_YEARS = range(1900, 2101)
_MINUTE_YEARS = range(1992, 2101)  # Shanghai has kept one offset since 1992
_LARGEST = 2**63
_ZONE = ZoneInfo("Asia/Shanghai")
_TRUTHS = {1: True, 0: False, "1": True, "0": False, "Y": True, "N": False}


def column(name: str, kind: str, values: Sequence[Any]) -> pl.Series:
    """Typed values of one field.

    Parameters
    ----------
    name : str
        The vendor's name of the field, for messages and for the series.
    kind : str
        One of `workbench.data.dataset.KINDS`.
    values : sequence
        As the vendor or a frame gave them.

    Returns
    -------
    polars.Series
        Date, Datetime(us, UTC), String, Float64, Int64 or Boolean; null for null, NaN and the
        texts in `MISSING`. Numbers are not scaled and not rounded.

    Raises
    ------
    BadAnswerError
        For a value of another type, an infinite number, a day that does not exist; names the row.

    Examples
    --------
    >>> column("pre_close", "number", [17, "17.000", None, "NaN", 16.5]).to_list()
    [17.0, 17.0, None, None, 16.5]
    >>> column("trade_date", "day", ["20240102"]).to_list()
    [datetime.date(2024, 1, 2)]
    """
    if kind == "number" and set(map(type, values)) <= {float, type(None)}:
        series = pl.Series(name, values, dtype=pl.Float64).fill_nan(None)
        if not series.is_infinite().any():
            return series
    read, dtype = _READERS[kind]
    known: dict[tuple[type, Any], Any] = {}
    found: list[Any] = []
    for row, value in enumerate(values):
        label = (type(value), value)
        try:
            if label not in known:
                known[label] = None if _is_missing(value) else read(value)
        except (ValueError, TypeError, OverflowError) as error:
            raise BadAnswerError(
                f"expected {_WORDS[kind]} in the field {name!r}, got {_shown(value)} in row {row}"
            ) from error
        found.append(known[label])
    series = pl.Series(name, found, dtype=dtype)
    if kind == "time":
        return series.dt.replace_time_zone("Asia/Shanghai").dt.convert_time_zone("UTC")
    return series


def _is_missing(value: Any) -> bool:
    if value is None:
        return True
    if isinstance(value, str):
        return value.strip() in MISSING
    return isinstance(value, float) and math.isnan(value)


def _number(value: Any) -> float:
    if isinstance(value, str):
        value = value.strip()
        if not _NUMBER.fullmatch(value):
            raise ValueError(value)
    elif isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(value)
    found = float(value)
    if not math.isfinite(found):
        raise ValueError(value)
    return found


def _whole(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        found = value
    else:
        number = _number(value)
        found = int(number)
        if found != number:
            raise ValueError(value)
    if not -_LARGEST <= found < _LARGEST:
        raise OverflowError(value)
    return found


def _text(value: Any) -> str:
    if isinstance(value, str):
        value.encode("utf-8")  # lone surrogates are no text
        return value.strip()
    return str(_whole(value))


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        if value.time() != datetime.min.time() or value.tzinfo is not None:
            raise ValueError(value)
        return value.date()
    if isinstance(value, date):
        return value
    text = _text(value)
    if not _DAY.fullmatch(text) or int(text[:4]) not in _YEARS:
        raise ValueError(value)
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


def _time(value: Any) -> datetime:
    if isinstance(value, datetime):
        found = value if value.tzinfo is None else value.astimezone(_ZONE).replace(tzinfo=None)
    elif isinstance(value, str) and _TIME.fullmatch(value.strip()):
        found = datetime.fromisoformat(value.strip())
    else:
        raise TypeError(value)
    if found.year not in _MINUTE_YEARS:
        raise ValueError(value)
    return found


def _truth(value: Any) -> bool:
    if isinstance(value, str):
        value = value.strip()
    if value not in _TRUTHS:
        raise ValueError(value)
    return _TRUTHS[value]


def _shown(value: Any) -> str:
    return ascii(value)[:60]


_READERS: Mapping[str, tuple[Callable[[Any], Any], Any]] = MappingProxyType(
    {
        "number": (_number, pl.Float64),
        "whole": (_whole, pl.Int64),
        "text": (_text, pl.String),
        "day": (_day, pl.Date),
        "time": (_time, pl.Datetime("us")),
        "truth": (_truth, pl.Boolean),
    }
)

_WORDS = {
    "number": "a finite number",
    "whole": "a whole number",
    "text": "text",
    "day": "a day as YYYYMMDD",
    "time": "a time as YYYY-MM-DD HH:MM:SS",
    "truth": "0, 1, Y or N",
}
