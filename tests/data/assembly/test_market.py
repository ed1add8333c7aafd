"""Markets of the store: the six masks, universes, windows, provenance, every refusal."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import polars as pl
import pytest

from tests.data import cellar_fixture as world
from workbench.data.assembly.market import market
from workbench.data.assembly.universes import UniverseFilter
from workbench.data.catalog import dataset
from workbench.errors import (
    BadValueError,
    CalendarUnknownError,
    DataGapError,
    EmptyUniverseError,
    NotCoveredError,
    PanelError,
    UnknownAssetError,
)

SPAN = {"start": "2023-12-01", "end": "2024-01-31"}
DAYS = world.sessions(date(2023, 12, 1), date(2024, 1, 31))


@pytest.fixture(scope="module")
def cellar(tmp_path_factory):
    return world.make_cellar(tmp_path_factory.mktemp("market") / "ws")


@pytest.fixture(scope="module")
def whole(cellar):
    return market(cellar, "cn", **SPAN)


def truth(value) -> np.ndarray:
    return np.array([[bool(value(asset, day)) for asset in world.ASSETS] for day in DAYS])


def is_listed(asset: str, day: date) -> bool:
    if asset == "301000.SZ":
        return day >= world.LISTED
    return not (asset == "600001.SH" and day >= world.DELISTED)


def sealed(asset: str, day: date, when: date) -> bool:
    return asset == "688981.SH" and day == when


class TestMasks:
    """Suspended, sealed, not yet listed, delisted, under a warning and re-coded assets."""

    def test_listed(self, whole):
        np.testing.assert_array_equal(whole.mask("listed").values, truth(is_listed))

    def test_quoted(self, whole):
        np.testing.assert_array_equal(whole.mask("quoted").values, truth(world.bar))

    def test_universe_is_the_listed_without_another(self, whole):
        np.testing.assert_array_equal(whole.mask("universe").values, truth(is_listed))

    def test_estimation(self, whole):
        expected = truth(lambda a, d: is_listed(a, d) and world.bar(a, d))
        np.testing.assert_array_equal(whole.mask("estimation").values, expected)

    def test_buyable(self, whole):
        expected = truth(lambda a, d: world.bar(a, d) and not sealed(a, d, world.SEALED_UP))
        np.testing.assert_array_equal(whole.mask("buyable").values, expected)

    def test_sellable(self, whole):
        expected = truth(lambda a, d: world.bar(a, d) and not sealed(a, d, world.SEALED_DOWN))
        np.testing.assert_array_equal(whole.mask("sellable").values, expected)

    def test_a_warned_share_is_quoted_but_may_be_left_out(self, cellar):
        chosen = market(cellar, "cn", universe=UniverseFilter(), **SPAN)
        warned = chosen.assets.index("600001.SH")
        day = DAYS.index(world.WARNED)
        assert chosen.mask("quoted").values[day, warned]
        assert chosen.mask("universe").values[day - 1, warned]
        assert not chosen.mask("estimation").values[day, warned]


class TestPrices:
    def test_hfq_by_default_and_raw_beside_it(self, whole):
        asset, day = "600519.SH", world.EX_DAY
        raw = world.bar(asset, day)["close"]
        assert whole["close"].at(asset, day) == raw * world.factor(asset, day)
        assert whole["raw_close"].at(asset, day) == raw

    def test_none(self, cellar):
        plain = market(cellar, "cn", adjust="none", **SPAN)
        assert plain["close"].at("600519.SH", world.EX_DAY) == world.bar(
            "600519.SH", world.EX_DAY
        )["close"]  # fmt: skip

    def test_derived_fields_work(self, whole):
        for name in ("returns", "vwap", "cap", "adv20"):
            assert np.isfinite(whole[name].values).any()
        low, high = whole["raw_low"].values, whole["raw_high"].values
        inside = (whole["raw_vwap"].values >= low) & (whole["raw_vwap"].values <= high)
        assert inside[whole.mask("quoted").values].all()

    def test_without_factors_adjusting_is_refused(self, tmp_path):
        here = world.make_cellar(tmp_path / "ws", skip=["cn.adj_factor"])
        with pytest.raises(NotCoveredError, match=r"cn\.adj_factor"):
            market(here, "cn", **SPAN)
        assert market(here, "cn", adjust="none", **SPAN).shape == (len(DAYS), 7)

    def test_the_benchmark_is_there_by_itself(self, whole, cellar):
        assert whole["benchmark_close"].values[0, 0] > 3000
        named = market(cellar, "cn", benchmark="000300.SH", **SPAN)
        np.testing.assert_array_equal(
            named["benchmark_open"].values, whole["benchmark_open"].values
        )
        with pytest.raises(BadValueError, match="csi300"):
            market(cellar, "cn", benchmark="csi30", **SPAN)

    def test_factors_compute_on_it(self, whole):
        import workbench as wb

        values = wb.compute(wb.factor("rank(close / benchmark_close)"), whole, device="cpu").values
        assert np.isfinite(values[whole.mask("estimation").values]).all()


class TestUniverses:
    def test_an_index_as_of_each_session(self, cellar):
        found = market(cellar, "cn", universe="csi300", **SPAN)
        assert found.assets.names == ("000001.SZ", "600519.SH", "688981.SH")
        members = {
            day: {a for a in found.assets if found.mask("universe").at(a, day)} for day in DAYS
        }
        for day, held in members.items():
            other = "688981.SH" if day >= date(2024, 1, 2) else "600519.SH"
            assert held == {"000001.SZ", other}

    def test_codes_are_the_columns(self, cellar):
        found = market(cellar, "cn", universe=["600519", "SZ301000", "000022.SZ"], **SPAN)
        assert found.assets.names == ("001872.SZ", "301000.SZ", "600519.SH")
        assert not found.mask("universe").at("301000.SZ", DAYS[0])

    def test_filters_on_top_of_an_index(self, cellar):
        found = market(
            cellar, "cn", universe="csi300", filters=UniverseFilter(boards=("star",)), **SPAN
        )
        expected = [a == "688981.SH" for a in found.assets]
        assert found.mask("universe").values[-1].tolist() == expected

    @pytest.mark.parametrize(
        ("universe", "kind", "said"),
        [
            ("csi330", BadValueError, "Did you mean"),
            ([], EmptyUniverseError, "empty list"),
            (["000001"], UnknownAssetError, "ambiguous"),
            (["600518.SH"], UnknownAssetError, "Did you mean"),
            (7, BadValueError, "A universe is"),
            ([7], BadValueError, "A universe is"),
            (UniverseFilter(boards=("bse",)), EmptyUniverseError, "no member"),
            ("csi500", NotCoveredError, r"000905\.SH"),
        ],
    )
    def test_refusals(self, cellar, universe, kind, said):
        with pytest.raises(kind, match=said):
            market(cellar, "cn", universe=universe, **SPAN)

    def test_two_filters_are_one_too_many(self, cellar):
        with pytest.raises(BadValueError, match="not both"):
            market(cellar, universe=UniverseFilter(), filters=UniverseFilter(), **SPAN)
        with pytest.raises(BadValueError, match="start from 'csi500'"):
            market(cellar, universe="csi300", filters=UniverseFilter(base="csi500"), **SPAN)


class TestWindows:
    def test_open_ends_are_what_the_bars_hold(self, cellar):
        found = market(cellar, "cn")
        assert (found.sessions.first, found.sessions.last) == (
            np.datetime64(world.FIRST), np.datetime64(world.LAST),
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("given", "kind", "said"),
        [
            ({"start": "2024-01-31", "end": "2024-01-02"}, BadValueError, "lies after"),
            ({"end": "2024-01-28"}, BadValueError, "no session"),
            ({"end": "2024-02-21"}, BadValueError, "future"),
            ({"start": "2023-08-01"}, CalendarUnknownError, "knows"),
            ({"start": "2024-02-12"}, NotCoveredError, "workbench data update"),
            ({"start": "2023-09-01", "end": "2023-09-28"}, NotCoveredError, "holds nothing"),
            ({"start": "2023-09-01", "end": "2023-12-29"}, DataGapError, "20 of 84|21 of"),
            ({"region": "hk"}, BadValueError, "region"),
            ({"on_gap": "rise"}, BadValueError, "Did you mean 'raise'"),
            ({"adjust": "qfq"}, PanelError, "adjust"),
            ({"groups": "gics"}, BadValueError, "groups"),
        ],
    )
    def test_refusals(self, cellar, given, kind, said):
        with pytest.raises(kind, match=said):
            market(cellar, **given)

    def test_snapping(self, cellar):
        found = market(cellar, start="2024-01-02", end="2024-01-28", snap="prev")
        assert str(found.sessions.last) == "2024-01-26"

    def test_nothing_stored(self, tmp_path):
        here = world.make_cellar(tmp_path / "ws", skip=["cn.bars_1d"])
        with pytest.raises(NotCoveredError, match=r"workbench data update cn\.bars_1d"):
            market(here, "cn")


class TestProvenance:
    def test_says_versions_rules_and_choices(self, whole):
        said = whole.provenance
        assert said["datasets"]["cn.bars_1d"] == 0
        assert len(said["rules"]) == 64
        assert (said["universe"], said["benchmark"], said["groups"], said["on_gap"]) == (
            "all", "csi300", "sw2021", "raise",
        )  # fmt: skip
        assert said["delisted"] == {"count": 1}
        assert any("delisted" in note for note in whole.notes)
        json.dumps(dict(said))

    def test_a_filter_is_told_in_plain_values(self, cellar):
        found = market(cellar, universe=UniverseFilter(listed_sessions=20), **SPAN)
        assert found.provenance["universe"]["listed_sessions"] == 20
        json.dumps(dict(found.provenance))

    def test_a_snapshot_shows_its_versions_again(self, tmp_path):
        here = world.make_cellar(tmp_path / "ws")
        pins = here.store.versions()
        before = market(here, "cn", **SPAN)["close"].values
        doubled = world.frames()["cn.bars_1d"].with_columns(pl.col("close") * 2)
        world.put(here, "cn.bars_1d", doubled)
        again = market(here.at(pins, "report"), "cn", **SPAN)
        np.testing.assert_array_equal(again["close"].values, before)
        assert again.provenance["snapshot"] == "report"
        np.testing.assert_array_equal(market(here, "cn", **SPAN)["close"].values, before * 2)

    def test_a_hole_in_the_bars_is_an_error_at_once(self, tmp_path):
        here = world.make_cellar(tmp_path / "ws")
        bars = dataset("cn.bars_1d")
        here.store.replace(
            bars, bars.empty(), column="session", values=[date(2024, 1, 4)], metadata={}
        )
        with pytest.raises(DataGapError, match="1 of 43 sessions"):
            market(here, "cn", **SPAN)
        with pytest.warns(UserWarning, match="never fetched"):
            found = market(here, "cn", on_gap="warn", **SPAN)
        assert np.isnan(found["close"].values[DAYS.index(date(2024, 1, 4))]).all()
        assert found.provenance["gaps"][0]["never_fetched"] == 1


class TestTime:
    def test_narrowing_is_the_same_as_opening_narrow(self, cellar, whole):
        narrow = market(cellar, "cn", start="2024-01-08", end="2024-01-19")
        part = whole.between("2024-01-08", "2024-01-19").select(narrow.assets)
        for name in ("close", "volume", "adj_factor", "is_st", "weight_csi300", "up_limit"):
            np.testing.assert_array_equal(narrow[name].values, part[name].values, err_msg=name)
        for name in ("listed", "quoted", "buyable", "sellable", "universe", "estimation"):
            np.testing.assert_array_equal(
                narrow.mask(name).values, part.mask(name).values, err_msg=name
            )


def test_real_prices_through_the_store_are_those_of_the_file(shared_data, tmp_path):
    """A year of 120 real shares, suspensions included: by the store and by `read_market`."""
    from workbench.data.cellar import Cellar
    from workbench.data.providers.files import read_market

    known = read_market(shared_data / "cn_daily_2015_2019.parquet").between(
        "2018-06-01", "2019-05-31"
    )
    known = known.select(known.assets.names[:120])
    names, days = list(known.assets), known.sessions.values
    here = Cellar.open(tmp_path / "ws", clock=lambda: world.NOW)
    fields = ("open", "high", "low", "close", "pre_close", "volume", "amount")
    cells = {f: known[f"raw_{f}" if f != "amount" else f].values.ravel() for f in fields}
    keys = {"session": np.repeat(days, len(names)), "asset": names * len(days)}
    rows = pl.DataFrame({**keys, **cells}).filter(pl.col("close").is_not_nan())
    every = np.arange(days[0], days[-1] + np.timedelta64(1, "D"))
    is_open = np.isin(every, days)
    listed = {"security_id": names, "asset": names, "valid_from": date(1990, 1, 1)}
    for name, frame in {
        "cal.sessions": pl.DataFrame({"exchange": "SSE", "session": every, "is_open": is_open}),
        "ref.securities": pl.DataFrame({**listed, "list_date": date(1990, 1, 1)}),
        "cn.bars_1d": rows.with_columns(pl.col(fields).fill_nan(None)),
    }.items():
        schema = dataset(name).schema()
        absent = [pl.lit(None, kind).alias(key) for key, kind in schema.items() if key not in frame]
        whole = frame.with_columns(absent).select(list(schema)).cast(schema)
        column = dataset(name).key[0]
        values = whole[column].unique().to_list()
        here.store.replace(dataset(name), whole, column=column, values=values, metadata={})
    found = market(here, "cn", adjust="none")
    for name in fields:
        shown = known[f"raw_{name}" if name != "amount" else name].values
        np.testing.assert_array_equal(found[name].values, shown, err_msg=name)
    for name in ("quoted", "buyable"):
        np.testing.assert_array_equal(found.mask(name).values, known.mask(name).values)
