"""Weights from quantiles: one bucket in equal weight, and the long-short spread.

The spread is a **research statistic**: shares of mainland China cannot be sold short at will, so
`long_short` marks its weights `research_only` and the cn backtest refuses them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.arrays import FloatPanel
from workbench.errors import PortfolioError
from workbench.market.market import Market
from workbench.market.panel import Panel
from workbench.portfolio.rebalance import rebalance_sessions
from workbench.portfolio.signal import best_first, candidates, signal_panel
from workbench.portfolio.weights import Weights

__all__ = ["long_short", "quantile"]


def quantile(
    factor: Any,
    market: Market,
    number: int = 10,
    quantiles: int = 10,
    rebalance: str | int = "weekly",
) -> Weights:
    """Hold one quantile of the factor, equally weighted.

    Of k names with a value, the one at ascending position p = 0 … k − 1 (equal values in reverse
    order of asset names, so that "best first" is by name) lies in quantile
    ``floor(p · quantiles / k) + 1``; `quantiles` is the best, 1 the worst.

    Parameters
    ----------
    factor : str, Factor, Term or Panel
        Higher is better.
    number : int
        The quantile to hold, 1 … `quantiles`.
    quantiles : int
        How many buckets, ≥ 2.
    rebalance : {"daily", "weekly", "monthly"} or int
        When to decide.

    Returns
    -------
    Weights
        Rows sum to 1; to 0 where the quantile is empty.
    """
    _require_quantiles(quantiles)
    if number not in range(1, quantiles + 1):
        raise PortfolioError(f"`number` lies in 1 … {quantiles}; got {number!r}.")
    signal, rows = _buckets(factor, market, quantiles, rebalance)
    values = np.full(signal.shape, np.nan)
    for row, bucket in rows:
        values[row] = _equal(bucket == number)
    made_of = _made_of(signal, "quantile", quantiles, rebalance) | {"number": number}
    name = f"quantile {number} of {quantiles} of {signal.name or 'factor'}"
    return Weights(values, market.sessions, market.assets, name, provenance=made_of)


def long_short(
    factor: Any, market: Market, quantiles: int = 10, rebalance: str | int = "weekly"
) -> Weights:
    """Best quantile minus worst, as a research statistic.

    +1 spread equally over the best quantile and −1 over the worst. A decision with fewer than
    `quantiles` names to rank has an empty leg; it is all zero, so the spread is never one-sided.

    Returns
    -------
    Weights
        `research_only`, with ``provenance["label"]`` saying so.
    """
    _require_quantiles(quantiles)
    signal, rows = _buckets(factor, market, quantiles, rebalance)
    values = np.full(signal.shape, np.nan)
    for row, bucket in rows:
        best, worst = bucket == quantiles, bucket == 1
        both = best.any() and worst.any()
        values[row] = _equal(best) - _equal(worst) if both else 0.0
    made_of = _made_of(signal, "long_short", quantiles, rebalance)
    made_of["label"] = "research statistic: the short leg cannot be traded in cn"
    name = f"long-short of {signal.name or 'factor'}"
    return Weights(
        values, market.sessions, market.assets, name, research_only=True, provenance=made_of
    )


def _buckets(
    factor: Any, market: Market, quantiles: int, rebalance: str | int
) -> tuple[Panel, list[tuple[int, NDArray[np.int64]]]]:
    """Return the signal, and for each decision row its bucket numbers (0 = not ranked)."""
    signal = signal_panel(factor, market)
    allowed = candidates(signal.values, market)
    decided = rebalance_sessions(market.sessions, rebalance)
    rows = []
    for row in np.flatnonzero(decided):
        worst_first = best_first(signal.values[row], allowed[row])[::-1]
        bucket = np.zeros(signal.shape[1], dtype=np.int64)
        position = np.arange(len(worst_first))
        bucket[worst_first] = position * quantiles // max(len(worst_first), 1) + 1
        rows.append((int(row), bucket))
    return signal, rows


def _equal(members: NDArray[np.bool_]) -> FloatPanel:
    """One shared equally among the members; zeros when there is none."""
    return members / max(int(members.sum()), 1)


def _made_of(signal: Panel, rule: str, quantiles: int, rebalance: str | int) -> dict[str, Any]:
    """Provenance of weights made from `signal`."""
    return {
        **signal.provenance,
        "rule": rule,
        "factor": signal.name,
        "quantiles": quantiles,
        "rebalance": rebalance,
    }


def _require_quantiles(quantiles: Any) -> None:
    if not isinstance(quantiles, int | np.integer) or quantiles < 2:
        raise PortfolioError(f"`quantiles` is a whole number ≥ 2; got {quantiles!r}.")
