"""Information coefficients against scipy, one session at a time."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from workbench.evaluation.forward_returns import forward_returns
from workbench.evaluation.information_coefficient import pearson_ic, rank_ic
from workbench.market import Market


def slow_ic(method, factor, forward, mask, minimum):
    result = np.full(len(factor), np.nan)
    for t in range(len(factor)):
        pairs = [
            (factor[t, i], forward[t, i])
            for i in range(factor.shape[1])
            if mask[t, i] and np.isfinite(factor[t, i]) and np.isfinite(forward[t, i])
        ]
        if len(pairs) < minimum:
            continue
        x, y = map(np.array, zip(*pairs, strict=True))
        if np.ptp(x) > 0 and np.ptp(y) > 0:
            result[t] = method(x, y).statistic
    return result


METHODS = {"rank": (rank_ic, stats.spearmanr), "pearson": (pearson_ic, stats.pearsonr)}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("field", ["noise", "coarse"])
@pytest.mark.parametrize("horizon", [1, 20])
def test_equals_scipy_session_by_session(
    market: Market, method: str, field: str, horizon: int
) -> None:
    fast, slow = METHODS[method]
    factor = market[field].values.copy()
    factor[10, :] = np.nan
    factor[11, 35:] = np.inf
    factor[12, :] = 3.0
    forward = forward_returns(market, horizon).values
    mask = market.mask("estimation").values.copy()
    mask[13, 8:] = False
    actual = fast(factor, forward, mask, 10)
    np.testing.assert_allclose(actual, slow_ic(slow, factor, forward, mask, 10), atol=1e-12)
    assert np.isnan(actual[[10, 12, 13]]).all()
    assert np.isfinite(actual).sum() > 50


def test_ranks_are_taken_anew_over_the_pairs() -> None:
    factor = np.array([[1.0, 2.0, 3.0, 4.0, 100.0]])
    forward = np.array([[0.1, 0.2, np.nan, 0.4, -9.0]])
    mask = np.array([[True, True, True, True, False]])
    assert rank_ic(factor, forward, mask, 3)[0] == pytest.approx(1.0, abs=1e-15)


@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_pearson_survives_any_scale(scale: float) -> None:
    rng = np.random.default_rng(1)
    factor, forward = rng.standard_normal((2, 5, 30))
    mask = np.ones((5, 30), dtype=bool)
    np.testing.assert_allclose(
        pearson_ic(factor * scale, forward, mask), pearson_ic(factor, forward, mask), atol=1e-14
    )


@pytest.mark.parametrize("constant", [0.1, 1e9 + 0.1, -3e-7])
def test_a_side_that_does_not_vary_has_no_correlation(constant: float) -> None:
    rng = np.random.default_rng(2)
    factor, forward = np.full((4, 30), constant), rng.standard_normal((4, 30))
    mask = np.ones((4, 30), dtype=bool)
    for fast, _ in METHODS.values():
        assert np.isnan(fast(factor, forward, mask)).all()
        assert np.isnan(fast(forward, factor, mask)).all()


def test_order_of_assets_and_block_of_rows_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    factor, forward = rng.standard_normal((2, 50, 30))
    mask = rng.random((50, 30)) < 0.8
    order = rng.permutation(30)
    whole = rank_ic(factor, forward, mask)
    np.testing.assert_allclose(
        rank_ic(factor[:, order], forward[:, order], mask[:, order]), whole, atol=1e-14
    )
    monkeypatch.setattr("workbench.evaluation.information_coefficient._BLOCK_CELLS", 7 * 30)
    np.testing.assert_array_equal(rank_ic(factor, forward, mask), whole)


def test_bounds_are_reached_and_kept() -> None:
    values = np.random.default_rng(4).standard_normal((200, 12))
    mask = np.ones(values.shape, dtype=bool)
    for fast, _ in METHODS.values():
        assert np.all(np.abs(fast(values, values, mask)) <= 1.0)
        np.testing.assert_allclose(fast(values, -values, mask), -1.0, atol=1e-12)
