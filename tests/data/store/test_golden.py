"""A store that format 1 wrote is read as it was meant, whatever version of workbench reads it."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from tests.data.store.tables import AT, DAILY, WHOLE, content
from workbench.data.store import Ledger, Store, load_snapshot, prepare

GOLDEN = Path(__file__).with_name("golden") / "format1"
FIRST = [
    (date(2023, 12, 28), "000001.SZ", 9.1, 100.0),
    (date(2023, 12, 28), "600519.SH", 1700.5, None),
    (date(2023, 12, 29), "000001.SZ", 9.2, 200.0),
]
SECOND = [
    (date(2024, 1, 2), "000001.SZ", 9.4, 300.0),
    (date(2024, 1, 2), "600519.SH", 1711.0, 5.0),
    (date(2024, 1, 3), "000001.SZ", 9.5, 1.0),
]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    shutil.copytree(GOLDEN, tmp_path / "old")
    return Store(prepare(tmp_path / "old"))


def test_rows_of_every_version(store):
    assert store.versions() == {DAILY.name: 4, WHOLE.name: 0}
    assert content(store) == FIRST + SECOND
    assert content(store, version=2) == FIRST + SECOND[:2]
    oldest = content(store, version=0)
    assert oldest[:3] == FIRST
    assert oldest[3][2] != oldest[3][2]
    assert content(store, WHOLE.name) == [("000001.SZ", "平安银行", True, 19405918198)]
    assert load_snapshot(store.root, "first") == {DAILY.name: 0}


def test_history_and_ledger(store):
    history = store.history(DAILY.name)
    operations = ["replace", "replace", "settle", "replace", "compact"]
    assert history["operation"].to_list() == operations
    assert history["rows_added"].to_list() == [4, 2, 0, 1, 0]
    assert history["rows_removed"].to_list() == [0, 1, 0, 0, 0]
    ledger = Ledger(store.root / "meta" / "ledger.sqlite")
    ledger.rebuild(store)
    assert ledger.units(DAILY.name).select("key", "state", "rows", "sha256", "version").rows() == [
        ("2023-12-28", "verified", 2, "aa", 0),
        ("2023-12-29", "verified", 1, "aa", 0),
        ("2024-01-01", "empty_confirmed", 0, "aa", 2),
        ("2024-01-02", "verified", 2, "bb", 1),
    ]
    assert set(ledger.units()["settled_at"]) == {AT}


def test_sound_and_writable(store):
    assert store.verify() == []
    days = [date(2024, 1, 2)]
    assert store.replace(DAILY, DAILY.empty(), column="session", values=days, metadata={}) == 5
    assert content(store) == FIRST + SECOND[2:]
    assert store.verify() == []
