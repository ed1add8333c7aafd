"""Files of daily bars to a market: long OHLCV in Parquet or CSV, tushare or plain naming.

1. `locate` finds the files, `read_table` reads them
2. `column_plan` tells which column is which field, `read_columns` reads them by kind
3. units become shares and currency; bars that cannot be are refused, with their row numbers
4. `grid_of` places the rows on sessions x assets; a market is opened over them

Nothing is dropped silently: a row or a file is refused, or a note in the provenance says what
was left out. Sessions are the distinct days of the files: a day on which no asset has a row does
not exist in the market.
"""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.arrays import AnyPanel
from workbench.data.files.checks import broken_bars, refuse_duplicates, refuse_signs, unadjustable
from workbench.data.files.columns import ReadColumns, read_columns
from workbench.data.files.grid import Grid, grid_of
from workbench.data.files.location import fingerprint, locate
from workbench.data.files.mapping import ColumnPlan, column_plan
from workbench.data.files.schema import BAR_FIELDS
from workbench.data.files.table import Table, read_table
from workbench.data.files.units import convert_units, declared_units
from workbench.errors import BadValueError, near_names
from workbench.market import ArraySource, Assets, Market, Sessions

__all__ = ["read_market"]

_BAD_BARS = ("refuse", "blank")
_ADJUST = ("hfq", "none")


def read_market(
    path: str | PathLike[str],
    mapping: Mapping[str, str | None] | None = None,
    *,
    adjust: str | None = None,
    units: Mapping[str, str] | None = None,
    name: str | None = None,
    bad_bars: str = "refuse",
) -> Market:
    r"""Read daily bars, one row an asset and session, into a market.

    Parameters
    ----------
    path : path
        A Parquet or CSV file, a folder of them, or a glob pattern.
    mapping : mapping of str to str or None, optional
        ``{"their column": "our field"}`` for names that are not recognised; None leaves a column
        out. Needed are session, asset, open, high, low, close and volume.
    adjust : {"hfq", "none"}, optional
        How the market shows prices; "hfq" where the file has ``adj_factor``, else "none".
    units : mapping, optional
        Unit of the file's ``volume`` (shares, lots, ten_thousand_shares) and ``amount`` (cny,
        thousand_cny, ten_thousand_cny). Files with the columns ``ts_code`` and ``trade_date`` and
        no ``volume`` use tushare's: lots of 100 shares and thousand CNY. Others use plain ones.
    name : str, optional
        Name of the market; the file's name by default.
    bad_bars : {"refuse", "blank"}
        What to do with bars that contradict themselves (a high below the low or the close, a
        price of zero): refuse the file, or make those bars missing and say so in the notes.

    Returns
    -------
    Market
        Raw float64 fields, shape (T, N), NaN where an asset has no row or no volume (a suspended
        share's carried price is no bar); shares and currency. Extra
        numeric columns keep their name and unit, truth values are 0/1, text columns are groups.
        ``listed`` runs from ``list_date`` to the day before ``delist_date`` where the file has
        either; without both the market itself counts an asset as listed from its first bar on.

    Raises
    ------
    SourceNotFoundError
        Nothing is there.
    SchemaError
        Columns are missing, unknown, ambiguous or of the wrong kind.
    DuplicateKeyError
        An asset has two rows on one session.
    BadValueError
        Unreadable files, impossible values, units that contradict the prices.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = pathlib.Path(folder.name, "bars.csv")
    >>> _ = file.write_text(
    ...     "date,symbol,open,high,low,close,volume\n"
    ...     "2020-01-02,AAA,10,11,9,10.5,1000\n"
    ...     "2020-01-03,AAA,10.5,12,10,11.0,2000\n"
    ... )
    >>> market = read_market(file)
    >>> market["close"].values.ravel().tolist()
    [10.5, 11.0]
    >>> folder.cleanup()
    """
    _check_choice("bad_bars", bad_bars, _BAD_BARS)
    if adjust is not None:
        _check_choice("adjust", adjust, _ADJUST)
    files = locate(path)
    table = read_table(files)
    plan = column_plan(table.frame.columns, mapping)
    used = declared_units(table.frame.columns, units)
    read = read_columns(table, plan)
    refuse_duplicates(table, read.days, read.assets)
    refuse_signs(table, plan.fields, read.numbers)
    shown = adjust or ("hfq" if "adj_factor" in read.numbers else "none")
    _treat(table, read, bad_bars, broken_bars(read.numbers), _BROKEN)
    if shown == "hfq" and "adj_factor" in read.numbers:
        _treat(table, read, bad_bars, unadjustable(read.numbers), _UNADJUSTABLE)
    _blank_untraded(read)
    convert_units(read.numbers, used)
    grid = grid_of(read.days, read.assets)
    fields, labels = _panels(read, grid)
    provenance = _provenance(files, plan, used, read, grid)
    source = ArraySource(Sessions(grid.sessions), Assets(grid.assets), fields, labels, provenance)
    return Market(source, adjust=shown, name=name if name is not None else Path(path).stem)


