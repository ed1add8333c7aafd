"""Order sizes: the smallest order, the step above it, odd lots, and the holding period.

`lot` finds the dated row of an asset; the value it returns rounds an order to what may be sent.
"""

from __future__ import annotations

from dataclasses import dataclass

from workbench.errors import PanelError
from workbench.market.rules.boards import Board, board
from workbench.market.rules.rulebook import SessionLike, row_on

__all__ = ["Lot", "lot"]


@dataclass(frozen=True, slots=True)
class Lot:
    """Sizes an order may have, in shares.

    Attributes
    ----------
    minimum, step : int
        A buy order is ``minimum + k * step`` with k = 0, 1, 2 …
    holding_sessions : int
        Sessions a bought share has to be held before it may be sold (1: "T+1").
    rule : str
        Id of the row.
    """

    minimum: int
    step: int
    holding_sessions: int
    rule: str

    def buyable(self, shares: float) -> int:
        """Return the largest order of at most `shares` that may be sent.

        Raises
        ------
        PanelError
            `shares` is negative or not finite.

        Examples
        --------
        >>> lot("600519.SH", "2020-01-02").buyable(1250)
        1200
        >>> lot("688981.SH", "2021-01-04").buyable(1250)
        1250
        """
        if not 0 <= shares < float("inf"):
            raise PanelError(f"expected a number of shares of at least 0, got {shares!r}")
        whole = int(shares)
        if whole < self.minimum:
            return 0
        return self.minimum + (whole - self.minimum) // self.step * self.step

    def sellable(self, shares: float, held: int) -> int:
        """Return the largest sale of at most `shares` out of a holding of `held` shares.

        A holding may be sold whole, odd lot included; otherwise a sale has the sizes of a buy.

        Examples
        --------
        >>> sizes = lot("600519.SH", "2020-01-02")
        >>> sizes.sellable(1250, held=1250), sizes.sellable(1250, held=1300)
        (1250, 1200)
        """
        return held if shares >= held >= 0 else self.buyable(shares)


def lot(asset: str, session: SessionLike) -> Lot:
    """Return the order sizes of `asset` on `session`.

    Parameters
    ----------
    asset : str
        A code such as ``600519.SH``, or a `Board`.
    session : date, str or datetime64
        The day.

    Raises
    ------
    UnknownAssetError
        The code belongs to no share board.
    UnknownRuleError
        No row covers the day.

    Examples
    --------
    >>> lot("688981.SH", "2021-01-04")
    Lot(minimum=200, step=1, holding_sessions=1, rule='cn.lot.star.2019-07-22')
    """
    row = row_on("lot", session, asset if asset in set(Board) else board(asset))
    values = row.values
    return Lot(values["minimum"], values["step"], values["holding_sessions"], row.id)
