"""Operators across assets that ask where an asset stands: tails cut, ranks bent, baskets, leaders.

All of them order the valid assets of a session (inside the mask, not NaN) or take quantiles of
them; the others get NaN and change nothing for the rest. Where a tie has to be broken, the asset
that stands first in the market's fixed order of instruments comes first; nowhere else does the
order of assets matter. Shape (T, N) → (T, N), row by row; no history is needed.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated

from workbench.factor.operator import (
    Axis,
    Group,
    Number,
    Real,
    Role,
    Truth,
    choice,
    operator,
)

__all__ = [
    "bottom",
    "bucket",
    "csrank_qlib",
    "gauss_rank",
    "top",
    "winsorize_mad",
    "winsorize_quantile",
    "winsorize_sigma",
]

VALID_ONLY = "NaN where x is NaN or outside the mask; such assets do not count."
HYNDMAN = 'Hyndman and Fan (1996), "Sample Quantiles in Statistical Packages", type 7.'
WICHURA = 'Wichura (1988), "Algorithm AS 241", Applied Statistics 37; ranks as in Hazen (1914).'
BASKETS = "Fama and French (1993), Journal of Financial Economics 33, portfolios sorted on x."

Baskets = Annotated[int, Role("count", 2)]
Names = Annotated[int, Role("count", 1)]
Ties = choice("together", "stable")

distribution = partial(operator, axis=Axis.SECTION, lookback=lambda *literals: 0)


def _shares(lo: float, hi: float) -> str:
    return "" if 0 <= lo <= hi <= 1 else f"0 <= lo <= hi <= 1 is due, got {lo:g} and {hi:g}."


def _multiple(k: float) -> str:
    return "" if k > 0 else f"`k` is a positive number of deviations, got {k:g}."


@distribution(nan_rule=VALID_ONLY, source=HYNDMAN, validate=_shares)
def winsorize_quantile(x: Number, lo: Real = 0.01, hi: Real = 0.99) -> Number:
    """Cut the tails: values beyond two quantiles of the session take the quantile.

    Formula: min(max(x, Q(lo)), Q(hi)); Q interpolates linearly between the sorted valid values at
    position (n - 1) q. Nothing is dropped. Shape: (T, N) → (T, N), row by row. Unit: that of x.
    Errors: OperatorArgumentError if x is a group, or unless 0 <= lo <= hi <= 1.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("winsorize_quantile(x, 0.2, 0.8)", x=[[3, 1, 1, nan, 7, -2]])
    array([[3. , 1. , 1. , nan, 3.8, 0.4]])
    """


@distribution(
    nan_rule=VALID_ONLY + " A session whose MAD is 0 is left as it is.",
    source='Rousseeuw and Croux (1993), "Alternatives to the Median Absolute Deviation".',
    validate=_multiple,
)
def winsorize_mad(x: Number, k: Real = 3.0) -> Number:
    """Cut the tails at the median plus and minus k robust standard deviations.

    Formula: x clipped to median ± k · 1.4826 · MAD, MAD = median of |x - median|; with MAD = 0 x
    itself. Nothing is dropped. Shape: (T, N) → (T, N), row by row. Unit: that of x.
    Errors: OperatorArgumentError if x is a group or k is not positive.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("winsorize_mad(x, 1)", x=[[3, 1, 1, nan, 7, -2]])
    array([[ 3.    ,  1.    ,  1.    ,     nan,  3.9652, -1.9652]])
    """


@distribution(
    nan_rule=VALID_ONLY + " A session without spread is left as it is.",
    source="Grinold and Kahn (2000), Active Portfolio Management, 2nd edition, chapter 14.",
    validate=_multiple,
)
def winsorize_sigma(x: Number, k: Real = 3.0) -> Number:
    """Cut the tails at the mean plus and minus k standard deviations, in one pass.

    Formula: x clipped to mean ± k · s, s with n - 1 in the denominator; the moments are those of
    the values before the cut. Nothing is dropped. Shape: (T, N) → (T, N), row by row. Unit: that
    of x. Errors: OperatorArgumentError if x is a group or k is not positive.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("winsorize_sigma(x, 0.5)", x=[[0, 2, 4, nan]])
    array([[ 1.,  2.,  3., nan]])
    """


@distribution(nan_rule=VALID_ONLY, source=WICHURA)
def gauss_rank(x: Number) -> Number:
    """Rank of the session, bent to a standard normal distribution.

    Formula: Φ⁻¹((r - ½) / n), r = average rank (1 = smallest), n = valid assets.
    Shape: (T, N) → (T, N), row by row. Unit: standard deviations.
    Errors: OperatorArgumentError if x is a group.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("gauss_rank(x)", x=[[3, 1, 1, nan, 7, -2]]).round(6)
    array([[ 0.524401, -0.253347, -0.253347,       nan,  1.281552, -1.281552]])
    """


@distribution(nan_rule=VALID_ONLY, source="Qlib, qlib/data/dataset/processor.py, CSRankNorm.")
def csrank_qlib(x: Number) -> Number:
    """Rank of the session, centred and stretched to unit variance, as Qlib does.

    Formula: (r / n - 0.5) · 3.46, r = average rank (1 = smallest), n = valid assets: uniform on
    (-1.73, 1.73], not normal. Shape: (T, N) → (T, N), row by row. Unit: standard deviations.
    Errors: OperatorArgumentError if x is a group.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("csrank_qlib(x)", x=[[3, 1, 1, nan, 7, -2]])
    array([[ 1.038,  0.   ,  0.   ,    nan,  1.73 , -1.038]])
    """


@distribution(
    nan_rule=VALID_ONLY + " A session with fewer than q valid assets is NaN.",
    source=BASKETS,
    codes=True,
)
def bucket(x: Number, q: Baskets, ties: Ties = "together") -> Group:
    """Basket of the session, 1 (smallest x) to q: a number, and a group for other operators.

    Formula: ⌊(r - ½) / n · q⌋ + 1, r = average rank (equal values stay together, baskets may
    differ in size); ties=stable: r = place in sorted order, equal values by instrument (sizes
    differ by one at most). Shape: (T, N) → (T, N), row by row. Unit: code, a whole number.
    Errors: OperatorArgumentError if x is a group, q < 2 or `ties` is another word.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("bucket(x, 2)", x=[[3, 1, 1, nan, 7, -2]])
    array([[ 2.,  1.,  1., nan,  2.,  1.]])
    """


@distribution(nan_rule=VALID_ONLY, source="WorldQuant BRAIN, operator reference; pandas nlargest.")
def top(x: Number, k: Names) -> Truth:
    """Whether the asset is one of the k largest of the session.

    Formula: 1 for the k largest valid x, else 0; of equal values at the border the first in the
    order of instruments are in, so that exactly k are (all, when fewer than k are valid).
    Shape: (T, N) → (T, N), row by row. Unit: truth.
    Errors: OperatorArgumentError if x is a group or k < 1.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("top(x, 3)", x=[[3, 1, 1, nan, 7, -2]])
    array([[ 1.,  1.,  0., nan,  1.,  0.]])
    """


@distribution(nan_rule=VALID_ONLY, source="WorldQuant BRAIN, operator reference; pandas nsmallest.")
def bottom(x: Number, k: Names) -> Truth:
    """Whether the asset is one of the k smallest of the session.

    Formula: 1 for the k smallest valid x, else 0; of equal values at the border the first in the
    order of instruments are in, so that exactly k are (all, when fewer than k are valid).
    Shape: (T, N) → (T, N), row by row. Unit: truth.
    Errors: OperatorArgumentError if x is a group or k < 1.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("bottom(x, 2)", x=[[3, 1, 1, nan, 7, -2]])
    array([[ 0.,  1.,  0., nan,  0.,  1.]])
    """
