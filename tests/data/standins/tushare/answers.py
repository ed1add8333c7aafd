"""From parameters to an answer, with all manners of the vendor.

1. required parameters are checked, defaults that hide rows are applied
2. rows come newest first and are cut at the cap without a word
3. only fields that exist are answered, in another order than asked; hidden ones only by name
4. numbers lose their point where they are whole, some come as text, absent ones are null
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zlib import crc32

import numpy as np

from tests.data.standins.tushare import calendar
from tests.data.standins.tushare.fields import names_of, shown
from tests.data.standins.tushare.statements import STATEMENTS
from tests.data.standins.tushare.world import World

__all__ = ["CAPS", "Quirks", "Refusal", "answer"]

CAPS: Mapping[str, int] = {
    "daily": 6000, "daily_basic": 6000, "stock_basic": 6000, "adj_factor": 6000,
    "suspend_d": 5000, "income": 500, "balancesheet": 500, "cashflow": 500, "express": 500,
    "fina_indicator": 100, "stk_limit": 5800, "stock_st": 1000, "namechange": 10_000,
    "index_daily": 8000, "index_weight": 7000, "index_member_all": 2000, "index_classify": 2000,
    "margin_detail": 6000, "hk_hold": 3800, "limit_list_d": 2500, "forecast": 3500,
    "dividend": 2000, "disclosure_date": 3000, "stk_mins": 8000, "moneyflow": 6000,
    "bse_mapping": 1000, "trade_cal": 20_000,
}  # fmt: skip
"""Most rows of one answer; some are not documented and only known from practice."""

REQUIRED = {
    "index_daily": "ts_code", "index_weight": "index_code", "stk_mins": "ts_code",
    "income": "ts_code", "balancesheet": "ts_code", "cashflow": "ts_code",
    "fina_indicator": "ts_code", "express": "ts_code",
}  # fmt: skip

DEFAULTS = {
    "stock_basic": {"list_status": "L"},
    "index_member_all": {"is_new": "Y"},
    "income": {"report_type": "1"},
    "balancesheet": {"report_type": "1"},
    "cashflow": {"report_type": "1"},
    "trade_cal": {"exchange": "SSE"},
    "index_classify": {"src": "SW2021"},
}

EQUALS = {
    "stock_basic": ("list_status", "exchange", "market", "is_hs", "name"),
    "index_member_all": ("is_new", "l1_code", "l2_code", "l3_code"),
    "index_classify": ("index_code", "level", "parent_code"),
    "bse_mapping": ("o_code", "n_code"),
    "suspend_d": ("suspend_type",),
    "hk_hold": ("exchange", "code"),
    "limit_list_d": ("limit_type", "exchange"),
    "income": ("report_type", "ann_date", "f_ann_date", "comp_type"),
    "balancesheet": ("report_type", "ann_date", "comp_type"),
    "cashflow": ("report_type", "ann_date", "f_ann_date", "comp_type"),
    "fina_indicator": ("ann_date",),
    "forecast": ("ann_date", "type"),
    "express": ("ann_date",),
    "dividend": ("ann_date", "record_date", "ex_date", "imp_ann_date"),
    "disclosure_date": ("pre_date", "actual_date", "ann_date", "end_date"),
    "trade_cal": ("is_open",),
}
"""Parameters that must equal the field of their name (``limit_type`` means ``limit``)."""

SEVERAL_CODES = frozenset({"daily", "suspend_d", "adj_factor", "daily_basic", "stk_limit"})


@dataclass
class Quirks:
    """Which manners are on; the defaults are the everyday ones.

    Attributes
    ----------
    has_more : str
        ``mixed`` (absent, right or denied, by request), ``right``, ``wrong`` (always the
        opposite), ``denied`` (always false) or ``absent``.
    shuffled : bool
        Columns in another order than asked.
    whole_numbers : bool
        ``12.0`` is written ``12``.
    text_numbers : set of (api, field)
        Numbers written as text, as ``"17.000"``.
    nan_tokens : set of api
        NaN instead of null: no JSON at all.
    null_data : str
        What an empty answer is: ``items`` (an empty list), ``null`` (no data) or ``mixed``.
    caps : dict
        Most rows by API.
    """

    has_more: str = "mixed"
    shuffled: bool = True
    whole_numbers: bool = True
    text_numbers: set[tuple[str, str]] = field(
        default_factory=lambda: {("stk_limit", "pre_close"), ("daily_basic", "pb")}
    )
    nan_tokens: set[str] = field(default_factory=set)
    null_data: str = "items"
    caps: dict[str, int] = field(default_factory=lambda: dict(CAPS))


class Refusal(Exception):
    """A business error: code and message."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def answer(
    world: World, quirks: Quirks, api: str, params: Mapping[str, Any], wanted: str, now: datetime
) -> bytes:
    """The ``data`` of an answer as JSON.

    Raises
    ------
    Refusal
        If a required parameter is missing.
    """
    asked = {**DEFAULTS.get(api, {}), **{k: v for k, v in params.items() if v not in (None, "")}}
    need = REQUIRED.get(api)
    if need and not asked.get(need):
        raise Refusal(50101, f"必填参数, {need}")
    if api == "dividend" and not set(asked) & {"ts_code", *EQUALS["dividend"]}:
        raise Refusal(50101, "必填参数, ts_code,ann_date,record_date,ex_date,imp_ann_date至少一个")
    columns = _kept(api, _rows(world, api, asked, now), asked)
    size = len(columns["ts_code" if "ts_code" in columns else next(iter(columns))])
    columns = _unsteady(api, asked, columns)
    first, stop = _page(asked, quirks.caps[api], size)
    mark = crc32(json.dumps([api, sorted(map(str, asked.items())), wanted]).encode())
    names = _named(api, wanted, mark if quirks.shuffled else 0)
    if first >= stop and _nothing(quirks, mark):
        return b"null"
    texts = [_texts(quirks, api, name, columns[name][first:stop]) for name in names]
    items = ",".join(f"[{','.join(row)}]" for row in zip(*texts, strict=True))
    extra = _extra(quirks.has_more, mark, more=stop < size, count=size)
    return f'{{"fields":{json.dumps(names)},"items":[{items}]{extra}}}'.encode()


