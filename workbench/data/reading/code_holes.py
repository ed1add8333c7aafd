"""Holes of tables that are fetched code by code: shares' statements, minutes, indices.

1. statements: a share that was never asked for (no row, no settled unit) is absent
2. minute bars: a month of a share that was never asked for is absent
3. indices: sessions without a bar after the first one stored are missing rows

A share may have been fetched under any of its codes, so codes come in groups: one group a share.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.data.reading.holes import Holes
from workbench.data.reading.settled import settled_units
from workbench.data.reading.window import REGIONS

if TYPE_CHECKING:
    from workbench.data.cellar import Cellar
    from workbench.data.dataset import Dataset

__all__ = ["by_code", "find_code_holes"]

Groups = Sequence[tuple[str, ...]]


def by_code(dataset: Dataset) -> bool:
    """Whether a table is fetched code by code, so that its holes belong to codes."""
    return dataset.axis in ("code", "code-month") and dataset.universe != "none"


def find_code_holes(
    cellar: Cellar, dataset: Dataset, sessions: NDArray[np.datetime64], groups: Groups
) -> Holes:
    """What a table lacks of some shares or indices.

    Parameters
    ----------
    cellar : Cellar
        Pinned: rows are looked for at this version.
    dataset : Dataset
        One for which `by_code` holds.
    sessions : ndarray of datetime64[D], shape (T,)
        Sessions asked for; of statements they only say the window in messages.
    groups : sequence of tuple of str
        The codes of each share or index.

    Raises
    ------
    NotCoveredError
        If there is no such table.
    """
    first, last = sessions[0].item(), sessions[-1].item()
    if dataset.universe == "indices":
        rows, shown = _missing_sessions(cellar, dataset, sessions, groups)
        return Holes(dataset.name, first, last, len(sessions), rows=rows, examples=shown)
    table = cellar.table(dataset.name)
    settled = set(settled_units(cellar, dataset.name)["key"])
    codes = [code for group in groups for code in group]
    if dataset.axis == "code":
        held = settled | set(table.read(["asset"], values={"asset": codes})["asset"].unique())
        absent = [group[-1] for group in groups if held.isdisjoint(group)]
        return Holes(dataset.name, first, last, len(groups), tuple(absent), word="share")
    rows = table.read(["time", "asset"], first=first, last=last, values={"asset": codes})
    zone = REGIONS[dataset.market].zone
    local = rows["time"].dt.convert_time_zone(zone).dt.strftime("%Y-%m")
    held = settled | {
        f"{code}/{month}" for code, month in {*zip(rows["asset"], local, strict=True)}
    }
    months = np.unique(sessions.astype("datetime64[M]")).astype(str)
    absent = [
        f"{group[-1]}/{month}"
        for group in groups
        for month in months
        if held.isdisjoint(_keys(group, month))
    ]
    asked = len(groups) * len(months)
    return Holes(dataset.name, first, last, asked, tuple(absent), word="share's month")


def _keys(group: Iterable[str], month: str) -> set[str]:
    return {f"{code}/{month}" for code in group}


def _missing_sessions(
    cellar: Cellar, dataset: Dataset, sessions: NDArray[np.datetime64], groups: Groups
) -> tuple[int, tuple[str, ...]]:
    """Sessions without a bar of an index, from its first bar in the store on."""
    import polars as pl

    codes = [code for group in groups for code in group]
    rows = cellar.table(dataset.name).read(["session", "asset"], values={"asset": codes})
    missing: list[str] = []
    for group in groups:
        held = rows.filter(pl.col("asset").is_in(list(group)))["session"]
        if held.is_empty():
            continue  # nothing of it is stored: whoever reads it says so
        days = held.to_numpy().astype("datetime64[D]")
        lacking = np.setdiff1d(sessions[sessions >= days.min()], days)
        missing += [f"{group[0]} on {day}" for day in lacking]
    return len(missing), tuple(missing[:5])
