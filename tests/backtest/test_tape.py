"""The tape against plain loops over one asset at a time."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.backtest.hand_market import hand_market
from tests.backtest.random_market import ASSETS, random_market
from workbench.backtest.rulebook import trading_rules
from workbench.backtest.tape import SEASONED, tape
from workbench.market import ArraySource, Market

CN = trading_rules("cn")
DAYS = ["2021-06-01", "2021-06-02", "2021-06-03", "2021-06-04"]


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_prices_and_ratios(seed):
    market = random_market(seed)
    laid_out = tape(market, "next_open", CN)
    factor, opened = market["adj_factor"].values, market["raw_open"].values
    for column in range(len(ASSETS)):
        known = math.nan
        for row in range(len(market.sessions)):
            price = opened[row, column]
            expected = 0 if math.isnan(price) else round(price * 10_000)
            assert laid_out.fill[row, column] == expected
            today = factor[row, column]
            ratio = 1.0
            if not math.isnan(today):
                if not math.isnan(known):
                    ratio = today / known
                known = today
            assert laid_out.ratio[row, column] == pytest.approx(ratio, abs=1e-9)


def test_reference_without_the_field_is_the_last_close_restated():
    nan = np.nan
    market = hand_market(
        DAYS, {"600519.SH": [10.01, nan, 5.2, 5.3]}, adj_factor={"600519.SH": [1, nan, 2, 2]}
    )
    assert "pre_close" not in market
    laid_out = tape(market, "next_open", CN)
    # 10.01 / 2 = 5.005 → 5.01; nothing is known before the first close.
    assert laid_out.reference[:, 0].tolist() == [0, 100_100, 50_100, 52_000]
    assert laid_out.up_limit[:, 0].tolist() == [0, 110_100, 55_100, 57_200]


def test_age_counts_from_the_listing():
    bars = {"600519.SH": [10] * 4, "688981.SH": [np.nan, 20, 40, 60]}
    market = hand_market(DAYS, bars, listed={"688981.SH": [0, 1, 1, 1]})
    laid_out = tape(market, "next_open", CN)
    assert laid_out.age.T.tolist() == [[SEASONED] * 4, [-1, 0, 1, 2]]
    # The first five sessions of a STAR share have no band: 20 → 40 is lawful.
    assert laid_out.up_limit[:, 1].tolist() == [0, 0, 0, 0]


def test_a_late_first_bar_is_no_listing():
    """A share suspended when the file begins has no free sessions when it resumes."""
    listed = hand_market(DAYS, {"300750.SZ": [10] * 4, "300760.SZ": [np.nan, 20, 24, 28.8]})
    bars = ("open", "high", "low", "close", "volume")
    fields = {name: listed[name].values for name in bars}
    market = Market(ArraySource(listed.sessions, listed.assets, fields), adjust="none")
    laid_out = tape(market, "next_open", CN)
    assert laid_out.age[1:, 1].tolist() == [SEASONED] * 3
    assert laid_out.up_limit[2:, 1].tolist() == [240_000, 288_000]  # 20 % above 20.00 and 24.00


def test_paper_rules_know_no_limit():
    market = random_market(1)
    laid_out = tape(market, "next_open", trading_rules("paper"))
    assert not laid_out.up_limit.any()
    assert not laid_out.down_limit.any()
    assert not laid_out.vendor_limits.any()


def test_limits_in_blocks_equal_limits_at_once():
    days = np.busday_offset("2019-01-02", np.arange(300))
    bars = np.round(20 * np.exp(np.random.default_rng(1).normal(0, 0.02, 300).cumsum()), 2)
    market = hand_market(days, {"600519.SH": bars})
    laid_out = tape(market, "next_open", CN)
    for row in range(1, 300):
        expected = math.floor(round(bars[row - 1] * 100) * 1.1 + 0.5 + 1e-9)
        assert laid_out.up_limit[row, 0] == expected * 100
