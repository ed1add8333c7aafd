"""The edge rules of the elementwise operators, sentence by sentence, on both engines.

Every case is a text of the language, its inputs and the answer; NaN means missing.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from workbench.compute import cpu
from workbench.compute.evaluate import on_arrays

NAN = math.nan
E = math.e

CASES = {
    "x / 0 is missing, also 0 / 0": (
        "x / y",
        {"x": [1, 0, -1, 6], "y": [0, 0, 0, 3]},
        [NAN] * 3 + [2],
    ),
    "the sign of % follows the divisor": (
        "x % y",
        {"x": [7, -7, 7, -7, 6, -6], "y": [3, 3, -3, -3, 3, -3]},
        [1, 2, -2, -1, 0, 0],
    ),
    "x % 0 is missing": ("x % y", {"x": [5, 0, NAN, 5], "y": [0, 0, 2, NAN]}, [NAN] * 4),
    "% takes fractions": ("x % 0.5", {"x": [1.75, -1.75, 0.25]}, [0.25, 0.25, 0.25]),
    "sign(0) = 0": ("sign(x)", {"x": [0, -0.0, 3, -3, NAN]}, [0, 0, 1, -1, NAN]),
    "neg": ("-x", {"x": [1, -2, NAN]}, [-1, 2, NAN]),
    "abs": ("abs(x)", {"x": [1, -2, NAN]}, [1, 2, NAN]),
    "inverse(0) is missing": ("inverse(x)", {"x": [4, -0.5, 0, -0.0, NAN]}, [0.25, -2] + [NAN] * 3),
    "log(x ≤ 0) is missing": ("log(x)", {"x": [1, E, 0, -0.0, -1, NAN]}, [0, 1] + [NAN] * 4),
    "log1p(x ≤ -1) is missing": ("log1p(x)", {"x": [0, E - 1, -1, -2, NAN]}, [0, 1] + [NAN] * 3),
    "log1p sees what 1 + x loses": ("log1p(x)", {"x": [1e-30, -1e-30]}, [1e-30, -1e-30]),
    "slog1p = sign(x) ln(1 + abs(x))": (
        "slog1p(x)",
        {"x": [E - 1, 1 - E, 0, NAN]},
        [1, -1, 0, NAN],
    ),
    "exp": ("exp(x)", {"x": [0, 1, -1000, 1000, NAN]}, [1, E, 0, NAN, NAN]),
    "sqrt(x < 0) is missing": ("sqrt(x)", {"x": [4, 0, -0.0, -1, NAN]}, [2, 0, 0, NAN, NAN]),
    "cbrt keeps the sign": ("cbrt(x)", {"x": [27, -8, 0, NAN]}, [3, -2, 0, NAN]),
    "x < 0 with a fractional exponent is missing": (
        "power(x, y)",
        {"x": [-8, -2, 4, -2], "y": [1 / 3, 3, 0.5, 2]},
        [NAN, -8, 2, 4],
    ),
    "signedpower = sign(x) abs(x)^a": (
        "signedpower(x, y)",
        {"x": [-4, 4, -3, 0, NAN], "y": [0.5, 0.5, 2, 0.5, 1]},
        [-2, 2, -9, 0, NAN],
    ),
    "clip: NaN stays": ("clip(x, -1, 2)", {"x": [-3, -1, 0, 2, 9, NAN]}, [-1, -1, 0, 2, 2, NAN]),
    "tail: the open middle becomes new, NaN stays": (
        "tail(x, -1, 2, 7)",
        {"x": [-3, -1, 0, 1.5, 2, 9, NAN]},
        [-3, -1, 7, 7, 2, 9, NAN],
    ),
    "minimum is missing if either is": (
        "minimum(x, y)",
        {"x": [1, 5, NAN, 1], "y": [2, 4, 3, NAN]},
        [1, 4, NAN, NAN],
    ),
    "maximum is missing if either is": (
        "maximum(x, y)",
        {"x": [1, 5, NAN, 1], "y": [2, 4, 3, NAN]},
        [2, 5, NAN, NAN],
    ),
    "fmin passes a missing operand over": (
        "fmin(x, y)",
        {"x": [1, 5, NAN, 1, NAN], "y": [2, 4, 3, NAN, NAN]},
        [1, 4, 3, 1, NAN],
    ),
    "fmax passes a missing operand over": (
        "fmax(x, y)",
        {"x": [1, 5, NAN, 1, NAN], "y": [2, 4, 3, NAN, NAN]},
        [2, 5, 3, 1, NAN],
    ),
    "where(NaN, a, b) is missing": (
        "where(x > 0, y, 9)",
        {"x": [1, -1, NAN], "y": [5, 5, 5]},
        [5, 9, NAN],
    ),
    "isnan is never missing": ("isnan(x)", {"x": [1, 0, NAN]}, [0, 0, 1]),
    "isfinite is never missing": ("isfinite(x)", {"x": [1, 0, NAN]}, [1, 1, 0]),
    "what an operator made infinite is missing": (
        "isnan(1 / x) + 2 * isfinite(exp(1000 * x))",
        {"x": [0, 1, -1]},
        [3, 0, 2],
    ),
    "fillna with a number": ("fillna(x, 7)", {"x": [1, NAN, 0]}, [1, 7, 0]),
    "fillna with a panel": ("fillna(x, y)", {"x": [1, NAN, NAN], "y": [5, 6, NAN]}, [1, 6, NAN]),
    "nan_mask: true and unknown are missing": (
        "nan_mask(x, y > 0)",
        {"x": [1, 1, 1, NAN], "y": [1, -1, NAN, -1]},
        [NAN, 1, NAN, NAN],
    ),
    "xor is missing if either is": (
        "xor(x > 0, y > 0)",
        {"x": [1, 1, -1, -1, NAN, 1, NAN], "y": [1, -1, 1, -1, 1, NAN, NAN]},
        [0, 1, 1, 0, NAN, NAN, NAN],
    ),
    "sigmoid": ("sigmoid(x)", {"x": [0, 1000, -1000, NAN]}, [0.5, 1, 0, NAN]),
    "tanh": ("tanh(x)", {"x": [0, 1000, -1000, NAN]}, [0, 1, -1, NAN]),
    "atan": ("atan(x)", {"x": [0, 1, -1, NAN]}, [0, math.pi / 4, -math.pi / 4, NAN]),
    "erf": ("erf(x)", {"x": [0, 10, -10, NAN]}, [0, 1, -1, NAN]),
    "a half rounds to even": (
        "round(x)",
        {"x": [0.5, 1.5, 2.5, -0.5, -1.5, 0.75, NAN]},
        [0, 2, 2, 0, -2, 1, NAN],
    ),
    "floor": ("floor(x)", {"x": [1.5, -1.5, 2, -0.25, NAN]}, [1, -2, 2, -1, NAN]),
    "ceil": ("ceil(x)", {"x": [1.5, -1.5, 2, 0.25, NAN]}, [2, -1, 2, 1, NAN]),
    "frac keeps the sign": (
        "frac(x)",
        {"x": [1.25, -1.25, 2, -0.25, NAN]},
        [0.25, -0.25, 0, -0.25, NAN],
    ),
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("engine", ["oracle", "kernels"])
@pytest.mark.parametrize("rule", CASES)
def test_rule(rule, engine, dtype):
    if engine == "kernels" and cpu.load() is None:
        pytest.skip("the compiled kernels are not built")
    text, fields, want = CASES[rule]
    got = on_arrays(text, engine=engine, dtype=dtype, **fields)
    np.testing.assert_allclose(got, want, rtol={"float32": 2e-7, "float64": 4e-16}[dtype], atol=0)


def test_tests_for_missing_values_are_conditions():
    got = on_arrays("where(isnan(x) | x > 2, 0, x)", x=[1, NAN, 3])
    np.testing.assert_array_equal(got, [1, 0, 0])
    got = on_arrays("isnan(x) ? 0 : x", x=[1, NAN, 3])
    np.testing.assert_array_equal(got, [1, 0, 3])
