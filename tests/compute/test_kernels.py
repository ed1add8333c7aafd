"""Every kernel against slow NumPy truth, in both storage types and over ragged widths."""

from __future__ import annotations

import numpy as np
import pytest

from tests.compute import kernel_truth as truth
from workbench.compute import cpu

pytestmark = pytest.mark.skipif(cpu.load() is None, reason="the compiled kernels are not built")

TOLERANCE = {"float32": 1e-6, "float64": 1e-12}
WIDTHS = (1, 15, 16, 17, 31, 257)


def series(sessions: int, assets: int, seed: int) -> np.ndarray:
    """Columns of every awkward kind: noise, ties, constants, zeros of both signs, gaps, all NaN."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(sessions, assets)) * 10
    kind = np.arange(assets) % 6
    x[:, kind == 1] = rng.integers(-2, 3, size=(sessions, int((kind == 1).sum())))
    x[:, kind == 2] = 0.1
    x[:, kind == 3] = np.where(rng.random((sessions, int((kind == 3).sum()))) < 0.5, 0.0, -0.0)
    x[rng.random((sessions, assets)) < 0.03] = np.nan
    x[:, (kind == 4) & (np.arange(assets) > 6)] = np.nan
    return x


def stored(x: np.ndarray, dtype: str) -> np.ndarray:
    """Round to the storage type, so that truth starts from what the kernel sees."""
    return x.astype(dtype).astype(np.float64)


def assert_close(got: np.ndarray, expected: np.ndarray, dtype: str) -> None:
    tolerance = TOLERANCE[dtype]
    assert got.dtype == dtype
    np.testing.assert_allclose(got.astype(np.float64), expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("name", truth.WINDOWS)
def test_window(name, dtype):
    operands, function = truth.WINDOWS[name]
    for assets in WIDTHS:
        inputs = [series(34, assets, seed=assets + k) for k in range(operands)]
        for w in (1, 2, 3, 7, 20, 34, 35):
            expected = function(*(stored(x, dtype) for x in inputs), w=w)
            assert_close(cpu.single(name, inputs, w, dtype=dtype), expected, dtype)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("name", truth.WINDOWS)
def test_window_of_five_thousand_assets(name, dtype):
    operands, function = truth.WINDOWS[name]
    inputs = [series(9, 5000, seed=k) for k in range(operands)]
    expected = function(*(stored(x, dtype) for x in inputs), w=5)
    assert_close(cpu.single(name, inputs, 5, dtype=dtype), expected, dtype)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("name", truth.WINDOWS)
def test_window_forgets_a_huge_value(name, dtype):
    operands, function = truth.WINDOWS[name]
    inputs = [series(40, 17, seed=k) for k in range(operands)]
    disturbed = [x.copy() for x in inputs]
    for x in disturbed:
        x[10] = 1e12
    calm = cpu.single(name, inputs, 6, dtype=dtype)
    after = cpu.single(name, disturbed, 6, dtype=dtype)
    assert after[16:].tobytes() == calm[16:].tobytes()
    expected = function(*(stored(x, dtype) for x in disturbed), w=6)
    np.testing.assert_allclose(after, expected, rtol=TOLERANCE[dtype] * 10, atol=TOLERANCE[dtype])


@pytest.mark.parametrize("dtype", TOLERANCE)
def test_constant_windows_have_no_spread(dtype):
    x = np.full((12, 20), 1234.5678e6)
    assert (cpu.single("stddev", [x], 5, dtype=dtype)[4:] == 0).all()
    noise = np.random.default_rng(0).normal(size=x.shape)
    assert (cpu.single("covariance", [x, noise], 5, dtype=dtype)[4:] == 0).all()
    assert np.isnan(cpu.single("correlation", [x, noise], 5, dtype=dtype)).all()
    nearly = x * (1 + 1e-16 * noise)
    assert np.isnan(cpu.single("correlation", [nearly, noise], 5, dtype=dtype)).all()


def test_large_level_does_not_cancel():
    rng = np.random.default_rng(1)
    x, y = 1e9 + rng.normal(size=(30, 17)), -1e9 + rng.normal(size=(30, 17))
    for name in ("stddev", "covariance", "correlation"):
        operands, function = truth.WINDOWS[name]
        inputs = [x, y][:operands]
        np.testing.assert_allclose(
            cpu.single(name, inputs, 10), function(*inputs, w=10), rtol=1e-12
        )


def test_correlation_stays_within_one():
    x = np.random.default_rng(2).normal(size=(300, 64))
    assert np.nanmax(cpu.single("correlation", [x, 3 * x + 1], 4)) <= 1
    assert np.nanmin(cpu.single("correlation", [x, -7 * x], 4)) >= -1


AWKWARD = np.array(
    [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, 3.0, -3.0, 1e-30, 123.456, -7.25, 64.0, 65.0, np.nan]
)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("name", truth.ELEMENTS)
def test_element(name, dtype):
    operands = truth.ELEMENTS[name][0]
    grid = np.meshgrid(*[AWKWARD] * operands, indexing="ij")
    inputs = [axis.reshape(15, -1) for axis in grid]
    expected = truth.elementwise(name, *(stored(x, dtype) for x in inputs))
    with np.errstate(over="ignore"):
        expected = truth.finite(expected.astype(dtype)).astype(np.float64)
    got = cpu.single(name, inputs, dtype=dtype)
    rtol = {"float32": 1e-6, "float64": 1e-12}[dtype]
    np.testing.assert_allclose(got, expected, rtol=rtol, atol=0)


@pytest.mark.parametrize("name", ["add", "divide", "less", "minimum", "or"])
def test_element_is_exact_on_random_values(name):
    rng = np.random.default_rng(3)
    a, b = (rng.normal(size=(7, 257)).astype(np.float32) for _ in range(2))
    with np.errstate(all="ignore"):
        expected = {
            "add": a + b,
            "divide": a / b,
            "less": (a < b).astype(np.float32),
            "minimum": np.minimum(a, b),
            "or": np.ones_like(a),
        }[name]
    assert cpu.single(name, [a, b], dtype="float32").tobytes() == expected.tobytes()


def test_logarithm_and_power_are_within_two_units():
    rng = np.random.default_rng(4)
    x = np.exp(rng.uniform(-700, 700, size=(50, 400)))
    close = 1 + rng.normal(size=x.shape) * 1e-3
    for values in (x, close):
        units = np.abs(cpu.single("log", [values]) - np.log(values)) / np.spacing(
            np.abs(np.log(values))
        )
        assert units.max() <= 2
    base, exponent = np.abs(close) * 3, rng.uniform(-3, 3, size=x.shape)
    np.testing.assert_allclose(cpu.single("power", [base, exponent]), base**exponent, rtol=4e-15)
    assert np.isnan(cpu.single("log", [np.array([[0.0, -0.0, -1.0, np.nan]])])).all()
    tiny = np.array([[5e-324, 1e-310, 2.2250738585072014e-308]])
    np.testing.assert_allclose(cpu.single("log", [tiny]), np.log(tiny), rtol=1e-15)


def test_power_of_a_constant_equals_power_of_a_panel():
    x = series(20, 40, seed=5)
    for exponent in (-2.0, 0.0, 0.37, 0.5, 1.0, 2.0, 3.0, 64.0, 65.0):
        panel = np.full(x.shape, exponent)
        for name in ("power", "signedpower"):
            constant = cpu.single(name, [x, exponent])
            assert constant.tobytes() == cpu.single(name, [x, panel]).tobytes()


@pytest.mark.parametrize("dtype", TOLERANCE)
def test_infinity_and_overflow_become_nan(dtype):
    largest = np.full((3, 17), np.finfo(dtype).max)
    assert np.isnan(cpu.single("add", [largest, largest], dtype=dtype)).all()
    assert np.isnan(cpu.single("ts_sum", [largest], 3, dtype=dtype)).all()
    assert np.isnan(cpu.single("power", [largest, 2.0], dtype=dtype)).all()
    assert np.isnan(cpu.single("copy", [np.full((2, 2), -np.inf)], dtype=dtype)).all()
    panels = [np.full((4, 16), np.inf, dtype=dtype), np.zeros((4, 16), dtype=dtype)]
    code = np.zeros(1, dtype=cpu.INSTRUCTION)
    code["opcode"], code["out"], code["operands"] = cpu.opcodes()["copy"], 1, 1
    cpu.run_stage("time", code, panels, columns=16)
    assert np.isnan(panels[1]).all()


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("name", truth.SECTIONS)
def test_section(name, masked, dtype):
    for assets in (*WIDTHS, 1700, 5000):
        x = series(7, assets, seed=assets)
        x[3] = np.nan
        x[4], x[5] = 0.0, 0.1
        mask = np.random.default_rng(assets).random(x.shape) < 0.7
        expected = truth.section(name, stored(x, dtype), mask if masked else mask | True)
        got = cpu.single(name, [x], mask=mask if masked else None, dtype=dtype)
        assert_close(got, expected, dtype)
        if name == "rank":
            assert got.tobytes() == expected.astype(dtype).tobytes()


def test_rank_tells_apart_neighbouring_doubles():
    steps = np.random.default_rng(6).permutation(np.repeat(np.arange(1200), 2)).astype(float)
    row = 1 + steps * 2.0**-52
    for values in (row, -row):
        got = cpu.single("rank", [values[None]])[0]
        np.testing.assert_array_equal(got, truth.average_ranks(values))


@pytest.mark.parametrize("dtype", TOLERANCE)
def test_indneutralize(dtype):
    rng = np.random.default_rng(7)
    for assets in (*WIDTHS, 5000):
        x = series(5, assets, seed=assets)
        mask = rng.random(x.shape) < 0.8
        for rows in (1, 5):
            groups = rng.integers(-1, 6, size=(rows, assets)).astype(np.int32)
            expected = truth.neutral(stored(x, dtype), groups, mask)
            got = cpu.single("indneutralize", [x, groups], mask=mask, dtype=dtype)
            assert_close(got, expected, dtype)


def test_member_of_a_group_of_one_is_zero():
    x = np.array([[0.1, 0.2, 0.3]])
    groups = np.array([[0, 1, -1]], dtype=np.int32)
    np.testing.assert_array_equal(cpu.single("indneutralize", [x, groups]), [[0.0, 0.0, np.nan]])


def test_scale_factor():
    np.testing.assert_allclose(cpu.single("scale", [[[1.0, -3.0]]], 8.0), [[2.0, -6.0]])


@pytest.mark.parametrize("dtype", TOLERANCE)
def test_delay_and_delta(dtype):
    x = series(9, 31, seed=8)
    seen = stored(x, dtype)
    for lag in (0, 1, 3, 9, 12):
        older = np.full(x.shape, np.nan)
        older[lag:] = seen[: max(0, 9 - lag)]
        np.testing.assert_array_equal(cpu.single("delay", [x], lag, dtype=dtype), older)
        difference = (seen.astype(dtype) - older.astype(dtype)).astype(np.float64)
        np.testing.assert_array_equal(cpu.single("delta", [x], lag, dtype=dtype), difference)


def test_column_order_does_not_matter_to_ranks():
    x = series(6, 257, seed=9)
    order = np.random.default_rng(9).permutation(257)
    assert (
        cpu.single("rank", [x[:, order]]).tobytes()
        == np.ascontiguousarray(cpu.single("rank", [x])[:, order]).tobytes()
    )
