"""The slow truth of the transcendental operators, one function an operator.

NumPy and the standard library's ``math`` in float64. They differ from one C library to the next by
an ulp or two, which is the tolerance at which kernels are held against them. ``TRANSCENDENTAL`` at
the end is the table.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from workbench.arrays import FloatPanel
from workbench.compute.oracle.arithmetic import Elementwise, arithmetic

__all__ = ["TRANSCENDENTAL", "erf", "log1p", "sigmoid", "slog1p"]


def log1p(x: FloatPanel) -> FloatPanel:
    """Logarithm of 1 + x; NaN for x ≤ -1.

    Examples
    --------
    >>> log1p(np.array([[0.0, 1.0, -1.0]]))
    array([[0.        , 0.69314718,        nan]])
    """
    return np.log1p(np.where(x > -1, x, np.nan))


def slog1p(x: FloatPanel) -> FloatPanel:
    """Logarithm of 1 + |x| with the sign of x.

    Examples
    --------
    >>> slog1p(np.array([[0.0, 1.0, -1.0, np.nan]]))
    array([[ 0.        ,  0.69314718, -0.69314718,         nan]])
    """
    return np.copysign(np.log1p(np.abs(x)), x)


def sigmoid(x: FloatPanel) -> FloatPanel:
    """Logistic function; the exponent is never positive, so that nothing overflows.

    Examples
    --------
    >>> sigmoid(np.array([[0.0, 2.0, -800.0, np.nan]]))
    array([[0.5       , 0.88079708, 0.        ,        nan]])
    """
    with np.errstate(under="ignore"):
        shrunk = np.exp(-np.abs(x))
        return np.where(x < 0, shrunk, 1.0) / (1.0 + shrunk)


def erf(x: FloatPanel) -> FloatPanel:
    """Error function, cell by cell.

    Examples
    --------
    >>> erf(np.array([[0.0, 1.0, -1.0, np.nan]]))
    array([[ 0.        ,  0.84270079, -0.84270079,         nan]])
    """
    return np.array([math.erf(value) for value in x.flat]).reshape(x.shape)


TRANSCENDENTAL: Mapping[str, Elementwise] = MappingProxyType(
    {
        "log1p": log1p,
        "slog1p": slog1p,
        "exp": arithmetic(np.exp),
        "sqrt": arithmetic(np.sqrt),
        "cbrt": arithmetic(np.cbrt),
        "sigmoid": sigmoid,
        "tanh": arithmetic(np.tanh),
        "atan": arithmetic(np.arctan),
        "erf": erf,
    }
)
