"""The adjustment factor of American shares on a grid, made from splits and dividends.

1. bars, splits and dividends of the store up to the last session, each row with its security
2. `us_adjustment_factors` makes one factor a bar, from the first bar in the store on
3. the factor is placed on the grid and carried through sessions without a bar
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.data.american.actions import us_adjustment_factors
from workbench.data.assembly.grid import FieldValues, StoreGrid

if TYPE_CHECKING:
    import polars as pl

__all__ = ["us_factor"]


def us_factor(grid: StoreGrid) -> FieldValues:
    """Cumulative factor (splits and dividends), shape (T, N).

    1 until a share's first event in the store, so it does not depend on the window; NaN where a
    share is not listed. Dividends that cannot be joined with closes are left out and noted.
    """
    last = grid.sessions[-1].item()
    splits = _events(grid, "us.splits", ["split_from", "split_to"])
    paid = _events(
        grid, "us.dividends", ["amount", "currency", "declared", "record", "pay", "kind"]
    )
    busy = {int(column) for column in (*splits["column"], *paid["column"])}
    values = np.where(grid.listing.listed, 1.0, np.nan)
    if not busy:
        return FieldValues(values)
    spans = grid.listing.spans
    codes = [
        code for code, at in zip(spans.codes, spans.columns.tolist(), strict=True) if at in busy
    ]
    bars = _placed(
        grid,
        grid.cellar.table("us.bars_1d").read(
            ["session", "asset", "close"], last=last, values={"asset": sorted(set(codes))}
        ),
    )
    made = us_adjustment_factors(bars, splits, paid, by="column", unusable="leave")
    _lay(grid, made.frame, values)
    values[~grid.listing.listed] = np.nan
    left = made.left_out
    said = f"{left.height} dividends are left out of adj_factor: no close, or another currency."
    return FieldValues(values, notes=(said,) if left.height else ())


def _events(grid: StoreGrid, name: str, columns: list[str]) -> pl.DataFrame:
    rows = grid.cellar.table(name).read(["session", "asset", *columns])
    return _placed(grid, rows)


def _placed(grid: StoreGrid, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of the grid's securities, with `column` as text: it names the share."""
    import polars as pl

    placed = grid.listing.securities.place(rows, grid.listing.ids, "session")
    return placed.with_columns(pl.col("column").cast(pl.String))


def _lay(grid: StoreGrid, factors: pl.DataFrame, values: np.ndarray) -> None:
    """Every factor from its session to the next one's."""
    import polars as pl

    starts = factors.filter(
        pl.col("factor") != pl.col("factor").shift(1, fill_value=1.0).over("column")
    )
    days = starts["session"].to_numpy().astype("datetime64[D]")
    rows = np.searchsorted(grid.sessions, days)
    for row, column, factor in zip(
        rows, starts["column"].cast(pl.Int64), starts["factor"], strict=True
    ):
        values[row:, column] = factor