def _rows(world: World, api: str, asked: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    key = "index_code" if api == "index_weight" else "ts_code"
    word = str(asked.get(key, ""))
    codes = set(word.split(",")) if api in SEVERAL_CODES else {word}
    first, last = calendar.day(asked.get("start_date")), calendar.day(asked.get("end_date"))
    if api in STATEMENTS or api == "namechange":
        first = last = None
    if asked.get("trade_date"):
        first = last = calendar.day(asked["trade_date"]) or date.max
    if api == "trade_cal":
        first, last = first or calendar.FIRST_DAY, last or calendar.LAST_DAY
    other = {k: asked[k] for k in ("exchange", "src", "freq") if k in asked}
    return world.table(api, now, first=first, last=last, codes=codes if word else None, **other)


def _kept(api: str, columns: dict[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """Rows that pass the parameters which are plain filters."""
    size = len(next(iter(columns.values())))
    keep = np.ones(size, bool)
    for name in EQUALS.get(api, ()):
        if name in asked:
            column = columns["limit" if name == "limit_type" else name]
            allowed = set(str(asked[name]).split(","))
            keep &= np.array([str(value) in allowed for value in column], bool)
    if api in STATEMENTS and asked.get("period"):
        keep &= np.array([value == str(asked["period"]) for value in columns["end_date"]], bool)
    # Statements and names are filtered by announcement, indicators by period; null never passes.
    if api == "namechange" or (api in STATEMENTS and api != "disclosure_date"):
        by = columns["end_date" if api == "fina_indicator" else "ann_date"]
        if asked.get("start_date"):
            keep &= np.array([bool(one) and one >= str(asked["start_date"]) for one in by], bool)
        if asked.get("end_date"):
            keep &= np.array([bool(one) and one <= str(asked["end_date"]) for one in by], bool)
    if api == "stk_mins":
        low, high = str(asked.get("start_date", "")), str(asked.get("end_date", "9"))
        keep &= np.array([low <= one <= high for one in columns["trade_time"]], bool)
    if keep.all():
        return columns
    where = np.flatnonzero(keep)
    return {name: [values[at] for at in where] for name, values in columns.items()}


def _page(asked: Mapping[str, Any], cap: int, size: int) -> tuple[int, int]:
    offset, limit = int(asked.get("offset", 0)), int(asked.get("limit", cap))
    first = min(offset, size)
    return first, min(first + max(0, min(limit, cap)), size)


def _unsteady(api: str, asked: Mapping[str, Any], columns: dict[str, Any]) -> dict[str, Any]:
    """Later pages of `daily`: paging is not supported, so rows come twice and others never."""
    if api != "daily" or not int(asked.get("offset", 0)):
        return columns
    return {
        name: [*(values[at - at % 2] for at in range(len(values)))]
        for name, values in columns.items()
    }


def _named(api: str, wanted: str, mark: int) -> list[str]:
    known = names_of(api)
    asked = [word.strip() for word in wanted.split(",") if word.strip()]
    names = (
        list(dict.fromkeys(word for word in asked if word in known)) if asked else list(shown(api))
    )
    turn = mark % len(names) if names else 0
    return names[turn:] + names[:turn]


def _nothing(quirks: Quirks, mark: int) -> bool:
    return quirks.null_data == "null" or (quirks.null_data == "mixed" and mark % 2 == 1)


def _extra(mode: str, mark: int, *, more: bool, count: int) -> str:
    if mode == "mixed":
        mode = ("absent", "right", "denied")[mark % 3]
    if mode == "absent":
        return ""
    told = {"right": more, "wrong": not more, "denied": False}[mode]
    return f',"has_more":{json.dumps(told)},"count":{count if mode == "right" else -1}'


def _texts(quirks: Quirks, api: str, name: str, values: Any) -> list[str]:
    """JSON texts of one column."""
    nothing = "NaN" if api in quirks.nan_tokens else "null"
    if not isinstance(values, np.ndarray):
        if values and all(type(one) is str for one in values):
            return [
                f'"{one}"' if one.replace(".", "").isalnum() else json.dumps(one) for one in values
            ]
        if not any(isinstance(one, float) for one in values):
            return [json.dumps(one, ensure_ascii=False) for one in values]
    plain = values.tolist() if isinstance(values, np.ndarray) else list(values)
    if (api, name) in quirks.text_numbers:
        return [nothing if _absent(one) else f'"{float(one):.4f}"' for one in plain]
    if isinstance(values, np.ndarray):
        words = map(repr, plain)
        cut = -2 if quirks.whole_numbers else None
        return [
            nothing if word == "nan" else word[:cut] if word.endswith(".0") else word
            for word in words
        ]
    return [
        nothing
        if _absent(one)
        else repr(int(one))
        if quirks.whole_numbers and _whole(one)
        else json.dumps(one)
        for one in plain
    ]


def _absent(one: Any) -> bool:
    return one is None or one != one


def _whole(one: Any) -> bool:
    return isinstance(one, float) and one == int(one)
