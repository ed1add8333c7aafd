"""Whoever changes who had to trade: status says what gaps says, and only those days are read."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.data.update.vendor_days import SESSIONS, START, place
from workbench.data.catalog import dataset
from workbench.data.provider import Unit
from workbench.data.update import commit_frame, gaps, status
from workbench.data.update import proof as proof_module
from workbench.data.update.expectation import Roster
from workbench.data.update.proof import moved_days

BARS = "cn.bars_1d"
DAY = date(2024, 1, 17)


def told(here, name: str = BARS) -> int:
    """The gaps that `status` counts; they must be those of `gaps` and of a ledger made anew."""
    counted = status(here.cellar).filter(pl.col("dataset") == name)["gaps"].item()
    assert counted == gaps(here.cellar, name).height
    before = here.cellar.ledger.units()
    here.cellar.ledger.rebuild(here.cellar.store)
    assert here.cellar.ledger.units().equals(before)
    return counted


def halted(*assets: str) -> pl.DataFrame:
    contract = dataset("cn.suspend")
    rows = [
        {**dict.fromkeys(contract.names), "session": DAY, "asset": asset, "kind": "S"}
        for asset in assets
    ]
    return pl.DataFrame(rows, schema=contract.schema())


def without(here, asset: str) -> None:
    """Bars of which one asset has none on one day."""
    truth = here.truth(BARS)
    kept = truth.filter((pl.col("asset") != asset) | (pl.col("session") != DAY))
    commit_frame(here.cellar, BARS, kept, provider="files")


def test_suspensions_that_come_late_explain_missing_rows(tmp_path: Path):
    with place(tmp_path) as here:
        here.update("ref.securities")
        asset = here.truth(BARS, DAY, DAY)["asset"][0]
        without(here, asset)
        short = told(here)
        assert short > 0  # the halts are not known yet
        commit_frame(here.cellar, "cn.suspend", here.truth("cn.suspend"), provider="files")
        assert told(here) == 1
        stored = here.rows("cn.suspend").filter(pl.col("session") == DAY)
        more = pl.concat([stored, halted(asset)])
        commit_frame(here.cellar, "cn.suspend", more, provider="files")
        assert told(here) == 0
        versions = here.cellar.store.versions()
        commit_frame(here.cellar, "cn.suspend", more, provider="files")
        assert here.cellar.store.versions()[BARS] == versions[BARS]


def test_a_suspension_that_is_withdrawn_leaves_a_gap(tmp_path: Path):
    with place(tmp_path) as here:
        here.update(["cn.suspend", BARS])
        assert told(here) == 0
        halts = here.rows("cn.suspend")
        one = halts.filter((pl.col("kind") == "S") & (pl.col("timing").fill_null("") == ""))[0]
        day, asset = one["session"].item(), one["asset"].item()
        rest = halts.filter(pl.col("session") == day).filter(pl.col("asset") != asset)
        unit = Unit("cn.suspend", day.isoformat(), day, day)
        commit_frame(here.cellar, "cn.suspend", rest, [unit], provider="files")
        assert told(here) == 1
        assert gaps(here.cellar, BARS)["asset"].to_list() == [asset]


def test_securities_and_suspensions_of_a_vendor_prove_what_was_imported(tmp_path: Path):
    with place(tmp_path) as here:
        commit_frame(here.cellar, BARS, here.truth(BARS), provider="files")
        units = here.cellar.ledger.units(BARS)
        assert set(units["state"]) == {"committed"}
        here.update(["cn.suspend", "ref.securities"])
        assert told(here) == 0
        assert here.cellar.ledger.units(BARS)["state"].to_list() == ["verified"] * SESSIONS


def test_a_security_more_is_missed_from_its_listing_on(tmp_path: Path):
    with place(tmp_path) as here:
        here.update(BARS)
        rows = here.rows("ref.securities")
        listed = date(2024, 2, 1)
        new = rows[:1].with_columns(
            asset=pl.lit("600998.SH"),
            security_id=pl.lit("600998.SH"),
            list_date=pl.lit(listed),
            valid_from=pl.lit(listed),
            valid_to=pl.lit(None, dtype=pl.Date),
            delist_date=pl.lit(None, dtype=pl.Date),
            status=pl.lit("L"),
        )
        commit_frame(here.cellar, "ref.securities", pl.concat([rows, new]), provider="files")
        units = here.cellar.ledger.units(BARS).filter(pl.col("missing") > 0)
        assert units["first"].min() == listed
        assert told(here) == units.height == 6


def test_a_busy_dataset_is_judged_by_its_holder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(proof_module, "_WAIT", 0.05)
    with place(tmp_path) as here:
        here.update("ref.securities")
        asset = here.truth(BARS, DAY, DAY)["asset"][0]
        commit_frame(here.cellar, "cn.suspend", here.truth("cn.suspend"), provider="files")
        without(here, asset)
        assert told(here) == 1
        stored = here.rows("cn.suspend").filter(pl.col("session") == DAY)
        more = pl.concat([stored, halted(asset)])
        begun, go_on = threading.Event(), threading.Event()

        def hold() -> None:
            seen = proof_module.seen_versions(here.cellar, dataset(BARS))
            with here.cellar.store.lock(BARS):
                begun.set()
                assert go_on.wait(20)
                proof_module.judge_since(here.cellar, dataset(BARS), seen)

        holder = threading.Thread(target=hold)
        holder.start()
        assert begun.wait(20)
        commit_frame(here.cellar, "cn.suspend", more, provider="files")
        assert status(here.cellar).filter(pl.col("dataset") == BARS)["gaps"].item() == 1
        go_on.set()
        holder.join()
        assert told(here) == 0


days = st.integers(0, 12).map(lambda step: START + timedelta(days=step))
spans = st.lists(st.tuples(st.sampled_from("ABC"), days, days), max_size=5)
halts = st.dictionaries(days, st.frozensets(st.sampled_from("ABC")), max_size=3)


def roster(rows: list, closed: dict) -> Roster:
    kept = {}
    for code, start, stop in sorted(row for row in rows if row[1] < row[2]):
        if code not in kept:  # one span a code: those of one code never overlap
            kept[code] = (start, stop)
    return Roster(
        np.array(list(kept), dtype=object),
        np.array([span[0] for span in kept.values()], dtype="datetime64[D]"),
        np.array([span[1] for span in kept.values()], dtype="datetime64[D]"),
        closed,
    )


@settings(max_examples=80, deadline=None)
@given(spans, halts, spans, halts)
def test_days_that_moved_are_those_of_a_comparison_by_hand(old, closed, new, reopened):
    before, after = roster(old, closed), roster(new, reopened)
    window = [START + timedelta(days=step) for step in range(14)]
    found = moved_days(before, after, window)
    listed = {day for day in window if before.listed(day) != after.listed(day)}
    halted_days = {
        day for day in window if closed.get(day, frozenset()) != reopened.get(day, frozenset())
    }
    assert found == sorted(listed | halted_days)
    assert {day for day in window if before.expected(day) != after.expected(day)} <= set(found)
