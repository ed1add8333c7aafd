"""Rounding and bounding: operators that move values to whole numbers or into a range.

Shape (T, N) → (T, N), no history. All of them are exact: no result differs by an ulp.
"""

from __future__ import annotations

from functools import partial

from workbench.factor.operator import Axis, Number, Real, operator

__all__ = ["ceil", "clip", "floor", "frac", "round_", "tail"]

MISSING = "NaN where x is NaN."
IEEE = "IEEE 754-2019, section 5.9: round to integral."
BRAIN = "WorldQuant BRAIN operator list."


def disorder(lo: float, hi: float, *_: float) -> str:
    """Say what is wrong with a range, if anything."""
    return "" if lo <= hi else f"`lo` must not exceed `hi`, got {lo:g} and {hi:g}."


rounding = partial(operator, axis=Axis.ELEMENT, lookback=lambda *_: 0, nan_rule=MISSING)
bounding = partial(rounding, validate=disorder)


@rounding(name="round", source=IEEE)
def round_(x: Number) -> Number:
    """Nearest whole number; a half goes to the even neighbour.

    Formula: the whole number nearest to x, even in a tie. Shape: (T, N) → (T, N). Unit: that of x.
    Errors: OperatorArgumentError if x is a group.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("round(x)", x=[0.5, 1.5, 2.4, -2.5, nan])
    array([ 0.,  2.,  2., -2., nan])
    """


@rounding(source=IEEE)
def floor(x: Number) -> Number:
    """Greatest whole number that is not above x.

    Formula: ⌊x⌋. Shape: (T, N) → (T, N). Unit: that of x.
    Errors: OperatorArgumentError if x is a group.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("floor(x)", x=[1.7, -1.2, 3, nan])
    array([ 1., -2.,  3., nan])
    """


@rounding(source=IEEE)
def ceil(x: Number) -> Number:
    """Least whole number that is not below x.

    Formula: ⌈x⌉. Shape: (T, N) → (T, N). Unit: that of x.
    Errors: OperatorArgumentError if x is a group.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ceil(x)", x=[1.2, -1.7, 3, nan])
    array([ 2., -1.,  3., nan])
    """


@rounding(source=BRAIN + " There `fraction`: the part behind the point, with sign.")
def frac(x: Number) -> Number:
    """Part behind the point, with the sign of x.

    Formula: x - trunc(x), so that frac(-1.25) = -0.25. Shape: (T, N) → (T, N). Unit: that of x.
    For the distance from the whole number below write ``x % 1``.
    Errors: OperatorArgumentError if x is a group.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("frac(x)", x=[1.25, -1.25, 3, nan])
    array([ 0.25, -0.25,  0.  ,   nan])
    """


@bounding(source="NumPy clip.")
def clip(x: Number, lo: Real, hi: Real) -> Number:
    """Values below `lo` become `lo`, values above `hi` become `hi`.

    Formula: min(max(x, lo), hi). Shape: (T, N) → (T, N). Unit: that of x, also of lo and hi.
    Errors: OperatorArgumentError if x is a group or lo > hi.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("clip(x, -1, 1)", x=[0.5, 3, -2, nan])
    array([ 0.5,  1. , -1. ,  nan])
    """


@bounding(source=BRAIN)
def tail(x: Number, lo: Real, hi: Real, new: Real) -> Number:
    """Keep the tails: values strictly between `lo` and `hi` become `new`.

    Formula: new if lo < x < hi else x. Shape: (T, N) → (T, N). Unit: that of x, also of lo, hi
    and new. Errors: OperatorArgumentError if x is a group or lo > hi.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("tail(x, -1, 1, 0)", x=[0.5, 3, -2, 1, nan])
    array([ 0.,  3., -2.,  1., nan])
    """
