"""Windows along time: sums, extremes and where they stood, counts.

Each asset is computed by itself, over its own past. A window of d sessions at t holds the values
of t-d+1 … t, oldest first; a suspended session keeps its place in it. Windows are strict: one NaN
in the window makes the result NaN, unless `min_periods` says how many values are enough; then NaN
is left out, at the start of the data too. With ``sessions=traded`` the window holds the last d
sessions with a value, within 2 d sessions. The value at t depends on its window alone, never on
where the data began. Shape (T, N) → (T, N), column by column. Windows and lags are whole numbers
written out, at most 756; the text may print the paper's fractional windows (8.93345), which are
cut to whole sessions as the paper says.
"""

from __future__ import annotations

from workbench.factor.operator import Count, Number, Truth, Window
from workbench.factor.operators.windows import BRAIN, GTJA, Sessions, windowed

__all__ = [
    "days_since_max",
    "days_since_min",
    "sumif",
    "ts_argmax",
    "ts_argmin",
    "ts_count",
    "ts_max",
    "ts_maxdd",
    "ts_mean",
    "ts_min",
    "ts_minmax",
    "ts_product",
    "ts_sum",
]


@windowed(aliases=("sum",))
def ts_sum(
    x: Number, window: Window, min_periods: Count = 0, sessions: Sessions = "calendar"
) -> Number:
    """Sum over the window.

    Formula: x[t-d+1] + … + x[t]. Shape: (T, N) → (T, N). Unit: that of x.
    Errors: OperatorArgumentError unless window is in 1..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ts_sum(x, 3)", x=[3, 1, 4, 1, 5])
    array([nan, nan,  8.,  6., 10.])
    """


@windowed(aliases=("mean",))
def ts_mean(
    x: Number, window: Window, min_periods: Count = 0, sessions: Sessions = "calendar"
) -> Number:
    """Mean over the window.

    Formula: (x[t-d+1] + … + x[t]) / d, or over the values there are. Shape: (T, N) → (T, N).
    Unit: that of x. Errors: OperatorArgumentError unless window is in 1..756; LookAheadError if it
    is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ts_mean(x, 3)", x=[3, 1, 4, 1, 5])
    array([       nan,        nan, 2.66666667, 2.        , 3.33333333])
    """


@windowed(aliases=("product",))
def ts_product(
    x: Number, window: Window, min_periods: Count = 0, sessions: Sessions = "calendar"
) -> Number:
    """Product over the window.

    Formula: x[t-d+1] * … * x[t]. Shape: (T, N) → (T, N). Unit: a power of that of x.
    Errors: OperatorArgumentError unless window is in 1..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ts_product(x, 3)", x=[3, 1, 4, 1, 5])
    array([nan, nan, 12.,  4., 20.])
    """


@windowed()
def ts_min(
    x: Number, window: Window, min_periods: Count = 0, sessions: Sessions = "calendar"
) -> Number:
    """Smallest value of the window.

    Formula: min(x[t-d+1], …, x[t]). Shape: (T, N) → (T, N). Unit: that of x. The paper's ``min(x,
    d)`` with a whole number d is this operator. Errors: OperatorArgumentError unless window is in
    1..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ts_min(x, 3)", x=[3, 1, 4, 1, 5])
    array([nan, nan,  1.,  1.,  1.])
    """


@windowed()
def ts_max(
    x: Number, window: Window, min_periods: Count = 0, sessions: Sessions = "calendar"
) -> Number:
    """Largest value of the window.

    Formula: max(x[t-d+1], …, x[t]). Shape: (T, N) → (T, N). Unit: that of x. The paper's ``max(x,
    d)`` with a whole number d is this operator. Errors: OperatorArgumentError unless window is in
    1..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ts_max(x, 3)", x=[3, 1, 4, 1, 5])
    array([nan, nan,  4.,  4.,  5.])
    """


@windowed()
def ts_argmax(
    x: Number, window: Window, min_periods: Count = 0, sessions: Sessions = "calendar"
) -> Number:
    """Place of the first largest value in the window, 1 for the oldest session.

    Formula: the least k in 1..d with x[t-d+k] = ts_max(x, d)[t]. Shape: (T, N) → (T, N).
    Unit: sessions. With min_periods, counted from the oldest value there is. BRAIN and GTJA's
    HIGHDAY count back from today: `days_since_max`. Errors: OperatorArgumentError unless window is
    in 1..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ts_argmax(x, 4)", x=[3, 1, 4, 1, 5])
    array([nan, nan, nan,  3.,  4.])
    """


