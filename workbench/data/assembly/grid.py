"""The grid a market of the store stands on, and the numbers of tables placed on it.

1. `StoreGrid` holds the pinned cellar, the sessions and the listed securities
2. `table_numbers` reads one column of a table by session and asset; what a vendor publishes on the
   following session only is shown on that session
3. `carried_factor` continues the adjustment factor through suspensions, `price_limit` blanks
   sentinels, `suspended` and `benchmark` read their tables
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.arrays import AnyPanel, FloatPanel
from workbench.data.assembly.listing import Listing
from workbench.data.catalog import dataset
from workbench.data.cellar import Cellar
from workbench.data.point_in_time import SessionCalendar
from workbench.data.reading.dense import DenseYears, assemble
from workbench.data.reading.window import Region
from workbench.errors import NotCoveredError

__all__ = [
    "FieldValues",
    "StoreGrid",
    "benchmark",
    "carried_factor",
    "late",
    "price_limit",
    "suspended",
    "table_numbers",
]

_NO_LIMIT = 90_000.0
"""CNY a share; vendors write 99999.99 (and 0) where a session has no limit."""
_TOGETHER = ("open", "high", "low", "close", "pre_close", "volume", "amount")
"""Made in one pass over a table of bars: the keys cost as much as the columns."""


class FieldValues(NamedTuple):
    """One field: its values, group names where it is one, and what a reader should know."""

    values: AnyPanel
    labels: tuple[str, ...] | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class StoreGrid:
    """Sessions × securities of a market, and where they are read from.

    Attributes
    ----------
    cellar : Cellar
        Pinned: every table at one version.
    region : Region
        ``cn`` or ``us``.
    calendar : SessionCalendar
        Every session the store knows.
    sessions : ndarray of datetime64[D], shape (T,)
        Rows.
    listing : Listing
        Columns.
    """

    cellar: Cellar
    region: Region
    calendar: SessionCalendar
    sessions: NDArray[np.datetime64]
    listing: Listing

    @property
    def shape(self) -> tuple[int, int]:
        """(T, N)."""
        return len(self.sessions), len(self.listing.ids)

    def sessions_before(self, count: int) -> NDArray[np.datetime64]:
        """Up to `count` known sessions before the first row, ascending."""
        row = int(np.searchsorted(self.calendar.sessions, self.sessions[0]))
        return self.calendar.sessions[max(row - count, 0) : row]


def late(name: str) -> bool:
    """Whether a dataset's row of one session is published on the following one only."""
    return dataset(name).published.startswith("next")


def table_numbers(
    grid: StoreGrid, name: str, column: str, sessions: NDArray[np.datetime64] | None = None
) -> FieldValues:
    """One number of a table with one row a session and asset.

    Parameters
    ----------
    grid : StoreGrid
        Where to place it.
    name, column : str
        Dataset and column.
    sessions : ndarray of datetime64[D], optional
        Other rows than the grid's.

    Returns
    -------
    FieldValues
        float64, shape (T, N), NaN without a row. For a dataset that is published on the following
        session, row t holds the value of the session before t: what was known on t.
    """
    rows = grid.sessions if sessions is None else sessions
    contract = dataset(name)
    known = np.ones(len(rows), dtype=bool)
    if late(name):
        before = np.searchsorted(grid.calendar.sessions, rows) - 1
        known = before >= 0
        rows = grid.calendar.sessions[before[known]]
    years = DenseYears(grid.cellar, contract, together=_TOGETHER)
    panels, strays = assemble(years, [column], rows, grid.listing.spans)
    values = panels[column]
    if not known.all():
        values = np.vstack([np.full((int((~known).sum()), grid.shape[1]), np.nan), values])
    return FieldValues(values, notes=_stray_notes(name, strays))


def carried_factor(grid: StoreGrid, name: str = "cn.adj_factor") -> FieldValues:
    """The cumulative adjustment factor, continued through suspensions.

    The factor is a level: while a share does not trade and the vendor gives no row, the last one
    known still holds, also one from before the first session of the grid. A session on which
    the share traded and the factor is missing stays NaN: that is a gap, not a suspension.

    Returns
    -------
    FieldValues
        float64, shape (T, N), NaN where a share is not listed or no factor was ever known.
    """
    raw = table_numbers(grid, name, "adj_factor")
    traded = np.isfinite(table_numbers(grid, "cn.bars_1d", "close").values)
    listed = grid.listing.listed
    seed = np.full(grid.shape[1], np.nan)
    lacking = listed[0] & np.isnan(raw.values[0])
    if lacking.any():
        seed = _last_before(grid, name, "adj_factor", lacking)
    filled = _forward_filled(np.vstack([seed, raw.values]))[1:]
    unknown = ~listed | (traded & np.isnan(raw.values))
    carried = int((np.isnan(raw.values) & np.isfinite(filled) & ~unknown).sum())
    filled[unknown] = np.nan
    said = f"adj_factor is carried through {carried} sessions of assets without a row of {name}."
    return FieldValues(filled, notes=(*raw.notes, *((said,) if carried else ())))


