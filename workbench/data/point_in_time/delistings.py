"""Delistings and what a share was worth at the end.

A holding ends at the last price the exchange gave: the close of the last bar before the delisting
day. What a holder recovers later, over the counter or in liquidation, is not in any dataset here;
a backtest states it as its recovery.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from workbench.data.point_in_time.securities import securities

if TYPE_CHECKING:
    from workbench.data.cellar import Cellar

__all__ = ["delistings"]

_BARS = {"cn": "cn.bars_1d", "us": "us.bars_1d"}


def delistings(cellar: Cellar, market: str = "cn") -> pl.DataFrame:
    """Every delisted security with its last bar.

    Parameters
    ----------
    cellar : Cellar
        Where the securities and the daily bars lie.
    market : str
        ``cn`` or ``us``.

    Returns
    -------
    DataFrame
        security_id, asset (latest code), `day` (first day on which it is not listed),
        `last_session` and `final_value` (day and raw close of the last bar before `day`, CNY or
        USD a share; missing where the store holds no bar of it), ordered by security_id.

    Raises
    ------
    NotCoveredError
        If the store has no securities or no bars.
    """
    known = securities(cellar, market)
    gone = known.delisted
    codes = known.intervals.join(gone.select("security_id", "day"), on="security_id")
    wanted = codes["asset"].unique().sort().to_list()
    bars = cellar.table(_BARS[market]).read(
        columns=["session", "asset", "close"], values={"asset": wanted}
    )
    return gone.join(_last_bars(bars, codes), on="security_id", how="left").sort("security_id")


def _last_bars(bars: pl.DataFrame, codes: pl.DataFrame) -> pl.DataFrame:
    """The last bar of each security under one of its codes, inside the code's interval."""
    session, start, end = pl.col("session"), pl.col("valid_from"), pl.col("valid_to")
    held = (start.is_null() | (session >= start)) & (end.is_null() | (session <= end))
    return (
        bars.join(codes, on="asset")
        .filter(held & (session < pl.col("day")) & pl.col("close").is_not_null())
        .sort("session")
        .group_by("security_id")
        .agg(session.last().alias("last_session"), pl.col("close").last().alias("final_value"))
    )
