"""Turnover: how fast the factor changes its opinion.

`quantile_turnover` counts the names that leave a bucket between a tranche and the one that
renews it; `rank_autocorrelation` correlates the whole ordering with itself, h sessions before.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.arrays import BoolPanel, FloatPanel, IntPanel
from workbench.evaluation.information_coefficient import rank_ic

__all__ = ["quantile_turnover", "rank_autocorrelation"]


def quantile_turnover(buckets: IntPanel, horizon: int, quantiles: int) -> NDArray[np.float64]:
    """Share of each bucket's names that were not in it `horizon` sessions before.

    ``1 − |B_t ∩ B_{t−h}| / |B_t|``: what is bought anew when the tranche of session t − h is
    renewed by the tranche of session t.

    Returns
    -------
    array of shape (T, quantiles)
        Decimals in [0, 1]; NaN in the first `horizon` sessions and where either bucket is
        empty.

    Examples
    --------
    >>> import numpy as np
    >>> buckets = np.array([[1, 1, 2, 2], [1, 2, 1, 2]], dtype=np.int16)
    >>> quantile_turnover(buckets, 1, 2)[1]
    array([0.5, 0.5])
    """
    result = np.full((buckets.shape[0], quantiles), np.nan)
    later, earlier = buckets[horizon:], buckets[:-horizon]
    kept = _count(np.where(later == earlier, later, 0), quantiles)
    now, then = _count(later, quantiles), _count(earlier, quantiles)
    known = (now > 0) & (then > 0)
    result[horizon:] = np.where(known, 1.0 - kept / np.maximum(now, 1), np.nan)
    return result


def rank_autocorrelation(
    factor: FloatPanel, mask: BoolPanel, horizon: int, minimum_names: int = 10
) -> NDArray[np.float64]:
    """Spearman correlation of the factor with itself `horizon` sessions before.

    Over the names in the mask, and with a finite factor, in both sessions.

    Returns
    -------
    array of shape (T,)
        NaN in the first `horizon` sessions and with fewer than `minimum_names` names.
    """
    result = np.full(factor.shape[0], np.nan)
    both = mask[horizon:] & mask[:-horizon]
    result[horizon:] = rank_ic(factor[horizon:], factor[:-horizon], both, minimum_names)
    return result


def _count(buckets: IntPanel, quantiles: int) -> NDArray[np.int64]:
    """Names in each bucket of each session, shape (T, quantiles)."""
    rows = np.arange(buckets.shape[0])[:, None] * (quantiles + 1)
    size = buckets.shape[0] * (quantiles + 1)
    counts = np.bincount((rows + buckets).ravel(), minlength=size)
    return counts.reshape(-1, quantiles + 1)[:, 1:]
