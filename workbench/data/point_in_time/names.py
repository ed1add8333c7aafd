"""Risk warnings (ST) by day: from the exchange's list where there is one, from names before it.

1. ``cn.st_1d`` lists the warned shares of each session from 2016-01-04
2. before it, a name tells: ST, *ST, SST, S*ST (with a G in 2005 and 2006); names with 退 mark the
   delisting period, whose price band is not the one of ST: they are told apart
3. `st_intervals` mends the names: an open end stops where the next name starts, repeats fall
   together
4. `is_st` puts both on a grid and notes which source served which sessions
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from workbench.data.point_in_time.columns import place
from workbench.data.point_in_time.sessions import as_days
from workbench.errors import NotCoveredError

if TYPE_CHECKING:
    from workbench.data.cellar import Cellar

__all__ = ["FIRST_LIST", "RiskWarnings", "is_st", "named_intervals", "st_intervals"]

FIRST_LIST = date(2016, 1, 4)
"""First session of the exchange's daily list."""

_WARNED = r"^G?S?\*?ST"
_DELISTING = "退"


class RiskWarnings(NamedTuple):
    """Risk warnings on a grid.

    Attributes
    ----------
    values : ndarray of bool, shape (T, N)
        True where the share carries a warning on the session.
    notes : tuple of str
        Which source served which sessions, and where there was none.
    """

    values: NDArray[np.bool_]
    notes: tuple[str, ...]


def named_intervals(names: pl.DataFrame) -> pl.DataFrame:
    """Spans in which a name showed a risk warning or the delisting period.

    Parameters
    ----------
    names : DataFrame
        Rows of ``ref.names``; repeats, overlaps and open ends are expected.

    Returns
    -------
    DataFrame
        asset, start, end (last day; missing while it lasts), name, kind (``st`` or
        ``delisting``); disjoint, ordered.

    Examples
    --------
    >>> rows = pl.DataFrame(
    ...     {
    ...         "asset": ["000001.SZ"] * 3,
    ...         "start": [date(2001, 1, 2), date(2003, 1, 2), date(2004, 1, 2)],
    ...         "end": [None, None, None],
    ...         "name": ["a", "*STa", "a"],
    ...     },
    ...     schema_overrides={"end": pl.Date},
    ... )
    >>> named_intervals(rows).select("start", "end", "kind").rows()
    [(datetime.date(2003, 1, 2), datetime.date(2004, 1, 1), 'st')]
    """
    # Several rows of one start: the one that ends last was in force, then the larger name.
    forever = pl.lit(date(9999, 12, 31))
    ordered = (
        names.filter(pl.col("start").is_not_null() & pl.col("name").is_not_null())
        .with_columns(pl.col("end").fill_null(forever).alias("_end"))
        .sort("asset", "start", "_end", "name")
        .unique(["asset", "start"], keep="last", maintain_order=True)
    )
    following = pl.col("start").shift(-1).over("asset") - pl.duration(days=1)
    kind = (
        pl.when(pl.col("name").str.contains(_WARNED))
        .then(pl.lit("st"))
        .when(pl.col("name").str.contains(_DELISTING, literal=True))
        .then(pl.lit("delisting"))
    )
    return (
        ordered.with_columns(pl.min_horizontal("_end", following).alias("_end"), kind=kind)
        .filter(pl.col("kind").is_not_null() & (pl.col("start") <= pl.col("_end")))
        .select(
            "asset",
            "start",
            pl.when(pl.col("_end") < forever).then("_end").alias("end"),
            "name",
            "kind",
        )
    )


def st_intervals(cellar: Cellar) -> pl.DataFrame:
    """Spans told from the names in ``ref.names``; see `named_intervals`.

    Raises
    ------
    NotCoveredError
        If the store has no ``ref.names``.
    """
    return named_intervals(cellar.table("ref.names").read())


