"""Damage of every kind of file becomes a typed error that names it, never other rows."""

from __future__ import annotations

import random
from pathlib import Path

import polars as pl
import pytest

from tests.data.store.tables import DAILY, bars, content, days, put, store_at, unit, units
from workbench.data.store import Store
from workbench.data.store import files as files_module
from workbench.errors import StoreCorruptionError, StoreError

TEN = days(10)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = store_at(tmp_path / "ws")
    put(store, bars(TEN), TEN, **units(unit("2024-01-01")))
    put(store, bars(TEN[:1], close=1.0), TEN[:1])
    files_module._seen.clear()
    return store


def damaged(path: Path, how: str) -> None:
    data = path.read_bytes()
    middle = len(data) // 2
    if how == "missing":
        path.unlink()
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "truncated":
        path.write_bytes(data[:middle])
    elif how == "footer":
        path.write_bytes(data[:-20] + bytes([data[-20] ^ 0xFF]) + data[-19:])
    else:
        path.write_bytes(data[:40] + bytes([data[40] ^ 1]) + data[41:])


HOW = ("missing", "empty", "truncated", "footer", "bit")


@pytest.mark.parametrize("how", HOW)
def test_damaged_data_files_are_named(store, how):
    path = store.snapshot(DAILY.name).files()[-1]
    damaged(path, how)
    with pytest.raises(StoreCorruptionError) as error:
        store.snapshot(DAILY.name).read()
    for part in ("cn.probe", "version 1", path.name, "workbench data verify cn.probe"):
        assert part in str(error.value)
    for deep in (True, False):
        findings = Store(store.root).verify(DAILY.name, deep=deep)
        assert [(f.dataset, f.version, f.file) for f in findings] == [("cn.probe", 1, str(path))]


@pytest.mark.parametrize("how", HOW)
def test_damaged_data_files_stop_writes_that_would_read_them(store, how):
    damaged(store.snapshot(DAILY.name).files()[-1], how)
    with pytest.raises(StoreCorruptionError):
        put(store, bars(TEN, close=4.0), TEN)
    assert store.version(DAILY.name) == 1


def test_undamaged_years_stay_readable(store):
    damaged(store.snapshot(DAILY.name).files()[-1], "bit")
    old = [day for day in TEN if day.year == 2023]
    assert store.snapshot(DAILY.name).read(last=old[-1]).height == 3 * len(old)


@pytest.mark.parametrize("cut", [0.1, 0.5, 0.9, "line", "byte"])
def test_truncated_newest_log(store, cut):
    path = store.root / f"store/cn/probe/_delta_log/{1:020d}.json"
    data = path.read_bytes()
    lines = data.splitlines(keepends=True)
    assert len(lines) == 3
    kept = {"line": b"".join(lines[:2]), "byte": data.rstrip()[:-1]}
    path.write_bytes(kept[cut] if isinstance(cut, str) else data[: int(len(data) * cut)])
    for use in (
        lambda s: s.snapshot(DAILY.name),
        lambda s: s.version(DAILY.name),
        lambda s: put(s, bars(TEN), TEN),
        lambda s: s.history(DAILY.name),
    ):
        with pytest.raises(StoreCorruptionError, match=r"cn.probe version 1.*is torn"):
            use(Store(store.root))
    assert Store(store.root).verify()[0].file == str(path)


def test_missing_log_file_in_between(store):
    put(store, bars(TEN[:2], close=2.0), TEN[:2])
    (store.root / f"store/cn/probe/_delta_log/{1:020d}.json").unlink()
    fresh = Store(store.root)
    with pytest.raises(StoreCorruptionError):
        fresh.snapshot(DAILY.name)
    assert [(f.version, f.problem) for f in fresh.verify()] == [(1, "the log file is missing")]


def test_any_flipped_byte_is_seen_or_harmless(store):
    """Flip one byte anywhere below the table: an error of ours, or exactly the right rows."""
    table = store.root / "store/cn/probe"
    right = content(store)
    dice = random.Random(7)
    used = {table / file.path for file in store.snapshot(DAILY.name).data_files}
    paths = sorted(used | set(table.rglob("*.json")))
    seen = 0
    for _ in range(120):
        path = dice.choice(paths)
        data = path.read_bytes()
        place = dice.randrange(len(data))
        path.write_bytes(
            data[:place] + bytes([data[place] ^ (1 << dice.randrange(8))]) + data[place + 1 :]
        )
        files_module._seen.clear()
        try:
            fresh = Store(store.root)
            assert content(fresh) == right, f"{path} byte {place}"
            assert path.suffix == ".json"
        except StoreError:
            seen += 1
            assert Store(store.root).verify() != []
        path.write_bytes(data)
    assert seen > 60
    assert content(Store(store.root)) == right


def test_verify_looks_inside(store, monkeypatch):
    """Rows that another tool put in the wrong place, twice, or outside the statistics."""
    real = files_module._stats

    def lying(dataset, rows):
        text = real(dataset, rows)
        return text.replace('"2024-01-05"', '"2024-01-02"').replace(
            '"numRecords": 3', '"numRecords": 4'
        )

    monkeypatch.setattr(files_module, "_stats", lying)
    put(store, bars(TEN[-1:], close=8.0), TEN[-1:])
    problems = [finding.problem for finding in store.verify()]
    assert any("leaves the bounds" in problem for problem in problems)
    put(store, bars(days(1, TEN[-1].replace(day=20))), days(1, TEN[-1].replace(day=20)))
    assert any("holds 3 rows, not 4" in finding.problem for finding in store.verify())


def test_verify_finds_keys_twice(store):
    from deltalake import write_deltalake

    twice = bars(TEN[-1:]).with_columns(wb_year=pl.lit(2024, pl.Int32))
    write_deltalake(str(store.root / "store/cn/probe"), twice, mode="append")
    problems = [(f.version, f.problem) for f in store.verify()]
    assert problems == [(2, "3 rows repeat a key in 2024")]
    assert len(content(store)) == 33


def test_verify_of_nothing(store):
    assert [f.problem for f in store.verify("cn.nothing")] == ["there is no table"]
