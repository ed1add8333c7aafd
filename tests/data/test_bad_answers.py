"""Bad provider data never becomes data: every case of the corpus, through the real client.

A workspace with a week of bars asks a vendor with one thing wrong for the next session. The run
ends soon, with a typed reason; the table is byte for byte what it was; nothing is taken for an
empty truth; and once the vendor is healthy again, the store is the truth.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from tests.data.standins.faults import CASES, Case, FaultServer
from tests.data.standins.tushare import TushareStandin, World
from tests.data.standins.workplace import fetch, fingerprint, held, same, workplace
from workbench.data.cellar import Cellar
from workbench.data.client import Landing
from workbench.data.update import UpdateReport

DATASET = "cn.bars_1d"
SECONDS = 8.0
"""In which a case must end; the total deadline of one answer is one second."""

MEBIBYTES = 300

CLOCK = datetime(2024, 3, 12, 12)
"""In Shanghai: the last session is published, and nobody has changed its code yet."""


@dataclass(frozen=True)
class Prepared:
    """A world and a workspace that holds everything but the last session."""

    world: World
    root: Path


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    world = World(date(2024, 3, 4), date(2024, 3, 11), stocks=40)
    root = tmp_path_factory.mktemp("workspace")
    with TushareStandin(world, clock=CLOCK) as vendor:
        cellar = workplace(root, vendor)
        fetch(cellar, vendor, ["cn.suspend", "cn.adj_factor"], start=world.start, end=world.end)
        report = fetch(cellar, vendor, DATASET, start=world.start, end=world.sessions[-2])
    assert report[DATASET].complete
    return Prepared(world, root)


def ask(cellar: Cellar, vendor: TushareStandin, world: World) -> UpdateReport:
    return fetch(cellar, vendor, DATASET, start=world.end, end=world.end)


def states(cellar: Cellar, world: World) -> list[str]:
    units = cellar.ledger.units(DATASET)
    return units.filter(pl.col("key") == world.end.isoformat())["state"].to_list()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_bad_answers_never_become_data(prepared: Prepared, tmp_path: Path, case: Case) -> None:
    world, root = prepared.world, tmp_path / "workspace"
    shutil.copytree(prepared.root, root)
    table = root / "store" / "cn" / "bars_1d"
    before = fingerprint(table)
    with FaultServer(world, case.name, folder=tmp_path, clock=CLOCK) as vendor:
        cellar = workplace(root, vendor)
        start = time.perf_counter()
        report = ask(cellar, vendor, world)
        assert time.perf_counter() - start < SECONDS
    truth = world.truth(DATASET, world.end, world.end)
    if case.ends == "same":
        assert same(held(cellar, DATASET, first=world.end), truth) == ""
        return
    said = [gap.detail for gap in report.gaps]
    assert not report[DATASET].complete
    assert not set(states(cellar, world)) & {"verified", "empty_confirmed"}
    if case.ends != "doubted":
        assert fingerprint(table) == before
        assert states(cellar, world) == []
        assert {gap.kind for gap in report.gaps} == {case.ends}
        attempts = cellar.ledger.attempts(DATASET)
        assert attempts["state"].to_list() == [case.ends]
        assert attempts["reason"].to_list() == said
    kept = Landing(root).quarantined("tushare", DATASET)
    assert bool(kept) == (case.ends == "quarantined" and case.name != "announced_flood")
    assert any(re.search(case.reason, text, re.IGNORECASE) for text in said), said
    assert not any(vendor.token in text for text in said)
    with TushareStandin(world, clock=CLOCK) as vendor:
        healed = workplace(root, vendor)
        report = ask(healed, vendor, world)
        if case.ends == "doubted":
            # What is stored is asked for again when more came out, and a gap until then.
            vendor.clock += timedelta(days=3)
            report = ask(healed, vendor, world)
    assert report[DATASET].complete
    assert same(held(healed, DATASET, first=world.end), truth) == ""


def test_no_trace_of_the_token(prepared: Prepared, tmp_path: Path) -> None:
    root = tmp_path / "workspace"
    shutil.copytree(prepared.root, root)
    for mode in ("html_502", "text_number", "nan_token"):
        with FaultServer(prepared.world, mode, clock=CLOCK) as vendor:
            ask(workplace(root, vendor), vendor, prepared.world)
    secret = vendor.token.encode()
    assert [
        path for path in root.rglob("*") if path.is_file() and secret in path.read_bytes()
    ] == []


CHILD = """
import json, resource, sys
from datetime import UTC, date, datetime
from pathlib import Path
from tests.data.standins.workplace import fetch, workplace

class Vendor:
    token = sys.argv[2]
    def __init__(self, origin):
        self.origin = origin
    def utc_now(self):
        return datetime(2024, 3, 12, 4, tzinfo=UTC)

day = date.fromisoformat(sys.argv[3])
healthy, *others = map(Vendor, sys.argv[4:])
root = Path(sys.argv[1])
fetch(workplace(root, healthy), healthy, "cn.bars_1d", start=day, end=day, force=True)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
kinds = []
for vendor in others:
    cellar = workplace(root, vendor)
    report = fetch(cellar, vendor, "cn.bars_1d", start=day, end=day, force=True)
    kinds += [gap.kind for gap in report.gaps]
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"grown": (after - before) / 1024, "kinds": kinds}))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss has another unit elsewhere")
def test_floods_stay_out_of_memory(prepared: Prepared, tmp_path: Path) -> None:
    root = tmp_path / "workspace"
    shutil.copytree(prepared.root, root)
    world, modes = prepared.world, ("healthy", "gzip_bomb", "flood", "announced_flood")
    with ExitStack() as stack:
        vendors = [stack.enter_context(FaultServer(world, mode, clock=CLOCK)) for mode in modes]
        origins = [vendor.origin for vendor in vendors]
        given = [str(root), vendors[0].token, world.end.isoformat(), *origins]
        run = subprocess.run(
            [sys.executable, "-c", CHILD, *given], capture_output=True, text=True, timeout=120
        )
    assert run.returncode == 0, run.stderr
    measured = json.loads(run.stdout.splitlines()[-1])
    assert measured["kinds"] == ["quarantined"] * 3
    assert measured["grown"] < MEBIBYTES, measured
