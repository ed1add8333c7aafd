"""What came of it, in numbers: pure functions of returns and equity.

Input is always declared: *returns* are simple returns per session, as decimals. Undefined is NaN
(no return, no spread), never a guess; `sessions_per_year` is the caller's, 242 for China.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.errors import BacktestError

__all__ = [
    "annual_return",
    "annual_volatility",
    "drawdowns",
    "max_drawdown",
    "one_sided_turnover",
    "sharpe_ratio",
]


def annual_return(returns: ArrayLike, sessions_per_year: int) -> float:
    """Compound annual growth rate: ``(∏(1 + r))^(A/n) − 1``; −1 after ruin, NaN without returns.

    Examples
    --------
    >>> round(annual_return([0.1, 0.1], sessions_per_year=1), 6)
    0.1
    """
    values = _returns(returns)
    if not len(values):
        return math.nan
    growth = float(np.prod(1.0 + values))
    if growth <= 0.0:
        return -1.0
    return math.expm1(math.log(growth) * sessions_per_year / len(values))


def annual_volatility(returns: ArrayLike, sessions_per_year: int) -> float:
    """Return the standard deviation (ddof 1) times ``√A``; NaN with fewer than two returns.

    Examples
    --------
    >>> round(annual_volatility([0.01, -0.01], sessions_per_year=242), 6)
    0.22
    """
    values = _returns(returns)
    if len(values) < 2:
        return math.nan
    return float(np.std(values, ddof=1)) * math.sqrt(sessions_per_year)


def sharpe_ratio(returns: ArrayLike, sessions_per_year: int, risk_free: float = 0.0) -> float:
    """Mean over standard deviation (ddof 1) of returns in excess of cash, times ``√A``.

    Parameters
    ----------
    returns : array_like of shape (n,)
        Simple returns per session.
    sessions_per_year : int
        A.
    risk_free : float
        Annual simple rate; ``risk_free / A`` is taken off every session.

    Returns
    -------
    float
        NaN with fewer than two returns or without spread.

    Examples
    --------
    >>> round(sharpe_ratio([0.02, 0.0], sessions_per_year=2), 6)
    1.0
    """
    values = _returns(returns)
    spread = float(np.std(values, ddof=1)) if len(values) > 1 else math.nan
    # Constant returns leave binary dust in the deviation; they have no spread.
    if not spread > 1e-15:
        return math.nan
    excess = float(np.mean(values)) - risk_free / sessions_per_year
    return excess / spread * math.sqrt(sessions_per_year)


def drawdowns(equity: ArrayLike, capital: float) -> NDArray[np.float64]:
    """Equity over its highest value so far, opening capital included, minus 1; shape (T,), ≤ 0.

    Examples
    --------
    >>> drawdowns([90.0, 120.0, 60.0], capital=100.0).round(3).tolist()
    [-0.1, 0.0, -0.5]
    """
    values = np.asarray(equity, dtype=np.float64)
    peak = np.maximum(np.maximum.accumulate(values), capital) if values.size else values
    return values / peak - 1.0


def max_drawdown(equity: ArrayLike, capital: float) -> float:
    """Return the deepest drawdown, a decimal ≤ 0; 0 without any session.

    Examples
    --------
    >>> max_drawdown([90.0, 120.0, 60.0], capital=100.0)
    -0.5
    """
    depths = drawdowns(equity, capital)
    return float(depths.min()) if depths.size else 0.0


def one_sided_turnover(traded: ArrayLike, equity_before: ArrayLike) -> NDArray[np.float64]:
    """Half of what was bought and sold over equity before trading: ``½ Σ|Δw|`` after drift.

    Parameters
    ----------
    traded : array_like of shape (T,)
        Value bought plus value sold in a session.
    equity_before : array_like of shape (T,)
        Equity at the close before.

    Returns
    -------
    ndarray of shape (T,)
        Decimals; NaN where there was no equity.

    Examples
    --------
    >>> one_sided_turnover([50.0, 0.0], [100.0, 100.0]).tolist()
    [0.25, 0.0]
    """
    value = np.asarray(traded, dtype=np.float64)
    base = np.asarray(equity_before, dtype=np.float64)
    turnover = np.full(value.shape, np.nan)
    np.divide(0.5 * value, base, out=turnover, where=base > 0)
    return turnover


def _returns(returns: ArrayLike) -> NDArray[np.float64]:
    """Check that returns are a vector without gaps; none is skipped silently."""
    values = np.asarray(returns, dtype=np.float64)
    if values.ndim != 1 or not np.isfinite(values).all() or (values < -1.0).any():
        raise BacktestError(
            "Returns are a vector of finite decimals ≥ −1, one a session; "
            f"got shape {values.shape} with {int((~np.isfinite(values)).sum())} missing."
        )
    return values
