"""What the store holds and what it lacks, recomputed from the rows themselves.

`gaps` trusts no ledger: every session of the span held is compared with those who must have a
row. `coverage` and `status` summarise what the ledger says.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from workbench.data.dataset import Dataset
from workbench.data.files.user_tables import find_dataset
from workbench.data.reading.window import REGIONS, window
from workbench.data.update.expectation import Roster
from workbench.data.update.plan import known_units
from workbench.data.update.publication import OpenDays, open_days, published

if TYPE_CHECKING:
    from workbench.data.cellar import Cellar

__all__ = ["GAPS", "coverage", "gaps", "status"]

GAPS: dict[str, Any] = {
    "session": pl.Date(),
    "asset": pl.String(),
    "kind": pl.String(),
    "detail": pl.String(),
}
"""Columns of `gaps`."""

_COVERAGE: dict[str, Any] = {
    "first": pl.Date(),
    "last": pl.Date(),
    "state": pl.String(),
    "units": pl.Int64(),
    "rows": pl.Int64(),
    "expected": pl.Int64(),
    "missing": pl.Int64(),
    "providers": pl.String(),
    "settled_at": pl.Datetime("us", "UTC"),
}
_STATUS: dict[str, Any] = {
    "dataset": pl.String(),
    "rows": pl.Int64(),
    "first": pl.Date(),
    "last": pl.Date(),
    "version": pl.Int64(),
    "verified": pl.Int64(),
    "committed": pl.Int64(),
    "empty": pl.Int64(),
    "gaps": pl.Int64(),
    "bytes": pl.Int64(),
    "updated_at": pl.Datetime("us", "UTC"),
}


def gaps(
    cellar: Cellar,
    dataset: Dataset | str,
    start: date | str | None = None,
    end: date | str | None = None,
) -> pl.DataFrame:
    """Rows that should be in the store and are not.

    Parameters
    ----------
    cellar : Cellar
    dataset : Dataset or str
    start, end : day, optional
        All that is held by default; sessions outside what is held count when they are named.

    Returns
    -------
    DataFrame
        session, asset (missing where a whole session or unit is), kind and detail. Kinds:
        ``missing`` (an asset listed and not suspended has no row), ``unfetched`` (a published
        session that was never fetched), and what became of the last attempt: ``not_yet``,
        ``deferred``, ``denied``, ``quarantined``, ``failed``.

    Raises
    ------
    NotCoveredError
        Nothing of the dataset was ever fetched or tried: there is no span to look at, and no
        rows is not no gaps.
    """
    contract = find_dataset(cellar.root, dataset) if isinstance(dataset, str) else dataset
    found = [pl.DataFrame(schema=GAPS), _tried(cellar, contract)]
    if found[1].is_empty():
        cellar.table(contract.name)  # raises, and says the command to run
    if contract.axis == "session" and contract.market in REGIONS:
        tried = set(found[1]["session"].drop_nulls().to_list())
        span = _span(cellar, contract, start, end)
        if span is not None:
            days = open_days(cellar, contract.market)
            held = _held(cellar, contract, *span)
            found.append(_unfetched(cellar, contract, days, held, span, tried))
            if contract.expects == "traded":
                found += _missing(cellar, contract, held, span)
    together = pl.concat(found)
    first, last = _asked(cellar, contract, start, end)
    if first is not None:
        together = together.filter(pl.col("session").is_null() | (pl.col("session") >= first))
    if last is not None:
        together = together.filter(pl.col("session").is_null() | (pl.col("session") <= last))
    return together.sort("session", "asset", nulls_last=True)


def _asked(
    cellar: Cellar, dataset: Dataset, start: date | str | None, end: date | str | None
) -> tuple[date | None, date | None]:
    region = REGIONS.get(dataset.market, REGIONS["cn"])
    asked = window(start, end, now=cellar.clock(), known=None, region=region)
    return asked.first, asked.last


def _span(
    cellar: Cellar, dataset: Dataset, start: date | str | None, end: date | str | None
) -> tuple[date, date] | None:
    """The days to look at: those asked for, otherwise from the first to the last held."""
    first, last = _asked(cellar, dataset, start, end)
    units = cellar.ledger.units(dataset.name)
    table = cellar.table(dataset.name) if cellar.has(dataset.name) else None
    firsts = [units["first"].min(), table.first if table is not None else None, first]
    lasts = [units["last"].max(), table.last if table is not None else None, last]
    lower = first or min((day for day in firsts if day is not None), default=None)
    upper = last or max((day for day in lasts if day is not None), default=None)
    return None if lower is None or upper is None or lower > upper else (lower, upper)


def _tried(cellar: Cellar, dataset: Dataset) -> pl.DataFrame:
    """Units whose last attempt settled nothing."""
    attempts = cellar.ledger.attempts(dataset.name)
    settled = cellar.ledger.units(dataset.name)["key"]
    open_ = attempts.filter(~pl.col("key").is_in(settled.to_list()))
    day = pl.col("key").str.to_date("%Y-%m-%d", strict=False)
    return open_.select(
        session=day,
        asset=pl.when(day.is_null()).then(pl.col("key")),
        kind="state",
        detail="reason",
    ).cast(GAPS)


def _held(cellar: Cellar, dataset: Dataset, first: date, last: date) -> pl.DataFrame:
    """(session, asset) of the rows stored, without repetition."""
    if not cellar.has(dataset.name):
        return pl.DataFrame(schema={"session": pl.Date(), "asset": pl.String()})
    rows = cellar.table(dataset.name).read(["session", "asset"], first=first, last=last)
    return rows.unique()


def _unfetched(
    cellar: Cellar,
    dataset: Dataset,
    days: OpenDays,
    held: pl.DataFrame,
    span: tuple[date, date],
    tried: set[date],
) -> pl.DataFrame:
    """Published sessions without rows, unless the vendor confirmed that there are none."""
    known = known_units(cellar.ledger.units(dataset.name))
    empty = {key for key, unit in known.items() if not unit.rows}
    there = set(held["session"].unique().to_list())
    missed = [
        day
        for day in published(dataset, days, cellar.clock())
        if span[0] <= day <= span[1]
        and day not in there
        and day not in tried
        and day.isoformat() not in empty
    ]
    told = ["rows are gone" if day.isoformat() in known else "never fetched" for day in missed]
    return pl.DataFrame(
        {
            "session": missed,
            "asset": [None] * len(missed),
            "kind": ["unfetched"] * len(missed),
            "detail": told,
        },
        schema=GAPS,
    )


def _missing(
    cellar: Cellar, dataset: Dataset, held: pl.DataFrame, span: tuple[date, date]
) -> Iterator[pl.DataFrame]:
    """Assets that must have a row on a session that has rows, and do not."""
    roster = Roster.read(cellar, *span)
    if roster is None:
        return
    for (day,), rows in held.group_by("session"):
        absent = sorted(roster.expected(day) - set(rows["asset"].to_list()))
        if absent:
            yield pl.DataFrame(
                {
                    "session": [day] * len(absent),
                    "asset": absent,
                    "kind": ["missing"] * len(absent),
                    "detail": ["listed and not suspended"] * len(absent),
                },
                schema=GAPS,
            )


def coverage(cellar: Cellar, dataset: Dataset | str) -> pl.DataFrame:
    """What was fetched: spans of consecutive units in one state.

    Returns
    -------
    DataFrame
        first, last (missing for units without days), state, units, rows, expected, missing,
        providers, settled_at (the latest, UTC).
    """
    contract = find_dataset(cellar.root, dataset) if isinstance(dataset, str) else dataset
    units = _latest(cellar.ledger.units(contract.name)).sort("first", "key")
    if units.is_empty():
        return pl.DataFrame(schema=_COVERAGE)
    run = pl.col("state").rle_id().alias("_run")
    by_session = contract.axis == "session"
    marks = [run] if by_session else [pl.col("state").alias("_run")]
    return (
        units.group_by(marks, maintain_order=True)
        .agg(
            pl.col("first").min(),
            pl.col("last").max(),
            pl.col("state").first(),
            pl.len().cast(pl.Int64).alias("units"),
            pl.col("rows").sum(),
            pl.col("expected").sum(),
            pl.col("missing").sum(),
            pl.col("provider").unique().sort().str.join(", ").alias("providers"),
            pl.col("settled_at").max(),
        )
        .select(*_COVERAGE)
    )


def _latest(units: pl.DataFrame) -> pl.DataFrame:
    """One record a unit: of several providers the latest counts."""
    return units.sort("settled_at").unique("key", keep="last", maintain_order=True)


def status(cellar: Cellar) -> pl.DataFrame:
    """One row a table that is stored or was tried, by name.

    Returns
    -------
    DataFrame
        dataset, rows, first, last, version, units verified, committed and empty, gaps (missing
        rows and unsettled units, as the ledger knows them), bytes of the version on disk, and
        when a unit was last settled (UTC).
    """
    units, attempts = cellar.ledger.units(), cellar.ledger.attempts()
    pins = cellar.pins if cellar.pins is not None else cellar.store.versions()
    names = sorted({*pins, *units["dataset"].unique(), *attempts["dataset"].unique()})
    rows = [_status_of(cellar, name, pins.get(name), units, attempts) for name in names]
    return pl.DataFrame(rows, schema=_STATUS)


def _status_of(
    cellar: Cellar, name: str, version: int | None, units: pl.DataFrame, attempts: pl.DataFrame
) -> dict[str, Any]:
    own = _latest(units.filter(pl.col("dataset") == name))
    table = None if version is None else cellar.store.snapshot(name, version)
    tried = attempts.filter(
        (pl.col("dataset") == name) & ~pl.col("key").is_in(own["key"].to_list())
    )
    counts = dict(own["state"].value_counts().iter_rows())
    return {
        "dataset": name,
        "rows": 0 if table is None else table.rows,
        "first": None if table is None else table.first,
        "last": None if table is None else table.last,
        "version": version,
        "verified": counts.get("verified", 0),
        "committed": counts.get("committed", 0),
        "empty": counts.get("empty_confirmed", 0),
        "gaps": int(own["missing"].sum()) + tried.height,
        "bytes": 0 if table is None else table.bytes,
        "updated_at": own["settled_at"].max(),
    }
