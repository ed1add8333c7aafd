"""BacktestResult: the finished ledger, and the tables drawn from it.

Everything is kept in integers as booked; the tables of the public face are in CNY and are made
when asked for. Labels are ``session`` (datetime64) and ``asset``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.backtest import performance
from workbench.backtest.fills import Denial
from workbench.backtest.ledger import Entry
from workbench.backtest.money import IntArray, amount_fen, fen, yuan
from workbench.backtest.request import Policy
from workbench.backtest.result_html import result_html
from workbench.backtest.rulebook import TradingRules
from workbench.backtest.tables import (
    corporate_action_table,
    denial_table,
    position_table,
    session_index,
    trade_table,
)
from workbench.backtest.tape import Tape
from workbench.portfolio.weights import Weights

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BacktestResult"]


@dataclass(frozen=True, eq=False, repr=False)
class BacktestResult:
    """One simulated account.

    Attributes
    ----------
    tape : Tape
        The prices and limits it traded against.
    policy, rules : Policy, TradingRules
        The choices and rules of the run.
    weights : Weights
        What it aimed at.
    market : mapping
        Description of the market: name, adjustment, data versions.
    cash, fees : array of int64, shape (T,)
        Fen in the account at each close; fen paid in each session.
    holdings : tuple of (columns, shares, marks)
        Positions at each close; marks in 0.0001 CNY.
    journal : tuple of Entry
        Every change of cash or shares, in order.
    refusals : tuple of Denial
        Every denial, in order.
    seconds : float
        What the run took.
    """

    tape: Tape
    policy: Policy
    rules: TradingRules
    weights: Weights
    market: Mapping[str, Any]
    cash: IntArray
    fees: IntArray
    holdings: tuple[tuple[IntArray, IntArray, IntArray], ...]
    journal: tuple[Entry, ...]
    refusals: tuple[Denial, ...]
    seconds: float = field(default=0.0)

    @cached_property
    def market_value(self) -> IntArray:
        """Fen that the positions are worth at each close, shape (T,)."""
        return np.array(
            [int(amount_fen(shares, marks).sum()) for _, shares, marks in self.holdings],
            dtype=np.int64,
        )

    @cached_property
    def equity(self) -> pd.DataFrame:
        """Index ``session``; columns equity, cash, market_value, fees in CNY.

        ``equity = cash + market_value`` to the fen; `fees` is what the session's trades paid and
        is already out of cash.
        """
        import pandas as pd

        columns = {
            "equity": yuan(self.cash + self.market_value),
            "cash": yuan(self.cash),
            "market_value": yuan(self.market_value),
            "fees": yuan(self.fees),
        }
        return pd.DataFrame(columns, index=session_index(self.tape.sessions))

    @cached_property
    def returns(self) -> pd.Series:
        """Simple return of each session but the first, in which nothing can be traded."""
        equity = self.equity["equity"]
        return (equity / equity.shift(1) - 1.0).iloc[1:].rename("return")

    @cached_property
    def trades(self) -> pd.DataFrame:
        """One row a trade: session, asset, side, shares, price, amount, charges, decided."""
        return trade_table(self.journal, self.tape)

    @cached_property
    def denials(self) -> pd.DataFrame:
        """One row an order denied on a session: shares, reason, rule, evidence, decided."""
        return denial_table(self.refusals, self.tape)

    @cached_property
    def positions(self) -> pd.DataFrame:
        """One row a holding and close: session, asset, shares, price, value, weight."""
        return position_table(self.holdings, self.equity["equity"].to_numpy(), self.tape)

    @cached_property
    def corporate_actions(self) -> pd.DataFrame:
        """One row an ex-date or delisting of a holding: kind, change of shares, price, cash."""
        return corporate_action_table(self.journal, self.tape)

    @cached_property
    def turnover(self) -> pd.Series:
        """One-sided turnover of each session but the first: ``½ Σ|Δw|`` after drift."""
        traded = np.zeros(len(self.cash), dtype=np.int64)
        for entry in self.journal:
            if entry.kind in ("buy", "sell"):
                traded[entry.session] += abs(entry.cash)
        equity = self.cash + self.market_value
        share = performance.one_sided_turnover(traded[1:], equity[:-1])
        import pandas as pd

        return pd.Series(share, index=session_index(self.tape.sessions)[1:], name="turnover")

    @cached_property
    def drawdown(self) -> pd.Series:
        """Equity over its highest value so far, minus 1, at each close."""
        import pandas as pd

        depths = performance.drawdowns(self.equity["equity"], self._capital)
        return pd.Series(depths, index=self.equity.index, name="drawdown")

    def summary(self) -> pd.DataFrame:
        """Headline figures: index ``metric``, columns ``value`` and ``unit``.

        Returns and ratios follow `convention`; `cost_share` is charges over traded value,
        `cost_drag` charges per year over mean equity, `denied` denials over trades plus denials
        (each session of a carried order counts).
        """
        import pandas as pd

        rows = [(name, float(value), unit) for name, value, unit in self._figures()]
        frame = pd.DataFrame(rows, columns=["metric", "value", "unit"])
        return frame.set_index("metric")

    @property
    def convention(self) -> str:
        """How annual figures are made, for captions."""
        return (
            f"A = {self.rules.sessions_per_year} sessions a year; compound growth; volatility "
            "with ddof 1; Sharpe with a risk-free rate of 0; turnover one-sided"
        )

    @property
    def settings(self) -> Mapping[str, Any]:
        """The choices of the run and the version of its rules."""
        return MappingProxyType({**asdict(self.policy), "rules_version": self.rules.version})

    @property
    def provenance(self) -> Mapping[str, Any]:
        """What the result was made of: market, weights, settings."""
        return MappingProxyType(
            {
                "market": dict(self.market),
                "weights": {"name": self.weights.name, **self.weights.provenance},
                "backtest": dict(self.settings),
            }
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What a careful reader should know about this result."""
        said = [
            "Dividends, bonus shares and rights are reinvested at the ex-right reference price, "
            "without dividend tax.",
            "Orders are filled whole at one price: no volume cap, no slippage, no impact.",
        ]
        if self.weights.research_only:
            said.append("Research statistic: the short leg cannot be traded in cn.")
        if self.rules.limited and not self.tape.warned.any():
            said.append("No share is known to be risk-warned (ST): all have the plain price band.")
        columns = self.holdings[-1][0] if self.holdings else np.zeros(0, dtype=np.int64)
        stale = [self.tape.assets[int(c)] for c in columns if not self.tape.quoted[-1, int(c)]]
        if stale:
            shown = ", ".join(stale[:3]) + (" …" if len(stale) > 3 else "")
            said.append(
                f"{len(stale)} holdings end without a price of the day, valued at their last "
                f"one: {shown}."
            )
        return tuple(said)

    def __repr__(self) -> str:
        figures = {name: value for name, value, _ in self._figures()}
        sessions = self.tape.sessions
        return (
            f"BacktestResult({self.weights.name or 'weights'}: {sessions.first} … {sessions.last}, "
            f"rules={self.rules.name!r}, fill={self.policy.fill!r}, "
            f"total {100 * figures['total_return']:+.2f} %, "
            f"{int(figures['trades'])} trades, {len(self.refusals)} denials)"
        )

    def _repr_html_(self) -> str:
        return result_html(repr(self), self.equity, self.summary(), (self.convention, *self.notes))

    @property
    def _capital(self) -> float:
        return yuan(fen(self.policy.capital))

    def _figures(self) -> list[tuple[str, float, str]]:
        """Name, value and unit of each headline figure."""
        per_year = self.rules.sessions_per_year
        returns = self.returns.to_numpy()
        equity = self.equity["equity"].to_numpy()
        trades = [entry for entry in self.journal if entry.kind in ("buy", "sell")]
        traded = yuan(sum(abs(entry.cash) for entry in trades))
        paid, years = yuan(int(self.fees.sum())), max(len(returns), 1) / per_year
        annual = performance.annual_return(returns, per_year)
        risk = performance.annual_volatility(returns, per_year)
        turnover = self.turnover.to_numpy()
        attempts = len(trades) + len(self.refusals)
        denied = len(self.refusals) / attempts if attempts else float("nan")
        return [
            ("total_return", equity[-1] / self._capital - 1.0, "decimal"),
            ("annual_return", annual, "decimal"),
            ("annual_volatility", risk, "decimal"),
            ("sharpe", performance.sharpe_ratio(returns, per_year), "ratio"),
            ("max_drawdown", performance.max_drawdown(equity, self._capital), "decimal"),
            ("turnover", float(turnover.mean()) * per_year if len(turnover) else np.nan, "a year"),
            ("fees", paid, "CNY"),
            ("cost_share", paid / traded if traded else np.nan, "of traded value"),
            ("cost_drag", paid / years / float(equity.mean()), "a year"),
            ("exposure", float((self.equity["market_value"] / equity).mean()), "decimal"),
            ("trades", len(trades), "count"),
            ("denials", len(self.refusals), "count"),
            ("denied", denied, "of attempts"),
            ("final_equity", float(equity[-1]), "CNY"),
            ("sessions", len(equity), "count"),
        ]
