"""The store as a source: grid, every kind of field, and that no value knows the future."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import polars as pl
import pytest

from tests.data import cellar_fixture as world
from workbench.data.assembly.source import StoreSource
from workbench.data.catalog import dataset
from workbench.data.reading.window import Window
from workbench.errors import (
    BadValueError,
    CalendarUnknownError,
    DataGapError,
    EmptyUniverseError,
    NotCoveredError,
    UnknownAssetError,
    UnknownFieldError,
)
from workbench.market import FieldSource

FIRST, LAST = date(2023, 12, 1), date(2024, 1, 31)
DAYS = world.sessions(FIRST, LAST)
WINDOW = Window(FIRST, LAST)


@pytest.fixture(scope="module")
def cellar(tmp_path_factory):
    return world.make_cellar(tmp_path_factory.mktemp("source") / "ws")


@pytest.fixture(scope="module")
def source(cellar):
    return StoreSource(cellar, "cn", WINDOW, benchmark="csi300")


def truth(value) -> np.ndarray:
    """A panel from a function of asset and day; None is NaN."""
    return np.array([[np.nan if (v := value(asset, day)) is None else v for asset in world.ASSETS]
                     for day in DAYS])  # fmt: skip


def column(source, name: str, asset: str) -> np.ndarray:
    return source.field(name)[:, source.assets.index(asset)]


def on(source, name: str, asset: str, day: date) -> float:
    return source.field(name)[source.sessions.index(day), source.assets.index(asset)]


class TestGrid:
    def test_is_a_field_source(self, source):
        assert isinstance(source, FieldSource)

    def test_sessions_are_the_calendars(self, source):
        assert source.sessions.values.tolist() == DAYS

    def test_assets_are_securities_by_their_latest_code(self, source):
        assert source.assets.names == world.ASSETS

    def test_who_is_not_listed_in_the_window_is_no_column(self, cellar):
        early = StoreSource(cellar, "cn", Window(FIRST, date(2023, 12, 29)))
        assert "301000.SZ" not in early.assets
        late = StoreSource(cellar, "cn", Window(world.DELISTED, LAST))
        assert "600001.SH" not in late.assets
        last_day = StoreSource(cellar, "cn", Window(date(2024, 1, 19), date(2024, 1, 19)))
        assert "600001.SH" in last_day.assets

    def test_chosen_assets(self, cellar):
        # The old code means the security too.
        chosen = StoreSource(cellar, "cn", WINDOW, assets=["600519.SH", "000022.SZ"])
        assert chosen.assets.names == ("001872.SZ", "600519.SH")
        with pytest.raises(UnknownAssetError, match=r"600001\.SH"):
            StoreSource(cellar, "cn", Window(world.DELISTED, LAST), assets=["600001.SH"])

    def test_nothing_is_read_until_asked(self, tmp_path):
        here = world.make_cellar(tmp_path / "ws")
        for file in here.table("cn.bars_1d").files():
            file.unlink()
        StoreSource(here, "cn", WINDOW).field("listed")
        assert not (here.root / "cache" / "cn.bars_1d").exists()

    def test_refusals(self, cellar, source):
        with pytest.raises(UnknownFieldError, match="Did you mean 'close'"):
            source.field("clsoe")
        with pytest.raises(BadValueError, match="sw2021"):
            StoreSource(cellar, "cn", WINDOW, groups="sw2022")
        with pytest.raises(BadValueError, match="region"):
            StoreSource(cellar, "hk", WINDOW)
        with pytest.raises(EmptyUniverseError, match="No session"):
            StoreSource(cellar, "cn", Window(date(2024, 1, 6), date(2024, 1, 7)))
        with pytest.raises(CalendarUnknownError):
            StoreSource(cellar, "cn", Window(FIRST, date(2024, 6, 28)))


class TestBars:
    @pytest.mark.parametrize("name", ["open", "high", "low", "close", "pre_close", "volume"])
    def test_every_cell(self, source, name):
        expected = truth(lambda asset, day: (world.bar(asset, day) or {}).get(name))
        np.testing.assert_array_equal(source.field(name), expected)

    def test_a_code_change_is_one_column_without_double_counting(self, source):
        assert np.isfinite(column(source, "close", "001872.SZ")).all()
        notes = " ".join(source.provenance["notes"])
        assert "left out: 001872.SZ (6)" in notes

    def test_values_are_read_only(self, source):
        for name in ("close", "listed", "benchmark_close", "industry"):
            with pytest.raises(ValueError, match="read-only"):
                source.field(name)[0, 0] = 1

    def test_other_tables_follow_the_same_codes(self, source):
        expected = truth(lambda a, d: 1e8 if world.bar(a, d) else None)
        np.testing.assert_array_equal(source.field("shares"), expected)

    def test_close_is_that_of_the_bars_not_of_the_basics(self, source):
        assert source.fields.count("close") == 1


class TestFactor:
    def test_carried_through_a_suspension(self, source):
        expected = truth(
            lambda asset, day: (
                world.factor(asset, day)
                if world.bar(asset, day) or (asset == "300750.SZ" and day in world.HALT)
                else None
            )
        )
        np.testing.assert_array_equal(source.field("adj_factor"), expected)
        assert any("carried through 3 sessions" in note for note in source.provenance["notes"])

    def test_carried_from_before_the_first_session(self, cellar):
        inside = StoreSource(cellar, "cn", Window(world.HALT[1], LAST))
        assert on(inside, "adj_factor", "300750.SZ", world.HALT[1]) == world.factor(
            "300750.SZ", world.HALT[1]
        )

    def test_carried_over_the_turn_of_a_year(self, tmp_path):
        def halted(made):
            lost = (pl.col("asset") == "600519.SH") & (pl.col("session") >= date(2023, 12, 20))
            return made | {n: made[n].filter(~lost) for n in ("cn.bars_1d", "cn.adj_factor")}

        here = world.make_cellar(tmp_path / "ws", halted)
        late = StoreSource(here, "cn", Window(date(2024, 1, 8), LAST), on_gap="ignore")
        expected = world.factor("600519.SH", date(2023, 12, 19))
        assert (column(late, "adj_factor", "600519.SH") == expected).all()

    def test_a_traded_session_without_factor_is_missing_not_carried(self, tmp_path):
        def lost(made):
            gone = (pl.col("asset") == "600519.SH") & (pl.col("session") == date(2024, 1, 4))
            return made | {"cn.adj_factor": made["cn.adj_factor"].filter(~gone)}

        here = world.make_cellar(tmp_path / "ws", lost)
        with pytest.raises(DataGapError, match=r"1 rows are missing \(600519.SH on 2024-01-04\)"):
            StoreSource(here, "cn", WINDOW).field("adj_factor")
        source = StoreSource(here, "cn", WINDOW, on_gap="ignore")
        values = column(source, "adj_factor", "600519.SH")
        assert np.flatnonzero(np.isnan(values)).tolist() == [DAYS.index(date(2024, 1, 4))]


class TestStatus:
    def test_listed(self, source):
        expected = truth(
            lambda asset, day: float(
                not (asset == "301000.SZ" and day < world.LISTED)
                and not (asset == "600001.SH" and day >= world.DELISTED)
            )
        )
        np.testing.assert_array_equal(source.field("listed"), expected)

    def test_suspended_for_the_whole_day_only(self, source):
        expected = truth(lambda a, d: float(a == "300750.SZ" and d in world.HALT))
        np.testing.assert_array_equal(source.field("suspended"), expected)

    def test_risk_warning(self, source):
        expected = truth(
            lambda a, d: float(a == "600001.SH" and world.WARNED <= d < world.DELISTED)
        )
        np.testing.assert_array_equal(source.field("is_st"), expected)

    def test_risk_warning_told_from_names(self, tmp_path, source):
        here = world.make_cellar(tmp_path / "ws", skip=["cn.st_1d"])
        named = StoreSource(here, "cn", WINDOW)
        np.testing.assert_array_equal(named.field("is_st"), source.field("is_st"))
        assert any("names in ref.names" in note for note in named.provenance["notes"])

    def test_no_limit_is_no_number(self, source):
        assert np.isnan(on(source, "up_limit", "301000.SZ", world.LISTED))
        assert np.isnan(on(source, "down_limit", "301000.SZ", world.LISTED))
        assert on(source, "up_limit", "600519.SH", DAYS[0]) == pytest.approx(60 * 1.1)


class TestGroupsAndIndices:
    def test_industries_as_of_the_session(self, source):
        assert source.labels("industry") == ("industry 0", "industry 1")
        moved = column(source, "industry", "000001.SZ")
        turn = DAYS.index(date(2024, 1, 2))
        assert set(moved[:turn]) == {0}
        assert set(moved[turn:]) == {1}
        assert set(column(source, "sector", "688981.SH")) == {-1}
        assert source.labels("close") is None
        assert source.field("subindustry").dtype == np.int32

    def test_who_is_not_listed_has_no_group(self, source):
        assert on(source, "industry", "301000.SZ", date(2024, 1, 4)) == -1
        assert on(source, "industry", "301000.SZ", world.LISTED) >= 0

    def test_a_classification_before_its_time_is_hindsight(self, tmp_path):
        here = world.make_cellar(tmp_path / "ws")
        rows = world.frames()["cal.sessions"]
        every = pl.date_range(date(2020, 1, 1), date(2024, 2, 29), eager=True)
        frame = pl.DataFrame(
            {"exchange": "SSE", "session": every, "is_open": every.dt.weekday() < 6,
             "pretrade": None}, schema=rows.schema,
        )  # fmt: skip
        world.put(here, "cal.sessions", frame)
        old = StoreSource(here, "cn", Window(date(2020, 6, 1), date(2020, 6, 30)))
        old.field("industry")
        assert any("hindsight" in note for note in old.provenance["notes"])

    def test_weights_serve_from_the_session_after_their_snapshot(self, source):
        assert on(source, "weight_csi300", "600519.SH", date(2023, 12, 29)) == 0.5
        assert on(source, "weight_csi300", "688981.SH", date(2023, 12, 29)) == 0.0
        assert on(source, "weight_csi300", "600519.SH", date(2024, 1, 2)) == 0.0
        assert on(source, "weight_csi300", "688981.SH", date(2024, 1, 2)) == 0.5
        assert "weight_csi500" not in source.fields

    def test_the_benchmark_is_the_same_in_every_column(self, source):
        values = source.field("benchmark_close")
        assert values.shape == (len(DAYS), len(world.ASSETS))
        expected = [3005.0 + world.sessions().index(day) for day in DAYS]
        for at in range(values.shape[1]):
            assert values[:, at].tolist() == expected

    def test_no_benchmark_no_field(self, cellar):
        plain = StoreSource(cellar, "cn", WINDOW)
        assert "benchmark_close" not in plain.fields
        other = StoreSource(cellar, "cn", WINDOW, benchmark="csi500")
        with pytest.raises(NotCoveredError, match=r"000905\.SH"):
            other.field("benchmark_close")


class TestTime:
    def test_what_is_published_on_the_next_session_is_shown_on_it(self, source):
        before = [world.sessions()[world.sessions().index(day) - 1] for day in DAYS]
        values = column(source, "financing_balance", "000001.SZ")
        assert values.tolist() == [float(day.toordinal()) for day in before]

    def test_also_on_the_first_session_that_the_calendar_knows(self, cellar):
        first = StoreSource(cellar, "cn", Window(world.CALENDAR[0], FIRST), on_gap="ignore")
        assert np.isnan(first.field("financing_balance")[0]).all()

    @pytest.mark.parametrize("window", [Window(FIRST, date(2024, 1, 16)),
                                        Window(date(2024, 1, 16), LAST),
                                        Window(date(2023, 12, 27), date(2024, 1, 19))])  # fmt: skip
    def test_values_do_not_depend_on_the_window(self, cellar, source, window):
        part = StoreSource(cellar, "cn", window, benchmark="csi300")
        rows = [DAYS.index(day) for day in part.sessions.values.tolist()]
        columns = [source.assets.index(asset) for asset in part.assets]
        for name in part.fields:
            whole = source.field(name)[np.ix_(rows, columns)]
            np.testing.assert_array_equal(part.field(name), whole, err_msg=name)

    @pytest.mark.parametrize("day", [date(2023, 12, 29), date(2024, 1, 9), date(2024, 1, 17)])
    def test_the_future_changes_nothing(self, tmp_path, source, day):
        other = StoreSource(
            world.make_cellar(tmp_path / "ws", world.future(day)), "cn", WINDOW,
            benchmark="csi300",
        )  # fmt: skip
        until = DAYS.index(day) + 1
        differs = []
        for name in source.fields:
            here, there = source.field(name), other.field(name)
            np.testing.assert_array_equal(here[:until], there[:until], err_msg=name)
            differs.append(not np.array_equal(here, there, equal_nan=here.dtype.kind == "f"))
        assert sum(differs) > 10  # the change itself was seen

    def test_a_source_stays_at_its_versions(self, tmp_path):
        here = world.make_cellar(tmp_path / "ws")
        opened = StoreSource(here, "cn", WINDOW)
        doubled = world.frames()["cn.bars_1d"].with_columns(pl.col("close") * 2)
        world.put(here, "cn.bars_1d", doubled)
        expected = truth(lambda asset, day: (world.bar(asset, day) or {}).get("close"))
        np.testing.assert_array_equal(opened.field("close"), expected)
        now = StoreSource(here, "cn", WINDOW)
        np.testing.assert_array_equal(now.field("close"), expected * 2)
        assert now.provenance["datasets"]["cn.bars_1d"] == 1


class TestHoles:
    @pytest.fixture
    def holed(self, tmp_path):
        here = world.make_cellar(tmp_path / "ws")
        contract = dataset("cn.limits_1d")
        here.store.replace(
            contract, contract.empty(), column="session", values=[date(2024, 1, 4)], metadata={}
        )
        return here

    def test_are_found_when_the_field_is_asked_for(self, holed):
        source = StoreSource(holed, "cn", WINDOW)
        source.field("close")
        with pytest.raises(DataGapError, match=r"cn\.limits_1d: 1 of 43 sessions"):
            source.field("up_limit")

    def test_are_noted_when_ignored(self, holed):
        source = StoreSource(holed, "cn", WINDOW, on_gap="ignore")
        assert np.isnan(source.field("up_limit")[DAYS.index(date(2024, 1, 4))]).all()
        assert source.provenance["gaps"][0]["dataset"] == "cn.limits_1d"
        assert any("never fetched" in note for note in source.provenance["notes"])


def test_a_publication_that_ended_is_noted(tmp_path):
    here = world.make_cellar(tmp_path / "ws")
    contract = dataset("cn.northbound_1d")
    frame = pl.DataFrame(
        {name: [None] for name in contract.schema()}, schema=contract.schema()
    ).with_columns(
        session=pl.lit(date(2023, 11, 30)), asset=pl.lit("600519.SH"), shares_held=pl.lit(5.0)
    )
    here.store.replace(contract, frame, column="session", values=[date(2023, 11, 30)], metadata={})
    source = StoreSource(here, "cn", WINDOW, on_gap="ignore")
    assert on(source, "shares_held", "600519.SH", date(2023, 12, 1)) == 5.0
    assert np.isfinite(source.field("shares_held")).sum() == 1


def test_fundamentals_are_fields(tmp_path):
    here = world.make_cellar(tmp_path / "ws")
    contract = dataset("cn.income")
    quarter, told = date(2023, 9, 30), date(2023, 12, 8)
    row = {
        "asset": "600519.SH", "period": quarter, "report_type": "1", "announced": told,
        "f_announced": told, "update_flag": "0", "content_hash": "a", "revenue": 7.0,
        "first_seen_at": datetime(2023, 12, 8, 12, tzinfo=UTC),
    }  # fmt: skip
    frame = pl.DataFrame(
        {key: [row.get(key)] for key in contract.schema()}, schema=contract.schema()
    )
    here.store.append(contract, frame, metadata={})
    source = StoreSource(here, "cn", WINDOW, assets=["600519.SH"])
    values = column(source, "income_revenue_latest", "600519.SH")
    # Told on a Friday: known from the Monday on.
    known = DAYS.index(date(2023, 12, 11))
    assert np.isnan(values[:known]).all()
    assert (values[known:] == 7.0).all()
    assert "balance_total_assets_latest" not in source.fields
