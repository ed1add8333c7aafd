"""Windows along time: deviations, shapes, and how two series move together.

Moments are taken about the mean of their own window, so a high level does not drown them and a
value that has left the window has left the result. Windows as in `time_series`; of two series a
session counts where both have a value.
"""

from __future__ import annotations

from workbench.factor.operator import Count, Literal, Number, Window
from workbench.factor.operators.windows import (
    BRAIN,
    FLAT,
    QLIB,
    SHAPE,
    STRICT,
    DeltaLag,
    Freedom,
    PairWindow,
    Power,
    QuadWindow,
    Sessions,
    TripleWindow,
    history,
    policy,
    windowed,
)

__all__ = [
    "correlation",
    "covariance",
    "kurt",
    "mad",
    "skew",
    "stddev",
    "ts_autocorr",
    "ts_moment",
    "ts_partial_corr",
    "ts_zscore",
    "variance",
]


def _order(window: Literal, k: Literal, *rest: Literal) -> str:
    return policy(window, k, *rest) if k in (2, 3, 4) else f"k is 2, 3 or 4, got {k}."


def _lagged(window: int, lag: int, *rest: Literal) -> int:
    return history(window, *rest) + lag


@windowed(nan_rule=STRICT + " A constant window gives exactly 0.")
def variance(
    x: Number,
    window: PairWindow,
    ddof: Freedom = 1,
    min_periods: Count = 0,
    sessions: Sessions = "calendar",
) -> Number:
    """Variance over the window.

    Formula: sum of (x - mean)^2 / (d - ddof). Shape: (T, N) → (T, N). Unit: the square of that of
    x. Errors: OperatorArgumentError unless window is in 2..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("variance(x, 3)", x=[3, 1, 4, 1, 5])
    array([       nan,        nan, 2.33333333, 3.        , 4.33333333])
    """


@windowed(nan_rule=STRICT + " A constant window gives exactly 0.")
def stddev(
    x: Number,
    window: PairWindow,
    ddof: Freedom = 1,
    min_periods: Count = 0,
    sessions: Sessions = "calendar",
) -> Number:
    """Standard deviation over the window.

    Formula: sqrt(sum of (x - mean)^2 / (d - ddof)). Shape: (T, N) → (T, N). Unit: that of x.
    GTJA's STD and TA-Lib divide by d: ddof=0. Errors: OperatorArgumentError unless window is in
    2..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("stddev(x, 3)", x=[3, 1, 4, 1, 5])
    array([       nan,        nan, 1.52752523, 1.73205081, 2.081666  ])
    """


@windowed(nan_rule=STRICT + FLAT, source=SHAPE)
def skew(
    x: Number, window: TripleWindow, min_periods: Count = 0, sessions: Sessions = "calendar"
) -> Number:
    """Skewness over the window, bias-corrected.

    Formula: n sqrt(n-1) / (n-2) * M3 / M2^1.5 with Mk the sum of (x - mean)^k. Shape: (T, N) → (T,
    N). Unit: pure number. Needs three values. Errors: OperatorArgumentError unless window is in
    3..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("skew(x, 4)", x=[3, 1, 4, 1, 5])
    array([       nan,        nan,        nan, 0.37037037, 0.19973522])
    """


@windowed(nan_rule=STRICT + FLAT, source=SHAPE)
def kurt(
    x: Number, window: QuadWindow, min_periods: Count = 0, sessions: Sessions = "calendar"
) -> Number:
    """Excess kurtosis over the window, bias-corrected.

    Formula: (n-1) / ((n-2)(n-3)) * ((n+1) n M4 / M2^2 - 3 (n-1)) with Mk the sum of (x - mean)^k.
    Shape: (T, N) → (T, N). Unit: pure number. Needs four values; 0 for a normal law.
    Errors: OperatorArgumentError unless window is in 4..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("kurt(x, 5)", x=[3, 1, 4, 1, 5])
    array([        nan,         nan,         nan,         nan, -2.32421875])
    """


@windowed(source=SHAPE, validate=_order)
def ts_moment(
    x: Number,
    window: PairWindow,
    k: Power = 2,
    min_periods: Count = 0,
    sessions: Sessions = "calendar",
) -> Number:
    """Central moment of order k (2, 3 or 4) over the window.

    Formula: sum of (x - mean)^k / n. Shape: (T, N) → (T, N). Unit: the k-th power of that of x.
    Errors: OperatorArgumentError unless window is in 2..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ts_moment(x, 4, 3)", x=[3, 1, 4, 1, 5])
    array([    nan,     nan,     nan, 0.46875, 0.65625])
    """


