"""The slow truth of the regressions across assets, one session at a time by `numpy.linalg`.

A design matrix has a column of ones, or, where a regressor is a group (integer codes), a dummy for
every level of every group instead; then one column for each number. Sessions without answer (too
few assets, a redundant number) stay NaN. ``NEUTRALIZE`` at the end is the table that the rest of
the package reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from workbench.arrays import AnyPanel, BoolPanel, FloatPanel
from workbench.compute.oracle.cross_section import average_ranks, group_codes, valid_cells
from workbench.compute.oracle.missing import NEGLIGIBLE, finite

__all__ = [
    "NEUTRALIZE",
    "cs_corr",
    "cs_regression",
    "regression_neut",
    "vector_neut",
    "weighted_regression_neut",
]

REDUNDANT = 1e-10
"""A number of which the columns before it leave no larger share tells nothing of its own."""

SPARE_NAMES = 10
"""Assets that a regression needs beyond its columns."""

MOST_DUMMIES = 50
"""Levels of the second and further groups together, at most."""

LEAST_PAIRS = 10
"""Pairs that a correlation needs."""


def vector_neut(x: FloatPanel, z: FloatPanel, *, mask: BoolPanel | None = None) -> FloatPanel:
    """Subtract the projection on z: x - (x·z / z·z) z.

    Examples
    --------
    >>> vector_neut(np.array([[3.0, 1.0, np.nan]]), np.array([[1.0, 1.0, 5.0]]))
    array([[ 1., -1., nan]])
    """
    valid = valid_cells(mask, x, z)
    with np.errstate(all="ignore"):
        along, square = (
            np.where(valid, product, 0.0).sum(axis=1, keepdims=True) for product in (x * z, z * z)
        )
        return finite(np.where(valid, x - along / square * z, np.nan))


def _dummies(codes: FloatPanel) -> FloatPanel:
    """One column a level."""
    return (codes[:, None] == np.unique(codes)[None, :]).astype(np.float64)


def _base(groups: Sequence[AnyPanel]) -> FloatPanel | None:
    """All dummies of a session, or None when the second and further groups have too many levels."""
    blocks = [_dummies(codes) for codes in groups]
    if sum(block.shape[1] for block in blocks[1:]) > MOST_DUMMIES:
        return None
    return np.hstack(blocks)


def _rest(base: FloatPanel, column: FloatPanel) -> float:
    """Length of what the columns of `base` leave of another, as a share of it."""
    length = np.linalg.norm(column)
    if not length > 0:
        return 0.0
    size = np.linalg.norm(base, axis=0)
    scaled = base / np.where(size > 0, size, 1.0)
    left = column / length
    for _ in range(2):  # once more, because the first fit rounds
        left = left - scaled @ np.linalg.lstsq(scaled, left, rcond=REDUNDANT)[0]
    return float(np.linalg.norm(left))


def _design(
    numbers: Sequence[FloatPanel], groups: Sequence[AnyPanel], root: FloatPanel
) -> tuple[FloatPanel, int] | None:
    """Weighted columns of one session, numbers last, and how many are independent."""
    base = _base(groups) if groups else np.ones((len(root), 1))
    if base is None:
        return None
    design = base * root[:, None]
    count = int(np.linalg.matrix_rank(base)) + len(numbers)
    if len(root) < count + SPARE_NAMES:
        return None
    for number in numbers:
        column = number * root
        if _rest(design, column) <= REDUNDANT:
            return None
        design = np.hstack([design, column[:, None]])
    return design, count


def _inverse(design: FloatPanel) -> FloatPanel:
    """Pseudo-inverse by way of columns of equal length."""
    size = np.linalg.norm(design, axis=0)
    return np.linalg.pinv(design / size, rcond=REDUNDANT) / size[:, None]


def _regress(
    y: FloatPanel,
    w: FloatPanel | None,
    z: Sequence[AnyPanel],
    mask: BoolPanel | None,
    answer: Callable[..., FloatPanel | float],
) -> FloatPanel:
    """Fill the valid cells of each session with what `answer(y, design, columns, root)` says."""
    numbers = [one for one in z if one.dtype.kind == "f"]
    groups = [group_codes(one, y.shape) for one in z if one.dtype.kind != "f"]
    weights = np.ones_like(y) if w is None else w
    valid = valid_cells(mask, y, weights, *numbers) & (weights > 0)
    valid &= np.all([codes >= 0 for codes in groups] or [valid], axis=0)
    result = np.full(y.shape, np.nan)
    for t, here in enumerate(valid):
        root = np.sqrt(weights[t, here])
        with np.errstate(all="ignore"):
            found = here.any() and _design(
                [one[t, here] for one in numbers], [one[t, here] for one in groups], root
            )
            if found:
                result[t, here] = answer(y[t, here], *found, root)
    return finite(result)


def _residual(y: FloatPanel, design: FloatPanel, count: int, root: FloatPanel) -> FloatPanel:
    left = y * root
    for _ in range(2):
        left = left - design @ (_inverse(design) @ left)
    return left / root


def regression_neut(x: FloatPanel, *z: AnyPanel, mask: BoolPanel | None = None) -> FloatPanel:
    """Residual of x on all z (groups: integer codes) and an intercept.

    Examples
    --------
    >>> z = np.arange(12.0)[None]
    >>> regression_neut(3 * z + 1, z).round(6) + 0.0
    array([[0., 0., 0., 0., 0., 0., 0., 0., 0., 0., 0., 0.]])
    """
    return _regress(x, None, z, mask, _residual)


def weighted_regression_neut(
    x: FloatPanel, w: FloatPanel, *z: AnyPanel, mask: BoolPanel | None = None
) -> FloatPanel:
    """Residual x - fit, where the fit minimises Σ w · residual²; w <= 0 takes no part.

    Examples
    --------
    >>> z = np.arange(12.0)[None]
    >>> weighted_regression_neut(3 * z + 1, z + 1, z).round(6) + 0.0
    array([[0., 0., 0., 0., 0., 0., 0., 0., 0., 0., 0., 0.]])
    """
    return _regress(x, w, z, mask, _residual)


def cs_regression(
    y: FloatPanel,
    *x: AnyPanel,
    mask: BoolPanel | None = None,
) -> FloatPanel:
    """Residual, fit, R², or coefficient and t-statistic of one regressor; see the declaration.

    Parameters
    ----------
    y
        What is explained, (T, N).
    *x
        Regressors, then the two literals `out` and `which`.
    mask
        Cells that take part, (T, N).

    Examples
    --------
    >>> x = np.arange(12.0)[None]
    >>> cs_regression(3 * x + 1, x, "beta", 1).round(6)
    array([[3., 3., 3., 3., 3., 3., 3., 3., 3., 3., 3., 3.]])
    """
    *regressors, out, which = x
    answers = {"resid": _residual, "fitted": _fitted, "rsquare": _rsquare}
    answer = answers.get(str(out)) or _about(str(out), int(which), regressors)
    return _regress(y, None, regressors, mask, answer)


def _fitted(y: FloatPanel, design: FloatPanel, count: int, root: FloatPanel) -> FloatPanel:
    return y - _residual(y, design, count, root)


def _rsquare(y: FloatPanel, design: FloatPanel, count: int, root: FloatPanel) -> float:
    total = ((y - y.mean()) ** 2).sum()
    if total <= NEGLIGIBLE**2 * (y**2).sum() * len(y):
        return np.nan
    return 1.0 - (_residual(y, design, count, root) ** 2).sum() / total


def _about(out: str, which: int, regressors: Sequence[AnyPanel]) -> Callable[..., float]:
    """Return the answer for the coefficient or the t-statistic of one regressor."""
    kinds = [one.dtype.kind == "f" for one in regressors]
    if which:
        # Numbers stand last in the design, in order.
        column = -sum(kinds[which - 1 :]) if which <= len(kinds) and kinds[which - 1] else None
    else:
        column = 0 if all(kinds) else None

    def answer(y: FloatPanel, design: FloatPanel, count: int, root: FloatPanel) -> float:
        if column is None:
            return np.nan
        row = _inverse(design)[column]
        if out == "beta":
            return row @ y
        left = (_residual(y, design, count, root) ** 2).sum()
        if left <= NEGLIGIBLE**2 * (y**2).sum() * len(y):
            return np.nan
        return row @ y / np.sqrt(left / (len(y) - count) * (row @ row))

    return answer


def cs_corr(
    x: FloatPanel, y: FloatPanel, method: str = "pearson", *, mask: BoolPanel | None = None
) -> FloatPanel:
    """Pearson's r over the pairs of each row, or that of their average ranks.

    Examples
    --------
    >>> x = np.arange(10.0)[None]
    >>> cs_corr(x, -(x**3), "spearman")
    array([[-1., -1., -1., -1., -1., -1., -1., -1., -1., -1.]])
    """
    result = np.full(x.shape, np.nan)
    for a, b, out, here in zip(x, y, result, valid_cells(mask, x, y), strict=True):
        if here.sum() >= LEAST_PAIRS:
            pair = [a[here], b[here]]
            out[here] = _pearson(*(map(average_ranks, pair) if method == "spearman" else pair))
    return finite(result)


def _pearson(a: FloatPanel, b: FloatPanel) -> float:
    """Return the correlation, NaN where a side has no spread."""
    with np.errstate(all="ignore"):
        da, db = a - a.mean(), b - b.mean()
        for values, deviations in ((a, da), (b, db)):
            if not (deviations**2).sum() > NEGLIGIBLE**2 * (values**2).sum() * len(values):
                return np.nan
        return np.clip((da * db).sum() / np.sqrt((da**2).sum() * (db**2).sum()), -1.0, 1.0)


NEUTRALIZE: Mapping[str, Callable[..., FloatPanel]] = MappingProxyType(
    {
        function.__name__: function
        for function in (
            vector_neut,
            regression_neut,
            weighted_regression_neut,
            cs_regression,
            cs_corr,
        )
    }
)
