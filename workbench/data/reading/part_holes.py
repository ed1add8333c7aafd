"""Holes of tables that are fetched index by index or group by group.

1. weights: a month of an index without a snapshot, from the month before the window on, because a
   session is served by the snapshot before it
2. industries: a group of the first level that has no member and was never asked for
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.data.catalog import dataset
from workbench.data.reading.holes import Holes, find_holes
from workbench.data.reading.settled import settled_units

if TYPE_CHECKING:
    from workbench.data.cellar import Cellar

__all__ = ["find_group_holes", "find_weight_holes"]

_WEIGHTS, _MEMBERS, _TREE = "idx.weights", "ind.members", "ind.industries"


def find_weight_holes(
    cellar: Cellar, codes: Sequence[str], sessions: NDArray[np.datetime64]
) -> Holes:
    """Months without a snapshot of an index.

    Parameters
    ----------
    cellar : Cellar
        Pinned.
    codes : sequence of str
        Every code under which vendors carry the index.
    sessions : ndarray of datetime64[D], shape (T,)
        Sessions on which members are asked for.

    Raises
    ------
    NotCoveredError
        If there is no such table.
    """
    contract, table = dataset(_WEIGHTS), cellar.table(_WEIGHTS)
    days = sessions
    if table.first is not None and table.first < sessions[0].item():
        before = sessions[0].astype("datetime64[M]") - np.timedelta64(1, "M")
        days = np.concatenate([[before.astype("datetime64[D]")], sessions])
    held = table.read(["session"], last=sessions[0].item(), values={"index": list(codes)})
    found = find_holes(cellar, contract, days, parts={"index": list(codes)})
    return replace(found, carried=not held.is_empty())


def find_group_holes(cellar: Cellar, scheme: str, sessions: NDArray[np.datetime64]) -> Holes:
    """Groups of the first level nobody ever asked for.

    Parameters
    ----------
    cellar : Cellar
        Pinned.
    scheme : str
        ``SW2021`` or ``SW2014``.
    sessions : ndarray of datetime64[D], shape (T,)
        They only say the window in messages.

    Returns
    -------
    Holes
        Not proved where ind.industries is not there to name the groups.

    Raises
    ------
    NotCoveredError
        If there is no such table.
    """
    first, last = sessions[0].item(), sessions[-1].item()
    rows = cellar.table(_MEMBERS).read(["level1"], values={"scheme": [scheme]})
    held = {*rows["level1"], *settled_units(cellar, _MEMBERS)["key"]}
    groups = _groups(cellar, scheme)
    if not groups:
        asked = len(set(rows["level1"]))
        return Holes(_MEMBERS, first, last, asked, word="group", unproved=asked, proof=_TREE)
    absent = tuple(code for code in groups if code not in held)
    return Holes(_MEMBERS, first, last, len(groups), absent, word="group")


def _groups(cellar: Cellar, scheme: str) -> list[str]:
    """Codes of the first level, ascending; none where nobody fetched the tree."""
    if not cellar.has(_TREE):
        return []
    tree = cellar.table(_TREE).read(["code", "level"], values={"scheme": [scheme]})
    return sorted({code for code, level in tree.iter_rows() if level in ("L1", "1")})
