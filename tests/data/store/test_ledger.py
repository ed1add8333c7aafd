"""The ledger: what is settled, what is not, and that it can be made again from the commits."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from tests.conftest import REPOSITORY
from tests.data.store.tables import AT, DAILY, bars, days, put, store_at, unit, units
from workbench.data.store import Ledger, UnitRecord
from workbench.errors import BadValueError, StoreCorruptionError, StoreError, StoreVersionError

TEN = days(10)
NAME = DAILY.name


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "meta" / "ledger.sqlite", clock=lambda: AT)


def test_units_round_trip_with_types(ledger):
    record = unit("2024-01-02")
    ledger.record(NAME, 3, [record])
    row = ledger.units().row(0, named=True)
    assert row.pop("version") == 3
    assert UnitRecord(**row) == record
    assert ledger.units().schema["settled_at"] == pl.Datetime("us", "UTC")
    assert ledger.path.stat().st_mode & 0o777 == 0o600


def test_same_again_keeps_time_and_version_and_a_change_moves_them(ledger):
    later = AT + timedelta(days=1)
    ledger.record(NAME, 1, [unit("2024-01-02"), unit("2024-01-03")])
    ledger.record(
        NAME,
        5,
        [unit("2024-01-02", settled_at=later), unit("2024-01-03", sha256="bb", settled_at=later)],
    )
    assert ledger.units().select("key", "version", "settled_at").rows() == [
        ("2024-01-02", 1, AT),
        ("2024-01-03", 5, later),
    ]


def test_units_are_chosen_by_dataset_state_and_days(ledger):
    ledger.record(NAME, 0, [unit(f"2024-01-0{d}") for d in range(1, 6)])
    ledger.record(NAME, 1, [unit("all", state="committed")])
    ledger.record("cn.other", 0, [unit("2024-01-01", dataset="cn.other")])
    assert ledger.units("cn.other").height == 1
    assert ledger.units(NAME, states=["committed"])["key"].to_list() == ["all"]
    chosen = ledger.units(NAME, first=date(2024, 1, 2), last=date(2024, 1, 3))
    assert chosen["key"].to_list() == ["2024-01-02", "2024-01-03", "all"]
    assert ledger.units("cn.'; DROP TABLE units; --").height == 0
    assert ledger.units(states=[]).height == 0
    assert ledger.units().height == 7


def test_attempts_count_and_end_when_the_unit_settles(ledger):
    until = AT + timedelta(hours=1)
    ledger.attempt(NAME, "tushare", "2024-01-02", "failed", "HTTP 502")
    ledger.attempt(NAME, "tushare", "2024-01-02", "deferred", "每小时最多访问", until)
    row = ledger.attempts(NAME).row(0, named=True)
    assert (row["state"], row["times"], row["until"], row["at"]) == ("deferred", 2, until, AT)
    ledger.record(NAME, 0, [unit("2024-01-02")])
    assert ledger.attempts().height == 0
    with pytest.raises(BadValueError, match="not_yet"):
        ledger.attempt(NAME, "tushare", "x", "verified", "")


def test_denied_until(ledger):
    assert ledger.denied("tushare", "stk_mins") is None
    ledger.deny("tushare", "stk_mins", AT + timedelta(days=7))
    assert ledger.denied("tushare", "stk_mins") == AT + timedelta(days=7)
    ledger.deny("tushare", "stk_mins", AT - timedelta(seconds=1))
    assert ledger.denied("tushare", "stk_mins") is None
    with pytest.raises(BadValueError, match="zone"):
        ledger.deny("tushare", "daily", datetime(2024, 1, 1))


def test_a_failing_record_writes_nothing(ledger):
    with pytest.raises(BadValueError, match=r"cn\.other"):
        ledger.record(NAME, 0, [unit("2024-01-02"), unit("2024-01-03", dataset="cn.other")])
    assert ledger.units().height == 0


def test_records_refuse_what_is_not_settled():
    for plain in ({}, {"dataset": "x"}, unit("a").to_dict() | {"first": "2024-13-01"}):
        with pytest.raises(BadValueError, match="expected a unit record"):
            UnitRecord.from_dict(plain)
    with pytest.raises(BadValueError, match="settled state"):
        unit("a", state="failed")


def test_rebuild_equals_the_original(tmp_path):
    store = store_at(tmp_path / "ws")
    ledger = Ledger(store.root / "meta/ledger.sqlite")
    later = datetime(2024, 7, 1, tzinfo=UTC)
    for step in (
        lambda: (put(store, bars(TEN), TEN, **units(unit("a"), unit("b"))), [unit("a"), unit("b")]),
        lambda: (
            put(store, bars(TEN), TEN, **units(unit("a", settled_at=later))),
            [unit("a", settled_at=later)],
        ),
        lambda: (
            put(store, bars(TEN[:1], close=2.0), TEN[:1], **units(unit("b", settled_at=later))),
            [unit("b", settled_at=later)],
        ),
        lambda: (store.settle(DAILY, metadata=units(unit("c", rows=0))), [unit("c", rows=0)]),
        lambda: (store.compact(DAILY), []),
    ):
        version, records = step()
        ledger.record(NAME, version, records)
    original = ledger.units()
    ledger.record("cn.ghost", 0, [unit("x", dataset="cn.ghost")])
    ledger.rebuild(store)
    assert ledger.units().equals(original)


def test_a_broken_ledger_says_so_and_is_rebuilt(tmp_path):
    store = store_at(tmp_path / "ws")
    put(store, bars(TEN), TEN, **units(unit("a")))
    path = store.root / "meta/ledger.sqlite"
    Ledger(path).record(NAME, 0, [unit("a")])
    original = Ledger(path).units()
    path.write_bytes(b"not a database" * 500)
    with pytest.raises(StoreCorruptionError, match="workbench data repair"):
        Ledger(path).units()
    Ledger(path).rebuild(store)
    assert Ledger(path).units().equals(original)
    assert len(list(path.parent.glob("*.broken"))) == 1


def test_a_newer_ledger_is_refused(ledger):
    ledger.units()
    db = sqlite3.connect(ledger.path)
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(StoreVersionError, match="newer workbench"):
        Ledger(ledger.path).units()


def test_an_unusable_ledger_is_no_traceback_of_sqlite(tmp_path):
    (tmp_path / "meta").mkdir()
    (tmp_path / "meta" / "ledger.sqlite").mkdir()
    with pytest.raises(StoreError, match="ledger"):
        Ledger(tmp_path / "meta" / "ledger.sqlite").units()


WRITER = """
import sys
from pathlib import Path
from tests.data.store.tables import unit
from workbench.data.store import Ledger
who = sys.argv[2]
for place in range(20):
    ledger = Ledger(Path(sys.argv[1]))
    ledger.record("cn.probe", place, [unit(f"{who}-{place}"), unit("shared", sha256=who)])
    ledger.attempt("cn.probe", "tushare", f"try-{who}", "failed", "x")
    assert ledger.units().height >= place
"""


def test_eight_processes_at_once(ledger):
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(ledger.path), str(who)],
            cwd=REPOSITORY,
            stderr=subprocess.PIPE,
            text=True,
        )
        for who in range(8)
    ]
    errors = [writer.communicate(timeout=120)[1] for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * 8, errors
    assert ledger.units().height == 8 * 20 + 1
    assert ledger.attempts()["times"].to_list() == [20] * 8
