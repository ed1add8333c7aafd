"""Updating through the real client: first load, nothing to do, a day more, late and new rows."""

from __future__ import annotations

import json
import time
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from tests.data.standins.tushare.allowance import Allowance
from tests.data.update.vendor_days import END, NIGHT, SESSIONS, START, place
from workbench.data.client import Client
from workbench.data.secrets import Secret
from workbench.data.update import coverage, gaps, revisions, status, update
from workbench.errors import (
    AuthenticationError,
    BadValueError,
    DataGapError,
    NotCoveredError,
    StoreError,
    UnknownDatasetError,
)

DAILY = ("cn.bars_1d", "cn.adj_factor", "cn.basic_1d", "cn.limits_1d", "cn.suspend", "cn.st_1d")


def test_a_bundle_is_loaded_and_proved(tmp_path: Path):
    with place(tmp_path) as here:
        report = here.update("cn")
        assert report.complete, str(report)
        assert report.datasets[:2] == ("cal.sessions", "ref.securities")
        for name in DAILY:
            assert here.is_true(name), name
        assert report["cn.bars_1d"].units == {"verified": SESSIONS}
        assert here.vendor.count("daily") == SESSIONS
        assert report.calls == len(here.vendor.calls)
        assert gaps(here.cellar, "cn.bars_1d").is_empty()
        assert revisions(here.cellar).is_empty()
        held = coverage(here.cellar, "cn.bars_1d")
        assert held.select("first", "last", "state", "units").rows() == [
            (START, END, "verified", SESSIONS)
        ]
        table = status(here.cellar).filter(pl.col("dataset") == "cn.bars_1d").to_dicts()[0]
        assert (table["rows"], table["verified"], table["gaps"]) == (
            here.rows("cn.bars_1d").height,
            SESSIONS,
            0,
        )
        assert json.loads(json.dumps(report.to_dict()))["complete"] is True


def test_gaps_of_what_was_never_fetched_are_unknown(tmp_path: Path):
    with place(tmp_path) as here:
        for window in ({}, {"start": START}, {"start": START, "end": END}):
            with pytest.raises(NotCoveredError, match=r"workbench data update cn\.bars_1d"):
                gaps(here.cellar, "cn.bars_1d", **window)
        here.update("cn.suspend", start=END)
        with pytest.raises(NotCoveredError):
            gaps(here.cellar, "cn.bars_1d")
        here.update(start=END)
        assert gaps(here.cellar, "cn.bars_1d").is_empty()
        missed = gaps(here.cellar, "cn.bars_1d", start=START)
        assert set(missed["kind"]) == {"unfetched"}
        assert missed.height == SESSIONS - 1


def test_with_nothing_to_do_nobody_is_asked(tmp_path: Path):
    with place(tmp_path) as here:
        here.update("cn", start="2024-01-29")
        versions = here.cellar.store.versions()
        before = len(here.vendor.calls)
        for window in ({"start": "2024-01-29"}, {"start": None}):
            report = here.update("cn", **window)
            assert report.complete
            assert report.calls == 0
            assert report.units == {}
        assert len(here.vendor.calls) == before
        assert here.cellar.store.versions() == versions


def test_a_day_later_the_new_session_and_the_last_five_are_fetched(tmp_path: Path):
    with place(tmp_path, clock=datetime(2024, 2, 7, 23, 50)) as here:
        here.update(end=None)
        before = here.vendor.count("daily")
        rows = here.rows("cn.bars_1d")
        here.vendor.clock = NIGHT
        report = here.update(start=None)
        assert report.complete, str(report)
        assert here.vendor.count("daily") - before == 1 + 4
        assert here.is_true("cn.bars_1d")
        assert revisions(here.cellar).is_empty()
        assert here.rows("cn.bars_1d").filter(pl.col("session") < END).equals(rows)