@windowed(source=BRAIN)
def ts_zscore(
    x: Number, window: PairWindow, min_periods: Count = 0, sessions: Sessions = "calendar"
) -> Number:
    """Distance of today from the window's mean in standard deviations.

    Formula: (x - ts_mean(x, d)) / stddev(x, d). Shape: (T, N) → (T, N). Unit: standard deviations.
    A constant window is NaN. Errors: OperatorArgumentError unless window is in 2..756;
    LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ts_zscore(x, 4)", x=[3, 1, 4, 1, 5])
    array([        nan,         nan,         nan, -0.83333333,  1.09141031])
    """


@windowed(source=QLIB)
def mad(
    x: Number, window: Window, min_periods: Count = 0, sessions: Sessions = "calendar"
) -> Number:
    """Mean absolute deviation from the mean over the window.

    Formula: mean of |x - mean|. Shape: (T, N) → (T, N). Unit: that of x. The median of deviations
    from the median is `medad`. Errors: OperatorArgumentError unless window is in 1..756;
    LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("mad(x, 4)", x=[3, 1, 4, 1, 5])
    array([ nan,  nan,  nan, 1.25, 1.75])
    """


@windowed(nan_rule=STRICT + FLAT)
def correlation(
    x: Number,
    y: Number,
    window: PairWindow,
    min_periods: Count = 0,
    sessions: Sessions = "calendar",
) -> Number:
    """Pearson correlation of two series over the window.

    Formula: sum of (x-mx)(y-my) / sqrt(sum of (x-mx)^2 * sum of (y-my)^2). Shape: (T, N), (T, N) →
    (T, N). Unit: pure number. Within 8 n roundings of -1 or 1 it is exactly that, so a window of 2
    gives only -1, 1 or NaN. Errors: OperatorArgumentError unless window is in 2..756;
    LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("correlation(x, y, 4)", x=[3, 1, 4, 1, 5], y=[2, 7, 1, 8, 2])
    array([        nan,         nan,         nan, -0.9807966 , -0.94383897])
    """


@windowed()
def covariance(
    x: Number,
    y: Number,
    window: PairWindow,
    ddof: Freedom = 1,
    min_periods: Count = 0,
    sessions: Sessions = "calendar",
) -> Number:
    """Covariance of two series over the window.

    Formula: sum of (x - mx)(y - my) / (d - ddof). Shape: (T, N), (T, N) → (T, N). Unit: the
    product of the units. GTJA divides by d: ddof=0. Errors: OperatorArgumentError unless window is
    in 2..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("covariance(x, y, 4)", x=[3, 1, 4, 1, 5], y=[2, 7, 1, 8, 2])
    array([        nan,         nan,         nan, -5.16666667, -6.83333333])
    """


@windowed(nan_rule=STRICT + FLAT, source=BRAIN)
def ts_partial_corr(
    x: Number,
    y: Number,
    z: Number,
    window: TripleWindow,
    min_periods: Count = 0,
    sessions: Sessions = "calendar",
) -> Number:
    """Correlation of x and y over the window with z held fixed.

    Formula: (r_xy - r_xz r_yz) / sqrt((1 - r_xz^2)(1 - r_yz^2)). Shape: three of (T, N) → (T, N).
    Unit: pure number. NaN where z explains x or y fully. Errors: OperatorArgumentError unless
    window is in 3..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays(
    ...     "ts_partial_corr(x, y, z, 5)", x=[3, 1, 4, 1, 5], y=[2, 7, 1, 8, 2], z=[1, 0, 2, 2, 5]
    ... )
    array([       nan,        nan,        nan,        nan, -0.9868002])
    """


@windowed(lookback=_lagged, nan_rule=STRICT + FLAT, source=SHAPE)
def ts_autocorr(
    x: Number,
    window: PairWindow,
    lag: DeltaLag = 1,
    min_periods: Count = 0,
    sessions: Sessions = "calendar",
) -> Number:
    """Correlation of a series with its own past over the window.

    Formula: correlation(x, delay(x, lag), d): d pairs, so d + lag sessions are read. Shape: (T, N)
    → (T, N). Unit: pure number. Errors: OperatorArgumentError unless window is in 2..756;
    LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ts_autocorr(x, 3)", x=[3, 1, 4, 1, 5])
    array([        nan,         nan,         nan, -0.94491118, -0.97072534])
    """
