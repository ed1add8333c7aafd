"""Random lives of a workspace: days pass, vendors revise, steps fail; the end is the truth.

``WORKBENCH_HISTORIES`` says how many lives (default 3).
"""

from __future__ import annotations

import os
import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.data.update.test_heal import STEPS, PowerCutError, cut
from tests.data.update.vendor_days import NIGHT, SESSIONS, START, Place, place
from workbench.data.catalog import dataset
from workbench.data.update import gaps, revisions

NAME = "cn.adj_factor"
HISTORIES = int(os.environ.get("WORKBENCH_HISTORIES", "3"))


def pass_a_day(here: Place, chance: random.Random, monkeypatch) -> None:
    here.vendor.clock = min(NIGHT, here.vendor.clock + timedelta(days=chance.randint(1, 3)))


def revise(here: Place, chance: random.Random, monkeypatch) -> None:
    """A factor of one of the last sessions changes, as of now; all of them will be read again."""
    if not here.cellar.has(NAME):
        return
    rows = here.rows(NAME)
    row = rows.row(chance.randrange(rows.height // 2, rows.height), named=True)
    here.world.revise(
        "adj_factor",
        {"adj_factor": round(chance.uniform(1, 2), 3)},
        since=here.vendor.clock,
        ts_code=row["asset"],
        trade_date=f"{row['session']:%Y%m%d}",
    )


def fail(here: Place, chance: random.Random, monkeypatch) -> None:
    """The process ends at one step of an update."""
    owner, name = STEPS[chance.choice(list(STEPS))]
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, cut)
        try:
            here.update(NAME, start="2024-01-22")
        except PowerCutError:
            return


def succeed(here: Place, chance: random.Random, monkeypatch) -> None:
    here.update(NAME, start="2024-01-22")


def compact(here: Place, chance: random.Random, monkeypatch) -> None:
    if here.cellar.has(NAME):
        here.cellar.store.compact(dataset(NAME), before=here.vendor.clock.date())


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_whatever_happens_the_end_is_the_truth(tmp_path: Path, monkeypatch, seed: int):
    chance = random.Random(seed)
    deeds = (pass_a_day, revise, fail, succeed, compact)
    with place(tmp_path, clock=datetime(2024, 1, 26, 23, 50)) as here:
        for _ in range(14):
            chance.choice(deeds)(here, chance, monkeypatch)
        here.vendor.clock = NIGHT
        report = here.update(NAME, force=True)
        assert report.complete, str(report)
        assert here.is_true(NAME)
        units = here.cellar.ledger.units(NAME)
        assert units["key"].to_list() == sorted(units["key"].to_list())
        assert units.height == SESSIONS
        assert units["first"].min() == START
        assert gaps(here.cellar, NAME).is_empty()
        newest = here.cellar.store.version(NAME)
        seen = revisions(here.cellar, NAME)
        assert seen.filter(seen["version"] > newest).is_empty()
        assert seen.select("version", "key", "column").is_unique().all()
        before = here.cellar.ledger.units()
        here.cellar.ledger.rebuild(here.cellar.store)
        assert here.cellar.ledger.units().equals(before)