def price_limit(grid: StoreGrid, column: str) -> FieldValues:
    """One price limit in CNY, NaN where the session has none (vendors write 0 or 99999.99)."""
    values, _, notes = table_numbers(grid, "cn.limits_1d", column)
    values[(values <= 0) | (values >= _NO_LIMIT)] = np.nan
    return FieldValues(values, notes=notes)


def suspended(grid: StoreGrid) -> FieldValues:
    """1 where a listed share is suspended for the whole session, else 0; shape (T, N)."""
    import polars as pl

    rows = grid.cellar.table("cn.suspend").read(
        ["session", "asset", "kind", "timing"], first=_date(grid.sessions[0]),
        last=_date(grid.sessions[-1]),
    )  # fmt: skip
    whole = rows.filter((pl.col("kind") == "S") & (pl.col("timing").fill_null("") == ""))
    placed = grid.listing.securities.place(whole, grid.listing.ids, "session")
    values = np.zeros(grid.shape)
    days = placed["session"].to_numpy().astype("datetime64[D]")
    at = np.minimum(np.searchsorted(grid.sessions, days), len(grid.sessions) - 1)
    inside = grid.sessions[at] == days
    values[at[inside], placed["column"].to_numpy()[inside]] = 1.0
    values[~grid.listing.listed] = 0.0
    return FieldValues(values)


def benchmark(grid: StoreGrid, codes: Sequence[str], column: str) -> FieldValues:
    """A number of an index's bars, the same in every column, shape (T, N).

    Raises
    ------
    NotCoveredError
        If the store has no bar of the index in the window.
    """
    import polars as pl

    rows = grid.cellar.table("idx.bars_1d").read(
        ["session", "asset", column], first=_date(grid.sessions[0]),
        last=_date(grid.sessions[-1]), values={"asset": list(codes)},
    )  # fmt: skip
    for code in codes:
        own = rows.filter(pl.col("asset") == code)
        if not own.is_empty():
            break
    else:
        raise NotCoveredError(
            f"idx.bars_1d has no bar of {codes[0]} from {grid.sessions[0]} to {grid.sessions[-1]}. "
            f"Fetch it with `workbench data update idx.bars_1d --codes {codes[0]}`."
        )
    series = np.full(len(grid.sessions), np.nan)
    days = own["session"].to_numpy().astype("datetime64[D]")
    at = np.minimum(np.searchsorted(grid.sessions, days), len(series) - 1)
    inside = grid.sessions[at] == days
    numbers = own[column].fill_null(float("nan")).to_numpy()
    series[at[inside]] = numbers[inside]
    lacking = int(np.isnan(series).sum())
    said = f"The benchmark {codes[0]} has no {column} on {lacking} of {len(series)} sessions."
    # One column in memory, seen N times.
    return FieldValues(
        np.broadcast_to(series[:, None], grid.shape), notes=(said,) if lacking else ()
    )


def _last_before(grid: StoreGrid, name: str, column: str, wanted: NDArray[np.bool_]) -> FloatPanel:
    """The last value before the grid of the columns wanted, year by year backwards, shape (N,)."""
    found = np.full(grid.shape[1], np.nan)
    end = int(np.searchsorted(grid.calendar.sessions, grid.sessions[0]))
    earlier = grid.calendar.sessions[:end]
    table = grid.cellar.table(name)
    while len(earlier) and (wanted & np.isnan(found)).any():
        if not table.files(None, _date(earlier[-1])):
            break
        year = earlier[-1].astype("datetime64[Y]")
        rows = earlier[earlier >= year]
        values = _forward_filled(table_numbers(grid, name, column, rows).values)[-1]
        found = np.where(np.isnan(found), values, found)
        earlier = earlier[earlier < year]
    return found


def _forward_filled(values: FloatPanel) -> FloatPanel:
    """Every cell, or the last finite one above it."""
    row = np.where(np.isfinite(values), np.arange(len(values))[:, None], -1)
    last = np.maximum.accumulate(row, axis=0)
    filled = np.take_along_axis(values, np.maximum(last, 0), axis=0)
    filled[last < 0] = np.nan
    return filled


def _stray_notes(name: str, strays: dict[str, int]) -> tuple[str, ...]:
    if not strays:
        return ()
    shown = ", ".join(f"{code} ({count})" for code, count in sorted(strays.items())[:5])
    more = f" and {len(strays) - 5} more codes" if len(strays) > 5 else ""
    return (
        f"{name}: rows outside the days on which a code was valid are left out: {shown}{more}.",
    )


def _date(day: np.datetime64) -> date:
    found: date = day.astype("datetime64[D]").item()
    return found
