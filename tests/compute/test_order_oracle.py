"""The oracle's operators of order, held against published vectors, pandas and SciPy."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from workbench.compute.oracle import ORACLE

NAN = np.nan
X = np.array([3, 1, 4, 1, 5, NAN, 9, 2, 6, 5])[:, None]


def spread(defined):
    """A series that is NaN but for the given index: value."""
    series = np.full(len(X), NAN)
    for index, value in defined.items():
        series[index] = value
    return series


def noisy(seed, sessions=40, assets=5):
    """Columns with and without ties and holes."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(sessions, assets))
    x[:, 1] = rng.integers(-2, 3, sessions)
    x[rng.random(x.shape) < 0.15] = NAN
    x[:, 0] = rng.normal(size=sessions)
    return x


@pytest.mark.parametrize(
    ("name", "parameters", "defined"),
    [
        ("ts_rank", (4,), {3: 0.375, 4: 1, 9: 0.5}),
        ("ts_rank", (4, "unit"), {3: 1 / 6, 4: 1, 9: 1 / 3}),
        ("ts_quantile", (4, 0.8), {3: 3.4, 4: 4.4, 9: 7.2}),
        ("ts_quantile", (4, 0.0), {3: 1, 4: 1, 9: 2}),
        ("ts_quantile", (4, 1.0), {3: 4, 4: 5, 9: 9}),
        ("ts_median", (4,), {3: 2, 4: 2.5, 9: 5.5}),
        ("medad", (4,), {3: 1, 4: 1.5, 9: 2}),
        ("ts_entropy", (4, 2), {3: np.log(2), 4: np.log(2), 9: np.log(2)}),
    ],
)
def test_golden(name, parameters, defined):
    got = ORACLE[name](X, *parameters).ravel()
    np.testing.assert_allclose(got, spread(defined), rtol=1e-12)


@pytest.mark.parametrize("periods", [1, 3, 6])
@pytest.mark.parametrize("window", [6, 11])
def test_pandas_agrees_where_holes_are_passed_over(window, periods):
    x = noisy(1)
    rolling = pd.DataFrame(x).rolling(window, min_periods=periods)
    pairs = [
        (ORACLE["ts_median"](x, window, periods), rolling.median()),
        (ORACLE["ts_quantile"](x, window, 0.3, periods), rolling.quantile(0.3)),
        (ORACLE["ts_rank"](x, window, "share", periods), rolling.rank(pct=True)),
    ]
    for got, want in pairs:
        np.testing.assert_allclose(got, want.to_numpy(), rtol=1e-12, atol=1e-12)


def test_median_deviation_is_that_of_scipy():
    x = noisy(2)
    got = ORACLE["medad"](x, 9, 2)
    for t in (1, 5, 20, 39):
        window = x[max(0, t - 8) : t + 1]
        want = stats.median_abs_deviation(window, axis=0, nan_policy="omit")
        known = (~np.isnan(window)).sum(axis=0) >= 2
        np.testing.assert_allclose(got[t][known], want[known], rtol=1e-12)
        assert np.isnan(got[t][~known]).all()


def test_rank_correlation_is_that_of_scipy():
    x, y = noisy(3), noisy(4)
    got = ORACLE["ts_spearman"](x, y, 8)
    for t in range(7, 40):
        for column in range(x.shape[1]):
            xs, ys = x[t - 7 : t + 1, column], y[t - 7 : t + 1, column]
            whole = not np.isnan(xs + ys).any()
            flat = len(set(xs)) == 1 or len(set(ys)) == 1
            want = stats.spearmanr(xs, ys).statistic if whole and not flat else NAN
            np.testing.assert_allclose(got[t, column], want, rtol=1e-12, atol=1e-12)


def test_entropy_is_that_of_the_histogram():
    x = noisy(5)
    x[20:30, 0] = 0.1
    got = ORACLE["ts_entropy"](x, 10, 4)
    for t in range(9, 40):
        for column in range(x.shape[1]):
            window = x[t - 9 : t + 1, column]
            whole = not np.isnan(window).any()
            want = stats.entropy(np.histogram(window, 4)[0]) if whole else NAN
            np.testing.assert_allclose(got[t, column], want, atol=1e-12)
    assert got[29, 0] == 0


def test_traded_windows_skip_the_days_without_a_value():
    traded = np.arange(12.0) ** 2 % 7
    x = np.full((18, 1), NAN)
    days = [0, 1, 2, 4, 5, 6, 9, 10, 11, 12, 16, 17]
    x[days, 0] = traded
    for name, parameters in [
        ("ts_rank", (3, "share")),
        ("ts_median", (3,)),
        ("ts_quantile", (3, 0.3)),
        ("medad", (3,)),
    ]:
        got = ORACLE[name](x, *parameters, 0, "traded")[:, 0]
        want = np.full(18, NAN)
        want[days] = ORACLE[name](traded[:, None], *parameters)[:, 0]
        want[16] = NAN if 16 - 11 >= 6 else want[16]
        np.testing.assert_array_equal(got, want)
    far = np.full((9, 1), NAN)
    far[[0, 7, 8]] = 1.0  # the third last value is 8 sessions old, and 2 d sessions are 6
    assert np.isnan(ORACLE["ts_median"](far, 3, 0, "traded")).all()
