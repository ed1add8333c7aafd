"""Golden vectors of the operator definitions, each on the oracle and on the kernels.

The numbers were computed elsewhere and are given to six digits. Where a definition is written out
in terms of others (`definitions.py`), the kernels compute what it is planned as.
"""

from __future__ import annotations

import numpy as np
import pytest

from workbench.compute import cpu
from workbench.compute.evaluate import on_arrays

NAN = np.nan
X = [3, 1, 4, 1, 5, NAN, 9, 2, 6, 5]
Y = [2, 7, 1, 8, 2, 8, 1, 8, 2, 8]
C = [3, 1, 1, NAN, 7, -2]
SERIES = {"x": np.array(X, dtype=float), "y": np.array(Y, dtype=float)}
SECTION = {"c": np.array([C], dtype=float), "g": np.array([[0, 0, 1, 1, 1, -1]], dtype=np.int32)}

PAIRS = {3: -0.980797, 4: -0.943839, 9: -0.841191}
TIME = {
    "delta(x, 2)": {2: 1, 3: 0, 4: 1, 6: 4, 8: -3, 9: 3},
    "ts_mean(x, 3)": {2: 2.666667, 3: 2, 4: 3.333333, 8: 5.666667, 9: 4.333333},
    "ts_rank(x, 4)": {3: 0.375, 4: 1, 9: 0.5},
    "ts_argmax(x, 4)": {3: 3, 4: 4, 9: 1},
    "ts_argmin(x, 4)": {3: 2, 4: 1, 9: 2},
    "days_since_max(x, 4)": {3: 1, 4: 0, 9: 3},
    "decay_linear(x, 3)": {2: 2.833333, 3: 2, 4: 3.5, 8: 5.166667, 9: 4.833333},
    "ts_quantile(x, 4, 0.8)": {3: 3.4, 4: 4.4, 9: 7.2},
    "correlation(x, y, 4)": PAIRS,
    "correlation(x, y, 4, min_periods=3)": PAIRS
    | {2: -0.984324, 5: -0.930501, 6: -0.924473, 7: -0.890007, 8: -0.952683},
    "covariance(x, y, 4)": {3: -5.166667, 4: -6.833333, 9: -9.166667},
}
"""Text → {session: value}; NaN on every other session."""

SPAN_3 = [3, 1.666667, 3, 1.933333, 3.516129, NAN, 7.210526, 4.219731, 5.171190, 5.082745]
AT = {
    "stddev(x, 3)": {2: 1.527525},
    "stddev(x, 3, ddof=0)": {2: 1.247219},
    "ts_slope(x, 4)": {4: 0.9},
    "ts_intercept(x, 4)": {4: 0.5},
    "ts_resid(x, 4)": {4: 0.9},
    "ts_rsquare(x, 4)": {4: 0.317647},
    "ewma(x, span=3, min_periods=1)": dict(enumerate(SPAN_3)),
    "ewma(x, span=3, ignore_na=1, min_periods=1)": dict(enumerate(SPAN_3[:6]))
    | {6: 6.301587, 7: 4.133858, 8: 5.070588, 9: 5.035225},
    "sma_cn(x, 3, 1, min_periods=1)": dict(
        enumerate(
            [3, 2.333333, 2.888889, 2.259259, 3.172840, NAN, 5.115226, 4.076818, 4.717878, 4.811919]
        )
    ),
    "wma_gtja(x, 3)": {2: 2.704797, 9: 4.435424},
    "skew(x, 4)": {3: 0.370370},
    "kurt(x, 5)": {4: -2.324219},
}
"""Text → {session: value}; nothing is said about other sessions."""

ACROSS = {
    "rank(c)": [0.8, 0.5, 0.5, NAN, 1, 0.2],
    "rank(c, form=unit)": [0.75, 0.375, 0.375, NAN, 1, 0],
    "scale(c)": [0.214286, 0.071429, 0.071429, NAN, 0.5, -0.142857],
    "zscore(c)": [0.301511, -0.301511, -0.301511, NAN, 1.507557, -1.206045],
    "gauss_rank(c)": [0.524401, -0.253347, -0.253347, NAN, 1.281552, -1.281552],
    "indneutralize(c, g)": [1, -1, -3, NAN, 3, NAN],
    "signedpower(c, 0.5)": [1.732051, 1, 1, NAN, 2.645751, -1.414214],
    "winsorize_quantile(c, 0.2, 0.8)": [3, 1, 1, NAN, 3.8, 0.4],
    "winsorize_mad(c, 1)": [3, 1, 1, NAN, 3.9652, -1.9652],
    "bucket(c, 2, ties=together)": [2, 1, 1, NAN, 2, 1],
}

HALF_A_DIGIT = 5.1e-7


@pytest.fixture(params=["oracle", "kernels"])
def engine(request) -> str:
    if request.param == "kernels" and cpu.load() is None:
        pytest.skip("the compiled kernels are not built")
    return request.param


@pytest.mark.parametrize("text", TIME)
def test_along_time(text, engine):
    expected = np.full(len(X), NAN)
    for session, value in TIME[text].items():
        expected[session] = value
    got = on_arrays(text, engine=engine, **SERIES)
    np.testing.assert_allclose(got, expected, rtol=0, atol=HALF_A_DIGIT)


@pytest.mark.parametrize("text", AT)
def test_at_sessions(text, engine):
    got = on_arrays(text, engine=engine, **SERIES)
    sessions, expected = list(AT[text]), list(AT[text].values())
    np.testing.assert_allclose(got[sessions], expected, rtol=0, atol=HALF_A_DIGIT)


@pytest.mark.parametrize("text", ACROSS)
def test_across_assets(text, engine):
    got = on_arrays(text, engine=engine, **SECTION)
    np.testing.assert_allclose(got, [ACROSS[text]], rtol=0, atol=HALF_A_DIGIT)
