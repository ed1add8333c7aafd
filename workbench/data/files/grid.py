"""Long rows to dense panels: sessions and assets sorted, every value to its cell.

`Grid.numbers` and `Grid.groups` place columns; a cell without a row is NaN, or -1 for groups.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.arrays import FloatPanel, IntPanel

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Grid", "grid_of"]


@dataclass(frozen=True)
class Grid:
    """The cell of every row.

    Attributes
    ----------
    sessions : ndarray of datetime64[D], shape (T,)
        Distinct days, ascending.
    assets : tuple of str, length N
        Distinct names, ascending.
    rows, columns : ndarray of int, shape (rows,)
        Cell of every row of the table.
    """

    sessions: NDArray[np.datetime64]
    assets: tuple[str, ...]
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]

    @property
    def shape(self) -> tuple[int, int]:
        """(T, N)."""
        return len(self.sessions), len(self.assets)

    def numbers(self, values: NDArray[np.float64]) -> FloatPanel:
        """Place numbers, shape (T, N), NaN where there is no row."""
        panel = np.full(self.shape, np.nan)
        panel[self.rows, self.columns] = values
        return panel

    def groups(self, raw: pl.Series) -> tuple[IntPanel, tuple[str, ...]]:
        """Place text as group codes, shape (T, N), -1 where it is missing or blank; and names."""
        import polars as pl

        text = raw.cast(pl.String).str.strip_chars().replace("", None)
        names = sorted(text.unique().drop_nulls().to_list())
        codes = text.cast(pl.Enum(names)).to_physical().cast(pl.Int32).fill_null(-1)
        panel = np.full(self.shape, -1, dtype=np.int32)
        panel[self.rows, self.columns] = codes.to_numpy()
        return panel, tuple(names)

    def listed(
        self, listing: NDArray[np.datetime64] | None, delisting: NDArray[np.datetime64] | None
    ) -> FloatPanel:
        """Tell which cells are listed, shape (T, N), 1 or 0.

        Parameters
        ----------
        listing, delisting : ndarray of datetime64[D], shape (rows,), optional
            Days given with the rows: listed from the listing day to the day before the delisting
            day. Without a listing day, from an asset's first row on; without a delisting day, to
            the end: that no row follows is known only afterwards, so it delists nothing.
        """
        days = self.sessions
        start = self._first(days[self.rows])
        if listing is not None:
            start = np.where((given := self._given(listing)) == _NEVER, start, given)
        stop = np.full(len(self.assets), days[-1] + np.timedelta64(1, "D"))
        if delisting is not None:
            given = self._given(delisting)
            stop = np.where(given == _NEVER, stop, given)
        return ((days[:, None] >= start) & (days[:, None] < stop)).astype(np.float64)

    def _first(self, days: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
        found = np.full(len(self.assets), _MOST)
        np.minimum.at(found, self.columns, days.astype(np.int64))
        return found.astype("datetime64[D]")

    def _given(self, days: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
        """Return the latest day each asset names, `_NEVER` where it names none."""
        known = ~np.isnat(days)
        found = np.full(len(self.assets), _NEVER.astype(np.int64))
        np.maximum.at(found, self.columns[known], days[known].astype(np.int64))
        return found.astype("datetime64[D]")


_MOST = np.int64(10_000_000)
_NEVER = np.datetime64("1600-01-01", "D")


def grid_of(days: pl.Series, assets: pl.Series) -> Grid:
    """Give every row its cell: sessions and assets, sorted and numbered.

    Parameters
    ----------
    days, assets : polars.Series
        Dates and names, one a row, without missing values.
    """
    import polars as pl

    numbers = days.to_numpy().astype("datetime64[D]")
    sessions, rows = np.unique(numbers, return_inverse=True)
    names = assets.unique().sort().to_list()
    codes = assets.cast(pl.Enum(names)).to_physical().to_numpy()
    return Grid(sessions, tuple(names), rows.astype(np.int64), codes.astype(np.int64))
