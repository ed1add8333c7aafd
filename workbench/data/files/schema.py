"""The column contract of a daily bar: which fields we know, under which names they come.

A column is recognised by its name, without regard to case. What is not recognised stays an extra
field under its own name and in its own unit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["BAR_FIELDS", "COLUMNS", "REQUIRED", "Column", "by_preference", "field_of"]


@dataclass(frozen=True, slots=True)
class Column:
    """One known field.

    Attributes
    ----------
    name : str
        Our name.
    kind : str
        ``session``, ``asset``, ``day``, ``number``, ``truth`` or ``group``.
    aliases : tuple of str
        Names under which vendors deliver it, lower case, best first.
    unit : str
        Unit in a market; see `workbench.data.files.units`.
    sign : str
        ``positive``, ``not negative`` or ``any``: what a number may be.
    """

    name: str
    kind: str
    aliases: tuple[str, ...]
    unit: str = ""
    sign: str = "any"


_ROWS = (
    Column("session", "session", ("session", "trade_date", "date", "datetime", "time", "day")),
    Column("asset", "asset", ("asset", "ts_code", "symbol", "ticker", "code", "instrument")),
    Column("open", "number", ("open",), "currency", "positive"),
    Column("high", "number", ("high",), "currency", "positive"),
    Column("low", "number", ("low",), "currency", "positive"),
    Column("close", "number", ("close",), "currency", "positive"),
    Column("pre_close", "number", ("pre_close", "preclose", "prev_close"), "currency", "positive"),
    Column("volume", "number", ("volume", "vol"), "shares", "not negative"),
    Column("amount", "number", ("amount", "turnover_value"), "currency", "not negative"),
    Column("vwap", "number", ("vwap",), "currency", "positive"),
    Column("adj_factor", "number", ("adj_factor", "adjfactor"), "fraction", "positive"),
    Column("up_limit", "number", ("up_limit", "limit_up", "high_limit"), "currency"),
    Column("down_limit", "number", ("down_limit", "limit_down", "low_limit"), "currency"),
    Column("shares", "number", ("shares", "total_share"), "shares", "not negative"),
    Column("float_shares", "number", ("float_shares", "float_share"), "shares", "not negative"),
    Column("is_st", "truth", ("is_st", "isst", "st")),
    Column("listed", "truth", ("listed",)),
    Column("industry", "group", ("industry",)),
    Column("sector", "group", ("sector",)),
    Column("subindustry", "group", ("subindustry",)),
    Column("list_date", "day", ("list_date", "listing_date", "ipo_date")),
    Column("delist_date", "day", ("delist_date", "delisting_date")),
)

COLUMNS = MappingProxyType({column.name: column for column in _ROWS})
REQUIRED = ("session", "asset", "open", "high", "low", "close", "volume")
BAR_FIELDS = ("open", "high", "low", "close", "vwap", "volume", "amount")
_BY_ALIAS = MappingProxyType({alias: row.name for row in _ROWS for alias in row.aliases})


def field_of(column: str) -> str | None:
    """Return the field a vendor's column means, None where the name is not known.

    Examples
    --------
    >>> field_of("ts_code"), field_of("Vol"), field_of("peTTM")
    ('asset', 'volume', None)
    """
    return _BY_ALIAS.get(column.lower())


def by_preference(field: str, columns: Iterable[str]) -> list[str]:
    """Sort columns that mean the same field, the best name first."""
    order = COLUMNS[field].aliases
    return sorted(columns, key=lambda column: order.index(column.lower()))
