"""Quarterly reports, shown on each session as they were known.

Every share reports revenue, earnings per share and book value per share for each quarter, some
weeks after the quarter's end. A report is known from the first session AFTER the day of its
announcement, and never changed later. Reports of a quarter before the sample are known at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.arrays import FloatPanel
from workbench.data.providers.synthetic.roster import Roster

__all__ = ["REPORT_FIELDS", "Reports", "make_reports"]

REPORT_FIELDS = ("eps", "bps", "revenue")
# quarter end (month), earliest and latest days from the quarter's end to the announcement
_LAGS = {3: (10, 30), 6: (20, 61), 9: (10, 31), 12: (30, 118)}
_BEFORE = 3


@dataclass(frozen=True)
class Reports:
    """Reports of Q quarters.

    Attributes
    ----------
    quarters : ndarray of datetime64[D], shape (Q,)
        Ends of the quarters.
    announced : ndarray of datetime64[D], shape (Q, N)
        Day of the announcement.
    values : dict of str to ndarray, shape (Q, N)
        ``eps``, ``bps`` in CNY per share, ``revenue`` in CNY of the quarter.
    """

    quarters: NDArray[np.datetime64]
    announced: NDArray[np.datetime64]
    values: dict[str, FloatPanel]

    def known(self, days: NDArray[np.datetime64], roster: Roster) -> dict[str, FloatPanel]:
        """Return each figure as known on every session, shape (T, N); NaN while unlisted."""
        rows = np.arange(len(days))[:, None]
        latest = np.full(roster.listed.shape, -1)
        for quarter, announced in enumerate(self.announced):
            first = np.searchsorted(days, announced, side="right")
            # A later quarter is never announced before an earlier one, so the last one wins.
            latest = np.where(rows >= first, quarter, latest)
        columns = np.broadcast_to(np.arange(latest.shape[1]), latest.shape)
        usable = roster.listed & (latest >= 0)
        return {
            name: np.where(usable, figures[latest, columns], np.nan)
            for name, figures in self.values.items()
        }


def make_reports(
    days: NDArray[np.datetime64],
    price: NDArray[np.float64],
    shares: NDArray[np.float64],
    seed: int,
) -> Reports:
    """Draw the reports of all quarters from a year before the sample to its end.

    Parameters
    ----------
    days : ndarray of datetime64[D], shape (T,)
        Sessions.
    price : ndarray, shape (N,)
        First price of each share; sets the level of its figures.
    shares : ndarray, shape (N,)
        Shares outstanding at listing; figures per share refer to them.
    """
    rng = np.random.default_rng([seed, 8])
    ends = _quarter_ends(days)
    shape = (len(ends), len(price))
    months = ends.astype("datetime64[M]").astype(int) % 12 + 1
    low, high = (np.array([_LAGS[month][side] for month in months]) for side in (0, 1))
    lag = rng.integers(low[:, None], high[:, None] + 1, size=shape)
    announced = np.maximum.accumulate(ends[:, None] + lag.astype("timedelta64[D]"), axis=0)
    margin = np.clip(rng.normal(0.08, 0.05, size=shape[1]), -0.05, 0.25)
    growth = np.cumprod(1 + rng.normal(0.02, 0.04, size=shape), axis=0)
    season = 1 + 0.1 * np.sin(np.pi / 6 * months)[:, None]
    revenue_per_share = price * rng.uniform(0.1, 0.4, size=shape[1]) * growth * season
    eps = np.round(revenue_per_share * (margin + rng.normal(0, 0.01, size=shape)), 4)
    bps = price * rng.uniform(0.3, 0.9, size=shape[1]) + np.cumsum(eps, axis=0)
    values = {
        "eps": eps,
        "bps": np.round(bps, 4),
        "revenue": np.round(revenue_per_share * shares, 2),
    }
    return Reports(ends, announced, values)


def _quarter_ends(days: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    """Return the quarter ends from a year before the first session to the last one."""
    first = (days[0].astype("datetime64[M]").astype(int) // 3 - _BEFORE - 1) * 3
    last = days[-1].astype("datetime64[M]").astype(int) // 3 * 3
    months = np.arange(first, last + 3, 3) + 3  # the month after each quarter
    ends = months.astype("datetime64[M]").astype("datetime64[D]") - np.timedelta64(1, "D")
    return ends[ends <= days[-1]]
