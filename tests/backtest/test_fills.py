"""One order at a time: T+1, and what the checks say."""

from __future__ import annotations

import pytest

from tests.backtest.hand_market import hand_market
from workbench.backtest.fills import CHECKS, REASONS, RETRIED, execute
from workbench.backtest.ledger import Ledger
from workbench.backtest.orders import Order
from workbench.backtest.rulebook import trading_rules
from workbench.backtest.tape import tape

DAYS = ["2021-06-01", "2021-06-02", "2021-06-03"]
CN = trading_rules("cn")
BUY = Order(0, "buy", 300, 300, 0)


def scene(**fields):
    market = hand_market(DAYS, {"600519.SH": [10, 10, 10]}, **fields)
    return tape(market, "next_open", CN), Ledger(1_000_000, 1)


def test_shares_bought_today_are_not_sold_today():
    laid_out, ledger = scene()
    ledger.open_session(1)
    assert execute(BUY, 1, laid_out, CN, ledger) is None
    denial = execute(Order(0, "sell", 300, 0, 0), 1, laid_out, CN, ledger)
    assert (denial.reason, denial.shares, denial.rule) == (
        "t_plus_one",
        300,
        "cn.lot.main.1995-01-01",
    )
    assert denial.evidence == "0 of 300 shares may be sold, the others were bought today"
    assert ledger.shares.tolist() == [300]
    ledger.open_session(2)
    assert execute(Order(0, "sell", 300, 0, 0), 2, laid_out, CN, ledger) is None
    assert ledger.shares.tolist() == [0]


def test_what_is_free_is_sold():
    laid_out, ledger = scene()
    ledger.open_session(0)
    execute(BUY, 0, laid_out, CN, ledger)
    ledger.open_session(1)
    execute(BUY, 1, laid_out, CN, ledger)
    denial = execute(Order(0, "sell", 600, 0, 0), 1, laid_out, CN, ledger)
    assert (denial.reason, denial.shares) == ("t_plus_one", 300)
    assert ledger.shares.tolist() == [300]


def test_paper_rules_know_no_holding_period():
    paper = trading_rules("paper")
    laid_out, ledger = scene()
    ledger.open_session(1)
    execute(BUY, 1, laid_out, paper, ledger)
    assert execute(Order(0, "sell", 300, 0, 0), 1, laid_out, paper, ledger) is None
    assert ledger.cash == 1_000_000


def test_a_sale_that_costs_more_than_cash_and_proceeds_is_denied():
    market = hand_market(DAYS, {"600519.SH": [1, 1, 1]})
    laid_out, ledger = tape(market, "next_open", CN), Ledger(10_600, 1)
    ledger.open_session(0)
    execute(Order(0, "buy", 100, 100, 0), 0, laid_out, CN, ledger)
    assert ledger.cash == 100  # 106.00 − 100.00 − 5.00, transfer 0.2 fen → 0
    ledger.shares[0] = 3  # an odd remainder worth 3.00, to be sold for a charge of 5.00
    ledger.open_session(1)
    denial = execute(Order(0, "sell", 3, 0, 0), 1, laid_out, CN, ledger)
    assert (denial.reason, denial.shares, ledger.cash) == ("cash", 3, 100)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"listed": {"600519.SH": [1, 0, 0]}}, "unlisted"),
        ({"volume": {"600519.SH": [1, 0, 1]}}, "suspended"),
        ({"open": {"600519.SH": [10, 11, 10]}}, "limit_up"),
    ],
)
def test_purchases_denied(fields, reason):
    laid_out, ledger = scene(**fields)
    ledger.open_session(1)
    denial = execute(BUY, 1, laid_out, CN, ledger)
    assert (denial.reason, denial.shares) == (reason, 300)
    assert denial.rule
    assert denial.evidence
    assert ledger.cash == 1_000_000


def test_reasons_are_a_closed_list():
    assert set(RETRIED) < set(REASONS)
    assert len(CHECKS) == 5
