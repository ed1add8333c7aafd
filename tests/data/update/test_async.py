"""The two runners store and report the same, and cancelling leaves a consistent store."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

import pytest

from tests.data.update.vendor_days import NIGHT, START, ledger_of, place
from tests.loops import run_apart
from workbench.data.client import AsyncClient
from workbench.data.secrets import Secret
from workbench.data.update import aupdate, revisions
from workbench.errors import BadValueError

NAMES = ("cn.suspend", "cn.bars_1d", "cn.adj_factor")


def arun(here, names, **given):
    factory = lambda provider, held: AsyncClient(  # noqa: E731
        provider, held, token=Secret(here.vendor.token)
    )
    words = {"start": START, **given}
    return run_apart(lambda: aupdate(here.cellar, names, client_factory=factory, **words))


def test_both_runners_leave_the_same_store_ledger_report_and_calls(tmp_path: Path):
    told, rows, ledgers, asked = [], [], [], []
    for way in ("sync", "async"):
        with place(tmp_path / way, clock=datetime(2024, 2, 7, 23, 50)) as here:
            run = here.update if way == "sync" else lambda *a, h=here, **k: arun(h, *a, **k)
            first = run(NAMES, start="2024-01-29")
            row = {"ts_code": "600519.SH", "trade_date": "20240205"}
            here.world.revise("daily", {"close": 1.5, "low": 1.0}, **row)
            here.vendor.clock = NIGHT
            second = run(NAMES, start=None)
            told.append([{**report.to_dict(), "seconds": 0} for report in (first, second)])
            rows.append([here.rows(name) for name in NAMES] + [revisions(here.cellar)])
            ledgers.append([ledger_of(here.cellar, name) for name in NAMES])
            asked.append(sorted((call.api, str(call.params)) for call in here.vendor.calls))
    assert told[0] == told[1]
    assert asked[0] == asked[1]
    for left, right in zip(rows[0] + ledgers[0], rows[1] + ledgers[1], strict=True):
        assert left.equals(right)


def test_a_cancelled_update_is_finished_by_the_next(tmp_path: Path):
    with place(tmp_path) as here:

        async def cancelled() -> None:
            begun = asyncio.Event()
            loop = asyncio.get_running_loop()

            def progress(step) -> None:
                if step.dataset == "cn.bars_1d" and step.done > 3:
                    loop.call_soon_threadsafe(begun.set)

            factory = lambda provider, held: AsyncClient(  # noqa: E731
                provider, held, token=Secret(here.vendor.token)
            )
            run = asyncio.create_task(
                aupdate(here.cellar, NAMES, start=START, progress=progress, client_factory=factory)
            )
            await begun.wait()
            run.cancel()
            with pytest.raises(asyncio.CancelledError):
                await run

        run_apart(cancelled)
        report = here.update(NAMES)
        assert report.complete, str(report)
        assert all(here.is_true(name) for name in NAMES)


def test_errors_are_the_same(tmp_path: Path):
    with place(tmp_path) as here, pytest.raises(BadValueError, match="future"):
        arun(here, "cn.bars_1d", end="2031-01-01")
