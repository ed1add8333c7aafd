"""Windows along time whose sessions weigh differently: linear and exponential decay.

The exponential means of the literature have no end. Here their history is cut after the warm-up:
the least number K of sessions whose older history would weigh less than 1e-6 in all (span 10: 69,
20: 139, 60: 415). So they are windows like all others: the value at t depends on K sessions and
not on where the data began. `ewma` and its like say K themselves; `ewm_mean` and its like have it
written out, and are what `ewma` is planned as.
"""

from __future__ import annotations

from functools import partial

from workbench.factor.operator import Axis, Count, Literal, Number, Real, Window, operator
from workbench.factor.operators.warm_up import decay_of, warm_up
from workbench.factor.operators.windows import (
    BRAIN,
    GTJA,
    Flag,
    Positive,
    Sessions,
    policy,
    windowed,
)

__all__ = [
    "decay_exp",
    "decay_linear",
    "ewm_cov",
    "ewm_mean",
    "ewm_var",
    "ewma",
    "ewmcov",
    "ewmstd",
    "ewmvar",
    "scan_linear",
    "sma_cn",
    "wma_gtja",
]

RECURSIVE = (
    "NaN where x is NaN; earlier holes are skipped. NaN until the warm-up is over, or with "
    "min_periods until there are as many values."
)
PANDAS = "pandas' ewm, with its history cut; RiskMetrics Technical Document (1996), chapter 5."


def _factor(window: Literal, f: Literal, *rest: Literal) -> str:
    return policy(window, f, *rest) if 0.0 < float(f) <= 1.0 else f"f lies in (0, 1], got {f}."


def _one_given(
    span: Literal, halflife: Literal, alpha: Literal, com: Literal, *rest: Literal
) -> str:
    wrong = decay_of(span, halflife, alpha, com)[1]
    if wrong:
        return wrong
    return _together(*rest) if len(rest) == 3 else ""


def _together(adjust: Literal, ignore_na: Literal, *rest: Literal) -> str:
    if adjust or ignore_na:
        return ""
    return "adjust=0 is defined with ignore_na=1 only: a hole keeps the state as it is."


def _decay(window: Literal, decay: Literal, *rest: Literal) -> str:
    if not 0.0 <= float(decay) < 1.0:
        return f"decay lies in [0, 1), got {decay}."
    return _together(*rest) if len(rest) == 3 else ""


def _shares(n: Literal, m: Literal, *rest: Literal) -> str:
    return "" if float(m) <= float(n) else f"m must not exceed n, got m={m} and n={n}."


recursive = partial(operator, axis=Axis.TIME, nan_rule=RECURSIVE, source=PANDAS)
decayed = partial(
    recursive,
    lookback=lambda *given: warm_up(decay_of(*given[:4])[0]) - 1,
    validate=_one_given,
)
averaged = partial(
    recursive,
    lookback=lambda n, m, *rest: warm_up(1.0 - m / n) - 1,
    source=GTJA,
    validate=_shares,
)
exponential = partial(recursive, lookback=lambda window, *rest: window - 1, validate=_decay)


@windowed()
def decay_linear(
    x: Number, window: Window, min_periods: Count = 0, sessions: Sessions = "calendar"
) -> Number:
    """Mean over the window with weights rising linearly to the newest session.

    Formula: (1*x[t-d+1] + 2*x[t-d+2] + … + d*x[t]) / (d*(d+1)/2). Shape: (T, N) → (T, N).
    Unit: that of x. With min_periods, divided by the weights of the values there are. Ports that
    fill NaN with 0 pull the mean to 0. Errors: OperatorArgumentError unless window is in 1..756;
    LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("decay_linear(x, 3)", x=[3, 1, 4, 1, 5])
    array([       nan,        nan, 2.83333333, 2.        , 3.5       ])
    """


