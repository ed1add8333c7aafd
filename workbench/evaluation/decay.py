"""Decay: how long the forecast lasts after the position is opened.

Two questions, two columns:

1. *Disjoint*: what does the factor still say about the single session that ends k sessions
   after the entry? These returns do not overlap, so the column shows where the forecast ends.
2. *Cumulative*: what does it say about the whole holding period of k sessions? This is the
   information coefficient of horizon k.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.arrays import BoolPanel, FloatPanel
from workbench.evaluation.forward_returns import holding_returns
from workbench.evaluation.inference import infer_mean
from workbench.evaluation.information_coefficient import rank_ic

__all__ = ["decay_table"]


def decay_table(
    factor: FloatPanel,
    prices: FloatPanel,
    mask: BoolPanel,
    delay: int,
    lags: int,
    minimum_names: int = 10,
    known: Mapping[int, NDArray[np.float64]] | None = None,
    step: Callable[[float], None] | None = None,
) -> pd.DataFrame:
    """Mean rank IC at disjoint lags and over cumulative horizons, 1 … `lags`.

    Parameters
    ----------
    factor, prices, mask : arrays of shape (T, N)
        Factor, prices of the entry, names that count.
    delay : int
        Sessions between factor and entry.
    lags : int
        Last lag.
    minimum_names : int
        Fewest names a session needs.
    known : mapping of int to array of shape (T,), optional
        Rank ICs of horizons that are already computed.
    step : callable, optional
        Told the share of the work done, in (0, 1].

    Returns
    -------
    DataFrame
        Index ``lag``; columns ``rank_ic``, ``t_newey_west`` (one-session return from age
        lag − 1 to lag), ``cumulative_ic``, ``cumulative_t`` (entry to lag; Newey–West lags at
        least lag − 1). NaN for lags past the sample.
    """
    horizons = known or {}
    rows = []
    for lag in range(1, lags + 1):
        single = rank_ic(factor, holding_returns(prices, delay, lag - 1, lag), mask, minimum_names)
        # The first lag and the first horizon are the same return.
        whole = single if lag == 1 else horizons.get(lag)
        if whole is None:
            whole = rank_ic(factor, holding_returns(prices, delay, 0, lag), mask, minimum_names)
        at_lag, cumulative = infer_mean(single), infer_mean(whole, horizon=lag)
        rows.append((at_lag.mean, at_lag.t_newey_west, cumulative.mean, cumulative.t_newey_west))
        if step is not None:
            step(lag / lags)
    return pd.DataFrame(
        rows,
        index=pd.RangeIndex(1, lags + 1, name="lag"),
        columns=["rank_ic", "t_newey_west", "cumulative_ic", "cumulative_t"],
        dtype=np.float64,
    )
