"""Explanations: the plan in words, and one number opened up."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.compute import compute, explain
from workbench.errors import InsufficientHistoryError, UnknownAssetError, UnknownSessionError
from workbench.market import ArraySource, Assets, Market, Sessions

DAYS = np.arange("2019-01-01", "2019-02-10", dtype="datetime64[D]")
ASSETS = Assets(["000001.SZ", "000002.SZ", "600519.SH"])


@pytest.fixture(scope="module")
def market() -> Market:
    rng = np.random.default_rng(2)
    close = 10 * np.exp(np.cumsum(rng.normal(0, 0.02, (40, 3)), axis=0))
    fields = {"close": close, "volume": rng.uniform(1, 2, (40, 3))}
    fields["industry"] = np.tile(np.array([0, 0, 1], dtype=np.int32), (40, 1))
    labels = {"industry": ("bank", "liquor")}
    return Market(ArraySource(Sessions(DAYS), ASSETS, fields, labels), adjust="none")


def test_text_names_steps_lookback_memory_and_engine(market: Market) -> None:
    text = str(explain("ts_mean(rank(close), 5) - rank(close)", market))
    assert "look-back 4 sessions" in text
    assert "4 operator calls written, 3 computed" in text
    assert "rank(close)" in text
    assert "MB at float32" in text
    assert "engine" in text


def test_html_is_escaped(market: Market) -> None:
    html = explain("where(close < 3, 1, volume)", market)._repr_html_()
    assert "close &lt; 3" in html
    assert "close < 3" not in html


def test_at_shows_every_intermediate_value(market: Market) -> None:
    steps = explain("ts_mean(rank(close), 5) - 0.5", market).at("600519.SH", "2019-01-20")
    assert list(steps["expression"]) == [
        "close",
        "rank(close)",
        "ts_mean(rank(close), 5)",
        "ts_mean(rank(close), 5) - 0.5",
    ]
    close = market["close"].values
    ranks = (close[15:20, 2:3] >= close[15:20]).sum(axis=1) / 3
    expected = [close[19, 2], ranks[-1], ranks.mean(), ranks.mean() - 0.5]
    np.testing.assert_allclose(steps["value"].astype(float), expected)


def test_last_value_is_the_factor_itself(market: Market) -> None:
    text = "indneutralize(decay_linear(returns, 7), industry)"
    whole = compute(text, market, dtype="float64")
    explained = explain(text, market)
    for session in ("2019-01-05", "2019-01-08", "2019-01-09", "2019-02-09"):
        shown = explained.at("000002.SZ", session)
        np.testing.assert_array_equal(shown["value"].iloc[-1], whole.at("000002.SZ", session))
    assert "bank" in set(shown["value"])


def test_unknown_cells_are_refused(market: Market) -> None:
    explained = explain("rank(close)", market)
    with pytest.raises(UnknownAssetError):
        explained.at("000003.SZ", "2019-01-20")
    with pytest.raises(UnknownSessionError):
        explained.at("000001.SZ", "2020-01-20")
    with pytest.raises(InsufficientHistoryError):
        explain("ts_mean(close, 50)", market).at("000001.SZ", "2019-01-20")
