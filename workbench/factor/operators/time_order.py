"""Operators of order along time: ranks, quantiles and counts of one asset's own past.

A window of d sessions at t holds the values of t-d+1 … t, oldest first; a suspended session keeps
its place in it. Windows are strict unless `min_periods` says otherwise: with `min_periods=m` NaN is
passed over, windows cut short at the start count too, and there is a result where m values are.
`sessions=traded` takes the last d sessions with a value instead, no further back than 2 d sessions;
it needs all d and excludes `min_periods`. Only the order of equal or unequal values matters here,
so a result is the same in every bit wherever the data began. Shape (T, N) → (T, N).
"""

from __future__ import annotations

from typing import Annotated

from workbench.factor.operator import Count, Number, Real, Role, Window, choice
from workbench.factor.operators.windows import (
    STRICT,
    PairWindow,
    Sessions,
    policy,
    windowed,
)

__all__ = ["medad", "ts_entropy", "ts_median", "ts_quantile", "ts_rank", "ts_spearman"]

HYNDMAN = 'Hyndman and Fan (1996), "Sample Quantiles in Statistical Packages", definition 7.'

Form = choice("share", "unit")
Bins = Annotated[int, Role("count", 2)]


def improper(window: int, q: float, *rest: int | float | str) -> str:
    """Say what is wrong with a quantile, if anything."""
    return policy(window, q, *rest) if 0.0 <= q <= 1.0 else f"`q` must lie in 0..1, got {q:g}."


@windowed(nan_rule=STRICT + " NaN too where x is, and for a single value with form=unit.")
def ts_rank(
    x: Number,
    window: Window,
    form: Form = "share",
    min_periods: Count = 0,
    sessions: Sessions = "calendar",
) -> Number:
    """Rank of the newest value within its window, as a share in (0, 1].

    Formula: r / n, with r the average rank of x[t] among the n values of the window, 1 = smallest;
    with form=unit (r - 1) / (n - 1), which runs from 0 to 1. Ties share their average rank.
    Shape: (T, N) → (T, N). Unit: fraction. BRAIN's ts_rank is form=unit.
    Errors: OperatorArgumentError unless window is in 1..756, or if min_periods exceeds it;
    LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ts_rank(x, 4)", x=[3, 1, 4, 1, 5])
    array([  nan,   nan,   nan, 0.375, 1.   ])
    """


@windowed(source=HYNDMAN)
def ts_median(
    x: Number, window: Window, min_periods: Count = 0, sessions: Sessions = "calendar"
) -> Number:
    """Median of the window.

    Formula: the middle value of the sorted window; of an even number, the mean of the middle two.
    Shape: (T, N) → (T, N). Unit: that of x.
    Errors: OperatorArgumentError unless window is in 1..756, or if min_periods exceeds it;
    LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ts_median(x, 4)", x=[3, 1, 4, 1, 5])
    array([nan, nan, nan, 2. , 2.5])
    """


@windowed(source=HYNDMAN, validate=improper)
def ts_quantile(
    x: Number,
    window: Window,
    q: Real,
    min_periods: Count = 0,
    sessions: Sessions = "calendar",
) -> Number:
    """Quantile of the window, interpolated linearly.

    Formula: s[k] + (h - k) (s[k+1] - s[k]) with s the n sorted values, counted from 0,
    h = (n - 1) q and k = floor(h). Shape: (T, N) → (T, N). Unit: that of x.
    Errors: OperatorArgumentError unless window is in 1..756 and q in 0..1, or if min_periods
    exceeds the window; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ts_quantile(x, 4, 0.8)", x=[3, 1, 4, 1, 5])
    array([nan, nan, nan, 3.4, 4.4])
    """


@windowed(source='Hampel (1974), "The Influence Curve", JASA 69, 383-393.')
def medad(
    x: Number, window: Window, min_periods: Count = 0, sessions: Sessions = "calendar"
) -> Number:
    """Median absolute deviation from the median of the window.

    Formula: median of |x - median(window)| over the window. Shape: (T, N) → (T, N).
    Unit: that of x. No factor 1.4826 is applied. `mad` is the mean deviation from the mean.
    Errors: OperatorArgumentError unless window is in 1..756, or if min_periods exceeds it;
    LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("medad(x, 4)", x=[3, 1, 4, 1, 5])
    array([nan, nan, nan, 1. , 1.5])
    """


@windowed(
    source='Spearman (1904), "The Proof and Measurement of Association", Am. J. Psychol. 15.',
    nan_rule=STRICT + " NaN too where all values of either series are equal.",
)
def ts_spearman(x: Number, y: Number, window: PairWindow) -> Number:
    """Rank correlation of two series over the window.

    Formula: Pearson correlation of the average ranks of x and of y within the window.
    Shape: (T, N), (T, N) → (T, N). Unit: pure number.
    Errors: OperatorArgumentError unless window is in 2..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ts_spearman(x, y, 4)", x=[3, 1, 4, 1, 5], y=[2, 7, 1, 8, 2])
    array([        nan,         nan,         nan, -0.9486833 , -0.73786479])
    """


@windowed(
    source='Shannon (1948), "A Mathematical Theory of Communication", of a histogram.',
    nan_rule=STRICT + " A window of one value has entropy 0; NaN where the range overflows.",
)
def ts_entropy(x: Number, window: Window, bins: Bins = 10) -> Number:
    """Entropy of the window's values in bins of equal width.

    Formula: -sum of p ln p over the bins, p the share of the window in a bin. The bins divide the
    range from the window's least to its greatest value: x is in bin
    floor((x - least) * (bins / (greatest - least))), the greatest value in the last one.
    Shape: (T, N) → (T, N). Unit: nats, from 0 to ln(bins).
    Errors: OperatorArgumentError unless window is in 1..756 and bins in 2..756;
    LookAheadError if the window is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ts_entropy(x, 4, bins=2)", x=[3, 1, 4, 1, 5])
    array([       nan,        nan,        nan, 0.69314718, 0.69314718])
    """
