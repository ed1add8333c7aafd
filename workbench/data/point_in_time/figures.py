"""What a statement says at an event: newest, trailing year, single quarter, growth, surprise.

Let ``v(p)`` be the latest version known of quarter p, P the newest quarter known. Cumulative
figures (Chinese income and cash flow statements) run from the year's beginning::

    single(p) = v(p)                      in a first quarter, else v(p) - v(p-1)
    ttm(p)    = v(p)                      in a fourth quarter, else v(p) + v(Q4 before) - v(p-4)

Figures that are levels have no trailing sum; ``single(p) = ttm(p) = v(p)`` in the formulas below.

==================== =========================================================================
latest               v(P)
q                    v of the k-th newest quarter known, 1 the newest
ttm, sq              ttm(P), single(P); cumulative figures only
yoy                  v(P) against v(P-4), as a change relative to the absolute base
qoq                  single(P) against single(P-1), relative likewise
avg2                 mean of the two newest quarters known
growth               (ttm(P) / ttm(P-4k)) ** (1/k) - 1, k years; both positive
sue                  (single(P) - single(P-4)) / sd of that difference over the 8 quarters before,
                     ddof 1 (seasonal random walk); all nine differences must be known
revision             v(P) against v(P) as known k sessions earlier, relative; same quarter P
days_since_announce  days from the first announcement of P
==================== =========================================================================

NaN wherever a figure needed is not known, or a base is 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from workbench.data.point_in_time.versions import Events, Versions

__all__ = ["CUMULATIVE_ONLY", "FIGURES", "WITH_K", "Ask"]

CUMULATIVE_ONLY = frozenset({"ttm", "sq"})
"""Questions that make no sense for a level."""
WITH_K = frozenset({"q", "growth", "revision"})
"""Questions that `k` belongs to."""
_YEAR, _SURPRISES = 4, 8


@dataclass(frozen=True)
class Ask:
    """Versions, the events at which they are asked, and how to read them."""

    versions: Versions
    events: Events
    cumulative: bool
    k: int

    def level(self, back: int = 0) -> NDArray[np.float64]:
        """``v(P - back)``."""
        return self.at(self.events.newest - back)

    def at(self, quarter: NDArray[np.int64], earlier: int = 0) -> NDArray[np.float64]:
        """``v(quarter)`` as known `earlier` sessions before the event."""
        return self.versions.value(self.events.column, quarter, self.events.row - earlier)

    def single(self, back: int = 0) -> NDArray[np.float64]:
        """The quarter ``P - back`` alone."""
        quarter = self.events.newest - back
        if not self.cumulative:
            return self.at(quarter)
        before = np.where(quarter % _YEAR == 0, 0.0, self.at(quarter - 1))
        return self.at(quarter) - before

    def trailing(self, back: int = 0) -> NDArray[np.float64]:
        """The four quarters up to ``P - back``."""
        quarter = self.events.newest - back
        if not self.cumulative:
            return self.at(quarter)
        year_before = quarter // _YEAR * _YEAR - 1
        rest = self.at(year_before) - self.at(quarter - _YEAR)
        return self.at(quarter) + np.where(quarter % _YEAR == _YEAR - 1, 0.0, rest)

    def older(self, k: int) -> NDArray[np.float64]:
        """``v`` of the `k`-th newest quarter known."""
        quarter = self.versions.older(self.events, k)
        return np.where(quarter < 0, np.nan, self.at(quarter))


def _relative(value: NDArray[np.float64], base: NDArray[np.float64]) -> NDArray[np.float64]:
    return (value - base) / np.where(base == 0, np.nan, np.abs(base))


def _growth(ask: Ask) -> NDArray[np.float64]:
    value, base = ask.trailing(), ask.trailing(_YEAR * ask.k)
    positive = (value > 0) & (base > 0)
    ratio = np.where(positive, value, np.nan) / np.where(positive, base, np.nan)
    return ratio ** (1.0 / ask.k) - 1.0


def _surprise(ask: Ask) -> NDArray[np.float64]:
    quarters = np.stack([ask.single(back) for back in range(_SURPRISES + _YEAR + 1)])
    steps = quarters[:-_YEAR] - quarters[_YEAR:]
    spread = np.std(steps[1:], axis=0, ddof=1)
    return steps[0] / np.where(spread > 0, spread, np.nan)


def _days(ask: Ask) -> NDArray[np.float64]:
    return ask.events.announced.astype("datetime64[D]").astype(np.float64)


FIGURES: Mapping[str, Callable[[Ask], NDArray[np.float64]]] = MappingProxyType(
    {
        "latest": lambda ask: ask.level(),
        "q": lambda ask: ask.older(ask.k),
        "ttm": lambda ask: ask.trailing(),
        "sq": lambda ask: ask.single(),
        "yoy": lambda ask: _relative(ask.level(), ask.level(_YEAR)),
        "qoq": lambda ask: _relative(ask.single(), ask.single(1)),
        "avg2": lambda ask: (ask.older(1) + ask.older(2)) / 2.0,
        "growth": _growth,
        "sue": _surprise,
        "revision": lambda ask: _relative(ask.level(), ask.at(ask.events.newest, earlier=ask.k)),
        "days_since_announce": _days,
    }
)
"""The questions by name; ``days_since_announce`` gives the day itself, subtracted on the grid."""
