"""Operators within groups: each session by itself, over the valid assets of one group.

A group is a classification field (industry) or any expression whose values are whole codes from 0
to 2^20, such as ``bucket(cap, 5)``; an asset whose code is missing, negative, larger or not whole
has no group and gets NaN. An asset is valid when it belongs to the estimation mask, has a group,
and its value is not NaN; the others count nowhere. The order of assets does not matter. Shape
(T, N), (T, N) groups → (T, N), row by row.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated

from workbench.factor.operator import Axis, Group, Number, Role, Window, operator

__all__ = [
    "group_backfill",
    "group_cartesian",
    "group_count",
    "group_max",
    "group_mean",
    "group_median",
    "group_min",
    "group_neutralize",
    "group_rank",
    "group_scale",
    "group_std",
    "group_sum",
    "group_zscore",
]

BRAIN = "WorldQuant BRAIN, operator reference, group operators."
VALID_ONLY = "NaN where x is NaN, without group or outside the mask; such assets do not count."

Members = Annotated[int, Role("count", 1)]

grouped = partial(
    operator, axis=Axis.SECTION, lookback=lambda *literals: 0, nan_rule=VALID_ONLY, source=BRAIN
)


@grouped(
    nan_rule="NaN where x is NaN, g is missing or outside the mask; a missing parent only means "
    "that a small group falls back to the market.",
    source="Menchero, Orr and Wang (2011), Barra US Equity Model (USE4), thin industries.",
)
def group_neutralize(x: Number, g: Group, parent: Group, min_group: Members = 8) -> Number:
    """Distance from the mean of the group, or of its parent or the market if it is thin.

    Formula: x - mean of x over the valid assets of the same g, if there are min_group of them;
    else over those of the same parent, if there are min_group; else over all valid assets.
    Shape: (T, N), twice (T, N) groups → (T, N), row by row. Unit: that of x.
    Errors: OperatorArgumentError if g or parent is no group or min_group < 1.

    Examples
    --------
    >>> import numpy as np
    >>> from workbench.compute.evaluate import on_arrays
    >>> groups = np.array([[0, 0, 1, 2, 2, -1]], dtype=np.int32)
    >>> parents = np.array([[0, 0, 1, 1, 1, 1]], dtype=np.int32)
    >>> x = [[3, 1, 6, 1, 2, -2]]
    >>> on_arrays("group_neutralize(x, g, p, min_group=2)", x=x, g=groups, p=parents)
    array([[ 1.  , -1.  ,  4.25, -0.5 ,  0.5 ,   nan]])
    """


@grouped()
def group_rank(x: Number, g: Group) -> Number:
    """Rank within the group, as a share in (0, 1].

    Formula: (average rank of x in its group, 1 = smallest) / valid assets of the group.
    Shape: (T, N), (T, N) groups → (T, N), row by row. Unit: fraction.
    Errors: OperatorArgumentError if x is a group or g is none.

    Examples
    --------
    >>> import numpy as np
    >>> from workbench.compute.evaluate import on_arrays
    >>> groups = np.array([[0, 0, 1, 1, 1, -1]], dtype=np.int32)
    >>> on_arrays("group_rank(x, g)", x=[[3, 1, 1, np.nan, 7, -2]], g=groups)
    array([[1. , 0.5, 0.5, nan, 1. , nan]])
    """


@grouped(
    nan_rule=VALID_ONLY + " A group without spread, or of one, is NaN.",
)
def group_zscore(x: Number, g: Group) -> Number:
    """Distance from the group's mean in standard deviations of the group.

    Formula: (x - mean) / s over the valid assets of the group, s with n - 1 in the denominator.
    Shape: (T, N), (T, N) groups → (T, N), row by row. Unit: standard deviations.
    Errors: OperatorArgumentError if x is a group or g is none.

    Examples
    --------
    >>> import numpy as np
    >>> from workbench.compute.evaluate import on_arrays
    >>> groups = np.array([[0, 0, 0, 1, -1]], dtype=np.int32)
    >>> on_arrays("group_zscore(x, g)", x=[[1, 2, 3, 5, 5]], g=groups)
    array([[-1.,  0.,  1., nan, nan]])
    """


@grouped(nan_rule=VALID_ONLY + " A group whose absolute values add up to zero is NaN.")
def group_scale(x: Number, g: Group) -> Number:
    """Rescale so that the absolute values of each group add up to 1.

    Formula: x / sum of |x| over the valid assets of the group (`scale` within it; what BRAIN calls
    group_scale is ``(x - group_min(x, g)) / (group_max(x, g) - group_min(x, g))``).
    Shape: (T, N), (T, N) groups → (T, N), row by row. Unit: pure number.
    Errors: OperatorArgumentError if x is a group or g is none.

    Examples
    --------
    >>> import numpy as np
    >>> from workbench.compute.evaluate import on_arrays
    >>> groups = np.array([[0, 0, 1, 1, 1, -1]], dtype=np.int32)
    >>> on_arrays("group_scale(x, g)", x=[[3, 1, 1, np.nan, -1, -2]], g=groups)
    array([[ 0.75,  0.25,  0.5 ,   nan, -0.5 ,   nan]])
    """


@grouped()
def group_sum(x: Number, g: Group) -> Number:
    """Sum of the group, at each of its valid assets.

    Formula: sum of x over the valid assets of the group.
    Shape: (T, N), (T, N) groups → (T, N), row by row. Unit: that of x.
    Errors: OperatorArgumentError if x is a group or g is none.

    Examples
    --------
    >>> import numpy as np
    >>> from workbench.compute.evaluate import on_arrays
    >>> groups = np.array([[0, 0, 1, 1, 1, -1]], dtype=np.int32)
    >>> on_arrays("group_sum(x, g)", x=[[3, 1, 1, np.nan, 7, -2]], g=groups)
    array([[ 4.,  4.,  8., nan,  8., nan]])
    """


@grouped()
def group_mean(x: Number, g: Group) -> Number:
    """Mean of the group, at each of its valid assets.

    Formula: sum of x / number of x over the valid assets of the group.
    Shape: (T, N), (T, N) groups → (T, N), row by row. Unit: that of x.
    Errors: OperatorArgumentError if x is a group or g is none.

    Examples
    --------
    >>> import numpy as np
    >>> from workbench.compute.evaluate import on_arrays
    >>> groups = np.array([[0, 0, 1, 1, 1, -1]], dtype=np.int32)
    >>> on_arrays("group_mean(x, g)", x=[[3, 1, 1, np.nan, 7, -2]], g=groups)
    array([[ 2.,  2.,  4., nan,  4., nan]])
    """


@grouped()
def group_median(x: Number, g: Group) -> Number:
    """Median of the group, at each of its valid assets.

    Formula: middle of the sorted x of the group, or the mean of the two in the middle.
    Shape: (T, N), (T, N) groups → (T, N), row by row. Unit: that of x.
    Errors: OperatorArgumentError if x is a group or g is none.

    Examples
    --------
    >>> import numpy as np
    >>> from workbench.compute.evaluate import on_arrays
    >>> groups = np.array([[0, 0, 1, 1, 1, -1]], dtype=np.int32)
    >>> on_arrays("group_median(x, g)", x=[[3, 1, 1, 2, 7, -2]], g=groups)
    array([[ 2.,  2.,  2.,  2.,  2., nan]])
    """


@grouped()
def group_max(x: Number, g: Group) -> Number:
    """Largest value of the group, at each of its valid assets.

    Formula: max of x over the valid assets of the group.
    Shape: (T, N), (T, N) groups → (T, N), row by row. Unit: that of x.
    Errors: OperatorArgumentError if x is a group or g is none.

    Examples
    --------
    >>> import numpy as np
    >>> from workbench.compute.evaluate import on_arrays
    >>> groups = np.array([[0, 0, 1, 1, 1, -1]], dtype=np.int32)
    >>> on_arrays("group_max(x, g)", x=[[3, 1, 1, np.nan, 7, -2]], g=groups)
    array([[ 3.,  3.,  7., nan,  7., nan]])
    """


@grouped()
def group_min(x: Number, g: Group) -> Number:
    """Smallest value of the group, at each of its valid assets.

    Formula: min of x over the valid assets of the group.
    Shape: (T, N), (T, N) groups → (T, N), row by row. Unit: that of x.
    Errors: OperatorArgumentError if x is a group or g is none.

    Examples
    --------
    >>> import numpy as np
    >>> from workbench.compute.evaluate import on_arrays
    >>> groups = np.array([[0, 0, 1, 1, 1, -1]], dtype=np.int32)
    >>> on_arrays("group_min(x, g)", x=[[3, 1, 1, np.nan, 7, -2]], g=groups)
    array([[ 1.,  1.,  1., nan,  1., nan]])
    """


@grouped()
def group_count(x: Number, g: Group) -> Number:
    """Number of valid assets of the group, at each of them.

    Formula: number of x over the valid assets of the group.
    Shape: (T, N), (T, N) groups → (T, N), row by row. Unit: assets.
    Errors: OperatorArgumentError if x is a group or g is none.

    Examples
    --------
    >>> import numpy as np
    >>> from workbench.compute.evaluate import on_arrays
    >>> groups = np.array([[0, 0, 1, 1, 1, -1]], dtype=np.int32)
    >>> on_arrays("group_count(x, g)", x=[[3, 1, 1, np.nan, 7, -2]], g=groups)
    array([[ 2.,  2.,  2., nan,  2., nan]])
    """


@grouped(nan_rule=VALID_ONLY + " A group of one is NaN.")
def group_std(x: Number, g: Group) -> Number:
    """Standard deviation of the group, at each of its valid assets.

    Formula: sqrt(sum of (x - mean)² / (n - 1)) over the valid assets of the group; equal values
    give 0. Shape: (T, N), (T, N) groups → (T, N), row by row. Unit: that of x.
    Errors: OperatorArgumentError if x is a group or g is none.

    Examples
    --------
    >>> import numpy as np
    >>> from workbench.compute.evaluate import on_arrays
    >>> groups = np.array([[0, 0, 0, 1, -1]], dtype=np.int32)
    >>> on_arrays("group_std(x, g)", x=[[1, 2, 3, 5, 5]], g=groups)
    array([[ 1.,  1.,  1., nan, nan]])
    """


@grouped(
    lookback=lambda d: d - 1,
    nan_rule="NaN where x is NaN and the group has no value in the window, without group, outside "
    "the mask, or where the window begins before the data.",
)
def group_backfill(x: Number, g: Group, d: Window) -> Number:
    """Fill missing values with the group's mean of the last d sessions, its tails cut.

    Formula: x where there is one; else the mean of min(max(v, m - 4 s), m + 4 s) over all values v
    of the last d sessions (each inside the mask of its session) of the assets that are in the group
    now; m and s are the mean and the standard deviation (n - 1) of the same v, and a single v is
    taken as it is. Shape: (T, N), (T, N) groups → (T, N). Unit: that of x.
    Errors: OperatorArgumentError if x is a group, g is none or d is not in 1..756.

    Examples
    --------
    >>> import numpy as np
    >>> from workbench.compute.evaluate import on_arrays
    >>> x, groups = [[1, 5, 2], [np.nan, 3, np.nan]], np.array([[0, 0, -1]], dtype=np.int32)
    >>> on_arrays("group_backfill(x, g, 2)", x=x, g=groups)
    array([[nan, nan, nan],
           [ 3.,  3., nan]])
    """


@grouped(
    nan_rule="NaN where either code is missing, outside the mask, or the pair has no code up to "
    "2^20 (both codes below 1024 always have one).",
    source='Szudzik (2006), "An Elegant Pairing Function", NKS 2006.',
    codes=True,
)
def group_cartesian(g: Group, h: Group) -> Group:
    """Group of all assets that share both groups, such as industry and size basket.

    Formula: g² + g + h if g >= h, else g + h²: one whole number for each pair, the same in every
    session. Shape: twice (T, N) groups → (T, N), row by row. Unit: code, a whole number.
    Errors: OperatorArgumentError if g or h is no group.

    Examples
    --------
    >>> import numpy as np
    >>> from workbench.compute.evaluate import on_arrays
    >>> groups = np.array([[0, 0, 1, 1, -1]], dtype=np.int32)
    >>> on_arrays("group_cartesian(g, bucket(x, 2))", x=[[1, 7, 2, 8, 9]], g=groups)
    array([[ 1.,  4.,  3.,  5., nan]])
    """
