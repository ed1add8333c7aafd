"""One chunk of units: asked for, judged, doubted, asked for again, settled, let go.

The two halves before and after the network are plain methods; `Chunks.run` puts them around the
`Ask` that somebody with a network answers.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from workbench.data.client import Fetched, Landing
from workbench.data.provider import Pages, Unit
from workbench.data.update.assess import Answer, Before, Bench, assess
from workbench.data.update.plan import Known, known_of
from workbench.data.update.reference import Reference
from workbench.data.update.settle import settle
from workbench.data.update.tally import Tally
from workbench.errors import (
    AccessDeniedError,
    AuthenticationError,
    ProviderError,
    QuotaError,
    UnreachableError,
)

if TYPE_CHECKING:
    from workbench.data.cellar import Cellar

__all__ = ["Ask", "Chunks"]

_ATTEMPTS = {"empty": "failed"}
_BACK = 20
"""Sessions looked back at for one that is known: days without an answer say nothing."""

_ENDS = (QuotaError, AccessDeniedError, AuthenticationError, UnreachableError)


@dataclass(frozen=True, slots=True)
class Ask:
    """Units that somebody with a network must fetch, and how far the dataset is."""

    units: tuple[Unit, ...]
    done: int
    total: int
    calls: int


class Chunks:
    """Serves the chunks of one dataset, whose lock is held.

    Parameters
    ----------
    cellar : Cellar
    bench : Bench
        What answers are compared with.
    tally : Tally
        Counts what happens.
    known : mapping of str to Known
        Units settled before, by key.
    """

    def __init__(
        self, cellar: Cellar, bench: Bench, tally: Tally, known: Mapping[str, Known]
    ) -> None:
        self.cellar = cellar
        self.bench = bench
        self.tally = tally
        self.landing = Landing(cellar.root, clock=cellar.clock)
        self._before_this_run = dict(known)
        self._known = dict(known)
        self._before = _sessions_before(bench.moments)
        self._reference = Reference(cellar, bench.dataset, force=bench.force)

    def run(self, units: Sequence[Unit]) -> Generator[Ask, list[Fetched], bool]:
        """Serve one chunk; return whether going on makes sense."""
        came = yield self._ask(units)
        at = self.cellar.clock()
        pages, errors = self._sorted_out(units, came)
        answers: dict[str, Answer] = {}
        for unit in units:
            if unit.key in pages:
                answers[unit.key] = self._judge(unit, pages[unit.key], at, answers)
        doubtful = [answer.unit for answer in answers.values() if self._doubted(answer)]
        if doubtful:
            for unit in doubtful:
                self.landing.discard(self.bench.provider.name, unit)
            came = yield self._ask(doubtful)
            again, _ = self._sorted_out(doubtful, came)
            for unit in doubtful:
                if unit.key in again:
                    second = self._judge(unit, again[unit.key], at, answers)
                    if _better(second, answers[unit.key]):
                        answers[unit.key], pages[unit.key] = second, again[unit.key]
        self.close(list(answers.values()), dict.fromkeys(answers, at), pages)
        self._note_errors(units, errors)
        self.tally.done += len(units)
        self.tally.say()
        return bool(pages) and not any(isinstance(error, _ENDS) for error in errors.values())

    def close(
        self,
        answers: Sequence[Answer],
        at: Mapping[str, datetime],
        pages: Mapping[str, Pages],
    ) -> None:
        """Settle judged answers, note what may not be stored, let the landed pages go."""
        cellar, bench = self.cellar, self.bench
        done = settle(
            cellar,
            bench.dataset,
            answers,
            provider=bench.provider.name,
            at=at,
            known=self._before_this_run,
        )
        self._known |= {record.key: known_of(record) for record in done.records}
        self.tally.committed(done, answers)
        for answer in answers:
            unit = answer.unit
            if answer.trouble:
                self._attempt(unit, _ATTEMPTS.get(answer.trouble, answer.trouble), answer.detail)
                self.tally.refused(answer)
            if answer.trouble == "quarantined" or answer.bad is not None:
                self.landing.quarantine(bench.provider.name, unit, pages[unit.key], answer.detail)
            self.landing.discard(bench.provider.name, unit, keep=cellar.settings.keep_raw)

    def judge_landed(self, unit: Unit, pages: Pages, at: datetime) -> Answer:
        """Judge an answer that an interrupted run had landed, as of the time it landed."""
        return self._judge(unit, pages, at, {})

    def _ask(self, units: Sequence[Unit]) -> Ask:
        return Ask(tuple(units), self.tally.done, self.tally.total, self.tally.calls)

    def _sorted_out(
        self, units: Sequence[Unit], came: Sequence[Fetched]
    ) -> tuple[dict[str, Pages], dict[str, ProviderError]]:
        """Pages and errors by key, in the order of the units; calls are counted."""
        by_key = {fetched.unit.key: fetched for fetched in came}
        self.tally.calls += sum(fetched.calls for fetched in came)
        self.tally.resumed += sum(fetched.resumed for fetched in came)
        found = [(unit.key, by_key[unit.key]) for unit in units if unit.key in by_key]
        pages = {key: one.pages for key, one in found if one.pages is not None}
        return pages, {key: one.error for key, one in found if one.error is not None}

    def _judge(
        self, unit: Unit, pages: Pages, at: datetime, judged: Mapping[str, Answer]
    ) -> Answer:
        """Judge one answer; `judged` are those of the same chunk so far."""
        held = self._known.get(unit.key)
        rows = 0 if held is None else held.rows
        before = Before(rows, rows)
        if self.bench.dataset.axis == "session":
            before = self._session_before(unit.first, judged)
        answer = assess(replace(self.bench, now=at), unit, pages, before, rows)
        return self._reference.judged(answer, self._before.get(unit.first or date.min))

    def _session_before(self, day: date | None, judged: Mapping[str, Answer]) -> Before:
        """What the latest session before had of which anything is known."""
        for _ in range(_BACK):
            day = self._before.get(day) if day is not None else None
            if day is None:
                break
            answer, held = judged.get(day.isoformat()), self._known.get(day.isoformat())
            if answer is not None and answer.state:
                rows = answer.frame.height
                return Before(rows, max(rows, answer.expected or 0))
            if held is not None:
                return Before(held.rows, max(held.rows, held.expected or 0))
        return Before()

    def _doubted(self, answer: Answer) -> bool:
        """Whether asking again may help: not if the vendor had said exactly this before."""
        held = self._known.get(answer.unit.key)
        same = held is not None and (held.rows, held.missing) == (
            answer.frame.height,
            answer.short,
        )
        return answer.doubt and not same

    def _note_errors(self, units: Sequence[Unit], errors: Mapping[str, ProviderError]) -> None:
        for unit in units:
            if unit.key in errors:
                error = errors[unit.key]
                state = self.tally.failed(unit, error)
                self._attempt(unit, state, str(error), getattr(error, "until", None))

    def _attempt(self, unit: Unit, state: str, reason: str, until: datetime | None = None) -> None:
        self.cellar.ledger.attempt(
            unit.dataset, self.bench.provider.name, unit.key, state, reason, until
        )


def _better(second: Answer, first: Answer) -> bool:
    """Whether the second answer replaces the first: it may be stored, and lacks no more."""
    if not second.state:
        return not first.state
    return not first.state or second.short <= first.short


def _sessions_before(moments: Mapping[date, datetime]) -> dict[date, date]:
    days = list(moments)
    return dict(zip(days[1:], days, strict=False))
