"""What outlives a power cut: only what was synced is copied, and it must be the whole store."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import pytest

from tests.data.store.tables import DAILY, bars, content, days, put, store_at, unit, units
from workbench.data.atomic import write_whole
from workbench.data.store import Store, prepare
from workbench.data.store.durable import sweep
from workbench.errors import (
    StoreCorruptionError,
    StorePathError,
    StoreVersionError,
)

TEN = days(10)


class Disk:
    """A disk that keeps only what fsync told it to: contents of files, names in folders."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.files: dict[int, bytes] = {}
        self.folders: dict[str, dict[str, int]] = {}
        self.calls = 0
        real = os.fsync

        def fsync(handle: int) -> None:
            self.calls += 1
            path = Path(os.readlink(f"/proc/self/fd/{handle}"))
            if path.is_dir():
                self.folders[str(path)] = {p.name: p.stat().st_ino for p in path.iterdir()}
            else:
                self.files[path.stat().st_ino] = path.read_bytes()
            real(handle)

        monkeypatch.setattr(os, "fsync", fsync)

    def after_power_cut(self, folder: Path, copy: Path) -> None:
        """Rebuild a folder from what was synced; unsynced contents are empty files."""
        copy.mkdir(parents=True)
        for name, inode in self.folders.get(str(folder), {}).items():
            child = folder / name
            if str(child) in self.folders or child.is_dir():
                self.after_power_cut(child, copy / name)
            else:
                (copy / name).write_bytes(self.files.get(inode, b""))


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="names open files through /proc")
def test_every_answered_commit_outlives_a_power_cut(tmp_path, monkeypatch):
    store = store_at(tmp_path / "ws")
    disk = Disk(monkeypatch)
    steps = [
        lambda: put(store, bars(TEN), TEN, **units(unit("2024-01-01"))),
        lambda: put(store, bars(TEN[:2], close=1.0), TEN[:2]),
        lambda: store.settle(DAILY, metadata=units(unit("2024-01-02"))),
        lambda: put(store, bars(days(3, TEN[-1])), days(3, TEN[-1])),
        lambda: store.compact(DAILY, before=TEN[-1].replace(month=12)),
        lambda: put(store, DAILY.empty(), TEN[:1]),
    ]
    for place, step in enumerate(steps):
        version = step()
        root = tmp_path / f"copy{place}"
        disk.after_power_cut(store.root / "store/cn", root / "store/cn")
        survivor = Store(root)
        assert survivor.version(DAILY.name) == version
        for old in range(version + 1):
            assert content(survivor, version=old) == content(store, version=old)
        assert survivor.verify() == []
    assert disk.calls >= 4 * len(steps)


def test_nothing_of_a_commit_is_synced_too_late(tmp_path, monkeypatch):
    """Data files are durable before the log names them."""
    store = store_at(tmp_path / "ws")
    log = store.root / "store/cn/probe/_delta_log"
    order = []
    real = os.fsync

    def fsync(handle):
        path = Path(os.readlink(f"/proc/self/fd/{handle}"))
        order.append((path.suffix or path.name, len(list(log.glob("*.json")))))
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    put(store, bars(TEN[-3:]), TEN[-3:])
    data = [commits for kind, commits in order if kind in (".tmp", "wb_year=2024")]
    assert data == [0, 0]
    assert (".json", 1) in order
    assert ("_delta_log", 1) in order


def test_empty_newest_commit_stops_reads_and_writes_until_repair(tmp_path):
    store = store_at(tmp_path / "ws")
    put(store, bars(TEN), TEN)
    put(store, DAILY.empty(), TEN[:5])
    newest = store.root / f"store/cn/probe/_delta_log/{1:020d}.json"
    newest.write_bytes(b"")
    for fresh in (Store(store.root), store):
        fresh._open.clear()
        for use in (
            lambda s=fresh: s.snapshot(DAILY.name),
            lambda s=fresh: s.snapshot(DAILY.name, 0),
            lambda s=fresh: put(s, bars(TEN, close=1.0), TEN),
            lambda s=fresh: s.compact(DAILY),
        ):
            with pytest.raises(
                StoreCorruptionError, match=r"cn\.probe version 1.*is empty.*repair"
            ):
                use()
    finding = Store(store.root).verify(DAILY.name)[0]
    assert (finding.version, finding.file) == (1, str(newest))
    assert "workbench data repair cn.probe" in finding.repair
    done = store.repair(DAILY.name)
    assert [one.repair for one in done] == ["removed"]
    assert content(store) == bars(TEN).rows()
    assert put(store, bars(TEN, close=1.0), TEN) == 1
    assert store.verify() == []