def test_what_the_vendor_changed_is_stored_and_remembered(tmp_path: Path):
    with place(tmp_path, clock=datetime(2024, 2, 7, 23, 50)) as here:
        here.update("cn.adj_factor", end=None)
        old = (
            here.rows("cn.adj_factor")
            .filter((pl.col("asset") == "600519.SH") & (pl.col("session") == date(2024, 2, 5)))[
                "adj_factor"
            ]
            .item()
        )
        since = datetime(2024, 2, 8, 12)
        here.world.revise(
            "adj_factor",
            {"adj_factor": 1.5},
            since=since,
            ts_code="600519.SH",
            trade_date="20240205",
        )
        here.world.withhold("adj_factor", ts_code="600519.SH", trade_date="20240206")
        before = here.cellar.store.version("cn.adj_factor")
        here.vendor.clock = NIGHT
        report = here.update("cn.adj_factor", start=None)
        seen = revisions(here.cellar, "cn.adj_factor")
        changed = seen.filter(pl.col("column") == "adj_factor").to_dicts()
        assert [(json.loads(row["key"]), row["old"], row["new"]) for row in changed] == [
            ({"session": "2024-02-05", "asset": "600519.SH"}, str(old), "1.5")
        ]
        assert changed[0]["version"] == before + 1
        assert changed[0]["seen_at"] == here.vendor.utc_now()
        assert report.revisions == seen.height
        then = here.cellar.store.snapshot("cn.adj_factor", before).read()
        assert then.filter(pl.col("session") == date(2024, 2, 5), pl.col("asset") == "600519.SH")[
            "adj_factor"
        ].to_list() == [old]


def test_a_row_that_vanished_is_a_revision_and_a_gap(tmp_path: Path):
    with place(tmp_path, clock=datetime(2024, 2, 7, 23, 50)) as here:
        here.update(end=None)
        gone = here.rows("cn.bars_1d").filter(pl.col("session") == date(2024, 2, 6))[0]
        asset = gone["asset"].item()
        here.world.withhold("daily", ts_code=asset, trade_date="20240206")
        here.vendor.clock = NIGHT
        report = here.update(start=None)
        (row,) = revisions(here.cellar).to_dicts()
        assert (row["column"], row["new"]) == ("*", None)
        assert json.loads(row["old"])["close"] == gone["close"].item()
        (gap,) = report.gaps
        assert (gap.kind, gap.key, gap.assets) == ("missing", "2024-02-06", (asset,))
        assert gaps(here.cellar, "cn.bars_1d").rows() == [
            (date(2024, 2, 6), asset, "missing", "listed and not suspended")
        ]
        with pytest.raises(DataGapError, match="2024-02-06"):
            report.raise_for_gaps()


def test_a_missing_asset_is_asked_for_twice_then_it_is_a_gap_until_it_comes(tmp_path: Path):
    with place(tmp_path) as here:
        come = datetime(2024, 2, 9, 12)
        here.world.withhold("daily", until=come, ts_code="600519.SH", trade_date="20240117")
        report = here.update()
        assert here.vendor.count("daily") == SESSIONS + 1
        (gap,) = report.gaps
        assert (gap.session, gap.assets, gap.count) == (date(2024, 1, 17), ("600519.SH",), 1)
        assert report["cn.bars_1d"].units == {"committed": 1, "verified": SESSIONS - 1}
        again = here.update()
        assert again.calls == 0  # it is old: not tried at every run, but not forgotten
        assert [(gap.key, gap.count) for gap in again.gaps] == [("2024-01-17", 1)]
        here.vendor.clock = datetime(2024, 4, 1, 23)
        healed = here.update(end=END)
        assert healed.complete, str(healed)
        assert here.is_true("cn.bars_1d")
        assert revisions(here.cellar)["column"].to_list() == ["*"]  # it appeared late


def test_a_part_of_the_day_is_completed_by_a_later_run(tmp_path: Path):
    with place(tmp_path) as here:
        here.world.publish = {**here.world.publish, "daily": ("15:30", "18:00")}
        here.vendor.clock = datetime(2024, 2, 8, 17, 5)
        early = here.update("cn.bars_1d")
        assert not early.complete
        assert early["cn.bars_1d"].units["committed"] == 1
        here.vendor.clock = datetime(2024, 2, 8, 18, 5)
        late = here.update("cn.bars_1d")
        assert late.complete, str(late)
        assert late["cn.bars_1d"].units == {"verified": 1}
        assert here.is_true("cn.bars_1d")


