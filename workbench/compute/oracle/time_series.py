"""The slow truth of the operators along time.

Each column is a series of its own. A window of d sessions ends at t and includes t; ``_slots``
lays the panel d times under itself, oldest session first, so that the k-th slot holds, for every
window at once, its k-th value. Every operator is then a plain sweep over slots:

1. a missing value anywhere in the window makes the result missing (strict; ``delta`` looks at
   its two ends alone);
2. moments take two passes, first the mean, then the deviations, so that the answer at t depends
   on nothing that has left the window;
3. the first d - 1 sessions, which have no whole window, are NaN.

``TIME_SERIES`` at the end is the table that the rest of the package reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType

import numpy as np

from workbench.arrays import BoolPanel, FloatPanel
from workbench.compute.oracle.missing import NEGLIGIBLE, finite

__all__ = [
    "TIME_SERIES",
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


def _slots(x: FloatPanel, window: int) -> list[FloatPanel]:
    """Return views of the k-th value of every whole window, oldest first; each (T - d + 1, N)."""
    whole = max(len(x) - window + 1, 0)
    return [x[k : k + whole] for k in range(window)]


def _place(results: FloatPanel, sessions: int) -> FloatPanel:
    """Put the results of the whole windows under the NaN of the sessions without one."""
    placed = np.full((sessions, results.shape[1]), np.nan)
    placed[sessions - len(results) :] = finite(results)
    return placed


def _incomplete(slots: list[FloatPanel]) -> BoolPanel:
    """Tell which windows hold a missing value."""
    gone = np.zeros(slots[0].shape, dtype=bool)
    for slot in slots:
        gone |= np.isnan(slot)
    return gone


def _total(terms: Iterable[FloatPanel]) -> FloatPanel:
    """Add term by term, oldest first; a generator keeps one term in memory at a time."""
    total = np.float64(0.0)
    with np.errstate(all="ignore"):
        for term in terms:
            total = total + term
    return total


def _deviations(slots: list[FloatPanel]) -> Iterator[FloatPanel]:
    """Subtract each window's mean from its values.

    The mean is taken from the oldest value up, so a window of one value has no deviations,
    exactly, and a high level does not drown them.
    """
    mean = slots[0] + _total(slot - slots[0] for slot in slots) / len(slots)
    for slot in slots:
        yield slot - mean


def _moment(xs: list[FloatPanel], ys: list[FloatPanel]) -> FloatPanel:
    """Return Σ(x-x̄)(y-ȳ) over the window."""
    return _total(a * b for a, b in zip(_deviations(xs), _deviations(ys), strict=True))


def _flat(slots: list[FloatPanel], spread: FloatPanel) -> BoolPanel:
    """Tell which windows vary by no more than rounding."""
    return spread <= NEGLIGIBLE**2 * _total(slot * slot for slot in slots) * len(slots)


def delay(x: FloatPanel, lag: int) -> FloatPanel:
    """Return the value of ``lag`` sessions ago; lag 0 is x itself, NaN before the first session.

    Examples
    --------
    >>> delay(np.array([[1.0], [2.0], [3.0]]), 1).ravel()
    array([nan,  1.,  2.])
    """
    late = np.full(x.shape, np.nan)
    if lag < len(x):
        late[lag:] = x[: len(x) - lag]
    return late


def delta(x: FloatPanel, lag: int) -> FloatPanel:
    """Change since ``lag`` sessions ago; NaN if either end is, what lies between does not matter.

    Examples
    --------
    >>> delta(np.array([[1.0], [np.nan], [4.0]]), 2).ravel()
    array([nan, nan,  3.])
    """
    with np.errstate(all="ignore"):
        return finite(x - delay(x, lag))


def ts_sum(x: FloatPanel, window: int) -> FloatPanel:
    """Sum over the window.

    Examples
    --------
    >>> ts_sum(np.array([[1.0], [2.0], [3.0]]), 2).ravel()
    array([nan,  3.,  5.])
    """
    return _place(_total(_slots(x, window)), len(x))


def ts_mean(x: FloatPanel, window: int) -> FloatPanel:
    """Mean over the window.

    Examples
    --------
    >>> ts_mean(np.array([[1.0], [2.0], [3.0]]), 2).ravel()
    array([nan, 1.5, 2.5])
    """
    return _place(_total(_slots(x, window)) / window, len(x))


def stddev(x: FloatPanel, window: int, ddof: int = 1) -> FloatPanel:
    """Return the standard deviation over the window; a constant window gives exactly 0.

    Parameters
    ----------
    x
        Values, (T, N).
    window
        Number of sessions d.
    ddof
        1 for the sample (the language's rule), 0 for the population; NaN unless d > ddof.

    Examples
    --------
    >>> stddev(np.array([[1.0], [3.0], [3.0]]), 2).ravel().round(6)
    array([     nan, 1.414214, 0.      ])
    """
    if window <= ddof:
        return np.full(x.shape, np.nan)
    slots = _slots(x, window)
    return _place(np.sqrt(_moment(slots, slots) / (window - ddof)), len(x))


def ts_min(x: FloatPanel, window: int) -> FloatPanel:
    """Smallest value of the window.

    Examples
    --------
    >>> ts_min(np.array([[3.0], [1.0], [2.0]]), 2).ravel()
    array([nan,  1.,  1.])
    """
    slots = _slots(x, window)
    least = slots[0]
    for slot in slots[1:]:
        least = np.minimum(least, slot)
    return _place(least, len(x))


def ts_max(x: FloatPanel, window: int) -> FloatPanel:
    """Largest value of the window.

    Examples
    --------
    >>> ts_max(np.array([[3.0], [1.0], [2.0]]), 2).ravel()
    array([nan,  3.,  2.])
    """
    slots = _slots(x, window)
    most = slots[0]
    for slot in slots[1:]:
        most = np.maximum(most, slot)
    return _place(most, len(x))


def _first_extreme(
    x: FloatPanel, window: int, beats: Callable[[FloatPanel, FloatPanel], BoolPanel]
) -> FloatPanel:
    """Position, 1 = oldest, of the first value that no later value beats."""
    slots = _slots(x, window)
    best, position = slots[0], np.ones(slots[0].shape)
    for place, slot in enumerate(slots[1:], start=2):
        better = beats(slot, best)
        best = np.where(better, slot, best)
        position = np.where(better, float(place), position)
    return _place(np.where(_incomplete(slots), np.nan, position), len(x))


def ts_argmax(x: FloatPanel, window: int) -> FloatPanel:
    """Position of the largest value, 1 = oldest … d = newest; the oldest of equals.

    Examples
    --------
    >>> ts_argmax(np.array([[3.0], [5.0], [5.0]]), 3).ravel()
    array([nan, nan,  2.])
    """
    return _first_extreme(x, window, np.greater)


def ts_argmin(x: FloatPanel, window: int) -> FloatPanel:
    """Position of the smallest value, 1 = oldest … d = newest; the oldest of equals.

    Examples
    --------
    >>> ts_argmin(np.array([[3.0], [1.0], [1.0]]), 3).ravel()
    array([nan, nan,  2.])
    """
    return _first_extreme(x, window, np.less)


def ts_rank(x: FloatPanel, window: int) -> FloatPanel:
    """Average rank of the newest value within the window, divided by d; in (0, 1].

    Examples
    --------
    >>> ts_rank(np.array([[3.0], [1.0], [3.0], [2.0]]), 3).ravel().round(4)
    array([   nan,    nan, 0.8333, 0.6667])
    """
    slots = _slots(x, window)
    newest = slots[-1]
    less, equal = np.zeros(newest.shape), np.zeros(newest.shape)
    for slot in slots:
        less += slot < newest
        equal += slot == newest
    ranks = (less + (equal + 1) / 2) / window
    return _place(np.where(_incomplete(slots), np.nan, ranks), len(x))


def decay_linear(x: FloatPanel, window: int) -> FloatPanel:
    """Return the weighted mean over the window; the oldest weighs 1, the newest d.

    Examples
    --------
    >>> decay_linear(np.array([[1.0], [4.0], [1.0]]), 2).ravel()
    array([nan,  3.,  2.])
    """
    weighted = (weight * slot for weight, slot in enumerate(_slots(x, window), start=1))
    return _place(_total(weighted) / (window * (window + 1) / 2), len(x))


def covariance(x: FloatPanel, y: FloatPanel, window: int, ddof: int = 1) -> FloatPanel:
    """Covariance over the window of pairs; every pair must be whole. Arguments as in ``stddev``.

    Examples
    --------
    >>> x, y = np.array([[1.0], [3.0]]), np.array([[5.0], [1.0]])
    >>> covariance(x, y, 2).ravel()
    array([nan, -4.])
    """
    if window <= ddof:
        return np.full(x.shape, np.nan)
    xs, ys = _slots(x, window), _slots(y, window)
    return _place(_moment(xs, ys) / (window - ddof), len(x))


def correlation(x: FloatPanel, y: FloatPanel, window: int) -> FloatPanel:
    """Pearson correlation over the window of pairs, clipped to [-1, 1]; every pair must be whole.

    Within 8·d roundings of ±1 it is ±1: a perfect line is perfect. NaN when
    Σ(x-x̄)² ≤ (1e-12)²·Σx²·d for either series: such a spread is rounding noise.

    Examples
    --------
    >>> x, y = np.array([[1.0], [3.0], [3.0]]), np.array([[5.0], [1.0], [2.0]])
    >>> correlation(x, y, 2).ravel().round(12)
    array([nan, -1., nan])
    """
    xs, ys = _slots(x, window), _slots(y, window)
    spread_x, spread_y = _moment(xs, xs), _moment(ys, ys)
    flat = _flat(xs, spread_x) | _flat(ys, spread_y)
    with np.errstate(all="ignore"):
        ratio = _moment(xs, ys) / (np.sqrt(spread_x) * np.sqrt(spread_y))
    perfect = np.abs(ratio) >= 1.0 - 8 * window * np.finfo(np.float64).eps
    return _place(np.where(flat, np.nan, np.where(perfect, np.sign(ratio), ratio)), len(x))


TIME_SERIES: Mapping[str, Callable[..., FloatPanel]] = MappingProxyType(
    {
        "delay": delay,
        "delta": delta,
        "ts_sum": ts_sum,
        "ts_mean": ts_mean,
        "stddev": stddev,
        "ts_min": ts_min,
        "ts_max": ts_max,
        "ts_argmax": ts_argmax,
        "ts_argmin": ts_argmin,
        "ts_rank": ts_rank,
        "decay_linear": decay_linear,
        "correlation": correlation,
        "covariance": covariance,
    }
)
