"""What an interrupted run leaves: a crash at every step of settling, then one more update."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from tests.data.update.vendor_days import NIGHT, SESSIONS, START, ledger_of, place
from workbench.data.catalog import dataset
from workbench.data.client import Landing
from workbench.data.store import Ledger, Store
from workbench.data.update import chunk, revisions, settle


class PowerCutError(Exception):
    """Stands for the end of the process."""


def cut(*given: object, **words: object) -> None:
    raise PowerCutError


STEPS = {
    "after landing, before judging": (chunk, "assess"),
    "before the commit": (Store, "replace"),
    "after the commit, before the ledger": (Ledger, "record"),
    "after the ledger, before letting go": (Landing, "discard"),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_crash_is_healed_without_asking_again(tmp_path: Path, monkeypatch, step: str):
    with place(tmp_path) as here:
        here.update(["cn.suspend", "ref.securities"])
        owner, name = STEPS[step]
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, cut)
            with pytest.raises(PowerCutError):
                here.update()
        asked = here.vendor.count("daily")
        assert asked == 21  # one chunk
        report = here.update()
        assert report.complete, str(report)
        assert report["cn.bars_1d"].resumed == 21
        assert here.vendor.count("daily") == SESSIONS
        assert here.is_true("cn.bars_1d")
        assert here.cellar.ledger.units("cn.bars_1d").height == SESSIONS
        assert not Landing(here.cellar.root).pending("tushare", "cn.bars_1d")
        assert revisions(here.cellar).is_empty()


def test_revisions_noted_for_a_commit_that_never_came_are_noted_once(tmp_path: Path, monkeypatch):
    with place(tmp_path, clock=datetime(2024, 2, 7, 23, 50)) as here:
        here.update("cn.adj_factor")
        coming = here.cellar.store.version("cn.adj_factor") + 1
        since = datetime(2024, 2, 8, 12)
        row = {"ts_code": "600519.SH", "trade_date": "20240205"}
        here.world.revise("adj_factor", {"adj_factor": 1.5}, since=since, **row)
        here.vendor.clock = NIGHT
        with monkeypatch.context() as patch:
            real = settle.note_changes

            def noted(*given: object, **words: object) -> None:
                real(*given, **words)
                raise PowerCutError

            patch.setattr(settle, "note_changes", noted)
            with pytest.raises(PowerCutError):
                here.update("cn.adj_factor", start=None)
        assert revisions(here.cellar).height == 1
        here.update("cn.adj_factor", start=None)
        (seen,) = revisions(here.cellar).to_dicts()
        assert (seen["new"], seen["version"]) == ("1.5", coming)


def test_a_lost_ledger_is_written_anew_from_the_commits(tmp_path: Path):
    with place(tmp_path) as here:
        here.update()
        before = ledger_of(here.cellar, "cn.bars_1d")
        for file in (here.cellar.root / "meta").glob("ledger.sqlite*"):
            file.unlink()
        here.cellar = type(here.cellar)(here.cellar.root, here.cellar.settings, here.cellar.clock)
        report = here.update()
        assert report.calls == 0
        assert ledger_of(here.cellar, "cn.bars_1d").equals(before)


def test_the_ledger_can_be_rebuilt_at_any_time(tmp_path: Path):
    with place(tmp_path, clock=datetime(2024, 2, 7, 23, 50)) as here:
        here.update()
        here.vendor.clock = NIGHT
        here.update(start=None)
        before = here.cellar.ledger.units()
        here.cellar.ledger.rebuild(here.cellar.store)
        assert here.cellar.ledger.units().equals(before)


def test_a_landed_answer_that_had_come_too_early_is_asked_for_again(tmp_path: Path, monkeypatch):
    with place(tmp_path) as here:
        here.world.publish = {**here.world.publish, "daily": ("20:00", "20:00")}
        here.vendor.clock = datetime(2024, 2, 8, 17, 5)
        with monkeypatch.context() as patch:
            patch.setattr(chunk, "assess", cut)
            with pytest.raises(PowerCutError):
                here.update(start=date(2024, 2, 5))
        here.vendor.clock = NIGHT
        assert here.update(start=date(2024, 2, 5)).complete
        assert here.is_true("cn.bars_1d", date(2024, 2, 5))


def test_closed_months_are_merged_and_rows_stay(tmp_path: Path):
    with place(tmp_path, clock=datetime(2024, 1, 5, 23, 50)) as here:
        here.update()
        for day in (8, 9, 10, 11, 12):
            here.vendor.clock = datetime(2024, 1, day, 23, 50)
            assert here.update(start=None).complete
        here.vendor.clock = NIGHT
        here.update(start=date(2024, 1, 12))
        here.cellar.store.compact(dataset("cn.bars_1d"), before=date(2024, 2, 1))
        assert len(here.cellar.table("cn.bars_1d").files()) == 2
        assert here.is_true("cn.bars_1d", START)
        assert (
            here.cellar.ledger.units("cn.bars_1d")["rows"].sum() == here.rows("cn.bars_1d").height
        )
        assert here.update().calls == 0
        assert pl.Series(here.cellar.ledger.attempts()["state"]).is_empty()
