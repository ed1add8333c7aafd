"""Every fold against windows that are written out, of every length and under every policy."""

from __future__ import annotations

import numpy as np
import pytest

from tests.compute.fold_truth import (
    FOLDS,
    condition,
    deviations,
    expected,
    layout,
    line,
    number,
    recursion,
)
from workbench.compute import cpu
from workbench.compute.oracle import ORACLE

pytestmark = pytest.mark.skipif(cpu.load() is None, reason="the compiled kernels are not built")

NAN = np.nan
TOLERANCE = {"float32": 1.2e-7, "float64": 1e-12}
LEAST_SCALE = 1e-3  # what cancels keeps the rounding of its parts
LENGTHS = (*range(1, 71), 127, 128, 129, 252)
FEWER = (1, 2, 3, 7, 8, 20, 33)


def series(sessions: int, seed: int = 0, holes: float = 0.0) -> np.ndarray:
    """Columns: noise, ties, a constant that sums round, prices, a high level, gaps of months."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(sessions, 6))
    x[:, 1] = rng.integers(-2, 3, sessions)
    x[:, 2] = 0.1
    x[:, 3] = 20 * np.exp(np.cumsum(rng.normal(0, 0.03, sessions)))
    x[:, 4] += 1e6
    if holes:
        x[rng.random(x.shape) < holes] = NAN
        x[sessions // 3 : sessions // 2, 5] = NAN
    return x


def operands(name: str, sessions: int, holes: float = 0.0) -> list[np.ndarray]:
    if name == "ts_maxdd":  # of prices
        return [np.abs(series(sessions, 1, holes)) + 0.5]
    return [series(sessions, seed, holes) for seed in range(FOLDS[name][0])]


def literals(name: str, w: int, least: int = 0, traded: bool = False) -> tuple:
    policy = (least, "traded" if traded else "calendar")
    return (w, *FOLDS[name][1], *policy)


def stored(x: np.ndarray, dtype: str) -> np.ndarray:
    return x.astype(dtype).astype(np.float64)


def assert_close(
    got: np.ndarray, want: np.ndarray, dtype: str, note: object = "", magnified: object = 1.0
) -> None:
    """Same holes; values to the tolerance, and to its share of each column's greatest value."""
    with np.errstate(over="ignore"):
        want = want.astype(dtype).astype(np.float64)
    want = np.where(np.isfinite(want), want, NAN)
    np.testing.assert_array_equal(np.isnan(got), np.isnan(want), err_msg=str(note))
    scale = np.nanmax(np.abs(want), axis=0, initial=LEAST_SCALE, where=~np.isnan(want))
    allowed = TOLERANCE[dtype] * (np.abs(want) + scale) * magnified
    assert np.nanmax(np.abs(got - want) - allowed, initial=-1.0) <= 0, note


