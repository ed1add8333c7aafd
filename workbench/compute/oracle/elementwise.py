"""The slow truth of the elementwise operators.

Each function takes (T, N) float64 arrays and returns a new one. Four families:

1. arithmetic and rounding live in ``arithmetic``, smooth functions in ``transcendental``;
2. comparisons - 1.0, 0.0, or NaN when either side is missing;
3. logic - Kleene's three values: a false operand settles ``and``, a true one settles ``or``;
4. missing values - asked for, passed over, filled or planted.

``ELEMENTWISE`` at the end is the table that the rest of the package reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from workbench.arrays import BoolPanel, FloatPanel
from workbench.compute.oracle.arithmetic import ARITHMETIC, Elementwise, any_missing
from workbench.compute.oracle.transcendental import TRANSCENDENTAL

__all__ = [
    "ELEMENTWISE",
    "comparison",
    "fill",
    "is_missing",
    "is_present",
    "kleene_and",
    "kleene_not",
    "kleene_or",
    "kleene_xor",
    "mask_out",
    "where",
]


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
        return np.where(any_missing(left, right), np.nan, rule(left, right).astype(np.float64))

    return operator


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
    return np.where(settled, 0.0, np.where(any_missing(left, right), np.nan, 1.0))


def kleene_or(left: FloatPanel, right: FloatPanel) -> FloatPanel:
    """Kleene disjunction: true if either is true, else missing if either is missing.

    Examples
    --------
    >>> kleene_or(np.array([[0.0, 1.0, 0.0]]), np.array([[0.0, np.nan, np.nan]]))
    array([[ 0.,  1., nan]])
    """
    settled = ((left != 0) & ~np.isnan(left)) | ((right != 0) & ~np.isnan(right))
    return np.where(settled, 1.0, np.where(any_missing(left, right), np.nan, 0.0))


def kleene_xor(left: FloatPanel, right: FloatPanel) -> FloatPanel:
    """Tell whether exactly one holds; missing if either is missing.

    Examples
    --------
    >>> kleene_xor(np.array([[1.0, 1.0, 0.0, 1.0]]), np.array([[1.0, 0.0, 0.0, np.nan]]))
    array([[ 0.,  1.,  0., nan]])
    """
    differ = (left != 0) != (right != 0)
    return np.where(any_missing(left, right), np.nan, differ.astype(np.float64))


def kleene_not(x: FloatPanel) -> FloatPanel:
    """Kleene negation; missing stays missing.

    Examples
    --------
    >>> kleene_not(np.array([[1.0, 0.0, np.nan]]))
    array([[ 0.,  1., nan]])
    """
    return np.where(np.isnan(x), np.nan, (x == 0).astype(np.float64))


def is_missing(x: FloatPanel) -> FloatPanel:
    """1.0 where x is NaN, else 0.0.

    Examples
    --------
    >>> is_missing(np.array([[1.0, np.nan]]))
    array([[0., 1.]])
    """
    return np.isnan(x).astype(np.float64)


def is_present(x: FloatPanel) -> FloatPanel:
    """1.0 where x is a finite number, else 0.0.

    Examples
    --------
    >>> is_present(np.array([[1.0, np.nan]]))
    array([[1., 0.]])
    """
    return np.isfinite(x).astype(np.float64)


def fill(x: FloatPanel, y: FloatPanel) -> FloatPanel:
    """Put y where x is missing.

    Examples
    --------
    >>> fill(np.array([[1.0, np.nan]]), np.array([[7.0, 8.0]]))
    array([[1., 8.]])
    """
    return np.where(np.isnan(x), y, x)


def mask_out(x: FloatPanel, condition: FloatPanel) -> FloatPanel:
    """Keep x where the condition is false; where it is true or missing x is missing.

    Examples
    --------
    >>> mask_out(np.array([[1.0, 2.0, 3.0]]), np.array([[0.0, 1.0, np.nan]]))
    array([[ 1., nan, nan]])
    """
    return np.where(condition == 0, x, np.nan)


ELEMENTWISE: Mapping[str, Elementwise] = MappingProxyType(
    {
        **ARITHMETIC,
        **TRANSCENDENTAL,
        "less": comparison(np.less),
        "less_equal": comparison(np.less_equal),
        "greater": comparison(np.greater),
        "greater_equal": comparison(np.greater_equal),
        "equal": comparison(np.equal),
        "not_equal": comparison(np.not_equal),
        "and": kleene_and,
        "or": kleene_or,
        "xor": kleene_xor,
        "not": kleene_not,
        "where": where,
        "isnan": is_missing,
        "isfinite": is_present,
        "fillna": fill,
        "nan_mask": mask_out,
        "fmin": np.fmin,
        "fmax": np.fmax,
    }
)
