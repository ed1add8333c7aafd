"""Turnover against sets of names."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from workbench.evaluation.quantile import assign_quantiles
from workbench.evaluation.turnover import quantile_turnover, rank_autocorrelation
from workbench.market import Market


@pytest.mark.parametrize("horizon", [1, 5, 20])
def test_equals_differences_of_sets(market: Market, horizon: int) -> None:
    factor = market["coarse"].values.copy()
    factor[50] = np.nan
    buckets = assign_quantiles(factor, market.mask("estimation").values, 5)
    actual = quantile_turnover(buckets, horizon, 5)
    expected = np.full(actual.shape, np.nan)
    for t in range(horizon, len(buckets)):
        for quantile in range(1, 6):
            now = set(np.flatnonzero(buckets[t] == quantile))
            then = set(np.flatnonzero(buckets[t - horizon] == quantile))
            if now and then:
                expected[t, quantile - 1] = len(now - then) / len(now)
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-15)
    assert np.isnan(actual[50]).all()


@pytest.mark.parametrize("horizon", [1, 20])
def test_rank_autocorrelation_equals_scipy(market: Market, horizon: int) -> None:
    factor = np.cumsum(market["noise"].values, axis=0)
    mask = market.mask("estimation").values
    actual = rank_autocorrelation(factor, mask, horizon)
    assert np.isnan(actual[:horizon]).all()
    for t in range(horizon, len(factor)):
        both = mask[t] & mask[t - horizon]
        expected = stats.spearmanr(factor[t, both], factor[t - horizon, both]).statistic
        assert actual[t] == pytest.approx(expected, abs=1e-12)


def test_an_opinion_that_never_changes_has_no_turnover() -> None:
    buckets = np.tile(np.array([1, 1, 2, 2], dtype=np.int16), (6, 1))
    assert (quantile_turnover(buckets, 2, 2)[2:] == 0).all()
    buckets[3] = buckets[3][::-1]
    assert (quantile_turnover(buckets, 1, 2)[3] == 1).all()
