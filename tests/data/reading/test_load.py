"""Loading one table: windows, codes, holes, adjustment, statements, and every refusal."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import polars as pl
import pytest

from tests.data import cellar_fixture as world
from workbench.data.catalog import dataset
from workbench.data.reading.load import load
from workbench.errors import (
    BadValueError,
    CalendarUnknownError,
    DataGapError,
    EmptyUniverseError,
    NotCoveredError,
    SchemaError,
    SnapshotError,
    UnknownAssetError,
    UnknownDatasetError,
)

JANUARY = {"start": "2024-01-02", "end": "2024-01-31"}


@pytest.fixture(scope="module")
def cellar(tmp_path_factory):
    return world.make_cellar(tmp_path_factory.mktemp("库 load") / "ws")


def bars(cellar, **given):
    return load(cellar, "cn.bars_1d", **given)


class TestRows:
    def test_a_window_of_all_assets(self, cellar):
        found = bars(cellar, **JANUARY).to_polars()
        truth = [
            row
            for day in world.sessions(date(2024, 1, 2), date(2024, 1, 31))
            for asset in world.ASSETS
            if (row := world.bar(asset, day))
        ]
        assert found["close"].to_list() == [row["close"] for row in truth]
        assert found["asset"].to_list() == [row["asset"] for row in truth]
        assert found.columns == list(dataset("cn.bars_1d").names)

    def test_open_ends_are_what_is_stored(self, cellar):
        frame = bars(cellar)
        assert frame.provenance["window"] == (str(world.FIRST), str(world.LAST))

    def test_fields_come_with_the_key(self, cellar):
        assert bars(cellar, fields=["volume", "open"], **JANUARY).columns == (
            "session", "asset", "open", "volume",
        )  # fmt: skip
        assert bars(cellar, fields="close", **JANUARY).columns == ("session", "asset", "close")

    def test_a_share_under_all_its_codes_each_on_its_days(self, cellar):
        frame = bars(cellar, assets=["001872.SZ"], start="2023-12-18", end="2023-12-29")
        rows = frame.to_polars()
        assert rows["session"].is_unique().all()
        old = rows.filter(pl.col("session") < world.CHANGED)
        assert set(old["asset"]) == {"000022.SZ"}
        assert set(rows.filter(pl.col("session") >= world.CHANGED)["asset"]) == {"001872.SZ"}
        assert "6 rows under codes that were not valid" in frame.provenance["notes"][0]

    def test_a_share_once_a_day_also_among_all(self, cellar):
        # The vendor has a week of history under both codes of 001872.SZ.
        frame = bars(cellar, start="2023-12-18", end="2023-12-29")
        rows = frame.to_polars()
        new = rows.filter(pl.col("asset") == "001872.SZ")
        assert new["session"].min() == world.CHANGED
        assert "000022.SZ" in set(rows.filter(pl.col("session") < world.CHANGED)["asset"])
        days = rows["session"].n_unique()
        assert rows.filter(pl.col("asset").is_in(["000022.SZ", "001872.SZ"])).height == days
        assert "6 rows under codes that were not valid" in frame.provenance["notes"][0]
        inside = bars(cellar, universe=["001872.SZ"], start="2023-12-18", end="2023-12-29")
        assert len(inside) == days

    @pytest.mark.parametrize("written", ["600519.SH", "SH600519", "sh600519", "600519"])
    def test_codes_as_people_write_them(self, cellar, written):
        rows = bars(cellar, assets=[written], **JANUARY).to_polars()
        assert set(rows["asset"]) == {"600519.SH"}

    @pytest.mark.parametrize(
        "day",
        [
            "2024-01-05",
            "20240105",
            date(2024, 1, 5),
            np.datetime64("2024-01-05"),
            datetime(2024, 1, 5),
        ],
    )
    def test_days_as_people_write_them(self, cellar, day):
        assert set(bars(cellar, start=day, end=day).to_polars()["session"]) == {date(2024, 1, 5)}

    def test_the_panel_has_every_session(self, cellar):
        panel = bars(cellar, assets=["300750.SZ"], **JANUARY).panel("close")
        assert len(panel) == len(world.sessions(date(2024, 1, 2), date(2024, 1, 31)))
        missing = panel.sessions.values[np.isnan(panel.values[:, 0])]
        assert missing.tolist() == list(world.HALT)

    def test_an_index_by_name(self, cellar):
        found = load(cellar, "idx.bars_1d", assets=["csi300"], **JANUARY)
        assert set(found.to_polars()["asset"]) == {"000300.SH"}

    def test_members_of_each_session(self, cellar):
        rows = bars(cellar, universe="csi300", start="2023-12-28", end="2024-01-03").to_polars()
        held = {day: set(part["asset"]) for (day,), part in rows.group_by("session")}
        before, after = {"000001.SZ", "600519.SH"}, {"000001.SZ", "688981.SH"}
        # The snapshot of 2023-12-29 is out after that session only.
        assert held == {
            date(2023, 12, 28): before, date(2023, 12, 29): before,
            date(2024, 1, 2): after, date(2024, 1, 3): after,
        }  # fmt: skip

    def test_rows_of_other_securities_are_members_of_nothing(self, tmp_path):
        # The exchange's list also names B shares, which no table of securities here holds.
        here = world.make_cellar(tmp_path / "ws")
        rows = load(here, "cn.st_1d", start="2024-01-02", end="2024-01-05").to_polars()
        assert "900901.SH" in set(rows["asset"])
        with pytest.raises(EmptyUniverseError, match="No row belongs"):
            load(here, "cn.st_1d", universe="csi300", start="2024-01-02", end="2024-01-05")

    def test_a_universe_of_codes(self, cellar):
        rows = bars(cellar, universe=["600519", "001872.SZ"], **JANUARY).to_polars()
        assert set(rows["asset"]) == {"600519.SH", "001872.SZ"}

    def test_tables_without_days(self, cellar):
        assert len(load(cellar, "ref.securities")) == len(world.ASSETS) + 1
        with pytest.raises(BadValueError, match="not a table of days"):
            load(cellar, "ref.securities", start="2024-01-01")


class TestProvenance:
    def test_what_it_says(self, cellar):
        said = bars(cellar, fields=["close"], **JANUARY).provenance
        assert said["dataset"] == "cn.bars_1d"
        assert said["version"] == cellar.version("cn.bars_1d")
        assert said["units"] == {"close": "cny"}
        assert said["coverage"] == {"periods": 22, "covered": 22}
        assert said["gaps"]["rows_missing"] == 0
        assert len(said["rules"]) == 64

    def test_versions_are_pinned(self, tmp_path):
        here = world.make_cellar(tmp_path / "ws", skip=("cn.margin_1d", "ind.members"))
        before = here.pinned()
        first = bars(here, **JANUARY)
        changed = world.frames()["cn.bars_1d"].with_columns(pl.col("close") * 2)
        world.put(here, "cn.bars_1d", changed)
        assert bars(before, **JANUARY).to_polars().equals(first.to_polars())
        old = bars(here, version=first.provenance["version"], **JANUARY)
        assert old.to_polars().equals(first.to_polars())
        assert (bars(here, **JANUARY).to_polars()["close"] == first.to_polars()["close"] * 2).all()


class TestAdjustment:
    def test_hfq_is_price_times_factor_and_volume_by_factor(self, cellar):
        raw = bars(cellar, **JANUARY).to_polars()
        made = bars(cellar, adjust="hfq", **JANUARY).to_polars()
        factors = [
            world.factor(asset, day) for day, asset in raw.select("session", "asset").iter_rows()
        ]
        for name in ("open", "high", "low", "close", "pre_close"):
            assert made[name].to_list() == [a * b for a, b in zip(raw[name], factors, strict=True)]
        volume = [a / b for a, b in zip(raw["volume"], factors, strict=True)]
        assert made["volume"].to_list() == volume
        assert made["amount"].equals(raw["amount"])

    def test_qfq_keeps_the_quoted_prices_of_the_anchor(self, cellar):
        given = {"assets": ["600519.SH"], "adjust": "qfq", **JANUARY}
        raw = bars(cellar, assets=["600519.SH"], **JANUARY).to_polars()
        late = bars(cellar, anchor="2024-01-31", **given).to_polars()
        early = bars(cellar, anchor="2024-01-02", **given).to_polars()
        after = raw["session"] >= world.EX_DAY
        assert late.filter(after)["close"].equals(raw.filter(after)["close"])
        assert late.filter(~after)["close"].to_list() == (raw.filter(~after)["close"] / 2).to_list()
        assert early.filter(~after)["close"].equals(raw.filter(~after)["close"])
        assert early.filter(after)["close"].to_list() == (raw.filter(after)["close"] * 2).to_list()

    def test_nobody_listed_after_the_anchor_is_anchored(self, cellar):
        frame = bars(cellar, assets=["301000.SZ"], adjust="qfq", anchor="2024-01-04", **JANUARY)
        assert frame.to_polars()["close"].is_null().all()
        assert "no adjustment factor" in frame.provenance["notes"][0]

    def test_a_missing_factor_is_no_number(self, tmp_path):
        def without(made):
            lost = (pl.col("session") == date(2024, 1, 4)) & (pl.col("asset") == "000001.SZ")
            return {**made, "cn.adj_factor": made["cn.adj_factor"].filter(~lost)}

        here = world.make_cellar(tmp_path / "ws", without)
        with pytest.raises(DataGapError, match=r"1 bars have no adjustment factor \(000001.SZ on"):
            bars(here, adjust="hfq", **JANUARY)
        rows = bars(here, adjust="hfq", on_gap="ignore", **JANUARY).to_polars()
        assert rows.filter(pl.col("close").is_null()).select("session", "asset").rows() == [
            (date(2024, 1, 4), "000001.SZ")
        ]

    @pytest.mark.parametrize(
        ("given", "kind", "said"),
        [
            ({"adjust": "hqf"}, BadValueError, "'hfq'"),
            ({"adjust": "qfq"}, BadValueError, "needs anchor"),
            ({"adjust": "hfq", "anchor": "2024-01-02"}, BadValueError, "nothing else takes one"),
            ({"adjust": "qfq", "anchor": "2024-02-12"}, NotCoveredError, "before the anchor"),
        ],
    )
    def test_refusals(self, cellar, given, kind, said):
        with pytest.raises(kind, match=said):
            bars(cellar, **given, **JANUARY)

    def test_other_tables_are_not_adjusted(self, cellar):
        with pytest.raises(SchemaError, match="cannot be adjusted"):
            load(cellar, "cn.basic_1d", adjust="hfq")


class TestRefusals:
    @pytest.mark.parametrize(
        ("given", "kind", "said"),
        [
            ({"start": "2024-02-01", "end": "2024-01-02"}, BadValueError, "lies after end"),
            ({"start": "2024-02-21"}, BadValueError, "lies in the future; today is 2024-02-20"),
            ({"end": "2025-01-02"}, BadValueError, "future"),
            ({"end": "2024-01-06"}, BadValueError, "before is 2024-01-05, after is 2024-01-08"),
            ({"end": "2024-01-06", "snap": "next"}, BadValueError, "snap should be"),
            ({"start": "02/01/2024"}, BadValueError, "two ways"),
            ({"start": "2024-1-2"}, BadValueError, "two ways"),
            ({"start": 20240102}, BadValueError, "two ways"),
            ({"start": "2024-02-30"}, BadValueError, "should be a day"),
            ({"start": datetime(2024, 1, 2, 9)}, BadValueError, "has a time"),
            ({"start": datetime(2024, 1, 2, tzinfo=UTC)}, BadValueError, "has a time"),
            ({"start": np.datetime64("NaT", "D")}, BadValueError, "should be a date"),
            ({"start": "2023-08-31"}, CalendarUnknownError, "calendar"),
            ({"fields": ["clsoe"]}, SchemaError, "Did you mean 'close'"),
            ({"assets": ["000001"]}, UnknownAssetError, "ambiguous"),
            ({"assets": ["600518.SH"]}, UnknownAssetError, "Did you mean"),
            ({"assets": []}, EmptyUniverseError, "empty"),
            ({"universe": "csi3000"}, BadValueError, "Did you mean"),
            ({"universe": []}, EmptyUniverseError, "No row belongs"),
            ({"on_gap": "warm"}, BadValueError, "Did you mean 'warn'"),
            ({"version": 99}, SnapshotError, "versions 0 to"),
            ({"version": -1}, SnapshotError, "whole number"),
            ({"version": True}, SnapshotError, "whole number"),
            ({"as_of": "2024-01-02"}, BadValueError, "as_of is for statements"),
        ],
    )  # fmt: skip
    def test_arguments(self, cellar, given, kind, said):
        with pytest.raises(kind, match=said):
            bars(cellar, **given)

    @pytest.mark.parametrize(
        ("name", "said"),
        [("cn.bars_1", "'cn.bars_1d'"), ("cn", "bundle"), ("user.mine", "user.mine"),
         ("../etc", "no dataset"), (7, "named by text")],
    )  # fmt: skip
    def test_datasets(self, cellar, name, said):
        with pytest.raises(UnknownDatasetError, match=said):
            load(cellar, name)

    def test_an_end_may_snap_to_the_session_before(self, cellar):
        frame = bars(cellar, start="2024-01-02", end="2024-01-07", snap="prev")
        assert frame.to_polars()["session"].max() == date(2024, 1, 5)

    def test_a_window_without_sessions(self, cellar):
        with pytest.raises(BadValueError, match="No session lies between"):
            bars(cellar, start="2024-01-06", end="2024-01-07", snap="prev")

    def test_a_table_that_was_never_fetched(self, cellar):
        with pytest.raises(NotCoveredError, match=r"workbench data update cn\.moneyflow_1d"):
            load(cellar, "cn.moneyflow_1d")

    def test_days_that_were_never_fetched(self, cellar):
        with pytest.raises(NotCoveredError, match=r"nothing from 2023-09-01 to 2023-09-29.*update"):
            bars(cellar, start="2023-09-01", end="2023-09-29")
        with pytest.raises(NotCoveredError, match=r"nothing of the days"):
            bars(cellar, start="2024-02-12")

    def test_an_asset_without_rows(self, cellar):
        with pytest.raises(NotCoveredError, match=r"no row of 301000.SZ"):
            bars(cellar, assets=["301000.SZ"], start="2023-12-01", end="2023-12-29")


@pytest.fixture(scope="module")
def holed(tmp_path_factory):
    def without(made):
        lost = pl.col("session").is_in([date(2024, 1, 4), date(2024, 1, 5)])
        return {**made, "cn.bars_1d": made["cn.bars_1d"].filter(~lost)}

    here = world.make_cellar(tmp_path_factory.mktemp("holes") / "ws")
    table = here.store.snapshot("cn.bars_1d")
    frame = without(world.frames())["cn.bars_1d"]
    gone = [date(2024, 1, 4), date(2024, 1, 5)]
    contract = dataset("cn.bars_1d")
    here.store.replace(contract, frame.clear(), column="session", values=gone, metadata={})
    assert table.rows > here.store.snapshot("cn.bars_1d").rows
    return here


class TestGaps:
    def test_raises_by_default(self, holed):
        with pytest.raises(DataGapError, match=r"2 of 22 sessions were never fetched "
                           r"\(2024-01-04, 2024-01-05\).*--start 2024-01-02"):  # fmt: skip
            bars(holed, **JANUARY)

    def test_warns_or_stays_silent_when_told(self, holed):
        with pytest.warns(UserWarning, match="2 of 22 sessions"):
            warned = bars(holed, on_gap="warn", **JANUARY)
        silent = bars(holed, on_gap="ignore", **JANUARY)
        for frame in (warned, silent):
            assert frame.provenance["gaps"]["never_fetched"] == 2
            assert frame.provenance["coverage"] == {"periods": 22, "covered": 20}
            assert "never fetched" in frame.provenance["notes"][0]
            assert np.isnan(frame.panel("close").values[2:4]).all()

    def test_a_window_beside_the_hole_is_whole(self, holed):
        assert not bars(holed, start="2024-01-08", end="2024-01-31").provenance["notes"]

    def test_an_older_version_is_judged_by_its_own_rows(self, holed):
        assert not bars(holed, version=0, **JANUARY).provenance["notes"]

    def test_a_session_confirmed_empty_is_no_hole(self, cellar):
        # Nobody was suspended on most sessions; they were asked for.
        rows = load(cellar, "cn.suspend", **JANUARY)
        assert set(rows.to_polars()["session"]) == set(world.HALT)

    def test_rows_missing_inside_a_session_are_named(self, tmp_path):
        def without(made):
            lost = (pl.col("session") == date(2024, 1, 4)) & (pl.col("asset") == "600519.SH")
            return {**made, "cn.bars_1d": made["cn.bars_1d"].filter(~lost)}

        here = world.make_cellar(tmp_path / "ws", without)
        day = date(2024, 1, 4)
        frame = without(world.frames())["cn.bars_1d"].filter(pl.col("session") == day)
        world.settle(here, "cn.bars_1d", frame, missing=1)
        with pytest.raises(DataGapError, match=r"1 rows are missing \(600519.SH on 2024-01-04\)"):
            bars(here, **JANUARY)
        # Somebody who asks for another share is not concerned.
        assert not bars(here, assets=["000001.SZ"], **JANUARY).provenance["notes"]


@pytest.fixture(scope="module")
def reported(tmp_path_factory):
    here = world.make_cellar(tmp_path_factory.mktemp("reports") / "ws")
    seen = datetime(2023, 10, 1, tzinfo=UTC)
    rows = [
        ("600519.SH", date(2023, 6, 30), date(2023, 10, 10), 1.0, seen),
        ("600519.SH", date(2023, 9, 30), date(2023, 10, 27), 2.0, seen),
        ("000001.SZ", date(2023, 9, 30), date(2023, 11, 30), 5.0, seen),
    ]
    contract = dataset("cn.income")
    listed = [
        {"asset": asset, "period": period, "report_type": "1", "announced": day,
         "f_announced": day, "update_flag": "0", "first_seen_at": at, "content_hash": str(n),
         "n_income_attr_p": value}
        for n, (asset, period, day, value, at) in enumerate(rows)
    ]  # fmt: skip
    columns = {key: [row.get(key) for row in listed] for key in contract.schema()}
    frame = pl.DataFrame(columns, schema=contract.schema())
    here.store.append(contract, frame, metadata={})
    return here


class TestStatements:
    def test_only_what_was_known(self, reported):
        frame = load(reported, "cn.income", as_of="2023-10-30", fields=["n_income_attr_p"])
        assert frame.to_polars().select("asset", "period", "n_income_attr_p").rows() == [
            ("600519.SH", date(2023, 6, 30), 1.0), ("600519.SH", date(2023, 9, 30), 2.0),
        ]  # fmt: skip
        assert frame.provenance["as_of"] == "2023-10-30"

    def test_an_announcement_is_known_on_the_next_session(self, reported):
        # Announced on a Friday: known on the Monday.
        day_of = load(reported, "cn.income", as_of="2023-10-27", fields=["n_income_attr_p"])
        assert len(day_of) == 1

    def test_periods_and_assets(self, reported):
        rows = load(reported, "cn.income", start="2023-09-30", assets=["600519"]).to_polars()
        assert rows["period"].to_list() == [date(2023, 9, 30)]
        with pytest.raises(BadValueError, match="future"):
            load(reported, "cn.income", as_of="2024-03-01")
        with pytest.raises(BadValueError, match="no universe"):
            load(reported, "cn.income", universe="csi300")