def is_st(
    cellar: Cellar,
    sessions: NDArray[np.datetime64],
    assets: Sequence[str],
    *,
    delisting: bool = False,
) -> RiskWarnings:
    """Whether each share carries a risk warning on each session.

    Parameters
    ----------
    cellar : Cellar
        Where ``cn.st_1d`` or ``ref.names`` lies.
    sessions : ndarray of datetime64[D], shape (T,)
    assets : sequence of str, length N
        Identities or codes.
    delisting : bool
        Count the delisting period, as told from names, as a warning too. Off by default: price
        bands of ST do not hold in it.

    Returns
    -------
    RiskWarnings
        Sessions that neither source covers are False, and noted.

    Raises
    ------
    NotCoveredError
        If the store has neither source.
    """
    days = as_days(sessions)
    if not cellar.has("cn.st_1d") and not cellar.has("ref.names"):
        raise NotCoveredError(
            "Risk warnings need cn.st_1d (from 2016-01-04) or ref.names; this workspace has "
            "neither. Fetch one with `workbench data update cn.st_1d`."
        )
    values = np.zeros((len(days), len(assets)), dtype=np.bool_)
    listed_days = _from_list(cellar, days, assets, values)
    named = _from_names(cellar, days, assets, values, ~listed_days, delisting)
    return RiskWarnings(values, _notes(days, listed_days, named))


def _from_list(
    cellar: Cellar, days: NDArray, assets: Sequence[str], values: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Set the cells of the exchange's list; return which sessions it covers, shape (T,)."""
    if not cellar.has("cn.st_1d") or not len(days):
        return np.zeros(len(days), dtype=np.bool_)
    rows = cellar.table("cn.st_1d").read(
        columns=["session", "asset"], first=days[0].item(), last=days[-1].item()
    )
    # The list is never empty, so a session without a row is one that was not fetched.
    covered = np.isin(days, rows["session"].unique().to_numpy().astype("datetime64[D]"))
    placed = place(cellar, rows, assets, "session")
    at = np.searchsorted(days, placed["session"].to_numpy().astype("datetime64[D]"))
    inside = covered[np.minimum(at, len(days) - 1)] & (
        days[np.minimum(at, len(days) - 1)] == placed["session"].to_numpy().astype("datetime64[D]")
    )
    values[at[inside], placed["column"].to_numpy()[inside]] = True
    return covered


def _from_names(
    cellar: Cellar,
    days: NDArray,
    assets: Sequence[str],
    values: NDArray[np.bool_],
    open_days: NDArray[np.bool_],
    delisting: bool,
) -> bool:
    """Set the cells of names on `open_days`, and of delisting names on all; say if names exist."""
    if not cellar.has("ref.names"):
        return False
    spans = place(cellar, st_intervals(cellar), assets, "start")
    start = np.searchsorted(days, spans["start"].to_numpy().astype("datetime64[D]"))
    ends = spans["end"].fill_null(date(9999, 12, 31)).to_numpy().astype("datetime64[D]")
    end = np.searchsorted(days, ends, side="right")
    for low, high, column, kind in zip(start, end, spans["column"], spans["kind"], strict=True):
        if kind == "st":
            values[low:high, column] |= open_days[low:high]
        elif delisting:
            values[low:high, column] = True
    return True


def _notes(days: NDArray, listed: NDArray[np.bool_], named: bool) -> tuple[str, ...]:
    notes = []
    if listed.any():
        notes.append(f"risk warnings of {listed.sum()} sessions from cn.st_1d")
    rest = days[~listed]
    if not len(rest):
        return tuple(notes)
    late = int((rest >= np.datetime64(FIRST_LIST)).sum())
    hint = f" ({late} of them since {FIRST_LIST}, where cn.st_1d has no row)" if late else ""
    if named:
        notes.append(f"risk warnings of {len(rest)} sessions from names in ref.names{hint}")
    else:
        notes.append(
            f"risk warnings of {len(rest)} sessions from {rest[0]} to {rest[-1]} are unknown and "
            f"taken as none: ref.names is not in the store{hint}"
        )
    return tuple(notes)
