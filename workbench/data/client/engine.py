"""The asynchronous runner: it takes the steps of several units at once, inside one event loop.

1. At most ``concurrency`` units are under way; a finished one is yielded, the next begins
2. A sender's slot, a sleep or a small piece of work: each step is done here and its result sent
   back into the core
3. When the consumer leaves, or is interrupted, what is under way is cancelled and waited for
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

import httpx

from workbench.data.cellar import Cellar
from workbench.data.client.core import Desk, Do, Fetched, Send, Sleep, Step, fetch_unit
from workbench.data.client.gates import Gates
from workbench.data.client.landing import Landing
from workbench.data.client.limits import Limits
from workbench.data.client.origin import Origin
from workbench.data.client.transport import Transport
from workbench.data.provider import Provider, Unit
from workbench.data.secrets import Secret, find_token

__all__ = ["Engine"]


class Engine:
    """Fetches the units of one vendor.

    Parameters
    ----------
    provider : Provider
        The vendor.
    cellar : Cellar
        Root, settings, clock and ledger.
    token : Secret or None
        None is looked up at the first call.
    transport : httpx.AsyncBaseTransport or None
        In place of the network.

    Raises
    ------
    BadValueError
        If the origin cannot be asked, such as plain http without leave.
    """

    def __init__(
        self,
        provider: Provider,
        cellar: Cellar,
        token: Secret | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        settings = cellar.settings.provider(provider.name)
        origin = Origin.of(
            settings.origin or provider.origin,
            provider=provider.name,
            allow_insecure=settings.allow_insecure,
        )
        rates = provider.rates if settings.rates is None else lambda _api: settings.rates or ()
        self._token = token
        self._desk = Desk(
            provider=provider,
            settings=settings,
            landing=Landing(cellar.root, clock=cellar.clock),
            limits=Limits(provider.name, rates),
            gates=Gates(provider.name, cellar.ledger, cellar.clock),
            token=self._find_token,
            clock=cellar.clock,
        )
        self._transport = Transport(provider.credential, origin, settings, transport)
        self._tasks: set[asyncio.Task[Fetched]] = set()
        # one thread: the pieces of work are short, and the ledger sees one caller
        self._hands = ThreadPoolExecutor(1, thread_name_prefix="workbench-client")

    async def fetch(self, units: Sequence[Unit]) -> AsyncIterator[Fetched]:
        """Yield what became of each unit, as they finish."""
        waiting: Iterator[Unit] = iter(units)
        running: set[asyncio.Task[Fetched]] = set()
        done: set[asyncio.Task[Fetched]] = set()
        try:
            while True:
                free = self._desk.settings.concurrency - len(running)
                running |= {self._begin(unit) for unit in islice(waiting, free)}
                if not running:
                    return
                done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    yield task.result()
        finally:
            for task in running:
                task.cancel()
            # those done are asked too: one error is raised, the others were heard
            await asyncio.gather(*running, *done, return_exceptions=True)

    async def close(self) -> None:
        """Cancel what is under way, wait for it, close connections and files."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._hands.shutdown(wait=True)
        self._desk.limits.close()
        await self._transport.close()
        await asyncio.sleep(0)  # sockets say goodbye in the loop's next turn

    def _begin(self, unit: Unit) -> asyncio.Task[Fetched]:
        task = asyncio.get_running_loop().create_task(self._one(unit))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _one(self, unit: Unit) -> Fetched:
        steps = fetch_unit(unit, self._desk)
        result: Any = None
        try:
            while True:
                result = await self._take(steps.send(result))
        except StopIteration as end:
            return end.value
        finally:
            steps.close()

    async def _take(self, step: Step) -> Any:
        match step:
            case Send(request):
                return await self._transport.send(request, self._find_token())
            case Sleep(seconds):
                await asyncio.sleep(seconds)
                return None
            case Do(action):
                return await self._work(action)

    async def _work(self, action: Callable[[], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._hands, action)

    def _find_token(self) -> Secret:
        if self._token is None:
            self._token = find_token(self._desk.provider.credential.service)
        return self._token