@pytest.mark.parametrize("name", FOLDS)
def test_windows_of_every_length(name):
    for w in LENGTHS:
        inputs = operands(name, w + 12)
        got = cpu.single(name, inputs, *literals(name, w))
        assert_close(got, expected(name, inputs, w), "float64", w, condition(name, inputs, w))


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("name", FOLDS)
def test_holes_make_strict_windows_missing(name, dtype):
    inputs = operands(name, 60, holes=0.05)
    for w in FEWER:
        got = cpu.single(name, inputs, *literals(name, w), dtype=dtype)
        seen = [stored(x, dtype) for x in inputs]
        assert_close(got, expected(name, seen, w), dtype, w, condition(name, seen, w))


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("name", FOLDS)
def test_min_periods_pass_over_holes(name, dtype):
    inputs = operands(name, 60, holes=0.3)
    seen = [stored(x, dtype) for x in inputs]
    for w in FEWER:
        for least in {1, min(3, w), w // 2 + 1, w}:
            got = cpu.single(name, inputs, *literals(name, w, least), dtype=dtype)
            worse = condition(name, seen, w)
            assert_close(got, expected(name, seen, w, least), dtype, (w, least), worse)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("name", FOLDS)
def test_traded_sessions(name, dtype):
    inputs = operands(name, 60, holes=0.3)
    seen = [stored(x, dtype) for x in inputs]
    for w in FEWER:
        got = cpu.single(name, inputs, *literals(name, w, traded=True), dtype=dtype)
        worse = condition(name, seen, w, traded=True)
        assert_close(got, expected(name, seen, w, traded=True), dtype, w, worse)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("name", FOLDS)
def test_without_holes_all_policies_have_the_same_bits(name, dtype):
    # Rings of pieces, gathered windows and counted pieces: three ways to build one tree.
    inputs = operands(name, 150)
    for w in (1, 2, 5, 20, 64, 67):
        strict = cpu.single(name, inputs, *literals(name, w), dtype=dtype)
        traded = cpu.single(name, inputs, *literals(name, w, traded=True), dtype=dtype)
        assert traded.tobytes() == strict.tobytes()
        counted = cpu.single(name, inputs, *literals(name, w, w), dtype=dtype)
        if name in ("ts_slope", "ts_intercept", "ts_resid", "ts_rsquare"):
            # Strict lines know the spread of their sessions, counted ones sum it up.
            assert_close(counted, strict.astype(np.float64), dtype)
        else:
            assert counted.tobytes() == strict.tobytes()


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("name", FOLDS)
def test_equal_bits_for_every_width_variant_tile_and_thread_count(name, dtype):
    inputs = operands(name, 90, holes=0.02)
    for w, least, traded in ((3, 0, False), (20, 0, False), (41, 5, False), (6, 0, True)):
        given = literals(name, w, least, traded)
        base = cpu.single(name, inputs, *given, dtype=dtype)
        for assets in (1, 15, 16, 17, 257):
            wide = [np.resize(np.arange(6), assets)] * len(inputs)
            wide = [x[:, columns] for x, columns in zip(inputs, wide, strict=True)]
            want = base[:, np.resize(np.arange(6), assets)].tobytes()
            assert cpu.single(name, wide, *given, dtype=dtype).tobytes() == want
        for variant in cpu.variants():
            got = cpu.single(name, wide, *given, dtype=dtype, variant=variant)
            assert got.tobytes() == want
        for how in ({"tile": 16, "threads": 2}, {"tile": 48, "threads": 1}, {"tile": 272}):
            assert cpu.single(name, wide, *given, dtype=dtype, **how).tobytes() == want


@pytest.mark.parametrize("name", FOLDS)
def test_a_giant_that_left_the_window_changes_no_later_bit(name):
    calm = operands(name, 80)
    struck = [x.copy() for x in calm]
    for x in struck:
        x[30] = 1e12
    for w in (1, 6, 21, 32):
        for policy in ((0, False), (1, False), (0, True)):
            given = literals(name, w, *policy)
            before, after = (cpu.single(name, one, *given) for one in (calm, struck))
            assert after[30 + w :].tobytes() == before[30 + w :].tobytes()
            assert after[:30].tobytes() == before[:30].tobytes()


@pytest.mark.parametrize("name", FOLDS)
def test_history_shorter_than_the_window(name):
    inputs = operands(name, 7)
    for w in (8, 9, 64, 700):
        assert np.isnan(cpu.single(name, inputs, *literals(name, w))).all()
        assert np.isnan(cpu.single(name, inputs, *literals(name, w, traded=True))).all()
        got = cpu.single(name, inputs, *literals(name, w, least=2))
        worse = condition(name, inputs, w)
        assert_close(got, expected(name, inputs, w, 2), "float64", w, worse)


@pytest.mark.parametrize("policy", [(0, False), (2, False), (0, True)])
@pytest.mark.parametrize("name", ["variance", "stddev", "covariance", "mad", "ts_moment"])
def test_constant_windows_have_exactly_no_spread(name, policy):
    rng = np.random.default_rng(3)
    flat = np.repeat([0.1, 1e9 + 0.3, -7e-5, 1 / 3], 4) * np.ones((90, 1))
    if policy != (0, False):
        flat[rng.random(flat.shape) < 0.3] = NAN
    inputs = [flat, rng.normal(size=flat.shape)][: FOLDS[name][0]]
    for w in (2, 3, 7, 20, 63):
        got = cpu.single(name, inputs, *literals(name, w, *policy))
        assert np.isfinite(got).any()
        assert (got[np.isfinite(got)] == 0).all()


@pytest.mark.parametrize("name", ["skew", "kurt", "correlation", "ts_rsquare", "ts_regression"])
def test_constant_windows_have_no_shape(name):
    flat = np.full((40, 16), 1234.5678e6)
    noise = np.random.default_rng(4).normal(size=flat.shape)
    for x in (flat, flat * (1 + 1e-16 * noise)):
        inputs = [noise, x] if FOLDS[name][0] == 2 else [x]
        for policy in ((0, False), (3, False), (0, True)):
            assert np.isnan(cpu.single(name, inputs, *literals(name, 12, *policy))).all()


@pytest.mark.parametrize(
    "name", ["variance", "covariance", "correlation", "skew", "kurt", "ts_slope", "ts_rsquare"]
)
def test_a_high_level_does_not_drown_the_spread(name):
    rng = np.random.default_rng(5)
    inputs = [1e9 + rng.normal(size=(90, 8)), rng.normal(size=(90, 8)) - 1e9][: FOLDS[name][0]]
    for w, least in ((10, 0), (37, 0), (37, 5)):
        got = cpu.single(name, inputs, *literals(name, w, least))
        assert_close(got, expected(name, inputs, w, least), "float64", (w, least))


@pytest.mark.parametrize("policy", [(0, False), (2, False), (0, True)])
def test_lagged_operands_are_delayed_series(policy):
    x, y = series(60, 6, holes=0.1), series(60, 7, holes=0.1)
    late = np.full(x.shape, NAN)
    late[3:] = x[:-3]
    for name in ("ts_sum", "stddev", "correlation"):
        inputs = [late, y][: FOLDS[name][0]]
        given = literals(name, 9, *policy)
        panels = [cpu.pad(x), cpu.pad(y), np.empty((60, cpu.LANES))]
        code = np.zeros(1, dtype=cpu.INSTRUCTION)
        cpu.write_literals(code[0], name, given)
        code["operands"], code["out"] = len(inputs), 2
        code["inputs"][0, :2], code["lags"][0, 0] = (0, 1), 3
        cpu.run_stage("time", code, panels, columns=6)
        np.testing.assert_array_equal(panels[2][:, :6], cpu.single(name, inputs, *given))


@pytest.mark.parametrize("out", ["slope", "intercept", "fitted", "resid", "rsquare", "tstat", "se"])
def test_every_number_of_a_line(out):
    y, x = series(70, 8, holes=0.1), series(70, 9, holes=0.1)
    for w, least in ((3, 0), (20, 0), (20, 3), (20, 1)):
        windows = layout([y, x], w)
        with np.errstate(all="ignore"):
            want = line(*windows, out).astype(np.float64)
        want[~(np.isfinite(want) & (number(windows[0]) >= (least or w)))] = NAN
        got = cpu.single("ts_regression", [y, x], w, out, least)
        # Of a window of three, little is left by the line, and that is a difference.
        magnified = 1.0 if w > 3 and not least else 1e6
        assert_close(got, want, "float64", (w, least), magnified)


def test_a_perfect_line_leaves_nothing():
    x = np.random.default_rng(15).normal(size=(60, 8)) * [1, 1e-3, 1e5, 1, 1, 1, 1, 1] + 7
    for y in (3 * x + 7, -0.1 * x, np.where(x > 7, 2.0, 1.0)):
        steps = np.where(x > 7, 5.0, 6.0) if set(np.unique(y)) == {1.0, 2.0} else x
        for engine in (cpu.single, lambda name, series, *given: ORACLE[name](*series, *given)):
            se = engine("ts_regression", [y, steps], 9, "se", 0, "calendar")
            assert (se[np.isfinite(se)] == 0).all()
            assert np.isfinite(se[8:]).mean() > 0.9
            assert np.isnan(engine("ts_regression", [y, steps], 9, "tstat", 0, "calendar")).all()


@pytest.mark.parametrize("ddof", [0, 1, 3])
def test_degrees_of_freedom(ddof):
    x, y = series(40, 10, holes=0.4), series(40, 11)
    for least in (1, 3, 6):
        (windows,) = layout([x], 6)
        n = number(windows)
        free = np.where((n >= least) & (n > ddof), n - ddof, NAN)
        with np.errstate(invalid="ignore"):
            square = np.nansum(deviations(windows) ** 2, axis=-1)
        want = (square / free).astype(np.float64)
        assert_close(cpu.single("variance", [x], 6, ddof, least), want, "float64")
        assert_close(cpu.single("stddev", [x], 6, ddof, least), np.sqrt(want), "float64")
        both = cpu.single("covariance", [x, y], 6, ddof, least)
        np.testing.assert_array_equal(np.isnan(both), np.isnan(want))


def test_moments_of_each_order_and_decay_without_decay():
    x = series(40, 12)
    (windows,) = layout([x], 9)
    for k in (2, 3, 4):
        want = (deviations(windows) ** k).mean(axis=-1).astype(np.float64)
        assert_close(cpu.single("ts_moment", [x], 9, k), want, "float64")
    mean = cpu.single("ts_mean", [x], 9)
    np.testing.assert_allclose(cpu.single("decay_exp", [x], 9, 1.0), mean, rtol=1e-14, atol=1e-15)


def test_linear_recursion():
    a, b = series(50, 13, holes=0.03) * 0.5, series(50, 14, holes=0.03)
    a[:, 4] = 0.9
    for w in (1, 2, 7, 16, 31):
        for init in (1.0, -3.5):
            want = recursion(*layout([a, b], w), init).astype(np.float64)
            assert_close(cpu.single("scan_linear", [a, b], w, init), want, "float64", w)
