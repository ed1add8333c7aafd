"""What an answer is worth: decoded, checked, and compared with who must be in it.

1. `assess` decodes and refuses what breaks the contract: columns, keys, days of another unit
2. validators leave out rows that cannot be prices
3. an empty answer is not yet, a gap, or the truth, by the clock, the catalogue and what the
   session before had
4. rows are counted against who must be there, or against the session before; what falls short is
   doubted, and asked for again once

Only what something proves is ``verified``: everybody expected is there, or about as many rows came
as before. Reasons quote answers, and answers may quote the request: secrets are taken out of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

import polars as pl

from workbench.data.dataset import Dataset
from workbench.data.provider import Pages, Provider, Unit
from workbench.data.redaction import redact
from workbench.data.update.expectation import Roster
from workbench.data.update.extent import belongs
from workbench.data.update.publication import GRACE
from workbench.data.update.recoded import Recoded
from workbench.data.validate import validate
from workbench.errors import BadAnswerError, BadValueError, DuplicateKeyError, SchemaError

if TYPE_CHECKING:
    from workbench.data.cellar import Cellar

__all__ = [
    "DOUBTED_EMPTY",
    "Answer",
    "Before",
    "Bench",
    "Findings",
    "Validator",
    "assess",
    "assess_frame",
    "content_hash",
    "validator_of",
]

_UNDECODABLE = (
    BadAnswerError,
    BadValueError,
    DuplicateKeyError,
    SchemaError,
    pl.exceptions.PolarsError,
)
_SHRUNK = 0.8
_FEW = 0.2
_MANY, _HANDFUL = 50, 5
_NAMED = 5

DOUBTED_EMPTY = "doubted: empty"
"""How the reason of an attempt begins whose empty answer waits for a later one that says so too."""


class Findings(Protocol):
    """What validators found: rows to leave out, and remarks."""

    bad: pl.DataFrame
    notes: tuple[str, ...]


Validator = Callable[[Dataset, pl.DataFrame], Findings | None]
"""Checks decoded rows; None where a dataset has no checks."""


def validator_of(cellar: Cellar) -> Validator:
    """The price validators, which compare with what the cellar holds."""
    return partial(validate, cellar)


@dataclass(frozen=True)
class Bench:
    """What answers of one dataset are compared with.

    Attributes
    ----------
    dataset : Dataset
    provider : Provider
    now : datetime
        Aware UTC.
    moments : mapping of date to datetime
        When each session came out.
    roster : Roster or None
        Who is listed and halted; None where the store does not know.
    validator : callable or None
        See `Validator`.
    force : bool
        The user accepts an answer far smaller than what is stored.
    recoded : Recoded
        Securities whose code changed.
    doubted : frozenset of str
        Keys of units whose last answer was doubted, in an earlier publication period: what is
        said again now is believed.
    """

    dataset: Dataset
    provider: Provider
    now: datetime
    moments: Mapping[date, datetime] = field(default_factory=lambda: MappingProxyType({}))
    roster: Roster | None = None
    validator: Validator | None = None
    force: bool = False
    recoded: Recoded = field(default_factory=Recoded)
    doubted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Before:
    """What the session before had, for datasets by session; else what the unit itself had.

    Attributes
    ----------
    rows : int
        Rows, 0 where there were none or nothing is known.
    due : int
        Rows that it should have had; more than `rows` where it was doubted itself.
    """

    rows: int = 0
    due: int = 0

    def proves(self, rows: int) -> bool:
        """Whether so many rows are about as many as there should be."""
        return self.rows > 0 and rows >= _SHRUNK * max(self.rows, self.due)


@dataclass(frozen=True)
class Answer:
    """One unit, judged.

    Attributes
    ----------
    unit : Unit
    frame : DataFrame
        Rows to store, in the dataset's contract.
    state : str
        ``verified``, ``committed``, ``empty_confirmed``, or empty where nothing may be stored.
    expected : int or None
        Rows expected.
    missing : tuple of str
        Assets without a row.
    short : int
        Rows that are missing, named or not.
    trouble : str
        Why nothing may be stored: ``quarantined``, ``not_yet``, ``empty``.
    detail : str
        The reason of `trouble`, or a remark for the ledger.
    doubt : bool
        Whether asking again may help.
    bad : DataFrame or None
        Rows that validators left out.
    """

    unit: Unit
    frame: pl.DataFrame
    state: str = ""
    expected: int | None = None
    missing: tuple[str, ...] = ()
    short: int = 0
    trouble: str = ""
    detail: str = ""
    doubt: bool = False
    bad: pl.DataFrame | None = None


def assess(bench: Bench, unit: Unit, pages: Pages, before: Before, held: int) -> Answer:
    """Judge one answer.

    Parameters
    ----------
    bench : Bench
        What to compare with.
    unit, pages
        What was asked, what came.
    before : Before
        What the session before had.
    held : int
        Rows stored for this unit, 0 where there are none.
    """
    try:
        frame = bench.provider.decode(unit, pages)
    except _UNDECODABLE as error:
        return _refused(bench, unit, str(error))
    if frame.is_empty() and not held and not pages.answers:
        # Nobody was asked: what a made market or a seed calendar does not have, there is not.
        return Answer(unit, frame, state="empty_confirmed", expected=0)
    return assess_frame(bench, unit, frame, before, held)


def assess_frame(
    bench: Bench, unit: Unit, frame: pl.DataFrame, before: Before, held: int
) -> Answer:
    """Judge rows that are decoded already; see `assess`."""
    answer = _assessed(bench, unit, frame, before, held)
    return replace(answer, detail=redact(answer.detail)) if answer.detail else answer


def _assessed(bench: Bench, unit: Unit, frame: pl.DataFrame, before: Before, held: int) -> Answer:
    broken = _breach(bench.dataset, unit, frame)
    if broken:
        return _refused(bench, unit, broken)
    frame, notes = _once(bench, unit, frame)
    bad = None
    findings = bench.validator(bench.dataset, frame) if bench.validator else None
    if findings is not None:
        notes += findings.notes
        if not findings.bad.is_empty():
            bad = findings.bad
            if bad.height == frame.height:
                return _refused(bench, unit, _reasons(bad))
            key = list(bench.dataset.key)
            frame = frame.join(bad.select(key), on=key, how="anti", nulls_equal=True)
            notes.append(_reasons(bad))
    if frame.height < _SHRUNK * held and not bench.force:
        reason = f"{frame.height} rows where {held} are stored; update with force to accept"
        return Answer(
            unit, bench.dataset.empty(), trouble="quarantined", detail=reason, doubt=True, bad=bad
        )
    if frame.is_empty():
        return _empty(bench, unit, before)
    return _counted(bench, unit, frame, before, bad, notes)


def _once(bench: Bench, unit: Unit, frame: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """Each security once: rows under a code of another time repeat those of the code in force."""
    if bench.dataset.axis != "session" or unit.first is None or "asset" not in frame.columns:
        return frame, []
    repeated = bench.recoded.repeated(unit.first, frozenset(frame["asset"].to_list()))
    if not repeated:
        return frame, []
    note = f"{len(repeated)} codes of another time left out: {', '.join(repeated[:_NAMED])}"
    return frame.filter(~pl.col("asset").is_in(list(repeated))), [note]


def _refused(bench: Bench, unit: Unit, reason: str) -> Answer:
    return Answer(unit, bench.dataset.empty(), trouble="quarantined", detail=redact(reason))


def _reasons(bad: pl.DataFrame) -> str:
    """How many rows validators left out, and why."""
    said = "" if "reason" not in bad.columns else "; ".join(bad["reason"].unique().sort().head(3))
    return f"{bad.height} rows quarantined: {said}"


def _breach(dataset: Dataset, unit: Unit, frame: pl.DataFrame) -> str:
    """How decoded rows break the contract, empty if they keep it."""
    if dict(frame.schema) != dataset.schema():
        odd = set(frame.schema.items()) ^ set(dataset.schema().items())
        return f"columns or types other than {dataset.name} has: {sorted(map(str, odd))[:_NAMED]}"
    key = list(dataset.key)
    if frame.select(key).is_duplicated().any():
        return f"two rows with one key ({', '.join(key)})"
    if not dataset.versions and frame.select(pl.any_horizontal(pl.col(key).is_null()).any()).item():
        return f"rows without a key ({', '.join(key)})"
    if not dataset.versions and not frame.select(belongs(dataset, [unit]).all()).item():
        return f"rows that do not belong to {unit.key}"
    return ""


def _empty(bench: Bench, unit: Unit, before: Before) -> Answer:
    """Judge an answer without rows."""
    dataset, none = bench.dataset, bench.dataset.empty()
    moment = bench.moments.get(unit.first) if unit.first and dataset.axis == "session" else None
    if moment is not None and bench.now < moment + GRACE:
        return Answer(unit, none, trouble="not_yet", detail="nothing published yet")
    nobody = (
        dataset.expects == "traded"
        and bench.roster is not None
        and unit.first is not None
        and not bench.roster.expected(unit.first)
        and bool(bench.roster.listed(unit.first))
    )
    many = dataset.axis == "session" and max(before.rows, before.due) >= _MANY
    if dataset.expects == "any" and many and unit.key not in bench.doubted:
        said = f"{DOUBTED_EMPTY} after {before.rows} rows; believed if a later day says so again"
        return Answer(unit, none, trouble="empty", detail=said, doubt=True)
    # An empty list of everything is no list: nothing may be replaced by it.
    if nobody or (dataset.expects == "any" and dataset.axis != "whole"):
        return Answer(unit, none, state="empty_confirmed", expected=0)
    return Answer(unit, none, trouble="empty", detail="no row, though published", doubt=True)


def _counted(
    bench: Bench,
    unit: Unit,
    frame: pl.DataFrame,
    before: Before,
    bad: pl.DataFrame | None,
    notes: list[str],
) -> Answer:
    """Compare rows with those who must be there, or with the session before."""
    expected, missing, short = None, (), 0
    proved = bench.dataset.expects == "calendar"
    if bench.dataset.expects == "traded" and bench.roster is not None and unit.first is not None:
        got = set(frame["asset"].to_list())
        wanted = bench.roster.expected(unit.first)
        unknown = sorted(got - set(bench.roster.listed(unit.first)))
        if unknown:
            named = ", ".join(unknown[:_NAMED])
            if wanted and len(unknown) > len(got) / 2:
                return _refused(bench, unit, f"most codes are not listed, such as {named}")
            notes.append(f"{len(unknown)} codes that are not listed: {named}")
        proved = bool(wanted)
        expected = len(wanted) if proved else None
        missing = tuple(sorted(wanted - got))
        short = len(missing)
    elif bench.dataset.expects == "calendar" and unit.first and unit.last:
        expected = (unit.last - unit.first).days + 1
        short = max(0, expected - frame["session"].n_unique())
    elif frame.height < _SHRUNK * before.rows and bench.dataset.axis == "session":
        return _shrunk(bench, unit, frame, before, bad, notes)
    elif bench.dataset.expects != "traded":
        proved = before.proves(frame.height)
    if bad is not None and not short:
        short = bad.height
    state = "verified" if proved and not short else "committed"
    return Answer(
        unit,
        frame,
        state,
        expected,
        missing,
        short,
        detail="; ".join(notes),
        doubt=short > 0,
        bad=bad,
    )


def _shrunk(
    bench: Bench,
    unit: Unit,
    frame: pl.DataFrame,
    before: Before,
    bad: pl.DataFrame | None,
    notes: list[str],
) -> Answer:
    """Judge far fewer rows than the session before had: never proved, and a gap where that is odd.

    A handful comes and goes. Events and suspensions may be any number: there only next to nothing
    after many is a gap, until a later day says so again.
    """
    notes = [*notes, f"shrunk: {frame.height} rows after {before.rows}"]
    swings = bench.dataset.expects == "any"
    doubt = before.rows >= _MANY if swings else before.rows - frame.height > _HANDFUL
    doubt = doubt and unit.key not in bench.doubted
    odd = doubt and (not swings or frame.height < _FEW * before.rows)
    short = before.rows - frame.height if odd else 0
    return Answer(
        unit,
        frame,
        "committed",
        before.rows if odd else None,
        (),
        short or (0 if bad is None else bad.height),
        detail="; ".join(notes),
        doubt=doubt,
        bad=bad,
    )


def content_hash(frame: pl.DataFrame) -> str:
    """SHA-256 of the rows, sorted by all columns, independent of how they are stored.

    Examples
    --------
    >>> rows = pl.DataFrame({"a": [2, 1]})
    >>> content_hash(rows) == content_hash(rows.reverse())
    True
    """
    if frame.is_empty():
        return ""
    digest = hashlib.sha256()
    for column in frame.sort(frame.columns, nulls_last=True).iter_columns():
        digest.update(f"{column.name} {column.dtype}\n".encode())
        digest.update(column.is_null().to_numpy().tobytes())
        if column.dtype == pl.String:
            filled = column.fill_null("")
            digest.update(filled.str.len_bytes().to_numpy().tobytes())
            digest.update("".join(filled.to_list()).encode())
        else:
            plain = column.to_physical().fill_null(0) if column.dtype != pl.Boolean else column
            digest.update(plain.fill_null(False).to_numpy().tobytes())
    return digest.hexdigest()
