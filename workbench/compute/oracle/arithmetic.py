"""The slow truth of arithmetic, rounding and bounding, one function an operator.

IEEE 754 in float64, with the exceptions that the language makes: x/0, x % 0, log(x ≤ 0) and a
negative base under a fractional power are NaN; a missing operand always gives a missing result,
also where IEEE says ``nan ** 0 == 1``. ``ARITHMETIC`` at the end is the table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from workbench.arrays import BoolPanel, FloatPanel
from workbench.compute.oracle.missing import finite

__all__ = [
    "ARITHMETIC",
    "Elementwise",
    "any_missing",
    "arithmetic",
    "clip",
    "frac",
    "log",
    "power",
    "sign",
    "signedpower",
    "tail",
]

Elementwise = Callable[..., FloatPanel]


def any_missing(*operands: FloatPanel) -> BoolPanel:
    """Tell where any operand is NaN.

    Examples
    --------
    >>> any_missing(np.array([[1.0, np.nan]]), np.array([[1.0, 2.0]]))
    array([[False,  True]])
    """
    gone = np.isnan(operands[0])
    for operand in operands[1:]:
        gone = gone | np.isnan(operand)
    return gone


def arithmetic(rule: Callable[..., FloatPanel]) -> Elementwise:
    """Make an operator of a NumPy rule: silent, without infinities, NaN where an operand is NaN.

    Parameters
    ----------
    rule
        Elementwise function of one or two float64 arrays.

    Returns
    -------
    Elementwise
        The operator.

    Examples
    --------
    >>> arithmetic(np.divide)(np.array([[1.0, 0.0]]), np.array([[0.0, 0.0]]))
    array([[nan, nan]])
    """

    def operator(*operands: FloatPanel) -> FloatPanel:
        with np.errstate(all="ignore"):
            return np.where(any_missing(*operands), np.nan, finite(rule(*operands)))

    return operator


def log(x: FloatPanel) -> FloatPanel:
    """Natural logarithm; NaN for x ≤ 0.

    Examples
    --------
    >>> log(np.array([[1.0, 0.0, -1.0]]))
    array([[ 0., nan, nan]])
    """
    return np.log(np.where(x > 0, x, np.nan))


def sign(x: FloatPanel) -> FloatPanel:
    """Sign of x: -1, 0 or 1; sign(0) = 0.

    Examples
    --------
    >>> sign(np.array([[-2.5, 0.0, 7.0, np.nan]]))
    array([[-1.,  0.,  1., nan]])
    """
    return np.where(np.isnan(x), np.nan, (x > 0).astype(np.float64) - (x < 0))


def power(x: FloatPanel, exponent: FloatPanel) -> FloatPanel:
    """Raise x to an exponent; NaN for x < 0 with a fractional exponent, and for 0 to a negative.

    Examples
    --------
    >>> power(np.array([[2.0, -8.0, 0.0, np.nan]]), np.array([[3.0, 0.5, -1.0, 0.0]]))
    array([[ 8., nan, nan, nan]])
    """
    return arithmetic(np.power)(x, exponent)


def signedpower(x: FloatPanel, exponent: FloatPanel) -> FloatPanel:
    """Raise the magnitude and keep the sign: sign(x)·|x|^a.

    Examples
    --------
    >>> signedpower(np.array([[-4.0, 0.0, 9.0]]), np.array([[0.5, 0.5, 0.5]]))
    array([[-2.,  0.,  3.]])
    """
    return arithmetic(np.multiply)(sign(x), power(np.abs(x), exponent))


def frac(x: FloatPanel) -> FloatPanel:
    """Part behind the point, with the sign of x.

    Examples
    --------
    >>> frac(np.array([[1.25, -1.25, 3.0, np.nan]]))
    array([[ 0.25, -0.25,  0.  ,   nan]])
    """
    return x - np.trunc(x)


def clip(x: FloatPanel, lo: float, hi: float) -> FloatPanel:
    """Bound x from both sides; missing stays missing.

    Examples
    --------
    >>> clip(np.array([[-3.0, 0.5, np.nan]]), -1, 1)
    array([[-1. ,  0.5,  nan]])
    """
    return np.where(x < lo, lo, np.where(x > hi, hi, x))


def tail(x: FloatPanel, lo: float, hi: float, new: float) -> FloatPanel:
    """Replace what lies strictly between the bounds; missing stays missing.

    Examples
    --------
    >>> tail(np.array([[-3.0, 0.5, 1.0, np.nan]]), -1, 1, 0)
    array([[-3.,  0.,  1., nan]])
    """
    return np.where((lo < x) & (x < hi), new, x)


ARITHMETIC: Mapping[str, Elementwise] = MappingProxyType(
    {
        "add": arithmetic(np.add),
        "subtract": arithmetic(np.subtract),
        "multiply": arithmetic(np.multiply),
        "divide": arithmetic(np.divide),
        "modulo": arithmetic(np.mod),
        "negate": arithmetic(np.negative),
        "inverse": arithmetic(np.reciprocal),
        "power": power,
        "abs": arithmetic(np.abs),
        "sign": sign,
        "log": log,
        "signedpower": signedpower,
        "minimum": arithmetic(np.minimum),
        "maximum": arithmetic(np.maximum),
        "round": arithmetic(np.rint),
        "floor": arithmetic(np.floor),
        "ceil": arithmetic(np.ceil),
        "frac": frac,
        "clip": clip,
        "tail": tail,
    }
)
