"""Other tools read the tables without workbench: polars, pandas by way of pyarrow, DuckDB."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
import pytest
from deltalake import DeltaTable

from tests.data.store.tables import DAILY, bars, days, put, store_at

TEN = days(10)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    store = store_at(tmp_path / "plain")
    put(store, bars(TEN), TEN)
    put(store, bars(TEN[:1], close=1.0), TEN[:1])
    store.compact(DAILY)
    put(store, DAILY.empty(), TEN[4:6])
    return store.root / "store/cn/probe"


@pytest.fixture
def expected() -> list[tuple]:
    kept = [day for day in TEN[1:] if day not in TEN[4:6]]
    frame = pl.concat([bars(TEN[:1], close=1.0), bars(kept)]).sort("session", "asset")
    return [(*row, row[0].year) for row in frame.rows()]


def test_polars(table, expected):
    frame = pl.read_delta(str(table)).sort("session", "asset")
    assert frame.select(*DAILY.names, "wb_year").rows() == expected


def test_pandas(table, expected):
    frame = DeltaTable(str(table)).to_pyarrow_table().to_pandas()
    frame = frame.sort_values(["session", "asset"])[[*DAILY.names, "wb_year"]]
    assert [tuple(row) for row in frame.itertuples(index=False)] == expected


def test_duckdb(table, expected):
    files = DeltaTable(str(table)).file_uris()
    with duckdb.connect() as db:
        rows = db.execute(
            "SELECT session, asset, close, volume, wb_year FROM read_parquet(?, "
            "hive_partitioning = true) ORDER BY session, asset",
            [files],
        ).fetchall()
    assert rows == expected


def test_another_writer_is_understood(table):
    """A row that plain polars appends is seen, and replaced like any other."""
    from workbench.data.store import Store

    more = bars(days(1, TEN[-1].replace(day=20))).with_columns(wb_year=pl.lit(2024, pl.Int32))
    more.write_delta(str(table), mode="append")
    store = Store(table.parents[2])
    assert store.snapshot(DAILY.name).read(first=TEN[-1].replace(day=20)).height == 3
    assert store.history(DAILY.name)["operation"].to_list()[-1] == "WRITE"
    put(store, DAILY.empty(), [TEN[-1].replace(day=20)])
    assert store.snapshot(DAILY.name).last == TEN[-1]
    assert store.verify() == []
