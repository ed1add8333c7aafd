"""Any strategy, any market: an accountant with decimals finds the same books, no rule broken."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.backtest.random_market import ASSETS, random_market, random_weights
from workbench.backtest import backtest

CENT = Decimal("0.01")
RUNS = settings(max_examples=40, deadline=None, derandomize=True)
seeds = st.integers(0, 10**6)
fills = st.sampled_from(["next_open", "next_close", "next_vwap"])


def money(value: float) -> Decimal:
    return Decimal(str(value)).quantize(CENT, rounding=ROUND_HALF_UP)


def exact(value: float) -> Decimal:
    return Decimal(str(value))


def half_up(value: Decimal) -> Decimal:
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def of_session(table, session):
    return table[table["session"] == session].itertuples()


def stamp_rate(session) -> Decimal:
    return Decimal("0.0005") if str(session.date()) >= "2023-08-28" else Decimal("0.001")


def check_trade(row) -> None:
    """One line of the trade table against the rates of its day."""
    amount = half_up(row.shares * exact(row.price))
    assert money(row.amount) == amount
    assert money(row.commission) == max(half_up(amount * Decimal("0.0003")), Decimal(5))
    stamp = half_up(amount * stamp_rate(row.session)) if row.side == "sell" else Decimal(0)
    assert money(row.stamp_duty) == stamp
    assert money(row.transfer_fee) == half_up(amount * Decimal("0.00001"))
    assert money(row.fees) == sum(map(money, (row.commission, row.stamp_duty, row.transfer_fee)))
    if row.side == "buy":
        assert row.shares >= 200 if row.asset == "688981.SH" else row.shares % 100 == 0


@RUNS
@given(seed=seeds, fill=fills, capital=st.sampled_from([3_000, 50_000, 2_000_000]))
def test_books_balance_to_the_fen(seed, fill, capital):
    market = random_market(seed)
    result = backtest(random_weights(market, seed), market, capital=capital, fill=fill)
    closes = market["raw_close"].to_pandas()
    cash, held = Decimal(capital), dict.fromkeys(ASSETS, 0)
    mark = dict.fromkeys(ASSETS, Decimal(0))
    for session, booked in result.equity.iterrows():
        for row in of_session(result.corporate_actions, session):
            cash += money(row.cash)
            held[row.asset] += row.shares
            mark[row.asset] = exact(row.price)
        free = dict(held)
        for row in of_session(result.trades, session):
            check_trade(row)
            sign = 1 if row.side == "buy" else -1
            cash -= sign * money(row.amount) + money(row.fees)
            held[row.asset] += sign * row.shares
            if row.side == "sell":
                free[row.asset] -= row.shares
            assert cash >= 0
        assert min(free.values()) >= 0, "sold more than was held at the open"
        for asset in ASSETS:
            if np.isfinite(closes.at[session, asset]):
                mark[asset] = exact(closes.at[session, asset])
        value = sum(half_up(held[asset] * mark[asset]) for asset in ASSETS)
        assert money(booked["cash"]) == cash
        assert money(booked["market_value"]) == value
        assert money(booked["equity"]) == cash + value


@RUNS
@given(seed=seeds)
def test_nobody_trades_through_a_limit_or_a_suspension(seed):
    market = random_market(seed)
    result = backtest(random_weights(market, seed), market, capital=1_000_000)
    band = {"300750.SZ": Decimal("0.2"), "688981.SH": Decimal("0.2")}
    reference, opened = market["raw_pre_close"], market["raw_open"]
    for row in result.trades.itertuples():
        base = exact(reference.at(row.asset, row.session))
        width = band.get(row.asset, Decimal("0.1"))
        assert exact(row.price) == exact(opened.at(row.asset, row.session))
        if row.side == "buy":
            assert exact(row.price) < half_up(base * (1 + width))
        else:
            assert exact(row.price) > half_up(base * (1 - width))
    for row in result.denials[result.denials["reason"] == "suspended"].itertuples():
        assert np.isnan(opened.at(row.asset, row.session))


@RUNS
@given(seed=seeds, fill=fills, cut=st.integers(1, 12))
def test_the_future_cannot_reach_back(seed, fill, cut):
    market, other = random_market(seed), random_market(seed + 1)
    weights = random_weights(market, seed)
    fields = {}
    for name in market.source_fields:
        raw = f"raw_{name}" if f"raw_{name}" in market else name
        fields[name] = np.vstack([market[raw].values[: cut + 1], other[raw].values[cut + 1 :]])
    result = backtest(weights, market, fill=fill)
    changed = backtest(weights, market.with_fields(fields), fill=fill)
    last = pd.Timestamp(market.sessions[cut])
    assert result.equity.iloc[: cut + 1].equals(changed.equity.iloc[: cut + 1])
    for table in ("trades", "denials", "positions", "corporate_actions"):
        before, after = (getattr(run, table) for run in (result, changed))
        assert before[before["session"] <= last].equals(after[after["session"] <= last])


def test_truncated_market_gives_the_same_beginning():
    market = random_market(11)
    weights = random_weights(market, 11)
    whole = backtest(weights, market)
    for cut in range(2, 14, 3):
        part = market.truncate(market.sessions[cut])
        early = type(weights)(weights.values[: cut + 1], part.sessions, part.assets)
        assert backtest(early, part).equity.equals(whole.equity.iloc[: cut + 1])


@pytest.mark.parametrize("unfilled", ["carry", "drop"])
def test_runs_repeat(unfilled):
    market = random_market(3)
    weights = random_weights(market, 3)
    first, second = (backtest(weights, market, unfilled=unfilled) for _ in range(2))
    assert first.equity.equals(second.equity)
    assert first.journal == second.journal
    assert first.refusals == second.refusals


def test_the_samples_contain_what_they_should():
    """Guard of the tests above: every event and reason occurs among a few seeds."""
    kinds, reasons = set(), set()
    for seed in range(40):
        market = random_market(seed)
        result = backtest(random_weights(market, seed), market, capital=30_000)
        kinds |= {entry.kind for entry in result.journal}
        reasons |= {denial.reason for denial in result.refusals}
    assert kinds == {"buy", "sell", "split", "delisting"}
    assert reasons >= {"limit_up", "limit_down", "suspended", "unlisted", "cash", "lot"}