def test_an_empty_day_is_not_yet_and_is_never_taken_for_the_truth(tmp_path: Path):
    with place(tmp_path) as here:
        here.world.publish = {**here.world.publish, "daily": ("20:00", "20:00")}
        here.vendor.clock = datetime(2024, 2, 8, 17, 5)
        early = here.update()
        assert [(gap.key, gap.kind) for gap in early.gaps] == [("2024-02-08", "not_yet")]
        assert END.isoformat() not in here.cellar.ledger.units("cn.bars_1d")["key"].to_list()
        assert gaps(here.cellar, "cn.bars_1d", end=END)["kind"].to_list() == ["not_yet"]
        here.vendor.clock = datetime(2024, 2, 8, 20, 5)
        assert here.update().complete
        assert here.is_true("cn.bars_1d")
        assert here.cellar.ledger.attempts("cn.bars_1d").is_empty()


def test_a_published_day_without_rows_is_a_gap(tmp_path: Path):
    with place(tmp_path) as here:
        here.world.withhold("stock_st", trade_date="20240117")
        report = here.update("cn.st_1d")
        assert [(gap.key, gap.kind) for gap in report.gaps] == [("2024-01-17", "empty")]
        tried = [call for call in here.vendor.calls if call.api == "stock_st"]
        assert len(tried) == SESSIONS + 1
        assert here.cellar.ledger.attempts("cn.st_1d")["state"].to_list() == ["failed"]


@pytest.mark.parametrize(
    ("clock", "last"),
    [
        (datetime(2024, 2, 7, 16, 59), date(2024, 2, 6)),
        (datetime(2024, 2, 7, 17, 0), date(2024, 2, 7)),
        (datetime(2024, 2, 8, 0, 0), date(2024, 2, 7)),
        (datetime(2024, 2, 8, 0, 1), date(2024, 2, 7)),
    ],
)
def test_nothing_is_asked_for_before_its_hour(tmp_path: Path, clock: datetime, last: date):
    with place(tmp_path, clock=clock) as here:
        report = here.update(start=date(2024, 2, 5), end=None)
        assert report.complete, str(report)
        assert here.rows("cn.bars_1d")["session"].max() == last


def test_the_next_morning_counts_where_it_is_published_then(tmp_path: Path):
    with place(tmp_path, clock=datetime(2024, 2, 8, 9, 59)) as here:
        here.update("cn.margin_1d", start=date(2024, 2, 5))
        assert here.rows("cn.margin_1d")["session"].max() == date(2024, 2, 6)
        here.vendor.clock = datetime(2024, 2, 8, 10, 0)
        assert here.update("cn.margin_1d", start=date(2024, 2, 5)).complete
        assert here.rows("cn.margin_1d")["session"].max() == date(2024, 2, 7)


def test_a_denied_api_is_said_and_the_others_go_on(tmp_path: Path):
    with place(tmp_path) as here:
        here.vendor.denied.add("stock_st")
        report = here.update("cn")
        assert set(report.denied) == {"cn.st_1d"}
        assert not report.complete
        assert here.vendor.count("stock_st") <= 4  # what was under way, no more
        assert all(report[name].complete for name in DAILY if name != "cn.st_1d")
        assert "not allowed" in str(report)


def test_a_spent_allowance_defers_the_rest(tmp_path: Path):
    with place(tmp_path) as here:
        here.update("cn.suspend")
        here.vendor.allowance = Allowance({"daily": ((10, 86_400),)}, time.monotonic)
        report = here.update()
        part = report["cn.bars_1d"]
        assert part.deferred
        assert not report.complete
        assert sum(part.units.values()) <= 10
        here.vendor.allowance = Allowance({}, time.monotonic)
        here.vendor.clock = datetime(2024, 2, 9, 23, 50)
        assert here.update(end=END).complete
        assert here.is_true("cn.bars_1d")


