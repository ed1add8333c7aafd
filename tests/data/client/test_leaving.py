"""Leaving early: cancelled, interrupted, closed; nothing is torn and nobody is left behind."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from pathlib import Path

import httpx
import pytest

from tests.data.client.fakes import (
    FINE,
    Fake,
    Script,
    answered,
    place,
    token,
    unit,
)
from tests.loops import run_apart
from workbench.data.client import AsyncClient, Client, Landing


class TestLeaving:
    def test_leaving_early_cancels_the_rest(self, tmp_path: Path) -> None:
        cellar, script = place(tmp_path), Script()
        keys = [f"u{number}" for number in range(50)]
        before = threading.active_count()
        with Client(Fake(), cellar, token=token(), transport=script.transport) as client:
            for _ in client.fetch([unit(key) for key in keys]):
                break
        assert len(script.calls) <= 3
        assert threading.active_count() == before

    def test_closing_before_the_generator(self, tmp_path: Path) -> None:
        with Client(Fake(), place(tmp_path), token=token(), transport=Script().transport) as client:
            results = client.fetch([unit("a"), unit("b")])
            next(results)
        results.close()
        client.close()

    def test_interrupt(self, tmp_path: Path) -> None:
        """Ctrl-C while one unit waits for an answer that never comes: at once, nothing torn."""

        async def stuck(request: httpx.Request) -> httpx.Response:
            if b'"stuck"' in request.content:
                await asyncio.sleep(60)
            return FINE

        cellar = place(tmp_path, concurrency=2)
        before = threading.active_count()
        ring = threading.Timer(0.4, signal.raise_signal, [signal.SIGINT])
        start = time.monotonic()
        ring.start()
        with (
            pytest.raises(KeyboardInterrupt),
            Client(Fake(), cellar, token=token(), transport=httpx.MockTransport(stuck)) as client,
        ):
            list(client.fetch([unit("a"), unit("stuck"), unit("b")]))
        ring.join()
        assert time.monotonic() - start < 3
        assert threading.active_count() == before
        landing = Landing(tmp_path)
        assert [got.key for got in landing.pending("fake", "cn.bars_1d")] == ["a", "b"]
        assert all(
            path.suffix == ".zst" for path in (tmp_path / "raw").rglob("*.*") if path.is_file()
        )

    def test_interrupt_while_waiting_for_the_limit(self, tmp_path: Path) -> None:
        script = Script({"a": [answered({"code": 0, "more": True})]})
        cellar = place(tmp_path, max_wait_s=100.0)
        ring = threading.Timer(0.4, signal.raise_signal, [signal.SIGINT])
        ring.start()
        start = time.monotonic()
        client = Client(Fake(limits=((2, 60),)), cellar, token=token(), transport=script.transport)
        with pytest.raises(KeyboardInterrupt), client:
            list(client.fetch([unit("a")]))
        assert len(script.calls) == 1
        assert time.monotonic() - start < 3

    def test_cancelled_task(self, tmp_path: Path) -> None:
        async def stuck(request: httpx.Request) -> httpx.Response:
            await asyncio.sleep(60)
            return FINE

        async def main() -> None:
            async with AsyncClient(
                Fake(), place(tmp_path), token=token(), transport=httpx.MockTransport(stuck)
            ) as client:
                async with asyncio.timeout(0.2):
                    async for _ in client.fetch([unit("a")]):
                        pass

        start = time.monotonic()
        with pytest.raises(TimeoutError):
            run_apart(main)
        assert time.monotonic() - start < 2
