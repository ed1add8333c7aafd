"""The slow truth of the operators within groups: one row at a time, one group at a time.

A cell takes part when its number is there, its mask is set and it has a group. ``GROUP`` at the
end is the table that the rest of the package reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from workbench.arrays import AnyPanel, BoolPanel, FloatPanel
from workbench.compute.oracle.cross_section import (
    HIGHEST_CODE,
    average_ranks,
    group_codes,
    valid_cells,
    zscore,
)
from workbench.compute.oracle.missing import finite

__all__ = [
    "GROUP",
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


def _each_group(
    function: Callable[[FloatPanel], FloatPanel | float],
    x: FloatPanel,
    group: AnyPanel,
    mask: BoolPanel | None,
) -> FloatPanel:
    """Apply a function to the values of each group of each row; NaN elsewhere."""
    codes = group_codes(group, x.shape)
    result = np.full(x.shape, np.nan)
    valid = valid_cells(mask, x) & (codes >= 0)
    for row, out, code, here in zip(x, result, codes, valid, strict=True):
        for one in np.unique(code[here]):
            members = here & (code == one)
            with np.errstate(all="ignore"):
                out[members] = function(row[members])
    return finite(result)


def group_neutralize(
    x: FloatPanel,
    g: AnyPanel,
    parent: AnyPanel,
    min_group: int = 8,
    *,
    mask: BoolPanel | None = None,
) -> FloatPanel:
    """Subtract the mean of the group, of the parent if it has too few members, or of the row.

    Examples
    --------
    >>> g, parent = np.array([[0, 0, 1, 2, 2]]), np.array([[0, 0, 1, 1, 1]])
    >>> group_neutralize(np.array([[3.0, 1.0, 6.0, 1.0, 2.0]]), g, parent, 2)
    array([[ 1. , -1. ,  3. , -0.5,  0.5]])
    """
    own, above = group_codes(g, x.shape), group_codes(parent, x.shape)
    result = np.full(x.shape, np.nan)
    rows = zip(x, result, own, above, valid_cells(mask, x), strict=True)
    for row, out, code, wider, here in rows:
        for column in np.flatnonzero(here & (code >= 0)):
            peers = here & (code == code[column])
            if peers.sum() < min_group:
                peers = here & (wider == wider[column]) & (wider >= 0)
            if peers.sum() < min_group:
                peers = here
            with np.errstate(all="ignore"):
                out[column] = row[column] - row[peers].mean()
    return finite(result)


def group_rank(x: FloatPanel, g: AnyPanel, *, mask: BoolPanel | None = None) -> FloatPanel:
    """Average rank within the group ÷ its valid members.

    Examples
    --------
    >>> group_rank(np.array([[3.0, 1.0, 1.0]]), np.array([[0, 0, 1]]))
    array([[1. , 0.5, 1. ]])
    """
    return _each_group(lambda members: average_ranks(members) / len(members), x, g, mask)


def group_zscore(x: FloatPanel, g: AnyPanel, *, mask: BoolPanel | None = None) -> FloatPanel:
    """Distance from the group's mean in its sample standard deviations.

    Examples
    --------
    >>> group_zscore(np.array([[1.0, 2.0, 3.0, 5.0]]), np.array([[0, 0, 0, 1]]))
    array([[-1.,  0.,  1., nan]])
    """
    return _each_group(lambda members: zscore(members[None])[0], x, g, mask)


def group_scale(x: FloatPanel, g: AnyPanel, *, mask: BoolPanel | None = None) -> FloatPanel:
    """Scale each group to Σ|x| = 1.

    Examples
    --------
    >>> group_scale(np.array([[3.0, 1.0, -2.0]]), np.array([[0, 0, 1]]))
    array([[ 0.75,  0.25, -1.  ]])
    """
    return _each_group(lambda members: members / np.abs(members).sum(), x, g, mask)


def group_sum(x: FloatPanel, g: AnyPanel, *, mask: BoolPanel | None = None) -> FloatPanel:
    """Sum of the group.

    Examples
    --------
    >>> group_sum(np.array([[3.0, 1.0, -2.0]]), np.array([[0, 0, 1]]))
    array([[ 4.,  4., -2.]])
    """
    return _each_group(np.sum, x, g, mask)


def group_mean(x: FloatPanel, g: AnyPanel, *, mask: BoolPanel | None = None) -> FloatPanel:
    """Mean of the group.

    Examples
    --------
    >>> group_mean(np.array([[3.0, 1.0, -2.0]]), np.array([[0, 0, 1]]))
    array([[ 2.,  2., -2.]])
    """
    return _each_group(lambda members: members.sum() / len(members), x, g, mask)


def group_median(x: FloatPanel, g: AnyPanel, *, mask: BoolPanel | None = None) -> FloatPanel:
    """Median of the group, the mean of the two middle values of an even number.

    Examples
    --------
    >>> group_median(np.array([[3.0, 1.0, 9.0, 4.0]]), np.array([[0, 0, 0, 1]]))
    array([[3., 3., 3., 4.]])
    """
    return _each_group(np.median, x, g, mask)


def group_max(x: FloatPanel, g: AnyPanel, *, mask: BoolPanel | None = None) -> FloatPanel:
    """Largest value of the group.

    Examples
    --------
    >>> group_max(np.array([[3.0, 1.0, -2.0]]), np.array([[0, 0, 1]]))
    array([[ 3.,  3., -2.]])
    """
    return _each_group(np.max, x, g, mask)


def group_min(x: FloatPanel, g: AnyPanel, *, mask: BoolPanel | None = None) -> FloatPanel:
    """Smallest value of the group.

    Examples
    --------
    >>> group_min(np.array([[3.0, 1.0, -2.0]]), np.array([[0, 0, 1]]))
    array([[ 1.,  1., -2.]])
    """
    return _each_group(np.min, x, g, mask)


def group_count(x: FloatPanel, g: AnyPanel, *, mask: BoolPanel | None = None) -> FloatPanel:
    """Valid members of the group.

    Examples
    --------
    >>> group_count(np.array([[3.0, 1.0, np.nan]]), np.array([[0, 0, 0]]))
    array([[ 2.,  2., nan]])
    """
    return _each_group(len, x, g, mask)


def group_std(x: FloatPanel, g: AnyPanel, *, mask: BoolPanel | None = None) -> FloatPanel:
    """Sample standard deviation of the group; exactly 0 for equal values, NaN for a single one.

    Examples
    --------
    >>> group_std(np.array([[1.0, 2.0, 3.0, 5.0]]), np.array([[0, 0, 0, 1]]))
    array([[ 1.,  1.,  1., nan]])
    """

    def deviation(members: FloatPanel) -> float:
        if len(members) < 2:
            return np.nan
        return 0.0 if (members == members[0]).all() else members.std(ddof=1)

    return _each_group(deviation, x, g, mask)


def group_backfill(
    x: FloatPanel, g: AnyPanel, d: int, *, mask: BoolPanel | None = None
) -> FloatPanel:
    """Fill NaN with the mean of the group's values of d sessions, clipped at 4 deviations.

    Examples
    --------
    >>> x = np.array([[1.0, 5.0, 2.0], [np.nan, 3.0, np.nan]])
    >>> group_backfill(x, np.array([[0, 0, -1]]), 2)
    array([[nan, nan, nan],
           [ 3.,  3., nan]])
    """
    codes = group_codes(g, x.shape)
    here = np.ones(x.shape, dtype=bool) if mask is None else np.asarray(mask, dtype=bool)
    seen = np.where(here, x, np.nan)
    result = np.full(x.shape, np.nan)
    for t in range(d - 1, len(x)):
        inside = here[t] & (codes[t] >= 0)
        result[t, inside] = x[t, inside]
        for column in np.flatnonzero(inside & np.isnan(x[t])):
            past = seen[t - d + 1 : t + 1, inside & (codes[t] == codes[t, column])]
            result[t, column] = _clipped_mean(past[~np.isnan(past)])
    return finite(result)


def _clipped_mean(values: FloatPanel) -> float:
    """Mean after clipping at mean ± 4 sample standard deviations."""
    if len(values) < 2:
        return values[0] if len(values) else np.nan
    with np.errstate(all="ignore"):
        reach = 4.0 * values.std(ddof=1)
        return np.clip(values, values.mean() - reach, values.mean() + reach).mean()


def group_cartesian(g: AnyPanel, h: AnyPanel, *, mask: BoolPanel | None = None) -> FloatPanel:
    """One code for each pair: g² + g + h if g >= h, else g + h².

    Examples
    --------
    >>> group_cartesian(np.array([[0, 0, 1, 1, -1]]), np.array([[0, 1, 0, 1, 1]]))
    array([[ 0.,  1.,  2.,  3., nan]])
    """
    shape = np.broadcast_shapes(np.shape(g), np.shape(h), (1, 1) if mask is None else mask.shape)
    first, second = (group_codes(codes, shape).astype(np.float64) for codes in (g, h))
    pair = np.where(first >= second, first * first + first + second, first + second * second)
    known = (first >= 0) & (second >= 0) & (pair <= HIGHEST_CODE)
    return np.where(known if mask is None else known & mask, pair, np.nan)


GROUP: Mapping[str, Callable[..., FloatPanel]] = MappingProxyType(
    {
        function.__name__: function
        for function in (
            group_neutralize,
            group_rank,
            group_zscore,
            group_scale,
            group_sum,
            group_mean,
            group_median,
            group_max,
            group_min,
            group_count,
            group_std,
            group_backfill,
            group_cartesian,
        )
    }
)
