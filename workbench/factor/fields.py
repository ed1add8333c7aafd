"""The standard field names: what each holds, its unit and the history it is made from.

The table names what the language knows by heart. A market may deliver more; a field that stands
in no table is taken as it is used (a number, or the groups of `indneutralize`), and whether it
exists is asked when it is computed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from workbench.factor.parameter import Kind

__all__ = ["FIELDS", "GROUP_FIELDS", "FieldInfo", "field_info"]


@dataclass(frozen=True)
class FieldInfo:
    """What is known of a standard field.

    Parameters
    ----------
    name : str
    meaning : str
        One line.
    unit : str
    kind : Kind
    lookback : int
        Earlier sessions from which a derived field is made (returns 1, adv20 19).
    """

    name: str
    meaning: str
    unit: str
    kind: Kind = Kind.NUMBER
    lookback: int = 0


_ROWS = (
    FieldInfo("open", "first price of the session, adjusted as the market says", "CNY a share"),
    FieldInfo("high", "highest price of the session, adjusted", "CNY a share"),
    FieldInfo("low", "lowest price of the session, adjusted", "CNY a share"),
    FieldInfo("close", "last price of the session, adjusted", "CNY a share"),
    FieldInfo("vwap", "amount divided by volume, adjusted", "CNY a share"),
    FieldInfo("volume", "traded shares, adjusted", "shares"),
    FieldInfo("amount", "traded value", "CNY"),
    FieldInfo("returns", "close to close return over one session", "fraction", lookback=1),
    FieldInfo("log_return", "logarithm of one plus returns", "log fraction", lookback=1),
    FieldInfo("pre_close", "ex-right reference price of the session", "CNY a share"),
    FieldInfo("adj_factor", "cumulative adjustment factor", "ratio"),
    FieldInfo("raw_open", "first price as quoted", "CNY a share"),
    FieldInfo("raw_high", "highest price as quoted", "CNY a share"),
    FieldInfo("raw_low", "lowest price as quoted", "CNY a share"),
    FieldInfo("raw_close", "last price as quoted", "CNY a share"),
    FieldInfo("raw_vwap", "amount divided by raw volume", "CNY a share"),
    FieldInfo("raw_volume", "traded shares as reported", "shares"),
    FieldInfo("up_limit", "highest price allowed in the session, as quoted", "CNY a share"),
    FieldInfo("down_limit", "lowest price allowed in the session, as quoted", "CNY a share"),
    FieldInfo("shares", "shares outstanding", "shares"),
    FieldInfo("float_shares", "freely tradable shares", "shares"),
    FieldInfo("cap", "market value: raw close times shares outstanding", "CNY"),
    FieldInfo("is_st", "under special treatment", "truth", Kind.TRUTH),
    FieldInfo("listed", "listed on the session", "truth", Kind.TRUTH),
    FieldInfo("sector", "widest industry level", "group", Kind.GROUP),
    FieldInfo("industry", "middle industry level", "group", Kind.GROUP),
    FieldInfo("subindustry", "finest industry level", "group", Kind.GROUP),
    FieldInfo("board", "trading board", "group", Kind.GROUP),
    FieldInfo("exchange", "exchange of listing", "group", Kind.GROUP),
)

FIELDS: Mapping[str, FieldInfo] = MappingProxyType({row.name: row for row in _ROWS})
"""Standard fields by name; the family ``adv<d>`` is answered by :func:`field_info`."""

GROUP_FIELDS: frozenset[str] = frozenset(row.name for row in _ROWS if row.kind is Kind.GROUP)
"""Fields that hold a classification, as `indneutralize` wants it."""

_ADV = re.compile(r"adv([1-9][0-9]{0,2})", re.ASCII)


def field_info(name: str) -> FieldInfo | None:
    """Return what is known of a field, or None when it is not a standard one.

    Examples
    --------
    >>> field_info("adv20").lookback
    19
    >>> field_info("close").unit
    'CNY a share'
    >>> field_info("my_own_signal") is None
    True
    """
    family = _ADV.fullmatch(name)
    if family is None:
        return FIELDS.get(name)
    sessions = int(family[1])
    return FieldInfo(
        name, f"mean traded value over {sessions} sessions", "CNY", lookback=sessions - 1
    )
