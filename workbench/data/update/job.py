"""The phases of updating one dataset, without any network: the same for sync and async.

1. the dataset's lock is taken; other processes wait, and then find the work done
2. healing: commits that the ledger missed are recorded, landed answers are settled
3. the units that are due are planned, in chunks
4. each chunk is asked for (`Ask` is yielded, `Fetched` is sent back), judged, doubtful units are
   asked for once more, and the chunk is settled in one commit
5. closed months are merged into larger files
6. where this dataset proves others complete, the sessions concerned are judged again

`dataset_job` is a generator; whoever runs it owns the client.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from workbench.data.client import Fetched
from workbench.data.update.assess import Validator
from workbench.data.update.chunk import Ask, Chunks
from workbench.data.update.heal import heal, settle_landed
from workbench.data.update.plan import known_units
from workbench.data.update.proof import judge_dependents, judge_since, seen_versions
from workbench.data.update.report import DatasetReport, ProgressCallback
from workbench.data.update.scope import scope_of
from workbench.data.update.tally import Tally
from workbench.data.update.task import Task
from workbench.data.update.verify import reverify
from workbench.errors import BadValueError, StoreBusyError

if TYPE_CHECKING:
    from workbench.data.cellar import Cellar

__all__ = ["Job", "Lost", "dataset_job", "holding"]

Job = Generator[Ask, list[Fetched], DatasetReport]
"""Yields `Ask`, expects the `Fetched` of its units in any order, returns the report."""

Lost = dict[str, str]
"""Vendors that cannot be reached in this run, and the dataset at which that was found out."""

_WAIT = 15.0
_PATIENCE = 6 * 3600.0


def dataset_job(
    cellar: Cellar,
    task: Task,
    *,
    progress: ProgressCallback | None = None,
    validator: Validator | None = None,
    lost: Lost | None = None,
) -> Job:
    """Update one dataset.

    `lost` is shared by the jobs of a run: what one found out of reach the next do not try.

    Raises
    ------
    AuthenticationError
        After everything that had arrived is committed.
    StoreBusyError
        If another process keeps the dataset for hours.
    """
    tally, name = Tally(task, progress), task.dataset.name
    lost = {} if lost is None else lost
    with holding(cellar, name, tally):
        seen = seen_versions(cellar, task.dataset)
        report = yield from _held_job(cellar, task, tally, validator, lost)
        judge_since(cellar, task.dataset, seen)
    judge_dependents(cellar, name, seen.get(name))
    if tally.lost:
        lost.setdefault(task.provider.name, name)
    if tally.fatal is not None:
        tally.fatal.add_note(f"Committed before: {report.rows} rows of {report.dataset}.")
        raise tally.fatal
    return report


def _held_job(
    cellar: Cellar, task: Task, tally: Tally, validator: Validator | None, lost: Lost
) -> Generator[Ask, list[Fetched], DatasetReport]:
    """The phases under the lock."""
    name, unasked = task.dataset.name, _unasked(task, lost)
    heal(cellar, task.dataset)
    known = known_units(cellar.ledger.units(name))
    try:
        scope = scope_of(cellar, task, known, validator)
    except BadValueError:
        # Codes come from tables that the same vendor should have given.
        if not unasked:
            raise
        tally.unplanned(unasked)
        return tally.report(cellar)
    chunks = Chunks(cellar, scope.bench, tally, known)
    tally.resumed += (landed := settle_landed(cellar, chunks))
    if landed + reverify(cellar, scope.bench, known, task.first, task.last):
        known = known_units(cellar.ledger.units(name))
        scope = scope_of(cellar, task, known, validator)
        chunks = Chunks(cellar, scope.bench, tally, known)
    if scope.unplanned:
        tally.unplanned(unasked or scope.unplanned)
        return tally.report(cellar)
    tally.standing(held for held in known.values() if scope.leaves(held, task.first, task.last))
    tally.total = scope.count
    tally.say()
    if unasked and scope.count:
        tally.remark(unasked)
    for units in () if unasked else scope.chunks():
        if not (yield from chunks.run(units)):
            tally.remark("stopped early: nothing more can be had from the vendor now")
            break
    if tally.settled:
        cellar.store.compact(task.dataset)
    return tally.report(cellar)


def _unasked(task: Task, lost: Lost) -> str:
    """Why the vendor is not asked at all, empty where it is."""
    where = lost.get(task.provider.name)
    return f"not tried: {task.provider.name} cannot be reached, see {where}" if where else ""


@contextmanager
def holding(cellar: Cellar, name: str, tally: Tally | None = None) -> Iterator[None]:
    """Hold a dataset's lock; waiting is said, and ends after hours."""
    waited = 0.0
    while True:
        lock = cellar.store.lock(name, timeout=_WAIT)
        try:
            lock.__enter__()
            break
        except StoreBusyError:
            waited += _WAIT
            if waited >= _PATIENCE:
                raise
            if tally is not None:
                tally.say("waiting for another process that updates this dataset")
    try:
        yield
    finally:
        lock.__exit__(None, None, None)