@windowed()
def ts_argmin(
    x: Number, window: Window, min_periods: Count = 0, sessions: Sessions = "calendar"
) -> Number:
    """Place of the first smallest value in the window, 1 for the oldest session.

    Formula: the least k in 1..d with x[t-d+k] = ts_min(x, d)[t]. Shape: (T, N) → (T, N).
    Unit: sessions. With min_periods, counted from the oldest value there is. BRAIN and GTJA's
    LOWDAY count back from today: `days_since_min`. Errors: OperatorArgumentError unless window is
    in 1..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ts_argmin(x, 4)", x=[3, 1, 4, 1, 5])
    array([nan, nan, nan,  2.,  1.])
    """


@windowed(source=BRAIN)
def days_since_max(
    x: Number, window: Window, min_periods: Count = 0, sessions: Sessions = "calendar"
) -> Number:
    """Sessions since the first largest value of the window; 0 is today.

    Formula: d - ts_argmax(x, d). Shape: (T, N) → (T, N). Unit: sessions. Of equal values the
    oldest counts, as in `ts_argmax`. Errors: OperatorArgumentError unless window is in 1..756;
    LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("days_since_max(x, 4)", x=[3, 1, 4, 1, 5])
    array([nan, nan, nan,  1.,  0.])
    """


@windowed(source=BRAIN)
def days_since_min(
    x: Number, window: Window, min_periods: Count = 0, sessions: Sessions = "calendar"
) -> Number:
    """Sessions since the first smallest value of the window; 0 is today.

    Formula: d - ts_argmin(x, d). Shape: (T, N) → (T, N). Unit: sessions. Of equal values the
    oldest counts, as in `ts_argmin`. Errors: OperatorArgumentError unless window is in 1..756;
    LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("days_since_min(x, 4)", x=[3, 1, 4, 1, 5])
    array([nan, nan, nan,  2.,  3.])
    """


@windowed(source=BRAIN)
def ts_minmax(
    x: Number, window: Window, min_periods: Count = 0, sessions: Sessions = "calendar"
) -> Number:
    """Place of today between the extremes of the window, 0 for the smallest.

    Formula: (x - ts_min(x, d)) / (ts_max(x, d) - ts_min(x, d)). Shape: (T, N) → (T, N).
    Unit: fraction. A window without range is NaN. Errors: OperatorArgumentError unless window is
    in 1..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ts_minmax(x, 4)", x=[3, 1, 4, 1, 5])
    array([nan, nan, nan,  0.,  1.])
    """


@windowed(source=GTJA)
def ts_count(condition: Truth, window: Window) -> Number:
    """Sessions of the window on which the condition holds.

    Formula: sum of 1 where condition, 0 where not. Shape: (T, N) → (T, N). Unit: sessions. A
    condition that is unknown (NaN) makes the count unknown. Errors: OperatorArgumentError unless
    window is in 1..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ts_count(x > 2, 3)", x=[3, 1, 4, 1, 5])
    array([nan, nan,  2.,  1.,  2.])
    """


@windowed(
    source=GTJA,
    nan_rule="NaN if the condition is unknown, or x is while it holds, anywhere in the window.",
)
def sumif(x: Number, condition: Truth, window: Window) -> Number:
    """Sum over the sessions of the window on which the condition holds.

    Formula: sum of x where condition, 0 where not. Shape: (T, N) → (T, N). Unit: that of x. x need
    not be known where the condition is false. Errors: OperatorArgumentError unless window is in
    1..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("sumif(x, x > 2, 3)", x=[3, 1, 4, 1, 5])
    array([nan, nan,  7.,  4.,  9.])
    """


@windowed(source="Magdon-Ismail et al. (2004), Journal of Applied Probability 41.")
def ts_maxdd(
    x: Number, window: Window, min_periods: Count = 0, sessions: Sessions = "calendar"
) -> Number:
    """Largest loss from an earlier value of the window to a later one.

    Formula: max over i <= j of 1 - x[j] / x[i]. Shape: (T, N) → (T, N). Unit: fraction of the
    earlier value. Defined for prices: a window with a value of 0 or less is NaN.
    Errors: OperatorArgumentError unless window is in 1..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ts_maxdd(x, 4)", x=[3, 1, 4, 1, 5])
    array([ nan,  nan,  nan, 0.75, 0.75])
    """
