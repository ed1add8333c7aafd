"""Running the jobs: `update` with a synchronous client, `aupdate` inside an event loop.

Both drive the same generators (`job.dataset_job`), so what they store and report is identical. A
client is made at the first question to its vendor: a run with nothing to do opens no connection
and needs no token.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, ExitStack
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from workbench.data.client import AsyncClient, Client, Fetched
from workbench.data.provider import Provider
from workbench.data.update.assess import validator_of
from workbench.data.update.chunk import Ask
from workbench.data.update.job import Job, Lost, dataset_job
from workbench.data.update.report import DatasetReport, Progress, ProgressCallback, UpdateReport
from workbench.data.update.task import Task, tasks
from workbench.errors import StoreError

if TYPE_CHECKING:
    from workbench.data.cellar import Cellar

__all__ = ["aupdate", "update"]

Day = str | date
ClientFactory = Callable[[Provider, "Cellar"], Any]


def update(
    cellar: Cellar,
    names: str | Sequence[str],
    *,
    start: Day | None = None,
    end: Day | None = None,
    codes: Sequence[str] | None = None,
    provider: str | None = None,
    progress: ProgressCallback | None = None,
    force: bool = False,
    client_factory: ClientFactory | None = None,
) -> UpdateReport:
    """Fetch what is missing or may have changed, prove it complete, commit it.

    Interrupted at any point (Ctrl-C, a kill, no network, a spent allowance) it leaves a
    consistent store; the next run does only the rest. A vendor that cannot be reached is not asked
    again in this run; the report says it once and is not complete.

    Parameters
    ----------
    cellar : Cellar
        Where to.
    names : str or sequence of str
        Datasets or bundles (``"cn"``, ``"us"``); what they need is updated first.
    start, end : day, optional
        First and last day. By default from what is held (else one year back) to the latest
        published session.
    codes : sequence of str, optional
        Only these, for datasets that are fetched by code.
    provider : str, optional
        A vendor by name, for whatever it delivers.
    progress : callable, optional
        Receives a `Progress` after each step.
    force : bool
        Fetch what is settled again, and accept answers far smaller than what is stored.
    client_factory : callable, optional
        Makes a client of (provider, cellar); `Client` by default.

    Returns
    -------
    UpdateReport

    Raises
    ------
    TokenError, AuthenticationError
        No token, or a wrong one.
    UnknownDatasetError, BadValueError
        A name, window or code that makes no sense.
    StoreError
        The store cannot be written, or another process keeps it for hours.
    """
    cellar = _writable(cellar)
    began = time.monotonic()
    parts: list[DatasetReport] = []
    lost: Lost = {}
    with ExitStack() as stack:
        clients: dict[str, Any] = {}

        def client_of(vendor: Provider) -> Any:
            if vendor.name not in clients:
                made = (client_factory or Client)(vendor, cellar)
                clients[vendor.name] = stack.enter_context(made)
            return clients[vendor.name]

        for task in _tasks(cellar, names, start, end, codes, provider, force):
            job = _job(cellar, task, progress, lost)
            try:
                parts.append(_drive(job, task, client_of, progress))
            finally:
                job.close()
    return UpdateReport(tuple(parts), time.monotonic() - began)


async def aupdate(
    cellar: Cellar,
    names: str | Sequence[str],
    *,
    start: Day | None = None,
    end: Day | None = None,
    codes: Sequence[str] | None = None,
    provider: str | None = None,
    progress: ProgressCallback | None = None,
    force: bool = False,
    client_factory: ClientFactory | None = None,
) -> UpdateReport:
    """`update` for code that runs in an event loop; parameters, result and errors are the same.

    The network is awaited; decoding and the store run in one thread, where the callback is also
    called.
    """
    cellar = _writable(cellar)
    began = time.monotonic()
    parts: list[DatasetReport] = []
    lost: Lost = {}
    # One thread for all steps: the dataset's lock belongs to the thread that took it.
    with ThreadPoolExecutor(1, thread_name_prefix="workbench-update") as worker:
        call = partial(_in_thread, worker)
        async with AsyncExitStack() as stack:
            clients: dict[str, Any] = {}

            async def client_of(vendor: Provider) -> Any:
                if vendor.name not in clients:
                    made = (client_factory or AsyncClient)(vendor, cellar)
                    clients[vendor.name] = await stack.enter_async_context(made)
                return clients[vendor.name]

            planned = await call(_tasks, cellar, names, start, end, codes, provider, force)
            for task in planned:
                job = _job(cellar, task, progress, lost)
                try:
                    parts.append(await _adrive(job, task, client_of, progress, call))
                finally:
                    await asyncio.shield(call(job.close))
    return UpdateReport(tuple(parts), time.monotonic() - began)


async def _in_thread(worker: ThreadPoolExecutor, function: Callable[..., Any], *given: Any) -> Any:
    """Run a step in the one thread; a step that has begun is finished even when cancelled."""
    future = worker.submit(function, *given)
    try:
        return await asyncio.wrap_future(future)
    except asyncio.CancelledError:
        future.cancel()
        while not future.done():
            await asyncio.sleep(0.01)
        raise


def _writable(cellar: Cellar) -> Cellar:
    if cellar.pins is not None:
        raise StoreError(
            f"The snapshot {cellar.label!r} shows fixed versions and is never updated. Update the "
            "workspace itself: wb.open(…).data.update(…)."
        )
    return cellar


def _tasks(
    cellar: Cellar, names: Any, start: Any, end: Any, codes: Any, provider: Any, force: Any
) -> list[Task]:
    return tasks(cellar, names, start=start, end=end, codes=codes, provider=provider, force=force)


def _job(cellar: Cellar, task: Task, progress: ProgressCallback | None, lost: Lost) -> Job:
    validator = validator_of(cellar)
    return dataset_job(cellar, task, progress=progress, validator=validator, lost=lost)


def _drive(
    job: Job,
    task: Task,
    client_of: Callable[[Provider], Any],
    progress: ProgressCallback | None,
) -> DatasetReport:
    """Answer what a job asks with a synchronous client."""
    ask = _step(job, None)
    while isinstance(ask, Ask):
        came: list[Fetched] = []
        for fetched in client_of(task.provider).fetch(ask.units):
            came.append(fetched)
            _say(progress, task, ask, came)
        ask = _step(job, came)
    return ask


async def _adrive(
    job: Job,
    task: Task,
    client_of: Callable[[Provider], Any],
    progress: ProgressCallback | None,
    call: Callable[..., Any],
) -> DatasetReport:
    """Answer what a job asks with an asynchronous client."""
    ask = await call(_step, job, None)
    while isinstance(ask, Ask):
        came: list[Fetched] = []
        client = await client_of(task.provider)
        async for fetched in client.fetch(ask.units):
            came.append(fetched)
            await call(_say, progress, task, ask, list(came))
        ask = await call(_step, job, came)
    report: DatasetReport = ask
    return report


def _step(job: Job, came: list[Fetched] | None) -> Ask | DatasetReport:
    """Carry a job on to its next question or to its report."""
    try:
        return next(job) if came is None else job.send(came)
    except StopIteration as end:
        report: DatasetReport = end.value
        return report


def _say(progress: ProgressCallback | None, task: Task, ask: Ask, came: Sequence[Fetched]) -> None:
    if progress is not None:
        calls = ask.calls + sum(fetched.calls for fetched in came)
        done = min(ask.total, ask.done + len(came))
        progress(Progress(task.dataset.name, done, ask.total, calls, came[-1].unit.key))
