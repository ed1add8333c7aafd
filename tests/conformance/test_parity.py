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

from tests.conformance.cases import CASES, FORMS, SCENES, fields_of
from workbench.compute.evaluate import on_arrays
from workbench.compute.oracle import evaluate_term
from workbench.compute.oracle.missing import finite

TOLERANCE = {"float64": 1e-12, "float32": 1e-6}


every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)

SUBTRACTS_A_MEAN = frozenset(
    {"demean", "weighted_demean", "normalize", "indneutralize", "group_neutralize"}
)


def greatest(*panels):
    """Greatest magnitude in any of the panels; 0 when there is none."""
    return max(np.nanmax(np.abs(p), initial=0.0, where=~np.isnan(p)) for p in panels)


def close(case, got, want, inputs, tolerance):
    """Same NaN pattern; values within the tolerance and its floor."""
    np.testing.assert_array_equal(np.isnan(got), np.isnan(want))
    numbers = [v for v in inputs.values() if v.dtype.kind == "f"]
    scale = greatest(want, *(numbers if case.row.name in SUBTRACTS_A_MEAN else ()))
    np.testing.assert_allclose(got, want, rtol=tolerance, atol=tolerance * scale)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("scene", SCENES)
@every_case
def test_kernels_agree_with_the_oracle(case, scene, dtype, kernels):
    call, fields = case.call, fields_of(case.call, 31, **SCENES[scene])
    stored = {
        name: values.astype(dtype) if values.dtype.kind == "f" else values
        for name, values in fields.items()
    }
    got = on_arrays(call, engine="kernels", dtype=dtype, **stored)
    assert got.dtype == dtype
    with np.errstate(over="ignore"):
        want = finite(evaluate_term(call, stored).astype(dtype))
    close(case, got, want, stored, TOLERANCE[dtype])


@pytest.mark.parametrize("scene", ["random", "holes", "ties"])
@pytest.mark.parametrize("case", FORMS, ids=lambda case: case.name)
def test_kernels_agree_in_every_form(case, scene, kernels):
    fields = fields_of(case.call, 34, **SCENES[scene])
    got = on_arrays(case.call, engine="kernels", **fields)
    close(case, got, evaluate_term(case.call, fields), fields, TOLERANCE["float64"])


@every_case
def test_kernels_agree_under_a_mask_and_standing_groups(case, kernels):
    call, fields = case.call, fields_of(case.call, 32)
    if any(values.dtype.kind == "f" for values in fields.values()):
        fields = {n: v[:1] if v.dtype.kind == "i" else v for n, v in fields.items()}
    shape = fields[call.operands[0].name].shape
    mask = np.random.default_rng(32).random(shape) < 0.6
    mask[3] = False
    got = on_arrays(call, engine="kernels", mask=mask, **fields)
    close(case, got, evaluate_term(call, fields, mask), fields, TOLERANCE["float64"])


@every_case
def test_on_arrays_serves_the_oracle_itself(case):
    call, fields = case.call, fields_of(case.call, 33)
    np.testing.assert_array_equal(
        on_arrays(call, engine="oracle", **fields), evaluate_term(call, fields)
    )
