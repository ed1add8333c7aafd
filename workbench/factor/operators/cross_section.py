"""Operators across assets that measure distances: each session by itself, over its valid assets.

An asset is valid in a session when it belongs to the estimation mask and all numbers asked for are
there; the others get NaN and change nothing for the rest. The order of assets does not matter.
Shape (T, N) → (T, N), row by row; no history is needed. Ranks and what is made of them:
`distribution`; within groups: `group`; regressions: `neutralize`.
"""

from __future__ import annotations

from functools import partial

from workbench.factor.operator import Axis, Count, Group, Number, Real, choice, operator

__all__ = [
    "demean",
    "indneutralize",
    "l2_normalize",
    "longshort_scale",
    "normalize",
    "rank",
    "scale",
    "weighted_demean",
    "weighted_zscore",
    "zscore",
]

PAPER = 'Kakushadze (2016), "101 Formulaic Alphas", Wilmott 84, appendix A (arXiv:1601.00991).'
BRAIN = "WorldQuant BRAIN, operator reference, cross-sectional operators."
GRINOLD = "Grinold and Kahn (2000), Active Portfolio Management, 2nd edition, chapter 14."
VALID_ONLY = "NaN where x is NaN or outside the mask; such assets do not count."
WEIGHTED = "NaN where x or w is NaN, w is negative, or outside the mask; such assets do not count."
NO_SPREAD = " A session without spread, or with one valid asset, is NaN."

Form = choice("share", "unit")

cross_section = partial(operator, axis=Axis.SECTION, lookback=lambda *literals: 0)


def _normalising(use_std: int, limit: float) -> str:
    if use_std not in (0, 1):
        return f"`use_std` is 0 or 1, got {use_std}."
    return "" if limit >= 0 else f"`limit` is 0 (none) or positive, got {limit:g}."


@cross_section(
    nan_rule=VALID_ONLY + " With form=unit a single valid asset is NaN (0 / 0).",
    source=PAPER + " form=unit: " + BRAIN,
)
def rank(x: Number, form: Form = "share") -> Number:
    """Rank among the valid assets of the session, as a share in (0, 1].

    Formula: r / n, r = average rank of x (1 = smallest, ties share their average), n = valid
    assets; a single asset has rank 1. form=unit: (r - 1) / (n - 1), in [0, 1].
    Shape: (T, N) → (T, N), row by row. Unit: fraction.
    Errors: OperatorArgumentError if x is a group or `form` another word.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("rank(x)", x=[[3, 1, 1, nan, 7, -2]])
    array([[0.8, 0.5, 0.5, nan, 1. , 0.2]])
    >>> on_arrays("rank(x, form=unit)", x=[[3, 1, 1, nan, 7, -2]])
    array([[0.75 , 0.375, 0.375,   nan, 1.   , 0.   ]])
    """


@cross_section(nan_rule=VALID_ONLY + NO_SPREAD, source=GRINOLD)
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


@cross_section(nan_rule=VALID_ONLY, source=PAPER)
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


@cross_section(
    nan_rule=WEIGHTED + " A session whose weights add up to zero is NaN.", source=GRINOLD
)
def weighted_demean(x: Number, w: Number) -> Number:
    """Distance from the session's weighted mean.

    Formula: x - sum(w x) / sum(w) over the valid assets; an asset of weight 0 is measured and does
    not count. Shape: (T, N), (T, N) → (T, N), row by row. Unit: that of x.
    Errors: OperatorArgumentError if x or w is a group.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("weighted_demean(x, w)", x=[[1, 2, 6, nan]], w=[[1, 1, 2, 5]])
    array([[-2.75, -1.75,  2.25,   nan]])
    """


@cross_section(
    nan_rule=WEIGHTED + NO_SPREAD,
    source="NIST Dataplot reference manual, WEIGHTED STANDARD DEVIATION; " + GRINOLD,
)
def weighted_zscore(x: Number, w: Number) -> Number:
    """Distance from the session's weighted mean in weighted standard deviations.

    Formula: (x - m) / s, m = sum(w x) / sum(w), s² = sum(w (x - m)²) / sum(w) · n / (n - 1),
    n = valid assets with w > 0; equal weights give `zscore`. Shape: (T, N), (T, N) → (T, N), row
    by row. Unit: standard deviations. Errors: OperatorArgumentError if x or w is a group.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("weighted_zscore(x, w)", x=[[1, 2, 3, nan]], w=[[2, 2, 2, 2]])
    array([[-1.,  0.,  1., nan]])
    """


@cross_section(nan_rule=VALID_ONLY, source=BRAIN)
def longshort_scale(x: Number, long: Real = 1.0, short: Real = 1.0) -> Number:
    """Rescale the positive and the negative values of each session to gross sums of their own.

    Formula: long · x / sum of the positive x where x > 0, short · x / sum of |negative x| where
    x < 0, 0 where x = 0. Shape: (T, N) → (T, N), row by row. Unit: that of `long` and `short`.
    Errors: OperatorArgumentError if x is a group or a literal is not a number written out.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("longshort_scale(x, short=0.5)", x=[[3, 1, -4, nan, 0]])
    array([[ 0.75,  0.25, -0.5 ,   nan,  0.  ]])
    """


@cross_section(
    nan_rule=VALID_ONLY + " With use_std=1 a session without spread is NaN, as in zscore.",
    source=BRAIN,
    validate=_normalising,
)
def normalize(x: Number, use_std: Count = 0, limit: Real = 0.0) -> Number:
    """Subtract the session's mean; on request divide by the standard deviation, and cut.

    Formula: y = x - mean, with use_std=1 y = (x - mean) / s (n - 1 in the denominator); with
    limit > 0 values beyond ±limit become ±limit. Shape: (T, N) → (T, N), row by row. Unit: that of
    x, or standard deviations. Errors: OperatorArgumentError if x is a group, use_std is not 0 or
    1, or limit is negative.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("normalize(x, limit=2.5)", x=[[1, 2, 6, nan]])
    array([[-2. , -1. ,  2.5,  nan]])
    """


@cross_section(
    nan_rule=VALID_ONLY + " A session whose squares add up to zero is NaN.",
    source="Golub and Van Loan (2013), Matrix Computations, 4th edition, section 2.2.",
)
def l2_normalize(x: Number) -> Number:
    """Rescale so that the squares of each session add up to 1.

    Formula: x / sqrt(sum of x²) over the valid assets. Shape: (T, N) → (T, N), row by row.
    Unit: pure number. Errors: OperatorArgumentError if x is a group.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("l2_normalize(x)", x=[[3, 0, -4, nan]])
    array([[ 0.6,  0. , -0.8,  nan]])
    """