@windowed(source=BRAIN, validate=_factor)
def decay_exp(
    x: Number,
    window: Window,
    f: Real,
    min_periods: Count = 0,
    sessions: Sessions = "calendar",
) -> Number:
    """Mean over the window with weights f^age, the newest of age 0.

    Formula: sum of f^age x / sum of f^age, over the values there are. Shape: (T, N) → (T, N).
    Unit: that of x. Errors: OperatorArgumentError unless window is in 1..756; LookAheadError if it
    is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("decay_exp(x, 3, 0.5)", x=[3, 1, 4, 1, 5])
    array([       nan,        nan, 3.        , 1.85714286, 3.71428571])
    """


@windowed(source=GTJA)
def wma_gtja(
    x: Number, window: Window, min_periods: Count = 0, sessions: Sessions = "calendar"
) -> Number:
    """GTJA's WMA: mean over the window with weights 0.9^age.

    Formula: decay_exp(x, d, 0.9). Shape: (T, N) → (T, N). Unit: that of x.
    Errors: OperatorArgumentError unless window is in 1..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("wma_gtja(x, 3)", x=[3, 1, 4, 1, 5])
    array([       nan,        nan, 2.70479705, 1.99630996, 3.37269373])
    """


@decayed()
def ewma(
    x: Number,
    span: Real = 0.0,
    halflife: Real = 0.0,
    alpha: Real = 0.0,
    com: Real = 0.0,
    adjust: Flag = 1,
    ignore_na: Flag = 0,
    min_periods: Count = 0,
) -> Number:
    """Exponentially weighted mean; give exactly one of span, halflife, alpha and com.

    Formula: sum of b^age x / sum of b^age with b = 1 - 2/(span+1), 0.5^(1/halflife), 1 - alpha or
    com/(1+com); adjust=0: Y = b Y + (1-b) x. Shape: (T, N) → (T, N). Unit: that of x. ignore_na=1
    counts ages over values only, and goes with adjust=0. min_periods=0 is NaN until the warm-up is
    over; min_periods=1 shows the raw recursion. Errors: OperatorArgumentError unless exactly one
    is given, in range.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ewma(x, span=3, min_periods=1)", x=[3, 1, 4, 1, 5])
    array([3.        , 1.66666667, 3.        , 1.93333333, 3.51612903])
    """


@decayed()
def ewmvar(
    x: Number,
    span: Real = 0.0,
    halflife: Real = 0.0,
    alpha: Real = 0.0,
    com: Real = 0.0,
    ignore_na: Flag = 0,
    min_periods: Count = 0,
) -> Number:
    """Exponentially weighted variance, bias-corrected for reliability weights.

    Formula: sum of w (x - m)^2 * W / (W^2 - sum of w^2), W the sum of the weights w = b^age.
    Shape: (T, N) → (T, N). Unit: the square of that of x. Errors: OperatorArgumentError unless
    exactly one of span, halflife, alpha and com is given, in range.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ewmvar(x, span=3, min_periods=2)", x=[3, 1, 4, 1, 5])
    array([       nan, 2.        , 3.        , 2.88571429, 4.98709677])
    """


@decayed()
def ewmstd(
    x: Number,
    span: Real = 0.0,
    halflife: Real = 0.0,
    alpha: Real = 0.0,
    com: Real = 0.0,
    ignore_na: Flag = 0,
    min_periods: Count = 0,
) -> Number:
    """Exponentially weighted standard deviation: the root of `ewmvar`.

    Formula: sqrt(ewmvar). Shape: (T, N) → (T, N). Unit: that of x. Errors: OperatorArgumentError
    unless exactly one of span, halflife, alpha and com is given, in range.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ewmstd(x, span=3, min_periods=2)", x=[3, 1, 4, 1, 5])
    array([       nan, 1.41421356, 1.73205081, 1.69873903, 2.23318086])
    """


