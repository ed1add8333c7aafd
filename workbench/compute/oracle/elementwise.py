"""The slow truth of the elementwise operators.

Each function takes (T, N) float64 arrays and returns a new one. Three families:

1. arithmetic - IEEE, with the exceptions that the language makes (x/0, log(x ≤ 0) and a negative
   base under a fractional power are NaN; a missing operand always gives a missing result, also
   where IEEE says ``nan ** 0 == 1``);
2. comparisons - 1.0, 0.0, or NaN when either side is missing;
3. logic - Kleene's three values: a false operand settles ``and``, a true one settles ``or``.

``ELEMENTWISE`` at the end is the table that the rest of the package reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from workbench.arrays import BoolPanel, FloatPanel
from workbench.compute.oracle.missing import finite

__all__ = [
    "ELEMENTWISE",
    "Elementwise",
    "arithmetic",
    "comparison",
    "kleene_and",
    "kleene_not",
    "kleene_or",
    "log",
    "power",
    "sign",
    "signedpower",
    "where",
]

Elementwise = Callable[..., FloatPanel]


def _missing(*operands: FloatPanel) -> BoolPanel:
    """Tell where any operand is NaN."""
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
            return np.where(_missing(*operands), np.nan, finite(rule(*operands)))

    return operator


def comparison(rule: Callable[[FloatPanel, FloatPanel], BoolPanel]) -> Elementwise:
    """Make a three-valued comparison: 1.0, 0.0, or NaN where either side is missing.

    Parameters
    ----------
    rule
        NumPy comparison of two float64 arrays; equality is exact.

    Returns
    -------
    Elementwise
        The operator.

    Examples
    --------
    >>> comparison(np.less)(np.array([[1.0, 2.0, np.nan]]), np.array([[2.0, 2.0, 2.0]]))
    array([[ 1.,  0., nan]])
    """

    def operator(left: FloatPanel, right: FloatPanel) -> FloatPanel:
        return np.where(_missing(left, right), np.nan, rule(left, right).astype(np.float64))

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


def where(condition: FloatPanel, yes: FloatPanel, no: FloatPanel) -> FloatPanel:
    """Choose per cell; a missing condition gives NaN, the branch not taken is not looked at.

    Examples
    --------
    >>> condition = np.array([[1.0, 0.0, np.nan]])
    >>> where(condition, np.array([[1.0, np.nan, 3.0]]), np.array([[np.nan, 20.0, 30.0]]))
    array([[ 1., 20., nan]])
    """
    return np.where(np.isnan(condition), np.nan, np.where(condition != 0, yes, no))


def kleene_and(left: FloatPanel, right: FloatPanel) -> FloatPanel:
    """Kleene conjunction: false if either is false, else missing if either is missing.

    Examples
    --------
    >>> kleene_and(np.array([[1.0, 0.0, 1.0]]), np.array([[1.0, np.nan, np.nan]]))
    array([[ 1.,  0., nan]])
    """
    settled = (left == 0) | (right == 0)
    return np.where(settled, 0.0, np.where(_missing(left, right), np.nan, 1.0))


def kleene_or(left: FloatPanel, right: FloatPanel) -> FloatPanel:
    """Kleene disjunction: true if either is true, else missing if either is missing.

    Examples
    --------
    >>> kleene_or(np.array([[0.0, 1.0, 0.0]]), np.array([[0.0, np.nan, np.nan]]))
    array([[ 0.,  1., nan]])
    """
    settled = ((left != 0) & ~np.isnan(left)) | ((right != 0) & ~np.isnan(right))
    return np.where(settled, 1.0, np.where(_missing(left, right), np.nan, 0.0))


def kleene_not(x: FloatPanel) -> FloatPanel:
    """Kleene negation; missing stays missing.

    Examples
    --------
    >>> kleene_not(np.array([[1.0, 0.0, np.nan]]))
    array([[ 0.,  1., nan]])
    """
    return np.where(np.isnan(x), np.nan, (x == 0).astype(np.float64))


ELEMENTWISE: Mapping[str, Elementwise] = MappingProxyType(
    {
        "add": arithmetic(np.add),
        "subtract": arithmetic(np.subtract),
        "multiply": arithmetic(np.multiply),
        "divide": arithmetic(np.divide),
        "negate": arithmetic(np.negative),
        "power": power,
        "abs": arithmetic(np.abs),
        "sign": sign,
        "log": log,
        "signedpower": signedpower,
        "minimum": arithmetic(np.minimum),
        "maximum": arithmetic(np.maximum),
        "where": where,
        "less": comparison(np.less),
        "less_equal": comparison(np.less_equal),
        "greater": comparison(np.greater),
        "greater_equal": comparison(np.greater_equal),
        "equal": comparison(np.equal),
        "not_equal": comparison(np.not_equal),
        "and": kleene_and,
        "or": kleene_or,
        "not": kleene_not,
    }
)
