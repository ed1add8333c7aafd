"""A calculation in the background: progress, result, error, cancel."""

from __future__ import annotations

from concurrent.futures import CancelledError, ThreadPoolExecutor
from threading import Event

import pytest

from workbench.apps.job import Job
from workbench.errors import EvaluationError

PATIENCE = 10.0


@pytest.fixture
def pool():
    with ThreadPoolExecutor(1) as made:
        yield made


def test_progress_is_seen_from_outside(pool) -> None:
    reached, go_on = Event(), Event()

    def work(tell):
        tell("half", 0.5)
        reached.set()
        assert go_on.wait(PATIENCE)
        tell("whole", 1.0)
        return "result"

    job = Job(work).start(pool)
    assert reached.wait(PATIENCE)
    assert (job.stage, job.share, job.done) == ("half", 0.5, False)
    go_on.set()
    assert job.result() == "result"
    assert (job.stage, job.share, job.done) == ("whole", 1.0, True)


def test_cancel_ends_the_work_at_its_next_stage(pool) -> None:
    reached, go_on, after = Event(), Event(), Event()

    def work(tell):
        reached.set()
        assert go_on.wait(PATIENCE)
        tell("next", 0.5)
        after.set()

    job = Job(work).start(pool)
    assert reached.wait(PATIENCE)
    job.cancel()
    go_on.set()
    with pytest.raises(CancelledError):
        job.result()
    assert job.cancelled
    assert not after.is_set()


def test_a_job_that_waits_never_begins_once_cancelled(pool) -> None:
    go_on, begun = Event(), Event()
    first = Job(lambda tell: go_on.wait(PATIENCE)).start(pool)
    second = Job(lambda tell: begun.set()).start(pool)
    assert second.stage == "waiting for a free worker"
    second.cancel()
    go_on.set()
    assert first.result()
    assert second.done
    assert not begun.is_set()


def test_an_error_is_the_work_s_own(pool) -> None:
    def work(tell):
        raise EvaluationError("no names")

    with pytest.raises(EvaluationError, match="no names"):
        Job(work).start(pool).result()


def test_a_job_that_was_never_started_says_so() -> None:
    with pytest.raises(CancelledError, match="never started"):
        Job(lambda tell: None).result()
