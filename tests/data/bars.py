"""Small tables of bars for the tests of the file reader, and ways to write them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

__all__ = ["plain_rows", "tushare_rows", "write"]


def plain_rows() -> dict[str, list[Any]]:
    """Two assets, three sessions, one row missing (BBB on the second session)."""
    return {
        "date": ["2020-01-02", "2020-01-02", "2020-01-03", "2020-01-06", "2020-01-06"],
        "symbol": ["BBB", "AAA", "AAA", "AAA", "BBB"],
        "open": [20.0, 10.0, 10.5, 11.0, 21.0],
        "high": [21.0, 11.0, 11.5, 12.0, 22.0],
        "low": [19.0, 9.0, 10.0, 10.5, 20.5],
        "close": [20.5, 10.5, 11.0, 11.5, 21.5],
        "volume": [500.0, 1000.0, 2000.0, 3000.0, 600.0],
    }


def tushare_rows() -> dict[str, list[Any]]:
    """The same prices with tushare's names and units (lots of 100 shares, thousand CNY)."""
    rows = plain_rows()
    codes = {"AAA": "000001.SZ", "BBB": "600519.SH"}
    volume = rows.pop("volume")
    return {
        "ts_code": [codes[name] for name in rows.pop("symbol")],
        "trade_date": [day.replace("-", "") for day in rows.pop("date")],
        **rows,
        "vol": [shares / 100 for shares in volume],
        "amount": [
            shares * price / 1000 for shares, price in zip(volume, rows["close"], strict=True)
        ],
        "adj_factor": [1.0, 2.0, 2.0, 4.0, 1.0],
    }


def write(folder: Path, rows: dict[str, list[Any]], name: str = "bars.parquet") -> Path:
    """Write rows as Parquet or CSV, by the name's ending."""
    file = folder / name
    frame = pl.DataFrame(rows, strict=False)
    (frame.write_parquet if file.suffix == ".parquet" else frame.write_csv)(file)
    return file
