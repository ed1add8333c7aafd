"""What the commits of a table tell: its history, and the latest record of every unit."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import polars as pl

from workbench.data.store.log import Commit, Mark, commit_mark, commits
from workbench.data.store.units import UnitRecord, units_of

__all__ = ["UnitMemory", "commit_units", "history_frame"]

_UNIT = pl.Struct(
    {
        "dataset": pl.String(),
        "provider": pl.String(),
        "key": pl.String(),
        "state": pl.String(),
        "first": pl.String(),
        "last": pl.String(),
        "rows": pl.Int64(),
        "expected": pl.Int64(),
        "missing": pl.Int64(),
        "sha256": pl.String(),
        "settled_at": pl.String(),
        "note": pl.String(),
    }
)
_OWN_COLUMNS = {
    *("wb.units", "wb.operation", "wb.rows_added", "wb.rows_removed"),
    *("wb.id", "wb.digest"),
}
_SCHEMA = {
    "version": pl.Int64(),
    "at": pl.Datetime("us", "UTC"),
    "operation": pl.String(),
    "rows_added": pl.Int64(),
    "rows_removed": pl.Int64(),
    "units": pl.List(_UNIT),
    "metadata": pl.String(),
}


def history_frame(folder: Path, name: str) -> pl.DataFrame:
    """Every commit of a table, oldest first; see `Store.history`."""
    return pl.DataFrame([_row(one) for one in commits(folder, name)], schema=_SCHEMA)


def _row(one: Commit) -> dict[str, object]:
    told = {key: text for key, text in one.metadata.items() if key not in _OWN_COLUMNS}
    return {
        "version": one.version,
        "at": one.at,
        "operation": one.operation,
        "rows_added": _number(one.metadata.get("wb.rows_added")),
        "rows_removed": _number(one.metadata.get("wb.rows_removed")),
        "units": [unit.to_dict() for unit in commit_units(one)],
        "metadata": json.dumps(told, ensure_ascii=False),
    }


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)


def commit_units(one: Commit) -> tuple[UnitRecord, ...]:
    """The units that a commit settled; a compaction settles none."""
    return units_of(one.metadata.get("wb.units", "[]"))


class UnitMemory:
    """The latest record of every unit of every table, as the commits tell; reads each one once."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, Mark, dict[tuple[str, str], UnitRecord]]] = {}

    def hold(self, folder: Path, name: str, units: Iterable[UnitRecord]) -> bool:
        """Whether the commits of a table already say the same about these units."""
        wanted = tuple(units)
        if not wanted:
            return True
        last, mark, found = self._known.get(name, (-1, None, {}))
        if commit_mark(folder, last) != mark:
            last, found = -1, {}  # the table was made anew, or repaired
        for one in commits(folder, name, last + 1):
            last = one.version
            found.update({(unit.provider, unit.key): unit for unit in commit_units(one)})
        self._known[name] = (last, commit_mark(folder, last), found)
        return all(unit.same_as(found.get((unit.provider, unit.key))) for unit in wanted)
