"""The industry of each share on each session, from membership spans.

1. a row of ``ind.members`` says: this share belonged to this group from `start` to `end`
2. where spans overlap, the one that started later holds
3. groups are numbered by the first start of any of their spans, then by code, over the groups
   begun by the last session asked for: what begins later changes no number before
4. a scheme published later than the session is hindsight, and noted: SW2021 dates from 2021-07-30,
   its earlier spans were filled in backwards
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
from workbench.errors import BadValueError, NotCoveredError

if TYPE_CHECKING:
    from workbench.data.cellar import Cellar

__all__ = ["Industries", "industries"]

_PUBLISHED = {
    "SW2021": np.datetime64("2021-07-30", "D"),
    "SW2014": np.datetime64("2014-02-21", "D"),
}
_LEVELS = {
    name: level for level in (1, 2, 3) for name in (level, str(level), f"level{level}", f"l{level}")
}


class Industries(NamedTuple):
    """Industries on a grid.

    Attributes
    ----------
    codes : ndarray of int32, shape (T, N)
        Position in `labels`, an opaque number without order or meaning of its own; -1 where the
        share belongs to no group.
    labels : tuple of str
        Codes of the groups, such as ``801780.SI``, by first start, then by code.
    names : tuple of str
        Their names, such as ``银行``.
    notes : tuple of str
        Hindsight, overlaps, shares without a group.
    """

    codes: NDArray[np.int32]
    labels: tuple[str, ...]
    names: tuple[str, ...]
    notes: tuple[str, ...]


def industries(
    cellar: Cellar,
    scheme: str,
    level: int | str,
    sessions: NDArray[np.datetime64],
    assets: Sequence[str],
) -> Industries:
    """The group of each share on each session.

    Parameters
    ----------
    cellar : Cellar
        Where ``ind.members`` lies.
    scheme : str
        ``SW2021`` or ``SW2014``, in any case.
    level : int or str
        1, 2 or 3 (``level1`` …): from broad to narrow.
    sessions : ndarray of datetime64[D], shape (T,)
    assets : sequence of str, length N
        Identities or codes.

    Raises
    ------
    BadValueError
        If there is no such level.
    NotCoveredError
        If the store has no row of the scheme.
    """
    if level not in _LEVELS:
        raise BadValueError(f"Industries have the levels 1, 2 and 3; got {level!r}.")
    days, scheme = as_days(sessions), scheme.upper()
    code, name = f"level{_LEVELS[level]}", f"level{_LEVELS[level]}_name"
    rows = cellar.table("ind.members").read(
        columns=["level3", code, name, "asset", "start", "end"]
        if code != "level3"
        else [code, name, "asset", "start", "end"],
        values={"scheme": [scheme]},
    )
    if rows.is_empty():
        raise NotCoveredError(
            f"ind.members has no row of {scheme!r}. Fetch it with `workbench data update "
            "ind.members`; schemes are SW2014 and SW2021."
        )
    rows = rows.filter(pl.col(code).is_not_null())
    rows = rows.with_columns(pl.col("start").fill_null(date(1, 1, 1)).alias("_start"))
    if len(days):
        rows = rows.filter(pl.col("_start") <= days[-1].item())
    groups = (
        rows.sort("_start", maintain_order=True)
        .group_by(code)
        .agg(pl.col(name).drop_nulls().last(), pl.col("_start").min())
        .sort("_start", code)
    )
    labels = tuple(groups[code])
    spans = place(cellar, rows, assets, "start").sort(
        pl.col("start").fill_null(date(1, 1, 1)), "level3", nulls_last=False
    )
    codes = np.full((len(days), len(assets)), -1, dtype=np.int32)
    number = {label: position for position, label in enumerate(labels)}
    low, high = _rows(spans, days)
    overlaps = 0
    for start, end, column, label in zip(low, high, spans["column"], spans[code], strict=True):
        cells = codes[start:end, column]
        overlaps += int(((cells >= 0) & (cells != number[label])).sum())
        cells[:] = number[label]
    titles = tuple(text or label for text, label in zip(groups[name], labels, strict=True))
    return Industries(codes, labels, titles, _notes(scheme, days, codes, overlaps))


def _rows(spans: pl.DataFrame, days: NDArray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First row and row after the last of each span."""
    start = spans["start"].fill_null(date(1, 1, 1)).to_numpy().astype("datetime64[D]")
    end = spans["end"].fill_null(date(9999, 12, 31)).to_numpy().astype("datetime64[D]")
    return np.searchsorted(days, start), np.searchsorted(days, end, side="right")


def _notes(scheme: str, days: NDArray, codes: NDArray[np.int32], overlaps: int) -> tuple[str, ...]:
    notes = []
    published = _PUBLISHED.get(scheme)
    early = 0 if published is None else int((days < published).sum())
    if early:
        notes.append(
            f"{scheme} was published on {published}: its groups on {early} earlier sessions are "
            "hindsight"
        )
    if overlaps:
        notes.append(f"{overlaps} cells lie in two groups of {scheme}; the later start holds")
    empty = int((codes < 0).all(axis=0).sum()) if len(days) else 0
    if empty:
        notes.append(f"{empty} of {codes.shape[1]} assets have no group of {scheme}")
    return tuple(notes)
