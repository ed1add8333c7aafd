"""What a trade costs by law and custom on a day: stamp duty, transfer fee, commission.

`fees` collects the rows in force; `Fees.of` charges one trade. Rates are fractions of the value.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

from workbench.errors import PanelError, UnknownRuleError
from workbench.market.rules.rulebook import Rule, SessionLike, as_day, row_on

__all__ = ["Fees", "fees"]

_ITEMS = (
    "stamp_duty_buy",
    "stamp_duty_sell",
    "commission",
    "commission_minimum",
    "commission_cap",
)
_TRANSFER = ("transfer_fee", "transfer_fee_par")


@dataclass(frozen=True, slots=True)
class Fees:
    """Rates of one day.

    Attributes
    ----------
    stamp_duty_buy, stamp_duty_sell : float
        Fractions of the traded value.
    transfer_fee : float
        Fraction of the traded value, each side.
    transfer_fee_par : float
        CNY per share, each side (Shanghai before 2015-08-01).
    commission : float
        Fraction of the traded value, each side. A convention: brokers differ.
    commission_minimum : float
        CNY an order.
    commission_cap : float
        Largest lawful commission, a fraction of the traded value.
    rules : tuple of str
        Ids of the rows.
    """

    stamp_duty_buy: float
    stamp_duty_sell: float
    transfer_fee: float
    transfer_fee_par: float
    commission: float
    commission_minimum: float
    commission_cap: float
    rules: tuple[str, ...]

    def of(self, value: float, side: str, shares: float = 0.0) -> float:
        """Return the cost in CNY of one order of `value` CNY and `shares` shares.

        Parameters
        ----------
        value : float
            Traded value in CNY, at least 0.
        side : {"buy", "sell"}
            Side of the order.
        shares : float
            Only the par-value fee of Shanghai before 2015-08-01 asks for it.

        Raises
        ------
        PanelError
            An unknown side or a negative value.

        Examples
        --------
        >>> round(fees("2024-01-02").of(100_000, "sell"), 2)  # 50 stamp + 1 transfer + 30
        81.0
        >>> round(fees("2024-01-02").of(1_000, "buy"), 2)  # the minimum commission
        5.01
        """
        if side not in ("buy", "sell") or not value >= 0:
            raise PanelError(f"expected side 'buy' or 'sell' and a value >= 0: {side!r}, {value!r}")
        if value == 0:
            return 0.0
        duty = self.stamp_duty_buy if side == "buy" else self.stamp_duty_sell
        commission = max(self.commission * value, self.commission_minimum)
        return (duty + self.transfer_fee) * value + self.transfer_fee_par * shares + commission


def fees(session: SessionLike, board: str = "main_sh") -> Fees:
    """Return the fees in force on `session` for shares of `board`.

    Raises
    ------
    UnknownRuleError
        No row covers the day.

    Examples
    --------
    >>> fees("2023-08-27").stamp_duty_sell, fees("2023-08-28").stamp_duty_sell
    (0.001, 0.0005)
    """
    return _fees(as_day(session), str(board))


@lru_cache(maxsize=16384)
def _fees(day: dt.date, board: str) -> Fees:
    rows = {item: row_on("fee", day, board, item=item) for item in _ITEMS}
    transfer = _transfer(day, board)
    rates = {item: float(row.values["value"]) for item, row in rows.items()}
    rates |= dict.fromkeys(_TRANSFER, 0.0)
    rates[transfer.values["item"]] = float(transfer.values["value"])
    return Fees(**rates, rules=tuple(row.id for row in (*rows.values(), transfer)))


def _transfer(day: dt.date, board: str) -> Rule:
    """Return the transfer fee row: one of the two bases is in force, never both."""
    try:
        return row_on("fee", day, board, item="transfer_fee")
    except UnknownRuleError:
        return row_on("fee", day, board, item="transfer_fee_par")
