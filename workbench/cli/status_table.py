"""The tables of the cellar as a terminal of 120 columns shows them; JSON keeps every column."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from workbench.cli.tables import sized

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["by_kind", "status_table"]


def status_table(found: pd.DataFrame) -> pd.DataFrame:
    """Return the status in fewer, narrower columns.

    Parameters
    ----------
    found : DataFrame
        Of ``ws.data.status()``, by dataset.

    Returns
    -------
    DataFrame
        rows, first, last, version by dataset; verified: the share of units proved to be complete or
        empty, 100% only where it is all of them; gaps, size, updated.
    """
    kept = found[["rows", "first", "last", "version"]]
    proved = found["verified"] + found["empty"]
    units = proved + found["committed"]
    return kept.assign(
        verified=[_share(*pair) for pair in zip(proved, units, strict=True)],
        gaps=found["gaps"],
        size=[sized(count) for count in found["bytes"]],
        updated=found["updated_at"],
    )


def by_kind(gaps: pd.DataFrame) -> pd.DataFrame:
    """Count gaps by kind, the most frequent first, with their span.

    Parameters
    ----------
    gaps : DataFrame
        Of ``ws.data.gaps(…)``.

    Returns
    -------
    DataFrame
        kind, rows, sessions, assets, first, last.
    """
    kinds = gaps.groupby("kind", as_index=False).agg(
        rows=("kind", "size"),
        sessions=("session", "nunique"),
        assets=("asset", "nunique"),
        first=("session", "min"),
        last=("session", "max"),
    )
    return kinds.sort_values("rows", ascending=False, ignore_index=True)


def _share(part: int, whole: int) -> str | None:
    """A per cent, rounded down."""
    return f"{math.floor(1000 * part / whole) / 10:g}%" if whole else None
