"""Cut the window of every session out of its series: the frame of the oracle's folds.

``each_window`` hands every window, oldest session first, as arrays (d, N), one for each series.
Which windows there are:

1. strict: whole windows, and a missing value anywhere makes the result missing;
2. ``min_periods=m``: windows cut short at the start too, missing values are passed over, and m
   sessions must remain;
3. ``sessions="traded"``: the last d sessions with a value, no further back than 2 d sessions.

A session of several series counts where all of them have a value; where it does not count, every
series shows NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from workbench.arrays import BoolPanel, FloatPanel
from workbench.compute.oracle.missing import NEGLIGIBLE, finite

__all__ = ["Cut", "centred", "each_window", "flat", "total"]

Cut = Callable[..., FloatPanel]
"""Windows (d, N), one for each series → results (N,)."""


def each_window(
    series: Sequence[FloatPanel],
    window: int,
    min_periods: int,
    sessions: str,
    cut: Cut,
) -> FloatPanel:
    """Apply `cut` to the window of every session.

    Examples
    --------
    >>> x = np.array([[1.0], [np.nan], [3.0]])
    >>> each_window([x], 2, 1, "calendar", lambda w: total(w)).ravel()
    array([1., 1., 3.])
    """
    present = np.all([~np.isnan(one) for one in series], axis=0)
    known = [np.where(present, one, np.nan) for one in series]
    results = np.full(known[0].shape, np.nan)
    least = min_periods or window
    for t in range(len(results)):
        if sessions == "traded":
            cuts = _traded(known, present, t, window)
        elif t + 1 >= window or min_periods:
            cuts = [one[max(0, t - window + 1) : t + 1] for one in known]
        else:
            continue
        with np.errstate(all="ignore"):
            values = cut(*cuts)
        enough = (~np.isnan(cuts[0])).sum(axis=0) >= least
        results[t] = np.where(enough, values, np.nan)
    return finite(results)


def _traded(
    known: Sequence[FloatPanel], present: BoolPanel, t: int, window: int
) -> list[FloatPanel]:
    """Return the last d sessions of every column that count, up to t; NaN where there are none."""
    first = max(0, t - 2 * window + 1)
    cuts = [np.full((window, one.shape[1]), np.nan) for one in known]
    for column in np.flatnonzero(present[t]):
        rows = first + np.flatnonzero(present[first : t + 1, column])[-window:]
        if len(rows) == window:
            for cut, one in zip(cuts, known, strict=True):
                cut[:, column] = one[rows, column]
    return cuts


def total(values: FloatPanel) -> FloatPanel:
    """Add what is there, column by column, in extended precision."""
    return np.nansum(values.astype(np.longdouble), axis=0).astype(np.float64)


def centred(window: FloatPanel) -> tuple[FloatPanel, FloatPanel]:
    """Return the deviations from the mean of what is there, and that mean.

    The mean is taken from one of the values up: equal values have no deviations, exactly.
    """
    origin = np.fmax.reduce(window, axis=0)
    count = (~np.isnan(window)).sum(axis=0)
    shift = total(window - origin) / count
    return (window - origin) - shift, origin + shift


def flat(window: FloatPanel) -> BoolPanel:
    """Tell which windows vary by no more than rounding."""
    deviations, _ = centred(window)
    count = (~np.isnan(window)).sum(axis=0)
    return total(deviations**2) <= NEGLIGIBLE**2 * total(window**2) * count
