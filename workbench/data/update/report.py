"""What an update did and what is still missing, as frozen values.

`DatasetReport` speaks of one dataset, `UpdateReport` of a run; `Gap` names something that should
be in the store and is not; `Progress` is what a progress callback receives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from html import escape
from typing import Any

from workbench.data.catalog import catalog
from workbench.errors import DataGapError

__all__ = ["DatasetReport", "Gap", "Progress", "ProgressCallback", "UpdateReport"]

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one dataset is: units done of those planned, calls so far, what is going on."""

    dataset: str
    done: int
    total: int
    calls: int
    note: str = ""


ProgressCallback = Callable[[Progress], None]
"""Receives a `Progress` after each step; what it raises ends the update between two commits."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that should be in the store and is not.

    Attributes
    ----------
    dataset, key : str
        The unit.
    session : date or None
        Its day, where it has one.
    kind : str
        ``missing`` (assets without a row), ``shrunk`` (far fewer rows than the session before),
        ``empty`` (no row at all), ``not_yet`` (still to be published), ``deferred``, ``denied``,
        ``quarantined``, ``failed``, ``unfetched``.
    count : int
        How many rows are missing where that is known, else 0.
    assets : tuple of str
        The first of them.
    detail : str
        For people.
    """

    dataset: str
    key: str
    session: date | None
    kind: str
    count: int = 0
    assets: tuple[str, ...] = ()
    detail: str = ""


@dataclass(frozen=True)
class DatasetReport:
    """What became of one dataset.

    Attributes
    ----------
    dataset, provider : str
        Which, from whom.
    first, last : date or None
        The window that was looked at.
    version : int or None
        Version of the table afterwards; None where there is none.
    units : mapping of str to int
        Settled units by state: ``verified``, ``committed``, ``empty_confirmed``.
    rows : int
        Rows in the units settled.
    calls : int
        Requests that reached the vendor.
    resumed : int
        Units that an earlier, interrupted run had fetched.
    revisions : int
        Values that the vendor has changed, rows that appeared late or vanished.
    gaps : tuple of Gap
        What this run met and could not get.
    deferred : str
        Until when the vendor refuses (UTC), empty if it does not.
    denied : str
        What the account lacks, empty if nothing.
    remaining : int
        Units planned and not reached.
    notes : tuple of str
        For people.
    """

    dataset: str
    provider: str = ""
    first: date | None = None
    last: date | None = None
    version: int | None = None
    units: Mapping[str, int] = field(default_factory=dict)
    rows: int = 0
    calls: int = 0
    resumed: int = 0
    revisions: int = 0
    gaps: tuple[Gap, ...] = ()
    deferred: str = ""
    denied: str = ""
    remaining: int = 0
    notes: tuple[str, ...] = ()

    @property
    def provable(self) -> bool:
        """Whether calendar, listings and suspensions can prove the dataset whole."""
        known = catalog().get(self.dataset)
        return known is not None and known.expects == "traded"

    @property
    def complete(self) -> bool:
        """Whether everything asked for is in the store."""
        return not (self.gaps or self.deferred or self.denied or self.remaining)


