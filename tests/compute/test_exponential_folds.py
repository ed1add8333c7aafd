"""Exponential means and moments against pandas, and folds against SciPy and pandas.

pandas knows no end of history: it is given the windows themselves, one a column.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tests.compute.fold_truth import layout, number
from workbench.compute import cpu
from workbench.compute.evaluate import on_arrays
from workbench.factor import parse

pytestmark = pytest.mark.skipif(cpu.load() is None, reason="the compiled kernels are not built")

NAN = np.nan


def noise(sessions: int = 60, seed: int = 0, holes: float = 0.2) -> np.ndarray:
    rng = np.random.default_rng(seed)
    x = rng.normal([0.0, 0.0, 50.0, 0.0, 0.0], size=(sessions, 5))
    x[rng.random(x.shape) < holes] = NAN
    x[20:30, 3] = NAN
    x[:, 4] = NAN
    return x


def frames(series: list[np.ndarray], w: int) -> list[pd.DataFrame]:
    """The windows of every cell as columns of length w."""
    cuts = layout(series, w)
    return [pd.DataFrame(one.reshape(-1, w).T.astype(np.float64)) for one in cuts]


def masked(last: pd.Series, x: np.ndarray, w: int, least: int, two: np.ndarray | None = None):
    """Values of the last row as a panel; NaN where today is, or too little is there."""
    series = [x] if two is None else [x, two]
    (windows, *_) = layout(series, w)
    known = ~np.isnan(windows[..., -1]) & (number(windows) >= max(least, 1))
    if not least:
        known[: w - 1] = False
    return np.where(known, last.to_numpy().reshape(x.shape), NAN)


CASES = [(w, decay, least) for w, decay in ((1, 0.0), (4, 0.5), (23, 0.8)) for least in (0, 1, 3)]


@pytest.mark.parametrize(("w", "decay", "least"), CASES)
@pytest.mark.parametrize(("adjust", "ignore"), [(1, 0), (1, 1), (0, 1)])
def test_mean(w, decay, least, adjust, ignore):
    x = noise()
    (columns,) = frames([x], w)
    ewm = columns.ewm(alpha=1 - decay, adjust=bool(adjust), ignore_na=bool(ignore))
    want = masked(ewm.mean().iloc[-1], x, w, least)
    got = cpu.single("ewm_mean", [x], w, decay, adjust, ignore, least)
    np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-14)
    assert np.isfinite(got).any() == (w >= least)


@pytest.mark.parametrize(("w", "decay", "least"), CASES[3:])
@pytest.mark.parametrize("ignore", [0, 1])
def test_variance_and_covariance(w, decay, least, ignore):
    x, y = noise(seed=1), noise(seed=2)
    how = {"alpha": 1 - decay, "ignore_na": bool(ignore)}
    (columns,) = frames([x], w)
    want = masked(columns.ewm(**how).var().iloc[-1], x, w, least)
    got = cpu.single("ewm_var", [x], w, decay, ignore, least)
    np.testing.assert_allclose(got, want, rtol=1e-10, atol=1e-12)
    left, right = frames([x, y], w)
    want = masked(left.ewm(**how).cov(right).iloc[-1], x, w, least, y)
    got = cpu.single("ewm_cov", [x, y], w, decay, ignore, least)
    np.testing.assert_allclose(got, want, rtol=1e-10, atol=1e-12)
    assert np.isfinite(got).any()


@pytest.mark.parametrize(
    ("name", "extra"),
    [("ewm_mean", (1, 0)), ("ewm_mean", (0, 1)), ("ewm_var", (0,)), ("ewm_cov", (1,))],
)
def test_bits(name, extra):
    inputs = [noise(120, seed) for seed in (3, 4)][: 2 if name == "ewm_cov" else 1]
    struck = [one.copy() for one in inputs]
    for one in struck:
        one[40] = 1e12
    for w in (1, 5, 16, 37):
        for least in (0, 2):
            given = (w, 0.7, *extra, least)
            want = cpu.single(name, inputs, *given)
            after = cpu.single(name, struck, *given)
            assert after[40 + w :].tobytes() == want[40 + w :].tobytes()
            later = cpu.single(name, [one[11:] for one in inputs], *given)
            assert later[w - 1 :].tobytes() == want[11 + w - 1 :].tobytes()
            wide = [np.tile(one, (1, 51)) for one in inputs]
            for variant in cpu.variants():
                for tile in (16, 256):
                    got = cpu.single(name, wide, *given, variant=variant, tile=tile, threads=2)
                    assert got.tobytes() == np.tile(want, (1, 51)).tobytes()


def test_constant_series_have_exactly_no_variance():
    x = np.full((60, 3), 0.1) * [1, 1e10, -1 / 3]
    x[7::5] = NAN
    got = cpu.single("ewm_var", [x], 12, 0.8, 0, 2)
    assert (got[np.isfinite(got)] == 0).all()
    assert np.isfinite(got).any()


@pytest.mark.parametrize(("span", "warm_up"), [(10, 69), (20, 139), (60, 415)])
def test_warm_up_of_the_exponential_mean(span, warm_up):
    text = f"ewma(x, span={span})"
    assert parse(text).lookback == warm_up - 1
    x = np.random.default_rng(5).normal(size=(warm_up + 60, 3)) + 5
    for engine in ("kernels", "oracle"):
        got = on_arrays(text, engine=engine, x=x)
        assert np.isnan(got[: warm_up - 1]).all()
        assert np.isfinite(got[warm_up - 1 :]).all()
        endless = pd.DataFrame(x).ewm(span=span).mean().to_numpy()
        assert np.abs(got - endless)[warm_up - 1 :].max() < 1e-6 * 5
        alpha = on_arrays(f"ewma(x, alpha={2 / (span + 1)!r})", engine=engine, x=x)
        np.testing.assert_allclose(alpha, got, rtol=1e-13)


@pytest.mark.parametrize("least", [0, 4])
@pytest.mark.parametrize("w", [5, 20])
def test_rolling_windows_of_pandas(w, least):
    x, y = noise(90, 6, holes=0.05), noise(90, 7, holes=0.05)
    rolled = pd.DataFrame(x).rolling(w, min_periods=least or w)
    truths = {
        "ts_sum": rolled.sum(),
        "ts_mean": rolled.mean(),
        "ts_min": rolled.min(),
        "ts_max": rolled.max(),
        "stddev": rolled.std(),
        "variance": rolled.var(),
        "skew": rolled.skew(),
        "kurt": rolled.kurt(),
    }
    for name, want in truths.items():
        extra = (1,) if name in ("stddev", "variance") else ()
        got = cpu.single(name, [x], w, *extra, least)
        np.testing.assert_allclose(got, want, rtol=1e-8, atol=1e-9, err_msg=name)
    got = cpu.single("correlation", [x, y], w, least)
    np.testing.assert_allclose(got, rolled.corr(pd.DataFrame(y)), rtol=1e-8, atol=1e-9)
    got = cpu.single("covariance", [x, y], w, 1, least)
    np.testing.assert_allclose(got, rolled.cov(pd.DataFrame(y)), rtol=1e-8, atol=1e-9)


def test_shapes_and_lines_of_scipy():
    rng = np.random.default_rng(8)
    x, y = rng.lognormal(size=(2, 40, 1))
    names = ("slope", "intercept", "rsquare", "tstat", "se")
    lines = {out: cpu.single("ts_regression", [y, x], 15, out) for out in names}
    skewed, tailed = cpu.single("skew", [x], 15), cpu.single("kurt", [x], 15)
    slopes, residuals = cpu.single("ts_slope", [x], 15), cpu.single("ts_resid", [x], 15)
    for t in range(14, 40):
        a, b = x[t - 14 : t + 1, 0], y[t - 14 : t + 1, 0]
        assert skewed[t, 0] == pytest.approx(stats.skew(a, bias=False), rel=1e-12)
        assert tailed[t, 0] == pytest.approx(stats.kurtosis(a, bias=False), rel=1e-11)
        fit = stats.linregress(a, b)
        truth = (fit.slope, fit.intercept, fit.rvalue**2, fit.slope / fit.stderr, fit.stderr)
        for out, value in zip(names, truth, strict=True):
            assert lines[out][t, 0] == pytest.approx(value, rel=1e-10, abs=1e-12)
        slope, intercept = np.polyfit(np.arange(1.0, 16.0), a, 1)
        assert slopes[t, 0] == pytest.approx(slope, rel=1e-10, abs=1e-12)
        assert residuals[t, 0] == pytest.approx(a[-1] - intercept - 15 * slope, abs=1e-12)
