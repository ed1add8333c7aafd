"""One column at a time: from the vendor's JSON values to exact types, or a reason why not.

A column is read by its declared kind, never by what its first rows look like. Booleans are no
numbers, numbers in quotes are no numbers, and what JSON writes beyond the range of a float is
refused like ``NaN``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from workbench.errors import BadAnswerError

if TYPE_CHECKING:
    import polars as pl

__all__ = ["KINDS", "TICKER", "Field", "read_field"]

TICKER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.\-/+^= ]{0,30}[A-Za-z0-9.\-/+^=])?")
"""A ticker as the vendor writes it: ``BRK.A``, ``ABRpD``, ``XYZ.WS``; no control characters."""

_NEW_YORK = ZoneInfo("America/New_York")
_EARLIEST_MS = 0
_LATEST_MS = 4_102_444_800_000  # the year 2100
_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a dataset and where the vendor keeps it.

    Attributes
    ----------
    name : str
        Column of the dataset.
    sources : tuple of str
        The vendor's names, best first; a later one serves rows that lack the earlier.
    kind : str
        One of `KINDS`.
    required : bool
        Whether every row must have it.
    """

    name: str
    sources: tuple[str, ...]
    kind: str
    required: bool = False


def read_field(
    field: Field, column: Callable[[str], Sequence[Any] | None], count: int
) -> pl.Series:
    """Read one column of `count` rows; `column` answers the vendor's values by name, or None.

    Raises
    ------
    BadAnswerError
        Naming the column, the row and what came.

    Examples
    --------
    >>> volume = Field("volume", ("v",), "amount")
    >>> read_field(volume, {"v": [1, 1.5]}.get, 2).to_list()
    [1.0, 1.5]
    """
    import polars as pl

    values = _merged(field, column, count)
    dtypes = {
        "whole": pl.Int64,
        "truth": pl.Boolean,
        "day": pl.Date,
        "zoned_day": pl.Date,
        "instant": pl.Int64,
        "text": pl.String,
        "upper": pl.String,
        "ticker": pl.String,
    }
    read = KINDS[field.kind]
    made: list[Any] = []
    for row, value in enumerate(values):
        if value is None:
            if field.required:
                raise BadAnswerError(f"expected {field.name} in every row, row {row} has none")
            made.append(None)
            continue
        try:
            made.append(read(value))
        except (ValueError, OverflowError) as error:
            raise BadAnswerError(f"row {row}, {field.name}: {error}") from error
    return pl.Series(field.name, made, dtype=dtypes.get(field.kind, pl.Float64), strict=True)


def _merged(
    field: Field, column: Callable[[str], Sequence[Any] | None], count: int
) -> Sequence[Any]:
    found: Sequence[Any] = [None] * count
    for source in field.sources:
        values = column(source)
        if values is None:
            continue
        found = [old if old is not None else new for old, new in zip(found, values, strict=True)]
    return found


def _number(value: Any) -> float:
    if type(value) not in (int, float):
        raise ValueError(f"expected a number, got {_shown(value)}")
    number = float(value)
    if not math.isfinite(number):
        raise ValueError("expected a finite number")
    return number


def _price(value: Any) -> float:
    number = _number(value)
    if number <= 0:
        raise ValueError(f"expected a number above zero, got {number}")
    return number


def _amount(value: Any) -> float:
    number = _number(value)
    if number < 0:
        raise ValueError(f"expected zero or more, got {number}")
    return number


def _whole(value: Any) -> int:
    number = _amount(value)
    if number != int(number) or number >= 2**53:
        raise ValueError(f"expected a whole number, got {_shown(value)}")
    return int(number)


def _truth(value: Any) -> bool:
    if type(value) is not bool:
        raise ValueError(f"expected true or false, got {_shown(value)}")
    return value


def _text(value: Any) -> str:
    if type(value) is not str:
        raise ValueError(f"expected text, got {_shown(value)}")
    if len(value) > _LONGEST:
        raise ValueError(f"expected at most {_LONGEST} characters, got {len(value)}")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError("expected text, got half a character") from error
    return value


def _upper(value: Any) -> str:
    return _text(value).upper()


def _ticker(value: Any) -> str:
    text = _text(value)
    if not TICKER.fullmatch(text):
        raise ValueError(f"expected a ticker, got {_shown(text)}")
    return text


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        raise ValueError(f"expected a day, got {_shown(value)}")
    if isinstance(value, date):
        return value
    text = _text(value)
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError(f"expected a day such as 2024-01-31, got {_shown(text)}")
    return date.fromisoformat(text)


def _zoned_day(value: Any) -> date:
    """A day, or an instant as a day in New York; midnight UTC is a day that somebody zoned."""
    if not isinstance(value, str) or len(value) <= 10:
        return _day(value)
    when = datetime.fromisoformat(_text(value).replace("Z", "+00:00"))
    if when.tzinfo is None:
        raise ValueError(f"expected a zone, got {_shown(value)}")
    when = when.astimezone(UTC)
    return when.date() if when.time().isoformat() == "00:00:00" else _in_new_york(when)


def _in_new_york(when: datetime) -> date:
    return when.astimezone(_NEW_YORK).date()


def _instant(value: Any) -> int:
    """Milliseconds since 1970 in UTC."""
    number = _whole(value)
    if not _EARLIEST_MS <= number < _LATEST_MS:
        raise ValueError(f"expected milliseconds since 1970, got {number}")
    return number


def _shown(value: Any) -> str:
    return ascii(value)[:60]


KINDS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "price": _price,
        "amount": _amount,
        "whole": _whole,
        "truth": _truth,
        "text": _text,
        "upper": _upper,
        "ticker": _ticker,
        "day": _day,
        "zoned_day": _zoned_day,
        "instant": _instant,
    }
)
"""How a value is read: numbers above zero, zero or more, whole; texts; days; milliseconds."""
