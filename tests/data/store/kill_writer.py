"""A writer that is meant to be killed: `python -m tests.data.store.kill_writer ROOT [POINT]`.

State is two numbers: `value`, the close of all rows of the base days, and `count`, the number of
days appended after them. Each step changes one of them or compacts; after each answered step the
writer prints both. With a POINT it ends itself there, without any clean-up, at the second step.
"""

from __future__ import annotations

import os
import sys
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from tests.data.store.tables import CODES, DAILY, days, unit, units
from workbench.data.store import Ledger, Store, delta, files, transaction

BASE = days(6)
FIRST = date(2024, 2, 1)
POINTS = {
    "before a data file is synced": (files, "sync_file", True),
    "before the commit": (transaction, "commit", True),
    "after the commit": (transaction, "commit", False),
    "before the commit is synced": (delta, "sync_file", True),
    "before the ledger": (Ledger, "record", True),
    "after the ledger": (Ledger, "record", False),
}


def uniform(sessions: list[date], close: float) -> pl.DataFrame:
    """Rows of all codes with one close."""
    rows = [(day, code, close, 1.0) for day in sessions for code in CODES]
    return pl.DataFrame(rows, schema=DAILY.schema(), orient="row")


def state(store: Store, version: int | None = None) -> tuple[int, int]:
    """Value and count of a table; fails when its rows are not exactly those of one state."""
    if not store.exists(DAILY.name):
        return 0, 0
    frame = store.snapshot(DAILY.name, version).read()
    base = frame.filter(pl.col("session") < FIRST)
    count = (frame.height - base.height) // len(CODES)
    value = int(base["close"][0]) if base.height else 0
    appended = [FIRST + timedelta(days=i) for i in range(count)]
    right = [uniform(BASE if value else [], value), uniform(appended, 7.0)]
    assert frame.rows() == pl.concat(right).sort("session", "asset").rows(), frame
    return value, count


def after(value: int, count: int, step: int) -> tuple[int, int]:
    """The state that a step leads to."""
    return (value + (step == 0), count + (step == 1))


def carry_out(store: Store, ledger: Ledger, value: int, count: int, step: int) -> None:
    """Replace, append or compact, and record the unit."""
    record = unit(f"step{step}", sha256=f"{value}.{count}")
    if step == 0:
        version = store.replace(
            DAILY, uniform(BASE, value + 1), column="session", values=BASE, metadata=units(record)
        )
    elif step == 1:
        day = FIRST + timedelta(days=count)
        version = store.append(DAILY, uniform([day], 7.0), metadata=units(record))
    else:
        store.compact(DAILY, before=date(2100, 1, 1))
        return
    ledger.record(DAILY.name, version, [record])


def end_at(point: str) -> None:
    """Let the process end, as if killed, when it comes to a point."""
    owner, name, early = POINTS[point]
    real = getattr(owner, name)

    def wrapped(*args, **kwargs):
        if not early:
            real(*args, **kwargs)
        os._exit(9)

    setattr(owner, name, wrapped)


def main(root: str, point: str | None = None) -> None:
    """Step until killed."""
    store, ledger = Store(Path(root)), Ledger(Path(root) / "meta/ledger.sqlite")
    value, count = state(store)
    step = 0
    while True:
        sys.stdout.write(f"{value} {count}\n")
        sys.stdout.flush()
        if point is not None and value:
            end_at(point)
        carry_out(store, ledger, value, count, step)
        value, count = after(value, count, step)
        step = (step + 1) % 3


if __name__ == "__main__":
    main(*sys.argv[1:])
