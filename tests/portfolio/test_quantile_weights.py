"""Quantile weights against a plain count of positions."""

from __future__ import annotations

import numpy as np
import pytest

from tests.portfolio.factor_market import factor_market, tied_factor
from workbench.errors import PortfolioError
from workbench.market import Panel
from workbench.portfolio import long_short, quantile


@pytest.fixture(scope="module")
def market():
    return factor_market()


@pytest.fixture(scope="module")
def factor(market):
    return tied_factor(market)


def plain_buckets(factor: Panel, market, row: int, quantiles: int) -> dict[int, int]:
    """Slow truth: column to quantile number, 1 = worst."""
    mask = market.mask("estimation").values
    columns = [c for c in range(17) if mask[row, c] and np.isfinite(factor.values[row, c])]
    best_first = sorted(columns, key=lambda c: (-factor.values[row, c], market.assets[c]))
    k = len(best_first)
    return {c: ((k - 1 - p) * quantiles) // k + 1 for p, c in enumerate(best_first)}


@pytest.mark.parametrize("number", [1, 2, 4])
def test_one_quantile(market, factor, number):
    weights = quantile(factor, market, number=number, quantiles=4, rebalance="daily")
    for row in range(40):
        buckets = plain_buckets(factor, market, row, 4)
        members = [column for column, found in buckets.items() if found == number]
        expected = np.zeros(17)
        expected[members] = 1 / len(members)
        assert np.array_equal(weights.values[row], expected)


def test_quantiles_are_even_and_cover_everything(market, factor):
    parts = [quantile(factor, market, n, 4, rebalance=3).values > 0 for n in (1, 2, 3, 4)]
    rows = np.flatnonzero(parts[0].any(axis=1))
    counts = np.array([part[rows].sum(axis=1) for part in parts])
    assert (counts.max(axis=0) - counts.min(axis=0) <= 1).all()
    ranked = market.mask("estimation").values & np.isfinite(factor.values)
    assert np.array_equal(sum(part[rows] for part in parts), ranked[rows].astype(int))


def test_long_short_is_best_minus_worst_and_labelled(market, factor):
    weights = long_short(factor, market, quantiles=4, rebalance="daily")
    best = quantile(factor, market, 4, 4, rebalance="daily").values
    worst = quantile(factor, market, 1, 4, rebalance="daily").values
    assert np.array_equal(weights.values, best - worst)
    assert weights.research_only
    assert "research statistic" in weights.provenance["label"]
    assert "research statistic" in repr(weights)


def test_no_one_sided_spread(market):
    values = np.full(market.shape, np.nan)
    values[:, 0] = 1.0  # a single name to rank has no opposite
    lonely = Panel(values, market.sessions, market.assets)
    assert not long_short(lonely, market, quantiles=2, rebalance="daily").values.any()


@pytest.mark.parametrize("quantiles", [1, 0, 2.5, "10"])
def test_quantiles_are_checked(market, factor, quantiles):
    with pytest.raises(PortfolioError, match="`quantiles` is a whole number"):
        long_short(factor, market, quantiles=quantiles)


@pytest.mark.parametrize("number", [0, 5, "1"])
def test_number_is_checked(market, factor, number):
    with pytest.raises(PortfolioError, match="`number` lies in"):
        quantile(factor, market, number=number, quantiles=4)
