"""Cross-sectional operators: each session is computed by itself, over its valid assets.

An asset is valid in a session when it belongs to the estimation mask and its value is not NaN;
the others get NaN and change nothing for the rest. The order of assets does not matter. Shape
(T, N) → (T, N), row by row; no history is needed.
"""

from __future__ import annotations

from functools import partial

from workbench.factor.operator import Axis, Group, Number, Real, operator

__all__ = ["demean", "indneutralize", "rank", "scale", "zscore"]

PAPER = 'Kakushadze (2016), "101 Formulaic Alphas", Wilmott 84, appendix A (arXiv:1601.00991).'
VALID_ONLY = "NaN where x is NaN or outside the mask; such assets do not count."

cross_section = partial(operator, axis=Axis.SECTION)


@cross_section(lookback=lambda: 0, nan_rule=VALID_ONLY, source=PAPER)
def rank(x: Number) -> Number:
    """Rank among the valid assets of the session, as a share in (0, 1].

    Formula: (average rank of x, 1 = smallest) / n, n = valid assets; ties share their average
    rank, and a single asset has rank 1. Shape: (T, N) → (T, N), row by row. Unit: fraction.
    Errors: OperatorArgumentError if x is a group.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("rank(x)", x=[[3, 1, 1, nan, 7, -2]])
    array([[0.8, 0.5, 0.5, nan, 1. , 0.2]])
    """


@cross_section(
    lookback=lambda: 0,
    nan_rule=VALID_ONLY + " A session without spread, or with one valid asset, is NaN.",
    source="Grinold and Kahn (2000), Active Portfolio Management, 2nd edition, chapter 14.",
)
def zscore(x: Number) -> Number:
    """Distance from the session's mean in standard deviations.

    Formula: (x - mean) / s, s with n - 1 in the denominator. Shape: (T, N) → (T, N), row by row.
    Unit: standard deviations. Errors: OperatorArgumentError if x is a group.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("zscore(x)", x=[[1, 2, 3, nan]])
    array([[-1.,  0.,  1., nan]])
    """


@cross_section(lookback=lambda: 0, nan_rule=VALID_ONLY, source=PAPER)
def demean(x: Number) -> Number:
    """Distance from the session's mean.

    Formula: x - mean over the valid assets. Shape: (T, N) → (T, N), row by row. Unit: that of x.
    Errors: OperatorArgumentError if x is a group.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("demean(x)", x=[[1, 2, 6, nan]])
    array([[-2., -1.,  3., nan]])
    """


@cross_section(
    lookback=lambda a: 0,
    nan_rule=VALID_ONLY + " A session whose absolute values add up to zero is NaN.",
    source=PAPER,
)
def scale(x: Number, a: Real = 1.0) -> Number:
    """Rescale so that the absolute values of each session add up to `a`.

    Formula: a * x / sum of |x| over the valid assets. Shape: (T, N) → (T, N), row by row.
    Unit: that of a (1 when left out, a gross exposure of 100 %).
    Errors: OperatorArgumentError if x is a group or `a` is not a number written out.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("scale(x)", x=[[3, 1, -4, nan]])
    array([[ 0.375,  0.125, -0.5  ,    nan]])
    """


@cross_section(
    lookback=lambda: 0,
    nan_rule=VALID_ONLY + " An asset without group is NaN; a group of one gives 0.",
    source=PAPER,
    aliases=("group_demean",),
)
def indneutralize(x: Number, group: Group) -> Number:
    """Distance from the mean of the asset's own group in the session.

    Formula: x - mean of x over the valid assets with the same group.
    Shape: (T, N), (T, N) groups → (T, N), row by row. Unit: that of x.
    The paper's ``IndClass.industry`` is read as the field ``industry``.
    Errors: OperatorArgumentError if `group` is not a group field.

    Examples
    --------
    >>> import numpy as np
    >>> from workbench.compute.evaluate import on_arrays
    >>> groups = np.array([[0, 0, 1, 1, 1, -1]], dtype=np.int32)
    >>> on_arrays("indneutralize(x, g)", x=[[3, 1, 1, np.nan, 7, -2]], g=groups)
    array([[ 1., -1., -3., nan,  3., nan]])
    """
