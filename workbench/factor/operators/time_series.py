"""Time-series operators: each asset is computed by itself, over its own past.

A window of d sessions at t holds the values of t-d+1 … t, oldest first; a suspended session keeps
its place in it. Windows are strict: one NaN in the window makes the result NaN. The value at t
depends on its window alone, never on where the data began. Shape (T, N) → (T, N), column by
column. Windows and lags are whole numbers written out, at most 756; the text may print the
paper's fractional windows (8.93345), which are cut to whole sessions as the paper says.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated

from workbench.factor.operator import Axis, Lag, Number, Role, Window, operator

__all__ = [
    "correlation",
    "covariance",
    "decay_linear",
    "delay",
    "delta",
    "stddev",
    "ts_argmax",
    "ts_argmin",
    "ts_max",
    "ts_mean",
    "ts_min",
    "ts_rank",
    "ts_sum",
]

PAPER = 'Kakushadze (2016), "101 Formulaic Alphas", Wilmott 84, appendix A (arXiv:1601.00991).'
STRICT = "strict: NaN if any value of the window is NaN or the window begins before the data."

PairWindow = Annotated[int, Role("window", 2)]
DeltaLag = Annotated[int, Role("lag", 1)]

time_series = partial(operator, axis=Axis.TIME, nan_rule=STRICT, source=PAPER)
windowed = partial(time_series, lookback=lambda window: window - 1)


@operator(
    axis=Axis.TIME,
    lookback=lambda lag: lag,
    nan_rule="NaN where the value `lag` sessions ago is NaN or before the data.",
    source=PAPER,
)
def delay(x: Number, lag: Lag) -> Number:
    """Value `lag` sessions ago.

    Formula: x[t - lag]; lag 0 is x itself. Shape: (T, N) → (T, N). Unit: that of x.
    Errors: LookAheadError if lag is negative: the language has no future.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("delay(x, 2)", x=[3, 1, 4, 1, 5])
    array([nan, nan,  3.,  1.,  4.])
    """


@operator(
    axis=Axis.TIME,
    lookback=lambda lag: lag,
    nan_rule="NaN where either end is NaN; values between the ends do not matter.",
    source=PAPER,
)
def delta(x: Number, lag: DeltaLag) -> Number:
    """Change over `lag` sessions.

    Formula: x[t] - x[t - lag]. Shape: (T, N) → (T, N). Unit: that of x.
    Errors: OperatorArgumentError unless lag is in 1..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("delta(x, 2)", x=[3, 1, 4, 1, 5])
    array([nan, nan,  1.,  0.,  1.])
    """


@windowed(aliases=("sum",))
def ts_sum(x: Number, window: Window) -> Number:
    """Sum over the window.

    Formula: x[t-d+1] + … + x[t], added from the oldest. Shape: (T, N) → (T, N). Unit: that of x.
    Errors: OperatorArgumentError unless window is in 1..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ts_sum(x, 3)", x=[3, 1, 4, 1, 5])
    array([nan, nan,  8.,  6., 10.])
    """


@windowed(aliases=("mean",))
def ts_mean(x: Number, window: Window) -> Number:
    """Mean over the window.

    Formula: (x[t-d+1] + … + x[t]) / d. Shape: (T, N) → (T, N). Unit: that of x.
    Errors: OperatorArgumentError unless window is in 1..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ts_mean(x, 3)", x=[3, 1, 4, 1, 5])
    array([       nan,        nan, 2.66666667, 2.        , 3.33333333])
    """


@windowed(nan_rule=STRICT + " A constant window gives exactly 0.")
def stddev(x: Number, window: PairWindow) -> Number:
    """Sample standard deviation over the window.

    Formula: sqrt(sum of (x - mean)^2 / (d - 1)), two passes. Shape: (T, N) → (T, N).
    Unit: that of x. GTJA's STD and TA-Lib divide by d instead.
    Errors: OperatorArgumentError unless window is in 2..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("stddev(x, 3)", x=[3, 1, 4, 1, 5])
    array([       nan,        nan, 1.52752523, 1.73205081, 2.081666  ])
    """


@windowed()
def ts_min(x: Number, window: Window) -> Number:
    """Smallest value of the window.

    Formula: min(x[t-d+1], …, x[t]). Shape: (T, N) → (T, N). Unit: that of x.
    The paper's ``min(x, d)`` with a whole number d is this operator.
    Errors: OperatorArgumentError unless window is in 1..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ts_min(x, 3)", x=[3, 1, 4, 1, 5])
    array([nan, nan,  1.,  1.,  1.])
    """


@windowed()
def ts_max(x: Number, window: Window) -> Number:
    """Largest value of the window.

    Formula: max(x[t-d+1], …, x[t]). Shape: (T, N) → (T, N). Unit: that of x.
    The paper's ``max(x, d)`` with a whole number d is this operator.
    Errors: OperatorArgumentError unless window is in 1..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ts_max(x, 3)", x=[3, 1, 4, 1, 5])
    array([nan, nan,  4.,  4.,  5.])
    """


@windowed()
def ts_argmax(x: Number, window: Window) -> Number:
    """Place of the first largest value in the window, 1 for the oldest session.

    Formula: the least k in 1..d with x[t-d+k] = ts_max(x, d)[t]. Shape: (T, N) → (T, N).
    Unit: sessions. BRAIN and GTJA's HIGHDAY count back from today instead.
    Errors: OperatorArgumentError unless window is in 1..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ts_argmax(x, 4)", x=[3, 1, 4, 1, 5])
    array([nan, nan, nan,  3.,  4.])
    """


@windowed()
def ts_argmin(x: Number, window: Window) -> Number:
    """Place of the first smallest value in the window, 1 for the oldest session.

    Formula: the least k in 1..d with x[t-d+k] = ts_min(x, d)[t]. Shape: (T, N) → (T, N).
    Unit: sessions. BRAIN and GTJA's LOWDAY count back from today instead.
    Errors: OperatorArgumentError unless window is in 1..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ts_argmin(x, 4)", x=[3, 1, 4, 1, 5])
    array([nan, nan, nan,  2.,  1.])
    """


@windowed()
def ts_rank(x: Number, window: Window) -> Number:
    """Rank of the newest value within its window, as a share in (0, 1].

    Formula: (average rank of x[t] among x[t-d+1] … x[t], 1 = smallest) / d.
    Shape: (T, N) → (T, N). Unit: fraction. Ties share their average rank.
    Errors: OperatorArgumentError unless window is in 1..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ts_rank(x, 4)", x=[3, 1, 4, 1, 5])
    array([  nan,   nan,   nan, 0.375, 1.   ])
    """


@windowed()
def decay_linear(x: Number, window: Window) -> Number:
    """Mean over the window with weights rising linearly to the newest session.

    Formula: (1*x[t-d+1] + 2*x[t-d+2] + … + d*x[t]) / (d*(d+1)/2). Shape: (T, N) → (T, N).
    Unit: that of x. Ports that fill NaN with 0 pull the mean to 0; here the window is strict.
    Errors: OperatorArgumentError unless window is in 1..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("decay_linear(x, 3)", x=[3, 1, 4, 1, 5])
    array([       nan,        nan, 2.83333333, 2.        , 3.5       ])
    """


@windowed(
    nan_rule=STRICT + " NaN too where either series is constant, relative to its size: "
    "sum of (x - mean)^2 <= 1e-24 * d * sum of x^2."
)
def correlation(x: Number, y: Number, window: PairWindow) -> Number:
    """Pearson correlation of two series over the window.

    Formula: sum of (x-mx)(y-my) / sqrt(sum of (x-mx)^2 * sum of (y-my)^2), two passes.
    Within 8 d roundings of -1 or 1 it is exactly that, so a window of 2 gives only -1, 1 or NaN.
    Shape: (T, N), (T, N) → (T, N). Unit: pure number.
    Errors: OperatorArgumentError unless window is in 2..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("correlation(x, y, 4)", x=[3, 1, 4, 1, 5], y=[2, 7, 1, 8, 2])
    array([        nan,         nan,         nan, -0.9807966 , -0.94383897])
    """


@windowed()
def covariance(x: Number, y: Number, window: PairWindow) -> Number:
    """Sample covariance of two series over the window.

    Formula: sum of (x - mx)(y - my) / (d - 1), two passes. Shape: (T, N), (T, N) → (T, N).
    Unit: the product of the units. GTJA divides by d instead.
    Errors: OperatorArgumentError unless window is in 2..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("covariance(x, y, 4)", x=[3, 1, 4, 1, 5], y=[2, 7, 1, 8, 2])
    array([        nan,         nan,         nan, -5.16666667, -6.83333333])
    """