@decayed()
def ewmcov(
    x: Number,
    y: Number,
    span: Real = 0.0,
    halflife: Real = 0.0,
    alpha: Real = 0.0,
    com: Real = 0.0,
    ignore_na: Flag = 0,
    min_periods: Count = 0,
) -> Number:
    """Exponentially weighted covariance, bias-corrected as `ewmvar` is.

    Formula: sum of w (x - mx)(y - my) * W / (W^2 - sum of w^2). Shape: (T, N), (T, N) → (T, N).
    Unit: the product of the units. Errors: OperatorArgumentError unless exactly one of span,
    halflife, alpha and com is given, in range.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ewmcov(x, y, span=3, min_periods=2)", x=[3, 1, 4, 1, 5], y=[2, 7, 1, 8, 2])
    array([        nan, -5.        , -6.        , -6.68571429, -7.39354839])
    """


@averaged()
def sma_cn(x: Number, n: Positive, m: Positive, min_periods: Count = 0) -> Number:
    """GTJA's SMA: a recursion with weight m/n for today.

    Formula: Y = (m x + (n - m) Y) / n, beginning with the first value; a missing session keeps Y.
    Shape: (T, N) → (T, N). Unit: that of x. Cut to its warm-up, see the module.
    Errors: OperatorArgumentError unless 1 <= m <= n.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("sma_cn(x, 3, 1, min_periods=1)", x=[3, 1, 4, 1, 5])
    array([3.        , 2.33333333, 2.88888889, 2.25925926, 3.17283951])
    """


@exponential()
def ewm_mean(
    x: Number,
    window: Window,
    decay: Real,
    adjust: Flag = 1,
    ignore_na: Flag = 0,
    min_periods: Count = 0,
) -> Number:
    """`ewma` with window and decay written out.

    Formula: see `ewma`; weights decay^age over the last `window` sessions. Shape: (T, N) → (T, N).
    Unit: that of x. Errors: OperatorArgumentError unless decay is in [0, 1).

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ewm_mean(x, 4, 0.5, min_periods=1)", x=[3, 1, 4, 1, 5])
    array([3.        , 1.66666667, 3.        , 1.93333333, 3.53333333])
    """


@exponential()
def ewm_var(
    x: Number,
    window: Window,
    decay: Real,
    ignore_na: Flag = 0,
    min_periods: Count = 0,
) -> Number:
    """`ewmvar` with window and decay written out.

    Formula: see `ewmvar`; weights decay^age over the last `window` sessions. Shape: (T, N) → (T,
    N). Unit: the square of that of x. Errors: OperatorArgumentError unless decay is in [0, 1).

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ewm_var(x, 4, 0.5, min_periods=2)", x=[3, 1, 4, 1, 5])
    array([       nan, 2.        , 3.        , 2.88571429, 5.32857143])
    """


@exponential()
def ewm_cov(
    x: Number,
    y: Number,
    window: Window,
    decay: Real,
    ignore_na: Flag = 0,
    min_periods: Count = 0,
) -> Number:
    """`ewmcov` with window and decay written out.

    Formula: see `ewmcov`; weights decay^age over the last `window` sessions. Shape: (T, N), (T, N)
    → (T, N). Unit: the product of the units. Errors: OperatorArgumentError unless decay is in [0,
    1).

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ewm_cov(x, y, 4, 0.5, min_periods=2)", x=[3, 1, 4, 1, 5], y=[2, 7, 1, 8, 2])
    array([        nan, -5.        , -6.        , -6.68571429, -7.97142857])
    """


@windowed(source=GTJA)
def scan_linear(a: Number, b: Number, window: Window, init: Real = 1.0) -> Number:
    """Linear recursion over the last `window` sessions, begun at `init`.

    Formula: Y = a Y + b, from the oldest session of the window to t. Shape: (T, N), (T, N) → (T,
    N). Unit: that of b. For formulas that refer to themselves (GTJA 143), whose history is cut to
    a window. Errors: OperatorArgumentError unless window is in 1..756; LookAheadError if it is
    negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("scan_linear(a, b, 3, 1)", a=[2, 2, 2, 0.5], b=[0, 1, 0, 1])
    array([nan, nan, 10.,  4.])
    """
