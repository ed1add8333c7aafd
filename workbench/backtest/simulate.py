"""The simulation: one account, session by session, event by event.

Before the open of session t everything rests on what was known at the close of t − 1:

1. yesterday's purchases become sellable                      `ledger.open_session`
2. ex-dates restate holdings and last prices, delistings pay  `corporate_actions`
3. a decision of t − 1 becomes orders, or orders that could   `orders`
   not be filled since the last decision are tried again
4. orders fill at a price of session t, or are denied         `fills`
5. holdings are valued at the close (the last one while       `ledger.close_session`
   suspended) and the books are checked

So a decision at the close of the last session is never traded, and no price of session t can
change what was done before it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np

from workbench.arrays import FloatPanel
from workbench.backtest.corporate_actions import (
    apply_corporate_actions,
    close_delisted,
    restated_marks,
    split_shares,
)
from workbench.backtest.fills import RETRIED, Denial, execute
from workbench.backtest.ledger import Ledger
from workbench.backtest.money import IntArray, fen
from workbench.backtest.orders import Order, orders_towards, target_shares
from workbench.backtest.request import Policy, checked_request
from workbench.backtest.result import BacktestResult
from workbench.backtest.rulebook import TradingRules, trading_rules
from workbench.backtest.tape import Tape, tape
from workbench.market.market import Market
from workbench.market.rules import Lot
from workbench.portfolio.weights import Weights

__all__ = ["backtest"]


def backtest(
    weights: Weights,
    market: Market,
    capital: float = 10_000_000,
    fill: str = "next_open",
    rules: str = "cn",
    *,
    unfilled: str = "carry",
    cash_floor: float = 0.0,
    delisting_recovery: float = 0.0,
    commission: float | None = None,
) -> BacktestResult:
    """Trade `weights` on `market` under dated rules, to the fen.

    Parameters
    ----------
    weights : Weights
        Decisions at the close of each session, on the market's own grid; each row sums to at
        most 1 and what is missing stays in cash.
    market : Market
        Raw prices, adjustment factor, masks.
    capital : float
        Opening cash in CNY, > 0.
    fill : {"next_open", "next_close", "next_vwap"}
        Price of the session after the decision at which orders fill.
    rules : {"cn", "paper"}
        ``cn``: price limits, lots, T+1, stamp duty, transfer fee and commission as in force on
        each day. ``paper``: whole shares, nothing else; short holdings allowed.
    unfilled : {"carry", "drop"}
        ``carry``: what a limit, a suspension or T+1 denied is tried again every session until
        the next decision replaces it. ``drop``: it is forgotten. What failed for cash or lots is
        always dropped.
    cash_floor : float
        Share of equity that purchases leave in cash, in 0 … 1.
    delisting_recovery : float
        Share of the last price paid when a held asset leaves the list, in 0 … 1; 0 is the
        pessimistic default.
    commission : float, optional
        The broker's rate as a decimal in place of the rulebook's convention; the minimum stays.

    Returns
    -------
    BacktestResult
        Ledger, trades, denials and what follows from them.

    Raises
    ------
    BacktestError
        If the request cannot be traded: no capital, weights of another market, above 1 or short
        under cn rules, an unknown fill or rule name.
    UnknownRuleError, UnknownAssetError
        Under cn rules, for a day or a code that the rulebook does not cover.

    Notes
    -----
    Orders aim at ``weight × equity ÷ price`` with equity and prices of the decision's close,
    restated for an ex-date; a purchase that opens higher is cut to the cash at hand.
    """
    began = time.perf_counter()
    policy = Policy(
        capital=capital,
        fill=fill,
        rules=rules,
        unfilled=unfilled,
        cash_floor=cash_floor,
        delisting_recovery=delisting_recovery,
        commission=commission,
    )
    book = trading_rules(rules, commission)
    checked_request(weights, market, policy, shorts=book.shorts)
    laid_out = tape(market, fill, book)
    account = _Account(Ledger(fen(capital), len(market.assets), book.shorts), laid_out)
    decided = weights.decided
    for session in range(len(market.sessions)):
        decision = weights.values[session - 1] if session and decided[session - 1] else None
        _play(account, session, decision, book, policy)
    return BacktestResult(
        tape=laid_out,
        policy=policy,
        rules=book,
        weights=weights,
        market=dict(market.provenance),
        cash=np.array(account.cash, dtype=np.int64),
        fees=np.array(account.fees, dtype=np.int64),
        holdings=tuple(account.holdings),
        journal=tuple(account.ledger.journal),
        refusals=tuple(account.denials),
        seconds=time.perf_counter() - began,
    )


@dataclass
class _Account:
    """What changes while the sessions pass."""

    ledger: Ledger
    tape: Tape
    denials: list[Denial] = field(default_factory=list)
    cash: list[int] = field(default_factory=list)
    fees: list[int] = field(default_factory=list)
    holdings: list[tuple[IntArray, IntArray, IntArray]] = field(default_factory=list)
    waiting: dict[int, int] = field(default_factory=dict)
    decided: int = -1

    def __post_init__(self) -> None:
        self.marks: IntArray = np.zeros(len(self.tape.assets), dtype=np.int64)


def _play(
    account: _Account,
    session: int,
    decision: FloatPanel | None,
    rules: TradingRules,
    policy: Policy,
) -> None:
    """One session, from before the open to the checked close."""
    ledger, laid_out = account.ledger, account.tape
    ledger.open_session(session)
    paid_before = ledger.fees
    account.marks = restated_marks(account.marks, laid_out, session)
    apply_corporate_actions(ledger, laid_out, session, account.marks)
    close_delisted(ledger, laid_out, session, account.marks, policy.delisting_recovery)
    _trade(account, session, decision, rules, policy)
    close = laid_out.close[session]
    account.marks = np.where(close > 0, close, account.marks)
    ledger.close_session(account.marks)
    held = np.flatnonzero(ledger.shares)
    account.cash.append(ledger.cash)
    account.fees.append(ledger.fees - paid_before)
    account.holdings.append((held, ledger.shares[held], account.marks[held]))


def _trade(
    account: _Account,
    session: int,
    decision: FloatPanel | None,
    rules: TradingRules,
    policy: Policy,
) -> None:
    """Send the orders of the session: of a fresh decision, or those still waiting."""
    ledger, laid_out = account.ledger, account.tape
    day = laid_out.sessions[session]
    equity = ledger.equity(account.marks)
    if decision is not None:
        account.decided = session - 1
        targets = _fresh_targets(account, decision, equity, session)
    else:
        targets = _waiting_targets(account, session)

    def lot_of(asset: int) -> Lot:
        return rules.lot(laid_out.assets[asset], day)

    orders, too_small = orders_towards(
        targets, ledger.shares, account.marks, lot_of, account.decided
    )
    for order in too_small:
        sizes = lot_of(order.asset)
        evidence = f"{order.shares} shares wished, the smallest order is {sizes.minimum}"
        account.denials.append(_refused(order, session, "lot", sizes.rule, evidence))
    reserve = int(policy.cash_floor * equity)
    account.waiting = {}
    for order in orders:
        denial = execute(order, session, laid_out, rules, ledger, reserve)
        if denial is None:
            continue
        account.denials.append(denial)
        if policy.unfilled == "carry" and denial.reason in RETRIED:
            account.waiting[order.asset] = order.target


def _fresh_targets(
    account: _Account, decision: FloatPanel, equity: int, session: int
) -> list[tuple[int, int]]:
    """Target holdings of a decision; wishes for an asset without any price are refused."""
    targets = target_shares(decision, equity, account.marks)
    held = account.ledger.shares
    for asset in map(int, np.flatnonzero((decision != 0) & (account.marks == 0))):
        side = "buy" if decision[asset] > 0 else "sell"
        order = Order(asset, side, 0, 0, account.decided)
        known = bool(account.tape.listed[account.decided, asset])
        reason, rule = ("unpriced", "quoted") if known else ("unlisted", "listed")
        evidence = f"weight {decision[asset]:.6g}, but no close is known when it was decided"
        account.denials.append(_refused(order, session, reason, f"market.{rule}", evidence))
    wanted = np.flatnonzero((targets != 0) | (held != 0))
    return [(int(asset), int(targets[asset])) for asset in wanted]


def _waiting_targets(account: _Account, session: int) -> list[tuple[int, int]]:
    """Targets of denied orders, restated for the session's ex-dates."""
    ratio = account.tape.ratio[session]
    return [
        (asset, split_shares(target, float(ratio[asset]))[0])
        for asset, target in account.waiting.items()
    ]


def _refused(order: Order, session: int, reason: str, rule: str, evidence: str) -> Denial:
    return Denial(
        session, order.asset, order.side, order.shares, reason, rule, evidence, order.decided
    )
