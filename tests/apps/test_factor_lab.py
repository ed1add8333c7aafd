"""One session without a browser: states, errors, cancel."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from workbench.apps.factor_lab import FactorLab
from workbench.apps.markets import MarketShelf, market_shelf

SMALL = {"seed": 7, "sessions": 80, "assets": 40}


@pytest.fixture
def pool():
    with ThreadPoolExecutor(1) as made:
        yield made


@pytest.fixture
def lab(pool) -> FactorLab:
    made = FactorLab(market_shelf(demo=SMALL), pool)
    made._horizons.value, made._quantiles.value = "1, 5", 5
    return made


def test_from_empty_to_finished(lab) -> None:
    assert "No study yet" in lab._result[0].object
    asyncio.run(lab._run())
    assert len(lab._result) == 1
    assert lab.view.study.horizons == (1, 5)
    assert "Finished in" in lab._status.object
    assert lab.editor.fields
    assert not lab._run_button.disabled
    assert lab._cancel_button.disabled


def test_a_failure_keeps_text_and_last_result(lab) -> None:
    asyncio.run(lab._run())
    before = list(lab._result)
    lab.editor.expression = "rank(<b>"
    asyncio.run(lab._run())
    assert lab._failure.visible
    assert "<b>" not in lab._failure.object
    assert "&lt;b&gt;" in lab._failure.object
    assert lab.editor.expression == "rank(<b>"
    assert list(lab._result) == before


def test_a_defect_reaches_the_screen_escaped(pool, caplog) -> None:
    def broken():
        raise RuntimeError("<script>")

    lab = FactorLab(MarketShelf({"broken": broken}), pool)
    asyncio.run(lab._run())
    assert "RuntimeError: &lt;script&gt;" in lab._failure.object
    assert "failed unexpectedly" in caplog.text


def test_cancel_gives_the_screen_back_at_once(pool) -> None:
    reached, go_on = Event(), Event()

    def slow():
        reached.set()
        assert go_on.wait(10)

    lab = FactorLab(MarketShelf({"slow": slow}), pool)

    async def scene() -> None:
        running = asyncio.create_task(lab._run())
        await asyncio.to_thread(reached.wait, 10)
        assert lab._run_button.disabled
        assert lab._bar.visible
        lab._cancel()
        await asyncio.wait_for(running, 2)

    try:
        asyncio.run(scene())
    finally:
        go_on.set()
    assert "Cancelled" in lab._status.object
    assert not lab._run_button.disabled


def test_colours_change_without_a_new_run(lab) -> None:
    asyncio.run(lab._run())
    lab._convention.value = "us"
    assert lab.view.convention == "us"


def test_leaving_ends_the_job(lab) -> None:
    lab.close()
    asyncio.run(lab._run())
    lab.close()
    assert lab._job.cancelled