@dataclass(frozen=True)
class UpdateReport:
    """What an update did.

    Attributes
    ----------
    parts : tuple of DatasetReport
        One a dataset, those that were needed first.
    seconds : float
        How long it took.
    """

    parts: tuple[DatasetReport, ...]
    seconds: float = 0.0

    def __getitem__(self, dataset: str) -> DatasetReport:
        """The part of one dataset, the last of several; `KeyError` where there is none."""
        return {part.dataset: part for part in self.parts}[dataset]

    @property
    def datasets(self) -> tuple[str, ...]:
        """Names of the datasets, in the order in which they were updated."""
        return tuple(part.dataset for part in self.parts)

    @property
    def rows(self) -> int:
        """Rows in all units settled."""
        return sum(part.rows for part in self.parts)

    @property
    def calls(self) -> int:
        """Requests that reached a vendor."""
        return sum(part.calls for part in self.parts)

    @property
    def revisions(self) -> int:
        """Values that vendors changed."""
        return sum(part.revisions for part in self.parts)

    @property
    def units(self) -> dict[str, int]:
        """Settled units by state."""
        total: dict[str, int] = {}
        for part in self.parts:
            for state, count in part.units.items():
                total[state] = total.get(state, 0) + count
        return total

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Everything that should be there and is not."""
        return tuple(gap for part in self.parts for gap in part.gaps)

    @property
    def deferred(self) -> dict[str, str]:
        """Datasets that wait for an allowance, with the time (UTC) until which."""
        return {part.dataset: part.deferred for part in self.parts if part.deferred}

    @property
    def denied(self) -> dict[str, str]:
        """Datasets that the account may not fetch, with the reason."""
        return {part.dataset: part.denied for part in self.parts if part.denied}

    @property
    def quarantined(self) -> tuple[Gap, ...]:
        """Units whose answer was refused."""
        return tuple(gap for gap in self.gaps if gap.kind == "quarantined")

    @property
    def complete(self) -> bool:
        """Whether everything asked for is in the store."""
        return all(part.complete for part in self.parts)

    def joined(self, *others: UpdateReport) -> UpdateReport:
        """Several reports as one, in the order given."""
        parts = self.parts + tuple(part for other in others for part in other.parts)
        return UpdateReport(parts, self.seconds + sum(other.seconds for other in others))

    def raise_for_gaps(self) -> None:
        """Raise `DataGapError` unless everything asked for is in the store."""
        if self.complete:
            return
        lines = [line for part in self.parts for line in _troubles(part)]
        raise DataGapError(
            "The update left gaps: " + "; ".join(lines) + ". Run it again later; "
            "`workbench data gaps DATASET` lists every row."
        )

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON values: days and times are ISO text."""
        parts = [{**_plain(asdict(part)), "complete": part.complete} for part in self.parts]
        return {
            "datasets": parts,
            "rows": self.rows,
            "units": self.units,
            "calls": self.calls,
            "revisions": self.revisions,
            "gaps": len(self.gaps),
            "deferred": self.deferred,
            "denied": self.denied,
            "quarantined": len(self.quarantined),
            "seconds": round(self.seconds, 3),
            "complete": self.complete,
        }

    def __str__(self) -> str:
        head = ("dataset", "units", "rows", "calls", "revised", "gaps")
        table = [head, *(_line(part) for part in self.parts)]
        widths = [max(len(row[place]) for row in table) for place in range(len(head))]
        lines = [_aligned(row, widths) for row in table]
        troubles = [line for part in self.parts for line in _troubles(part)]
        notes = [f"{part.dataset}: {note}" for part in self.parts for note in part.notes]
        state = "complete" if self.complete else "not complete"
        if self.complete and any(
            part.units.get("committed") for part in self.parts if part.provable
        ):
            state = "nothing is known to be missing, not all of it is proved"
        return "\n".join([*lines, *troubles, *notes, f"{state}, {self.seconds:.1f} s"])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>"


def _line(part: DatasetReport) -> tuple[str, ...]:
    counts = (sum(part.units.values()), part.rows, part.calls, part.revisions, len(part.gaps))
    return (part.dataset, *(f"{count:,}" for count in counts))


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [row[0].ljust(widths[0])]
    cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
    return "  ".join(cells)


def _troubles(part: DatasetReport) -> list[str]:
    """One line a kind of trouble, the first few units named."""
    lines = []
    if part.denied:
        lines.append(f"{part.dataset}: not allowed: {part.denied}")
    if part.deferred:
        lines.append(f"{part.dataset}: deferred until {part.deferred}")
    for kind in sorted({gap.kind for gap in part.gaps}):
        found = [gap for gap in part.gaps if gap.kind == kind]
        lines.append(f"{part.dataset}: {kind}: {_listed(found)}")
    if part.remaining:
        lines.append(f"{part.dataset}: {part.remaining} units not reached")
    return lines


def _listed(found: Sequence[Gap]) -> str:
    """The first units; those with one reason stand together, and it is said once."""
    reasons: dict[str, list[str]] = {}
    for gap in found:
        reasons.setdefault(_reason(gap), []).append(gap.key)
    named = 0
    shown = []
    for reason, keys in reasons.items():
        some = keys[: _SHOWN - named]
        if not some:
            break
        named += len(some)
        shown.append(", ".join(some) + (f" ({reason})" if reason else ""))
    return ", ".join(shown) + (f" … {len(found)} units" if len(found) > named else "")


def _reason(gap: Gap) -> str:
    assets = ", ".join(gap.assets[:3]) + (" …" if gap.count > 3 else "") if gap.assets else ""
    return assets or gap.detail


def _plain(value: Any) -> Any:
    """Turn days, times and tuples into JSON values."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(held) for key, held in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(held) for held in value]
    return value
