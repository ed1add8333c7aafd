"""Named snapshots, and what pruning leaves of old versions."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.data.store.tables import DAILY, bars, content, days, put, store_at
from workbench.data.store import (
    Store,
    list_snapshots,
    load_snapshot,
    remove_snapshot,
    save_snapshot,
)
from workbench.errors import (
    BadValueError,
    SnapshotError,
    StoreCorruptionError,
    StoreVersionError,
)

TEN = days(10)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Versions 0 to 4, each replacing all rows."""
    store = store_at(tmp_path / "ws")
    for version in range(5):
        put(store, bars(TEN, close=float(version)), TEN)
    return store


def test_round_trip(store):
    save_snapshot(store.root, "report-2024.06", store.versions())
    save_snapshot(store.root, "研报", {DAILY.name: 2})
    assert load_snapshot(store.root, "report-2024.06") == {DAILY.name: 4}
    assert load_snapshot(store.root, "研报") == {DAILY.name: 2}
    assert list(list_snapshots(store.root)) == ["report-2024.06", "研报"]
    remove_snapshot(store.root, "研报")
    assert list(list_snapshots(store.root)) == ["report-2024.06"]


def test_a_snapshot_is_never_overwritten(store):
    save_snapshot(store.root, "a", {DAILY.name: 1})
    save_snapshot(store.root, "a", {DAILY.name: 1})
    with pytest.raises(SnapshotError, match="already"):
        save_snapshot(store.root, "a", {DAILY.name: 2})
    assert load_snapshot(store.root, "a") == {DAILY.name: 1}


def test_unknown_snapshots_and_versions(store):
    save_snapshot(store.root, "june", {})
    for use in (load_snapshot, remove_snapshot):
        with pytest.raises(SnapshotError, match="Did you mean 'june'"):
            use(store.root, "jnue")
    with pytest.raises(SnapshotError, match="no version 5"):
        save_snapshot(store.root, "b", {DAILY.name: 5})


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "a b", "a\n", "x" * 101])
def test_names_stay_in_their_folder(store, name):
    with pytest.raises(BadValueError):
        save_snapshot(store.root, name, {})


def test_broken_and_newer_snapshots(store):
    path = save_snapshot(store.root, "a", {DAILY.name: 1})
    path.write_text(path.read_text().replace('"format": 1', '"format": 9'))
    with pytest.raises(StoreVersionError):
        load_snapshot(store.root, "a")
    path.write_text("{")
    with pytest.raises(StoreCorruptionError):
        load_snapshot(store.root, "a")
    with pytest.raises(StoreCorruptionError):
        store.prune(DAILY.name, keep_versions=[])
    assert content(store, version=0)


def test_prune_keeps_snapshots_named_versions_and_the_newest(store):
    save_snapshot(store.root, "a", {DAILY.name: 1})
    before = {v: content(store, version=v) for v in range(5)}
    would = store.prune(DAILY.name, keep_versions=[3], dry_run=True)
    assert {v: content(store, version=v) for v in range(5)} == before
    report = store.prune(DAILY.name, keep_versions=[3])
    assert (report.kept, report.pruned) == ((1, 3, 4), 2)
    assert (report.files, report.bytes) == (would.files, would.bytes)
    assert (would.dry_run, report.dry_run) == (True, False)
    assert report.bytes > 0
    for fresh in (store, Store(store.root)):
        for version in (1, 3, 4):
            assert content(fresh, version=version) == before[version]
        for version in (0, 2):
            with pytest.raises(SnapshotError, match=f"version {version} was pruned"):
                fresh.snapshot(DAILY.name, version)
    assert store.verify() == []
    assert store.history(DAILY.name).height == 5


def test_prune_twice_and_after_the_snapshot_is_gone(store):
    save_snapshot(store.root, "a", {DAILY.name: 1})
    store.prune(DAILY.name, keep_versions=[])
    assert store.prune(DAILY.name, keep_versions=[0]).files == ()
    remove_snapshot(store.root, "a")
    put(store, bars(TEN, close=9.0), TEN)
    report = store.prune(DAILY.name, keep_versions=[])
    assert report.kept == (5,)
    assert len(report.files) == 4
    assert content(store) == bars(TEN, close=9.0).rows()
    with pytest.raises(SnapshotError, match="no version 1"):
        save_snapshot(store.root, "b", {DAILY.name: 1})


def test_a_reader_of_a_pruned_version_is_told(store):
    held = store.snapshot(DAILY.name, 0)
    store.prune(DAILY.name, keep_versions=[])
    with pytest.raises(SnapshotError, match="version 0 was pruned"):
        held.read()


def test_prune_takes_orphans_after_an_hour(store):
    place = store.root / "store/cn/probe/wb_year=2024"
    old, young = (place / f"{c * 20}-00000000.parquet" for c in "ab")
    for path in (old, young):
        path.write_bytes(b"x" * 10)
    os.utime(old, (time.time() - 7200,) * 2)
    report = store.prune(DAILY.name, keep_versions=range(5))
    assert report.files == ("wb_year=2024/" + old.name,)
    assert report.bytes == 10
    assert young.exists()
    assert not old.exists()


def test_prune_refuses_versions_that_are_not(store):
    with pytest.raises(BadValueError, match="versions 0 to 4"):
        store.prune(DAILY.name, keep_versions=[7])
