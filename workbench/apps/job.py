"""One calculation in the background, watched and cancelled from a screen.

1. `Job.start` hands the work to a pool; the work receives `Job.tell` as its progress callback.
2. The screen reads `stage`, `share` and `seconds` as often as it likes.
3. `Job.cancel` sets a flag; the next call of `Job.tell` raises inside the work, which ends it.

Threads are enough: the kernels release the interpreter, and everything shared is read-only.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future
from threading import Event
from time import monotonic
from typing import Generic, TypeVar

__all__ = ["Job", "Tell"]

Result = TypeVar("Result")
Tell = Callable[[str, float], None]


class Job(Generic[Result]):
    """A calculation with progress.

    Parameters
    ----------
    work : callable
        Called with `tell`; calls it with the name of a stage and the share done in [0, 1].

    Examples
    --------
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> with ThreadPoolExecutor(1) as pool:
    ...     job = Job(lambda tell: (tell("counting", 0.5), sum(range(4)))[1]).start(pool)
    ...     job.result(), job.stage
    (6, 'counting')
    """

    def __init__(self, work: Callable[[Tell], Result]) -> None:
        self._work = work
        self._cancelled = Event()
        self._began = monotonic()
        self._future: Future[Result] | None = None
        self._progress = ("waiting for a free worker", 0.0)

    def start(self, pool: Executor) -> Job[Result]:
        """Hand the work to a pool; answers the job itself."""
        self._future = pool.submit(self._run)
        return self

    def _run(self) -> Result:
        self.tell("starting", 0.0)
        return self._work(self.tell)

    def tell(self, stage: str, share: float) -> None:
        """Note how far the work is; raises ``CancelledError`` once the job was cancelled."""
        if self._cancelled.is_set():
            raise CancelledError(stage)
        self._progress = (stage, share)

    def cancel(self) -> None:
        """Ask the work to stop; it does at its next stage, or at once if it has not begun."""
        self._cancelled.set()
        if self._future is not None:
            self._future.cancel()

    @property
    def stage(self) -> str:
        """What is being done."""
        return self._progress[0]

    @property
    def share(self) -> float:
        """How much is done, in [0, 1]."""
        return self._progress[1]

    @property
    def seconds(self) -> float:
        """Time since the job was made."""
        return monotonic() - self._began

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked for an end."""
        return self._cancelled.is_set()

    @property
    def done(self) -> bool:
        """Whether there is a result, an error or an end."""
        return self._future is not None and self._future.done()

    def result(self) -> Result:
        """Wait for the result; raises what the work raised, ``CancelledError`` if cancelled."""
        if self._future is None:
            raise CancelledError("the job was never started")
        return self._future.result()
