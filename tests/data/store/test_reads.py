"""What a reader sees: one version, in order, from no more files than needed, at any path."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from tests.data.store.tables import (
    CODES,
    DAILY,
    MINUTES,
    WHOLE,
    bars,
    content,
    days,
    minutes,
    put,
    store_at,
)
from workbench.data.store import Store, prepare
from workbench.errors import SchemaError, StorePathError

TEN = days(10)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = store_at(tmp_path / "ws")
    for day in TEN:
        put(store, bars([day]), [day])
    return store


@pytest.mark.parametrize("folder", ["库 数据", "with space", "a#b", "ünï", "a+b&c;d?e[1]*"])
def test_any_path_works(tmp_path, folder):
    store = store_at(tmp_path / folder / "ws")
    put(store, bars(TEN), TEN)
    put(store, bars(TEN[:1], close=3.0), TEN[:1])
    store.compact(DAILY)
    store.settle(DAILY, metadata={"wb.by": "test"})
    expected = pl.concat([bars(TEN[:1], close=3.0), bars(TEN[1:])]).rows()
    assert content(Store(store.root)) == expected
    assert store.snapshot(DAILY.name).scan().collect().height == 30
    assert store.history(DAILY.name).height >= 2
    assert store.verify() == []


def test_percent_in_the_path_is_refused(tmp_path):
    with pytest.raises(StorePathError, match="'%'"):
        prepare(tmp_path / "100%" / "ws")
    assert not (tmp_path / "100%").exists()


def test_a_snapshot_does_not_move(store):
    pinned = store.snapshot(DAILY.name)
    lazy = pinned.scan()
    put(store, DAILY.empty(), TEN)
    store.compact(DAILY)
    assert lazy.collect().height == 30
    assert pinned.read().height == 30
    assert store.snapshot(DAILY.name).read().height == 0
    assert pinned.version == 9


def test_columns_come_in_the_order_asked_for_and_year_is_hidden(store):
    snapshot = store.snapshot(DAILY.name)
    assert list(snapshot.schema.items()) == list(DAILY.schema().items())
    assert snapshot.read().columns == list(DAILY.names)
    assert snapshot.read(["volume", "asset"]).columns == ["volume", "asset"]
    assert snapshot.scan(["close"]).collect().columns == ["close"]
    assert (snapshot.key, snapshot.day) == (DAILY.key, "session")


@pytest.mark.parametrize("bad", [{"columns": ["clse"]}, {"values": {"wb_year": [2024]}}])
def test_unknown_columns_are_named(store, bad):
    with pytest.raises(SchemaError, match="has no column"):
        store.snapshot(DAILY.name).read(**bad)


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        (None, None, 10),
        (TEN[4], TEN[4], 1),
        (TEN[8], None, 2),
        (None, TEN[1], 2),
        (TEN[5], TEN[3], 0),
    ],
)
def test_days_choose_files(store, first, last, count):
    snapshot = store.snapshot(DAILY.name)
    assert len(snapshot.files(first, last)) == count
    wanted = [d for d in TEN if (not first or d >= first) and (not last or d <= last)]
    assert snapshot.read(first=first, last=last).rows() == bars(wanted).rows()
    assert snapshot.scan(first=first, last=last).collect().height == 3 * len(wanted)


def test_values_filter_rows(store):
    snapshot = store.snapshot(DAILY.name)
    read = snapshot.read(["session", "close"], values={"asset": [CODES[2], "none"]}, first=TEN[6])
    assert (
        read.rows() == bars(TEN[6:], CODES).filter(asset=CODES[2]).select("session", "close").rows()
    )
    assert snapshot.read(values={"asset": []}).height == 0


def test_values_choose_files(tmp_path):
    store = store_at(tmp_path / "w")
    for code in "dbac":
        frame = pl.DataFrame([(code, "n", True, 1)], schema=WHOLE.schema(), orient="row")
        store.replace(WHOLE, frame, column="asset", values=[code], metadata={})
    snapshot = store.snapshot(WHOLE.name)
    assert len(snapshot.chosen(values={"asset": ["b"]})) == 1
    assert [row[0] for row in snapshot.read().rows()] == ["a", "b", "c", "d"]
    assert snapshot.first is None


def test_rows_are_sorted_where_files_overlap(tmp_path):
    store = store_at(tmp_path / "w")
    put(store, bars([TEN[0], TEN[2]]).reverse(), [TEN[0], TEN[2]])
    put(store, bars(TEN[1:2]), TEN[1:2])
    assert len(store.snapshot(DAILY.name).files()) == 2
    assert content(store) == bars(TEN[:3]).rows()
    assert store.snapshot(DAILY.name).read(["close"]).rows() == bars(TEN[:3]).select("close").rows()


def test_times_are_chosen_by_utc_day_to_the_microsecond(tmp_path):
    store = store_at(tmp_path / "w")
    stamps = [
        datetime(2023, 12, 31, 23, 59, 59, 999_999, UTC),
        datetime(2024, 1, 1, tzinfo=UTC),
        datetime(2024, 1, 1, 23, 59, 59, 999_999, UTC),
        datetime(2024, 1, 2, 0, 0, 0, 1, UTC),
    ]
    for stamp in stamps:
        store.append(MINUTES, minutes([stamp], CODES[:1]), metadata={})
    snapshot = store.snapshot(MINUTES.name)
    day = date(2024, 1, 1)
    assert snapshot.read(["time"], first=day, last=day)["time"].to_list() == stamps[1:3]
    assert snapshot.read(["time"], last=date(2023, 12, 31))["time"].to_list() == stamps[:1]
    assert (snapshot.first, snapshot.last) == (date(2023, 12, 31), date(2024, 1, 2))
    store.compact(MINUTES)
    assert store.snapshot(MINUTES.name).read(first=day, last=day)["time"].to_list() == stamps[1:3]


def test_size_and_span_come_from_the_log(store):
    snapshot = store.snapshot(DAILY.name)
    assert snapshot.rows == 30
    assert (snapshot.first, snapshot.last) == (TEN[0], TEN[-1])
    assert snapshot.bytes == sum(path.stat().st_size for path in snapshot.files())


def test_fingerprint_follows_the_files_of_a_year(store):
    before = store.snapshot(DAILY.name)
    put(store, bars([TEN[9]], close=2.0), [TEN[9]])
    after = store.snapshot(DAILY.name)
    assert before.fingerprint(2023) == after.fingerprint(2023)
    assert before.fingerprint(2024) != after.fingerprint(2024)
    assert before.fingerprint() != after.fingerprint()
    store.settle(DAILY, metadata={"wb.by": "x"})
    assert store.snapshot(DAILY.name).fingerprint() == after.fingerprint()


def test_versions_reads_no_table(store, monkeypatch):
    monkeypatch.setattr("workbench.data.store.store.open_snapshot", None)
    monkeypatch.setattr("workbench.data.store.delta.DeltaTable", None)
    assert Store(store.root).versions() == {DAILY.name: 9}
    assert store.version(DAILY.name) == 9
