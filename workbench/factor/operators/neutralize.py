"""Operators across assets that regress: each session by itself, over its valid assets.

A regressor z is a number or a group; a group (a classification field, or whole codes such as
``bucket(cap, 5)``) stands for one dummy variable a level. An asset is valid in a session when it
belongs to the estimation mask and every operand is there; the others get NaN and change nothing
for the rest. The order of assets does not matter. Shape (T, N) → (T, N), row by row; no history is
needed.

A regression has an intercept unless a group is among its regressors (the dummies of a group add up
to one). A session is NaN when it has fewer than p + 10 valid assets, p = number of independent
columns, or when a number is redundant: when what the columns before it leave of it is no larger
than 1e-10 of it (root of the weighted sum of squares), whatever its unit. Dummies of a second and
further group are redundant by nature and counted as far as they are not; together they may have 50
levels in a session, else it is NaN: let the finest group come first.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from workbench.factor.operator import Axis, Count, Kind, Number, Regressor, choice, operator

if TYPE_CHECKING:
    from workbench.factor.parameter import Literal
    from workbench.factor.term import Term

__all__ = [
    "cs_corr",
    "cs_regression",
    "regression_neut",
    "vector_neut",
    "weighted_regression_neut",
]

FRISCH = "Frisch and Waugh (1933), Econometrica 1; Lovell (1963), JASA 58."
BRAIN = "WorldQuant BRAIN, operator reference, cross-sectional operators."
REGRESSED = (
    "NaN where an operand is missing or outside the mask; such assets do not count. A session with "
    "fewer than p + 10 assets or with a redundant number is NaN."
)

Out = choice("resid", "fitted", "rsquare", "beta", "tstat")
Method = choice("pearson", "spearman")


def _asked(operands: Sequence[Term], literals: Sequence[Literal]) -> str:
    """Say what is wrong with the regressor asked for."""
    out, which = str(literals[0]), int(literals[1])
    groups = [place for place, term in enumerate(operands) if term.kind is Kind.GROUP]
    if which >= len(operands):
        return f"`which` is 0 to {len(operands) - 1} (the regressors given), got {which}."
    if out not in ("beta", "tstat"):
        return ""
    if which in groups:
        return f"regressor {which} is a group, which has no single {out}; ask for a number."
    return "" if which or not groups else "with a group among the regressors is no intercept."


neutral = partial(operator, axis=Axis.SECTION, lookback=lambda *literals: 0)


@neutral(
    nan_rule="NaN where x or z is NaN or outside the mask; such assets do not count. A session in "
    "which z is 0 everywhere is NaN.",
    source=BRAIN,
)
def vector_neut(x: Number, z: Number) -> Number:
    """Part of x that is orthogonal to z in each session.

    Formula: x - (x·z / z·z) z over the valid assets, without intercept.
    Shape: (T, N), (T, N) → (T, N), row by row. Unit: that of x.
    Errors: OperatorArgumentError if x or z is a group.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("vector_neut(x, z)", x=[[3, 1, nan]], z=[[1, 1, 5]])
    array([[ 1., -1., nan]])
    """


@neutral(nan_rule=REGRESSED, source=FRISCH)
def regression_neut(x: Number, *z: Regressor) -> Number:
    """What a regression on all z leaves of x in each session.

    Formula: residual of x = a + b1 z1 + … by least squares; with groups among the z the intercept
    a gives way to one dummy a level. Take size as its logarithm.
    Shape: (T, N) each → (T, N), row by row. Unit: that of x.
    Errors: OperatorArgumentError if x is a group or more than 8 operands are given.

    Examples
    --------
    >>> import numpy as np
    >>> from workbench.compute.evaluate import on_arrays
    >>> z = np.arange(12.0)[None]
    >>> x = 5 + 2 * z + np.tile([1.0, -1.0, -1.0, 1.0], 3)
    >>> on_arrays("regression_neut(x, z)", x=x, z=z).round(6)
    array([[ 1., -1., -1.,  1.,  1., -1., -1.,  1.,  1., -1., -1.,  1.]])
    """


@neutral(
    nan_rule=REGRESSED + " An asset whose weight is not positive does not count.",
    source=FRISCH,
)
def weighted_regression_neut(x: Number, w: Number, *z: Regressor) -> Number:
    """What a weighted regression on all z leaves of x in each session.

    Formula: residual x - a - b1 z1 - …, where a, b minimise sum of w · residual²; with groups among
    the z the intercept a gives way to one dummy a level.
    Shape: (T, N) each → (T, N), row by row. Unit: that of x.
    Errors: OperatorArgumentError if x or w is a group or more than 8 operands are given.

    Examples
    --------
    >>> import numpy as np
    >>> from workbench.compute.evaluate import on_arrays
    >>> z = np.arange(12.0)[None]
    >>> x, w = 5 + 2 * z, 1 + z
    >>> on_arrays("weighted_regression_neut(x, w, z)", x=x, w=w, z=z).round(6) + 0.0
    array([[0., 0., 0., 0., 0., 0., 0., 0., 0., 0., 0., 0.]])
    """


@neutral(
    nan_rule=REGRESSED
    + " rsquare and tstat are NaN where y, or what is left of it, has no spread.",
    source="Fama and MacBeth (1973), Journal of Political Economy 81; " + FRISCH,
    fits=_asked,
)
def cs_regression(y: Number, *x: Regressor, out: Out = "resid", which: Count = 1) -> Number:
    """Regress y on all x in each session; the residual, or what the regression says.

    Formula: y = a + b1 x1 + … by least squares, dummies for groups as in regression_neut; out is
    resid, fitted, rsquare (about the mean), or beta or tstat of the regressor number `which` (0:
    the intercept), which must be a number, not a group; a session's number stands at each of its
    valid assets. Shape: (T, N) each → (T, N), row by row. Unit: that of y, y/x, or pure number.
    Errors: OperatorArgumentError if y is a group, `out` another word, or `which` no number of x.

    Examples
    --------
    >>> import numpy as np
    >>> from workbench.compute.evaluate import on_arrays
    >>> x = np.arange(12.0)[None]
    >>> on_arrays("cs_regression(y, x, out=beta)", y=5 + 2 * x, x=x).round(6)
    array([[2., 2., 2., 2., 2., 2., 2., 2., 2., 2., 2., 2.]])
    """


@neutral(
    nan_rule="NaN where x or y is NaN or outside the mask; such assets do not count. A session "
    "with fewer than 10 pairs, or without spread in x or y, is NaN.",
    source="Grinold and Kahn (2000), Active Portfolio Management, 2nd edition, chapter 6.",
)
def cs_corr(x: Number, y: Number, method: Method = "pearson") -> Number:
    """Correlation of x and y across the assets of each session, at each valid asset.

    Formula: Pearson's r over the pairs, within [-1, 1]; method=spearman: of their average ranks.
    Shape: (T, N), (T, N) → (T, N), row by row. Unit: pure number.
    Errors: OperatorArgumentError if x or y is a group or `method` another word.

    Examples
    --------
    >>> import numpy as np
    >>> from workbench.compute.evaluate import on_arrays
    >>> x = np.arange(10.0)[None]
    >>> on_arrays("cs_corr(x, y, method=spearman)", x=x, y=-(x**3))
    array([[-1., -1., -1., -1., -1., -1., -1., -1., -1., -1.]])
    """
