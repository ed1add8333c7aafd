"""Adjustment factors against the exchange's reference prices.

On an ex-right day the exchange lowers the reference price, and the factor rises by the same ratio:
``factor(d) / factor(d-1) = close(d-1) / pre_close(d)``, d-1 being the share's bar before. Reference
prices are rounded to a tick, factors to three decimals or more, so the two agree to rounding:

1. a factor that moves by more than rounding where the reference is yesterday's close: no event
2. a reference that moved by more than rounding while the factor stood still: a factor is missing
3. both moved, by different ratios
4. factors that move within rounding, without an event, for many shares on one session: a vendor
   recomputed its factors
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from workbench.data.cellar import Cellar

__all__ = ["factor_identity", "identity_anomalies"]

_TICK = 0.01
_STILL = 1e-7
_DECIMALS = 1e-3
"""Factors carry at least three decimals."""
_MANY, _SHARE = 20, 0.01
_LOOK_BACK = timedelta(days=400)
_SCHEMA = {
    "session": pl.Date(),
    "asset": pl.String(),
    "kind": pl.String(),
    "price_ratio": pl.Float64(),
    "factor_ratio": pl.Float64(),
}


def factor_identity(
    cellar: Cellar, start: date | None = None, end: date | None = None
) -> pl.DataFrame:
    """Every break of the identity in the store, from `start` to `end`.

    Parameters
    ----------
    cellar : Cellar
        Where ``cn.bars_1d`` and ``cn.adj_factor`` lie.
    start, end : date, optional
        Both included; all sessions by default.

    Returns
    -------
    DataFrame
        session, asset, kind (``factor without event``, ``event without factor``, ``ratios
        differ``, ``factors recomputed``), price_ratio, factor_ratio; ordered by session and asset.
        Bars without a factor, a reference or a bar before are not judged.

    Raises
    ------
    NotCoveredError
        If the store lacks one of the tables.
    """
    bars, factors = cellar.table("cn.bars_1d"), cellar.table("cn.adj_factor")
    first, last = bars.first, bars.last
    if first is None or last is None:
        return pl.DataFrame(schema=_SCHEMA)
    first, last = max(first, start or first), min(last, end or last)
    before, found = None, []
    for year in range(first.year, last.year + 1):
        low, high = max(first, date(year, 1, 1)), min(last, date(year, 12, 31))
        reach = low - _LOOK_BACK if before is None else low
        rows = bars.read(columns=["session", "asset", "close", "pre_close"], first=reach, last=high)
        joined = rows.join(factors.read(first=reach, last=high), on=["session", "asset"])
        whole = joined if before is None else pl.concat([before, joined])
        found.append(identity_anomalies(whole).filter(pl.col("session").is_between(low, high)))
        before = whole.sort("asset", "session").unique("asset", keep="last")
    return pl.concat(found) if found else pl.DataFrame(schema=_SCHEMA)


def identity_anomalies(rows: pl.DataFrame) -> pl.DataFrame:
    """Breaks of the identity among bars joined with factors.

    Parameters
    ----------
    rows : DataFrame
        session, asset, close, pre_close, adj_factor; any order.

    Returns
    -------
    DataFrame
        As `factor_identity`.
    """
    close, factor = pl.col("close"), pl.col("adj_factor")
    before = (
        rows.sort("asset", "session")
        .with_columns(
            close.shift(1).over("asset").alias("close_before"),
            factor.shift(1).over("asset").alias("factor_before"),
        )
        .filter((pl.col("pre_close") > 0) & (pl.col("factor_before") > 0) & (factor > 0))
        .with_columns(
            (pl.col("close_before") / pl.col("pre_close")).alias("price_ratio"),
            (factor / pl.col("factor_before")).alias("factor_ratio"),
        )
    )
    judged = before.with_columns(_kind().alias("kind"))
    unmoved = (pl.col("price_ratio") - 1.0).abs() < _STILL
    drifting = (pl.col("factor_ratio") - 1.0).abs() > _STILL
    silent = pl.col("kind").is_null() & unmoved & drifting
    count = silent.sum().over("session")
    mass = silent & (count >= _MANY) & (count >= _SHARE * pl.len().over("session"))
    kind = pl.when(mass).then(pl.lit("factors recomputed")).otherwise(pl.col("kind"))
    return (
        judged.with_columns(kind.alias("kind"))
        .filter(pl.col("kind").is_not_null())
        .sort("session", "asset")
        .select(list(_SCHEMA))
    )


def _kind() -> pl.Expr:
    price, factor = pl.col("price_ratio"), pl.col("factor_ratio")
    # Half a tick of the reference, and the last decimal of two factors.
    rounding = 0.5 * _TICK / pl.col("pre_close") * price
    rounding = (rounding + _DECIMALS / pl.col("factor_before").clip(lower_bound=1.0)) * 1.05
    differ = (price - factor).abs() > rounding
    moved = (price - 1.0).abs() > _STILL
    drifts = (factor - 1.0).abs() > _STILL
    return (
        pl.when(differ & ~moved)
        .then(pl.lit("factor without event"))
        .when(differ & ~drifts)
        .then(pl.lit("event without factor"))
        .when(differ)
        .then(pl.lit("ratios differ"))
    )
