"""Without a network: one unit tries, everybody else ends with it, and the report says it once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.data.standins.faults import FaultServer, closed_port
from tests.data.standins.tushare import TushareStandin, World
from tests.data.standins.workplace import fetch, workplace
from tests.data.update.vendor_days import NIGHT
from tests.loops import run_apart
from workbench.data.cellar import Cellar
from workbench.data.client import AsyncClient
from workbench.data.secrets import Secret
from workbench.data.update import UpdateReport, aupdate

FIRST, LAST = date(2024, 2, 5), date(2024, 2, 8)
NAMES = ("cn.suspend", "cn.bars_1d", "cn.adj_factor", "cn.basic_1d")
CALLS = 3
RETRIES = CALLS - 1


@pytest.fixture(scope="module")
def world() -> World:
    return World(FIRST, LAST, stocks=10, seed=7)


def afetch(cellar: Cellar, vendor: TushareStandin, names: Any, **window: Any) -> UpdateReport:
    factory = lambda provider, held: AsyncClient(  # noqa: E731
        provider, held, token=Secret(vendor.token)
    )
    return run_apart(lambda: aupdate(cellar, names, client_factory=factory, **window))


@pytest.mark.parametrize("run", [fetch, afetch])
def test_nobody_waits_for_a_vendor_that_is_away(tmp_path: Path, world: World, run: Callable):
    with TushareStandin(world, clock=NIGHT) as vendor:
        healthy = workplace(tmp_path, vendor)
        fetch(healthy, vendor, ["cal.sessions", "ref.securities"], start=FIRST, end=LAST)
        away = f"http://127.0.0.1:{closed_port()}"
        cellar = workplace(tmp_path, vendor, origin=away, retries=RETRIES, concurrency=1)
        report = run(cellar, vendor, NAMES, start=FIRST, end=LAST)
        assert not report.complete
        assert report.calls == CALLS
        assert report["cn.suspend"].calls == CALLS
        assert {gap.key for gap in report["cn.suspend"].gaps} == {
            "2024-02-05", "2024-02-06", "2024-02-07", "2024-02-08",
        }  # fmt: skip
        text = str(report)
        assert text.count("cannot be reached (") == 1
        assert text.count("Check the network") == 1
        for name in NAMES[1:]:
            assert (report[name].remaining, report[name].gaps) == (4, ())
            assert f"{name}: not tried: tushare cannot be reached, see cn.suspend" in text
        attempts = cellar.ledger.attempts()
        assert set(attempts["dataset"]) == {"cn.suspend"}
        assert fetch(healthy, vendor, NAMES, start=FIRST, end=LAST).complete


def test_a_new_workspace_says_it_once_too(tmp_path: Path, world: World):
    with TushareStandin(world, clock=NIGHT) as vendor:
        away = f"http://127.0.0.1:{closed_port()}"
        cellar = workplace(tmp_path, vendor, origin=away, retries=RETRIES, concurrency=1)
        report = fetch(
            cellar, vendor, ["cn.bars_1d", "ref.names"], start=FIRST, end=LAST, provider="tushare"
        )
        assert report.calls == CALLS
        assert not any(part.complete for part in report.parts)
        assert str(report).count("Check the network") == 1
        gap = report["ref.names"].gaps[0]
        assert gap.detail == "not tried: tushare cannot be reached, see cal.sessions"


def test_other_vendors_go_on(tmp_path: Path, world: World):
    with TushareStandin(world, clock=NIGHT) as vendor:
        away = f"http://127.0.0.1:{closed_port()}"
        cellar = workplace(tmp_path, vendor, origin=away, retries=RETRIES, concurrency=1)
        report = fetch(cellar, vendor, ["ref.securities", "us.sessions"], start=FIRST, end=LAST)
        assert report["us.sessions"].complete


@pytest.mark.parametrize("mode", ["html_502", "stall"])
def test_trouble_of_one_dataset_is_its_own(tmp_path: Path, world: World, mode: str):
    with FaultServer(world, mode, folder=tmp_path, clock=NIGHT) as vendor:
        cellar = workplace(tmp_path / "workspace", vendor, concurrency=2)
        names = ["cn.bars_1d", "cn.adj_factor"]
        report = fetch(cellar, vendor, names, start=LAST, end=LAST)
        assert not report["cn.bars_1d"].complete
        assert report["cn.adj_factor"].complete, str(report)
