"""What writes leave in a table: one commit each, exact rows, nothing where nothing changes."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable

from tests.data.store.tables import (
    CODES,
    DAILY,
    MINUTES,
    VERSIONS,
    WHOLE,
    bars,
    content,
    days,
    minutes,
    put,
    store_at,
    unit,
    units,
)
from workbench.data.store import Store
from workbench.data.store import store as store_module
from workbench.data.store.delta import Conflict
from workbench.data.store.log import commit_path, read_commit
from workbench.errors import (
    BadValueError,
    DuplicateKeyError,
    NotCoveredError,
    SchemaError,
    SnapshotError,
    StoreBusyError,
)

TEN = days(10)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return store_at(tmp_path / "ws")


def test_first_replace_makes_the_table_in_one_commit(store):
    assert put(store, bars(TEN), TEN) == 0
    assert content(store) == bars(TEN).sort("session", "asset").rows()
    assert store.versions() == {DAILY.name: 0}


def test_replace_swaps_exactly_the_given_days(store):
    put(store, bars(TEN), TEN)
    fresh = bars([TEN[3], TEN[7]], CODES[:2], close=99.0)
    assert put(store, fresh, [TEN[3], TEN[7]]) == 1
    kept = bars([day for day in TEN if day not in (TEN[3], TEN[7])])
    assert content(store) == pl.concat([kept, fresh]).sort("session", "asset").rows()
    assert content(store, version=0) == bars(TEN).sort("session", "asset").rows()


def test_empty_frame_deletes_the_days(store):
    put(store, bars(TEN), TEN)
    assert put(store, DAILY.empty(), TEN[2:5]) == 1
    assert {row[0] for row in content(store)} == set(TEN) - set(TEN[2:5])
    assert put(store, DAILY.empty(), TEN) == 2
    assert content(store) == []


def test_empty_frame_into_no_table_makes_an_empty_one(store):
    assert put(store, DAILY.empty(), TEN[:1]) == 0
    assert content(store) == []


def test_same_rows_and_same_units_commit_nothing(store):
    put(store, bars(TEN), TEN, **units(unit("2024-01-01")))
    later = unit("2024-01-01", settled_at=datetime(2025, 1, 1, tzinfo=UTC))
    again = put(store, bars(TEN).reverse(), TEN, **units(later))
    assert again == 0
    assert store.version(DAILY.name) == 0


def test_same_rows_and_changed_units_commit_no_data(store):
    put(store, bars(TEN), TEN, **units(unit("2024-01-01")))
    files = store.snapshot(DAILY.name).files()
    assert put(store, bars(TEN), TEN, **units(unit("2024-01-01", state="committed"))) == 1
    assert store.snapshot(DAILY.name).files() == files
    history = store.history(DAILY.name)
    assert history["operation"].to_list() == ["replace", "settle"]
    assert history["rows_added"].to_list() == [30, 0]
    assert history["units"].to_list()[1][0]["state"] == "committed"


def test_one_changed_value_is_a_change(store):
    put(store, bars(TEN), TEN)
    nudged = bars(TEN).with_columns(
        close=pl.when(pl.col("session") == TEN[4]).then(None).otherwise("close")
    )
    assert put(store, nudged, TEN) == 1
    assert put(store, nudged, TEN) == 1
    assert content(store) == nudged.sort("session", "asset").rows()


def test_nan_and_null_are_kept_apart(store):
    frame = bars(TEN[:1], CODES[:2]).with_columns(close=pl.Series([float("nan"), None]))
    put(store, frame, TEN[:1])
    read = store.snapshot(DAILY.name).read(["close"])["close"]
    assert read.is_nan().to_list() == [True, None]
    assert put(store, frame, TEN[:1]) == 0


def test_settle_round_trips_through_history(store):
    record = unit("2024-01-06", rows=0, state="empty_confirmed")
    assert store.settle(DAILY, metadata=units(record)) == 0
    assert store.settle(DAILY, metadata=units(record)) == 0
    assert store.settle(DAILY, metadata=units(unit("2024-01-07", rows=0))) == 1
    history = store.history(DAILY.name)
    assert history["operation"].to_list() == ["settle", "settle"]
    assert history["units"].to_list()[0][0] == record.to_dict()
    assert history["metadata"].to_list() == ['{"wb.by": "update"}'] * 2


def test_append_adds_and_refuses_known_keys(store):
    schema = VERSIONS.schema()
    row = ("600519.SH", date(2023, 12, 31), None, "a", 1.0)
    later = ("600519.SH", date(2023, 12, 31), date(2024, 4, 3), "b", 2.0)
    first = pl.DataFrame([row], schema=schema, orient="row")
    assert store.append(VERSIONS, first, metadata={}) == 0
    assert (
        store.append(VERSIONS, pl.DataFrame([later], schema=schema, orient="row"), metadata={}) == 1
    )
    with pytest.raises(DuplicateKeyError, match="in the frame and the table"):
        store.append(VERSIONS, first, metadata={})
    assert store.append(VERSIONS, VERSIONS.empty(), metadata={}) == 1
    assert content(store, VERSIONS.name) == [row, later]


def test_duplicate_keys_in_a_frame_are_refused(store):
    with pytest.raises(DuplicateKeyError, match=r"1 keys .* 2023-12-27 000001.SZ"):
        put(store, pl.concat([bars(TEN[:1]), bars(TEN[:1], CODES[:1])]), TEN[:1])
    assert not store.exists(DAILY.name)


def test_replacing_by_another_column_cannot_double_a_key(store):
    rows = [("a", "甲", True, 1), ("b", "乙", False, 2)]
    store.append(WHOLE, pl.DataFrame(rows, schema=WHOLE.schema(), orient="row"), metadata={})
    moved = pl.DataFrame([("b", "甲", True, 9)], schema=WHOLE.schema(), orient="row")
    with pytest.raises(DuplicateKeyError):
        store.replace(WHOLE, moved, column="name", values=["甲"], metadata={})
    fine = pl.DataFrame([("a", "甲", None, 9)], schema=WHOLE.schema(), orient="row")
    store.replace(WHOLE, fine, column="name", values=["甲"], metadata={})
    assert content(store, WHOLE.name) == [("a", "甲", None, 9), ("b", "乙", False, 2)]


def test_replace_where_takes_one_code_and_its_days(store):
    stamps = [
        datetime(2024, 1, day, 1, minute, tzinfo=UTC) for day in (2, 3) for minute in (31, 32)
    ]
    store.append(MINUTES, minutes(stamps), metadata={})
    where = [("asset", [CODES[1]]), ("time", [date(2024, 1, 3)])]
    fresh = minutes(stamps[2:3], CODES[1:2]).with_columns(close=7.25)
    store.replace_where(MINUTES, fresh, where=where, metadata={})
    gone = (pl.col("asset") == CODES[1]) & (pl.col("time").dt.day() == 3)
    expected = pl.concat([minutes(stamps).filter(~gone), fresh]).sort("time", "asset")
    assert content(store, MINUTES.name) == expected.rows()


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda f: f.drop("volume"), "volume is missing"),
        (lambda f: f.with_columns(extra=1), "extra is unknown"),
        (lambda f: f.with_columns(pl.col("close").cast(pl.Float32)), "close is Float32 instead"),
        (lambda f: f.with_columns(pl.col("session").cast(pl.String)), "session is String"),
        (lambda f: f.with_columns(pl.col("asset").cast(pl.Categorical)), "asset is Categorical"),
        (lambda f: f.select("asset", "session", "close", "volume"), "expected the order"),
    ],
)
def test_schema_is_exact(store, change, match):
    with pytest.raises(SchemaError, match=match):
        put(store, change(bars(TEN)), TEN)
    assert store.names() == []


@pytest.mark.parametrize("column", ["session", "asset"])
def test_rows_without_a_key_are_refused(store, column):
    frame = bars(TEN[:1]).with_columns(pl.lit(None, DAILY.schema()[column]).alias(column))
    with pytest.raises(BadValueError, match=f"3 of 3 rows have no {column}"):
        put(store, frame, TEN[:1])


@pytest.mark.parametrize(
    ("column", "values", "error"),
    [
        ("session", ["2024-01-02"], BadValueError),
        ("session", [datetime(2024, 1, 2)], BadValueError),
        ("asset", "600519.SH", BadValueError),
        ("asset", [600519], BadValueError),
        ("close", [1.0], BadValueError),
        ("sesion", TEN, SchemaError),
    ],
)
def test_values_are_typed(store, column, values, error):
    with pytest.raises(error):
        store.replace(DAILY, DAILY.empty(), column=column, values=values, metadata={})


def test_rows_outside_the_values_are_refused(store):
    with pytest.raises(BadValueError, match=r"3 rows have a session outside .* 2023-12-28"):
        put(store, bars(TEN[:2]), TEN[:1])


def test_a_value_that_looks_like_sql_is_only_a_value(store):
    put(store, bars(TEN), TEN)
    nasty = ["x' OR '1'='1", "600519.SH'; DROP TABLE t; --"]
    store.replace(DAILY, DAILY.empty(), column="asset", values=nasty, metadata={})
    assert len(content(store)) == 30


def test_a_table_of_other_columns_is_refused(store):
    put(store, bars(TEN), TEN)
    wider = type(DAILY)(
        **{
            **{f: getattr(DAILY, f) for f in ("name", "title", "key", "axis")},
            "columns": DAILY.columns[:-1],
        }
    )
    with pytest.raises(SchemaError, match=r"stored cn.probe"):
        store.replace(wider, wider.empty(), column="session", values=TEN, metadata={})


@pytest.mark.parametrize(
    "name",
    ["", "bars", "../x.y", "cn.bars/../x", "cn.%41", "CN.x", "cn..x", "cn.a b", "cn.e\u0301"],
)
def test_names_that_are_no_datasets_are_refused(store, name):
    with pytest.raises(BadValueError, match=r"dataset|NFC"):
        store.version(name)


def test_chinese_user_tables_are_welcome(store):
    table = type(DAILY)(
        name="user.信号", title="", columns=DAILY.columns, key=DAILY.key, axis="session"
    )
    store.append(table, bars(TEN), metadata={})
    assert store.names() == ["user.信号"]
    assert len(content(store, "user.信号")) == 30


def test_absent_table_and_version(store):
    assert store.version(DAILY.name) is None
    with pytest.raises(NotCoveredError, match=r"workbench data update cn.probe"):
        store.snapshot(DAILY.name)
    put(store, bars(TEN), TEN)
    for version in (-1, 1, True):
        with pytest.raises(SnapshotError, match="versions 0 to 0"):
            store.snapshot(DAILY.name, version)


def test_another_tool_in_between_makes_the_write_plan_again(store, monkeypatch):
    put(store, bars(TEN[:1]), TEN[:1])
    folder = store.root / "store/cn/probe"
    real, calls = store_module.carry_out, []

    def interrupted(*args, **kwargs):
        if not calls:
            calls.append(1)
            Store(store.root).append(DAILY, bars(TEN[1:2]), metadata={})
        return real(*args, **kwargs)

    monkeypatch.setattr(store_module, "carry_out", interrupted)
    put(store, bars(TEN[:2], close=5.0), TEN[:2])
    assert content(store) == bars(TEN[:2], close=5.0).rows()
    known = {add["path"] for v in range(3) for add in read_commit(folder, "x", v).adds}
    assert {
        p.relative_to(folder).as_posix()
        for p in folder.rglob("*.parquet")
        if "_delta_log" not in p.parts
    } == known


def test_endless_conflicts_end(store, monkeypatch):
    def conflict(*args):
        raise Conflict("somebody else")

    put(store, bars(TEN[:1]), TEN[:1])
    monkeypatch.setattr(store_module, "carry_out", conflict)
    monkeypatch.setattr(store_module.time, "sleep", lambda seconds: None)
    with pytest.raises(StoreBusyError, match="other tools committed 8 times"):
        put(store, bars(TEN), TEN)


def test_table_settings_keep_time_travel_for_ever(store):
    put(store, bars(TEN), TEN)
    settings = DeltaTable(str(store.root / "store/cn/probe")).metadata().configuration
    assert settings["delta.enableExpiredLogCleanup"] == "false"
    assert settings["delta.logRetentionDuration"] == "interval 36500 days"
    assert settings["delta.deletedFileRetentionDuration"] == "interval 36500 days"


def test_checkpoints_keep_every_version(store):
    for place in range(103):
        store.settle(DAILY, metadata=units(unit("2024-01-02", sha256=str(place))))
    put(store, bars(TEN), TEN)
    log = store.root / "store/cn/probe/_delta_log"
    assert [p.name for p in log.glob("*.checkpoint.parquet")] == [f"{100:020d}.checkpoint.parquet"]
    fresh = Store(store.root)
    assert fresh.snapshot(DAILY.name, 5).rows == 0
    assert fresh.snapshot(DAILY.name, 101).rows == 0
    assert fresh.snapshot(DAILY.name).rows == 30
    assert fresh.history(DAILY.name).height == 104
    assert fresh.verify() == []


def test_compaction_merges_closed_periods_only(store):
    for day in TEN:
        put(store, bars([day]), [day])
    before = content(store)
    version = store.compact(DAILY, before=date(2024, 1, 4))
    assert version == 11
    assert [(f.year, f.rows) for f in store.snapshot(DAILY.name).data_files] == [
        (2023, 15),
        (2024, 9),
        (2024, 3),
        (2024, 3),
    ]
    assert content(store) == before
    assert store.compact(DAILY, before=date(2024, 1, 4)) == version
    for old in range(10):
        assert content(store, version=old) == bars(TEN[: old + 1]).rows()
    changes = store.history(DAILY.name).filter(pl.col("operation") == "compact")
    assert changes.select("rows_added", "rows_removed").rows() == [(0, 0), (0, 0)]
    actions = read_commit(store.root / "store/cn/probe", DAILY.name, version)
    assert not any(add["dataChange"] for add in (*actions.adds, *actions.removes))


def test_compaction_of_a_table_without_partitions(store):
    for code in "cab":
        frame = pl.DataFrame([(code, "n", True, 1)], schema=WHOLE.schema(), orient="row")
        store.replace(WHOLE, frame, column="asset", values=[code], metadata={})
    store.compact(WHOLE)
    assert len(store.snapshot(WHOLE.name).files()) == 1
    assert [row[0] for row in content(store, WHOLE.name)] == ["a", "b", "c"]


def test_files_are_private(store):
    put(store, bars(TEN), TEN)
    path = store.snapshot(DAILY.name).files()[0]
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert commit_path(store.root / "store/cn/probe", 0).exists()


def test_a_table_made_anew_is_not_mistaken_for_the_old_one(store):
    """Another process removes the folder and fetches again: same versions, other rows."""
    put(store, bars(TEN), TEN, **units(unit("2024-01-01")))
    assert len(content(store)) == 30
    shutil.rmtree(store.root / "store/cn/probe")
    put(Store(store.root), bars(TEN[:1], close=5.0), TEN[:1])
    assert content(store) == bars(TEN[:1], close=5.0).rows()
    again = put(store, bars(TEN[:1], close=5.0), TEN[:1], **units(unit("2024-01-01")))
    assert again == 1
    shutil.rmtree(store.root / "store/cn")
    assert store.version(DAILY.name) is None
    assert put(store, bars(TEN), TEN) == 0


def test_strange_folders_are_no_tables(store):
    put(store, bars(TEN), TEN)
    for name in ("CN/x", "cn/empty", "cn/with space"):
        (store.root / "store" / name / "_delta_log").mkdir(parents=True)
    assert store.names() == [DAILY.name]


def test_a_table_of_other_partitions_is_refused(store):
    folder = store.root / "store/cn/probe"
    folder.mkdir(parents=True)
    bars(TEN).write_delta(str(folder))
    assert len(store.snapshot(DAILY.name).read()) == 30
    with pytest.raises(SchemaError, match="partitions"):
        put(store, bars(TEN, close=1.0), TEN)
    assert store.version(DAILY.name) == 0
    assert len(list(folder.rglob("*.parquet"))) == 1
