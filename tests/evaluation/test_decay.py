"""Decay against a loop over lags, sessions and names."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from workbench.evaluation.decay import decay_table
from workbench.evaluation.forward_returns import ENTRIES, entry_prices
from workbench.evaluation.inference import newey_west_lags
from workbench.market import Market


def slow_series(factor, price, mask, first, last):
    series = []
    for t in range(len(price)):
        pairs = []
        for i in range(price.shape[1]):
            if not mask[t, i] or not np.isfinite(factor[t, i]) or t + last >= len(price):
                continue
            gain = price[t + last, i] / price[t + first, i] - 1
            if np.isfinite(gain):
                pairs.append((factor[t, i], gain))
        series.append(stats.spearmanr(pairs).statistic if len(pairs) >= 10 else math.nan)
    return series


def slow_t(series, lags):
    places = [t for t, x in enumerate(series) if not math.isnan(x)]
    mean = sum(series[t] for t in places) / len(places)
    omega = 0.0
    for s in places:
        for t in places:
            if abs(s - t) <= lags:
                weight = 1 - abs(s - t) / (lags + 1)
                omega += weight * (series[s] - mean) * (series[t] - mean) / len(places)
    return mean / math.sqrt(omega / len(places))


@pytest.mark.parametrize("entry", ["next_open", "close"])
def test_equals_a_loop_over_disjoint_and_cumulative_lags(market: Market, entry: str) -> None:
    delay = ENTRIES[entry].delay
    price = entry_prices(market, ENTRIES[entry])
    factor, mask = market["coarse"].values, market.mask("estimation").values
    table = decay_table(factor, price, mask, delay, 8)
    for lag in (1, 3, 8):
        single = slow_series(factor, price, mask, delay + lag - 1, delay + lag)
        whole = slow_series(factor, price, mask, delay, delay + lag)
        n = sum(not math.isnan(x) for x in single)
        m = sum(not math.isnan(x) for x in whole)
        assert table.loc[lag].to_numpy() == pytest.approx(
            [
                np.nanmean(single),
                slow_t(single, newey_west_lags(n)),
                np.nanmean(whole),
                slow_t(whole, newey_west_lags(m, lag)),
            ],
            rel=1e-9,
        )


def test_known_horizons_are_not_computed_again(market: Market) -> None:
    price = entry_prices(market, ENTRIES["next_open"])
    factor, mask = market["noise"].values, market.mask("estimation").values
    marked = np.where(np.arange(90) % 2, 0.5, 0.25)
    table = decay_table(factor, price, mask, 1, 3, known={3: marked})
    assert table.loc[3, "cumulative_ic"] == np.mean(marked)


def test_a_forecast_that_lasts_three_sessions_is_seen_to_end() -> None:
    rng = np.random.default_rng(9)
    factor = rng.standard_normal((400, 60))
    gain = 0.01 * rng.standard_normal((400, 60))
    for age in (1, 2, 3):
        gain[1 + age :] += 0.004 * factor[: -1 - age]
    price = np.exp(np.cumsum(gain, axis=0))
    table = decay_table(factor, price, np.ones(price.shape, dtype=bool), 1, 6)
    assert (table["t_newey_west"].loc[:3] > 10).all()
    assert (table["t_newey_west"].loc[4:].abs() < 4).all()
    assert table["cumulative_ic"].idxmax() == 3


def test_lags_past_the_sample_are_nan(market: Market) -> None:
    short = market.between("2019-01-01", "2019-01-15")
    price = entry_prices(short, ENTRIES["next_open"])
    table = decay_table(
        short["noise"].values, price, short.mask("estimation").values, 1, len(price) + 2
    )
    assert table.loc[1].notna().all()
    assert table.loc[len(price) :].isna().all(axis=None)


def test_steps_are_told(market: Market) -> None:
    told: list[float] = []
    price = entry_prices(market, ENTRIES["next_open"])
    mask = market.mask("estimation").values
    decay_table(market["noise"].values, price, mask, 1, 4, step=told.append)
    assert told == [0.25, 0.5, 0.75, 1.0]
