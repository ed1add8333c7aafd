"""Holes of indices, of industries and of events by year."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import polars as pl
import pytest

from tests.data import cellar_fixture as world
from workbench.data.assembly.market import market
from workbench.data.assembly.universes import UniverseFilter
from workbench.data.catalog import dataset
from workbench.data.cellar import Cellar
from workbench.data.reading.holes import find_holes
from workbench.data.reading.load import load
from workbench.data.reading.part_holes import find_group_holes, find_weight_holes
from workbench.data.store import UnitRecord
from workbench.errors import DataGapError, NotCoveredError

DAYS = np.array(world.sessions(date(2023, 11, 1), date(2024, 2, 9)), "datetime64[D]")
SPAN = {"start": "2023-11-01", "end": "2024-02-09"}


def weights(cellar: Cellar, keep: pl.Expr) -> None:
    """Leave these snapshots only, as if no other month had been asked for."""
    rows = world.frames()["idx.weights"].filter(keep)
    cellar.store.replace(
        dataset("idx.weights"), rows, column="index", values=["000300.SH"], metadata={}
    )


@pytest.fixture
def stale(tmp_path):
    here = world.make_cellar(tmp_path / "ws")
    weights(here, pl.col("session") < date(2023, 11, 1))
    return here


class TestWeights:
    def test_members_of_old_snapshots_are_a_hole(self, stale):
        said = r"idx\.weights: 3 of 4 months were never fetched \(2023-11-01, 2023-12-01"
        with pytest.raises(DataGapError, match=said):
            market(stale, "cn", universe="csi300", **SPAN)
        with pytest.raises(DataGapError, match=said):
            market(stale, "cn", universe=UniverseFilter(base="csi300"), **SPAN)
        with pytest.raises(DataGapError, match=said):
            load(stale, "cn.bars_1d", universe="csi300", **SPAN)
        with pytest.raises(DataGapError, match=said):
            market(stale, "cn", **SPAN)["weight_csi300"]

    def test_they_are_told_where_they_are_let_pass(self, stale):
        found = market(stale, "cn", universe="csi300", on_gap="ignore", **SPAN)
        assert found.provenance["gaps"][0]["never_fetched"] == 3
        rows = load(stale, "cn.bars_1d", universe="csi300", on_gap="ignore", **SPAN)
        notes = rows.provenance["notes"]
        assert any("3 of 4 months" in note for note in notes)
        assert any("carried up to" in note for note in notes)

    def test_whole_ones_are_none(self, tmp_path):
        here = world.make_cellar(tmp_path / "ws")
        assert not market(here, "cn", universe="csi300", **SPAN).provenance["gaps"]
        frame = load(here, "cn.bars_1d", universe="csi300", start="2024-01-02", end="2024-01-31")
        assert not frame.provenance["notes"]

    def test_the_snapshot_before_the_window_counts(self, tmp_path):
        here = world.make_cellar(tmp_path / "ws")
        weights(here, pl.col("session") != date(2023, 12, 29))
        days = np.array(world.sessions(date(2024, 1, 2), date(2024, 2, 9)), "datetime64[D]")
        assert find_weight_holes(here, ["000300.SH"], days).absent == (date(2023, 12, 1),)

    def test_old_members_may_be_carried_where_that_is_wanted(self, stale):
        narrow = {"start": "2024-02-01", "end": "2024-02-09", "universe": "csi300"}
        with pytest.raises(DataGapError, match="1 of 1 month "):
            load(stale, "cn.bars_1d", **narrow)
        rows = load(stale, "cn.bars_1d", on_gap="ignore", **narrow).to_polars()
        assert set(rows["asset"]) == {"000001.SZ", "600519.SH"}

    def test_another_index_proves_nothing(self, stale):
        rows = world.frames()["idx.weights"].with_columns(index=pl.lit("000905.SH"))
        stale.store.replace(
            dataset("idx.weights"), rows, column="index", values=["000905.SH"], metadata={}
        )
        assert len(find_weight_holes(stale, ["000300.SH", "399300.SZ"], DAYS).absent) == 3
        assert not find_weight_holes(stale, ["000905.SH"], DAYS)

    def test_a_month_asked_for_is_no_hole_and_the_running_one_never(self, stale):
        months = [(date(2023, 11, 1), date(2023, 11, 30)), (date(2023, 12, 1), date(2023, 12, 31)),
                  (date(2024, 1, 1), date(2024, 1, 31))]  # fmt: skip
        units = [
            UnitRecord("idx.weights", "hand", f"000300.SH/{first:%Y-%m}", "empty_confirmed", first,
                       last, 0, None, 0, "", world.NOW) for first, last in months
        ]  # fmt: skip
        stale.ledger.record("idx.weights", 0, units)
        found = find_weight_holes(stale, ["000300.SH"], DAYS)
        assert (found.asked, found.absent) == (4, ())
        later = Cellar.open(stale.root, clock=lambda: datetime(2024, 3, 1, 12, tzinfo=UTC))
        assert find_weight_holes(later, ["000300.SH"], DAYS).absent == (date(2024, 2, 1),)


class TestGroups:
    @pytest.fixture
    def grouped(self, tmp_path):
        here = world.make_cellar(tmp_path / "ws")
        tree = [
            {"scheme": scheme, "code": code, "name": code, "level": level}
            for scheme, code, level in (
                ("SW2021", "801010.SI", "L1"), ("SW2021", "801020.SI", "L1"),
                ("SW2021", "801999.SI", "L2"), ("SW2014", "801888.SI", "L1"),
            )
        ]  # fmt: skip
        schema = dataset("ind.industries").schema()
        frame = pl.DataFrame(
            {name: [row.get(name) for row in tree] for name in schema}, schema=schema
        )
        here.store.replace(
            dataset("ind.industries"), frame, column="scheme", values=["SW2014", "SW2021"],
            metadata={},
        )  # fmt: skip
        return here

    def only(self, cellar, group):
        rows = world.frames()["ind.members"].filter(pl.col("level1") == group)
        cellar.store.replace(
            dataset("ind.members"), rows, column="scheme", values=["SW2021"], metadata={}
        )

    def test_a_group_nobody_asked_for_is_a_hole(self, grouped):
        self.only(grouped, "801010.SI")
        said = r"ind\.members: 1 of 2 groups were never fetched \(801020\.SI\).*--codes 801020\.SI`"
        for name in ("sector", "industry", "subindustry"):
            with pytest.raises(DataGapError, match=said):
                market(grouped, "cn", **SPAN)[name]
        found = market(grouped, "cn", on_gap="ignore", **SPAN)
        assert (found["sector"].values[-1] == -1).any()
        assert found.provenance["gaps"][0]["dataset"] == "ind.members"

    def test_a_group_without_members_was_asked_for(self, grouped):
        self.only(grouped, "801010.SI")
        unit = UnitRecord("ind.members", "hand", "801020.SI", "empty_confirmed", None, None, 0,
                          None, 0, "", world.NOW)  # fmt: skip
        grouped.ledger.record("ind.members", 0, [unit])
        assert not find_group_holes(grouped, "SW2021", DAYS)

    def test_whole(self, grouped):
        found = market(grouped, "cn", **SPAN)
        assert set(np.unique(found["sector"].values)) == {-1, 0, 1}
        assert not found.provenance["gaps"]

    def test_without_the_tree_nothing_is_proved(self, tmp_path):
        here = world.make_cellar(tmp_path / "ws")
        found = market(here, "cn", **SPAN)
        found["sector"]
        assert not found.provenance["gaps"]
        said = "completeness of 2 groups is not proved: ind.industries is not in the store."
        assert any(said in note for note in found.notes)


class TestYears:
    def cellar(self, root, now: datetime) -> Cellar:
        here = Cellar.open(root, clock=lambda: now)
        schema = dataset("us.splits").schema()
        row = {"asset": "ZZZ", "session": date(2020, 5, 5), "split_from": 1.0, "split_to": 2.0,
               "kind": "forward_split"}  # fmt: skip
        frame = pl.DataFrame({name: [row.get(name)] for name in schema}, schema=schema)
        here.store.replace(dataset("us.splits"), frame, column="asset", values=["ZZZ"], metadata={})
        return here

    @pytest.mark.parametrize("now", [datetime(2025, 2, 5, tzinfo=UTC),
                                     datetime(2024, 2, 5, tzinfo=UTC)])  # fmt: skip
    def test_a_year_of_events_never_asked_for_is_a_hole(self, tmp_path, now):
        here = self.cellar(tmp_path / "ws", now)
        days = np.array(["2024-01-02", "2024-01-03"], "datetime64[D]")
        found = find_holes(here.pinned(), dataset("us.splits"), days)
        assert found.absent == (date(2024, 1, 1),)
        with pytest.raises(NotCoveredError, match=r"workbench data update us\.splits"):
            found.settle("ignore")
        first, last = date(2024, 1, 1), date(2024, 12, 31)
        unit = UnitRecord("us.splits", "hand", "2024", "empty_confirmed", first, last, 0, None, 0,
                          "", now)  # fmt: skip
        here.ledger.record("us.splits", 0, [unit])
        assert not find_holes(here.pinned(), dataset("us.splits"), days)
