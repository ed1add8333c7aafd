"""Small datasets, frames and unit records for the tests of the store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl

from workbench.data.dataset import Dataset, DatasetColumn
from workbench.data.store import Store, UnitRecord, prepare

DAILY = Dataset(
    name="cn.probe",
    title="Two numbers a session and asset",
    columns=(
        DatasetColumn("session", "day"),
        DatasetColumn("asset", "text"),
        DatasetColumn("close", "number", "cny"),
        DatasetColumn("volume", "number", "shares"),
    ),
    key=("session", "asset"),
    axis="session",
)
MINUTES = Dataset(
    name="cn.ticks",
    title="One number a minute and asset",
    columns=(
        DatasetColumn("time", "time"),
        DatasetColumn("asset", "text"),
        DatasetColumn("close", "number", "cny"),
    ),
    key=("time", "asset"),
    axis="code-month",
)
WHOLE = Dataset(
    name="ref.things",
    title="One row a thing, not partitioned",
    columns=(
        DatasetColumn("asset", "text"),
        DatasetColumn("name", "text"),
        DatasetColumn("listed", "truth"),
        DatasetColumn("shares", "whole"),
    ),
    key=("asset",),
    axis="code",
)
VERSIONS = Dataset(
    name="cn.statement",
    title="Rows that are only ever added",
    columns=(
        DatasetColumn("asset", "text"),
        DatasetColumn("period", "day"),
        DatasetColumn("announced", "day"),
        DatasetColumn("content_hash", "text"),
        DatasetColumn("profit", "number", "cny"),
    ),
    key=("asset", "period", "announced", "content_hash"),
    axis="code",
    versions=True,
)
CODES = ("000001.SZ", "600519.SH", "830799.BJ")
AT = datetime(2024, 6, 1, 10, 30, 0, 123456, tzinfo=UTC)


def days(count: int, start: date = date(2023, 12, 27)) -> list[date]:
    """Consecutive days, by default across a new year."""
    return [start + timedelta(days=i) for i in range(count)]


def bars(
    sessions: Iterable[date], codes: Sequence[str] = CODES, *, close: float = 10.0
) -> pl.DataFrame:
    """Rows of `DAILY` for all sessions and codes; values depend on day and code."""
    rows = [
        (day, code, close + day.day + place / 10, float(100 * (place + 1)))
        for day in sessions
        for place, code in enumerate(codes)
    ]
    return pl.DataFrame(rows, schema=DAILY.schema(), orient="row")


def minutes(stamps: Iterable[datetime], codes: Sequence[str] = CODES) -> pl.DataFrame:
    """Rows of `MINUTES`."""
    rows = [(stamp, code, float(stamp.minute)) for stamp in stamps for code in codes]
    return pl.DataFrame(rows, schema=MINUTES.schema(), orient="row")


def unit(
    key: str,
    *,
    rows: int = 3,
    sha256: str = "aa",
    state: str = "verified",
    dataset: str = DAILY.name,
    settled_at: datetime = AT,
) -> UnitRecord:
    """A settled unit of one day."""
    day = date.fromisoformat(key) if len(key) == 10 and key[4] == "-" else None
    return UnitRecord(
        dataset, "tushare", key, state, day, day, rows, rows, 0, sha256, settled_at, "注"
    )


def units(*records: UnitRecord) -> Mapping[str, object]:
    """Metadata of a commit."""
    return {"wb.by": "update", "wb.units": [record.to_dict() for record in records]}


def store_at(folder: Path) -> Store:
    """A store in a fresh workspace."""
    return Store(prepare(folder))


def put(store: Store, frame: pl.DataFrame, sessions: Sequence[date], **metadata: object) -> int:
    """Replace sessions of `DAILY`."""
    return store.replace(DAILY, frame, column="session", values=sessions, metadata=metadata)


def content(store: Store, name: str = DAILY.name, version: int | None = None) -> list[tuple]:
    """All rows, sorted by key."""
    return store.snapshot(name, version).read().rows()
