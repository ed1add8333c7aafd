"""Holes are those of the version read: of its rows and of what its own commits said."""

from __future__ import annotations

import shutil
from datetime import date

import numpy as np
import polars as pl
import pytest

from tests.data import cellar_fixture as world
from tests.data.cellar_fixture import _units as units_of
from workbench.data.assembly.market import market
from workbench.data.catalog import dataset
from workbench.data.reading.holes import find_holes
from workbench.data.reading.lacking import lacking_rows
from workbench.data.reading.load import load
from workbench.data.reading.settled import settled_units
from workbench.data.update.expectation import Roster
from workbench.errors import DataGapError

DAY = date(2024, 1, 9)
SPAN = {"start": "2024-01-02", "end": "2024-01-31"}
LOST = ("000001.SZ", "600519.SH")


def lacking(assets=LOST) -> pl.DataFrame:
    bars = world.frames()["cn.bars_1d"]
    return bars.filter(~((pl.col("session") == DAY) & pl.col("asset").is_in(assets)))


@pytest.fixture
def repaired(tmp_path):
    """A store whose newest bars are whole, and the versions of the time when they were not."""
    here = world.make_cellar(tmp_path / "ws", skip=["cn.margin_1d"])
    world.put(here, "cn.bars_1d", lacking())
    world.settle(here, "cn.bars_1d", lacking().filter(pl.col("session") == DAY), missing=2)
    pins = here.store.versions()
    world.put(here, "cn.bars_1d", world.frames()["cn.bars_1d"])
    return here, here.at(pins, "bad")


class TestSnapshots:
    def test_an_incomplete_state_stays_incomplete(self, repaired):
        live, bad = repaired
        said = r"2 rows are missing \(000001.SZ on 2024-01-09, 600519.SH on 2024-01-09\)"
        with pytest.raises(DataGapError, match=said):
            load(bad, "cn.bars_1d", **SPAN)
        with pytest.raises(DataGapError, match="2 rows are missing"):
            market(bad, "cn", **SPAN)
        open_eyed = market(bad, "cn", on_gap="ignore", **SPAN)
        assert open_eyed.provenance["gaps"][0]["rows_missing"] == 2
        assert not load(live, "cn.bars_1d", **SPAN).provenance["gaps"]["rows_missing"]
        assert not market(live, "cn", **SPAN).provenance["gaps"]

    def test_a_complete_state_does_not_learn_of_later_loss(self, tmp_path):
        here = world.make_cellar(tmp_path / "ws")
        good = here.pinned()
        world.put(here, "cn.bars_1d", lacking())
        world.settle(here, "cn.bars_1d", lacking().filter(pl.col("session") == DAY), missing=2)
        assert not load(good, "cn.bars_1d", **SPAN).provenance["gaps"]["rows_missing"]
        with pytest.raises(DataGapError, match="2 rows are missing"):
            load(here, "cn.bars_1d", **SPAN)
        for cellar, missing in ((good, 0), (here, 2)):
            assert settled_units(cellar, "cn.bars_1d", DAY, DAY)["missing"].to_list() == [missing]

    def test_a_share_that_is_whole_is_not_concerned(self, repaired):
        found = load(repaired[1], "cn.bars_1d", assets=["688981.SH"], **SPAN)
        assert not found.provenance["notes"]


def test_a_crash_between_commit_and_ledger_hides_nothing(tmp_path):
    here = world.make_cellar(tmp_path / "ws")
    part = lacking(("000001.SZ",)).filter(pl.col("session") == DAY)
    margin = world.frames()["cn.margin_1d"].filter(pl.col("session") == DAY).head(2)
    for name, frame, missing in (("cn.bars_1d", part, 1), ("cn.margin_1d", margin, 5)):
        told = units_of(name, frame, "session", [DAY], missing)
        here.store.replace(
            dataset(name), frame, column="session", values=[DAY], metadata={"wb.units": told}
        )
    with pytest.raises(DataGapError, match=r"1 rows are missing \(000001.SZ on 2024-01-09\)"):
        load(here, "cn.bars_1d", **SPAN)
    with pytest.raises(DataGapError, match="5 rows are missing"):
        load(here, "cn.margin_1d", **SPAN)


