"""Kernels of order and path against the oracle: ragged widths, policies, instruction sets."""

from __future__ import annotations

import numpy as np
import pytest

from tests.compute.test_kernels import series, stored
from workbench.compute import cpu
from workbench.compute.oracle import ORACLE
from workbench.factor import OPERATORS

pytestmark = pytest.mark.skipif(cpu.load() is None, reason="the compiled kernels are not built")

TOLERANCE = {"float32": 1e-6, "float64": 1e-12}
SESSIONS = 34
WINDOWS = (1, 2, 3, 7, 20, 34, 35)
POLICIES = ((0, "calendar"), (1, "calendar"), (2, "calendar"), (0, "traded"))

CALLS = {
    "ts_rank": [(w, form, *p) for w in WINDOWS[1:] for p in POLICIES for form in ("share", "unit")],
    "ts_median": [(w, *p) for w in WINDOWS[1:] for p in POLICIES],
    "medad": [(w, *p) for w in WINDOWS[1:] for p in POLICIES],
    "ts_quantile": [(w, q, *p) for w in WINDOWS[1:] for p in POLICIES for q in (0.0, 0.3, 1.0)],
    "ts_spearman": [(w,) for w in WINDOWS[1:]],
    "ts_entropy": [(w, bins) for w in WINDOWS for bins in (2, 10, 11, 12, 37)],
    "ts_hurst": [(w,) for w in (12, 16, 20, 34)],
    "ts_backfill": [(w,) for w in WINDOWS],
    "kth_element": [(w, k) for w in WINDOWS for k in (1, 2, 5) if k <= w],
    "last_diff_value": [(w,) for w in WINDOWS[1:]],
    "days_from_last_change": [(w,) for w in WINDOWS[1:]],
    "hump": [(h, w) for w in WINDOWS for h in (0.0, 1.0, 30.0)],
    "trade_when": [(w,) for w in WINDOWS],
    "pct_change": [(1,), (5,), (40,)],
    "log_ret": [(1,), (5,), (40,)],
    "ts_cumsum": [(0,), (7,), (34,), (40,)],
    "ts_cumprod": [(0,), (7,), (34,), (40,)],
}
ANCHORED = ("ts_cumsum", "ts_cumprod")

every_operator = pytest.mark.parametrize("name", CALLS)
every_type = pytest.mark.parametrize("dtype", TOLERANCE)


def operands_of(name, assets, dtype):
    """Awkward columns for every operand, as the kernels see them."""
    count = len(OPERATORS[name].operands)
    return [stored(series(SESSIONS, assets, seed=assets + k), dtype) for k in range(count)]


def bits(values):
    """All bits, every NaN alike."""
    return np.where(np.isnan(values), np.nan, values).tobytes()


@every_type
@every_operator
def test_kernel_agrees_with_the_oracle(name, dtype):
    tolerance = TOLERANCE[dtype]
    for number, literals in enumerate(CALLS[name]):
        operands = operands_of(name, (1, 17, 67)[number % 3], dtype)
        want = ORACLE[name](*operands, *literals)
        with np.errstate(over="ignore"):
            want = want.astype(dtype).astype(np.float64)
        want[np.isinf(want)] = np.nan
        got = cpu.single(name, operands, *literals, dtype=dtype)
        assert got.dtype == dtype
        np.testing.assert_allclose(
            got, want, rtol=tolerance, atol=tolerance, err_msg=f"{name}{literals}"
        )


@every_type
@every_operator
def test_instruction_sets_and_tiles_give_the_same_bits(name, dtype):
    operands = operands_of(name, 67, dtype)
    for literals in CALLS[name][-3:]:
        want = cpu.single(name, operands, *literals, dtype=dtype)
        for variant in cpu.variants():
            got = cpu.single(
                name, operands, *literals, dtype=dtype, variant=variant, tile=16, threads=2
            )
            assert bits(got) == bits(want), f"{name}{literals} on {variant}"


@every_type
@pytest.mark.parametrize("name", [name for name in CALLS if name not in ANCHORED])
def test_start_of_loading_changes_no_bit(name, dtype):
    operands = operands_of(name, 33, dtype)
    for literals in CALLS[name]:
        back = OPERATORS[name].lookback(literals)
        whole = cpu.single(name, operands, *literals, dtype=dtype)
        for drop in (1, 6):
            later = cpu.single(name, [x[drop:] for x in operands], *literals, dtype=dtype)
            assert bits(later[back:]) == bits(whole[drop + back :]), f"{name}{literals}"


@pytest.mark.parametrize("name", ["ts_quantile", "ts_median", "medad", "ts_rank"])
def test_zeros_of_both_signs_are_one_value(name):
    rng = np.random.default_rng(1)
    x = rng.choice([0.0, -0.0, 1.0], (30, 16))
    literals = (5, 0.3) if name == "ts_quantile" else (5,)
    want = cpu.single(name, [x + 0.0], *literals)
    assert bits(cpu.single(name, [x], *literals)) == bits(want)


@pytest.mark.parametrize(("name", "literals"), [("ts_quantile", (60, 0.3)), ("ts_rank", (60,))])
def test_a_long_panel_in_blocks_of_rows(name, literals):
    x = np.random.default_rng(2).normal(size=(200, 19))
    x[np.random.default_rng(3).random(x.shape) < 0.002] = np.nan
    got = cpu.single(name, [x], *literals)
    np.testing.assert_allclose(got, ORACLE[name](x, *literals), rtol=1e-12, atol=1e-12)


def test_accumulation_reads_from_its_anchor_on():
    x = np.random.default_rng(4).normal(size=(40, 17))
    other = x.copy()
    other[:7] = np.nan
    for name in ANCHORED:
        whole = cpu.single(name, [x], 7)
        assert bits(cpu.single(name, [other], 7)) == bits(whole)
        assert bits(cpu.single(name, [x[5:]], 2)) == bits(whole[5:])
