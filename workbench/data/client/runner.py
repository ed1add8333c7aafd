"""The two clients. Both run the same engine; the synchronous one runs it in a thread of its own.

Deadlines, cancelling and concurrency are therefore the same code, and a client works inside a
notebook, whose thread has an event loop already, as well as outside.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from concurrent.futures import Future, wait
from types import TracebackType
from typing import Any, TypeVar

import httpx

from workbench.data.cellar import Cellar
from workbench.data.client.core import Fetched
from workbench.data.client.engine import Engine
from workbench.data.provider import Provider, Unit
from workbench.data.secrets import Secret

__all__ = ["AsyncClient", "Client"]

Result = TypeVar("Result")

GLANCE = 0.25
"""Seconds between two looks at interrupts."""

LEAVE = 10.0
"""Seconds that closing waits for what is under way."""


class AsyncClient:
    """Fetches units of one vendor inside an event loop.

    Parameters
    ----------
    provider : Provider
        The vendor.
    cellar : Cellar
        Root, settings, clock and ledger.
    token : Secret or None
        None is looked up at the first call.
    transport : httpx.AsyncBaseTransport or None
        In place of the network, such as `httpx.MockTransport`.

    Raises
    ------
    BadValueError
        If the origin cannot be asked, such as plain http without leave.
    """

    def __init__(
        self,
        provider: Provider,
        cellar: Cellar,
        *,
        token: Secret | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._engine = Engine(provider, cellar, token, transport)

    async def fetch(self, units: Sequence[Unit]) -> AsyncIterator[Fetched]:
        """Yield what became of each unit as they finish; several are under way at once.

        Trouble of the vendor is in `Fetched.error`. A token that is refused, an API that is
        denied, a spent allowance and a vendor that cannot be reached end the remaining units
        concerned with the same error and without calls.

        Raises
        ------
        TokenError
            If a call is needed and there is no token.
        StoreError
            If the workspace cannot be written.
        """
        results = self._engine.fetch(units)
        try:
            async for fetched in results:
                yield fetched
        finally:
            await results.aclose()

    async def close(self) -> None:
        """Close connections and files."""
        await self._engine.close()

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()


class Client:
    """Fetches units of one vendor; for code without an event loop, and for notebooks.

    Parameters and errors are those of `AsyncClient`.
    """

    def __init__(
        self,
        provider: Provider,
        cellar: Cellar,
        *,
        token: Secret | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._engine = Engine(provider, cellar, token, transport)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="workbench-client-loop", daemon=True
        )
        self._thread.start()

    def fetch(self, units: Sequence[Unit]) -> Iterator[Fetched]:
        """Yield what became of each unit as they finish; as `AsyncClient.fetch`.

        Leaving the loop early, also by Ctrl-C, cancels what is under way; landed answers stay.
        """
        results = self._engine.fetch(units)
        pulls: list[asyncio.Task[Any]] = []

        async def pull() -> Fetched | None:
            pulls[:] = [task for task in (asyncio.current_task(),) if task is not None]
            return await anext(results, None)

        async def leave() -> None:
            for task in pulls:
                task.cancel()
            await asyncio.gather(*pulls, return_exceptions=True)
            await results.aclose()

        try:
            while True:
                pulled = self._start(pull())
                # in short waits: an interrupt that reaches another thread is noticed between them
                while not wait([pulled], GLANCE).done:
                    continue
                fetched = pulled.result()
                if fetched is None:
                    return
                yield fetched
        finally:
            if not self._loop.is_closed():
                self._start(leave()).result(LEAVE)

    def close(self) -> None:
        """Close connections, files and the thread; safe to call twice."""
        if self._loop.is_closed():
            return
        self._start(self._engine.close()).result(LEAVE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(LEAVE)
        self._loop.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _start(self, coroutine: Coroutine[Any, Any, Result]) -> Future[Result]:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)
