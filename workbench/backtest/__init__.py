"""Weights, prices and rules become a ledger: the plain, event-by-event reference.

1. `simulate` checks the request and walks through the sessions
2. `tape` lays out what is known of prices, limits and listings, in integers
3. `corporate_actions` restates holdings on ex-dates and closes them at a delisting
4. `orders` turns a decision into sells and buys of whole lots
5. `fills` executes or denies each order, with reason, rule and evidence
6. `ledger` keeps cash in fen and shares in whole numbers, and checks itself every session
7. `result` and `performance` say what came of it

`rulebook` holds the trading rules, `money` the integer arithmetic.
"""

from __future__ import annotations

from workbench.backtest.result import BacktestResult
from workbench.backtest.simulate import backtest
from workbench.rooms import answer_calls

__all__ = ["BacktestResult", "backtest"]

answer_calls(__name__, "backtest")
