"""Transcendental operators and roots: smooth functions of one panel.

Shape (T, N) → (T, N), no history. The values are pure numbers. What overflows and what is not
defined in the reals becomes NaN; underflow goes to zero gradually. The kernels use their own
polynomials, so a factor has the same bits on every machine.
"""

from __future__ import annotations

from functools import partial

from workbench.factor.operator import Axis, Number, operator

__all__ = ["atan", "cbrt", "erf", "exp", "log1p", "sigmoid", "slog1p", "sqrt", "tanh"]

IEEE = "IEEE 754-2019, section 9.2: recommended operations."
MISSING = "NaN where x is NaN."

transcendental = partial(operator, axis=Axis.ELEMENT, lookback=lambda: 0, source=IEEE)


@transcendental(nan_rule="NaN where x is NaN or at most -1.")
def log1p(x: Number) -> Number:
    """Logarithm of 1 + x, exact also where x is tiny.

    Formula: ln(1 + x), x > -1. Shape: (T, N) → (T, N). Unit: pure number.
    Errors: OperatorArgumentError if x is a group.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("log1p(x)", x=[0, 1e-20, 1, -1])
    array([0.00000000e+00, 1.00000000e-20, 6.93147181e-01,            nan])
    """


@transcendental(nan_rule=MISSING)
def slog1p(x: Number) -> Number:
    """Logarithm of the size of x, with the sign of x: tames large values of either sign.

    Formula: sign(x) * ln(1 + |x|). Shape: (T, N) → (T, N). Unit: pure number.
    Errors: OperatorArgumentError if x is a group.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("slog1p(x)", x=[0, 1, -1, -100])
    array([ 0.        ,  0.69314718, -0.69314718, -4.61512052])
    """


@transcendental(nan_rule=MISSING + " A result that overflows is NaN (x above 709.78).")
def exp(x: Number) -> Number:
    """Exponential.

    Formula: e^x. Shape: (T, N) → (T, N). Unit: pure number.
    Errors: OperatorArgumentError if x is a group.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("exp(x)", x=[0, 1, -800, 800])
    array([1.        , 2.71828183, 0.        ,        nan])
    """


@transcendental(nan_rule="NaN where x is NaN or negative.")
def sqrt(x: Number) -> Number:
    """Square root.

    Formula: √x, x ≥ 0. Shape: (T, N) → (T, N). Unit: the root of that of x.
    Errors: OperatorArgumentError if x is a group.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("sqrt(x)", x=[4, 2, 0, -1])
    array([2.        , 1.41421356, 0.        ,        nan])
    """


@transcendental(nan_rule=MISSING)
def cbrt(x: Number) -> Number:
    """Cube root, also of negative numbers.

    Formula: the real y with y³ = x. Shape: (T, N) → (T, N). Unit: the cube root of that of x.
    Errors: OperatorArgumentError if x is a group.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("cbrt(x)", x=[27, -8, 0, nan])
    array([ 3., -2.,  0., nan])
    """


@transcendental(nan_rule=MISSING)
def sigmoid(x: Number) -> Number:
    """Logistic function: squeezes x into 0 … 1, 0 goes to a half.

    Formula: 1 / (1 + e^-x). Shape: (T, N) → (T, N). Unit: pure number.
    Errors: OperatorArgumentError if x is a group.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("sigmoid(x)", x=[0, 2, -2, 800])
    array([0.5       , 0.88079708, 0.11920292, 1.        ])
    """


@transcendental(nan_rule=MISSING)
def tanh(x: Number) -> Number:
    """Hyperbolic tangent: squeezes x into -1 … 1.

    Formula: (e^x - e^-x) / (e^x + e^-x). Shape: (T, N) → (T, N). Unit: pure number.
    Errors: OperatorArgumentError if x is a group.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("tanh(x)", x=[0, 1, -1, 800])
    array([ 0.        ,  0.76159416, -0.76159416,  1.        ])
    """


@transcendental(nan_rule=MISSING)
def atan(x: Number) -> Number:
    """Inverse tangent: squeezes x into -π/2 … π/2.

    Formula: the angle y in radians with tan(y) = x. Shape: (T, N) → (T, N). Unit: radian.
    Errors: OperatorArgumentError if x is a group.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("atan(x)", x=[0, 1, -1, 1e300])
    array([ 0.        ,  0.78539816, -0.78539816,  1.57079633])
    """


@transcendental(
    nan_rule=MISSING,
    source="NIST Digital Library of Mathematical Functions, 7.2.1.",
)
def erf(x: Number) -> Number:
    """Error function: squeezes x into -1 … 1 along the normal distribution.

    Formula: 2/√π ∫₀ˣ exp(-t²) dt. Shape: (T, N) → (T, N). Unit: pure number. The normal
    distribution function is ``0.5 * (1 + erf(x / sqrt(2)))``.
    Errors: OperatorArgumentError if x is a group.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("erf(x)", x=[0, 1, -1, 10])
    array([ 0.        ,  0.84270079, -0.84270079,  1.        ])
    """
