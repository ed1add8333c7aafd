"""Buckets against fractions, tranches against a portfolio that is kept by hand."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from math import floor, isfinite, nan

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from workbench.evaluation.forward_returns import ENTRIES, entry_prices
from workbench.evaluation.quantile import (
    assign_quantiles,
    carried_marks,
    monotonicity,
    quantile_summary,
    tranche_returns,
)
from workbench.market import Market


def slow_buckets(factor, mask, quantiles):
    result = np.zeros(factor.shape, dtype=int)
    for t in range(len(factor)):
        names = [i for i in range(factor.shape[1]) if mask[t, i] and isfinite(factor[t, i])]
        if len(names) < quantiles:
            continue
        ranks = stats.rankdata([factor[t, i] for i in names])
        for i, rank in zip(names, ranks, strict=True):
            place = (Fraction(int(2 * rank), 2) - Fraction(1, 2)) / len(names) * quantiles
            result[t, i] = floor(place) + 1
    return result


def slow_tranches(buckets, price, horizon, quantiles, delay):
    """One event loop: buy, mark, sell; a list of daily returns of live tranches per session."""
    n_sessions, n_assets = price.shape
    result = np.full((n_sessions, quantiles), nan)
    for quantile in range(1, quantiles + 1):
        daily = defaultdict(list)
        for t in range(n_sessions - delay):
            entry = t + delay
            units = {
                i: 1.0 / price[entry, i]
                for i in range(n_assets)
                if buckets[t, i] == quantile and isfinite(price[entry, i])
            }
            if not units:
                continue
            mark = {i: price[entry, i] for i in units}
            worth = float(len(units))
            for session in range(entry + 1, min(entry + horizon, n_sessions - 1) + 1):
                for i in units:
                    if isfinite(price[session, i]):
                        mark[i] = price[session, i]
                now = sum(units[i] * mark[i] for i in units)
                daily[session].append(now / worth - 1)
                worth = now
        for session, values in daily.items():
            result[session, quantile - 1] = sum(values) / len(values)
    return result


class TestBuckets:
    """Assignment of names to quantiles."""

    def test_golden_vector(self) -> None:
        c = np.array([[3, 1, 1, np.nan, 7, -2]])
        np.testing.assert_array_equal(
            assign_quantiles(c, np.ones((1, 6), bool), 2), [[2, 1, 1, 0, 2, 1]]
        )

    @pytest.mark.parametrize("quantiles", [2, 3, 5, 7, 10])
    @pytest.mark.parametrize("field", ["noise", "coarse"])
    def test_equals_exact_fractions(self, market: Market, field: str, quantiles: int) -> None:
        factor, mask = market[field].values.copy(), market.mask("estimation").values
        factor[5, 6:] = np.nan
        actual = assign_quantiles(factor, mask, quantiles)
        np.testing.assert_array_equal(actual, slow_buckets(factor, mask, quantiles))
        assert (actual[5] == 0).all() == (quantiles > 6)

    @pytest.mark.parametrize("names", [10, 30, 49, 100, 1395])
    def test_no_name_falls_to_the_wrong_side_by_rounding(self, names: int) -> None:
        factor = np.arange(names, dtype=float)[None]
        mask = np.ones((1, names), bool)
        for quantiles in (3, 5, 7, 10):
            np.testing.assert_array_equal(
                assign_quantiles(factor, mask, quantiles), slow_buckets(factor, mask, quantiles)
            )


class TestTranches:
    """Overlapping buy-and-hold portfolios."""

    @pytest.mark.parametrize("entry", ["next_open", "close"])
    def test_equals_the_event_loop(self, market: Market, entry: str) -> None:
        price, delay = entry_prices(market, ENTRIES[entry]), ENTRIES[entry].delay
        factor = market["coarse"].values.copy()
        factor[33:36] = np.nan
        buckets = assign_quantiles(factor, market.mask("estimation").values, 4)
        fast = tranche_returns(buckets, price, (1, 3, 20), 4, delay)
        for horizon in (1, 3, 20):
            slow = slow_tranches(buckets, price, horizon, 4, delay)
            np.testing.assert_allclose(fast[horizon], slow, rtol=0, atol=1e-12)
            assert np.isfinite(slow).sum() > 300

    def test_horizons_do_not_touch_each_other(self, market: Market) -> None:
        price = entry_prices(market, ENTRIES["next_open"])
        buckets = assign_quantiles(market["noise"].values, market.mask("estimation").values, 4)
        together = tranche_returns(buckets, price, (20, 5), 4, 1)
        alone = tranche_returns(buckets, price, (5,), 4, 1)
        np.testing.assert_array_equal(together[5], alone[5])

    def test_by_hand(self) -> None:
        price = np.array([[1.0, 1.0], [10.0, 20.0], [11.0, np.nan], [12.1, 10.0], [12.1, 30.0]])
        buckets = np.zeros((5, 2), dtype=np.int16)
        buckets[0] = 1
        buckets[1] = [2, 1]
        two = tranche_returns(buckets, price, (2,), 2, 1)[2]
        # Session 0's tranche: bought at 10 and 20; asset 2 keeps its mark, then falls to 10.
        # Session 1's: asset 2 has no price at entry and is not bought; asset 1 is bucket 2.
        first = (1.1 + 1.0) / 2 - 1
        second = ((1.21 + 0.5) / 2) / ((1.1 + 1.0) / 2) - 1
        np.testing.assert_allclose(two[:, 0], [nan, nan, first, second, nan], atol=1e-15)
        np.testing.assert_allclose(two[:, 1], [nan, nan, nan, 0.1, 0.0], atol=1e-15)

    def test_marks_are_carried_and_never_taken_from_later(self) -> None:
        price = np.array([[np.nan, 1.0], [2.0, np.nan], [np.nan, np.nan], [3.0, 4.0]])
        np.testing.assert_array_equal(
            carried_marks(price), [[np.nan, 1.0], [2.0, 1.0], [2.0, 1.0], [3.0, 4.0]]
        )

    def test_a_steady_gain_is_not_counted_twice(self) -> None:
        gain = np.repeat([[1.001, 1.002]], 60, axis=0)
        price = np.cumprod(gain, axis=0)
        buckets = np.tile(np.array([1, 2], dtype=np.int16), (60, 1))
        daily = tranche_returns(buckets, price, (20,), 2, 1)[20][2:]
        np.testing.assert_allclose(daily, np.tile([0.001, 0.002], (58, 1)), atol=1e-14)


def test_summary_is_plain_arithmetic() -> None:
    rng = np.random.default_rng(12)
    columns = pd.MultiIndex.from_product([[1, 5], [1, 2]], names=["horizon", "quantile"])
    frame = pd.DataFrame(0.01 * rng.standard_normal((200, 4)) + 0.001, columns=columns)
    frame.iloc[:7, 1] = np.nan
    table = quantile_summary(frame, sessions_per_year=250)
    for column in frame:
        values = frame[column].dropna()
        row = table.loc[column]
        assert row["mean"] == pytest.approx(values.mean())
        assert row["annual_return"] == pytest.approx(values.mean() * 250)
        assert row["annual_volatility"] == pytest.approx(values.std() * 250**0.5)
        assert row["n"] == len(values)
        assert abs(row["t_newey_west"] / (values.mean() / values.sem()) - 1) < 0.5


@pytest.mark.parametrize(
    ("means", "expected"),
    [([1, 2, 3, 4], 1.0), ([4, 3, 2, 1], -1.0), ([1, 3, 2, 4], 0.8), ([1, 1, 1, 1], nan)],
)
def test_monotonicity(means: list[float], expected: float) -> None:
    assert monotonicity(np.array(means, dtype=float)) == pytest.approx(expected, nan_ok=True)
    assert np.isnan(monotonicity(np.array([1.0, np.nan, 2.0])))
