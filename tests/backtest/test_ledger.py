"""The ledger balances, and says so when it does not."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.backtest.ledger import Charges, Entry, Ledger
from workbench.errors import BacktestError

MARKS = np.array([110_000, 50_000])  # 11.00 and 5.00


def opened(shorts: bool = False) -> Ledger:
    ledger = Ledger(1_000_000, 2, shorts)  # 10 000.00
    ledger.open_session(0)
    return ledger


def buy(shares: int, price: int = 100_000, charges: Charges = Charges(500, 0, 5)) -> Entry:  # noqa: B008
    return Entry(0, 0, "buy", shares, price, -shares * price // 100, charges)


def test_purchase():
    ledger = opened()
    ledger.post(buy(300))
    assert (ledger.cash, ledger.fees, ledger.shares.tolist()) == (699_495, 505, [300, 0])
    assert ledger.market_value(MARKS) == 330_000
    assert ledger.close_session(MARKS) == 1_029_495


def test_shares_of_today_are_sold_tomorrow():
    ledger = opened()
    ledger.post(buy(300))
    assert (ledger.sellable(0, holding=1), ledger.sellable(0, holding=0)) == (0, 300)
    ledger.close_session(MARKS)
    ledger.open_session(1)
    assert ledger.sellable(0, holding=1) == 300


@pytest.mark.parametrize("attribute", ["cash", "fees"])
def test_a_fen_off_the_books_stops_the_run(attribute):
    ledger = opened()
    ledger.post(buy(300))
    setattr(ledger, attribute, getattr(ledger, attribute) + 1)
    with pytest.raises(BacktestError, match="does not balance"):
        ledger.close_session(MARKS)


def test_a_share_off_the_books_stops_the_run():
    ledger = opened()
    ledger.post(buy(300))
    ledger.shares[1] += 100
    with pytest.raises(BacktestError, match="does not balance"):
        ledger.close_session(np.array([110_000, 0]))


def test_a_lost_entry_stops_the_run():
    ledger = opened()
    ledger.post(buy(300))
    ledger.journal.pop()
    with pytest.raises(BacktestError, match="does not balance"):
        ledger.close_session(MARKS)


def test_no_negative_cash():
    ledger = opened()
    ledger.post(buy(1_000))
    with pytest.raises(BacktestError, match=r"cash is -5\.05 CNY"):
        ledger.close_session(MARKS)


def test_no_negative_holding_unless_shorts_are_allowed():
    sale = Entry(0, 0, "sell", -100, 100_000, 100_000)
    strict, free = opened(), opened(shorts=True)
    strict.post(sale)
    free.post(sale)
    with pytest.raises(BacktestError, match="-100 shares"):
        strict.close_session(MARKS)
    assert free.close_session(MARKS) == 990_000
