"""Figures of statements on a grid of sessions and assets, as they were known.

1. rows are dated (`known_at`) and placed in the columns of the grid
2. on each session only rows known by then count; the newest fiscal quarter decides, then the
   latest version of that quarter: a late restatement of an old quarter never replaces a newer one,
   but it does change the bases of growth and trailing sums (`figures`)
3. figures are computed where something becomes known and held until something else does, or
   until the newest announcement is older than `max_age` days
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from workbench.data.catalog import dataset as catalogued
from workbench.data.point_in_time.columns import place
from workbench.data.point_in_time.contradictions import contradiction_note
from workbench.data.point_in_time.figures import CUMULATIVE_ONLY, FIGURES, WITH_K, Ask
from workbench.data.point_in_time.known_at import version_order
from workbench.data.point_in_time.sessions import SessionCalendar, calendar
from workbench.data.point_in_time.statements import dated_rows
from workbench.data.point_in_time.versions import Events, Versions, lay_out, quarter_number
from workbench.errors import BadValueError, near_names

if TYPE_CHECKING:
    from workbench.data.cellar import Cellar

__all__ = ["CUMULATIVE", "MAX_AGE", "SIDED", "Fundamentals", "figure_on_grid"]

CUMULATIVE = {"cn.income": True, "cn.cashflow": True, "cn.balance": False}
"""Whether a dataset's figures run from the year's beginning; others mix both and must be told."""
MAX_AGE = 400
"""Days after which the newest announcement is too old: a year and a month."""
SIDED = frozenset({"ttm", "sq", "qoq", "growth", "sue"})
"""Figures that need to know whether the item runs from the year's beginning."""


@dataclass(frozen=True)
class Fundamentals:
    """Figures of one dataset of statements.

    Attributes
    ----------
    cellar : Cellar
        Pin it (`Cellar.pinned`) where several figures must come from one state.
    dataset : str
        ``cn.income``, ``cn.balance``, ``cn.cashflow``, ``cn.indicator`` …
    """

    cellar: Cellar
    dataset: str

    @cached_property
    def calendar(self) -> SessionCalendar:
        """Sessions of the market."""
        return calendar(self.cellar, catalogued(self.dataset).market)

    def field(
        self,
        item: str,
        how: str,
        sessions: NDArray[np.datetime64],
        assets: Sequence[str],
        *,
        k: int = 1,
        max_age: int = MAX_AGE,
        cumulative: bool | None = None,
    ) -> NDArray[np.float64]:
        """One figure on a grid.

        Parameters
        ----------
        item : str
            Column of the dataset, such as ``n_income_attr_p``.
        how : str
            ``latest``, ``q``, ``ttm``, ``sq``, ``yoy``, ``qoq``, ``avg2``, ``growth``, ``sue``,
            ``revision`` or ``days_since_announce``; formulas in `figures`.
        sessions : ndarray of datetime64[D], shape (T,)
            Ascending days, inside the days the calendar knows.
        assets : sequence of str, length N
            Identities or codes.
        k : int
            Which quarter (``q``), years (``growth``), sessions (``revision``).
        max_age : int
            NaN from the day on which the newest quarter's announcement is older than this many
            days.
        cumulative : bool, optional
            Whether the figure runs from the year's beginning. Told by the dataset for income, cash
            flow and balance sheets; for the others ``ttm``, ``sq``, ``qoq``, ``growth`` and
            ``sue`` need it.

        Returns
        -------
        ndarray of float64, shape (T, N)
            NaN where nothing is known, too old, or part of the formula is missing. Units of the
            item; fractions for relative changes; days.

        Raises
        ------
        BadValueError
            If `how`, `k`, `max_age` or `cumulative` cannot be meant.
        UnknownFieldError
            If the dataset has no such item, or it is not a number.
        NotCoveredError
            If the store has no such table or no calendar.
        CalendarUnknownError
            If the grid leaves the calendar.
        """
        return self.told(item, how, sessions, assets, k=k, max_age=max_age, cumulative=cumulative)[
            0
        ]

    def told(
        self,
        item: str,
        how: str,
        sessions: NDArray[np.datetime64],
        assets: Sequence[str],
        *,
        k: int = 1,
        max_age: int = MAX_AGE,
        cumulative: bool | None = None,
    ) -> tuple[NDArray[np.float64], tuple[str, ...]]:
        """The values of `field`, and what a reader of them should know."""
        summed = self._cumulative(how, k, max_age, cumulative)
        if item in catalogued(self.dataset) and catalogued(self.dataset)[item].kind != "number":
            raise BadValueError(f"{item!r} of {self.dataset} is no number and has no figure.")
        days = self.calendar.require(sessions)
        dated = dated_rows(self.cellar, self.dataset, self.calendar, [item], assets)
        placed = place(self.cellar, dated.frame, assets, "announced")
        notes = contradiction_note(self.dataset, dated.contradicted)
        return figure_on_grid(
            placed.rename({item: "value"}), self.calendar, days, len(assets), how,
            k=k, max_age=max_age, cumulative=summed,
        ), notes  # fmt: skip

    def quarantined(self, assets: Sequence[str] | None = None) -> pl.DataFrame:
        """Rows that are never used, with the reason: no day, or one before the period ended."""
        return dated_rows(self.cellar, self.dataset, self.calendar, (), assets).quarantined

    def _cumulative(self, how: str, k: int, max_age: int, cumulative: bool | None) -> bool:
        if how not in FIGURES:
            raise BadValueError(
                f"No figure is called {how!r}.{near_names(how, FIGURES)} "
                f"Known: {', '.join(FIGURES)}."
            )
        if isinstance(k, bool) or not isinstance(k, int) or k < 1:
            raise BadValueError(f"k is a whole number from 1; got {k!r}.")
        if k != 1 and how not in WITH_K:
            raise BadValueError(f"{how!r} takes no k; it belongs to {', '.join(sorted(WITH_K))}.")
        if max_age < 1:
            raise BadValueError(f"max_age is a number of days from 1; got {max_age!r}.")
        summed = CUMULATIVE.get(self.dataset) if cumulative is None else cumulative
        if summed is None and how in SIDED:
            raise BadValueError(
                f"{self.dataset} mixes figures of the year to date with levels: say "
                f"cumulative=True or False for {how!r}."
            )
        if not summed and how in CUMULATIVE_ONLY:
            raise BadValueError(
                f"{self.dataset} holds levels, which have no {how!r}; use 'latest'."
            )
        return bool(summed)


