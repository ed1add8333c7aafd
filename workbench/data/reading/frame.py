"""Frame: the rows somebody asked for, with where they came from.

1. `Frame` holds one polars table and its provenance; neither can be changed through it
2. the ways out are polars, pandas and Arrow
3. `Frame.panel` places one column on sessions × assets
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.data.files.grid import Grid
from workbench.errors import BadValueError, DuplicateKeyError, SchemaError, near_names
from workbench.market import Assets, Panel, Sessions

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

__all__ = ["Frame"]

_SHOWN = 10


class Frame:
    """An immutable table with its provenance.

    Parameters
    ----------
    rows : polars.DataFrame
        The table; a shallow copy is kept, so that adding a column outside changes nothing here.
    provenance : mapping, optional
        Dataset and version, window, coverage, gaps, units, rules.
    sessions : Sessions, optional
        Every session of the window, also those without a row: the rows of `panel`.

    Examples
    --------
    >>> import datetime, polars
    >>> day = datetime.date(2024, 1, 2)
    >>> frame = Frame(polars.DataFrame({"session": [day], "asset": ["600519.SH"], "close": [1.5]}))
    >>> frame
    Frame(1 row × 3 columns: session, asset, close)
    >>> frame.panel("close").at("600519.SH", "2024-01-02")
    1.5
    """

    __slots__ = ("_provenance", "_rows", "_sessions")

    def __init__(
        self,
        rows: pl.DataFrame,
        provenance: Mapping[str, Any] | None = None,
        sessions: Sessions | None = None,
    ) -> None:
        self._rows = rows.clone()
        self._provenance = MappingProxyType(dict(provenance or {}))
        self._sessions = sessions

    @property
    def frame(self) -> pl.DataFrame:
        """The rows as polars; a shallow copy, its data is shared."""
        return self._rows.clone()

    @property
    def provenance(self) -> Mapping[str, Any]:
        """Where the rows came from."""
        return self._provenance

    @property
    def columns(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(self._rows.columns)

    @property
    def sessions(self) -> Sessions | None:
        """Every session of the window asked for, None where the table has no window."""
        return self._sessions

    def to_polars(self) -> pl.DataFrame:
        """The rows as polars."""
        return self.frame

    def to_pandas(self) -> pd.DataFrame:
        """The rows as pandas; days become ``datetime64``, missing values NaN, NaT or None."""
        import polars as pl

        # Days as datetimes: pandas would hold Python dates as objects, slow and unsortable.
        days = [name for name, kind in self._rows.schema.items() if kind == pl.Date]
        return self._rows.with_columns(pl.col(days).cast(pl.Datetime("us"))).to_pandas()

    def to_arrow(self) -> pa.Table:
        """The rows as an Arrow table; needs pyarrow, which pandas brings along."""
        return self._rows.to_arrow()

    def panel(self, column: str) -> Panel:
        """One column on sessions × assets, shape (T, N).

        Parameters
        ----------
        column : str
            Numbers become float64 with NaN where there is no row; truth values 0 and 1; text
            becomes groups.

        Returns
        -------
        Panel
            Its rows are every session of the window, also those without a row; its columns the
            assets that occur, ascending.

        Raises
        ------
        SchemaError
            If there is no such column, or no ``session`` and ``asset`` to place it by.
        DuplicateKeyError
            If an asset has two rows on one session.
        BadValueError
            If a row's day is no session of the window.
        """
        import polars as pl

        grid = self._grid(column)
        values = self._rows[column]
        if values.dtype == pl.String:
            codes, labels = grid.groups(values)
            return Panel(
                codes, Sessions(grid.sessions), Assets(grid.assets), column, labels,
                self._provenance,
            )  # fmt: skip
        if not (values.dtype.is_numeric() or values.dtype == pl.Boolean):
            raise SchemaError(
                f"A panel holds numbers or groups; {column!r} holds {values.dtype}. "
                "Take it from the table instead: `frame.to_polars()`."
            )
        numbers = values.cast(pl.Float64).fill_null(float("nan")).to_numpy()
        return Panel(
            grid.numbers(numbers), Sessions(grid.sessions), Assets(grid.assets), column,
            provenance=self._provenance,
        )  # fmt: skip

    def _grid(self, column: str) -> Grid:
        """The cell of every row, on all sessions of the window."""
        import polars as pl

        for needed in (column, "session", "asset"):
            if needed not in self._rows.columns:
                raise SchemaError(
                    f"There is no column {needed!r} here; a panel needs session, asset and a value "
                    f"column. Present: {', '.join(self.columns)}."
                    f"{near_names(needed, self.columns)}"
                )
        keys = self._rows.select("session", "asset")
        if keys.is_duplicated().any():
            twice = keys.filter(keys.is_duplicated()).row(0)
            raise DuplicateKeyError(
                f"{twice[1]} has more than one row on {twice[0]}; a panel has one cell for both. "
                "Filter the table first."
            )
        days = keys["session"].to_numpy().astype("datetime64[D]")
        sessions = np.unique(days) if self._sessions is None else self._sessions.values
        strange = np.setdiff1d(days, sessions)
        if len(strange):
            raise BadValueError(
                f"{len(strange)} days of these rows are no sessions of the window, such as "
                f"{strange[0]}; a panel has no row for them. Filter the table first."
            )
        rows = np.searchsorted(sessions, days)
        names = keys["asset"].unique().sort()
        codes = keys["asset"].cast(pl.Enum(names)).to_physical().to_numpy()
        return Grid(sessions, tuple(names), rows.astype(np.int64), codes.astype(np.int64))

    def __len__(self) -> int:
        return self._rows.height

    def __repr__(self) -> str:
        count, width = self._rows.shape
        of = f"{self._provenance['dataset']}: " if "dataset" in self._provenance else ""
        rows = "1 row" if count == 1 else f"{count:,} rows"
        return f"Frame({of}{rows} × {width} columns: {', '.join(self.columns)})"

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{escape(name)}</th>" for name in self.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(_shown(value))}</td>" for value in row) + "</tr>"
            for row in self._rows.head(_SHOWN).iter_rows()
        )
        origin = "".join(
            f"<li>{escape(str(name))}: {escape(str(value))}</li>"
            for name, value in self._provenance.items()
        )
        return (
            f'<div class="workbench-frame"><div style="font-weight:600">{escape(repr(self))}</div>'
            f'<div style="overflow-x:auto"><table><tr>{head}</tr>{body}</table></div>'
            f'<details style="font-size:12px"><summary>provenance</summary><ul>{origin}</ul>'
            "</details></div>"
        )


def _shown(value: object) -> str:
    """One cell for people: nothing for a missing value."""
    return "" if value is None else str(value)
