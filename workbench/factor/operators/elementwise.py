"""Elementwise operators: each value of the result depends on the values at the same place.

Shape (T, N) → (T, N) for all; a number written out counts as a panel that holds it everywhere.
No history is needed. Results that are not finite become NaN at the operator that made them.
"""

from __future__ import annotations

from functools import partial

from workbench.factor.operator import Axis, Number, Truth, operator

__all__ = [
    "absolute",
    "add",
    "divide",
    "inverse",
    "log",
    "maximum",
    "minimum",
    "modulo",
    "multiply",
    "negate",
    "power",
    "sign",
    "signedpower",
    "subtract",
    "where",
]

PAPER = 'Kakushadze (2016), "101 Formulaic Alphas", Wilmott 84, appendix A (arXiv:1601.00991).'
IEEE = "IEEE 754-2019 arithmetic; " + PAPER
EITHER = "NaN where any operand is NaN; a result that overflows is NaN."

elementwise = partial(operator, axis=Axis.ELEMENT, lookback=lambda: 0)


@elementwise(symbol="+", nan_rule=EITHER, source=IEEE)
def add(x: Number, y: Number) -> Number:
    """Sum of two panels, written ``x + y``.

    Formula: x + y. Shape: (T, N), (T, N) → (T, N). Unit: that of x and y, which should agree.
    Errors: OperatorArgumentError if an operand is a group.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("x + y", x=[1, 2, nan], y=[10, 20, 30])
    array([11., 22., nan])
    """


@elementwise(symbol="-", nan_rule=EITHER, source=IEEE)
def subtract(x: Number, y: Number) -> Number:
    """Difference of two panels, written ``x - y``.

    Formula: x - y. Shape: (T, N), (T, N) → (T, N). Unit: that of x and y, which should agree.
    Errors: OperatorArgumentError if an operand is a group.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("y - x", x=[1, 2, nan], y=[10, 20, 30])
    array([ 9., 18., nan])
    """


@elementwise(symbol="*", nan_rule=EITHER, source=IEEE)
def multiply(x: Number, y: Number) -> Number:
    """Product of two panels, written ``x * y``.

    Formula: x * y. Shape: (T, N), (T, N) → (T, N). Unit: the product of the units.
    Errors: OperatorArgumentError if an operand is a group.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("x * y", x=[1, 2, nan], y=[10, 20, 30])
    array([10., 40., nan])
    """


@elementwise(symbol="/", nan_rule=EITHER + " x / 0 is NaN, also 0 / 0.", source=IEEE)
def divide(x: Number, y: Number) -> Number:
    """Quotient of two panels, written ``x / y``; dividing by zero gives NaN.

    Formula: x / y. Shape: (T, N), (T, N) → (T, N). Unit: the quotient of the units.
    Errors: OperatorArgumentError if an operand is a group.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("x / y", x=[1, 1, 0], y=[4, 0, 0])
    array([0.25,  nan,  nan])
    """


@elementwise(
    symbol="%",
    nan_rule=EITHER + " x % 0 is NaN.",
    source="Floored division: Knuth, The Art of Computer Programming 1, section 1.2.4.",
)
def modulo(x: Number, y: Number) -> Number:
    """Remainder of a division, with the sign of the divisor, written ``x % y``.

    Formula: x - y * ⌊x / y⌋, the quotient in full precision; from 0 up to y for y > 0.
    Shape: (T, N), (T, N) → (T, N). Unit: that of x and y, which should agree.
    Errors: OperatorArgumentError if an operand is a group.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("x % y", x=[7, -7, 7, 7], y=[3, 3, -3, 0])
    array([ 1.,  2., -2., nan])
    """


@elementwise(symbol="-", nan_rule="NaN where x is NaN.", source=IEEE)
def negate(x: Number) -> Number:
    """Opposite of a panel, written ``-x``.

    Formula: -x. Shape: (T, N) → (T, N). Unit: that of x. A minus before a number makes a negative
    constant. Errors: OperatorArgumentError if x is a group.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("-x", x=[1, -2, nan])
    array([-1.,  2., nan])
    """


@elementwise(
    symbol="**",
    nan_rule=EITHER + " x < 0 with a fractional exponent and 0 with a negative one give NaN.",
    source=PAPER,
)
def power(x: Number, a: Number) -> Number:
    """Plain power, written ``x ** a`` or ``x ^ a``; it groups from the right.

    Formula: x^a. Shape: (T, N), (T, N) → (T, N). Unit: x and a should be pure numbers.
    For a power that keeps the sign of x see `signedpower`.
    Errors: OperatorArgumentError if an operand is a group.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("x ** 0.5", x=[4, -1, 0])
    array([ 2., nan,  0.])
    """


