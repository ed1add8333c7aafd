"""Quantile portfolios: what the names the factor likes and dislikes earned, day by day.

1. `assign_quantiles` sorts the names of each session into q buckets, ties together.
2. `tranche_returns` buys each session's bucket at the entry price, holds it `horizon` sessions
   untouched, and marks it every session; the portfolio is the mean of the tranches alive
   (Jegadeesh and Titman 1993). Holding-period returns that overlap are never compounded.
3. `quantile_summary` and `monotonicity` condense the daily returns.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from workbench.arrays import BoolPanel, FloatPanel, IntPanel
from workbench.compute.rows import rank_rows
from workbench.evaluation.inference import SESSIONS_PER_YEAR, infer_mean

__all__ = [
    "assign_quantiles",
    "carried_marks",
    "monotonicity",
    "quantile_summary",
    "tranche_returns",
]


def assign_quantiles(factor: FloatPanel, mask: BoolPanel, quantiles: int) -> IntPanel:
    """Bucket of each name in its session: 1 the lowest factor values, `quantiles` the highest.

    ``⌊(r − ½) / n · q⌋ + 1`` with r the average rank among the n names in `mask` with a finite
    factor. Equal values share a bucket, so counts may be unequal; the quotient is formed in
    whole numbers, so no name falls to the wrong side by rounding.

    Returns
    -------
    int16 array of shape (T, N)
        0 where there is no bucket: outside the mask, factor not finite, or fewer than
        `quantiles` names in the session.

    Examples
    --------
    >>> import numpy as np
    >>> c = np.array([[3.0, 1.0, 1.0, np.nan, 7.0, -2.0]])
    >>> assign_quantiles(c, np.ones((1, 6), dtype=bool), 2)
    array([[2, 1, 1, 0, 2, 1]], dtype=int16)
    """
    valid = mask & np.isfinite(factor)
    names = valid.sum(axis=1, keepdims=True)
    ranked = valid & (names >= quantiles)
    share = np.where(ranked, rank_rows(factor, valid), 0.0)
    # An average rank is a whole or a half number, so twice the rank is exact.
    doubled = np.rint(2.0 * share * names).astype(np.int64)
    bucket = (doubled - 1) * quantiles // np.maximum(2 * names, 1) + 1
    return np.where(ranked, bucket, 0).astype(np.int16)


def carried_marks(prices: FloatPanel) -> FloatPanel:
    """Last known price of each name; NaN before its first one. Used to mark what is held."""
    rows = np.where(np.isfinite(prices), np.arange(prices.shape[0])[:, None], 0)
    np.maximum.accumulate(rows, axis=0, out=rows)
    return np.take_along_axis(prices, rows, axis=0)


def tranche_returns(
    buckets: IntPanel,
    prices: FloatPanel,
    horizons: Sequence[int],
    quantiles: int,
    delay: int,
) -> dict[int, NDArray[np.float64]]:
    """Daily returns of overlapping tranches, for each horizon.

    The tranche of session t buys, at the entry price of session e = t + `delay`, equal amounts
    of every name of the bucket that has a price there, and keeps them until e + h. Its value at
    age a is the mean of ``mark[e + a] / price[e]``; a name without a price on a day keeps its
    last mark, so a suspended or delisted name stays in the tranche at zero return. On each
    session the portfolio return is the mean of the returns of the tranches alive (up to h of
    them; fewer in the first sessions, and a session without any is NaN).

    Parameters
    ----------
    buckets : int array of shape (T, N)
        Of `assign_quantiles`, 0 where there is none.
    prices : array of shape (T, N)
        Prices of the entry, NaN where there is none.
    horizons : sequence of int
        Sessions held.
    quantiles, delay : int
        Number of buckets; sessions between factor and entry.

    Returns
    -------
    dict of int to array of shape (T, quantiles)
        Decimals, on the row of the session in which the return is realised: from the entry
        price of the session before to the entry price of this session.
    """
    n_sessions, n_assets = buckets.shape
    formed = n_sessions - delay
    bought = np.flatnonzero((buckets[:formed] > 0) & np.isfinite(prices[delay:]))
    row, _ = np.divmod(bought, n_assets)
    code = row * quantiles + buckets.ravel()[bought] - 1
    size = formed * quantiles
    count = np.bincount(code, minlength=size).reshape(formed, quantiles)
    weight = 1.0 / prices.ravel()[bought + delay * n_assets]
    marks = carried_marks(prices).ravel()

    total = np.zeros((n_sessions, quantiles))
    alive = np.zeros((n_sessions, quantiles), dtype=np.int64)
    before = np.where(count > 0, 1.0, np.nan)
    result: dict[int, NDArray[np.float64]] = {}
    for age in range(1, max(horizons) + 1):
        open_rows = max(formed - age, 0)
        inside = int(np.searchsorted(row, open_rows))
        worth = marks[bought[:inside] + (delay + age) * n_assets] * weight[:inside]
        value = np.bincount(code[:inside], worth, minlength=size).reshape(formed, quantiles)
        with np.errstate(invalid="ignore"):
            now = np.where(count > 0, value / np.maximum(count, 1), np.nan)[:open_rows]
            daily = now / before[:open_rows] - 1.0
        held = np.isfinite(daily)
        total[delay + age :] += np.where(held, daily, 0.0)
        alive[delay + age :] += held
        before = now
        if age in horizons:
            result[age] = np.where(alive > 0, total / np.maximum(alive, 1), np.nan)
    return result


def quantile_summary(
    returns: pd.DataFrame, sessions_per_year: float = SESSIONS_PER_YEAR
) -> pd.DataFrame:
    """One row for each (horizon, quantile) of a frame of daily portfolio returns.

    Returns
    -------
    DataFrame
        ``mean`` (per session), ``annual_return`` (mean times `sessions_per_year`, not
        compounded, so that differences of quantiles add up), ``annual_volatility``,
        ``t_newey_west`` (daily returns of tranches do not overlap: lags of horizon 1), ``n``.
    """
    rows = []
    for column in returns.columns:
        found = infer_mean(returns[column].to_numpy(), sessions_per_year=sessions_per_year)
        rows.append(
            (
                found.mean,
                found.mean * sessions_per_year,
                found.std * np.sqrt(sessions_per_year),
                found.t_newey_west,
                found.n,
            )
        )
    columns = ["mean", "annual_return", "annual_volatility", "t_newey_west", "n"]
    return pd.DataFrame(rows, index=returns.columns, columns=columns)


def monotonicity(means: NDArray[np.float64]) -> float:
    """Spearman correlation of the quantile means with the quantile number, in [-1, 1].

    1 says that every bucket earned more than the one below it. NaN if a mean is missing or
    all are equal.

    Examples
    --------
    >>> import numpy as np
    >>> monotonicity(np.array([-0.02, 0.0, 0.01, 0.03]))
    1.0
    """
    if not np.isfinite(means).all() or np.ptp(means) == 0:
        return float("nan")
    ranks = stats.rankdata(means)
    return float(np.corrcoef(ranks, np.arange(len(means)))[0, 1].round(12))
