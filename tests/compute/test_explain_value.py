"""One number opened up: its steps have the bits of a full run, its inputs give it by hand."""

from __future__ import annotations

import numpy as np
import pytest

from tests.compute.toy_market import BATCH, toy_market
from workbench.compute import compute, explain
from workbench.errors import (
    InsufficientHistoryError,
    PlanError,
    UnknownAssetError,
    UnknownSessionError,
)
from workbench.market import ArraySource, Assets, Market, Sessions

DAYS = np.arange("2019-01-01", "2019-02-10", dtype="datetime64[D]")
NAMES = ("000001.SZ", "000002.SZ", "600519.SH", "600520.SH")
ASSET, DAY, ROW = "600519.SH", "2019-01-20", 19


@pytest.fixture(scope="module")
def market() -> Market:
    rng = np.random.default_rng(2)
    close = 10 * np.exp(np.cumsum(rng.normal(0, 0.02, (40, 4)), axis=0))
    signal = rng.uniform(1, 2, (40, 4))
    signal[[16, 11], 2] = np.nan
    fields = {"close": close, "signal": signal}
    fields["industry"] = np.tile(np.array([0, 0, 1, 1], dtype=np.int32), (40, 1))
    labels = {"industry": ("bank", "liquor")}
    return Market(ArraySource(Sessions(DAYS), Assets(NAMES), fields, labels), adjust="none")


def test_at_shows_every_intermediate_value(market: Market) -> None:
    steps = explain("ts_mean(rank(close), 5) - 0.5", market).at(ASSET, DAY)
    assert list(steps["expression"]) == [
        "close",
        "rank(close)",
        "ts_mean(rank(close), 5)",
        "ts_mean(rank(close), 5) - 0.5",
    ]
    close = market["close"].values
    ranks = (close[15:20, 2:3] >= close[15:20]).sum(axis=1) / 4
    expected = [close[19, 2], ranks[-1], ranks.mean(), ranks.mean() - 0.5]
    np.testing.assert_allclose(steps["value"].astype(float), expected)
    assert steps["note"][1] == f"4 of 4 names took part, rank {4 * ranks[-1]:g}"
    assert steps["note"][2] == "5 of 5 values, 2019-01-16 … 2019-01-20"


@pytest.mark.parametrize("universe", [None, "weight"])
def test_the_last_value_has_the_bits_of_a_full_run(universe: str | None) -> None:
    toy = toy_market(90, 11, universe=universe)
    batch = BATCH | {
        "cumulated": "ts_cumsum(returns, 20190110)",
        "defined": "ts_minmax(rank(close), 5) - ewma(close, span=3)",
        "groups": "group_rank(close, bucket(adv20, 3))",
        "truth": "close > open",
    }
    whole = compute(batch, toy, dtype="float64")
    explained = explain(batch, toy)
    for session in ("2019-01-03", "2019-02-20", "2019-03-31"):
        for name, panel in whole.items():
            steps = explained.at("000004.SZ", session, factor=name)
            got = np.float64(steps["value"].iloc[-1])
            np.testing.assert_array_equal(got, panel.at("000004.SZ", session), err_msg=name)
            assert len(set(steps["expression"])) == len(steps)


def test_groups_are_named_and_their_company_counted(market: Market) -> None:
    steps = explain("indneutralize(close, industry)", market).at(ASSET, DAY)
    assert steps["value"][1] == "liquor"
    mean = market["close"].values[ROW, 2:].mean()
    assert steps["note"][2] == f"2 of 4 names took part, industry liquor, mean {mean:.6g}"


def test_missing_values_say_why(market: Market) -> None:
    steps = explain("rank(ts_mean(signal, 10)) + 1", market).at(ASSET, DAY).set_index("expression")
    notes = steps["note"]
    assert np.isnan(steps["value"].iloc[-1])
    assert notes["ts_mean(signal, 10)"] == (
        "8 of 10 values, 2019-01-11 … 2019-01-20; missing on 2019-01-17 and 1 more"
    )
    assert notes["rank(ts_mean(signal, 10))"] == "missing: ts_mean(signal, 10)"
    assert notes.iloc[-1] == "missing: rank(ts_mean(signal, 10))"
    early = explain("ts_mean(close, 10)", market).at(ASSET, "2019-01-03")
    assert early["note"][1].endswith("the window begins before the data")
    hole = (
        explain("signal * log(0 - close)", market).at(ASSET, "2019-01-17").set_index("expression")
    )
    assert hole["note"]["signal"] == "missing"
    assert hole["note"]["log(0 - close)"] == "no finite value"
    assert hole["note"].iloc[-1] == "missing: signal, log(0 - close)"


