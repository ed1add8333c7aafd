"""Closes outside the price band that the exchange's dated rules allow.

The rulebook and a vendor can both err, and days without a band (the first after a long halt, the
first of the delisting period) are in no table. So a close outside is told, never removed. Shares
listed within the last 30 days are not judged: their bands depend on sessions since listing. While
it is unknown whether a share carries a risk warning the wider band, the plain one, holds.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from workbench.errors import UnknownAssetError
from workbench.market.rules import board, price_limits

__all__ = ["outside_band"]

_YOUNG = np.timedelta64(30, "D")
_OLD = 1000
_FIRST = {
    "main_sh": np.datetime64("1998-04-22", "D"),
    "main_sz": np.datetime64("1998-04-22", "D"),
    "chinext": np.datetime64("2009-10-30", "D"),
    "star": np.datetime64("2019-07-22", "D"),
    "bse": np.datetime64("2021-11-15", "D"),
}
"""First session of each board on which the rulebook answers, with and without a risk warning."""
_SLACK = 1e-6


def outside_band(
    bars: pl.DataFrame, listed: pl.DataFrame | None = None, warned: NDArray[np.bool_] | None = None
) -> NDArray[np.bool_]:
    """Which closes lie outside the band of their day.

    Parameters
    ----------
    bars : DataFrame
        session, asset, close, pre_close (the ex-right reference).
    listed : DataFrame, optional
        asset and list_date. Without it, or for an asset that it lacks, a share counts as old.
    warned : ndarray of bool, shape (rows,), optional
        Risk warnings (ST); None takes the wider band.

    Returns
    -------
    ndarray of bool, shape (rows,)
        False where it cannot be told: no board, no reference, young shares, days before the rules.

    Examples
    --------
    >>> from datetime import date
    >>> rows = {"session": [date(2020, 1, 2)] * 2, "asset": ["600519.SH", "600000.SH"]}
    >>> prices = {"close": [110.0, 11.2], "pre_close": [100.0, 10.0]}
    >>> outside_band(pl.DataFrame({**rows, **prices})).tolist()
    [False, True]
    """
    days = bars["session"].to_numpy().astype("datetime64[D]")
    names = np.array([_board(asset) for asset in bars["asset"]], dtype=np.str_)
    close = bars["close"].fill_null(float("nan")).to_numpy()
    before = bars["pre_close"].fill_null(float("nan")).to_numpy()
    judged = np.isfinite(close) & (before > 0) & np.isfinite(before) & _old(bars, days, listed)
    for name, first in _FIRST.items():
        judged &= (names != name) | (days >= first)
    judged &= names != ""
    found = np.zeros(len(days), dtype=np.bool_)
    if judged.any():
        plain = np.zeros(int(judged.sum()), dtype=np.bool_)
        flags = plain if warned is None else np.asarray(warned)[judged]
        down, up = price_limits(before[judged], names[judged], flags, days[judged], _OLD)
        found[judged] = (close[judged] > up + _SLACK) | (close[judged] < down - _SLACK)
    return found


def _old(
    bars: pl.DataFrame, days: NDArray[np.datetime64], listed: pl.DataFrame | None
) -> NDArray[np.bool_]:
    if listed is None:
        return np.ones(len(days), dtype=np.bool_)
    first = listed.group_by("asset").agg(pl.col("list_date").min())
    joined = bars.select("asset").join(first, on="asset", how="left", maintain_order="left")
    start = joined["list_date"].to_numpy().astype("datetime64[D]")
    return np.isnat(start) | (days - start > _YOUNG)


@lru_cache(maxsize=65536)
def _board(asset: str) -> str:
    try:
        return board(asset).value
    except UnknownAssetError:
        return ""
