"""Operators of path along time: lags, changes, the last known value, memory of what came before.

A window of d sessions at t holds the values of t-d+1 … t, oldest first. Windows that begin before
the data give NaN, so that a value never depends on where loading began. What remembers an earlier
state (`hump`, `trade_when`) begins anew at the start of a window of `warmup` sessions: memory is
finite and declared. `ts_cumsum` and `ts_cumprod` count from a session written in the formula.
Shape (T, N) → (T, N), column by column.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated

from workbench.factor.operator import Axis, Date, Lag, Number, Real, Role, Window, operator
from workbench.factor.operators.windows import (
    BRAIN,
    GTJA,
    PAPER,
    DeltaLag,
    PairWindow,
    Positive,
    history,
)

__all__ = [
    "days_from_last_change",
    "delay",
    "delta",
    "hump",
    "kth_element",
    "last_diff_value",
    "log_ret",
    "pct_change",
    "trade_when",
    "ts_backfill",
    "ts_cumprod",
    "ts_cumsum",
    "ts_hurst",
]

WHOLE = "NaN where the window begins before the data. "

HurstWindow = Annotated[int, Role("window", 12)]


def beyond(window: int, k: int) -> str:
    """Say what is wrong with a place in a window, if anything."""
    return "" if k <= window else f"`k` must not exceed the window of {window}, got {k}."


def backward(h: float, *_: int) -> str:
    """Say what is wrong with a threshold, if anything."""
    return "" if h >= 0 else f"`h` is a size and cannot be negative, got {h:g}."


lagged = partial(operator, axis=Axis.TIME, lookback=lambda lag: lag, source=PAPER)
windowed = partial(operator, axis=Axis.TIME, lookback=history, source=BRAIN)
anchored = partial(operator, axis=Axis.TIME, lookback=lambda anchor: 0, source=GTJA)


@lagged(nan_rule="NaN where the value `lag` sessions ago is NaN or before the data.")
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


@lagged(nan_rule="NaN where either end is NaN; values between the ends do not matter.")
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


@lagged(nan_rule="NaN where either end is NaN or the older one is not above 0.")
def pct_change(x: Number, lag: DeltaLag) -> Number:
    """Relative change over `lag` sessions.

    Formula: x[t] / x[t - lag] - 1. Shape: (T, N) → (T, N). Unit: fraction, 0.01 is one percent.
    Of a base at or below 0 the sign would say nothing; write x / delay(x, lag) - 1 if it does.
    Errors: OperatorArgumentError unless lag is in 1..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("pct_change(x, 2)", x=[4, 0, 5, 1, 6])
    array([ nan,  nan, 0.25,  nan, 0.2 ])
    """


@lagged(nan_rule="NaN where either end is NaN or not above 0.")
def log_ret(x: Number, lag: DeltaLag) -> Number:
    """Logarithmic return over `lag` sessions.

    Formula: ln(x[t] / x[t - lag]). Shape: (T, N) → (T, N). Unit: pure number.
    Errors: OperatorArgumentError unless lag is in 1..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("log_ret(x, 2)", x=[4, 0, 5, 1, 6])
    array([       nan,        nan, 0.22314355,        nan, 0.18232156])
    """


@windowed(
    source='Di Matteo, Aste and Dacorogna (2005), "Long-term memories of developed and emerging '
    'markets", J. Banking & Finance 29, with q = 2.',
    nan_rule="strict: NaN if any value of the window is NaN or the window begins before the data. "
    "NaN too where x never changes over one of the lags.",
)
def ts_hurst(x: Number, window: HurstWindow) -> Number:
    """Generalised Hurst exponent of the window: 0.5 for a random walk, above 0.5 for a trend.

    Formula: slope of 0.5 ln K(l) on ln l by least squares, l = 1 … min(19, d // 4), with K(l) the
    mean of (x[s] - x[s - l])^2 over the d - l pairs of the window. x is a level: log(close), not
    returns. Shape: (T, N) → (T, N). Unit: pure number.
    Errors: OperatorArgumentError unless window is in 12..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ts_hurst(x, 12)", x=[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])[-1:]
    array([1.])
    """


@windowed(nan_rule=WHOLE + "NaN where no value of the window is there.")
def ts_backfill(x: Number, window: Window) -> Number:
    """Last known value, no older than the window.

    Formula: x[s], s the last session of t-d+1 … t where x is not NaN. Shape: (T, N) → (T, N).
    Unit: that of x.
    Errors: OperatorArgumentError unless window is in 1..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ts_backfill(x, 2)", x=[3, 1, nan, nan, 5])
    array([nan,  1.,  1., nan,  5.])
    """


@windowed(nan_rule=WHOLE + "NaN where the window holds fewer than k values.", validate=beyond)
def kth_element(x: Number, window: Window, k: Positive) -> Number:
    """The k-th last known value of the window; k = 1 is the newest.

    Formula: the k-th value that is not NaN, from t back to t-d+1. Shape: (T, N) → (T, N).
    Unit: that of x. kth_element(x, d, 1) is ts_backfill(x, d).
    Errors: OperatorArgumentError unless window is in 1..756 and k in 1..window;
    LookAheadError if the window is negative.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("kth_element(x, 3, 2)", x=[3, 1, 4, nan, 5])
    array([nan, nan,  1.,  1.,  4.])
    """


@windowed(nan_rule=WHOLE + "NaN where x is NaN or has no other value in the window.")
def last_diff_value(x: Number, window: PairWindow) -> Number:
    """Last value of the window that differs from today's.

    Formula: x[s], s the last session of t-d+1 … t-1 with x[s] != x[t] and not NaN.
    Shape: (T, N) → (T, N). Unit: that of x.
    Errors: OperatorArgumentError unless window is in 2..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("last_diff_value(x, 3)", x=[3, 1, 1, 1, 5])
    array([nan, nan,  3., nan,  1.])
    """


@windowed(nan_rule=WHOLE + "NaN where x is NaN or has no other value in the window.")
def days_from_last_change(x: Number, window: PairWindow) -> Number:
    """Sessions since x took the value it has, 0 if it changed today.

    Formula: t - s, s the first session with the value x[t] after the last session of the window
    with another one; NaN between them is passed over. Shape: (T, N) → (T, N). Unit: sessions.
    Errors: OperatorArgumentError unless window is in 2..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("days_from_last_change(x, 3)", x=[3, 1, 1, 1, 5])
    array([nan, nan,  1., nan,  0.])
    """


@windowed(
    lookback=lambda h, warmup: warmup - 1,
    validate=backward,
    nan_rule=WHOLE + "NaN where x is NaN; the level is kept meanwhile.",
)
def hump(x: Number, h: Real, warmup: Window = 252) -> Number:
    """Level that follows x by steps of h, and only where x has moved away by more than h.

    Formula: y = the first value of the window; then, session by session, y + h if x > y + h,
    y - h if x < y - h, else y. Begun anew for every t, `warmup` sessions back: a move that long ago
    is forgotten. Shape: (T, N) → (T, N). Unit: that of x, and so is h. BRAIN's limit is h times the
    sum of |x| over assets: hump(scale(x), h).
    Errors: OperatorArgumentError if h is negative or warmup not in 1..756.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("hump(x, 1, warmup=3)", x=[3, 3.5, 5, 6, 6])
    array([nan, nan, 4. , 5.5, 5. ])
    """


@windowed(
    nan_rule=WHOLE + "A condition that is NaN does not hold. A NaN of x is taken over like any "
    "value; NaN where no trigger since the last leave lies in the window.",
)
def trade_when(trigger: Number, x: Number, leave: Number, warmup: Window = 252) -> Number:
    """Take the value of x when the trigger holds, keep it until the other condition holds.

    Formula: y = NaN where leave > 0, else x where trigger > 0, else y of the session before. A
    trigger more than `warmup` sessions ago is forgotten. Shape: three (T, N) → (T, N).
    Unit: that of x. -1 in the third place never holds.
    Errors: OperatorArgumentError unless warmup is in 1..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("trade_when(x > 3, x, x < 2, warmup=2)", x=[3, 4, 3, 3, 1])
    array([nan,  4.,  4., nan, nan])
    """


@anchored(nan_rule="NaN before the anchor and where x is NaN; the sum is kept meanwhile.")
def ts_cumsum(x: Number, anchor: Date) -> Number:
    """Sum since a given session.

    Formula: sum of x[s] for s = anchor … t, NaN passed over. The anchor is a date written 20150105
    (the first session on or after it), or below 10000 the number of a row of plain arrays. The
    look-back is all the way to the anchor. Shape: (T, N) → (T, N). Unit: that of x.
    Errors: OperatorArgumentError if the anchor is no date; PlanError if there are no dates.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ts_cumsum(x, 1)", x=[3, 1, 4, nan, 5])
    array([nan,  1.,  5., nan, 10.])
    """


@anchored(nan_rule="NaN before the anchor and where x is NaN; the product is kept meanwhile.")
def ts_cumprod(x: Number, anchor: Date) -> Number:
    """Product since a given session.

    Formula: product of x[s] for s = anchor … t, NaN passed over. The anchor is a date written
    20150105 (the first session on or after it), or below 10000 the number of a row of plain arrays.
    The look-back is all the way to the anchor. Shape: (T, N) → (T, N). Unit: that of the product.
    Errors: OperatorArgumentError if the anchor is no date; PlanError if there are no dates.

    Examples
    --------
    >>> from math import nan
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ts_cumprod(x, 1)", x=[3, 1, 4, nan, 5])
    array([nan,  1.,  4., nan, 20.])
    """
