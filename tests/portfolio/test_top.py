"""`top` against a plain sort of names, row by row."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.portfolio.factor_market import factor_market, tied_factor
from workbench.errors import PortfolioError
from workbench.market import Panel, Sessions
from workbench.portfolio import rebalance_sessions, top


def ranked_names(factor: Panel, market, session) -> list[str]:
    """Slow truth: names in the estimation mask, best value first, ties by name."""
    mask = market.mask("estimation")
    rows = [
        (-factor.at(name, session), name)
        for name in market.assets
        if mask.at(name, session) and math.isfinite(factor.at(name, session))
    ]
    return [name for _, name in sorted(rows)]


def held_names(weights, session) -> set[str]:
    row = weights.values[weights.sessions.index(session)]
    return {name for name, weight in zip(weights.assets, row, strict=True) if weight > 0}


@pytest.fixture(scope="module")
def market():
    return factor_market()


@pytest.fixture(scope="module")
def factor(market):
    return tied_factor(market)


@pytest.mark.parametrize("rebalance", ["daily", "weekly", 4])
@pytest.mark.parametrize("buffer", [0, 2, 50])
def test_equals_the_plain_sort(market, factor, rebalance, buffer):
    weights = top(factor, market, n=5, rebalance=rebalance, buffer=buffer)
    decided = rebalance_sessions(market.sessions, rebalance)
    assert weights.decided.tolist() == decided.tolist()
    held: list[str] = []
    for session in weights.decisions:
        ranked = ranked_names(factor, market, session)
        kept = [name for name in ranked[: 5 + buffer] if name in held][:5]
        held = kept + [name for name in ranked if name not in kept][: 5 - len(kept)]
        assert held_names(weights, session) == set(held)
        row = weights.values[weights.sessions.index(session)]
        assert row[row > 0].tolist() == pytest.approx([1 / len(held)] * len(held))


def test_buffer_keeps_a_held_name_that_slips(market):
    values = np.tile(-np.arange(17.0), (40, 1))  # the first names are the best
    values[1, 0] = -2.5  # and then the first slips to rank 3
    member = Panel(np.ones(market.shape, dtype=bool), market.sessions, market.assets)
    whole = market.with_universe(member).with_fields({"close": np.full(market.shape, 10.0)})
    factor = Panel(values, market.sessions, market.assets)
    days = market.sessions
    without = top(factor, whole, n=2, rebalance="daily")
    buffered = top(factor, whole, n=2, rebalance="daily", buffer=1)
    assert held_names(without, days[1]) == {"000002.SZ", "000003.SZ"}
    assert held_names(buffered, days[1]) == {"000001.SZ", "000002.SZ"}


def test_fewer_names_than_places_share_everything(market, factor):
    weights = top(factor, market, n=100, rebalance="daily")
    for session in weights.decisions:
        row = weights.values[weights.sessions.index(session)]
        assert np.count_nonzero(row) == len(ranked_names(factor, market, session))
        assert row.sum() == pytest.approx(1.0)


def test_no_value_no_holding(market):
    nothing = Panel(np.full(market.shape, np.nan), market.sessions, market.assets)
    weights = top(nothing, market, n=3, rebalance="daily")
    assert weights.decided.all()
    assert not weights.values.any()


def test_the_future_does_not_matter(market, factor):
    weights = top(factor, market, n=5, rebalance="weekly", buffer=2)
    for cut in (7, 19, 30):
        past = factor.between(None, market.sessions[cut])
        early = top(past, market.truncate(market.sessions[cut]), n=5, rebalance="weekly", buffer=2)
        assert np.array_equal(early.values, weights.values[: cut + 1], equal_nan=True)


def test_text_equals_its_panel(market):
    as_text = top("-1 * close", market, n=4, rebalance="weekly")
    panel = Panel(-market["close"].values, market.sessions, market.assets)
    assert np.array_equal(
        as_text.values, top(panel, market, n=4, rebalance="weekly").values, equal_nan=True
    )


def test_provenance_says_how(market, factor):
    weights = top(factor, market, n=5, rebalance=4, buffer=1)
    expected = {"rule": "top", "factor": "tied", "n": 5, "rebalance": 4, "buffer": 1}
    assert expected.items() <= dict(weights.provenance).items()
    assert weights.name == "top 5 of tied"
    assert not weights.research_only


@pytest.mark.parametrize(
    ("name", "value"), [("n", 0), ("n", 1.5), ("n", True), ("buffer", -1), ("n", "5")]
)
def test_counts_are_checked(market, factor, name, value):
    with pytest.raises(PortfolioError, match=f"`{name}` is a whole number"):
        top(factor, market, **{name: value})


def test_another_market_is_refused(market, factor):
    other = Panel(factor.values[:10], Sessions(market.sessions.values[:10]), market.assets)
    with pytest.raises(PortfolioError, match="compute it on this market"):
        top(other, market)


def test_a_mask_is_no_factor(market):
    with pytest.raises(PortfolioError, match="truth"):
        top(market.mask("estimation"), market)
