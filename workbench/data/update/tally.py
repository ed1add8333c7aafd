"""What one dataset's update has come to so far; at the end it becomes a `DatasetReport`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from workbench.data.provider import Unit
from workbench.data.update.assess import Answer
from workbench.data.update.plan import Known
from workbench.data.update.report import DatasetReport, Gap, Progress, ProgressCallback
from workbench.data.update.settle import Settled
from workbench.data.update.task import Task
from workbench.errors import (
    AccessDeniedError,
    AuthenticationError,
    BadAnswerError,
    ProviderError,
    QuotaError,
    UnreachableError,
)

if TYPE_CHECKING:
    from workbench.data.cellar import Cellar

__all__ = ["KINDS", "Tally"]

KINDS: tuple[tuple[type[ProviderError], str], ...] = (
    (QuotaError, "deferred"),
    (AccessDeniedError, "denied"),
    (BadAnswerError, "quarantined"),
)
"""How errors of a vendor are called in reports and attempts; all others are ``failed``."""

_NAMED = 20


class Tally:
    """Counts and troubles of one dataset.

    Attributes
    ----------
    total : int
        Units planned.
    done : int
        Units answered, well or not.
    calls : int
        Requests sent.
    fatal : AuthenticationError or None
        Ends the whole update.
    lost : bool
        The vendor cannot be reached: nothing more is asked of it in this run.
    """

    def __init__(self, task: Task, progress: ProgressCallback | None = None) -> None:
        self.task = task
        self.total = self.done = self.calls = self.resumed = self.rows = self.revisions = 0
        self.fatal: AuthenticationError | None = None
        self.lost = False
        self._progress = progress
        self._states: Counter[str] = Counter()
        self._gaps: dict[str, Gap] = {}
        self._notes: list[str] = []
        self._deferred = self._denied = ""

    @property
    def settled(self) -> int:
        """Units settled."""
        return sum(self._states.values())

    def say(self, note: str = "") -> None:
        """Tell the progress callback how far it is."""
        if self._progress is not None:
            name = self.task.dataset.name
            self._progress(Progress(name, self.done, self.total, self.calls, note))

    def remark(self, note: str) -> None:
        """Keep a remark for the report."""
        self._notes.append(note)

    def standing(self, units: Iterable[Known]) -> None:
        """Units that lack rows and are too old to be asked for at every run: gaps all the same."""
        for held in units:
            unit = Unit(self.task.dataset.name, held.key, held.first, held.last)
            detail = "; ".join(filter(None, (held.note, f"as of {held.settled_at:%Y-%m-%d}")))
            self._gap(unit, "missing", held.missing, detail=detail)

    def unplanned(self, reason: str) -> None:
        """Nothing could be planned."""
        name = self.task.dataset.name
        self._gaps["calendar"] = Gap(name, "all", None, "failed", detail=reason)

    def failed(self, unit: Unit, error: ProviderError) -> str:
        """A unit could not be fetched; return the state of the attempt."""
        kind = next((word for wanted, word in KINDS if isinstance(error, wanted)), "failed")
        self._gap(unit, kind, detail=str(error))
        if isinstance(error, QuotaError):
            until = getattr(error, "until", None)
            self._deferred = until.isoformat() if until is not None else str(error)
        if isinstance(error, AccessDeniedError):
            self._denied = str(error)
        if isinstance(error, AuthenticationError):
            self.fatal = error
        self.lost |= isinstance(error, UnreachableError)
        return kind

    def refused(self, answer: Answer) -> None:
        """Nothing of an answer may be stored."""
        self._gap(answer.unit, answer.trouble, detail=answer.detail)

    def committed(self, settled: Settled, answers: Sequence[Answer]) -> None:
        """A chunk was committed."""
        self.revisions += settled.revisions
        for record in settled.records:
            self._states[record.state] += 1
            self.rows += record.rows
        for answer in answers:
            if answer.state and answer.short:
                kind = "missing" if answer.missing else "shrunk"
                self._gap(answer.unit, kind, answer.short, answer.missing, answer.detail)

    def _gap(
        self,
        unit: Unit,
        kind: str,
        count: int = 0,
        assets: tuple[str, ...] = (),
        detail: str = "",
    ) -> None:
        name, session = self.task.dataset.name, unit.first if unit.first == unit.last else None
        self._gaps[unit.key] = Gap(name, unit.key, session, kind, count, assets[:_NAMED], detail)

    def report(self, cellar: Cellar) -> DatasetReport:
        """The figures as they stand."""
        task = self.task
        return DatasetReport(
            dataset=task.dataset.name,
            provider=task.provider.name,
            first=task.first,
            last=task.last,
            version=cellar.store.version(task.dataset.name),
            units=dict(sorted(self._states.items())),
            rows=self.rows,
            calls=self.calls,
            resumed=self.resumed,
            revisions=self.revisions,
            gaps=tuple(self._gaps.values()),
            deferred=self._deferred,
            denied=self._denied,
            remaining=max(0, self.total - self.done),
            notes=tuple(self._notes),
        )