def test_a_wrong_token_ends_the_update(tmp_path: Path):
    with place(tmp_path) as here:
        here.update("cal.sessions")
        held = here.cellar.store.versions()
        with pytest.raises(AuthenticationError):
            update(
                here.cellar,
                "cn.bars_1d",
                start=START,
                client_factory=lambda p, c: Client(p, c, token=Secret("wrong" * 8)),
            )
        assert here.cellar.store.versions() == held
        assert here.update().complete


def test_without_network_the_report_says_so_and_the_next_run_does_the_rest(tmp_path: Path):
    with place(tmp_path, clock=datetime(2024, 2, 7, 23, 50)) as here:
        here.update()
        rows = here.rows("cn.bars_1d")
    with place(tmp_path) as here:  # the old origin is gone; a new one has the rest
        lost = here.cellar.settings.providers["tushare"].model_copy(
            update={"origin": "http://127.0.0.1:9"}
        )
        settings = here.cellar.settings.model_copy(update={"providers": {"tushare": lost}})
        offline = type(here.cellar)(here.cellar.root, settings, here.cellar.clock)
        online, here.cellar = here.cellar, offline
        report = here.update()
        assert not report.complete
        assert {gap.kind for gap in report.gaps} == {"failed"}
        assert here.rows("cn.bars_1d").equals(rows)
        here.cellar = online
        assert here.update().complete
        assert here.is_true("cn.bars_1d")


def test_progress_counts_up_and_an_interrupt_loses_nothing(tmp_path: Path):
    with place(tmp_path) as here:
        seen = []

        def interrupt(progress):
            seen.append(progress)
            if progress.dataset == "cn.bars_1d" and progress.done == 23:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            here.update(progress=interrupt)
        bars = [one for one in seen if one.dataset == "cn.bars_1d"]
        assert [one.done for one in bars] == sorted(one.done for one in bars)
        assert {one.total for one in bars} == {SESSIONS}
        asked = here.vendor.count("daily")
        report = here.update()
        assert report.complete
        assert here.vendor.count("daily") + report["cn.bars_1d"].resumed >= SESSIONS
        assert here.vendor.count("daily") - asked <= SESSIONS - 21
        assert here.is_true("cn.bars_1d")


def test_force_fetches_again(tmp_path: Path):
    with place(tmp_path) as here:
        here.update()
        before = here.vendor.count("daily")
        here.update(start=date(2024, 1, 8), end=date(2024, 1, 12), force=True)
        assert here.vendor.count("daily") - before == 5
        assert revisions(here.cellar).is_empty()


@pytest.mark.parametrize(
    ("names", "given", "error", "words"),
    [
        ("cn.bars_2d", {}, UnknownDatasetError, "Did you mean"),
        ([], {}, UnknownDatasetError, "Name a dataset"),
        (
            "cn.bars_1d",
            {"start": date(2024, 2, 1), "end": date(2024, 1, 1)},
            BadValueError,
            "after",
        ),
        ("cn.bars_1d", {"end": date(2031, 1, 1)}, BadValueError, "future"),
        ("cn.bars_1d", {"start": "1/2/24"}, BadValueError, "start"),
        ("cn.bars_1d", {"codes": ["600519.SH"]}, BadValueError, "whole market"),
        ("idx.bars_1d", {"codes": "000300.SH"}, BadValueError, "list of codes"),
        ("idx.bars_1d", {"codes": []}, BadValueError, "empty"),
        ("idx.bars_1d", {}, BadValueError, "000300.SH"),
        ("cn.bars_1d", {"provider": "nobody"}, BadValueError, "nobody"),
        ("cn.bars_1d", {"provider": "massive"}, UnknownDatasetError, "massive does not deliver"),
    ],
)
def test_words_that_make_no_sense_are_refused(tmp_path: Path, names, given, error, words):
    with place(tmp_path) as here:
        with pytest.raises(error, match=words):
            here.update(names, **given)
        assert here.vendor.count("daily") == 0


def test_a_snapshot_is_never_updated(tmp_path: Path):
    with place(tmp_path) as here:
        here.update("cal.sessions")
        here.cellar = here.cellar.at({"cal.sessions": 0}, "then")
        with pytest.raises(StoreError, match="fixed versions"):
            here.update("cal.sessions")
