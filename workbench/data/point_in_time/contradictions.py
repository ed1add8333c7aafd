"""Rows of one report that nothing tells apart, and the figures on which they disagree.

Two rows of one asset, period and report may be alike in everything that orders versions: known on
one session, seen at one time, announced on one day, of one type and flag. Where such rows give
different figures, neither is believed: the figure is missing in both, and told. Where they agree,
or only one of them has the figure, both have it.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

__all__ = ["contradiction_note", "without_contradictions"]


def without_contradictions(
    frame: pl.DataFrame, keys: Sequence[pl.Expr], figures: Sequence[str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Blank the figures on which rows with equal keys disagree.

    Parameters
    ----------
    frame : DataFrame
        Rows of statements.
    keys : sequence of Expr
        What makes rows the same version of the same report.
    figures : sequence of str
        Columns to compare.

    Returns
    -------
    tuple of (DataFrame, DataFrame)
        `frame` in its order, with missing values where rows disagree and with what any of them
        says where they do not; and asset, period and
        figure of each disagreement, ordered.

    Examples
    --------
    >>> rows = pl.DataFrame({"asset": ["A", "A"], "period": [1, 1], "profit": [1.0, 2.0]})
    >>> kept, told = without_contradictions(rows, [pl.col("asset")], ["profit"])
    >>> kept["profit"].to_list(), told["figure"].to_list()
    ([None, None], ['profit'])
    """
    none = {"asset": frame["asset"].dtype, "period": frame["period"].dtype, "figure": pl.String()}
    if frame.is_empty() or not figures:
        return frame, pl.DataFrame(schema=none)
    alike = frame.select(pl.struct(keys).alias("_key")).to_series()
    twice = alike.is_duplicated()
    if not twice.any():
        return frame, pl.DataFrame(schema=none)
    numbered = frame.with_row_index("_row").with_columns(_key=alike)
    tied = numbered.filter(twice)
    differs = [
        (pl.col(name).drop_nulls().n_unique().over("_key") > 1).alias(f"_{at}")
        for at, name in enumerate(figures)
    ]
    marks = tied.select(differs)
    blanked = tied.with_columns(
        pl.when(marks[f"_{at}"])
        .then(None)
        .otherwise(pl.col(name).drop_nulls().first().over("_key"))
        .alias(name)
        for at, name in enumerate(figures)
    )
    whole = pl.concat([numbered.filter(~twice), blanked]).sort("_row").drop("_row", "_key")
    found = [
        tied.filter(marks[f"_{at}"]).select("asset", "period", pl.lit(name).alias("figure"))
        for at, name in enumerate(figures)
    ]
    return whole, pl.concat(found).unique().sort("asset", "period", "figure")


def contradiction_note(dataset: str, told: pl.DataFrame) -> tuple[str, ...]:
    """One sentence about disagreements, none where there are none."""
    if told.is_empty():
        return ()
    shown = ", ".join(
        f"{figure} of {asset} for {period}" for asset, period, figure in told.head(3).iter_rows()
    )
    more = " …" if told.height > 3 else ""
    return (
        f"{dataset}: {told.height} figures are left out because two rows of one announcement "
        f"differ and nothing tells which holds ({shown}{more})",
    )
