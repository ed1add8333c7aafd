"""Answers that cannot be true: each function spoils one decoded answer of `daily`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["SPOILED", "TEXTS"]

Document = dict[str, Any]


def _column(document: Document, name: str, change: Callable[[Any], Any], every: int = 1) -> None:
    fields = document["data"]["fields"]
    if name in fields:  # not every request names every field
        at = fields.index(name)
        for row in document["data"]["items"][::every]:
            row[at] = change(row[at])


def text_code(document: Document) -> None:
    document["code"] = "0"


def no_code(document: Document) -> None:
    del document["code"]


def true_code(document: Document) -> None:
    document["code"] = False


def no_data(document: Document) -> None:
    document["data"] = None


def data_list(document: Document) -> None:
    document["data"] = document["data"]["items"]


def fewer_columns(document: Document) -> None:
    at = document["data"]["fields"].index("close")
    for row in [document["data"]["fields"], *document["data"]["items"]]:
        del row[at]


def extra_values(document: Document) -> None:
    for row in document["data"]["items"]:
        row.append(1)


def renamed_column(document: Document) -> None:
    fields = document["data"]["fields"]
    fields[fields.index("close")] = "close_price"


def twice_named(document: Document) -> None:
    fields = document["data"]["fields"]
    fields[fields.index("high")] = "low"


def ragged_rows(document: Document) -> None:
    document["data"]["items"][-1].pop()


def text_number(document: Document) -> None:
    _column(document, "close", lambda value: "twelve", every=5)


def grouped_number(document: Document) -> None:
    _column(document, "amount", lambda value: f"{value:,}")


def truth_number(document: Document) -> None:
    _column(document, "vol", lambda value: True)


def nested_number(document: Document) -> None:
    _column(document, "close", lambda value: [value])


def negative_price(document: Document) -> None:
    _column(document, "close", lambda value: -value, every=4)


def zero_price(document: Document) -> None:
    _column(document, "open", lambda value: 0, every=4)


def high_below_low(document: Document) -> None:
    fields = document["data"]["fields"]
    high, low = fields.index("high"), fields.index("low")
    for row in document["data"]["items"]:
        row[high], row[low] = row[low] - 0.01, row[high]


def duplicates(document: Document) -> None:
    rows = [list(row) for row in document["data"]["items"][:3]]
    document["data"]["items"].extend(rows)
    at = document["data"]["fields"].index("close")
    for row in rows:
        row[at] = round(row[at] * 1.01, 2)


def unsorted_rows(document: Document) -> None:
    rows = document["data"]["items"]
    rows.sort(key=lambda row: str(row)[::-1])


def future_days(document: Document) -> None:
    _column(document, "trade_date", lambda value: "20991231")


def other_day(document: Document) -> None:
    _column(document, "trade_date", lambda value: str(int(value) - 1), every=3)


def other_symbols(document: Document) -> None:
    numbers = iter(range(510_000, 520_000))
    _column(document, "ts_code", lambda value: f"{next(numbers)}.SH")


def bad_symbols(document: Document) -> None:
    _column(document, "ts_code", lambda value: "../../" + value, every=7)


def other_zone(document: Document) -> None:
    _column(document, "trade_date", lambda v: f"{v[:4]}-{v[4:6]}-{v[6:]}T16:00:00-08:00")


def nothing_today(document: Document) -> None:
    document["data"]["items"] = []


def part_of_day(document: Document) -> None:
    rows = document["data"]["items"]
    document["data"]["items"] = rows[: int(0.6 * len(rows))]


def split_flip(document: Document) -> None:
    """Prices as after a split of two for one that never was: reference and bar alike."""
    for name in ("open", "high", "low", "close", "pre_close", "change"):
        _column(document, name, lambda value: round(value / 2, 3))
    _column(document, "vol", lambda value: value * 2)


def hands_for_shares(document: Document) -> None:
    _column(document, "vol", lambda value: value * 100)


SPOILED: Mapping[str, Callable[[Document], None]] = {
    function.__name__: function
    for function in (
        text_code, no_code, true_code, no_data, data_list, fewer_columns, extra_values,
        renamed_column, twice_named, ragged_rows, text_number, grouped_number, truth_number,
        nested_number, negative_price, zero_price, high_below_low, duplicates, unsorted_rows,
        future_days, other_day, other_symbols, bad_symbols, other_zone, nothing_today,
        part_of_day, split_flip, hands_for_shares,
    )
}  # fmt: skip


def _first_number(body: bytes, token: bytes) -> bytes:
    """The body with another token in place of the value of `close` in the first row."""
    document = json.loads(body)
    at = document["data"]["fields"].index("close")
    document["data"]["items"][0][at] = "@@"
    return json.dumps(document, ensure_ascii=False).encode().replace(b'"@@"', token)


TEXTS: Mapping[str, Callable[[bytes], bytes]] = {
    "truncated": lambda body: body[: len(body) // 2],
    "nan_token": lambda body: _first_number(body, b"NaN"),
    "infinite": lambda body: _first_number(body, b"1e999"),
    "huge_integer": lambda body: _first_number(body, b"9" * 5000),
    "twice_keyed": lambda body: body[:-1] + b',"data":{"fields":["ts_code"],"items":[]}}',
    "mixed_encodings": lambda body: body.replace(
        b'"msg": null', b'"msg": "' + "正常".encode("gbk") + b'"'
    ),
    "list_on_top": lambda body: b"[" + body + b"]",
    "deep": lambda body: b"[" * 200_000,
    "html_200": lambda body: b"<html><body><h1>Welcome to the hotel</h1></body></html>",
    "empty_body": lambda body: b"",
}
"""Faults that are easier to say in bytes."""
