"""Rows that must be there and are not: everybody listed and not suspended, against the rows read.

Sessions × codes as one table of truths: who was expected, minus halts, minus the rows there are.
Ten years of 5,000 shares take a fraction of a second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import polars as pl

    from workbench.data.update.expectation import Roster

__all__ = ["lacking_rows"]

_DAY = np.timedelta64(1, "D")


def lacking_rows(
    roster: Roster, held: pl.DataFrame, sessions: NDArray[np.datetime64]
) -> pl.DataFrame:
    """Assets without a row on sessions that have rows.

    Parameters
    ----------
    roster : Roster
        Who is listed and who is halted, over these sessions.
    held : DataFrame
        session and asset of every row.
    sessions : ndarray of datetime64[D], shape (T,)
        Ascending; sessions without any row are left out: they are absent as a whole.

    Returns
    -------
    DataFrame
        session and asset, ordered.
    """
    import polars as pl

    days = np.intersect1d(held["session"].unique().to_numpy().astype("datetime64[D]"), sessions)
    codes, spans = np.unique(roster.codes.astype(np.str_), return_inverse=True)
    if not len(days) or not len(codes):
        return held.select("session", "asset").clear()
    wanted = np.zeros((len(days), len(codes)), dtype=bool)
    low, high = np.searchsorted(days, roster.start), np.searchsorted(days, roster.stop)
    for at in np.flatnonzero(low < high):
        wanted[low[at] : high[at], spans[at]] = True
    column = {code: at for at, code in enumerate(codes.tolist())}
    for row, day in enumerate(days.tolist()):
        halted = [column[code] for code in roster.halts.get(day, ()) if code in column]
        wanted[row, halted] = False
    places = pl.DataFrame({"asset": codes, "_at": np.arange(len(codes), dtype=np.int32)})
    found = held.join(places, on="asset").select("session", "_at")
    # A table from day to row: searching each of millions of rows would be slower.
    rows = np.full(int((days[-1] - days[0]) / _DAY) + 1, -1, dtype=np.int32)
    rows[((days - days[0]) / _DAY).astype(np.int64)] = np.arange(len(days))
    step = (found["session"].to_numpy().astype("datetime64[D]") - days[0]).astype(np.int64)
    inside = (step >= 0) & (step < len(rows))
    if not inside.all():
        found, step = found.filter(pl.Series(inside)), step[inside]
    row = rows[step]
    known = row >= 0
    wanted[row[known], found["_at"].to_numpy()[known]] = False
    at, code = np.nonzero(wanted)
    return pl.DataFrame(
        {"session": days[at], "asset": codes[code]},
        schema={"session": pl.Date(), "asset": pl.String()},
    )
