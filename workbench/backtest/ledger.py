"""The ledger: cash in fen, holdings in whole shares, and a journal of everything that moved them.

Each change goes through `post`, which writes one entry and applies it. At every close
`close_session` adds the session's entries to the balances of the close before and compares:
cash + positions − fees = equity has to hold to the fen, or the run stops.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.backtest.money import IntArray, amount_fen, cny, yuan
from workbench.errors import BacktestError

__all__ = ["Charges", "Entry", "Ledger"]


@dataclass(frozen=True, slots=True)
class Charges:
    """What a trade cost beside its price, in fen."""

    commission: int = 0
    stamp_duty: int = 0
    transfer_fee: int = 0

    @property
    def total(self) -> int:
        """All of it, in fen."""
        return self.commission + self.stamp_duty + self.transfer_fee


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal.

    Attributes
    ----------
    session, asset : int
        Row and column.
    kind : str
        ``buy``, ``sell``, ``split`` or ``delisting``.
    shares : int
        Change of the holding; negative when it falls.
    price : int
        Price of the event in 0.0001 CNY.
    cash : int
        Change of cash in fen before charges; negative when paid.
    charges : Charges
        Taken from cash on top.
    decided : int
        Row at whose close the trade was decided; -1 for corporate actions.
    """

    session: int
    asset: int
    kind: str
    shares: int
    price: int
    cash: int
    charges: Charges = Charges()
    decided: int = -1


class Ledger:
    """Balances of one account. The one thing in this room that changes in place.

    Parameters
    ----------
    capital : int
        Opening cash in fen.
    n_assets : int
        Columns.
    shorts : bool
        Whether holdings may be negative (paper rules only).

    Examples
    --------
    >>> ledger = Ledger(100_000_00, 1)
    >>> ledger.open_session(0)
    >>> ledger.post(Entry(0, 0, "buy", 100, 100_000, -100_000, Charges(500)))
    >>> ledger.cash, int(ledger.shares[0]), ledger.sellable(0, holding=1)
    (9899500, 100, 0)
    >>> ledger.close_session(np.array([110_000]))  # equity in fen at 11.00
    10009500
    """

    def __init__(self, capital: int, n_assets: int, shorts: bool = False) -> None:
        self.capital = capital
        self.cash = capital
        self.fees = 0
        self.shares: IntArray = np.zeros(n_assets, dtype=np.int64)
        self.journal: list[Entry] = []
        self._bought_today: IntArray = np.zeros(n_assets, dtype=np.int64)
        self._shorts = shorts
        self._session = -1
        self._opening = (capital, 0, self.shares.copy(), 0)

    def open_session(self, session: int) -> None:
        """Begin a session: yesterday's purchases may be sold from now on."""
        self._session = session
        self._bought_today[:] = 0
        self._opening = (self.cash, self.fees, self.shares.copy(), len(self.journal))

    def post(self, entry: Entry) -> None:
        """Write one entry and apply it to the balances."""
        self.journal.append(entry)
        self.cash += entry.cash - entry.charges.total
        self.fees += entry.charges.total
        self.shares[entry.asset] += entry.shares
        if entry.kind == "buy":
            self._bought_today[entry.asset] += entry.shares

    def sellable(self, asset: int, holding: int) -> int:
        """Shares that may be sold now; with ``holding=1`` (T+1) not those bought today."""
        frozen = int(self._bought_today[asset]) if holding else 0
        return int(self.shares[asset]) - frozen

    def market_value(self, marks: IntArray) -> int:
        """Value in fen of all holdings at `marks` (0.0001 CNY), each rounded to the fen."""
        return int(amount_fen(self.shares, marks).sum())

    def equity(self, marks: IntArray) -> int:
        """Cash plus holdings at `marks`, in fen."""
        return self.cash + self.market_value(marks)

    def close_session(self, marks: IntArray) -> int:
        """Check the session's books and return equity in fen.

        Raises
        ------
        BacktestError
            If the journal does not explain the balances, or cash or a holding is negative.
        """
        cash, fees, shares, first = self._opening
        today = self.journal[first:]
        gross = cash + sum(entry.cash for entry in today)
        paid = sum(entry.charges.total for entry in today)
        for entry in today:
            shares[entry.asset] += entry.shares
        equity = gross + int(amount_fen(shares, marks).sum()) - paid
        if equity != self.equity(marks) or fees + paid != self.fees:
            raise self._broken(
                f"cash + positions − fees is {yuan(equity):.2f}, "
                f"equity {yuan(self.equity(marks)):.2f}"
            )
        if not np.array_equal(shares, self.shares):
            raise self._broken("the entries do not add up to the holdings")
        if self.cash < 0:
            raise self._broken(f"cash is {yuan(self.cash):.2f} CNY")
        if not self._shorts and (self.shares < 0).any():
            column = int(np.argmin(self.shares))
            raise self._broken(
                f"asset {column} holds {self.shares[column]} shares at {cny(marks[column])} CNY"
            )
        return equity

    def _broken(self, what: str) -> BacktestError:
        return BacktestError(
            f"The ledger of session {self._session} does not balance: {what}. "
            "This is a fault of the engine, not of the request; please report it."
        )
