"""Tables and figures of a result agree with each other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.backtest.hand_market import decisions, hand_market
from tests.backtest.random_market import random_market, random_weights
from workbench.backtest import BacktestResult, backtest

DAYS = ["2021-06-01", "2021-06-02", "2021-06-03"]


@pytest.fixture(scope="module")
def result() -> BacktestResult:
    market = random_market(5)
    return backtest(random_weights(market, 5), market, capital=200_000)


@pytest.fixture(scope="module")
def idle() -> BacktestResult:
    market = hand_market(DAYS, {"600519.SH": [10, 10, 10]})
    return backtest(decisions(market, {}), market, capital=1000)


def test_equity_is_cash_and_positions(result):
    frame = result.equity
    assert list(frame.columns) == ["equity", "cash", "market_value", "fees"]
    assert frame.index.name == "session"
    assert frame["equity"].to_numpy() == pytest.approx(frame["cash"] + frame["market_value"])
    by_close = result.positions.groupby("session")["value"].sum()
    expected = frame["market_value"].where(frame["market_value"] > 0).dropna()
    assert by_close.to_numpy() == pytest.approx(expected.to_numpy())
    fees = result.trades.groupby("session")["fees"].sum()
    assert frame["fees"][fees.index].to_numpy() == pytest.approx(fees.to_numpy())
    assert frame["fees"].sum() == pytest.approx(fees.sum())


def test_weights_of_positions_are_shares_of_equity(result):
    equity = result.equity["equity"]
    for row in result.positions.itertuples():
        assert row.weight == pytest.approx(row.value / equity[row.session])


def test_turnover_by_a_plain_loop(result):
    equity = result.equity["equity"]
    for row in range(1, len(equity)):
        trades = result.trades.query("session == @equity.index[@row]")
        expected = 0.5 * trades["amount"].sum() / equity.iloc[row - 1]
        assert result.turnover.iloc[row - 1] == pytest.approx(expected)


def test_summary(result):
    summary = result.summary()
    value = summary["value"]
    equity = result.equity["equity"]
    assert summary.index.name == "metric"
    assert list(summary.columns) == ["value", "unit"]
    assert value["total_return"] == pytest.approx(equity.iloc[-1] / 200_000 - 1)
    assert value["annual_volatility"] == pytest.approx(
        equity.pct_change().iloc[1:].std() * np.sqrt(242)
    )
    assert value["fees"] == pytest.approx(result.trades["fees"].sum())
    assert value["cost_share"] == pytest.approx(
        result.trades["fees"].sum() / result.trades["amount"].sum()
    )
    assert value["turnover"] == pytest.approx(result.turnover.mean() * 242)
    assert value["trades"] == len(result.trades)
    assert value["denials"] == len(result.denials)
    assert value["max_drawdown"] == pytest.approx(
        (equity / equity.cummax().clip(lower=200_000) - 1).min()
    )
    assert result.drawdown.min() == pytest.approx(value["max_drawdown"])
    assert "242" in result.convention


def test_tables_keep_their_types_without_rows(result, idle):
    for name in ("trades", "denials", "positions", "corporate_actions"):
        full, empty = getattr(result, name), getattr(idle, name)
        assert len(empty) == 0
        assert list(empty.columns) == list(full.columns)
        assert empty.dtypes.to_dict() == full.dtypes.to_dict()
        assert pd.api.types.is_datetime64_any_dtype(empty["session"])


def test_idle_account(idle):
    value = idle.summary()["value"]
    assert value["total_return"] == 0
    assert np.isnan(value["sharpe"])
    assert np.isnan(value["cost_share"])
    assert idle.equity["equity"].tolist() == [1000.0] * 3


def test_one_session():
    market = hand_market(DAYS[:1], {"600519.SH": [10]})
    result = backtest(decisions(market, {DAYS[0]: {"600519.SH": 1.0}}), market, capital=1000)
    assert len(result.returns) == 0
    assert np.isnan(result.summary()["value"]["annual_return"])
    assert "BacktestResult" in result._repr_html_()


def test_faces_are_static_and_escaped():
    market = hand_market(DAYS, {"600519.SH": [10, 10, 10]})
    weights = decisions(market, {})
    named = type(weights)(weights.values, weights.sessions, weights.assets, "<b>bold</b>")
    result = backtest(named, market, capital=1000)
    html = result._repr_html_()
    assert "<b>" not in html
    assert "<svg" in html
    assert "<script" not in html
    assert "rules='cn', fill='next_open', total +0.00 %" in repr(result)


def test_notes_warn_of_stale_prices():
    nan = np.nan
    market = hand_market(DAYS, {"600519.SH": [10, 10, nan]})
    weights = decisions(market, {DAYS[0]: {"600519.SH": 0.5}})
    notes = " ".join(backtest(weights, market, capital=10_000).notes)
    assert "1 holdings end without a price of the day" in notes
    assert "risk-warned" in notes


def test_provenance_names_everything(result):
    made_of = result.provenance
    assert made_of["weights"]["name"] == "random"
    assert made_of["backtest"]["fill"] == "next_open"
    assert made_of["backtest"]["capital"] == 200_000
    assert len(made_of["backtest"]["rules_version"]) == 64
    assert "adjust" in made_of["market"]
