"""Tables about a workspace, through the room that people use."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

import workbench as wb
from tests.data.cellar_fixture import make_cellar
from workbench.data.catalog import catalog, dataset
from workbench.data.cellar import Cellar
from workbench.data.client import Landing
from workbench.data.data_room import DataRoom
from workbench.data.provider import Unit
from workbench.data.update import commit_frame
from workbench.errors import NotCoveredError

BARS = "cn.bars_1d"


@pytest.fixture
def cellar(tmp_path: Path) -> Cellar:
    return make_cellar(tmp_path / "ws")


def revise(cellar: Cellar, close: float) -> None:
    """Change one value of a session, so that a revision is noted."""
    day = date(2023, 12, 1)
    rows = cellar.table("cn.adj_factor").read(first=day, last=day)
    rows = rows.with_columns(adj_factor=pl.lit(close))
    commit_frame(cellar, "cn.adj_factor", rows, provider="files")


def test_compact_merges_small_files_of_every_table(cellar: Cellar, tmp_path: Path):
    room = DataRoom(cellar)
    file = tmp_path / "own.csv"
    file.write_text("session,asset,score\n2024-01-02,A,1.5\n")
    room.import_files(file, dataset="user.scores")
    for day in (date(2023, 9, 4), date(2023, 9, 5), date(2023, 9, 6)):
        rows = cellar.table("cn.adj_factor").read(first=date(2023, 12, 1), last=date(2023, 12, 1))
        rows = rows.with_columns(session=pl.lit(day))
        commit_frame(cellar, "cn.adj_factor", rows, provider="files")
    revise(cellar, 2.0)
    before = {name: room.load(name, on_gap="ignore").frame for name in (BARS, "cn.adj_factor")}
    told = room.compact().set_index("dataset")
    assert set(told.index) == set(cellar.store.versions())
    assert {"meta.revisions", "user.scores"} <= set(told.index)
    assert (told["files_after"] <= told["files_before"]).all()
    assert told.loc["cn.adj_factor", "files_before"] > told.loc["cn.adj_factor", "files_after"]
    for name, rows in before.items():
        assert room.load(name, on_gap="ignore").frame.equals(rows)
    assert room.verify().empty
    again = room.compact().set_index("dataset")
    assert (again["files_before"] == told["files_after"]).all()
    assert (again["files_after"] == told["files_after"]).all()
    assert len(room.revisions("cn.adj_factor")) > 0


def test_compact_of_one_table_and_of_none(cellar: Cellar, tmp_path: Path):
    assert DataRoom(cellar).compact(BARS)["dataset"].to_list() == [BARS]
    with pytest.raises(NotCoveredError):
        DataRoom(cellar).compact("us.bars_1d")
    assert wb.open(tmp_path / "empty").data.compact().empty


def test_prune_says_first_and_deletes_then(cellar: Cellar):
    room = DataRoom(cellar)
    revise(cellar, 2.0)
    revise(cellar, 3.0)
    said = room.prune().set_index("dataset")
    assert not said["done"].any()
    assert said.loc["cn.adj_factor", "files"] > 0
    assert room.prune().set_index("dataset").equals(said)
    done = room.prune(dry_run=False).set_index("dataset")
    assert done["done"].all()
    assert done["bytes"].equals(said["bytes"])
    assert room.prune()["files"].sum() == 0
    assert room.verify().empty


def test_a_snapshot_keeps_what_it_pins(cellar: Cellar):
    room = DataRoom(cellar)
    pins = room.snapshot("paper")
    told = room.snapshots()
    assert dict(zip(told["dataset"], told["version"], strict=True)) == pins
    assert set(told["snapshot"]) == {"paper"}
    revise(cellar, 2.0)
    assert room.prune("cn.adj_factor", dry_run=False)["files"].to_list() == [0]


def test_quarantine_tells_why_and_where(cellar: Cellar):
    room = DataRoom(cellar)
    assert room.quarantine().empty
    unit = Unit(BARS, "2024-01-02", date(2024, 1, 2), date(2024, 1, 2))
    Landing(cellar.root).quarantine("tushare", unit, b"<html>", "no bars")
    (row,) = room.quarantine().to_dict("records")
    assert (row["provider"], row["dataset"], row["key"]) == ("tushare", BARS, "2024-01-02")
    assert row["reason"] == "no bars"
    assert row["file"].exists()


@pytest.mark.parametrize("name", [None, "cal.sessions"])
def test_a_calendar_with_holes_is_a_finding(tmp_path: Path, name: str | None):
    cellar, hole = make_cellar(tmp_path / "ws"), date(2023, 11, 7)
    assert DataRoom(cellar).verify(name).empty
    contract = dataset("cal.sessions")
    cellar.store.replace(contract, contract.empty(), column="session", values=[hole], metadata={})
    room = DataRoom(cellar)
    (row,) = room.verify(name).to_dict("records")
    assert (row["dataset"], row["check"]) == ("cal.sessions", "calendar")
    assert "2023-11-06" in row["detail"]
    assert row["repair"] == "workbench data update cal.sessions --force"
    assert room.verify(BARS).empty


def test_the_repair_of_a_calendar_repairs_it(tmp_path: Path):
    cellar = Cellar.open(tmp_path, clock=lambda: datetime(2024, 2, 20, 12, tzinfo=UTC))
    room = DataRoom(cellar)
    words = {"provider": "calendar", "progress": False}
    room.update("cal.sessions", start="2024-01-02", **words)
    assert room.verify().empty
    contract, hole = dataset("cal.sessions"), date(2024, 1, 16)
    cellar.store.replace(contract, contract.empty(), column="session", values=[hole], metadata={})
    assert room.verify()["check"].to_list() == ["calendar"]
    room.update("cal.sessions", force=True, **words)
    assert room.verify().empty


def test_datasets_providers_status_and_history(cellar: Cellar):
    room = DataRoom(cellar)
    assert set(room.datasets().index) == set(catalog())
    assert set(room.providers().index) >= {"tushare", "calendar", "demo"}
    assert len(room.status()) == len(cellar.store.versions())
    assert room.history(BARS)["version"].to_list() == [0]
    assert len(room.coverage(BARS)) > 0


def test_a_ledger_that_forgot_is_found_and_healed(tmp_path):
    ws = wb.open(tmp_path)
    span = {"start": "2019-01-02", "end": "2019-01-08"}
    ws.data.update("cn", provider="demo", **span)
    assert ws.data.verify().empty
    with sqlite3.connect(tmp_path / "meta" / "ledger.sqlite") as db:
        db.execute("DELETE FROM units WHERE dataset = 'cn.bars_1d'")
    db.close()
    found = ws.data.verify("cn.bars_1d")
    assert set(found["check"]) == {"ledger"}
    assert len(found) == 5
    ws.data.update("cn", provider="demo", **span)
    assert ws.data.verify().empty


def test_rows_that_went_away_are_gaps(tmp_path):
    ws = wb.open(tmp_path)
    span = {"start": "2019-01-02", "end": "2019-01-08"}
    ws.data.update("cn", provider="demo", **span)
    store, contract = ws._cellar.store, ws.data.dataset("cn.bars_1d")
    store.replace(
        contract, contract.empty(), column="session", values=[date(2019, 1, 4)], metadata={}
    )
    found = ws.data.gaps("cn.bars_1d")
    assert set(found["session"].dt.date.astype(str)) == {"2019-01-04"}
    assert "rows are gone" in set(found["detail"])
