"""Trading rules of a backtest: the dated rulebook of cn, or paper rules without any friction.

`TradingRules` asks the rulebook of floor 1 and turns its rates into whole fen, each charge
rounded half up, commission at least its minimum.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from workbench.arrays import BoolPanel, FloatPanel
from workbench.backtest.ledger import Charges
from workbench.backtest.money import IntArray, charge_fen, fen
from workbench.errors import BacktestError, near_names
from workbench.market.market import Market
from workbench.market.rules import (
    Board,
    Fees,
    Lot,
    board,
    boards,
    fees,
    lot,
    price_limits,
    rules_version,
)
from workbench.market.rules.rulebook import as_day, rulebook

__all__ = ["RULES", "TradingRules", "trading_rules"]

_BLOCK = 128
"""Sessions whose limits are found at once; bounds the memory of the exact arithmetic."""
_PAPER_LOT = Lot(minimum=1, step=1, holding_sessions=0, rule="paper.lot")


@dataclass(frozen=True)
class TradingRules:
    """What may be traded, in which sizes and at what charge.

    Attributes
    ----------
    name : str
        ``cn`` or ``paper``.
    limited : bool
        Whether price limits hold.
    charged : bool
        Whether trades cost anything.
    shorts : bool
        Whether weights may be negative.
    sessions_per_year : int
        For annual figures: 242 in China.
    commission : Fraction or None
        The broker's rate in place of the rulebook's convention.
    """

    name: str
    limited: bool
    charged: bool
    shorts: bool
    sessions_per_year: int = 242
    commission: Fraction | None = None

    @property
    def version(self) -> str:
        """Hash of the dated rule files; ``paper`` where none is asked."""
        return rules_version() if self.limited else self.name

    def lot(self, asset: str, session: np.datetime64) -> Lot:
        """Order sizes and holding period of `asset` on `session`."""
        return _lot(board(asset), session) if self.limited else _PAPER_LOT

    def price_limits(
        self, market: Market, reference: FloatPanel, warned: BoolPanel, age: IntArray
    ) -> tuple[FloatPanel, FloatPanel]:
        """Down and up limit prices in CNY, shape (T, N); NaN or infinite where there is none.

        Parameters
        ----------
        market : Market
            Gives sessions and assets.
        reference : array of shape (T, N)
            Ex-right reference price in CNY.
        warned : array of bool, shape (T, N)
            Risk-warned (ST) shares.
        age : array of shape (T, N)
            Sessions since listing, -1 while not listed.
        """
        if not self.limited:
            nothing = np.full(market.shape, np.nan)
            return nothing, nothing
        days, where = market.sessions.values[:, None], boards(market.assets.names)
        down, up = np.empty(market.shape), np.empty(market.shape)
        for first in range(0, len(days), _BLOCK):
            rows = slice(first, first + _BLOCK)
            down[rows], up[rows] = price_limits(
                reference[rows], where, warned[rows], days[rows], age[rows]
            )
        return down, up

    def band_rule(self, asset: str, session: np.datetime64, warned: bool, age: int) -> str:
        """Id of the price-band row in force for `asset` on `session`, `age` after its listing."""
        day, where = as_day(session), board(asset)
        rows = [
            (int(rule.values["first_sessions"]), rule.id)
            for rule in rulebook()
            if rule.kind == "price_band"
            and rule.values["st"] in ("both", warned)
            and (rule.values["first_sessions"] == 0 or age < rule.values["first_sessions"])
            and rule.holds_for(where)
            and rule.holds_on(day)
        ]
        # Rows of the first sessions after listing win over the plain one.
        return max(rows)[1] if rows else "cn.price_band"

    def charges(
        self, side: str, amount: int, shares: int, asset: str, session: np.datetime64
    ) -> Charges:
        """Charge one order of `amount` fen, every item rounded half up to the fen."""
        if not self.charged or amount == 0:
            return Charges()
        rates = _rates(fees(session, board(asset)))
        rate = rates["commission"] if self.commission is None else self.commission
        commission = max(charge_fen(amount, rate), fen(rates["commission_minimum"]))
        par = charge_fen(100 * shares, rates["transfer_fee_par"])
        return Charges(
            commission=commission,
            stamp_duty=charge_fen(amount, rates[f"stamp_duty_{side}"]),
            transfer_fee=charge_fen(amount, rates["transfer_fee"]) + par,
        )


_RATES = (
    "commission",
    "commission_minimum",
    "stamp_duty_buy",
    "stamp_duty_sell",
    "transfer_fee",
    "transfer_fee_par",
)


@lru_cache(maxsize=16384)
def _lot(where: Board, session: np.datetime64) -> Lot:
    return lot(where, session)


@lru_cache(maxsize=1024)
def _rates(on_day: Fees) -> Mapping[str, Fraction]:
    """Read the rates as exact fractions of the decimals they were written as."""
    return MappingProxyType({name: Fraction(str(getattr(on_day, name))) for name in _RATES})


RULES: Mapping[str, TradingRules] = MappingProxyType(
    {
        "cn": TradingRules("cn", limited=True, charged=True, shorts=False),
        "paper": TradingRules("paper", limited=False, charged=False, shorts=True),
    }
)
"""Rules by name: the Chinese share market, and paper: no limit, lot, charge or holding period."""


def trading_rules(name: str, commission: float | None = None) -> TradingRules:
    """Return the rules of a name, with the broker's commission if one is given.

    Raises
    ------
    BacktestError
        If no rules have this name, or the commission is not in 0 … 0.003 (the lawful cap).

    Examples
    --------
    >>> trading_rules("cn", commission=0.0001).commission
    Fraction(1, 10000)
    """
    if name not in RULES:
        known = ", ".join(map(repr, RULES))
        raise BacktestError(
            f"`rules` is one of {known}; got {name!r}.{near_names(str(name), RULES)}"
        )
    rules = RULES[name]
    if commission is None:
        return rules
    if not 0 <= commission <= 0.003:
        raise BacktestError(
            f"`commission` is a decimal share of the traded value in 0 … 0.003; got {commission!r}."
        )
    rate = Fraction(str(commission))
    return TradingRules(
        rules.name, rules.limited, rules.charged, rules.shorts, rules.sessions_per_year, rate
    )