def _check_choice(argument: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise BadValueError(
            f"{argument}= is one of {list(known)}, got {value!r}.{near_names(str(value), known)}"
        )


# What is wrong with a bar, and what would be right.
_BROKEN = (
    "contradict themselves or are torn",
    "four prices above zero with low <= open, close <= high are expected",
)
_UNADJUSTABLE = (
    "have no adjustment factor",
    'a factor above zero is expected beside every close; adjust="none" reads prices as they are',
)


def _treat(
    table: Table, read: ReadColumns, bad_bars: str, bad: NDArray[np.bool_], what: tuple[str, str]
) -> None:
    """Refuse bad bars, or blank them with a note."""
    rows = np.flatnonzero(bad).tolist()
    if not rows:
        return
    wrong, expected = what
    prices = ("open", "high", "low", "close")
    bars = [{name: float(read.numbers[name][row]) for name in prices} for row in rows[:5]]
    listed = table.examples(rows, bars)
    if bad_bars == "refuse":
        raise BadValueError(
            f"{len(rows)} bars {wrong} ({expected}): {listed}. Mend the file, or read it with "
            'bad_bars="blank" to take these bars as missing'
        )
    for name in BAR_FIELDS:
        if name in read.numbers:
            read.numbers[name][rows] = np.nan
    read.notes.append(f"{len(rows)} bars {wrong} and are missing here: {listed}.")


def _blank_untraded(read: ReadColumns) -> None:
    """Take the carried price of a suspended share for what it is: no bar, as if it had no row."""
    prices = np.stack([read.numbers[name] for name in ("open", "high", "low", "close")])
    with np.errstate(invalid="ignore"):
        carried = np.isfinite(prices).any(axis=0) & ~(read.numbers["volume"] > 0)
    if not carried.any():
        return
    for name in BAR_FIELDS:
        if name in read.numbers:
            read.numbers[name][carried] = np.nan
    read.notes.append(f"{carried.sum():,} rows without volume carry a price: no bar, missing here.")


def _panels(
    read: ReadColumns, grid: Grid
) -> tuple[dict[str, AnyPanel], dict[str, tuple[str, ...]]]:
    fields: dict[str, AnyPanel] = {}
    labels: dict[str, tuple[str, ...]] = {}
    for name in list(read.numbers):
        fields[name] = grid.numbers(read.numbers.pop(name))
    for name, raw in read.groups.items():
        fields[name], labels[name] = grid.groups(raw)
    listing, delisting = read.dates.get("list_date"), read.dates.get("delist_date")
    if "listed" not in fields and not (listing is None and delisting is None):
        fields["listed"] = grid.listed(listing, delisting)
    return fields, labels


def _provenance(
    files: list[Path],
    plan: ColumnPlan,
    used: Mapping[str, str],
    read: ReadColumns,
    grid: Grid,
) -> dict[str, Any]:
    named = {name: unit for name, unit in used.items() if name in plan.fields}
    days = (
        "Sessions are the distinct days of the files: a day on which no asset has a row "
        "does not exist here.",
    )
    if "listed" not in plan.fields and "delist_date" not in plan.fields:
        days += ("No delisting days are given: an asset that has left still counts as listed.",)
    return {
        "provider": "files",
        "files": tuple(fingerprint(file) for file in files),
        "rows": len(grid.rows),
        "sessions": len(grid.sessions),
        "assets": len(grid.assets),
        "first_session": str(grid.sessions[0]),
        "last_session": str(grid.sessions[-1]),
        "units": named,
        "mapping": {column: name for name, column in plan.fields.items()},
        "notes": (*days, *read.notes),
    }
