"""The rows of the rulebook as values: read once, checked, found by day.

1. `rulebook` reads every YAML file beside this module (PyYAML, at the first question)
2. rows of the same rule and subject may not overlap in time: such a file is refused
3. `row_on` finds the one row in force on a day; `UnknownRuleError` where there is none
4. `rules_version` is the hash a run card records
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np

from workbench.errors import PanelError, UnknownRuleError

__all__ = ["Rule", "SessionLike", "as_day", "row_on", "rulebook", "rules_version"]

SessionLike: TypeAlias = str | dt.date | np.datetime64
_FILES = ("boards.yaml", "price_bands.yaml", "ticks.yaml", "lots.yaml", "fees.yaml")
_FRAME = {
    "id", "boards", "effective_from", "effective_to", "verification", "source", "title", "note",
}  # fmt: skip
_LEVELS = ("verified", "single-source", "unverified")


@dataclass(frozen=True, slots=True)
class Rule:
    """One dated row of the rulebook.

    Attributes
    ----------
    id : str
        Name of the row; it carries the first day.
    kind : str
        ``price_band``, ``tick``, ``band_floor``, ``lot`` or ``fee``.
    boards : tuple of str
        Boards it holds for; empty for every board.
    start, end : datetime.date or None
        Half-open interval ``[start, end)``; ``end`` None while in force.
    values : mapping
        The content, by column name.
    verification : str
        ``verified`` (official text), ``single-source`` or ``unverified``.
    source, title, note : str
        Citation.
    """

    id: str
    kind: str
    boards: tuple[str, ...]
    start: dt.date
    end: dt.date | None
    values: Mapping[str, Any] = field(hash=False)
    verification: str
    source: str
    title: str
    note: str = ""

    def holds_on(self, day: dt.date) -> bool:
        """Whether the row is in force on `day`."""
        return self.start <= day and (self.end is None or day < self.end)

    def holds_for(self, board: str) -> bool:
        """Whether the row covers `board`."""
        return not self.boards or board in self.boards


def as_day(session: SessionLike) -> dt.date:
    """Read a day from a date, an ISO or YYYYMMDD text or a NumPy datetime.

    Raises
    ------
    PanelError
        `session` is none of these.

    Examples
    --------
    >>> as_day("20200824")
    datetime.date(2020, 8, 24)
    """
    try:
        if isinstance(session, str) and len(session) == 8:
            return dt.datetime.strptime(session, "%Y%m%d").date()
        if isinstance(session, dt.datetime):
            return session.date()
        day = np.datetime64(session, "D")
    except (ValueError, TypeError):
        day = np.datetime64("NaT", "D")
    if np.isnat(day):
        raise PanelError(f"expected a day such as '2020-08-24', got {session!r}")
    return day.item()


def _documents() -> Iterable[tuple[str, bytes]]:
    folder = files("workbench.market.rules")
    for name in _FILES:
        yield name, (folder / name).read_bytes()


@lru_cache(maxsize=1)
def documents() -> Mapping[str, Mapping[str, Any]]:
    """Return the parsed files by name, read once."""
    import yaml

    return MappingProxyType({name: yaml.safe_load(text) for name, text in _documents()})


@lru_cache(maxsize=1)
def rules_version() -> str:
    """Return the SHA-256 over the rule files: what a run card records.

    Examples
    --------
    >>> len(rules_version())
    64
    """
    digest = hashlib.sha256()
    for name, text in _documents():
        digest.update(name.encode() + b"\0" + text)
    return digest.hexdigest()


def _rule(kind: str, row: Mapping[str, Any]) -> Rule:
    if row["verification"] not in _LEVELS:
        raise UnknownRuleError(f"{row['id']}: verification must be one of {_LEVELS}")
    return Rule(
        id=row["id"],
        kind=kind,
        boards=tuple(row.get("boards", ())),
        start=row["effective_from"],
        end=row["effective_to"],
        values=MappingProxyType({key: value for key, value in row.items() if key not in _FRAME}),
        verification=row["verification"],
        source=row["source"],
        title=row["title"],
        note=row.get("note", ""),
    )


@lru_cache(maxsize=1)
def rulebook() -> tuple[Rule, ...]:
    """Return every dated row, read once and checked for overlaps.

    Examples
    --------
    >>> [rule.id for rule in rulebook() if rule.kind == "lot" and "star" in rule.boards]
    ['cn.lot.star.2019-07-22']
    """
    rules = []
    for document in documents().values():
        if document["rule"] == "board":
            continue
        rules += [_rule(document["rule"], row) for row in document["rows"]]
        rules += [_rule("band_floor", row) for row in document.get("floors", ())]
    _refuse_overlaps(rules)
    return tuple(rules)


def _refuse_overlaps(rules: Iterable[Rule]) -> None:
    by_subject: dict[tuple[Any, ...], list[Rule]] = {}
    for rule in rules:
        for board in rule.boards or ("*",):
            subject = (rule.kind, board, rule.values.get("item"), rule.values.get("first_sessions"))
            # A row for either ST status stands against both kinds of shares.
            states = {True: (True,), False: (False,), "both": (True, False), None: (None,)}
            for st in states[rule.values.get("st")]:
                by_subject.setdefault((*subject, st), []).append(rule)
    for rows in by_subject.values():
        rows.sort(key=lambda rule: rule.start)
        for earlier, later in itertools.pairwise(rows):
            if earlier.end is None or later.start < earlier.end:
                raise UnknownRuleError(f"{earlier.id} and {later.id} overlap: close the earlier")


def row_on(kind: str, session: SessionLike, board: str, **values: object) -> Rule:
    """Return the row of `kind` in force for `board` on `session`.

    Parameters
    ----------
    kind : str
        Kind of rule.
    session : date, str or datetime64
        The day.
    board : str
        The board.
    **values : object
        Columns that must equal, such as ``item="stamp_duty_sell"``.

    Raises
    ------
    UnknownRuleError
        No row covers the day; the message names the first day that is covered.

    Examples
    --------
    >>> row_on("fee", "2023-08-28", "main_sh", item="stamp_duty_sell").values["value"]
    '0.0005'
    """
    day = as_day(session)
    subject = [
        rule
        for rule in rulebook()
        if rule.kind == kind
        and rule.holds_for(board)
        and all(rule.values.get(key) == value for key, value in values.items())
    ]
    for rule in subject:
        if rule.holds_on(day):
            return rule
    known = f"known from {min(rule.start for rule in subject)}" if subject else "no row at all"
    wanted = " ".join([kind, *map(str, values.values())])
    raise UnknownRuleError(
        f"no {wanted} rule for board {board!r} on {day} ({known}); ask for a covered day"
    )
