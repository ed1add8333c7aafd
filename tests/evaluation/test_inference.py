"""Inference against double loops, and the size of the tests against simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import signal, stats

from workbench.errors import EvaluationError
from workbench.evaluation.inference import (
    cosine_variance,
    infer_mean,
    long_run_variance,
    newey_west_lags,
)
from workbench.evaluation.information_coefficient import row_correlation


def slow_newey_west(series: list[float], lags: int) -> tuple[float, float]:
    """γ0 and Ω by two plain loops over sessions."""
    present = [x for x in series if not math.isnan(x)]
    n, mean = len(present), sum(present) / len(present)
    gamma = []
    for k in range(lags + 1):
        total = 0.0
        for t in range(k, len(series)):
            if not math.isnan(series[t]) and not math.isnan(series[t - k]):
                total += (series[t] - mean) * (series[t - k] - mean)
        gamma.append(total / n)
    return gamma[0], gamma[0] + 2 * sum((1 - k / (lags + 1)) * gamma[k] for k in range(1, lags + 1))


def slow_cosine(series: list[float], horizon: int) -> tuple[float, int]:
    """Ω and ν by two plain loops."""
    places = [t for t, x in enumerate(series) if not math.isnan(x)]
    span, n = places[-1] - places[0] + 1, len(places)
    mean = sum(series[t] for t in places) / n
    waves = max(1, int(min(0.41 * span ** (2 / 3), span / (2 * horizon))))
    total = 0.0
    for j in range(1, waves + 1):
        inner = sum(
            (series[t] - mean) * math.cos(math.pi * j * (t - places[0] + 0.5) / span)
            for t in places
        )
        total += (math.sqrt(2 / n) * inner) ** 2
    return total / waves, waves


def gappy(seed: int, length: int = 150) -> np.ndarray:
    rng = np.random.default_rng(seed)
    series = 0.03 + signal.lfilter([1], [1, -0.7], 0.05 * rng.standard_normal(length))
    series[rng.random(length) < 0.15] = np.nan
    series[:4] = np.nan
    series[60:75] = np.nan
    return series


@pytest.mark.parametrize("lags", [0, 1, 4, 19, 60])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_newey_west_equals_the_double_loop(seed: int, lags: int) -> None:
    series = gappy(seed)
    gamma, omega = slow_newey_west(series.tolist(), lags)
    assert long_run_variance(series, lags) == pytest.approx((gamma, omega), rel=1e-12)
    found = infer_mean(series, lags=lags)
    n = int(np.isfinite(series).sum())
    assert found.t_newey_west == pytest.approx(np.nanmean(series) / math.sqrt(omega / n))
    assert found.n_effective == pytest.approx(min(n, n * gamma / omega))
    assert found.icir_annual == pytest.approx(np.nanmean(series) / math.sqrt(omega) * 242**0.5)
    freedom = max(found.n_effective - 1, 1)
    assert found.p_value == pytest.approx(2 * stats.t.cdf(-abs(found.t_newey_west), freedom))


@pytest.mark.parametrize("horizon", [1, 20])
def test_cosine_equals_the_double_loop(horizon: int) -> None:
    series = gappy(5)
    omega, waves = slow_cosine(series.tolist(), horizon)
    assert cosine_variance(series, horizon) == (pytest.approx(omega, rel=1e-12), waves)
    found = infer_mean(series, horizon)
    n = int(np.isfinite(series).sum())
    assert found.t_cosine == pytest.approx(np.nanmean(series) / math.sqrt(omega / n))
    assert found.p_cosine == pytest.approx(2 * stats.t.cdf(-abs(found.t_cosine), waves))


def test_plain_figures() -> None:
    series = gappy(7)
    found = infer_mean(series, horizon=5, sessions_per_year=252)
    present = series[np.isfinite(series)]
    assert found.n == len(present)
    assert found.mean == pytest.approx(np.mean(present))
    assert found.std == pytest.approx(np.std(present, ddof=1))
    assert found.icir == pytest.approx(np.mean(present) / np.std(present, ddof=1))
    assert found.hit_rate == np.mean(present > 0)
    assert found.lags == newey_west_lags(len(present), 5)


@pytest.mark.parametrize(
    ("n", "horizon", "lags"),
    [(100, 1, 4), (99, 1, 3), (1219, 1, 6), (1219, 20, 19), (1219, 5, 6), (1219, 60, 59)],
)
def test_lags_follow_the_sample_and_the_horizon(n: int, horizon: int, lags: int) -> None:
    assert newey_west_lags(n, horizon) == lags


def test_missing_sessions_keep_their_place() -> None:
    alternating = np.array([1.0, -1.0] * 30)
    holes = alternating.copy()
    holes[1::2] = np.nan
    holes[2::4] = -1.0
    gamma, omega = long_run_variance(holes, 1)
    assert omega == pytest.approx(gamma)


def test_effective_sample_is_capped_and_shrinks_with_persistence() -> None:
    rng = np.random.default_rng(8)
    noise = rng.standard_normal(800)
    assert infer_mean(np.tile([1.0, -0.9], 200)).n_effective == 400
    slow = signal.lfilter([1], [1, -0.9], noise)
    assert infer_mean(slow, horizon=20).n_effective < 0.2 * 800


@pytest.mark.parametrize(
    "series", [np.full(20, np.nan), np.array([np.nan, 0.3, np.nan]), np.full(50, 0.1)]
)
def test_no_variation_gives_no_statistic(series: np.ndarray) -> None:
    found = infer_mean(series)
    for name in ("icir", "t_newey_west", "p_value", "t_cosine", "p_cosine", "n_effective"):
        assert math.isnan(getattr(found, name)), name


def test_negative_lags_are_refused() -> None:
    with pytest.raises(EvaluationError, match="0 or more; got -1"):
        infer_mean(np.arange(5.0), lags=-1)


REPEATS, SESSIONS, NAMES, HORIZON, MEMORY = 800, 900, 25, 20, 0.95


@pytest.fixture(scope="module")
def rejections() -> dict[str, float]:
    """Share of true nulls that each test rejects at 5 %.

    Slow AR(1) factors of noise against overlapping returns of noise.
    """
    rng = np.random.default_rng(2024)
    valid = np.ones((SESSIONS, NAMES), dtype=bool)
    rejected = np.zeros(3)
    for _ in range(REPEATS):
        shocks = rng.standard_normal((SESSIONS + 200, NAMES))
        factor = signal.lfilter([1], [1, -MEMORY], shocks, axis=0)[200:]
        path = np.cumsum(rng.standard_normal((SESSIONS + HORIZON, NAMES)), axis=0)
        ic = row_correlation(factor, path[HORIZON:] - path[:-HORIZON], valid, 10)
        found = infer_mean(ic, HORIZON)
        naive = found.icir * math.sqrt(found.n)
        rejected += [found.p_value < 0.05, found.p_cosine < 0.05, abs(naive) > 1.96]
    return dict(zip(("newey_west", "cosine", "naive"), rejected / REPEATS, strict=True))


class TestSize:
    """How often each test rejects a null that is true."""

    def band(self, rate: float) -> float:
        """Three binomial standard errors, and one point for the finite sample."""
        return 3 * math.sqrt(rate * (1 - rate) / REPEATS) + 0.01

    def test_cosine_holds_its_size(self, rejections: dict[str, float]) -> None:
        assert abs(rejections["cosine"] - 0.05) < self.band(0.05)

    def test_newey_west_rejects_as_often_as_its_weights_imply(
        self, rejections: dict[str, float]
    ) -> None:
        k = np.arange(1, HORIZON)
        overlap = (1 - k / HORIZON) * MEMORY**k
        bartlett = 1 + 2 * np.sum((1 - k / HORIZON) * overlap)
        shortfall = bartlett / (1 + 2 * np.sum(overlap))
        expected = 2 * stats.norm.sf(1.96 * math.sqrt(shortfall))
        assert 0.08 < expected < 0.12
        assert abs(rejections["newey_west"] - expected) < self.band(expected)

    def test_the_naive_test_rejects_far_more(self, rejections: dict[str, float]) -> None:
        assert rejections["naive"] > 0.5
        assert rejections["naive"] > 4 * rejections["newey_west"]
