"""Missing values: operators that ask for NaN, fill it or plant it.

Shape (T, N) → (T, N), no history. These are the only elementwise operators that look at NaN as a
thing of its own; every other one passes it on.
"""

from __future__ import annotations

from functools import partial

from workbench.factor.operator import Axis, Number, Truth, operator

__all__ = ["fillna", "fmax", "fmin", "isfinite", "isnan", "nan_mask"]

NUMPY = "NumPy, function of the same name."
KNOWN = "Never NaN: whether a value is there is always known."
EITHER_SIDE = "NaN where both operands are NaN; one missing operand is passed over."

missing = partial(operator, axis=Axis.ELEMENT, lookback=lambda: 0)


@missing(nan_rule=EITHER_SIDE, source=NUMPY)
def fmin(x: Number, y: Number) -> Number:
    """Return the smaller of two panels; where one is missing, the other.

    Formula: x if x <= y or y is NaN, else y. Shape: (T, N), (T, N) → (T, N).
    Unit: that of x and y. `minimum` is the strict form.
    Errors: OperatorArgumentError if an operand is a group.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("fmin(x, y)", x=[1, 5, nan, nan], y=[2, 4, 3, nan])
    array([ 1.,  4.,  3., nan])
    """


@missing(nan_rule=EITHER_SIDE, source=NUMPY)
def fmax(x: Number, y: Number) -> Number:
    """Return the larger of two panels; where one is missing, the other.

    Formula: x if x >= y or y is NaN, else y. Shape: (T, N), (T, N) → (T, N).
    Unit: that of x and y. `maximum` is the strict form.
    Errors: OperatorArgumentError if an operand is a group.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("fmax(x, y)", x=[1, 5, nan, nan], y=[2, 4, 3, nan])
    array([ 2.,  5.,  3., nan])
    """


@missing(nan_rule=KNOWN, source=NUMPY)
def isnan(x: Number) -> Truth:
    """Whether the value is missing.

    Formula: 1 if x is NaN else 0. Shape: (T, N) → (T, N). Unit: truth.
    Errors: OperatorArgumentError if x is a group.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("isnan(x)", x=[1, 0, nan])
    array([0., 0., 1.])
    """


@missing(nan_rule=KNOWN, source=NUMPY)
def isfinite(x: Number) -> Truth:
    """Whether the value is there: a number, neither NaN nor infinite.

    Formula: 0 if x is NaN else 1; an infinite result is NaN at the operator that made it.
    Shape: (T, N) → (T, N). Unit: truth. Errors: OperatorArgumentError if x is a group.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("isfinite(1 / x)", x=[1, 0, nan])
    array([1., 0., 0.])
    """


@missing(nan_rule="NaN where x and y are both NaN.", source="pandas fillna.")
def fillna(x: Number, y: Number) -> Number:
    """Put a number, or the value of another panel, where x is missing.

    Formula: y if x is NaN else x. Shape: (T, N), (T, N) → (T, N). Unit: that of x and y.
    Suspended and unlisted assets have no values either: they are filled like all others.
    Errors: OperatorArgumentError if an operand is a group.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("fillna(x, 0)", x=[1, nan, 3])
    array([1., 0., 3.])
    """


@missing(
    nan_rule="NaN where x is NaN, and where the condition is true or NaN.",
    source="WorldQuant BRAIN operator list; there the mask is a number and masks where negative.",
)
def nan_mask(x: Number, condition: Truth) -> Number:
    """Take values away where a condition holds.

    Formula: x where the condition is false, NaN where it is true or unknown.
    Shape: (T, N), (T, N) → (T, N). Unit: that of x.
    Errors: OperatorArgumentError if x is a group or the condition is not a truth value.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("nan_mask(x, y < 0)", x=[1, 2, 3], y=[1, -1, nan])
    array([ 1., nan, nan])
    """