@elementwise(nan_rule="NaN where x is NaN or 0.", source=IEEE)
def inverse(x: Number) -> Number:
    """Reciprocal.

    Formula: 1 / x. Shape: (T, N) → (T, N). Unit: one over that of x.
    Errors: OperatorArgumentError if x is a group.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("inverse(x)", x=[4, -0.5, 0])
    array([ 0.25, -2.  ,   nan])
    """


@elementwise(name="abs", nan_rule="NaN where x is NaN.", source=PAPER)
def absolute(x: Number) -> Number:
    """Absolute value.

    Formula: |x|. Shape: (T, N) → (T, N). Unit: that of x.
    Errors: OperatorArgumentError if x is a group.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("abs(x)", x=[3, -1.5, nan])
    array([3. , 1.5, nan])
    """


@elementwise(nan_rule="NaN where x is NaN; sign(0) = 0.", source=PAPER)
def sign(x: Number) -> Number:
    """Sign: 1, 0 or -1.

    Formula: 1 if x > 0, -1 if x < 0, 0 if x = 0. Shape: (T, N) → (T, N). Unit: pure number.
    Errors: OperatorArgumentError if x is a group.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("sign(x)", x=[3, -2, 0, nan])
    array([ 1., -1.,  0., nan])
    """


@elementwise(nan_rule="NaN where x is NaN, zero or negative.", source=PAPER)
def log(x: Number) -> Number:
    """Natural logarithm.

    Formula: ln(x), x > 0. Shape: (T, N) → (T, N). Unit: pure number.
    Errors: OperatorArgumentError if x is a group.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("log(x)", x=[1, 10, 0, -1])
    array([0.        , 2.30258509,        nan,        nan])
    """


@elementwise(
    nan_rule=EITHER + " 0 with a negative exponent is NaN.",
    source=PAPER + " The paper prints x^a; the sign is kept, as the name says.",
)
def signedpower(x: Number, a: Number) -> Number:
    """Power of the size of x, with the sign of x.

    Formula: sign(x) * |x|^a; equal to x^a for x > 0. Shape: (T, N), (T, N) → (T, N).
    Unit: x and a should be pure numbers. Ports that compute x^a differ for a = 2 or fractional.
    Errors: OperatorArgumentError if an operand is a group.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("signedpower(x, 2)", x=[3, -3, 0])
    array([ 9., -9.,  0.])
    """


@elementwise(nan_rule=EITHER, source="IEEE 754-2019 minimum.")
def minimum(x: Number, y: Number) -> Number:
    """Return the smaller of two panels, element by element.

    Formula: x if x <= y else y. Shape: (T, N), (T, N) → (T, N). Unit: that of x and y.
    The text ``min(x, 5)`` with a whole number means ``ts_min(x, 5)``, as in the paper.
    Errors: OperatorArgumentError if an operand is a group.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("minimum(x, y)", x=[1, 5, nan], y=[2, 4, 3])
    array([ 1.,  4., nan])
    """


@elementwise(nan_rule=EITHER, source="IEEE 754-2019 maximum.")
def maximum(x: Number, y: Number) -> Number:
    """Return the larger of two panels, element by element.

    Formula: x if x >= y else y. Shape: (T, N), (T, N) → (T, N). Unit: that of x and y.
    The text ``max(x, 5)`` with a whole number means ``ts_max(x, 5)``, as in the paper.
    Errors: OperatorArgumentError if an operand is a group.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("maximum(x, y)", x=[1, 5, nan], y=[2, 4, 3])
    array([ 2.,  5., nan])
    """


@elementwise(
    nan_rule="NaN where the condition is NaN; NaN in the branch not taken does not matter.",
    source=PAPER,
)
def where(condition: Truth, x: Number, y: Number) -> Number:
    """Choose between two panels by a condition, also written ``condition ? x : y``.

    Formula: x where the condition is true, y where it is false.
    Shape: (T, N), (T, N), (T, N) → (T, N). Unit: that of x and y.
    Errors: OperatorArgumentError if the condition is not a truth value.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("x > 0 ? x : y", x=[1, -1, nan], y=[7, 8, 9])
    array([ 1.,  8., nan])
    """
