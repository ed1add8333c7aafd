"""Kernels against the oracle: every operator, every scene, both storage types.

Tolerance: 1e-12 (float64) or 1e-6 (float32) relative, plus the same share of the operator's
scale: the greatest value of the result, and of the inputs too where a mean is subtracted.
Accumulation rounds in proportion to what is added, so a difference that cancels to nearly nothing
keeps the error of its parts. float32 inputs are rounded before both engines see them, and what
overflows float32 is missing: what is compared is the operator, not the storage.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.conformance.cases import SCENES, call_of, fields_of, name_of
from workbench.compute.evaluate import on_arrays
from workbench.compute.oracle import evaluate_term
from workbench.compute.oracle.missing import finite
from workbench.factor import OPERATORS

TOLERANCE = {"float64": 1e-12, "float32": 1e-6}


SUBTRACTS_A_MEAN = frozenset({"demean", "indneutralize"})


def greatest(*panels):
    """Greatest magnitude in any of the panels; 0 when there is none."""
    return max(np.nanmax(np.abs(p), initial=0.0, where=~np.isnan(p)) for p in panels)


def close(row, got, want, inputs, tolerance):
    """Same NaN pattern; values within the tolerance and its floor."""
    np.testing.assert_array_equal(np.isnan(got), np.isnan(want))
    numbers = [v for v in inputs.values() if v.dtype.kind == "f"]
    scale = greatest(want, *(numbers if row.name in SUBTRACTS_A_MEAN else ()))
    np.testing.assert_allclose(got, want, rtol=tolerance, atol=tolerance * scale)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("row", OPERATORS.values(), ids=name_of)
def test_kernels_agree_with_the_oracle(row, scene, dtype, kernels):
    call, fields = call_of(row), fields_of(row, 31, **SCENES[scene])
    stored = {
        name: values.astype(dtype) if values.dtype.kind == "f" else values
        for name, values in fields.items()
    }
    got = on_arrays(call, engine="kernels", dtype=dtype, **stored)
    assert got.dtype == dtype
    with np.errstate(over="ignore"):
        want = finite(evaluate_term(call, stored).astype(dtype))
    close(row, got, want, stored, TOLERANCE[dtype])


@pytest.mark.parametrize("row", OPERATORS.values(), ids=name_of)
def test_kernels_agree_under_a_mask_and_standing_groups(row, kernels):
    call, fields = call_of(row), fields_of(row, 32)
    fields = {n: v[:1] if v.dtype.kind == "i" else v for n, v in fields.items()}
    shape = fields[call.operands[0].name].shape
    mask = np.random.default_rng(32).random(shape) < 0.6
    mask[3] = False
    got = on_arrays(call, engine="kernels", mask=mask, **fields)
    close(row, got, evaluate_term(call, fields, mask), fields, TOLERANCE["float64"])


@pytest.mark.parametrize("row", OPERATORS.values(), ids=name_of)
def test_on_arrays_serves_the_oracle_itself(row):
    call, fields = call_of(row), fields_of(row, 33)
    np.testing.assert_array_equal(
        on_arrays(call, engine="oracle", **fields), evaluate_term(call, fields)
    )
