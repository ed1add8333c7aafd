"""Time of loading: a year of three fields at 5,000 assets, ten years, one share, beside others.

``python tests/benchmarks/bench_load.py [--years 2] [--assets 5000]`` makes a workspace of bars in
a temporary folder, then prints one row a question. "first" is a new process' first answer with an
empty cache, "checked" the first with a full cache (checksums are computed), "warm" the best of
several after it.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from workbench.data.assembly.market import market
from workbench.data.catalog import dataset
from workbench.data.cellar import Cellar
from workbench.data.reading import dense_file
from workbench.data.reading.load import load

FIELDS = ("open", "close", "volume")


def weekdays(first: date, last: date) -> list[date]:
    days = np.arange(first, last + (date(2000, 1, 2) - date(2000, 1, 1)), dtype="datetime64[D]")
    return days[np.is_busday(days)].tolist()


def make(root: Path, years: int, assets: int) -> Cellar:
    cellar = Cellar.open(root, clock=lambda: datetime(2025, 1, 1, tzinfo=UTC))
    first, last = date(2025 - years, 1, 1), date(2024, 12, 31)
    every = np.arange(first, np.datetime64("2025-01-01"), dtype="datetime64[D]")
    put(cellar, "cal.sessions", "exchange", ["SSE"], pl.DataFrame(
        {"exchange": "SSE", "session": every, "is_open": np.is_busday(every), "pretrade": None}
    ))  # fmt: skip
    names = [f"{600000 + n}.SH" for n in range(assets)]
    listed = [date(2010, 1, 1) if n % 20 else date(2024, 6, 3) for n in range(assets)]
    put(cellar, "ref.securities", "security_id", names, pl.DataFrame(
        {"security_id": names, "asset": names, "valid_from": listed, "list_date": listed}
    ))  # fmt: skip
    draw = np.random.default_rng(7)
    for year in range(first.year, last.year + 1):
        days = weekdays(date(year, 1, 1), date(year, 12, 31))
        shape = (len(days), assets)
        rows = {
            "session": np.repeat(np.array(days, "datetime64[D]"), assets),
            "asset": names * len(days),
            **{
                name: np.round(draw.lognormal(2, 0.1, shape).ravel(), 2)
                for name in ("open", "high", "low", "close", "pre_close", "volume", "amount")
            },
        }
        frame = pl.DataFrame(rows).filter(
            pl.Series(np.repeat([np.array(listed) <= day for day in days], 1, axis=0).ravel())
        )
        put(cellar, "cn.bars_1d", "session", days, frame)
    return cellar


def put(cellar: Cellar, name: str, column: str, values: list, frame: pl.DataFrame) -> None:
    schema = dataset(name).schema()
    absent = [pl.lit(None, kind).alias(key) for key, kind in schema.items()
              if key not in frame.columns]  # fmt: skip
    whole = frame.with_columns(absent).select(list(schema)).cast(schema)
    cellar.store.replace(dataset(name), whole, column=column, values=values, metadata={})


def timed(ask: Callable[[], object], times: int = 7) -> tuple[float, float]:
    """Milliseconds of the first call and of the best of the following."""
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        ask()
        took.append(1e3 * (time.perf_counter() - begun))
    return took[0], min(took[1:])


def panels(cellar: Cellar, first: str, last: str) -> list[np.ndarray]:
    here = market(cellar, "cn", start=first, end=last, adjust="none", on_gap="ignore")
    return [here[name].values for name in FIELDS]


def source_only(cellar: Cellar, first: str, last: str) -> Callable[[], object]:
    """The fields alone, without opening a market each time."""
    from workbench.data.assembly.source import StoreSource
    from workbench.data.reading.window import Window

    source = StoreSource(cellar, "cn", Window(date.fromisoformat(first), date.fromisoformat(last)))

    def ask() -> object:
        source._read.clear()
        return [source.field(name) for name in FIELDS]

    return ask


def polars_pivot(files: list[Path], first: date, last: date) -> object:
    rows = pl.scan_parquet(files, hive_partitioning=False).filter(
        pl.col("session").is_between(first, last)
    )
    return pivoted(rows.select("session", "asset", *FIELDS).collect())


def duckdb_pivot(files: list[Path], first: date, last: date) -> object:
    paths = [str(file) for file in files]
    with duckdb.connect(config={"threads": os.cpu_count() or 1}) as db:
        asked = db.sql(
            "select session, asset, open, close, volume from read_parquet(?) "
            "where session between ? and ?",
            params=[paths, first, last],
        )
        return pivoted(pl.DataFrame(asked))


def polars_share(files: list[Path]) -> object:
    rows = pl.scan_parquet(files, hive_partitioning=False)
    return rows.filter(pl.col("asset") == "600519.SH").collect()


def duckdb_share(files: list[Path]) -> object:
    with duckdb.connect() as db:
        asked = db.sql(
            "select * from read_parquet(?) where asset = '600519.SH'",
            params=[[str(file) for file in files]],
        )
        return pl.DataFrame(asked)


def pivoted(rows: pl.DataFrame) -> list[np.ndarray]:
    """The usual way: a wide frame of every field, by pandas (polars' pivot is far slower here)."""
    table = rows.to_pandas()
    return [table.pivot(index="session", columns="asset", values=n).to_numpy() for n in FIELDS]


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--years", type=int, default=2)
    words.add_argument("--assets", type=int, default=5000)
    given = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        cellar = make(Path(folder) / "bench", given.years, given.assets)
        table = cellar.table("cn.bars_1d")
        print(f"{table.rows:,} bars, {table.bytes / 1e6:.0f} MB in {len(table.files())} files")
        run(cellar, given.years)


def run(cellar: Cellar, years: int) -> None:
    first, last = date(2024, 1, 1), date(2024, 12, 31)
    year = ("2024-01-01", "2024-12-31")
    all_years = (f"{2025 - years}-01-01", "2024-12-31")
    files = cellar.table("cn.bars_1d").files(first, last)
    print(f"{'question':<46}{'first':>10}{'warm':>10}  ms")

    def shown(what: str, ask: Callable[[], object], times: int = 7) -> None:
        cold, warm = timed(ask, times)
        print(f"{what:<46}{cold:>10.1f}{warm:>10.1f}")

    fields = source_only(cellar, *year)
    shown("1 year x 3 fields, cache empty", fields)
    for memory in (dense_file._crc, dense_file._noted, dense_file._parsed_index):
        memory.cache_clear()
    shown("1 year x 3 fields, cache full, checksums first", fields)
    shown("the same with opening the market", lambda: panels(cellar, *year))
    shown("the same by polars scan + pandas pivot", lambda: polars_pivot(files, first, last), 3)
    shown("the same by DuckDB + pandas pivot", lambda: duckdb_pivot(files, first, last), 3)
    shown(f"{years} years x 3 fields", source_only(cellar, *all_years))
    shown("1 year as a long table, all columns", lambda: load(
        cellar, "cn.bars_1d", start=year[0], end=year[1], on_gap="ignore"), 3)  # fmt: skip
    shown("1 share, 1 year, long table", lambda: load(
        cellar, "cn.bars_1d", start=year[0], end=year[1], assets=["600519.SH"],
        on_gap="ignore"), 3)  # fmt: skip
    shown(f"1 share, {years} years, long table", lambda: load(
        cellar, "cn.bars_1d", assets=["600519.SH"], on_gap="ignore"), 3)  # fmt: skip
    every = cellar.table("cn.bars_1d").files()
    shown(f"1 share, {years} years, polars scan", lambda: polars_share(every), 3)
    shown(f"1 share, {years} years, DuckDB", lambda: duckdb_share(every), 3)


if __name__ == "__main__":
    main()
