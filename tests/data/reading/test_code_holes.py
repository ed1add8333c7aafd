"""Holes of tables fetched code by code: a share nobody asked for is not a share without rows."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from tests.data import cellar_fixture as world
from workbench.data.assembly.market import market
from workbench.data.catalog import dataset
from workbench.data.reading.load import load
from workbench.data.store import UnitRecord
from workbench.errors import DataGapError, NotCoveredError

AT = datetime(2024, 2, 10, tzinfo=UTC)
SPAN = {"start": "2024-01-02", "end": "2024-01-31"}


def framed(name: str, listed: list[dict]) -> pl.DataFrame:
    schema = dataset(name).schema()
    return pl.DataFrame({key: [row.get(key) for row in listed] for key in schema}, schema=schema)


def settle(cellar, name: str, *keys: str) -> None:
    units = [
        UnitRecord(name, "hand", key, "empty_confirmed", None, None, 0, None, 0, "", AT)
        for key in keys
    ]
    cellar.ledger.record(name, 0, units)


@pytest.fixture
def reported(tmp_path):
    here = world.make_cellar(tmp_path / "ws")
    row = {
        "asset": "600519.SH", "period": date(2023, 9, 30), "report_type": "1",
        "announced": date(2023, 10, 27), "f_announced": date(2023, 10, 27), "update_flag": "0",
        "first_seen_at": AT, "content_hash": "a", "revenue": 7.0,
    }  # fmt: skip
    here.store.append(dataset("cn.income"), framed("cn.income", [row]), metadata={})
    return here


class TestStatements:
    def test_a_share_never_asked_for_is_a_hole(self, reported):
        with pytest.raises(
            DataGapError, match=r"1 of 2 shares .*\(000001\.SZ\).*--codes 000001\.SZ`"
        ):
            load(reported, "cn.income", assets=["600519.SH", "000001.SZ"])
        settle(reported, "cn.income", "000001.SZ")
        assert len(load(reported, "cn.income", assets=["600519.SH", "000001.SZ"])) == 1

    def test_nothing_asked_for_at_all(self, reported):
        with pytest.raises(NotCoveredError, match="workbench data update"):
            load(reported, "cn.income", assets=["000001.SZ"], as_of="2024-01-31")

    def test_a_market_says_so_too(self, reported):
        whole = market(reported, "cn", **SPAN)
        with pytest.raises(DataGapError, match="6 of 7 shares"):
            whole["income_revenue_latest"]
        chosen = market(reported, "cn", universe=["600519"], **SPAN)
        assert chosen["income_revenue_latest"].at("600519.SH", "2024-01-02") == 7.0
        open_eyed = market(reported, "cn", on_gap="ignore", **SPAN)
        assert open_eyed["income_revenue_latest"].at("600519.SH", "2024-01-02") == 7.0

    def test_any_code_of_a_share_counts(self, reported):
        settle(reported, "cn.income", "000022.SZ")
        found = market(reported, "cn", universe=["600519", "001872.SZ"], **SPAN)
        assert found["income_revenue_latest"].at("001872.SZ", "2024-01-02") != 7.0
        assert not found.provenance["gaps"]


class TestMinutes:
    @pytest.fixture
    def minutes(self, tmp_path):
        here = world.make_cellar(tmp_path / "ws")
        stamps = [datetime(2024, 1, day, 1, 30, tzinfo=UTC) for day in (2, 31)]
        rows = [{"time": at, "asset": "600519.SH", "close": 1.0} for at in stamps]
        here.store.append(dataset("cn.bars_1m"), framed("cn.bars_1m", rows), metadata={})
        return here

    def test_days_are_those_of_the_exchange(self, minutes):
        frame = load(minutes, "cn.bars_1m", assets=["600519"], start="2024-01-02", end="2024-01-30")
        assert len(frame) == 1
        assert frame.provenance["coverage"] == {"periods": 1, "covered": 1}

    def test_a_month_never_asked_for_is_a_hole(self, minutes):
        given = {"assets": ["600519"], "start": "2023-12-01", "end": "2024-01-31"}
        with pytest.raises(DataGapError, match=r"1 of 2 share's months .*600519\.SH/2023-12"):
            load(minutes, "cn.bars_1m", **given)
        settle(minutes, "cn.bars_1m", "600519.SH/2023-12")
        assert len(load(minutes, "cn.bars_1m", **given)) == 2


class TestIndices:
    @pytest.fixture
    def holed(self, tmp_path):
        def without(made):
            lost = pl.col("session") == date(2024, 1, 4)
            return made | {"idx.bars_1d": made["idx.bars_1d"].filter(~lost)}

        here = world.make_cellar(tmp_path / "ws")
        frame = without(world.frames())["idx.bars_1d"]
        here.store.replace(
            dataset("idx.bars_1d"), frame, column="asset", values=["000300.SH"], metadata={}
        )
        return here

    def test_a_session_without_a_bar(self, holed):
        with pytest.raises(DataGapError, match=r"1 rows are missing \(000300.SH on 2024-01-04\)"):
            load(holed, "idx.bars_1d", assets=["csi300"], **SPAN)
        with pytest.raises(DataGapError, match="1 rows are missing"):
            market(holed, "cn", **SPAN)["benchmark_close"]

    def test_before_its_first_bar_nothing_is_expected(self, holed):
        load(holed, "idx.bars_1d", assets=["csi300"], start="2023-09-04", end="2023-12-29")