def test_outside_the_mask_there_is_no_rank(market: Market) -> None:
    few = market.with_fields({"weight": np.tile([1.0, 1.0, 0.0, 1.0], (40, 1))})
    steps = explain("rank(close)", few.with_universe("weight")).at(ASSET, DAY)
    assert steps["note"][1] == "outside the estimation mask"


def test_a_defined_operator_says_what_it_stands_for(market: Market) -> None:
    steps = explain("ts_count(close > 10, 5)", market).at(ASSET, DAY)
    above = int((market["close"].values[15:20, 2] > 10).sum())
    assert list(steps["expression"]) == [
        "close",
        "close > 10",
        "ts_sum(close > 10, 5)",
        "ts_count(close > 10, 5)",
    ]
    assert list(steps["value"])[2:] == [above, above]
    window = "5 of 5 values, 2019-01-16 … 2019-01-20"
    assert list(steps["note"])[2:] == [window, f"= ts_sum(close > 10, 5); {window}"]


def test_the_window_of_a_mean_gives_the_mean(market: Market) -> None:
    for text in ("ts_mean(close, 6)", "ts_mean(signal, 6, min_periods=2)"):
        frame = explain(text, market).window(0, ASSET, DAY)
        assert list(frame.index) == list(DAYS[ROW - 5 : ROW + 1])
        value = explain(text, market).at(ASSET, DAY)["value"].iloc[-1]
        assert frame.iloc[:, 0][frame["used"]].mean() == pytest.approx(value)
    assert list(frame["used"]) == [True, True, False, True, True, True]


def test_a_traded_window_uses_the_last_values_there_are(market: Market) -> None:
    text = "ts_mean(signal, 5, sessions=traded)"
    frame = explain(text, market).window(text, ASSET, DAY)
    assert len(frame) == 10
    assert list(frame["used"]) == [False] * 4 + [True, True, False, True, True, True]
    value = explain(text, market).at(ASSET, DAY)
    assert frame["signal"][frame["used"]].mean() == pytest.approx(value["value"].iloc[-1])
    assert value["note"].iloc[-1] == "5 of 5 values, 2019-01-11 … 2019-01-20"


def test_a_difference_uses_the_ends(market: Market) -> None:
    frame = explain("delta(close, 3)", market).window("n1", ASSET, DAY)
    assert list(frame["used"]) == [True, False, False, True]
    late = explain("delay(close, 3) + 1", market).window("delay(close, 3)", ASSET, DAY)
    assert list(late["used"]) == [True, False, False, False]
    short = explain("delta(close, 3)", market).window("n1", ASSET, "2019-01-02")
    assert list(short["used"]) == [False, True]


def test_the_window_of_a_rank_is_the_session(market: Market) -> None:
    frame = explain("rank(signal)", market).window("n1", ASSET, "2019-01-17")
    assert list(frame.index) == list(NAMES)
    assert list(frame["used"]) == [True, True, False, True]
    np.testing.assert_allclose(frame["rank(signal)"], frame["signal"].rank(pct=True))
    company = explain("group_mean(close, industry)", market).window(0, ASSET, DAY)
    assert list(company["industry"]) == ["bank", "bank", "liquor", "liquor"]
    assert list(company["used"]) == [False, False, True, True]


def test_a_step_over_other_steps_shows_their_values(market: Market) -> None:
    explained = explain("correlation(rank(close), log(close), 4) / rank(close)", market)
    place = list(explained.table()["expression"]).index("correlation(rank(close), log(close), 4)")
    frame = explained.window(place, ASSET, DAY)
    assert list(frame.columns) == ["rank(close)", "log(close)", "used"]
    np.testing.assert_allclose(frame["log(close)"], np.log(market["close"].values[16:20, 2]))


def test_what_cannot_be_shown_is_refused(market: Market) -> None:
    explained = explain("rank(close)", market)
    with pytest.raises(UnknownAssetError):
        explained.at("000003.SZ", DAY)
    with pytest.raises(UnknownSessionError):
        explained.at("000001.SZ", "2020-01-20")
    with pytest.raises(InsufficientHistoryError):
        explain("ts_mean(close, 50)", market).at("000001.SZ", DAY)
    with pytest.raises(PlanError, match="has no inputs"):
        explained.window("close", ASSET, DAY)
    with pytest.raises(PlanError, match="rows 0 to 0"):
        explained.window(1, ASSET, DAY)
