"""A file of daily bars as frames of the datasets it feeds.

The reader is that of `read_market`: the same names, units and refusals with row numbers. Columns
beside the bars go where they belong: ``adj_factor`` to cn.adj_factor, limits to cn.limits_1d,
share counts to cn.basic_1d, ``is_st`` to cn.st_1d, listing days to ref.provisional. Anything else
is refused: a column is never dropped unsaid.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from workbench.data.catalog import dataset
from workbench.data.files.checks import broken_bars, refuse_duplicates, refuse_signs
from workbench.data.files.codes import chinese_codes
from workbench.data.files.columns import ReadColumns, read_columns
from workbench.data.files.mapping import column_plan
from workbench.data.files.table import Table, read_table
from workbench.data.files.units import convert_units, declared_units
from workbench.errors import BadValueError, SchemaError

if TYPE_CHECKING:
    import polars as pl

__all__ = ["COMPANIONS", "PROVISIONAL", "bar_frames", "refuse_adjusted"]

PROVISIONAL = "ref.provisional"
COMPANIONS: Mapping[str, Mapping[str, str]] = {
    "cn.adj_factor": {"adj_factor": "adj_factor"},
    "cn.limits_1d": {"up_limit": "up_limit", "down_limit": "down_limit"},
    "cn.basic_1d": {"shares": "shares", "float_shares": "float_shares"},
}
"""Dataset → its column → the field of the file."""
_BARS = {
    "cn.bars_1d": ("open", "high", "low", "close", "pre_close", "volume", "amount"),
    "us.bars_1d": ("open", "high", "low", "close", "volume", "vwap"),
}
# Bars as traded hold their average price but for a few dirty rows.
_INSIDE = 0.9
_KEPT = {"is_st", "list_date", "delist_date"}
# close ÷ pre_close says the same; vendors ship it beside every bar.
_DERIVED = ("change", "pct_chg", "pct_change")


def bar_frames(
    files: list[Path],
    target: str,
    mapping: Mapping[str, str | None] | None = None,
    units: Mapping[str, str] | None = None,
) -> tuple[dict[str, pl.DataFrame], list[str]]:
    """Read files of bars.

    Parameters
    ----------
    files : list of path
        One kind, the same columns.
    target : {"cn.bars_1d", "us.bars_1d"}
        Where the bars go.
    mapping, units
        As for `read_market`.

    Returns
    -------
    tuple of (dict of str to DataFrame, list of str)
        Frames by dataset in their declared columns; ``ref.provisional`` holds the codes with
        their first bars and the listing days where the file gives them; and notes on what was left
        out.

    Raises
    ------
    SchemaError, BadValueError, DuplicateKeyError
        With row numbers.
    """
    table = read_table(files)
    plan = column_plan(table.frame.columns, mapping)
    used = declared_units(table.frame.columns, units)
    read = read_columns(table, plan)
    if target == "cn.bars_1d":
        read.assets = chinese_codes(table, read.assets)
    refuse_duplicates(table, read.days, read.assets)
    refuse_signs(table, plan.fields, read.numbers)
    _refuse_broken(table, read)
    _refuse_homeless(read, target, plan.fields)
    convert_units(read.numbers, used)
    frames = _frames(read, target)
    refuse_adjusted(frames[target])
    return frames, list(read.notes)


def refuse_adjusted(bars: pl.DataFrame) -> None:
    """Refuse frames of adjusted prices: their average price lies outside the bar nearly always.

    `ts.pro_bar` answers such frames, in the very columns of `pro.daily`.

    Raises
    ------
    BadValueError
        With the share of bars that hold their average price.
    """
    import polars as pl

    if "amount" not in bars.columns:
        return
    vwap = pl.col("amount") / pl.col("volume")
    inside = (vwap >= pl.col("low") * 0.98) & (vwap <= pl.col("high") * 1.02)
    known = bars.filter((pl.col("volume") > 0) & pl.col("amount").is_not_null())
    share = known.select(inside.mean()).item()
    if share is not None and share < _INSIDE:
        raise BadValueError(
            f"amount ÷ volume lies within [low, high] for {share:.0%} of the bars only: these "
            "prices look adjusted (ts.pro_bar does that) or the units are others. Give bars as "
            "traded, from pro.daily, and factors apart, from pro.adj_factor"
        )


def _refuse_broken(table: Table, read: ReadColumns) -> None:
    rows = np.flatnonzero(broken_bars(read.numbers)).tolist()
    if rows:
        prices = ("open", "high", "low", "close")
        bars = [{name: float(read.numbers[name][row]) for name in prices} for row in rows[:5]]
        raise BadValueError(
            f"{len(rows)} bars contradict themselves or are torn (four prices above zero with low "
            f"<= open, close <= high are expected): {table.examples(rows, bars)}. Nothing was "
            "written; mend or remove these rows"
        )


def _refuse_homeless(read: ReadColumns, target: str, columns: Mapping[str, str]) -> None:
    """Refuse columns that no dataset of this import has a place for."""
    for name in _DERIVED:
        if read.numbers.pop(name, None) is not None:
            read.notes.append(f"Column {name!r} was left out: close and pre_close give it.")
    homes = set(_BARS[target]) | _KEPT
    if target == "cn.bars_1d":
        homes |= {field for row in COMPANIONS.values() for field in row.values()}
    spare = sorted((set(read.numbers) | set(read.groups)) - homes)
    if spare:
        named = [columns[name] for name in spare]
        left = ", ".join(f"{name!r}: None" for name in named)
        raise SchemaError(
            f"{target} has no place for the columns {named}. Leave them out with "
            f"mapping={{{left}}}, or import them as a table of your own (dataset='user.…')."
        )


def _frames(read: ReadColumns, target: str) -> dict[str, pl.DataFrame]:
    import polars as pl

    keys = {"session": read.days, "asset": read.assets}
    traded = np.isfinite(read.numbers["close"]) & (read.numbers["volume"] > 0)
    if not traded.all():
        read.notes.append(f"{(~traded).sum():,} rows without a trade are no bars and left out.")
    frames = {target: _filled(target, keys, read, {n: n for n in _BARS[target]}, traded)}
    if target == "cn.bars_1d":
        for name, row in COMPANIONS.items():
            held = {column: field for column, field in row.items() if field in read.numbers}
            if held:
                known = np.any([np.isfinite(read.numbers[f]) for f in held.values()], axis=0)
                frames[name] = _filled(name, keys, read, held, known)
        if "is_st" in read.numbers:
            frames["cn.st_1d"] = _filled("cn.st_1d", keys, read, {}, read.numbers["is_st"] == 1.0)
    dates = {
        name: pl.Series(name, read.dates[name]).cast(pl.Date)
        if name in read.dates
        else pl.Series(name, [None] * len(read.days), dtype=pl.Date)
        for name in ("list_date", "delist_date")
    }
    frames[PROVISIONAL] = (
        pl.DataFrame({**keys, **dates})
        .group_by("asset")
        .agg(
            first_bar=pl.col("session").min(),
            list_date=pl.col("list_date").max(),
            delist_date=pl.col("delist_date").max(),
        )
        .sort("asset")
    )
    return frames


def _filled(
    name: str,
    keys: Mapping[str, pl.Series],
    read: ReadColumns,
    columns: Mapping[str, str],
    rows: np.ndarray,
) -> pl.DataFrame:
    """The declared columns of a dataset, null where the file has nothing."""
    import polars as pl

    schema = dataset(name).schema()
    held: dict[str, pl.Series] = dict(keys)
    for column, field in columns.items():
        if field in read.numbers:
            held[column] = pl.Series(column, read.numbers[field], nan_to_null=True)
    frame = pl.DataFrame(held).filter(pl.Series(rows))
    spare = [pl.lit(None, dtype=dtype).alias(n) for n, dtype in schema.items() if n not in held]
    return frame.with_columns(spare).select(
        pl.col(column).cast(dtype) for column, dtype in schema.items()
    )
