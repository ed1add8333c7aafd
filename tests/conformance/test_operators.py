"""Every registered operator, on every engine: time, history, columns, missing values, inputs."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from tests.conformance.cases import ASSETS, CASES, FORMS, SESSIONS, fields_of
from tests.conformance.checks import check_causal, check_lookback, check_start_free, same_bits
from workbench.arrays import read_only
from workbench.compute.evaluate import on_arrays
from workbench.factor.operator import Axis

BITWISE_ACROSS = frozenset(
    {"rank", "gauss_rank", "csrank_qlib", "bucket", "top", "bottom", "group_rank", "group_max"}
    | {"group_min", "group_count", "group_median", "group_cartesian"}
)
"""Operators across assets that count instead of adding: order cannot change a bit."""

SOLVED = frozenset({"regression_neut", "weighted_regression_neut", "cs_regression"})
"""Operators that solve equations: rounding grows with their condition."""

CUT_AT_THE_START = ("strict", "NaN where x is NaN; earlier holes")
"""NaN rules under which a value needs its whole look-back, even at the start of the data."""

ANCHORED = frozenset({"ts_cumsum", "ts_cumprod"})
"""Operators whose value depends on a date by definition: what came before it is asked for."""

start_free = pytest.mark.parametrize(
    "case",
    [case for case in (*CASES, *FORMS) if case.name not in ANCHORED],
    ids=lambda case: case.name,
)
every_operator = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
every_form = pytest.mark.parametrize("case", [*CASES, *FORMS], ids=lambda case: case.name)


def over(run, case, **options):
    """Way to compute the call of a case."""
    return lambda fields: run(case.call, **fields, **options)


def near(got, want, what, tolerance=1e-12):
    """Equal up to 1e-12 of the greatest value of the session.

    Rounding of a sum is in proportion to its summands, not to what is left after cancellation.
    """
    np.testing.assert_array_equal(np.isnan(got), np.isnan(want), err_msg=what)
    size = np.nanmax(np.abs(np.where(np.isnan(want), 0.0, want)), axis=-1, keepdims=True)
    assert (np.abs(np.nan_to_num(got - want)) <= tolerance * size).all(), what


@every_form
def test_no_look_ahead(case, run):
    check_causal(over(run, case), fields_of(case.call, 1), cuts=(0, SESSIONS // 2, SESSIONS - 2))


@start_free
def test_start_does_not_matter(case, run):
    lookback = case.call.lookback
    check_start_free(over(run, case), fields_of(case.call, 2), lookback, drops=(1, 3, 17))


@every_operator
def test_laws_of_time_hold_in_float32(case, kernels):
    compute = over(partial(on_arrays, engine="kernels"), case, dtype="float32")
    fields = fields_of(case.call, 8)
    assert compute(fields).dtype == np.float32
    check_causal(compute, fields, cuts=(SESSIONS // 2,))
    if case.name not in ANCHORED:
        check_start_free(compute, fields, case.call.lookback, drops=(7,))


@every_operator
def test_threads_do_not_matter(case, kernels):
    fields = fields_of(case.call, 9, assets=211)
    alone, crowd = (
        on_arrays(case.call, engine="kernels", threads=threads, **fields) for threads in (1, 3)
    )
    same_bits(crowd, alone, f"{case.name} depends on the number of threads")


@start_free
def test_declared_lookback_is_exact(case, run):
    exact = case in CASES and case.row.nan_rule.startswith(CUT_AT_THE_START)
    check_lookback(over(run, case), fields_of(case.call, 3), case.call.lookback, exact)


@every_operator
def test_order_of_assets_does_not_matter(case, run):
    fields = fields_of(case.call, 4)
    order = np.random.default_rng(4).permutation(ASSETS)
    want = over(run, case)(fields)[:, order]
    got = over(run, case)({name: values[:, order] for name, values in fields.items()})
    if case.row.axis is Axis.SECTION and case.name not in BITWISE_ACROSS:
        tolerance = 1e-9 if case.name in SOLVED else 1e-12
        near(got, want, f"{case.name}: the order of assets changes values", tolerance)
    else:
        same_bits(got, want, f"{case.name}: the order of assets changes values")


@every_operator
def test_read_only_inputs_stay(case, run):
    fields = {name: read_only(values) for name, values in fields_of(case.call, 5).items()}
    before = {name: values.copy() for name, values in fields.items()}
    got = over(run, case)(fields)
    assert got.shape == (SESSIONS, ASSETS)
    assert np.isfinite(got).any()
    for name, values in fields.items():
        np.testing.assert_array_equal(values, before[name])


@every_operator
def test_no_infinity_leaves_an_operator(case, run):
    fields = fields_of(case.call, 6)
    extremes = np.array([0.0, -0.0, 1e308, -1e308, 5e-324, -1.0, 1.0, 710.0, np.inf, -np.inf])
    rng = np.random.default_rng(6)
    for values in fields.values():
        if values.dtype.kind == "f":
            values[:] = rng.choice(extremes, values.shape)
    assert not np.isinf(over(run, case)(fields)).any()


@every_operator
def test_mask_hides_cells_from_operators_across_assets_only(case, run):
    fields = fields_of(case.call, 7)
    mask = np.random.default_rng(7).random((SESSIONS, ASSETS)) < 0.7
    got = over(run, case, mask=mask)(fields)
    if case.row.axis is not Axis.SECTION:
        same_bits(got, over(run, case)(fields), f"{case.name} looks at the mask")
        return
    hidden = {
        name: np.where(mask, values, np.nan if values.dtype.kind == "f" else -1)
        for name, values in fields.items()
    }
    same_bits(got, over(run, case)(hidden), f"{case.name} sees behind the mask")
    assert np.isnan(got[~mask]).all()
