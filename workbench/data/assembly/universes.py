"""Universes: who belongs on each session, judged by what was known on it.

1. an index by name: its members at the last snapshot published before the session
2. `UniverseFilter`: listed long enough, traded enough, of some boards, without risk warnings
3. `membership` answers a mask on a market's grid, `member_rows` keeps rows of a table

An index snapshot is published after the close of its day and serves from the next session on;
changes between two monthly snapshots therefore arrive up to a month late, never early.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.arrays import BoolPanel, FloatPanel
from workbench.data.assembly.fields import index_codes
from workbench.data.assembly.grid import StoreGrid, table_numbers
from workbench.data.cellar import Cellar
from workbench.data.point_in_time import INDEX_ALIASES, Securities, members
from workbench.data.reading.part_holes import find_weight_holes
from workbench.errors import (
    BadValueError,
    CalendarUnknownError,
    DataGapError,
    EmptyUniverseError,
    near_names,
)
from workbench.market.rules import Board

if TYPE_CHECKING:
    import polars as pl

    from workbench.data.assembly.source import StoreSource

__all__ = ["UniverseFilter", "checked_index", "index_members", "member_rows", "membership"]

_BOARDS = tuple(board.value for board in Board)
_WIDER = {"main": ("main_sh", "main_sz")}
_LONGEST = 2520


@dataclass(frozen=True)
class UniverseFilter:
    """Conditions on the members of a universe, each judged on the session itself.

    Attributes
    ----------
    base : str
        ``"all"`` listed shares, or an index: its members.
    listed_sessions : int
        A share belongs from this many sessions after its listing on; 60 leaves out 60 sessions.
    min_adv : float
        Mean amount of the last `adv_window` sessions, this one included, at least this much, in
        the market's currency. Sessions without a bar count as 0; NaN (no member) where the store
        holds no bars at all of one of these sessions.
    adv_window : int
        Sessions of `min_adv`.
    boards : tuple of str
        Any of main (main_sh and main_sz), chinext, star, bse; all when empty.
    exclude_st : bool
        Leave out shares under a risk warning.
    exclude_suspended : bool
        Leave out shares suspended for the whole session.

    Raises
    ------
    BadValueError
        Values that cannot be meant.

    Examples
    --------
    >>> UniverseFilter(listed_sessions=60, min_adv=2e7).exclude_st
    True
    """

    base: str = "all"
    listed_sessions: int = 0
    min_adv: float = 0.0
    adv_window: int = 20
    boards: tuple[str, ...] = ()
    exclude_st: bool = True
    exclude_suspended: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "boards", _checked_boards(self.boards))
        if self.base != "all":
            checked_index(self.base)
        for name, low, high in (("listed_sessions", 0, _LONGEST), ("adv_window", 1, _LONGEST)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
                raise BadValueError(
                    f"{name} should be a whole number from {low} to {high}, got {value!r}."
                )
        money = self.min_adv
        if isinstance(money, bool) or not isinstance(money, int | float) or not 0 <= money < np.inf:
            raise BadValueError(f"min_adv should be an amount from 0, got {money!r}.")

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a provenance."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in vars(self).items()
        }


def checked_index(name: object) -> str:
    """The index that a universe names; `BadValueError` with near names where there is none."""
    text = name.strip() if isinstance(name, str) else ""
    known = {code for codes in INDEX_ALIASES.values() for code in codes}
    if text.lower() in INDEX_ALIASES:
        return text.lower()
    if text.upper() in known:
        return text.upper()
    raise BadValueError(
        f"There is no universe {name!r}.{near_names(str(name), ['all', *INDEX_ALIASES])} Known: "
        f"all, {', '.join(INDEX_ALIASES)}, a list of codes, or a UniverseFilter."
    )


def index_members(
    cellar: Cellar,
    index: str,
    sessions: NDArray[np.datetime64],
    assets: Sequence[str],
    on_gap: str,
) -> tuple[BoolPanel, tuple[str, ...]]:
    """Members of an index on each session, shape (T, N), and notes.

    Raises
    ------
    DataGapError
        If no snapshot is known on some sessions and `on_gap` is ``"raise"``.
    """
    found = members(cellar, index, sessions, assets)
    unknown = np.isnan(found.weights).all(axis=1) if len(assets) else np.zeros(0, dtype=bool)
    if unknown.any() and on_gap != "ignore":
        said = (
            f"No snapshot of {index} is known on {unknown.sum()} sessions up to "
            f"{sessions[unknown][-1]}: they have no members."
        )
        if on_gap == "warn":
            warnings.warn(said, stacklevel=4)
        else:
            raise DataGapError(
                f"{said} Fetch earlier months with `workbench data update idx.weights --start …`, "
                "begin later, or pass on_gap='warn' or 'ignore'."
            )
    return found.weights > 0, found.notes


def membership(source: StoreSource, wanted: UniverseFilter, on_gap: str) -> BoolPanel:
    """Who belongs to a filtered universe, shape (T, N).

    Parameters
    ----------
    source : StoreSource
        The market's fields.
    wanted : UniverseFilter
        Conditions.
    on_gap : str
        What to do about sessions without a known snapshot of the index.

    Raises
    ------
    CalendarUnknownError
        If the calendar begins too late to count sessions since listing.
    DataGapError, NotCoveredError
        If a table that a condition needs has holes.
    """
    grid = source.grid
    member: BoolPanel = grid.listing.listed.copy()
    if wanted.base != "all":
        held, notes = index_members(
            grid.cellar, wanted.base, grid.sessions, grid.listing.ids, on_gap
        )
        source.require(["idx.weights"], index_codes(wanted.base))
        member &= held
        source.note(notes)
    if wanted.listed_sessions:
        member &= _seasoned(grid, wanted.listed_sessions)
    if wanted.boards:
        member &= np.isin(grid.listing.securities.boards(grid.listing.ids), wanted.boards)
    if wanted.exclude_st and grid.region.name == "cn":
        member &= ~(source.field("is_st") > 0)
    if wanted.exclude_suspended and grid.region.name == "cn":
        member &= ~(source.field("suspended") > 0)
    if wanted.min_adv > 0:
        member &= _traded_amount(grid, wanted.adv_window) >= wanted.min_adv
    return member


def member_rows(
    cellar: Cellar,
    known: Securities,
    universe: str | Sequence[str],
    sessions: NDArray[np.datetime64],
    rows: pl.DataFrame,
    on_gap: str,
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Rows whose asset belongs to the universe on the row's session, in their order, and notes.

    Raises
    ------
    DataGapError
        If the members are unknown on some sessions, or snapshots are missing, and `on_gap` is
        ``"raise"``.
    EmptyUniverseError
        If no row is left.
    """
    import polars as pl

    notes: tuple[str, ...] = ()
    numbered = rows.with_row_index("_row")
    keys = numbered.select("_row", "session", "asset")
    if not isinstance(universe, str):
        names = sorted({known.identity(known.normalise(name)) for name in universe})
        kept = (
            known.place(keys, names, "session")["_row"] if names else pl.Series([], dtype=pl.UInt32)
        )
    else:
        # Tables may hold codes that are no share's (funds, B shares): members of nothing here.
        held = known.intervals.filter(pl.col("asset").is_in(rows["asset"].unique().implode()))
        names = held["security_id"].unique().sort().to_list()
        index = checked_index(universe)
        mask, notes = index_members(cellar, index, sessions, names, on_gap)
        gap = find_weight_holes(cellar, index_codes(index), sessions).settle(on_gap)
        notes += (gap,) if gap else ()
        placed = known.place(keys, names, "session")
        at = np.searchsorted(sessions, placed["session"].to_numpy().astype("datetime64[D]"))
        belongs = mask[np.minimum(at, len(sessions) - 1), placed["column"].to_numpy()]
        kept = placed["_row"].filter(pl.Series(belongs))
    if not len(kept):
        raise EmptyUniverseError(
            f"No row belongs to the universe {universe!r} in this window; check its dates."
        )
    return rows[kept.sort()], tuple(f"{note.rstrip('.')}." for note in notes)


