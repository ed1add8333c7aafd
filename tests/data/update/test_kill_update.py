"""Kill -9 at random moments of an update: the next run finishes it, and nothing is lost or doubled.

``WORKBENCH_KILLS`` says how many kills (default 4). Each victim is a process of its own that runs
the whole bundle against a stand-in; it is killed after a random time, and its store is checked by
readers and by the next victim. In the end the store is what the vendor's world says.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import polars as pl

from tests.data.update.vendor_days import END, START, Place, place
from workbench.data.catalog import dataset
from workbench.data.update import gaps, revisions

KILLS = int(os.environ.get("WORKBENCH_KILLS", "4"))
SEED = int(os.environ.get("WORKBENCH_SEED", "7"))
BUNDLE = ("cn.suspend", "cn.bars_1d", "cn.adj_factor", "cn.st_1d")
VICTIM = """
import sys
from datetime import datetime
from pathlib import Path
from tests.data.update.victim import run
run(Path(sys.argv[1]), sys.argv[2], datetime.fromisoformat(sys.argv[3]), sys.argv[4:])
"""


def start(here: Place, names: tuple[str, ...] = BUNDLE) -> subprocess.Popen[bytes]:
    """A victim; its first line says that it has begun to update."""
    words = [str(here.cellar.root), here.vendor.origin, here.vendor.clock.isoformat(), *names]
    victim = subprocess.Popen(
        [sys.executable, "-c", VICTIM, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert victim.stdout is not None
    victim.stdout.readline()
    return victim


def check_readable(here: Place) -> None:
    """Whatever a kill left: every table opens, no key stands twice, no row is false."""
    for name in BUNDLE:
        if not here.cellar.has(name):
            continue
        rows = here.cellar.table(name).read()
        key = list(dataset(name).key)
        assert rows.select(pl.struct(key).n_unique()).item() == rows.height, name
        truth = here.truth(name)
        assert rows.join(truth, on=key, how="anti", nulls_equal=True).is_empty(), name


def test_random_kills_lose_nothing_double_nothing_tear_nothing(tmp_path: Path):
    chance = random.Random(SEED)
    killed = finished = 0
    with place(tmp_path / "first", clock=datetime(2024, 2, 7, 23, 50)) as here:
        while killed < KILLS:
            victim = start(here)
            time.sleep(chance.uniform(0.0, 1.2))
            victim.send_signal(signal.SIGKILL)
            _, errors = victim.communicate()
            if victim.returncode == -signal.SIGKILL:
                killed += 1
            else:
                assert victim.returncode == 0, errors.decode()
                finished += 1
                _next_round(here, tmp_path, chance, finished)
            check_readable(here)
        report = here.update(BUNDLE, end=None)
        assert report.complete, str(report)
        last = here.vendor.clock.date()
        for name in BUNDLE:
            assert here.is_true(name, START, min(END, last)), name
            units = here.cellar.ledger.units(name)
            assert units.height == units["key"].n_unique()
            assert gaps(here.cellar, name).is_empty()
        assert revisions(here.cellar).is_empty()
        assert not [f for f in here.cellar.store.verify() if f.problem]
    sys.stdout.write(f"{killed} kills, {finished} runs ended before\n")


def _next_round(here: Place, tmp_path: Path, chance: random.Random, finished: int) -> None:
    """An update that ended is no target: go on in a new workspace."""
    here.cellar = type(here.cellar).open(
        tmp_path / f"round{finished}", settings=here.cellar.settings, clock=here.cellar.clock
    )
