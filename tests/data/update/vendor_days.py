"""A small market behind a stand-in, and the words that tests of updating share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from tests.data.standins.tushare import TushareStandin, World
from tests.data.standins.workplace import fetch, workplace
from workbench.data.catalog import dataset
from workbench.data.cellar import Cellar
from workbench.data.update import UpdateReport

START, END = date(2024, 1, 2), date(2024, 2, 8)
SESSIONS = 28
NIGHT = datetime(2024, 2, 8, 23, 50)
"""Shanghai time: everything of END is out, and nothing of it is young any more."""


class Place:
    """A world, its vendor, a workspace, and short words for what tests do with them."""

    def __init__(self, root: Path, world: World, vendor: TushareStandin, **provider: Any) -> None:
        self.world = world
        self.vendor = vendor
        self.cellar = workplace(root, vendor, **provider)

    def update(self, names: Any = "cn.bars_1d", **given: Any) -> UpdateReport:
        window = {"start": START, "end": None, **given}
        return fetch(self.cellar, self.vendor, names, **window)

    def rows(self, name: str) -> pl.DataFrame:
        return self.cellar.table(name).read().sort(list(dataset(name).key))

    def truth(self, name: str, first: date = START, last: date = END) -> pl.DataFrame:
        found = self.world.truth(name, first, last, now=self.vendor.clock)
        return found.sort(list(dataset(name).key))

    def is_true(self, name: str, first: date = START, last: date = END) -> bool:
        return self.rows(name).equals(self.truth(name, first, last))


@contextmanager
def place(
    root: Path, *, clock: datetime = NIGHT, stocks: int = 40, **provider: Any
) -> Iterator[Place]:
    world = World(START, END, stocks=stocks, seed=7)
    with TushareStandin(world, clock=clock) as vendor:
        yield Place(root, world, vendor, **provider)


def ledger_of(cellar: Cellar, name: str) -> pl.DataFrame:
    """The ledger's units without what depends on the time of day."""
    return cellar.ledger.units(name).drop("settled_at")
