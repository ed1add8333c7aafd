"""A small workspace without a network: nine securities with every trouble a share can have.

Sessions are the weekdays from 2023-10-02 on, without 2024-01-01. The securities:

=============== ==========================================================================
000001.SZ       nothing happens to it
001872.SZ       was 000022.SZ until 2023-12-25; bars exist under both codes for a while
300750.SZ       suspended from 2024-01-15 to 2024-01-17, without bar and factor
301000.SZ       listed on 2024-01-05
600001.SH       under a risk warning from 2023-12-18, delisted on 2024-01-22
600519.SH       its factor doubles on 2024-01-10
688981.SH       sealed at the upper limit on 2024-01-18, at the lower on 2024-01-19
=============== ==========================================================================
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from workbench.data.catalog import dataset
from workbench.data.cellar import Cellar
from workbench.data.store import UnitRecord

CALENDAR = (date(2023, 9, 1), date(2024, 2, 29))
FIRST, LAST = date(2023, 10, 2), date(2024, 2, 9)
NOW = datetime(2024, 2, 20, 12, tzinfo=UTC)
HOLIDAY = date(2024, 1, 1)
CHANGED = date(2023, 12, 26)
"""The first day of the code 001872.SZ."""
LISTED, DELISTED = date(2024, 1, 5), date(2024, 1, 22)
WARNED = date(2023, 12, 18)
EX_DAY = date(2024, 1, 10)
HALT = tuple(date(2024, 1, day) for day in (15, 16, 17))
SEALED_UP, SEALED_DOWN = date(2024, 1, 18), date(2024, 1, 19)
ASSETS = (
    "000001.SZ", "001872.SZ", "300750.SZ", "301000.SZ", "600001.SH", "600519.SH", "688981.SH",
)  # fmt: skip
_BOARDS = ("main", "main", "chinext", "chinext", "main", "main", "star")

Frames = dict[str, pl.DataFrame]
Change = Callable[[Frames], Frames]


def sessions(first: date = FIRST, last: date = LAST) -> list[date]:
    """Sessions between two days."""
    count = (last - first).days + 1
    every = (first + timedelta(days=step) for step in range(count))
    return [day for day in every if day.weekday() < 5 and day != HOLIDAY]


def code_on(asset: str, day: date) -> str:
    """The code that stood for an asset on a day."""
    return "000022.SZ" if asset == "001872.SZ" and day < CHANGED else asset


def bar(asset: str, day: date) -> dict[str, Any] | None:
    """The bar of an asset, None where it has none; its own numbers on every day."""
    if asset == "301000.SZ" and day < LISTED:
        return None
    if asset == "600001.SH" and day >= DELISTED:
        return None
    if asset == "300750.SZ" and day in HALT:
        return None
    draw = np.random.default_rng([ASSETS.index(asset), day.toordinal()])
    before = 10.0 * (1 + ASSETS.index(asset))
    close = round(before * (1 + 0.05 * draw.uniform(-1, 1)), 2)
    low, high = round(min(before, close) * 0.99, 2), round(max(before, close) * 1.01, 2)
    if asset == "688981.SH" and day == SEALED_UP:
        low = high = close = round(before * 1.2, 2)
    if asset == "688981.SH" and day == SEALED_DOWN:
        low = high = close = round(before * 0.8, 2)
    volume = float(draw.integers(1_000, 9_000)) * 100
    opened = close if low == high else before
    return {
        "session": day, "asset": code_on(asset, day), "open": opened, "high": high, "low": low,
        "close": close, "pre_close": before, "volume": volume,
        "amount": round(volume * (low + high) / 2, 2),
    }  # fmt: skip


def factor(asset: str, day: date) -> float:
    """The cumulative factor of an asset."""
    return (1.5 + ASSETS.index(asset)) * (2.0 if asset == "600519.SH" and day >= EX_DAY else 1.0)


@cache
def frames() -> Frames:
    """Every table of the workspace by name, in dataset columns."""
    days = sessions()
    bars = [row for day in days for asset in ASSETS if (row := bar(asset, day))]
    # The vendor also has a week of history under the new code: double counting if taken.
    ghosts = [
        {**row, "asset": "001872.SZ"}
        for row in bars
        if row["asset"] == "000022.SZ" and row["session"] >= date(2023, 12, 18)
    ]
    made: Mapping[str, Iterable[dict[str, Any]]] = {
        "cal.sessions": _calendar(),
        "ref.securities": _securities(),
        "ref.names": _names(),
        "cn.bars_1d": bars + ghosts,
        "cn.adj_factor": [
            {"session": row["session"], "asset": row["asset"],
             "adj_factor": factor(_asset(row["asset"]), row["session"])}
            for row in bars
        ],
        "cn.basic_1d": [
            {"session": row["session"], "asset": row["asset"], "close": row["close"],
             "shares": 1e8, "float_shares": 6e7, "pb": 1.5, "market_cap": row["close"] * 1e8}
            for row in bars
        ],
        "cn.limits_1d": [_limits(row) for row in bars],
        "cn.suspend": [
            {"session": day, "asset": "300750.SZ", "kind": "S", "timing": ""} for day in HALT
        ] + [{"session": HALT[0], "asset": "000001.SZ", "kind": "S", "timing": "09:30-10:30"}],
        "cn.st_1d": [
            {"session": day, "asset": "600001.SH", "name": "*ST", "kind": "ST", "kind_name": "ST"}
            for day in days if WARNED <= day < DELISTED
        ] + [
            {"session": day, "asset": "900901.SH", "name": "ST B", "kind": "ST", "kind_name": "ST"}
            for day in days
        ],
        "cn.margin_1d": [
            {"session": row["session"], "asset": row["asset"],
             "financing_balance": float(row["session"].toordinal())}
            for row in bars
        ],
        "idx.bars_1d": [
            {"session": day, "asset": "000300.SH", "open": 3000.0 + step, "high": 3010.0 + step,
             "low": 2990.0 + step, "close": 3005.0 + step, "volume": 1e9, "amount": 1e11}
            for step, day in enumerate(days)
        ],
        "idx.weights": _weights(),
        "ind.members": _industries(),
    }  # fmt: skip
    return {name: _framed(name, rows) for name, rows in made.items()}


def make_cellar(root: Path, change: Change | None = None, *, skip: Iterable[str] = ()) -> Cellar:
    """Open a workspace with every table but those to skip; `change` may alter them before."""
    shutil.copytree(_template(), root)
    for name in skip:
        shutil.rmtree(root / "store" / name.replace(".", "/"))
    cellar = Cellar.open(root, clock=lambda: NOW)
    made = frames()
    for name, frame in (change(dict(made)) if change else made).items():
        if frame is not made[name] and name not in set(skip):
            put(cellar, name, frame)
    return cellar


@cache
def _template() -> Path:
    """The workspace, written once a process: committing durably is the slow part."""
    folder = Path(tempfile.mkdtemp(prefix="workbench-cellar-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    cellar = Cellar.open(folder / "ws", clock=lambda: NOW)
    for name, frame in frames().items():
        put(cellar, name, frame)
    return folder / "ws"


def put(cellar: Cellar, name: str, frame: pl.DataFrame) -> int:
    """Replace what the frame speaks of, and settle its units."""
    contract = dataset(name)
    column = contract.day if contract.axis == "session" else contract.key[0]
    values = frame[column].unique().sort().to_list()
    if contract.axis == "session":
        # Every session was asked for, also those that turned out to be empty.
        values = sorted({*values, *sessions()})
    units = _units(name, frame, column, values)
    version = cellar.store.replace(
        contract, frame, column=column, values=values, metadata={"wb.units": units}
    )
    cellar.ledger.record(name, version, units)
    return version


def settle(cellar: Cellar, name: str, frame: pl.DataFrame, *, missing: int) -> None:
    """Note in the ledger that the sessions of the frame lack rows."""
    values = frame["session"].unique().sort().to_list()
    version = cellar.store.version(name)
    assert version is not None
    cellar.ledger.record(name, version, _units(name, frame, "session", values, missing))


def _units(
    name: str, frame: pl.DataFrame, column: str, values: list[Any], missing: int = 0
) -> list[UnitRecord]:
    """One settled unit a value."""
    found = dict(frame.group_by(column).len().iter_rows())
    made = []
    for value in values:
        rows = found.get(value, 0)
        day = value if isinstance(value, date) else None
        state = "committed" if missing else "verified" if rows else "empty_confirmed"
        made.append(
            UnitRecord(
                name, "hand", str(value), state, day, day, rows, rows + missing, missing, "0", NOW
            )
        )
    return made


def future(after: date) -> Change:
    """A change of every daily number after a day."""

    def change(made: Frames) -> Frames:
        changed = dict(made)
        for name in ("cn.bars_1d", "cn.adj_factor", "cn.basic_1d", "cn.limits_1d", "cn.margin_1d",
                     "idx.bars_1d"):  # fmt: skip
            numbers = [c.name for c in dataset(name).columns if c.kind == "number"]
            changed[name] = made[name].with_columns(
                pl.when(pl.col("session") > after).then(pl.col(c) * 3).otherwise(pl.col(c)).alias(c)
                for c in numbers
            )
        weights = made["idx.weights"]
        changed["idx.weights"] = weights.filter(
            (pl.col("session") <= after) | (pl.col("asset") != "000001.SZ")
        )
        return changed

    return change


def _framed(name: str, rows: Iterable[dict[str, Any]]) -> pl.DataFrame:
    """Rows as a frame of the dataset; columns that nobody speaks of are null."""
    schema = dataset(name).schema()
    listed = list(rows)
    columns = {key: [row.get(key) for row in listed] for key in schema}
    return pl.DataFrame(columns, schema=schema)


def _asset(code: str) -> str:
    return "001872.SZ" if code == "000022.SZ" else code


def _calendar() -> list[dict[str, Any]]:
    days = [CALENDAR[0] + timedelta(days=n) for n in range((CALENDAR[1] - CALENDAR[0]).days + 1)]
    return [
        {"exchange": "SSE", "session": day, "is_open": day.weekday() < 5 and day != HOLIDAY}
        for day in days
    ]


def _securities() -> list[dict[str, Any]]:
    rows = []
    for asset, board in zip(ASSETS, _BOARDS, strict=True):
        listed = LISTED if asset == "301000.SZ" else date(2010, 1, 4)
        gone = DELISTED if asset == "600001.SH" else None
        row = {
            "security_id": asset, "asset": asset, "valid_from": listed, "name": asset[:6],
            "exchange": "SSE", "board": board, "status": "D" if gone else "L",
            "list_date": listed, "delist_date": gone,
            "valid_to": gone - timedelta(days=1) if gone else None,
        }  # fmt: skip
        if asset == "001872.SZ":
            old = {**row, "security_id": "000022.SZ", "asset": "000022.SZ",
                   "valid_to": CHANGED - timedelta(days=1)}  # fmt: skip
            rows.append(old)
            row |= {"security_id": "000022.SZ", "valid_from": CHANGED}
        rows.append(row)
    return rows


def _names() -> list[dict[str, Any]]:
    return [
        {"asset": "600001.SH", "start": date(2010, 1, 4), "name": "old"},
        {"asset": "600001.SH", "start": WARNED, "name": "*STold"},
    ]


def _limits(row: dict[str, Any]) -> dict[str, Any]:
    width = 0.2 if row["asset"][:3] in ("300", "301", "688") else 0.1
    up, down = round(row["pre_close"] * (1 + width), 2), round(row["pre_close"] * (1 - width), 2)
    if row["asset"] == "301000.SZ" and row["session"] == LISTED:
        up, down = 99999.99, 0.0
    return {
        "session": row["session"], "asset": row["asset"], "pre_close": row["pre_close"],
        "up_limit": up, "down_limit": down,
    }  # fmt: skip


def _weights() -> list[dict[str, Any]]:
    spans = {
        date(2023, 9, 29): ("000001.SZ", "600519.SH"),
        date(2023, 10, 31): ("000001.SZ", "600519.SH"),
        date(2023, 11, 30): ("000001.SZ", "600519.SH"),
        date(2023, 12, 29): ("000001.SZ", "688981.SH"),
        date(2024, 1, 31): ("000001.SZ", "688981.SH"),
    }
    return [
        {"index": "000300.SH", "session": day, "asset": asset, "weight": 0.5}
        for day, held in spans.items()
        for asset in held
    ]


def _industries() -> list[dict[str, Any]]:
    rows = []
    for place, asset in enumerate(ASSETS[:-1]):
        start, end = date(2010, 1, 4), None
        if asset == "000001.SZ":
            end = date(2023, 12, 31)
        rows.append(_industry(asset, place % 2, start, end))
    rows.append(_industry("000001.SZ", 1, date(2024, 1, 1), None))
    return rows


def _industry(asset: str, group: int, start: date, end: date | None) -> dict[str, Any]:
    number = 801010 + 10 * group
    return {
        "scheme": "SW2021", "asset": asset, "start": start, "end": end, "is_new": end is None,
        "level1": f"{number}.SI", "level1_name": f"sector {group}",
        "level2": f"{number + 1}.SI", "level2_name": f"industry {group}",
        "level3": f"{number + 2}.SI", "level3_name": f"subindustry {group}",
    }  # fmt: skip
