"""Stable identities: every code a security ever had, and the span in which it held.

1. `code_changes` joins the dated table of known changes with the vendor's pairs for Beijing
2. `identified` gives each security the first code it had as identity, one row for each code
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import polars as pl

from workbench.data.providers.tushare.codes import SHAPES
from workbench.errors import BadAnswerError

__all__ = ["CodeChange", "board_of", "code_changes", "identified"]

_BOARDS: Mapping[str, str] = MappingProxyType(
    {"主板": "main", "中小板": "main", "创业板": "chinext", "科创板": "star", "北交所": "bse"}
    | {"CDR": "cdr"}
)
_PREFIXES = (("689", "cdr"), ("688", "star"), ("30", "chinext"))
_EXCHANGES = {"SH": "SSE", "SZ": "SZSE", "BJ": "BSE"}
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CodeChange:
    """A security's code changed: `on` is the first session of the new one.

    `listed` is the day on which the security was first listed under the old code, None where the
    rows must tell.
    """

    old: str
    new: str
    on: date
    listed: date | None = None


@cache
def _known() -> Mapping[str, Any]:
    import yaml

    text = (files(__package__) / "code_changes.yaml").read_text(encoding="utf-8")
    found: Mapping[str, Any] = yaml.safe_load(text)
    return found


def code_changes(pairs: Iterable[tuple[str, str, date | None]] = ()) -> tuple[CodeChange, ...]:
    """Known changes of codes, and those of the vendor's (old, new, listed) pairs for Beijing.

    Raises
    ------
    BadAnswerError
        If a code is none, or changes twice.

    Examples
    --------
    >>> code_changes()[0]
    CodeChange(old='601313.SH', new='601360.SH', on=datetime.date(2018, 2, 28),
               listed=datetime.date(2012, 1, 16))
    """
    table = _known()
    beijing, pilots = table["beijing"], table["beijing"]["pilots"]
    found = [
        CodeChange(row["old"], row["new"], row["since"], row["listed"]) for row in table["changes"]
    ]
    known = {change.old for change in found}
    for old, new, listed in pairs:
        if old is None or new is None or old == new or old in known:
            continue
        on = pilots["since"] if old in pilots["old"] else beijing["since"]
        if listed is None or listed < on:
            found.append(CodeChange(old, new, on, listed))
    codes = pl.Series([code for change in found for code in (change.old, change.new)])
    odd = codes.filter(~codes.str.contains(SHAPES["share"])).to_list()
    for side in ("old", "new"):
        sides = [getattr(change, side) for change in found]
        odd += sorted({code for code in sides if sides.count(code) > 1})
    if odd:
        raise BadAnswerError(f"expected each code to change once, got {', '.join(odd[:5])}")
    return tuple(found)


def board_of(market: str | None, code: str) -> str:
    """Board by the vendor's word, by the code where the word is missing.

    Examples
    --------
    >>> board_of("创业板", "300750.SZ"), board_of(None, "688981.SH"), board_of(None, "600000.SH")
    ('chinext', 'star', 'main')
    """
    if market in _BOARDS:
        return _BOARDS[market]
    if code.endswith(".BJ"):
        return "bse"
    return next((board for prefix, board in _PREFIXES if code.startswith(prefix)), "main")


def identified(frame: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """One row for each code of each security, with identity and span.

    A change that the vendor knows under one code only gives rows for both: listing day, status
    and delisting are the security's, name and the rest come from the code's own row where there
    is one. A delisted code that was never re-coded keeps its own span. A security that waits for
    its listing has no row until the day is known: it was never listed.

    Parameters
    ----------
    frame : polars.DataFrame
        Columns of ``ref.securities`` as far as the vendor gives them.
    pairs : polars.DataFrame
        ``o_code``, ``n_code`` and ``list_date`` of ``bse_mapping``.

    Raises
    ------
    BadAnswerError
        If a code comes twice, or a listed share has no listing day.
    """
    rows = {row["asset"]: row for row in frame.iter_rows(named=True)}
    if len(rows) != frame.height or None in rows:
        twice = frame.filter(frame["asset"].is_duplicated() | frame["asset"].is_null())
        shown = ", ".join(map(str, twice["asset"].unique().sort().head(5)))
        raise BadAnswerError(f"expected each code once, got {shown} with different particulars")
    changes = [
        change
        for change in code_changes(pairs.select("o_code", "n_code", "list_date").iter_rows())
        if _happened(change, rows)
    ]
    later = {change.old: change for change in changes}
    re_coded = {change.new for change in changes}
    roots = [change.old for change in changes if change.old not in re_coded]
    roots += [code for code in rows if code not in later and code not in re_coded]
    spans = [span for root in roots for span in _spans(root, later, rows)]
    types = {"security_id": pl.String(), "valid_from": pl.Date(), "valid_to": pl.Date()}
    return pl.DataFrame(spans, schema={**frame.schema, **types}, orient="row")


def _happened(change: CodeChange, rows: Mapping[str, Any]) -> bool:
    """Whether these rows know the security, and it was still listed at the change."""
    if change.new in rows:
        return True
    old = rows.get(change.old)
    return old is not None and (old["delist_date"] is None or old["delist_date"] > change.on)


def _spans(
    root: str, later: Mapping[str, CodeChange], rows: Mapping[str, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Rows of one security, one for each of its codes in order."""
    codes, starts = [root], [date.min]
    while codes[-1] in later:
        change = later[codes[-1]]
        codes.append(change.new)
        starts.append(change.on)
    held = [code for code in codes if code in rows]
    now = rows[held[-1]]
    listed = _listed(root, later, rows, now)
    if listed is None:
        return []
    starts[0] = listed
    delisted = now["delist_date"]
    ends = [start - _DAY for start in starts[1:]] + [delisted and delisted - _DAY]
    found = []
    for code, start, end in zip(codes, starts, ends, strict=True):
        own = rows.get(code, now)
        found.append(
            {
                **own,
                "security_id": root,
                "asset": code,
                "valid_from": start,
                "valid_to": end,
                "exchange": own["exchange"] or _EXCHANGES.get(code.rpartition(".")[2]),
                "board": board_of(own["board"], code),
                "status": now["status"],
                "list_date": listed,
                "delist_date": delisted,
            }
        )
    return found


def _listed(
    root: str,
    later: Mapping[str, CodeChange],
    rows: Mapping[str, Mapping[str, Any]],
    now: Mapping[str, Any],
) -> date | None:
    """The day on which a security was first listed; none yet for those that wait."""
    told = rows[root]["list_date"] if root in rows else None
    if told is None and root in later:
        told = later[root].listed
    told = told or now["list_date"]
    if told is None and now["status"] not in (None, "G"):
        raise BadAnswerError(f"expected a listing day, got none for {root}")
    if root in later and told is not None and told >= later[root].on:
        raise BadAnswerError(
            f"expected {root} to be listed before its code changed on {later[root].on}, got {told}"
        )
    return told
