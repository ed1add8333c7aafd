"""Forward returns against loops over sessions and names."""

from __future__ import annotations

import math

import numpy as np
import pytest

from workbench.errors import EvaluationError, InsufficientHistoryError
from workbench.evaluation.forward_returns import ENTRIES, find_entry, forward_returns
from workbench.market import ArraySource, Market

FIELD_AND_DELAY = {
    "next_open": ("open", 1),
    "next_close": ("close", 1),
    "next_vwap": ("vwap", 1),
    "close": ("close", 0),
}


@pytest.mark.parametrize("entry", FIELD_AND_DELAY)
@pytest.mark.parametrize("horizon", [1, 5, 20])
def test_equals_a_loop_over_adjusted_prices(market: Market, entry: str, horizon: int) -> None:
    field, delay = FIELD_AND_DELAY[entry]
    raw_volume, amount = market["raw_volume"].values, market["amount"].values
    raw = amount / raw_volume if field == "vwap" else market[f"raw_{field}"].values
    price = raw * market["adj_factor"].values
    n_sessions, n_assets = price.shape
    expected = np.full(price.shape, math.nan)
    for t in range(n_sessions):
        for i in range(n_assets):
            if t + delay + horizon < n_sessions:
                expected[t, i] = price[t + delay + horizon, i] / price[t + delay, i] - 1
    actual = forward_returns(market, horizon, entry).values
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-12)
    assert np.isfinite(actual).any()
    assert np.isnan(actual[n_sessions - delay - horizon :]).all()


def test_a_split_is_not_a_return(market: Market, source: ArraySource) -> None:
    plain = Market(source, adjust="none")
    total = forward_returns(market, 1).values[43, 0]
    as_traded = forward_returns(plain, 1).values[43, 0]
    assert total == pytest.approx(2 * (1 + as_traded) - 1)


def test_a_name_without_price_at_either_end_has_no_return(market: Market) -> None:
    returns = forward_returns(market, 5).values
    price = market["open"].values
    for t, i in np.argwhere(np.isnan(price)):
        if t >= 1:
            assert np.isnan(returns[t - 1, i])
        if t >= 6:
            assert np.isnan(returns[t - 6, i])


def test_only_next_session_entries_are_tradable() -> None:
    assert {name for name, entry in ENTRIES.items() if entry.tradable} == {
        "next_open",
        "next_close",
        "next_vwap",
    }
    assert "not tradable" in ENTRIES["close"].meaning


def test_unknown_entry_names_its_neighbours() -> None:
    with pytest.raises(EvaluationError, match=r"got 'next_opne'\. Did you mean 'next_open'"):
        find_entry("next_opne")


@pytest.mark.parametrize("horizon", [0, -1, 1.5, True, "5"])
def test_a_horizon_is_a_positive_whole_number(market: Market, horizon: object) -> None:
    with pytest.raises(EvaluationError, match="at least 1; got"):
        forward_returns(market, horizon)  # type: ignore[arg-type]


def test_a_horizon_longer_than_the_sample_is_refused(market: Market) -> None:
    assert np.isfinite(forward_returns(market, 88).values[0]).any()
    with pytest.raises(InsufficientHistoryError, match="the market has 90"):
        forward_returns(market, 89)
