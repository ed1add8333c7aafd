"""From a decision to orders: whole lots, sells before buys.

1. the weights decided at the last close become shares, at equity and prices known before the open
2. the difference to the holding is rounded down to an order size that may be sent
3. sells come first, in the order of names, so that their cash can buy; then buys, the largest
   value first, so that a shortage of cash falls on the smallest
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from workbench.arrays import FloatPanel
from workbench.backtest.money import IntArray
from workbench.market.rules import Lot

__all__ = ["Order", "orders_towards", "target_shares"]


@dataclass(frozen=True, slots=True)
class Order:
    """An intention for one session.

    Attributes
    ----------
    asset : int
        Column.
    side : str
        ``buy`` or ``sell``.
    shares : int
        Shares to trade, > 0, already a size that may be sent.
    target : int
        Holding that the decision aims at, before lots.
    decided : int
        Row at whose close it was decided.
    """

    asset: int
    side: str
    shares: int
    target: int
    decided: int


def target_shares(weights: FloatPanel, equity: int, marks: IntArray) -> IntArray:
    """Whole shares that a decision aims at, shape (N,): ``weight · equity / mark``, toward zero.

    Parameters
    ----------
    weights : array of shape (N,)
        Shares of equity.
    equity : int
        In fen.
    marks : array of shape (N,)
        Last prices in 0.0001 CNY, restated for corporate actions; 0 (unknown) gives no share.

    Examples
    --------
    >>> import numpy as np
    >>> target_shares(np.array([0.5, 0.3]), 100_000_00, np.array([100_000, 0])).tolist()
    [5000, 0]
    """
    known = np.maximum(marks, 1)
    exact = weights * float(equity) * 100.0 / known
    # A millionth of a share: 0.3 · 10 shares is 3, not 2.9999999999999996.
    whole = np.sign(exact) * np.floor(np.abs(exact) + 1e-6)
    return np.where(marks > 0, whole, 0).astype(np.int64)


def orders_towards(
    targets: Iterable[tuple[int, int]],
    held: IntArray,
    marks: IntArray,
    lot_of: Callable[[int], Lot],
    decided: int,
) -> tuple[list[Order], list[Order]]:
    """Orders that bring holdings to their targets, and those too small to be sent.

    Parameters
    ----------
    targets : iterable of (asset, shares)
        What to hold.
    held : array of shape (N,)
        What is held.
    marks : array of shape (N,)
        Last prices, for the order of buys.
    lot_of : callable
        Column to its order sizes.
    decided : int
        Row of the decision.

    Returns
    -------
    orders, too_small : list of Order
        Sells by column, then buys by falling value; and purchases of a name not held that do
        not reach one lot (their ``shares`` are what was wished).
    """
    sells, buys, too_small = [], [], []
    for asset, target in targets:
        gap = target - int(held[asset])
        if gap > 0:
            shares = lot_of(asset).buyable(gap)
            if shares:
                buys.append(Order(asset, "buy", shares, target, decided))
            elif held[asset] == 0:
                too_small.append(Order(asset, "buy", gap, target, decided))
        elif gap < 0:
            shares = _sale(lot_of(asset), -gap, int(held[asset]))
            if shares:
                sells.append(Order(asset, "sell", shares, target, decided))
    sells.sort(key=lambda order: order.asset)
    buys.sort(key=lambda order: (-order.shares * int(marks[order.asset]), order.asset))
    return sells + buys, too_small


def _sale(sizes: Lot, shares: int, held: int) -> int:
    """Round a sale to lots, or to the whole holding; a short sale has the sizes of a buy."""
    return sizes.sellable(shares, held) if held > 0 else sizes.buyable(shares)