def test_what_nobody_can_name_counts(tmp_path):
    here = world.make_cellar(tmp_path / "ws")
    margin = world.frames()["cn.margin_1d"].filter(pl.col("session") == DAY)
    world.settle(here, "cn.margin_1d", margin, missing=5)
    with pytest.raises(DataGapError, match=r"cn\.margin_1d: 5 rows are missing\. Fetch"):
        load(here, "cn.margin_1d", **SPAN)
    with pytest.raises(DataGapError, match="5 rows"):
        load(here, "cn.margin_1d", assets=["600519.SH"], **SPAN)
    assert load(here, "cn.margin_1d", start="2024-01-10", end="2024-01-31").provenance["gaps"][
        "rows_missing"
    ] == 0  # fmt: skip


@pytest.mark.parametrize("name", ["ref.securities", "cn.suspend"])
def test_what_is_not_proved_is_told_and_raises_nothing(tmp_path, name):
    here = world.make_cellar(tmp_path / "ws", skip=[name])
    days = np.array(world.sessions(date(2024, 1, 2), date(2024, 1, 31)), "datetime64[D]")
    found = find_holes(here.pinned(), dataset("cn.bars_1d"), days)
    assert not found
    assert found.unproved == len(days) == 22
    said = f"completeness of 22 sessions is not proved: {name} is not in the store."
    assert said in found.doubt
    if name == "cn.suspend":
        assert said in load(here, "cn.bars_1d", **SPAN).provenance["notes"][0]
        assert any(said in note for note in market(here, "cn", **SPAN).notes)


def test_lacking_rows_against_the_words(tmp_path):
    here = world.make_cellar(tmp_path / "ws")
    days = world.sessions(date(2023, 12, 18), date(2024, 1, 31))
    draw = np.random.default_rng(3)
    rows = world.frames()["cn.bars_1d"].select("session", "asset")
    rows = rows.filter(pl.Series(draw.random(rows.height) < 0.9) & (pl.col("session") != days[5]))
    rows = pl.concat([rows, rows.head(1).with_columns(asset=pl.lit("900901.SH"))])
    roster = Roster.read(here, days[0], days[-1])
    held = {day: set(part["asset"]) for (day,), part in rows.group_by("session")}
    truth = sorted(
        (day, asset) for day in days if day in held for asset in roster.expected(day) - held[day]
    )
    assert lacking_rows(roster, rows, np.array(days, "datetime64[D]")).rows() == truth
    assert len(truth) > 10


def test_a_market_of_ten_years_is_judged_quickly():
    import time

    days = np.array([d for d in np.arange("2015-01-01", "2024-12-31", dtype="datetime64[D]")
                     if np.is_busday(d)])  # fmt: skip
    codes = np.array([f"{n:06d}.SZ" for n in range(2000)], dtype=object)
    start = np.full(len(codes), days[0])
    roster = Roster(codes, start, start + np.timedelta64(9999, "D"))
    rows = pl.DataFrame(
        {"session": np.repeat(days, len(codes)), "asset": codes.tolist() * len(days)}
    ).filter((pl.col("asset") != "000007.SZ") | (pl.col("session") != date(2020, 1, 2)))
    begun = time.perf_counter()
    found = lacking_rows(roster, rows, days)
    assert time.perf_counter() - begun < 2.0
    assert found.rows() == [(date(2020, 1, 2), "000007.SZ")]


def test_a_table_made_anew_is_read_anew(tmp_path):
    here = world.make_cellar(tmp_path / "ws")
    assert settled_units(here, "cn.suspend").height == len(world.sessions())
    shutil.rmtree(here.root / "store" / "cn" / "suspend")
    for file in (here.root / "meta").glob("ledger.sqlite*"):
        file.unlink()
    again = type(here).open(here.root, clock=here.clock)
    rows = world.frames()["cn.suspend"].head(1)
    told = units_of("cn.suspend", rows, "session", [world.HALT[0]], 3)
    again.store.replace(dataset("cn.suspend"), rows, column="session", values=[world.HALT[0]],
                        metadata={"wb.units": told})  # fmt: skip
    units = settled_units(again, "cn.suspend", world.HALT[0], world.HALT[0])
    assert units["rows"].to_list() == [1]
