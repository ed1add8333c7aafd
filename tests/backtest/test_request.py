"""Requests that cannot be traded are refused with a sentence that helps."""

from __future__ import annotations

import numpy as np
import pytest

from tests.backtest.hand_market import decisions, hand_market
from workbench.backtest import backtest
from workbench.errors import BacktestError
from workbench.market import Panel
from workbench.portfolio import long_short

DAYS = ["2021-06-01", "2021-06-02", "2021-06-03"]
MARKET = hand_market(DAYS, {"000001.SZ": [10, 10, 10], "600519.SH": [20, 20, 20]})
HALF = decisions(MARKET, {"2021-06-01": {"000001.SZ": 0.5}})


@pytest.mark.parametrize("capital", [0, -1, 0.001, float("nan"), float("inf"), "1000", True, None])
def test_capital(capital):
    with pytest.raises(BacktestError, match="`capital` is an amount of CNY above 0"):
        backtest(HALF, MARKET, capital=capital)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fill": "next_opn"}, "Did you mean 'next_open'"),
        ({"fill": "close"}, "`fill` is one of 'next_open', 'next_close', 'next_vwap'"),
        ({"rules": "us"}, "`rules` is one of 'cn', 'paper'; got 'us'"),
        ({"rules": "papr"}, "Did you mean 'paper'"),
        ({"unfilled": "cary"}, "Did you mean 'carry'"),
        ({"cash_floor": 1.5}, "`cash_floor` is a share"),
        ({"delisting_recovery": -0.1}, "`delisting_recovery` is a share"),
        ({"commission": 0.01}, "`commission` is a decimal share"),
        ({"fill": "next_vwap"}, "needs the field 'vwap'"),
    ],
)
def test_options(options, message):
    with pytest.raises(BacktestError, match=message):
        backtest(HALF, MARKET, **options)


def test_weights_of_another_market():
    other = hand_market(DAYS[:2], {"000001.SZ": [10, 10], "600519.SH": [20, 20]})
    with pytest.raises(BacktestError, match="belong to another market"):
        backtest(HALF, other)


def test_a_panel_is_not_weights():
    panel = Panel(np.zeros((3, 2)), MARKET.sessions, MARKET.assets)
    with pytest.raises(BacktestError, match=r"Weights\.from_panel"):
        backtest(panel, MARKET)


def test_short_selling_is_refused_under_cn_rules():
    factor = Panel(np.tile([1.0, 2.0], (3, 1)), MARKET.sessions, MARKET.assets)
    weights = long_short(factor, MARKET, quantiles=2, rebalance="daily")
    with pytest.raises(BacktestError, match=r"000001\.SZ weighs -1 .* research statistic"):
        backtest(weights, MARKET)
    result = backtest(weights, MARKET, rules="paper")
    assert any("Research statistic" in note for note in result.notes)


def test_borrowing_is_refused():
    heavy = decisions(MARKET, {"2021-06-02": {"000001.SZ": 0.7, "600519.SH": 0.4}})
    with pytest.raises(BacktestError, match=r"sum to 1\.1 on 2021-06-02"):
        backtest(heavy, MARKET)


def test_a_hair_above_one_is_rounding():
    row = {"000001.SZ": 0.1 + 0.2, "600519.SH": 0.7 + 1e-12}
    assert sum(row.values()) > 1
    assert len(backtest(decisions(MARKET, {"2021-06-01": row}), MARKET).trades) == 2


def test_codes_without_rules_are_refused():
    foreign = hand_market(DAYS, {"AAPL": [10, 10, 10]})
    weights = decisions(foreign, {"2021-06-01": {"AAPL": 0.5}})
    with pytest.raises(BacktestError, match=r"'AAPL' is no A-share code.*rules='paper'"):
        backtest(weights, foreign)
    assert len(backtest(weights, foreign, rules="paper").trades) == 1


def test_broken_factor_is_refused():
    market = hand_market(DAYS, {"000001.SZ": [10, 10, 10]}, adj_factor={"000001.SZ": [1, 0, 1]})
    weights = decisions(market, {"2021-06-01": {"000001.SZ": 0.5}})
    with pytest.raises(BacktestError, match="Adjustment factors are positive"):
        backtest(weights, market)
