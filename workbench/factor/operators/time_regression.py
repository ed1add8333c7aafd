"""Windows along time: lines fitted to a window.

Ordinary least squares with an intercept, on another series or on the sessions themselves. Windows
as in `time_series`; a session counts where both series have a value. A line on another series
needs three sessions; one on the sessions themselves needs two.
"""

from __future__ import annotations

from functools import partial

from workbench.factor.operator import Count, Number, choice
from workbench.factor.operators.windows import (
    FLAT,
    QLIB,
    STRICT,
    PairWindow,
    Sessions,
    TripleWindow,
    windowed,
)

__all__ = [
    "ts_beta",
    "ts_intercept",
    "ts_regression",
    "ts_resid",
    "ts_rsquare",
    "ts_slope",
]

Output = choice("slope", "intercept", "fitted", "resid", "rsquare", "tstat", "se")

fitted = partial(windowed, nan_rule=STRICT + FLAT, source=QLIB)


@fitted()
def ts_regression(
    y: Number,
    x: Number,
    window: TripleWindow,
    out: Output = "slope",
    min_periods: Count = 0,
    sessions: Sessions = "calendar",
) -> Number:
    """Line of y on x over the window: its slope, or what `out` names.

    Formula: slope = Sxy / Sxx; intercept = my - slope mx; fitted, resid at t; rsquare = Sxy^2 /
    (Sxx Syy); se = sqrt(SSE / (n-2) / Sxx); tstat = slope / se. Shape: (T, N), (T, N) → (T, N).
    Unit: of y by that of x (slope, se); of y (intercept, fitted, resid); pure number (rsquare,
    tstat). A constant y has slope 0 and no rsquare; a line that leaves nothing (no more than 8 n
    roundings) has se 0 and no tstat. Errors: OperatorArgumentError unless window is
    in 3..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ts_regression(y, x, 4)", x=[3, 1, 4, 1, 5], y=[2, 7, 1, 8, 2])
    array([        nan,         nan,         nan, -2.2962963 , -1.60784314])
    """


@fitted()
def ts_beta(
    x: Number,
    market: Number,
    window: TripleWindow,
    min_periods: Count = 0,
    sessions: Sessions = "calendar",
) -> Number:
    """Slope of x on the market over the window.

    Formula: ts_regression(x, market, d, out=slope). Shape: (T, N), (T, N) → (T, N). Unit: of x by
    that of the market. Errors: OperatorArgumentError unless window is in 3..756; LookAheadError if
    it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ts_beta(x, y, 4)", x=[3, 1, 4, 1, 5], y=[2, 7, 1, 8, 2])
    array([        nan,         nan,         nan, -0.41891892, -0.55405405])
    """


@fitted()
def ts_slope(
    x: Number, window: PairWindow, min_periods: Count = 0, sessions: Sessions = "calendar"
) -> Number:
    """Slope of the line through the window, by session.

    Formula: Sxk / Skk with k = 1..d, 1 the oldest. Shape: (T, N) → (T, N). Unit: that of x by
    session. Errors: OperatorArgumentError unless window is in 2..756; LookAheadError if it is
    negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ts_slope(x, 4)", x=[3, 1, 4, 1, 5])
    array([ nan,  nan,  nan, -0.3,  0.9])
    """


@fitted()
def ts_intercept(
    x: Number, window: PairWindow, min_periods: Count = 0, sessions: Sessions = "calendar"
) -> Number:
    """Intercept of the line through the window, its sessions numbered from 1.

    Formula: mean - slope (d + 1) / 2. Shape: (T, N) → (T, N). Unit: that of x.
    Errors: OperatorArgumentError unless window is in 2..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ts_intercept(x, 4)", x=[3, 1, 4, 1, 5])
    array([nan, nan, nan, 3. , 0.5])
    """


@fitted()
def ts_resid(
    x: Number, window: PairWindow, min_periods: Count = 0, sessions: Sessions = "calendar"
) -> Number:
    """What the line through the window leaves of today.

    Formula: x[t] - (intercept + slope d). Shape: (T, N) → (T, N). Unit: that of x.
    Errors: OperatorArgumentError unless window is in 2..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ts_resid(x, 4)", x=[3, 1, 4, 1, 5])
    array([ nan,  nan,  nan, -0.8,  0.9])
    """


@fitted()
def ts_rsquare(
    x: Number, window: PairWindow, min_periods: Count = 0, sessions: Sessions = "calendar"
) -> Number:
    """Share of the variance of the window that its line explains.

    Formula: Sxk^2 / (Skk Sxx). Shape: (T, N) → (T, N). Unit: fraction. A constant window is NaN.
    Errors: OperatorArgumentError unless window is in 2..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> on_arrays("ts_rsquare(x, 4)", x=[3, 1, 4, 1, 5])
    array([       nan,        nan,        nan, 0.06666667, 0.31764706])
    """