def test_repair_sets_a_torn_newest_commit_aside(tmp_path):
    store = store_at(tmp_path / "ws")
    put(store, bars(TEN), TEN)
    put(store, DAILY.empty(), TEN[:5])
    newest = store.root / f"store/cn/probe/_delta_log/{1:020d}.json"
    newest.write_bytes(newest.read_bytes()[:-40])
    assert "set aside" in store.repair(DAILY.name)[0].repair
    assert len(list(newest.parent.glob("*.torn"))) == 1
    assert content(store) == bars(TEN).rows()
    assert store.repair(DAILY.name) == []


def test_repair_leaves_older_damage_alone(tmp_path):
    store = store_at(tmp_path / "ws")
    for day in TEN[:3]:
        put(store, bars([day]), [day])
    (store.root / f"store/cn/probe/_delta_log/{1:020d}.json").write_bytes(b"")
    assert store.repair(DAILY.name) == []
    with pytest.raises(StoreCorruptionError, match="version 1"):
        Store(store.root).snapshot(DAILY.name)


def test_unreadable_checkpoint_is_rebuilt_from_the_commits(tmp_path):
    store = store_at(tmp_path / "ws")
    put(store, bars(TEN), TEN)
    for place in range(100):
        store.settle(DAILY, metadata=units(unit("2024-01-02", sha256=str(place))))
    log = store.root / "store/cn/probe/_delta_log"
    checkpoint = next(log.glob("*.checkpoint.parquet"))
    whole = checkpoint.read_bytes()
    flipped = whole[:300] + bytes([whole[300] ^ 4]) + whole[301:]
    for broken in (flipped, whole[:200], b""):
        checkpoint.write_bytes(broken)
        with pytest.raises(StoreCorruptionError, match=r"the checkpoint .* is torn or altered"):
            Store(store.root).snapshot(DAILY.name)
        assert Store(store.root).snapshot(DAILY.name, 99).rows == 30
    assert Store(store.root).verify() != []
    assert {Path(one.file).name for one in store.repair(DAILY.name)} == {
        checkpoint.name,
        "_last_checkpoint",
    }
    assert Store(store.root).snapshot(DAILY.name).rows == 30
    assert store.verify() == []


def test_write_whole_replaces_and_leaves_no_draft(tmp_path):
    path = tmp_path / "a.json"
    write_whole(path, b"one")
    write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(TypeError):
        write_whole(path, "text")
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]
    assert path.read_bytes() == b"two"


def test_sweep_takes_old_temporary_files_only(tmp_path):
    old, young, other = (tmp_path / name for name in (".wb-a.tmp", ".wb-b.tmp", "c.tmp"))
    for path in (old, young, other):
        path.touch()
    for path in (old, other):
        os.utime(path, (time.time() - 7200,) * 2)
    assert sweep([tmp_path]) == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == [young.name, other.name]


def test_prepare_makes_a_private_workspace_once(tmp_path):
    root = prepare(tmp_path / "a" / "ws")
    assert root.is_absolute()
    assert root.stat().st_mode & 0o777 == 0o700
    assert json.loads((root / "workspace.json").read_text())["format"] == 1
    stamp = (root / "workspace.json").stat().st_mtime_ns
    assert prepare(root) == root
    assert (root / "workspace.json").stat().st_mtime_ns == stamp


def test_prepare_sweeps_what_a_killed_writer_left(tmp_path):
    store = store_at(tmp_path / "ws")
    put(store, bars(TEN), TEN)
    table = store.root / "store/cn/probe"
    left = [
        table / "wb_year=2024/.wb-dead.tmp",
        table / "_delta_log/_commit_dead.json.tmp",
        store.root / "meta/.wb-dead.tmp",
    ]
    for path in left:
        path.touch()
    prepare(store.root)
    assert all(path.exists() for path in left)
    for path in left:
        os.utime(path, (time.time() - 7200,) * 2)
    prepare(store.root)
    assert not any(path.exists() for path in left)
    assert len(content(store)) == 30


def test_prepare_refuses_newer_and_broken_workspaces(tmp_path):
    root = prepare(tmp_path / "ws")
    (root / "workspace.json").write_text('{"format": 2}')
    with pytest.raises(StoreVersionError, match="newer workbench"):
        prepare(root)
    (root / "workspace.json").write_text("{")
    with pytest.raises(StoreCorruptionError, match=r"workspace.json"):
        prepare(root)


def test_prepare_says_why_a_place_is_unfit(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    with pytest.raises(StorePathError, match="cannot hold a store"):
        prepare(tmp_path / "file")

    def no_links(*args):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", no_links)
    with pytest.raises(StorePathError, match="without hard links"):
        prepare(tmp_path / "ws")
    assert list((tmp_path / "ws").glob(".wb-*")) == []


def test_a_store_may_be_moved(tmp_path):
    store = store_at(tmp_path / "here")
    put(store, bars(TEN), TEN)
    shutil.move(store.root, tmp_path / "那里 there")
    assert content(Store(tmp_path / "那里 there")) == bars(TEN).rows()
