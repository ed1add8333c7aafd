"""Figures against pandas and plain loops, and at the edges."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from workbench.backtest import performance
from workbench.errors import BacktestError

RETURNS = np.random.default_rng(8).normal(0.001, 0.02, 300)


def test_annual_return_compounds():
    wealth = 1.0
    for value in RETURNS:
        wealth *= 1 + value
    found = performance.annual_return(RETURNS, 242)
    assert found == pytest.approx(wealth ** (242 / 300) - 1, rel=1e-12)


def test_volatility_and_sharpe_equal_pandas():
    series = pd.Series(RETURNS)
    assert performance.annual_volatility(RETURNS, 242) == pytest.approx(
        series.std() * math.sqrt(242)
    )
    excess = series - 0.03 / 242
    assert performance.sharpe_ratio(RETURNS, 242, risk_free=0.03) == pytest.approx(
        excess.mean() / excess.std() * math.sqrt(242)
    )


def test_drawdown_counts_from_the_opening_capital():
    equity = 100 * np.cumprod(1 + RETURNS)
    peak, depths = 100.0, []
    for value in equity:
        peak = max(peak, value)
        depths.append(value / peak - 1)
    assert performance.drawdowns(equity, 100.0) == pytest.approx(depths)
    assert performance.max_drawdown(equity, 100.0) == pytest.approx(min(depths))
    assert performance.max_drawdown([80.0, 90.0], 100.0) == pytest.approx(-0.2)


@pytest.mark.parametrize(
    ("returns", "growth", "risk", "sharpe"),
    [
        ([], math.nan, math.nan, math.nan),
        ([0.01], 1.01**242 - 1, math.nan, math.nan),
        ([0.0] * 10, 0.0, 0.0, math.nan),
        ([0.001] * 10, 1.001**242 - 1, 0.0, math.nan),
        ([0.1, -1.0, 0.5], -1.0, None, None),
    ],
)
def test_edges(returns, growth, risk, sharpe):
    assert performance.annual_return(returns, 242) == pytest.approx(growth, nan_ok=True)
    if risk is not None:
        found = performance.annual_volatility(returns, 242)
        assert found == pytest.approx(risk, abs=1e-12, nan_ok=True)
        assert performance.sharpe_ratio(returns, 242) == pytest.approx(sharpe, nan_ok=True)


def test_no_session_no_drawdown():
    assert performance.max_drawdown([], 100.0) == 0.0


@pytest.mark.parametrize("returns", [[0.1, math.nan], [math.inf], [[0.1]], [-1.5]])
def test_gaps_are_refused(returns):
    with pytest.raises(BacktestError, match="finite decimals"):
        performance.annual_return(returns, 242)


def test_turnover_is_half_of_both_sides():
    found = performance.one_sided_turnover([200.0, 0.0, 10.0], [100.0, 100.0, 0.0])
    assert found == pytest.approx([1.0, 0.0, math.nan], nan_ok=True)
