"""Adjusted bars in a table: prices times a factor, volumes divided by it, nothing rounded.

``hfq`` multiplies by the cumulative factor of the row's own session: a value never changes when a
later dividend arrives. ``qfq`` divides by the factor of an anchor day, so that prices near that
day read as quoted; the anchor is part of the request and of the provenance, never implied.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from workbench.errors import BadValueError, SchemaError, near_names
from workbench.market.adjustment import PRICE_FIELDS

if TYPE_CHECKING:
    import polars as pl

    from workbench.data.dataset import Dataset

__all__ = ["VOLUME_FIELDS", "adjusted_bars", "checked_adjust", "factors_at"]

_WAYS = ("hfq", "qfq", "none")
VOLUME_FIELDS = frozenset({"volume", "after_hours_volume"})
"""Columns counted in shares: divided by the factor, so that amount = price × volume holds."""


def checked_adjust(adjust: object, anchor: object, dataset: Dataset) -> str:
    """How to adjust, if this table can be adjusted so.

    Raises
    ------
    BadValueError
        An unknown word, ``qfq`` without an anchor, an anchor without ``qfq``.
    SchemaError
        A table that holds no bars of shares.
    """
    if adjust is None:
        adjust = "none"
    if not isinstance(adjust, str) or adjust not in _WAYS:
        raise BadValueError(
            f"adjust should be one of {', '.join(_WAYS)}, got {adjust!r}."
            f"{near_names(str(adjust), _WAYS)}"
        )
    if (adjust == "qfq") != (anchor is not None):
        raise BadValueError(
            "adjust='qfq' needs anchor=…, the day whose quoted prices stay as they are, and "
            f"nothing else takes one; got adjust={adjust!r}, anchor={anchor!r}. For research use "
            "'hfq', which needs no anchor."
        )
    if adjust != "none" and dataset.name != "cn.bars_1d":
        raise SchemaError(
            f"{dataset.name} cannot be adjusted here; adjust='{adjust}' is for cn.bars_1d. Others: "
            "leave adjust away, or read the adjusted fields of a market."
        )
    return adjust


def adjusted_bars(
    bars: pl.DataFrame, factors: pl.DataFrame, anchored: pl.DataFrame | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Bars with adjusted prices and volumes.

    Parameters
    ----------
    bars : DataFrame
        Rows with session and asset.
    factors : DataFrame
        session, asset, adj_factor.
    anchored : DataFrame, optional
        asset, adj_factor on the anchor day, for ``qfq``.

    Returns
    -------
    adjusted : DataFrame
        The same rows and columns in the same order; prices and volumes are null where a factor is
        missing.
    lacking : DataFrame
        session and asset of the rows without a factor.

    Examples
    --------
    >>> import datetime, polars as pl
    >>> key = {"session": [datetime.date(2024, 1, 2)], "asset": ["600519.SH"]}
    >>> bars = pl.DataFrame({**key, "close": [10.0], "volume": [100.0]})
    >>> factors = pl.DataFrame({**key, "adj_factor": [4.0]})
    >>> adjusted_bars(bars, factors)[0].select("close", "volume").row(0)
    (40.0, 25.0)
    """
    import polars as pl

    joined = bars.join(
        factors.select("session", "asset", _factor="adj_factor"),
        on=["session", "asset"], how="left", maintain_order="left",
    )  # fmt: skip
    if anchored is not None:
        joined = joined.join(
            anchored.select("asset", _anchor="adj_factor"),
            on="asset", how="left", maintain_order="left",
        ).with_columns(_factor=pl.col("_factor") / pl.col("_anchor"))  # fmt: skip
    factor = pl.col("_factor")
    changed = [
        pl.col(name) * factor if name in PRICE_FIELDS else pl.col(name) / factor
        for name in bars.columns
        if name in PRICE_FIELDS or name in VOLUME_FIELDS
    ]
    lacking = joined.filter(factor.is_null()).select("session", "asset")
    return joined.with_columns(changed).select(bars.columns), lacking


def factors_at(table: pl.LazyFrame, day: date) -> pl.DataFrame:
    """The last factor of each asset up to a day: asset, adj_factor.

    An asset first listed after the day has none: there is no quoted price to anchor it to.
    """
    import polars as pl

    return (
        table.filter(pl.col("session") <= day)
        .sort("session")
        .group_by("asset")
        .agg(pl.col("adj_factor").last())
        .collect()
    )