def figure_on_grid(
    rows: pl.DataFrame,
    known: SessionCalendar,
    days: NDArray[np.datetime64],
    width: int,
    how: str,
    *,
    k: int = 1,
    max_age: int = MAX_AGE,
    cumulative: bool = True,
) -> NDArray[np.float64]:
    """Compute one figure from dated and placed rows; see `Fundamentals.field`.

    Parameters
    ----------
    rows : DataFrame
        column, period, known_at, announced, f_announced, value, and what orders versions
        (`version_order`).
    known : SessionCalendar
    days : ndarray of datetime64[D], shape (T,)
    width : int
        N.
    how, k, max_age, cumulative
        As there.

    Returns
    -------
    ndarray of float64, shape (T, N)
    """
    usable = rows.filter(
        pl.col("known_at").is_not_null()
        & pl.col("value").is_not_null()
        & pl.col("value").is_finite()
        & (pl.col("period") == pl.col("period").dt.month_end())
        & (pl.col("period").dt.month() % 3 == 0)
    ).sort(version_order())
    if usable.is_empty() or not len(days):
        return np.full((len(days), width), np.nan)
    versions = _versions(usable, known)
    events = versions.events(lag=k if how == "revision" else 0)
    values = FIGURES[how](Ask(versions, events, cumulative, k))
    grid, expire = _grid_rows(events, known, days, max_age)
    found = lay_out(events, values, grid, expire, (len(days), width))
    if how == "days_since_announce":
        return days.astype(np.float64)[:, None] - found
    return found


def _versions(rows: pl.DataFrame, known: SessionCalendar) -> Versions:
    days = rows["known_at"].to_numpy().astype("datetime64[D]")
    return Versions(
        rows["column"].to_numpy().astype(np.int64),
        quarter_number(rows["period"].to_numpy()),
        np.searchsorted(known.sessions, days),
        rows.select(pl.max_horizontal("announced", "f_announced"))
        .to_series()
        .to_numpy()
        .astype("datetime64[D]"),
        rows["value"].to_numpy(),
        len(known.sessions),
    )


def _grid_rows(
    events: Events, known: SessionCalendar, days: NDArray[np.datetime64], max_age: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Grid rows from which events hold, and on which they are too old."""
    inside = np.minimum(events.row, len(known.sessions) - 1)
    grid = np.searchsorted(days, known.sessions[inside])
    grid = np.where(events.row < len(known.sessions), grid, len(days))
    oldest = events.announced + np.timedelta64(max_age, "D")
    return grid, np.searchsorted(days, oldest, side="right")
