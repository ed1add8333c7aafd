"""Comparisons and logic: operators whose result is a truth value.

Truth is three-valued and stored as a number: 1 true, 0 false, NaN unknown. Comparing with NaN is
unknown; `and`, `or`, `xor`, `not` follow Kleene. Shape (T, N) → (T, N), no history is needed.
"""

from __future__ import annotations

from functools import partial

from workbench.factor.operator import Axis, Number, Truth, operator

__all__ = [
    "and_",
    "equal",
    "greater",
    "greater_equal",
    "less",
    "less_equal",
    "not_",
    "not_equal",
    "or_",
    "xor",
]

PAPER = 'Kakushadze (2016), "101 Formulaic Alphas", Wilmott 84, appendix A (arXiv:1601.00991).'
KLEENE = "Kleene (1952), Introduction to Metamathematics, section 64: strong three-valued logic."

comparison = partial(
    operator,
    axis=Axis.ELEMENT,
    lookback=lambda: 0,
    nan_rule="NaN where any operand is NaN: an unknown number compares to unknown.",
    source=PAPER,
)
logic = partial(operator, axis=Axis.ELEMENT, lookback=lambda: 0, source=KLEENE)


@comparison(symbol="<")
def less(x: Number, y: Number) -> Truth:
    """Whether x is below y, written ``x < y``.

    Formula: 1 if x < y else 0. Shape: (T, N), (T, N) → (T, N). Unit: truth.
    Errors: OperatorArgumentError if an operand is a group.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("x < 2", x=[1, 2, 3, nan])
    array([ 1.,  0.,  0., nan])
    """


@comparison(symbol="<=")
def less_equal(x: Number, y: Number) -> Truth:
    """Whether x is at most y, written ``x <= y``.

    Formula: 1 if x <= y else 0. Shape: (T, N), (T, N) → (T, N). Unit: truth.
    Errors: OperatorArgumentError if an operand is a group.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("x <= 2", x=[1, 2, 3, nan])
    array([ 1.,  1.,  0., nan])
    """


@comparison(symbol=">")
def greater(x: Number, y: Number) -> Truth:
    """Whether x is above y, written ``x > y``.

    Formula: 1 if x > y else 0. Shape: (T, N), (T, N) → (T, N). Unit: truth.
    Errors: OperatorArgumentError if an operand is a group.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("x > 2", x=[1, 2, 3, nan])
    array([ 0.,  0.,  1., nan])
    """


@comparison(symbol=">=")
def greater_equal(x: Number, y: Number) -> Truth:
    """Whether x is at least y, written ``x >= y``.

    Formula: 1 if x >= y else 0. Shape: (T, N), (T, N) → (T, N). Unit: truth.
    Errors: OperatorArgumentError if an operand is a group.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("x >= 2", x=[1, 2, 3, nan])
    array([ 0.,  1.,  1., nan])
    """


@comparison(symbol="==")
def equal(x: Number, y: Number) -> Truth:
    """Whether two numbers are exactly the same, written ``x == y``.

    Formula: 1 if x = y else 0, without tolerance. Shape: (T, N), (T, N) → (T, N). Unit: truth.
    In Python call ``equal(f, g)``: ``==`` between factors compares the expressions.
    Errors: OperatorArgumentError if an operand is a group.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("x == 2", x=[1, 2, 3, nan])
    array([ 0.,  1.,  0., nan])
    """


@comparison(symbol="!=")
def not_equal(x: Number, y: Number) -> Truth:
    """Whether two numbers differ at all, written ``x != y``.

    Formula: 1 if x ≠ y else 0, without tolerance. Shape: (T, N), (T, N) → (T, N). Unit: truth.
    Errors: OperatorArgumentError if an operand is a group.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("x != 2", x=[1, 2, 3, nan])
    array([ 1.,  0.,  1., nan])
    """


@logic(name="and", symbol="&", nan_rule="False if either is false; else NaN if either is NaN.")
def and_(x: Truth, y: Truth) -> Truth:
    """Whether both hold, written ``x & y``, ``x && y`` or ``x and y``.

    Formula: minimum of the truth values, unknown between false and true.
    Shape: (T, N), (T, N) → (T, N). Unit: truth.
    Errors: OperatorArgumentError if an operand is not a truth value.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("x > 0 & y > 0", x=[1, 1, 1, -1], y=[1, -1, nan, nan])
    array([ 1.,  0., nan,  0.])
    """


@logic(name="or", symbol="|", nan_rule="True if either is true; else NaN if either is NaN.")
def or_(x: Truth, y: Truth) -> Truth:
    """Whether at least one holds, written ``x | y``, ``x || y`` or ``x or y``.

    Formula: maximum of the truth values, unknown between false and true.
    Shape: (T, N), (T, N) → (T, N). Unit: truth.
    Errors: OperatorArgumentError if an operand is not a truth value.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("x > 0 | y > 0", x=[1, -1, 1, -1], y=[1, -1, nan, nan])
    array([ 1.,  0.,  1., nan])
    """


@logic(nan_rule="NaN where either is NaN: either value of the unknown side would decide.")
def xor(x: Truth, y: Truth) -> Truth:
    """Whether exactly one of the two holds.

    Formula: 1 if the truth values differ else 0. Shape: (T, N), (T, N) → (T, N). Unit: truth.
    Errors: OperatorArgumentError if an operand is not a truth value.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("xor(x > 0, y > 0)", x=[1, 1, -1, 1], y=[1, -1, -1, nan])
    array([ 0.,  1.,  0., nan])
    """


@logic(name="not", symbol="!", nan_rule="NaN where x is NaN.")
def not_(x: Truth) -> Truth:
    """Whether the condition fails, written ``!x`` or ``not x``.

    Formula: 1 - x. Shape: (T, N) → (T, N). Unit: truth. ``!`` binds like a sign, ``not`` below
    the comparisons. Errors: OperatorArgumentError if x is not a truth value.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("!(x > 0)", x=[1, -1, nan])
    array([ 0.,  1., nan])
    """
