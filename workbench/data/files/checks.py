"""What no daily bar can be: negative prices, a high under the low, one asset twice on a day.

1. `refuse_duplicates` looks at the keys
2. `refuse_signs` looks at each column
3. `broken_bars` finds bars whose prices contradict each other, are not above zero, or are torn
4. `unadjustable` finds bars without an adjustment factor
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.data.files.schema import COLUMNS
from workbench.data.files.table import Table
from workbench.errors import BadValueError, DuplicateKeyError

if TYPE_CHECKING:
    import polars as pl

__all__ = ["broken_bars", "refuse_duplicates", "refuse_signs", "unadjustable"]

_PRICES = ("open", "high", "low", "close")
_NOISE = 1e-6
_SHOWN = 5


def refuse_duplicates(table: Table, days: pl.Series, assets: pl.Series) -> None:
    """Raise `DuplicateKeyError` where an asset has two rows on one session."""
    import polars as pl

    keys = pl.DataFrame({"session": days, "asset": assets}).with_row_index("row")
    twice = keys.filter(pl.struct("session", "asset").is_duplicated())
    if twice.is_empty():
        return
    groups = twice.group_by("session", "asset", maintain_order=True).agg("row")
    shown = [
        f"{asset} on {day} ({', '.join(table.places(rows[:_SHOWN]))})"
        for day, asset, rows in groups.head(_SHOWN).iter_rows()
    ]
    raise DuplicateKeyError(
        f"{groups.height} asset-sessions have more than one row: {'; '.join(shown)}. One row per "
        "asset and session is expected: daily bars, and no table twice"
    )


def refuse_signs(table: Table, columns: Mapping[str, str], values: Mapping[str, NDArray]) -> None:
    """Raise `BadValueError` for numbers below what their field allows, prices of bars apart."""
    for field, numbers in values.items():
        known = COLUMNS.get(field)
        if known is None or known.sign == "any" or field in _PRICES:
            continue
        bad = numbers <= 0 if known.sign == "positive" else numbers < 0
        rows = np.flatnonzero(bad)
        if len(rows):
            listed = table.examples(rows.tolist(), numbers[rows[:_SHOWN]].tolist())
            raise BadValueError(
                f"column {columns[field]!r} ({field}) should be {known.sign}, but has {listed}"
            )


def broken_bars(values: Mapping[str, NDArray[np.float64]]) -> NDArray[np.bool_]:
    """Find bars that contradict themselves, shape (rows,).

    A bar is broken where a price is not above zero, or open, high, low and close do not lie in
    order: ``low <= open, close <= high`` up to one millionth. It is torn where it has prices but
    no close, or was traded and lacks another price; a close alone, without volume, is how many
    files carry a suspended share and contradicts nothing.
    """
    bars = np.stack([values[name] for name in _PRICES])
    opens, high, low, close = bars
    slack = _NOISE * np.abs(np.nan_to_num(close))
    with np.errstate(invalid="ignore"):
        broken = (bars <= 0).any(axis=0)
        broken |= high < low - slack
        for price in (opens, close):
            broken |= (price > high + slack) | (price < low - slack)
    missing = np.isnan(bars)
    torn = np.isnan(close) & ~missing.all(axis=0)
    if "volume" in values:
        torn |= missing.any(axis=0) & (np.nan_to_num(values["volume"]) > 0)
    return broken | torn


def unadjustable(values: Mapping[str, NDArray[np.float64]]) -> NDArray[np.bool_]:
    """Find bars that have a close but no adjustment factor above zero, shape (rows,)."""
    factor = values["adj_factor"]
    with np.errstate(invalid="ignore"):
        return np.isfinite(values["close"]) & ~(factor > 0)
