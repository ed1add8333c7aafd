"""Members of an index and their weights on each session, as they were known.

A snapshot of the weights of day d is published after the close of d, so it serves from the next
session on, until the next snapshot does. Between snapshots weights are carried, not drifted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from workbench.data.point_in_time.columns import place
from workbench.data.point_in_time.sessions import as_days
from workbench.errors import BadValueError, NotCoveredError, near_names

if TYPE_CHECKING:
    from workbench.data.cellar import Cellar

__all__ = ["INDEX_ALIASES", "Members", "index_code", "members"]

INDEX_ALIASES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "sse50": ("000016.SH",),
        "csi300": ("000300.SH", "399300.SZ"),
        "csi500": ("000905.SH", "399905.SZ"),
        "csi800": ("000906.SH", "399906.SZ"),
        "csi1000": ("000852.SH", "399852.SZ"),
        "csi2000": ("932000.CSI",),
        "csia500": ("000510.SH", "000510.CSI"),
        "csi_all": ("000985.SH", "000985.CSI"),
        "sse_composite": ("000001.SH",),
        "szse_component": ("399001.SZ",),
        "szse_composite": ("399106.SZ",),
        "chinext": ("399006.SZ",),
        "star50": ("000688.SH",),
        "bse50": ("899050.BJ",),
    }
)
"""Names of indices and the codes under which vendors carry them, the usual one first."""

_COMPLETE = 0.9
"""A snapshot whose weights sum to less is a fragment and is passed over."""
_STALE_DAYS = 70
"""Monthly snapshots are never further apart; a longer carry is noted."""


class Members(NamedTuple):
    """Members and weights on a grid.

    Attributes
    ----------
    weights : ndarray of float64, shape (T, N)
        Fractions of the index, at the last usable snapshot; 0 for a share that is no member, NaN
        on sessions before the first usable snapshot.
    assets : tuple of str
        Names of the columns.
    notes : tuple of str
        Snapshots passed over, sessions without any, weights carried for long.
    """

    weights: NDArray[np.float64]
    assets: tuple[str, ...]
    notes: tuple[str, ...]


def index_code(index: str) -> str:
    """The usual code of an index, given its name or any of its codes.

    Raises
    ------
    BadValueError
        If it is neither a known name nor a code.

    Examples
    --------
    >>> index_code("csi300"), index_code("399300.SZ")
    ('000300.SH', '000300.SH')
    """
    return _codes(index)[0]


def members(
    cellar: Cellar,
    index: str,
    sessions: NDArray[np.datetime64],
    assets: Sequence[str] | None = None,
) -> Members:
    """Weights of an index on each session.

    Parameters
    ----------
    cellar : Cellar
        Where ``idx.weights`` lies.
    index : str
        A name (`INDEX_ALIASES`) or a code.
    sessions : ndarray of datetime64[D], shape (T,)
    assets : sequence of str, optional
        Columns wanted, identities or codes; without them every member there ever was in these
        snapshots, by code, ascending.

    Raises
    ------
    NotCoveredError
        If the store has no snapshot of the index.
    """
    days = as_days(sessions)
    rows = cellar.table("idx.weights").read(
        columns=["index", "session", "asset", "weight"], values={"index": list(_codes(index))}
    )
    if rows.is_empty():
        raise NotCoveredError(
            f"idx.weights has no snapshot of {index!r}. Fetch it with "
            f"`workbench data update idx.weights --codes {index_code(index)}`."
        )
    rows, notes = _snapshots(rows, index)
    taken = rows["session"].unique().sort().to_numpy().astype("datetime64[D]")
    # A snapshot of the day itself is not yet out: strictly before the session.
    snapshot = np.searchsorted(taken, days, side="left") - 1
    used = taken[np.unique(snapshot[snapshot >= 0])]
    rows = rows.filter(pl.col("session").is_in(pl.Series(used, dtype=pl.Date).implode()))
    names = tuple(rows["asset"].unique().sort()) if assets is None else tuple(assets)
    placed = _by_own_code(rows, names) if assets is None else place(cellar, rows, names, "session")
    return Members(
        _carried(placed, used, taken, snapshot, len(names)),
        names,
        (*notes, *_carry_notes(index, days, taken, snapshot)),
    )


def _codes(index: str) -> tuple[str, ...]:
    name = str(index).strip()
    if name.lower() in INDEX_ALIASES:
        return INDEX_ALIASES[name.lower()]
    for codes in INDEX_ALIASES.values():
        if name.upper() in codes:
            return codes
    code, _, exchange = name.upper().partition(".")
    if len(code) == 6 and code.isalnum() and exchange:
        return (name.upper(),)
    raise BadValueError(
        f"{index!r} is no index: expected a code such as '000300.SH' or one of "
        f"{', '.join(INDEX_ALIASES)}.{near_names(name, INDEX_ALIASES)}"
    )


def _snapshots(rows: pl.DataFrame, index: str) -> tuple[pl.DataFrame, list[str]]:
    """Choose one code for each day, drop fragments, fill absent weights; with notes."""
    order = {code: rank for rank, code in enumerate(_codes(index))}
    rank = pl.col("index").replace_strict(order, default=len(order), return_dtype=pl.Int32)
    rows = rows.with_columns(rank.alias("rank"))
    rows = rows.filter(pl.col("rank") == pl.col("rank").min().over("session"))
    total = pl.col("weight").sum().over("session")
    unweighted = pl.col("weight").is_null().all().over("session")
    notes = []
    partial = rows.filter((total < _COMPLETE) & ~unweighted)["session"].unique().sort()
    if len(partial):
        notes.append(
            f"{len(partial)} snapshots of {index} sum to less than {_COMPLETE:.0%} and are passed "
            f"over, the first of {partial[0]}"
        )
    bare = rows.filter(unweighted)["session"].unique()
    if len(bare):
        notes.append(f"{len(bare)} snapshots of {index} have no weights: members count equally")
    equal = 1.0 / pl.len().over("session")
    kept = rows.filter((total >= _COMPLETE) | unweighted).with_columns(
        pl.when(unweighted).then(equal).otherwise(pl.col("weight").fill_null(0.0)).alias("weight")
    )
    if kept.is_empty():
        raise NotCoveredError(f"idx.weights has only fragments of {index!r}: {notes[0]}.")
    return kept, notes


def _by_own_code(rows: pl.DataFrame, names: tuple[str, ...]) -> pl.DataFrame:
    column = np.searchsorted(np.array(names, dtype=np.str_), rows["asset"].to_numpy().astype(str))
    return rows.with_columns(pl.Series("column", column, dtype=pl.Int32))


def _carried(
    placed: pl.DataFrame,
    used: NDArray[np.datetime64],
    taken: NDArray[np.datetime64],
    snapshot: NDArray[np.int64],
    width: int,
) -> NDArray[np.float64]:
    table = np.zeros((len(used) + 1, width))
    table[-1] = np.nan
    row = np.searchsorted(used, placed["session"].to_numpy().astype("datetime64[D]"))
    # Two codes of one security in one snapshot (a change within the month) count together.
    np.add.at(table, (row, placed["column"].to_numpy()), placed["weight"].to_numpy())
    return table[np.where(snapshot < 0, -1, np.searchsorted(used, taken[snapshot]))]


def _carry_notes(
    index: str,
    days: NDArray[np.datetime64],
    taken: NDArray[np.datetime64],
    snapshot: NDArray[np.int64],
) -> list[str]:
    notes = []
    before = int((snapshot < 0).sum())
    if before:
        notes.append(
            f"{before} sessions before {taken[0]}, the first snapshot of {index}, have no members"
        )
    age = (days - taken[snapshot])[snapshot >= 0].astype(np.int64)
    if (age > _STALE_DAYS).any():
        notes.append(
            f"weights of {index} are carried up to {age.max()} days: snapshots are missing"
        )
    return notes
