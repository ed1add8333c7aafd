"""Which units are due: those never settled, those that may have changed, and a sample of the old.

1. `known_units` takes what the ledger says
2. `due_sessions` decides for datasets that are fetched by session
3. `due_units` decides for all others

Nothing is due twice within one publication period, unless it was incomplete while it was young, it
was brought by the user and not proved complete, or the user forces it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from workbench.data.dataset import Dataset
from workbench.data.provider import Unit
from workbench.data.update.publication import GRACE, Publication

if TYPE_CHECKING:
    import polars as pl

    from workbench.data.store import UnitRecord

__all__ = [
    "IMPORTED",
    "Known",
    "due_sessions",
    "due_units",
    "known_of",
    "known_units",
    "sample",
    "unproved_import",
]

IMPORTED = ("files", "frames")
"""Providers in the ledger that are no vendors: rows that the user brought."""

_SHORTEST = timedelta(days=1)
_LONGEST = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger knows about one unit: its span, its rows, and when it was settled (UTC)."""

    key: str
    state: str
    first: date | None
    last: date | None
    rows: int
    missing: int
    settled_at: datetime
    expected: int | None = None
    provider: str = ""
    sha256: str = ""
    note: str = ""


def unproved_import(held: Known, vendor: str) -> bool:
    """Whether a vendor should be asked for a unit that the user brought: it may be a part."""
    return held.provider in IMPORTED and held.state != "verified" and vendor not in IMPORTED


def known_units(ledger: pl.DataFrame) -> dict[str, Known]:
    """Read the ledger's settled units by key; of several providers the latest counts."""
    names = [name for name in Known.__dataclass_fields__ if name in ledger.columns]
    order = [name for name in ("settled_at", "version") if name in ledger.columns]
    rows: Iterable[dict[str, Any]] = ledger.sort(order).select(names).iter_rows(named=True)
    return {row["key"]: Known(**row) for row in rows}


def known_of(record: UnitRecord) -> Known:
    """What a record says."""
    return Known(**{name: getattr(record, name) for name in Known.__dataclass_fields__})


def due_sessions(
    dataset: Dataset,
    published: Mapping[date, datetime],
    known: Mapping[str, Known],
    window: tuple[date, date],
    now: datetime,
    *,
    force: bool = False,
    audit: int = 0,
    vendor: str = "",
    tellable: Collection[str] = (),
) -> list[date]:
    """Sessions to fetch, ascending.

    Parameters
    ----------
    published : mapping of date to datetime
        Every session that may be asked for, ascending, and when it came out.
    known : mapping of str to Known
        Settled units by key; the key of a session is its ISO date.
    window : tuple of date
        First and last day asked for; other sessions are left alone.
    now : datetime
        Aware UTC.
    force : bool
        Take everything in the window.
    audit : int
        Size of the sample of old units.
    vendor : str
        Who would be asked.
    tellable : collection of str
        Keys of units settled without an expectation that have one now.
    """
    days = [day for day in published if window[0] <= day <= window[1]]
    if force or not days:
        return days
    latest = list(published)[-dataset.reread :] if dataset.reread else []
    period = published[next(reversed(published))]
    wanted = {day for day in days if _due(published[day], known.get(day.isoformat()), now)}
    wanted |= {day for day in latest if day in days and _stale(known.get(str(day)), period)}
    brought = {key for key, held in known.items() if unproved_import(held, vendor)}
    wanted |= {day for day in days if day.isoformat() in brought or day.isoformat() in tellable}
    old = [day.isoformat() for day in days if day not in latest and day.isoformat() in known]
    picked = sample(old, f"{dataset.name} {period.isoformat()}", audit)
    wanted |= {date.fromisoformat(key) for key in picked if _stale(known[key], period)}
    return sorted(wanted)


def _due(moment: datetime, held: Known | None, now: datetime) -> bool:
    """Whether a session is unknown, or incomplete and worth another try.

    A session that lacked rows is tried again at every run while it is young, then at growing
    distances: as long after the last try as that came after publication, a day at least and a
    month at most.
    """
    if held is None:
        return True
    if not held.missing:
        return False
    if held.settled_at < moment + GRACE:
        return True
    return held.settled_at + min(_LONGEST, max(_SHORTEST, held.settled_at - moment)) <= now


def _stale(held: Known | None, period: datetime) -> bool:
    return held is not None and held.settled_at < period


def due_units(
    dataset: Dataset,
    units: Sequence[Unit],
    known: Mapping[str, Known],
    period: datetime,
    *,
    force: bool = False,
    audit: int = 0,
    vendor: str = "",
) -> list[Unit]:
    """Units to fetch, in the order given, for datasets that are not fetched by session.

    A unit is due when it was never settled, when its span has grown, when the user brought it and
    nothing proved it complete, and once in each publication period as long as its span had not
    ended when it was settled.
    """
    if force:
        return list(units)
    publication = Publication.of(dataset)
    old = [unit.key for unit in units if unit.key in known and unit.last is not None]
    picked = set(sample(old, f"{dataset.name} {period.isoformat()}", audit))
    found = []
    for unit in units:
        held = known.get(unit.key)
        if held is None or not _spans(held, unit) or unproved_import(held, vendor):
            found.append(unit)
            continue
        ended = unit.last is not None and held.settled_at >= publication.on(unit.last) + _SHORTEST
        if held.settled_at < period and (not ended or unit.key in picked):
            found.append(unit)
    return found


def _spans(held: Known, unit: Unit) -> bool:
    """Whether the settled span contains that of the unit; a missing bound is open."""
    first = held.first is None or (unit.first is not None and held.first <= unit.first)
    last = held.last is None or (unit.last is not None and unit.last <= held.last)
    return first and last


def sample(keys: Sequence[str], seed: str, count: int) -> list[str]:
    """`count` of `keys`, the same for the same `seed`, spread without order.

    Examples
    --------
    >>> sample(["a", "b", "c"], "2024", 2) == sample(["c", "a", "b"], "2024", 2)
    True
    """
    ranked = sorted(keys, key=lambda key: hashlib.sha256(f"{seed}\n{key}".encode()).digest())
    return ranked[:count]
