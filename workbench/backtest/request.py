"""What a backtest was asked for, checked before anything runs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.errors import BacktestError, UnknownAssetError, near_names
from workbench.market.market import Market
from workbench.market.rules import boards
from workbench.portfolio.weights import Weights

__all__ = ["UNFILLED", "Policy", "checked_request"]

UNFILLED = ("carry", "drop")
"""What becomes of orders that a limit, a suspension or T+1 denied."""

_ROUNDING = 1e-9
"""Weights such as 100 × 0.01 may sum to a hair above 1."""


@dataclass(frozen=True)
class Policy:
    """The choices of one run; the parameters of `backtest`, in its units."""

    capital: float
    fill: str
    rules: str
    unfilled: str
    cash_floor: float
    delisting_recovery: float
    commission: float | None


def checked_request(weights: Weights, market: Market, policy: Policy, *, shorts: bool) -> None:
    """Refuse what cannot be traded, saying what came and what to do.

    Parameters
    ----------
    weights, market, policy : Weights, Market, Policy
        The request.
    shorts : bool
        Whether the rules allow negative weights.

    Raises
    ------
    BacktestError
        With the session and asset concerned.
    """
    _check_policy(policy)
    if not isinstance(weights, Weights):
        raise BacktestError(
            f"Expected Weights, got {type(weights).__name__}; build them with "
            "workbench.portfolio.top, or Weights.from_panel for a panel of weights."
        )
    if weights.sessions != market.sessions or weights.assets != market.assets:
        raise BacktestError(
            f"The weights belong to another market: {weights.sessions!r} × {weights.assets!r}, "
            f"the market has {market.sessions!r} × {market.assets!r}. Build them on this market."
        )
    if policy.rules == "cn":
        _check_codes(market)
    _check_weights(weights, policy, shorts)


def _check_codes(market: Market) -> None:
    """Refuse assets that no A-share rule covers, naming the way out."""
    try:
        boards(market.assets)
    except UnknownAssetError as error:
        raise BacktestError(
            f"rules='cn' cannot trade this market: {error} For other securities use "
            "rules='paper', which knows no limits, lots or fees."
        ) from error


def _check_policy(policy: Policy) -> None:
    if not _is_number(policy.capital) or policy.capital < 0.01:
        raise BacktestError(f"`capital` is an amount of CNY above 0; got {policy.capital!r}.")
    if policy.unfilled not in UNFILLED:
        hint = near_names(str(policy.unfilled), UNFILLED)
        raise BacktestError(f"`unfilled` is 'carry' or 'drop'; got {policy.unfilled!r}.{hint}")
    for name in ("cash_floor", "delisting_recovery"):
        value = getattr(policy, name)
        if not _is_number(value) or not 0 <= value <= 1:
            raise BacktestError(f"`{name}` is a share in 0 … 1; got {value!r}.")


def _check_weights(weights: Weights, policy: Policy, shorts: bool) -> None:
    rows = np.flatnonzero(weights.decided)
    values = weights.values[rows]
    if not shorts and (values < 0).any():
        row, column = map(int, np.argwhere(values < 0)[0])
        raise BacktestError(
            f"rules={policy.rules!r} cannot sell short: {weights.assets[column]} weighs "
            f"{values[row, column]:.6g} on {weights.sessions[int(rows[row])]}. Long-short weights "
            "are a research statistic; hold one side, or use rules='paper' to study the spread."
        )
    total = np.maximum(values, 0).sum(axis=1)
    if (total > 1 + _ROUNDING).any():
        row = int(np.argmax(total))
        raise BacktestError(
            f"Long weights sum to at most 1 (no borrowing); they sum to {total[row]:.6g} on "
            f"{weights.sessions[int(rows[row])]}. Divide the row by its sum."
        )


def _is_number(value: Any) -> bool:
    numeric = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    return numeric and math.isfinite(value)
