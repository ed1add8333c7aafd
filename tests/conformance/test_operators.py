"""Every registered operator, on every engine: time, history, columns, missing values, inputs."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from tests.conformance.cases import ASSETS, SESSIONS, call_of, fields_of, name_of
from tests.conformance.checks import check_causal, check_lookback, check_start_free, same_bits
from workbench.arrays import read_only
from workbench.compute.evaluate import on_arrays
from workbench.factor import OPERATORS
from workbench.factor.operator import Axis

ROWS = tuple(OPERATORS.values())
BITWISE_ACROSS = frozenset({"rank"})
"""Operators across assets that count instead of adding: order cannot change a bit."""

every_operator = pytest.mark.parametrize("row", ROWS, ids=name_of)


def over(run, row, **options):
    """Way to compute the standard call of an operator."""
    call = call_of(row)
    return lambda fields: run(call, **fields, **options)


def near(got, want, what):
    """Equal up to 1e-12 of the greatest value of the session.

    Rounding of a sum is in proportion to its summands, not to what is left after cancellation.
    """
    np.testing.assert_array_equal(np.isnan(got), np.isnan(want), err_msg=what)
    size = np.nanmax(np.abs(np.where(np.isnan(want), 0.0, want)), axis=-1, keepdims=True)
    assert (np.abs(np.nan_to_num(got - want)) <= 1e-12 * size).all(), what


@every_operator
def test_no_look_ahead(row, run):
    check_causal(over(run, row), fields_of(row, 1), cuts=(0, SESSIONS // 2, SESSIONS - 2))


@every_operator
def test_start_does_not_matter(row, run):
    lookback = call_of(row).lookback
    check_start_free(over(run, row), fields_of(row, 2), lookback, drops=(1, 3, 17))


@every_operator
def test_laws_of_time_hold_in_float32(row, kernels):
    compute = over(partial(on_arrays, engine="kernels"), row, dtype="float32")
    fields = fields_of(row, 8)
    assert compute(fields).dtype == np.float32
    check_causal(compute, fields, cuts=(SESSIONS // 2,))
    check_start_free(compute, fields, call_of(row).lookback, drops=(7,))


@every_operator
def test_threads_do_not_matter(row, kernels):
    fields = fields_of(row, 9, assets=211)
    alone, crowd = (
        on_arrays(call_of(row), engine="kernels", threads=threads, **fields) for threads in (1, 3)
    )
    same_bits(crowd, alone, f"{row.name} depends on the number of threads")


@every_operator
def test_declared_lookback_is_exact(row, run):
    check_lookback(over(run, row), fields_of(row, 3), call_of(row).lookback)


@every_operator
def test_order_of_assets_does_not_matter(row, run):
    fields = fields_of(row, 4)
    order = np.random.default_rng(4).permutation(ASSETS)
    want = over(run, row)(fields)[:, order]
    got = over(run, row)({name: values[:, order] for name, values in fields.items()})
    if row.axis is Axis.SECTION and row.name not in BITWISE_ACROSS:
        near(got, want, f"{row.name}: the order of assets changes values")
    else:
        same_bits(got, want, f"{row.name}: the order of assets changes values")


@every_operator
def test_read_only_inputs_stay(row, run):
    fields = {name: read_only(values) for name, values in fields_of(row, 5).items()}
    before = {name: values.copy() for name, values in fields.items()}
    got = over(run, row)(fields)
    assert got.shape == (SESSIONS, ASSETS)
    assert np.isfinite(got).any()
    for name, values in fields.items():
        np.testing.assert_array_equal(values, before[name])


@every_operator
def test_no_infinity_leaves_an_operator(row, run):
    fields = fields_of(row, 6)
    extremes = np.array([0.0, -0.0, 1e308, -1e308, 5e-324, -1.0, 1.0, 710.0, np.inf, -np.inf])
    rng = np.random.default_rng(6)
    for values in fields.values():
        if values.dtype.kind == "f":
            values[:] = rng.choice(extremes, values.shape)
    assert not np.isinf(over(run, row)(fields)).any()


@every_operator
def test_mask_hides_cells_from_operators_across_assets_only(row, run):
    fields = fields_of(row, 7)
    mask = np.random.default_rng(7).random((SESSIONS, ASSETS)) < 0.7
    got = over(run, row, mask=mask)(fields)
    if row.axis is not Axis.SECTION:
        same_bits(got, over(run, row)(fields), f"{row.name} looks at the mask")
        return
    hidden = {
        name: np.where(mask, values, np.nan) if values.dtype.kind == "f" else values
        for name, values in fields.items()
    }
    same_bits(got, over(run, row)(hidden), f"{row.name} sees behind the mask")
    assert np.isnan(got[~mask]).all()
