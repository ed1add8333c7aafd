"""Listing: which securities are the columns of a market, and which code stood for them when.

1. `listing` keeps the securities listed on at least one session and names each by its latest code
2. `CodeSpans` holds the days on which each code belongs to each column
3. `CodeSpans.columns_in` says where the columns are found among the codes of one stored block
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.arrays import BoolPanel, FloatPanel, read_only
from workbench.errors import EmptyUniverseError, UnknownAssetError
from workbench.market import Assets

if TYPE_CHECKING:
    from workbench.data.point_in_time import Securities

__all__ = ["CodeSpans", "ColumnPlan", "Listing", "listing"]

_EVER = np.datetime64("0001-01-01", "D")
_FOREVER = np.datetime64("9999-12-31", "D")


@dataclass(frozen=True, eq=False)
class ColumnPlan:
    """Where the columns of a grid lie in one block of stored codes.

    Attributes
    ----------
    source : ndarray of int, shape (N,)
        Column of the block that fills the grid's column; 0 where there is none, see `absent`.
    absent : ndarray of int
        Columns of the grid that no code of the block fills.
    blank : tuple of two ndarrays of int
        Cells (row, column) of the grid outside the days of the code in `source`.
    more : tuple of (rows, columns, sources)
        Cells that a second code of the same security fills, and its column in the block.
    suspects : ndarray of int
        Columns of the block whose code does not hold on every row.
    allowed : ndarray of bool, shape (T, suspects)
        Where it does.
    codes : tuple of str
        Codes of the block.
    """

    source: NDArray[np.int64]
    absent: NDArray[np.int64]
    blank: tuple[NDArray[np.int64], NDArray[np.int64]]
    more: tuple[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]], ...]
    suspects: NDArray[np.int64]
    allowed: BoolPanel
    codes: tuple[str, ...]

    def fill(self, block: FloatPanel, panel: FloatPanel) -> None:
        """Copy a block of rows into the same rows of the grid."""
        # One pass over memory; what does not belong is blanked afterwards, it is little.
        np.take(block, self.source, axis=1, out=panel, mode="clip")
        panel[:, self.absent] = np.nan
        panel[self.blank] = np.nan
        for rows, columns, sources in self.more:
            panel[rows, columns] = block[rows, sources]

    def outside(self, block: FloatPanel) -> dict[str, int]:
        """Rows on which a code has a value though it stands for no column, by code."""
        stray = (np.isfinite(block[:, self.suspects]) & ~self.allowed).sum(axis=0)
        return {self.codes[self.suspects[at]]: int(stray[at]) for at in np.flatnonzero(stray)}


@dataclass(frozen=True, eq=False)
class CodeSpans:
    """Codes, the column each stands for, and the first and last day on which it does.

    Attributes
    ----------
    width : int
        Number of columns, N.
    codes : tuple of str
        One entry a span; a code may occur more than once.
    columns : ndarray of int
        Column of each span.
    first, last : ndarray of datetime64[D]
        Days of each span, both included.
    """

    width: int
    codes: tuple[str, ...]
    columns: NDArray[np.int64]
    first: NDArray[np.datetime64]
    last: NDArray[np.datetime64]
    _plans: dict[tuple[int, bytes], ColumnPlan] = field(default_factory=dict, repr=False)

    def columns_in(self, codes: tuple[str, ...], sessions: NDArray[np.datetime64]) -> ColumnPlan:
        """Find the columns among the `codes` of a block that has these rows."""
        key = (hash(codes), sessions.tobytes())
        if key not in self._plans:
            self._plans[key] = self._planned(codes, sessions)
        return self._plans[key]

    def _planned(self, codes: tuple[str, ...], sessions: NDArray[np.datetime64]) -> ColumnPlan:
        places = {code: at for at, code in enumerate(codes)}
        at = np.array([places.get(code, -1) for code in self.codes], dtype=np.int64)
        start, end = sessions[0], sessions[-1]
        touching = np.flatnonzero((at >= 0) & (self.first <= end) & (self.last >= start))
        _, earliest = np.unique(self.columns[touching], return_index=True)
        main, others = touching[earliest], np.delete(touching, earliest)
        source = np.zeros(self.width, dtype=np.int64)
        source[self.columns[main]] = at[main]
        full = (self.first <= start) & (self.last >= end)
        part = main[~full[main]]
        rows, which = np.nonzero(~self._held(part, sessions))
        more = []
        for span in others:
            filled = np.flatnonzero(self._held(np.array([span]), sessions)[:, 0])
            more.append((filled, np.full(len(filled), self.columns[span]),
                         np.full(len(filled), at[span])))  # fmt: skip
        suspects = np.setdiff1d(at[at >= 0], at[full & (at >= 0)])
        allowed = np.zeros((len(sessions), len(suspects)), dtype=bool)
        doubtful = np.flatnonzero(np.isin(at, suspects))
        np.logical_or.at(
            allowed.T, np.searchsorted(suspects, at[doubtful]), self._held(doubtful, sessions).T
        )
        return ColumnPlan(
            source, np.setdiff1d(np.arange(self.width), self.columns[main]),
            (rows, self.columns[part[which]]), tuple(more), suspects, allowed, codes,
        )  # fmt: skip

    def _held(self, spans: NDArray[np.int64], sessions: NDArray[np.datetime64]) -> BoolPanel:
        """Whether each span holds on each day, shape (T, spans)."""
        days = sessions[:, None]
        return (days >= self.first[spans]) & (days <= self.last[spans])


@dataclass(frozen=True, eq=False)
class Listing:
    """The columns of a market.

    Attributes
    ----------
    assets : Assets
        Latest code of each security, ascending.
    ids : tuple of str
        Identity of each column.
    listed : ndarray of bool, shape (T, N)
        Whether each is listed on each session.
    spans : CodeSpans
        Codes of each column by day.
    securities : Securities
        Everything known about who is who.
    """

    assets: Assets
    ids: tuple[str, ...]
    listed: BoolPanel
    spans: CodeSpans
    securities: Securities


def listing(
    known: Securities, sessions: NDArray[np.datetime64], only: Sequence[str] | None = None
) -> Listing:
    """Choose the securities of a market.

    Parameters
    ----------
    known : Securities
        Every security of the region.
    sessions : ndarray of datetime64[D], shape (T,)
        Rows of the market.
    only : sequence of str, optional
        Codes or identities to keep; every listed security by default.

    Raises
    ------
    UnknownAssetError
        If one of `only` is unknown, or is not listed on any of the sessions.
    EmptyUniverseError
        If nothing is listed.
    """
    wanted = known.ids if only is None else tuple(dict.fromkeys(known.identity(n) for n in only))
    listed = known.listed(sessions, wanted)
    alive = listed.any(axis=0)
    if only is not None and not alive.all():
        gone = [known.latest_code(wanted[at]) for at in np.flatnonzero(~alive)]
        raise UnknownAssetError(
            f"Not listed on any session from {sessions[0]} to {sessions[-1]}: "
            f"{', '.join(gone[:5])}{' …' if len(gone) > 5 else ''}. Leave them out, or widen the "
            "window."
        )
    if not alive.any():
        raise EmptyUniverseError(
            f"No security is listed from {sessions[0]} to {sessions[-1]} as far as the store knows."
        )
    ids = [wanted[at] for at in np.flatnonzero(alive)]
    labels = _labels(known, ids)
    order = sorted(range(len(ids)), key=labels.__getitem__)
    ordered = tuple(ids[at] for at in order)
    columns = np.flatnonzero(alive)[order]
    return Listing(
        Assets(labels[at] for at in order), ordered, read_only(listed[:, columns]),
        _spans(known, {name: column for column, name in enumerate(ordered)}), known,
    )  # fmt: skip


def _labels(known: Securities, ids: Sequence[str]) -> list[str]:
    """The latest code of each; of several holders the latest keeps it bare.

    Earlier holders of a code that was given out again carry their identity behind it.
    """
    codes = [known.latest_code(name) for name in ids]
    return [
        code if known.identity(code) == name else f"{code}#{name}"
        for code, name in zip(codes, ids, strict=True)
    ]


def _spans(known: Securities, columns: Mapping[str, int]) -> CodeSpans:
    """The spans of the codes of some securities."""
    rows = [row for row in known.intervals.iter_rows() if row[0] in columns]
    return CodeSpans(
        len(columns),
        tuple(code for _, code, _, _ in rows),
        np.array([columns[name] for name, _, _, _ in rows], dtype=np.int64),
        np.array([_EVER if day is None else day for _, _, day, _ in rows], "datetime64[D]"),
        np.array([_FOREVER if day is None else day for _, _, _, day in rows], "datetime64[D]"),
    )
