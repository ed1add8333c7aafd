"""Every version of every figure, and what it was on any session, without loops over either.

1. rows are sorted by (column, quarter, session known, version) and numbered by one integer
2. the value of a quarter on a session is the last row at or before that integer: a binary search
3. the newest quarter known is a running maximum over a column's rows in the order they were known
4. results change only at events, so they are computed there and laid out on the grid in one pass
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Events", "Versions", "lay_out", "quarter_number"]


def quarter_number(periods: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """Number fiscal quarters: four a year, the first quarter a multiple of four.

    Examples
    --------
    >>> quarter_number(np.array(["2020-03-31", "2020-12-31"], dtype="datetime64[D]")).tolist()
    [8080, 8083]
    """
    months = np.asarray(periods).astype("datetime64[M]").astype(np.int64)
    return (months // 12 + 1970) * 4 + months % 12 // 3


@dataclass(frozen=True)
class Events:
    """Moments at which a result may change, by column, then by session.

    Attributes
    ----------
    column, row : ndarray of int64, shape (E,)
        The asset's column and the calendar row from which the event holds.
    newest : ndarray of int64, shape (E,)
        Number of the newest quarter known.
    announced : ndarray of datetime64[D], shape (E,)
        Day on which that quarter was first announced.
    """

    column: NDArray[np.int64]
    row: NDArray[np.int64]
    newest: NDArray[np.int64]
    announced: NDArray[np.datetime64]


class Versions:
    """Versions of one figure.

    Parameters
    ----------
    column, quarter, row : array of int, shape (R,)
        Asset's column, `quarter_number`, and calendar row from which the version is known. Rows
        of one column, quarter and session come in the order in which they replace each other.
    announced : array of datetime64[D], shape (R,)
    value : array of float, shape (R,)
        No NaN: a version without the figure says nothing about it.
    sessions : int
        Length of the calendar; rows at or beyond it are not known yet and must be left out.
    """

    def __init__(
        self,
        column: NDArray[np.int64],
        quarter: NDArray[np.int64],
        row: NDArray[np.int64],
        announced: NDArray[np.datetime64],
        value: NDArray[np.float64],
        sessions: int,
    ) -> None:
        order = np.lexsort((row, quarter, column))
        self._column, self._quarter, self._row = column[order], quarter[order], row[order]
        self._announced, self._value = announced[order], value[order]
        self._span = sessions + 1
        self._low = int(quarter.min()) if len(quarter) else 0
        self._quarters = int(quarter.max()) - self._low + 1 if len(quarter) else 1
        self._keys = self._key(self._column, self._quarter, self._row)

    def value(
        self, column: NDArray[np.int64], quarter: NDArray[np.int64], row: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """The latest version of each quarter known at each row; NaN where there is none."""
        found, at = self._find(column, quarter, row)
        return np.where(found, self._value[at] if len(self._value) else np.nan, np.nan)

    def is_known(
        self, column: NDArray[np.int64], quarter: NDArray[np.int64], row: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Whether any version of each quarter is known at each row."""
        return self._find(column, quarter, row)[0]

    def events(self, lag: int = 0) -> Events:
        """The moments at which something becomes known, and again `lag` sessions later."""
        column, row, quarter = self._column, self._row, self._quarter
        if lag:
            later = row + lag < self._span
            column = np.concatenate([column, column[later]])
            row = np.concatenate([row, row[later] + lag])
            quarter = np.concatenate([quarter, np.full(int(later.sum()), self._low)])
        order = np.lexsort((row, column))
        column, row = column[order], row[order]
        # Columns ascend, so a running maximum over both never carries into the next column.
        steps = np.maximum.accumulate(column * self._quarters + quarter[order] - self._low)
        last = np.ones(len(column), dtype=np.bool_)
        last[:-1] = (np.diff(column) != 0) | (np.diff(row) != 0)
        column, row = column[last], row[last]
        newest = steps[last] - column * self._quarters + self._low
        first = np.searchsorted(self._keys, self._key(column, newest, np.zeros_like(row)))
        return Events(column, row, newest, self._announced[first])

    def older(self, events: Events, k: int) -> NDArray[np.int64]:
        """The `k`-th newest quarter known at each event, 1 the newest; -1 where there are fewer."""
        found = np.full(len(events.row), -1, dtype=np.int64)
        left = np.full(len(events.row), k, dtype=np.int64)
        at = events.newest.copy()
        open_rows = np.arange(len(at))
        while len(open_rows):
            known = self.is_known(events.column[open_rows], at[open_rows], events.row[open_rows])
            left[open_rows[known]] -= 1
            done = left[open_rows] == 0
            found[open_rows[done]] = at[open_rows[done]]
            open_rows = open_rows[~done]
            at[open_rows] -= 1
            open_rows = open_rows[at[open_rows] >= self._low]
        return found

    def _find(
        self, column: NDArray[np.int64], quarter: NDArray[np.int64], row: NDArray[np.int64]
    ) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        inside = (quarter >= self._low) & (quarter < self._low + self._quarters) & (row >= 0)
        at = np.searchsorted(self._keys, self._key(column, quarter, row), side="right") - 1
        found = inside & (at >= 0)
        at = np.maximum(at, 0)
        if len(self._keys):
            found &= (self._column[at] == column) & (self._quarter[at] == quarter)
        return found, at

    def _key(
        self, column: NDArray[np.int64], quarter: NDArray[np.int64], row: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        return (column * self._quarters + quarter - self._low) * self._span + row


def lay_out(
    events: Events,
    values: NDArray[np.float64],
    grid: NDArray[np.int64],
    expire: NDArray[np.int64],
    shape: tuple[int, int],
) -> NDArray[np.float64]:
    """Hold each event's value from its grid row until the next event or until it expires.

    Parameters
    ----------
    events : Events
    values : ndarray of float64, shape (E,)
    grid, expire : ndarray of int64, shape (E,)
        Grid row from which an event holds, and the first on which it is too old; at most T.
    shape : (T, N)

    Returns
    -------
    ndarray of float64, shape (T, N)
        NaN where no event holds.
    """
    length, width = shape
    following = np.full(len(grid), length, dtype=np.int64)
    same = events.column[1:] == events.column[:-1]
    following[:-1][same] = grid[1:][same]
    start = events.column * length + grid
    end = events.column * length + np.maximum(grid, np.minimum(following, expire))
    # Runs alternate: a gap of NaN, then the value held.
    edges = np.empty(2 * len(grid) + 2, dtype=np.int64)
    edges[0], edges[-1] = 0, length * width
    edges[1:-1:2], edges[2:-1:2] = start, end
    runs = np.full(2 * len(grid) + 1, np.nan)
    runs[1::2] = values
    return np.ascontiguousarray(np.repeat(runs, np.diff(edges)).reshape(width, length).T)
