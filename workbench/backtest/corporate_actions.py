"""Corporate actions before the open: ex-dates restate holdings, delistings close them.

The data know an adjustment factor and the ex-right reference price, not the parts (cash per
share, bonus, rights). Each event is therefore **reinvested at the reference price**: a holding of
s shares becomes s × ratio, ratio = factor on the ex-date ÷ factor before. Whole shares stay, the
fraction is paid in cash at the reference price. For a split that is what happens; for a cash
dividend it is total return without dividend tax; for a rights issue, as if the rights were sold
at their theoretical worth and the proceeds reinvested.

When a held asset is no longer listed, the position is closed at a stated share of its last
price: nothing by default, the pessimistic choice.
"""

from __future__ import annotations

import math

import numpy as np

from workbench.backtest.ledger import Entry, Ledger
from workbench.backtest.money import IntArray, amount_fen
from workbench.backtest.tape import Tape

__all__ = ["apply_corporate_actions", "close_delisted", "restated_marks", "split_shares"]

_WHOLE = 1e-6
"""Relative noise of published factors: 10 500 ± 0.01 shares are 10 500."""


def split_shares(shares: int, ratio: float) -> tuple[int, float]:
    """Whole shares after an event and the fraction paid in cash.

    Parameters
    ----------
    shares : int
        Holding before, of either sign.
    ratio : float
        Shares after for one before.

    Returns
    -------
    whole : int
        Rounded toward zero, except where only noise keeps it from the next whole number.
    fraction : float
        What is left, of the sign of `shares`.

    Examples
    --------
    >>> split_shares(1000, 2.0), split_shares(105, 1.5)
    ((2000, 0.0), (157, 0.5))
    >>> split_shares(10_000, 1.0500001)
    (10500, 0.0)
    """
    exact = shares * ratio
    nearest = round(exact)
    if abs(exact - nearest) <= _WHOLE * max(abs(exact), 1.0):
        return nearest, 0.0
    whole = math.trunc(exact)
    return whole, exact - whole


def restated_marks(marks: IntArray, tape: Tape, session: int) -> IntArray:
    """Last prices on the scale of `session`: the reference price on an ex-date, shape (N,)."""
    moved = (tape.ratio[session] != 1.0) & (marks > 0)
    if not moved.any():
        return marks
    divided = np.floor(marks / tape.ratio[session] + 0.5).astype(np.int64)
    reference = tape.reference[session]
    return np.where(moved, np.where(reference > 0, reference, divided), marks)


def apply_corporate_actions(ledger: Ledger, tape: Tape, session: int, marks: IntArray) -> None:
    """Restate the holdings whose ex-date is `session`; `marks` are already restated."""
    for asset in map(int, np.flatnonzero((tape.ratio[session] != 1.0) & (ledger.shares != 0))):
        held = int(ledger.shares[asset])
        whole, fraction = split_shares(held, float(tape.ratio[session, asset]))
        price = int(marks[asset])
        paid = math.floor(fraction * price / 100.0 + 0.5)
        ledger.post(Entry(session, asset, "split", whole - held, price, paid))


def close_delisted(
    ledger: Ledger, tape: Tape, session: int, marks: IntArray, recovery: float
) -> None:
    """Close every holding that is not listed on `session` at `recovery` of its last price.

    A short holding is closed at the full last price: pessimism points the other way.
    """
    for asset in map(int, np.flatnonzero(~tape.listed[session] & (ledger.shares != 0))):
        held, last = int(ledger.shares[asset]), int(marks[asset])
        price = math.floor(last * recovery + 0.5) if held > 0 else last
        cash = int(amount_fen(held, price))
        ledger.post(Entry(session, asset, "delisting", -held, price, cash))
