"""Reads of the store against plain polars and DuckDB over a folder of Parquet, in one run.

Run ``python tests/benchmarks/bench_store.py [years] [assets]`` (2 and 1000 by default; 20 and 5000
are the real size). The store holds a synthetic ``cn.bars_1d`` written month by month and then
compacted; the plain folder holds the same rows in one zstd file a year, as a careful person would
write them. "first" is the first read of a file in a process, when its checksum is compared.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import duckdb
import numpy as np
import polars as pl
from peers import markdown

from workbench.data.catalog import dataset
from workbench.data.store import Store, TableSnapshot, prepare
from workbench.data.store import files as files_module

BARS = dataset("cn.bars_1d")
SESSIONS = 242
ROUNDS = 7


def year_of_bars(year: int, assets: int) -> pl.DataFrame:
    """One year of prices in cents and volumes in lots, sorted by session and asset."""
    dice = np.random.default_rng(year)
    days = np.arange(f"{year}-01-01", f"{year}-12-31", dtype="datetime64[D]")
    days = days[np.is_busday(days)][:SESSIONS]
    shape = (len(days), assets)
    close = 20 * np.exp(np.cumsum(dice.normal(0, 0.02, shape), axis=0))
    numbers = {
        "open": close * (1 + dice.normal(0, 0.01, shape)),
        "high": close * 1.01 + np.abs(dice.normal(0, 0.1, shape)),
        "low": close * 0.99 - np.abs(dice.normal(0, 0.1, shape)),
        "close": close,
        "pre_close": np.vstack([close[:1], close[:-1]]),
        "volume": np.floor(dice.lognormal(12, 1, shape)) * 100,
        "amount": dice.lognormal(16, 1, shape),
    }
    codes = [f"{600000 + place:06d}.SH" for place in range(assets)]
    return pl.DataFrame(
        {
            "session": pl.Series(np.repeat(days, assets)).cast(pl.Date),
            "asset": codes * len(days),
            **{name: np.round(values.ravel(), 2) for name, values in numbers.items()},
            "after_hours_volume": pl.Series([None] * close.size, dtype=pl.Float64),
            "after_hours_amount": pl.Series([None] * close.size, dtype=pl.Float64),
        }
    ).select(BARS.names)


def build(root: Path, plain: Path, years: range, assets: int) -> tuple[TableSnapshot, float, float]:
    """Write both; the snapshot, and the seconds of writing the store and the plain folder."""
    store, stored, written = Store(prepare(root)), 0.0, 0.0
    plain.mkdir()
    for year in years:
        frame = year_of_bars(year, assets)
        start = time.perf_counter()
        frame.write_parquet(plain / f"{year}.parquet", compression="zstd")
        written += time.perf_counter() - start
        start = time.perf_counter()
        for month in range(1, 13):
            rows = frame.filter(pl.col("session").dt.month() == month)
            days = rows["session"].unique().to_list()
            store.replace(BARS, rows, column="session", values=days, metadata={})
        store.compact(BARS, before=date(year + 1, 1, 1))
        stored += time.perf_counter() - start
    return store.snapshot(BARS.name), stored, written


def milliseconds(run: Callable[[], pl.DataFrame], rounds: int = ROUNDS) -> float:
    """Median time of a run, in milliseconds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        times.append((time.perf_counter() - start) * 1e3)
    return median(times)


def questions(
    snapshot: TableSnapshot, plain: Path, year: int, asset: str
) -> dict[str, tuple[Callable[[], pl.DataFrame], ...]]:
    """Each question asked of the store, of plain polars and of DuckDB."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    day = date(year, 6, 3)
    three = ["session", "asset", "close"]
    files = f"{plain}/*.parquet"
    lazy = pl.scan_parquet(files)
    db = duckdb.connect()
    source = f"read_parquet('{files}')"

    def sql(columns: str, where: str) -> Callable[[], pl.DataFrame]:
        query = f"SELECT {columns} FROM {source} WHERE {where}"
        return lambda: pl.DataFrame(db.sql(query).to_arrow_table())

    within = pl.col("session").is_between(first, last)
    span = f"session BETWEEN '{first}' AND '{last}'"
    return {
        "everything": (snapshot.read, lazy.collect, sql("*", "true")),
        "1 year, 3 columns": (
            lambda: snapshot.read(three, first=first, last=last),
            lazy.filter(within).select(three).collect,
            sql("session, asset, close", span),
        ),
        "1 asset": (
            lambda: snapshot.read(values={"asset": [asset]}),
            lazy.filter(pl.col("asset") == asset).collect,
            sql("*", f"asset = '{asset}'"),
        ),
        "1 asset, close": (
            lambda: snapshot.read(["session", "close"], values={"asset": [asset]}),
            lazy.filter(pl.col("asset") == asset).select("session", "close").collect,
            sql("session, close", f"asset = '{asset}'"),
        ),
        "1 session": (
            lambda: snapshot.read(first=day, last=day),
            lazy.filter(pl.col("session") == day).collect,
            sql("*", f"session = '{day}'"),
        ),
    }


def row(name: str, *runs: Callable[[], pl.DataFrame]) -> list[object]:
    """Times of one question, after making sure that all answers have as many rows."""
    heights = {run().height for run in runs}
    assert len(heights) == 1, (name, heights)
    files_module._seen.clear()
    first = milliseconds(runs[0], 1)
    times = [milliseconds(run) for run in runs]
    return [name, heights.pop(), first, *times, *(other / times[0] for other in times[1:])]


def main(years: int = 2, assets: int = 1000) -> None:
    """Build, ask, print."""
    with TemporaryDirectory() as folder:
        span = range(2024 - years + 1, 2025)
        plain = Path(folder) / "plain"
        snapshot, stored, written = build(Path(folder) / "ws", plain, span, assets)
        asset = f"{600000 + assets // 2:06d}.SH"
        asked = questions(snapshot, plain, span[-1], asset)
        rows = [row(name, *runs) for name, runs in asked.items()]
        columns = ["question", "rows", "first ms", "store ms", "polars ms", "DuckDB ms"]
        columns += ["polars / store", "DuckDB / store"]
        print(markdown(f"{years} years, {assets} assets", columns, rows))
        size = sum(path.stat().st_size for path in plain.iterdir())
        print(
            f"\n{snapshot.rows:,} rows, {len(snapshot.files())} files. Size: store "
            f"{snapshot.bytes / 1e6:.1f} MB, plain {size / 1e6:.1f} MB. "
            f"Writing: store {stored:.2f} s (12 durable commits a year and a compaction), "
            f"plain {written:.2f} s."
        )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
