"""Where a row of a table goes on a grid: the column of its asset.

A table speaks of codes, a grid of assets that keep their identity. With ``ref.securities`` in the
store a row under an old code finds the column of the security that held it; without it, and in
other markets, a code is its own identity.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from workbench.data.point_in_time.provisional import has_securities
from workbench.data.point_in_time.securities import securities
from workbench.errors import BadValueError

if TYPE_CHECKING:
    from workbench.data.cellar import Cellar

__all__ = ["codes_of", "place"]


def place(cellar: Cellar, frame: pl.DataFrame, assets: Sequence[str], day: str) -> pl.DataFrame:
    """Give each row of `frame` the position of its `asset` among `assets`, as `column` (Int32).

    Parameters
    ----------
    cellar : Cellar
        Where ``ref.securities`` may lie.
    frame : DataFrame
        Rows with `asset` and the column named by `day`.
    assets : sequence of str
        Identities or codes; an asset unknown to ``ref.securities`` matches its own code only.
    day : str
        Column that dates a row, for codes that several securities have held.

    Returns
    -------
    DataFrame
        The rows of these assets, in any order.

    Raises
    ------
    BadValueError
        If two of `assets` are one security.
    """
    columns = {name: column for column, name in enumerate(assets)}
    if len(columns) != len(assets):
        twice = sorted({name for name in assets if list(assets).count(name) > 1})
        raise BadValueError(f"Each asset is named once; {twice} came twice.")
    if not has_securities(cellar):
        return _by_code(frame, columns)
    known = securities(cellar)
    held = {*known.ids, *known.intervals["asset"]}
    ours = [name for name in assets if name in held]
    placed = known.place(frame, ours, day)
    where = np.array([columns[name] for name in ours], dtype=np.int32)
    placed = placed.with_columns(
        pl.Series("column", where[placed["column"].to_numpy()], dtype=pl.Int32)
    )
    foreign = {name: column for name, column in columns.items() if name not in held}
    return pl.concat([placed, _by_code(frame, foreign).select(placed.columns)])


def _by_code(frame: pl.DataFrame, columns: dict[str, int]) -> pl.DataFrame:
    table = pl.DataFrame(
        {"asset": list(columns), "column": list(columns.values())},
        schema={"asset": pl.String, "column": pl.Int32},
    )
    return frame.join(table, on="asset")


def codes_of(cellar: Cellar, assets: Sequence[str]) -> list[str]:
    """Every code under which rows of `assets` may stand in a table, ascending."""
    if not has_securities(cellar):
        return sorted(set(assets))
    intervals = securities(cellar).intervals
    ours = intervals.filter(
        pl.col("asset").is_in(list(assets)) | pl.col("security_id").is_in(list(assets))
    )
    every = intervals.filter(pl.col("security_id").is_in(ours["security_id"].implode()))
    return sorted({*assets, *every["asset"]})