def _checked_boards(boards: object) -> tuple[str, ...]:
    words = (boards,) if isinstance(boards, str) else tuple(boards)  # type: ignore[arg-type]
    given = tuple(name for word in words for name in _WIDER.get(word, (word,)))
    for name in given:
        if name not in _BOARDS:
            raise BadValueError(
                f"There is no board {name!r}.{near_names(str(name), _BOARDS)} Known: "
                f"{', '.join(_BOARDS)}."
            )
    return given


def _seasoned(grid: StoreGrid, least: int) -> BoolPanel:
    """Whether at least `least` sessions lie between listing and each session, shape (T, N)."""
    known = grid.calendar.sessions
    start = _listing_days(grid)
    row = np.searchsorted(known, grid.sessions)
    begun = np.searchsorted(known, start)
    # A share listed before the calendar begins has at least the sessions since then.
    early = start < grid.calendar.first
    if early.any() and row[0] < least:
        raise CalendarUnknownError(
            f"Counting {least} sessions before {grid.sessions[0]} needs the calendar from earlier "
            f"than {grid.calendar.first}. Extend {grid.region.sessions} with an earlier --start."
        )
    return row[:, None] - begun[None, :] >= least


def _listing_days(grid: StoreGrid) -> NDArray[np.datetime64]:
    """First listing day of each column, shape (N,)."""
    import polars as pl

    days = grid.listing.securities.frame.group_by("security_id").agg(pl.col("list_date").min())
    by_id = dict(days.iter_rows())
    return np.array([by_id[name] for name in grid.listing.ids], dtype="datetime64[D]")


def _traded_amount(grid: StoreGrid, window: int) -> FloatPanel:
    """Mean amount of the last `window` sessions, shape (T, N); see `UniverseFilter.min_adv`."""
    days = np.concatenate([grid.sessions_before(window - 1), grid.sessions])
    if len(days) < len(grid.sessions) + window - 1:
        raise CalendarUnknownError(
            f"The mean amount of {window} sessions needs the calendar {window - 1} sessions before "
            f"{grid.sessions[0]}. Extend {grid.region.sessions} with an earlier --start."
        )
    table, column = ("cn.bars_1d", "amount") if grid.region.name == "cn" else ("us.bars_1d", "")
    if column:
        amount = table_numbers(grid, table, column, days).values
    else:
        volume = table_numbers(grid, table, "volume", days).values
        amount = volume * table_numbers(grid, table, "vwap", days).values
    held = np.isfinite(amount).any(axis=1)
    amount = np.where(np.isfinite(amount), amount, 0.0)
    amount[~held] = np.nan
    total = np.zeros(grid.shape)
    # Oldest to newest in every window: a value depends on its window alone.
    for offset in range(window):
        total += amount[offset : offset + len(grid.sessions)]
    mean: FloatPanel = total / window
    return mean
