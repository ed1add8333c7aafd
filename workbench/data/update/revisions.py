"""What vendors changed after it was stored: every value, old and new, kept for ever.

1. `changes` compares stored rows with the answer that replaces them
2. `note_changes` writes them to meta.revisions before the data is committed, under the version
   that the commit will make, so that a crash between the two loses nothing
3. `forget_unborn` removes what was noted for a commit that never came
4. `revisions` reads them
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl

from workbench.data.dataset import Dataset, DatasetColumn
from workbench.data.reading.window import REGIONS, written_day

if TYPE_CHECKING:
    from workbench.data.cellar import Cellar

__all__ = ["REVISIONS", "WHOLE_ROW", "changes", "forget_unborn", "note_changes", "revisions"]

WHOLE_ROW = "*"
"""In place of a column: the row appeared (no old) or vanished (no new); the text is the row."""

REVISIONS = Dataset(
    name="meta.revisions",
    title="Values that a vendor changed after they were stored",
    columns=(
        DatasetColumn("dataset", "text"),
        DatasetColumn("key", "text"),
        DatasetColumn("column", "text"),
        DatasetColumn("old", "text"),
        DatasetColumn("new", "text"),
        DatasetColumn("seen_at", "time"),
        DatasetColumn("provider", "text"),
        DatasetColumn("version", "whole"),
    ),
    key=("dataset", "version", "key", "column"),
    axis="whole",
)
"""The contract of the table; `version` is that of the dataset from which the new value holds."""


def changes(
    dataset: Dataset, old: pl.DataFrame, new: pl.DataFrame, *, appeared: pl.Expr | None = None
) -> pl.DataFrame:
    """Compare rows by key.

    Parameters
    ----------
    dataset : Dataset
    old, new : DataFrame
        Stored rows and those that replace them, in the dataset's contract.
    appeared : Expr or None
        Which new keys count as late (those of units that had been settled before); None: none.

    Returns
    -------
    DataFrame
        Columns key (JSON text), column, old, new; missing values compare as equal.
    """
    empty = pl.DataFrame(schema=dict.fromkeys(("key", "column", "old", "new"), pl.String()))
    if old.is_empty() and (appeared is None or new.is_empty()):
        return empty
    key = list(dataset.key)
    named = _json(key).alias("key")
    found = [empty]
    gone = old.join(new, on=key, how="anti", nulls_equal=True)
    found.append(gone.select(named, column=pl.lit(WHOLE_ROW), old=_json(old.columns), new=_NONE))
    if appeared is not None:
        late = new.join(old, on=key, how="anti", nulls_equal=True).filter(appeared)
        found.append(
            late.select(named, column=pl.lit(WHOLE_ROW), old=_NONE, new=_json(new.columns))
        )
    values = [name for name in dataset.names if name not in key]
    both = old.join(new, on=key, how="inner", suffix="_new", nulls_equal=True)
    for name in values:
        changed = both.filter(pl.col(name).ne_missing(pl.col(f"{name}_new")))
        found.append(
            changed.select(
                named,
                column=pl.lit(name),
                old=pl.col(name).cast(pl.String),
                new=pl.col(f"{name}_new").cast(pl.String),
            )
        )
    return pl.concat(found)


_NONE = pl.lit(None, dtype=pl.String)


def _json(names: Sequence[str]) -> pl.Expr:
    return pl.struct(pl.col(list(names))).struct.json_encode()


def note_changes(
    cellar: Cellar,
    dataset: Dataset,
    found: pl.DataFrame,
    *,
    provider: str,
    version: int,
    seen_at: datetime,
) -> None:
    """Append changes to meta.revisions; `version` is the one that the data commit will make."""
    frame = found.select(
        dataset=pl.lit(dataset.name),
        key="key",
        column="column",
        old="old",
        new="new",
        seen_at=pl.lit(seen_at).cast(pl.Datetime("us", "UTC")),
        provider=pl.lit(provider),
        version=pl.lit(version, dtype=pl.Int64),
    )
    with cellar.store.lock(REVISIONS.name):
        cellar.store.append(REVISIONS, frame, metadata={"wb.by": "update"})


def forget_unborn(cellar: Cellar, dataset: str) -> int:
    """Remove changes noted for a version of `dataset` that was never committed.

    Call it while holding the dataset's lock. Returns how many there were.
    """
    if cellar.store.version(REVISIONS.name) is None:
        return 0
    newest = cellar.store.version(dataset)
    born = pl.col("version") <= (-1 if newest is None else newest)
    wanted = {"dataset": [dataset]}
    with cellar.store.lock(REVISIONS.name):
        table = cellar.store.snapshot(REVISIONS.name)
        unborn = table.read(["dataset", "version"], values=wanted).filter(~born)
        if unborn.is_empty():
            return 0
        kept = table.read(values=wanted).filter(born)
        cellar.store.replace(
            REVISIONS, kept, column="dataset", values=[dataset], metadata={"wb.by": "update"}
        )
        return unborn.height


def revisions(
    cellar: Cellar, dataset: str | None = None, since: date | str | None = None
) -> pl.DataFrame:
    """Values that vendors changed after they were stored, the latest first.

    Parameters
    ----------
    cellar : Cellar
    dataset : str, optional
        All datasets by default.
    since : day, optional
        Seen on this day (in Shanghai) or later.

    Returns
    -------
    DataFrame
        Columns of `REVISIONS`: dataset, key (JSON text), column (``*`` for a row that appeared or
        vanished), old and new (text), seen_at (UTC), provider, and the version from which the new
        value holds.
    """
    if not cellar.has(REVISIONS.name):
        return REVISIONS.empty()
    values = None if dataset is None else {"dataset": [dataset]}
    rows = cellar.table(REVISIONS.name).read(values=values)
    if since is not None:
        zone = ZoneInfo(REGIONS["cn"].zone)
        start = datetime.combine(written_day(since, "since"), time(0), zone).astimezone(UTC)
        rows = rows.filter(pl.col("seen_at") >= pl.lit(start))
    return rows.sort("seen_at", "dataset", "key", "column", descending=[True, False, False, False])
