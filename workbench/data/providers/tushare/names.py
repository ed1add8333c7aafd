"""Spans of names, repaired: rows come twice, and spans stay open that a later name ends."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from workbench.errors import BadAnswerError

__all__ = ["repaired"]

_KEY = ["asset", "start", "name"]
_REST = ["end", "announced", "reason"]


def repaired(frame: pl.DataFrame) -> pl.DataFrame:
    """Names with spans that do not overlap where the vendor's days allow it.

    1. Rows of one asset, day and name that contradict each other in nothing become one: a value
       replaces a missing one. Rows that do contradict each other stay, and are refused as a key
       that comes twice.
    2. A span ends at the latest on the day before the asset's next start. Two names that start
       on one day both stay.

    Parameters
    ----------
    frame : polars.DataFrame
        Columns of ``ref.names``.

    Raises
    ------
    BadAnswerError
        If a span ends before it starts.

    Examples
    --------
    >>> from datetime import date
    >>> spans = {
    ...     "asset": "A",
    ...     "start": [date(2020, 1, 1), date(2021, 1, 1)],
    ...     "end": None,
    ...     "name": ["old", "new"],
    ...     "announced": None,
    ...     "reason": None,
    ... }
    >>> repaired(pl.DataFrame(spans))["end"].to_list()
    [datetime.date(2020, 12, 31), None]
    """
    backwards = frame.filter(pl.col("end") < pl.col("start"))
    if not backwards.is_empty():
        shown = "; ".join(
            f"{asset} {name} {start}–{end}"
            for asset, name, start, end in backwards.select("asset", "name", "start", "end")
            .head(5)
            .iter_rows()
        )
        raise BadAnswerError(f"expected spans that end after their start, got {shown}")
    said = [pl.col(name).drop_nulls().n_unique().over(_KEY) <= 1 for name in _REST]
    filled = [pl.col(name).drop_nulls().first().over(_KEY).alias(name) for name in _REST]
    agreeing = frame.filter(pl.all_horizontal(said)).with_columns(filled)
    others = frame.filter(~pl.all_horizontal(said))
    merged = pl.concat([agreeing.unique(maintain_order=True), others])
    starts = merged.select("asset", "start").unique().sort("asset", "start")
    following = starts.with_columns(pl.col("start").shift(-1).over("asset").alias("following"))
    before = pl.col("following") - timedelta(days=1)
    return (
        merged.join(following, on=["asset", "start"], how="left", nulls_equal=True)
        .with_columns(pl.min_horizontal("end", before).alias("end"))
        .select(frame.columns)
    )
