"""Rows that nobody fetched: the same checks, differences, ledger and expectations."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.data.update.vendor_days import END, SESSIONS, START, place
from workbench.data.catalog import dataset
from workbench.data.provider import Unit
from workbench.data.update import commit_frame, gaps, revisions
from workbench.data.update.commit import derived_units
from workbench.errors import BadValueError

BARS = dataset("cn.bars_1d")


def test_rows_are_judged_like_those_of_a_vendor(tmp_path: Path):
    with place(tmp_path) as here:
        here.update("cn.suspend")
        here.update("ref.securities")
        truth = here.truth("cn.bars_1d")
        report = commit_frame(
            here.cellar, BARS, truth, provider="files", by="import", origin={"file": "a.csv"}
        )
        assert report.complete
        assert report["cn.bars_1d"].units == {"verified": SESSIONS}
        assert here.is_true("cn.bars_1d")
        (first, *_) = here.cellar.store.history("cn.bars_1d").to_dicts()
        told = json.loads(first["metadata"])
        assert (told["wb.by"], json.loads(told["wb.origin"])) == ("import", {"file": "a.csv"})
        assert here.update(start=START).calls == 0  # what was imported needs no fetching
        assert revisions(here.cellar).is_empty()


def test_an_incomplete_day_is_a_gap_and_a_changed_value_a_revision(tmp_path: Path):
    with place(tmp_path) as here:
        here.update()
        day = date(2024, 1, 17)
        rows = here.truth("cn.bars_1d", day, day)
        missing, changed = rows["asset"][0], rows["asset"][1]
        amount = pl.when(pl.col("asset") == changed).then(1.0).otherwise("after_hours_amount")
        rows = rows[1:].with_columns(after_hours_amount=amount)
        report = commit_frame(here.cellar, BARS, rows, provider="files")
        (gap,) = report.gaps
        assert (gap.session, gap.assets) == (day, (missing,))
        assert gaps(here.cellar, "cn.bars_1d")["asset"].to_list() == [missing]
        seen = revisions(here.cellar).sort("column")
        assert seen["column"].to_list() == ["*", "after_hours_amount"]
        assert seen["provider"].unique().to_list() == ["files"]


def test_without_securities_nothing_is_proved_and_nothing_is_refused(tmp_path: Path):
    with place(tmp_path) as here:
        rows = here.truth("cn.bars_1d", date(2024, 1, 3), date(2024, 1, 4))
        report = commit_frame(here.cellar, "cn.bars_1d", rows, provider="files")
        assert report["cn.bars_1d"].units == {"committed": 2}
        assert here.cellar.ledger.units("cn.bars_1d")["expected"].to_list() == [None, None]


def test_what_was_stored_before_the_securities_were_known_is_judged_later(tmp_path: Path):
    with place(tmp_path) as here:
        rows = here.truth("cn.bars_1d")
        commit_frame(here.cellar, BARS, rows[1:], provider="files")
        report = here.update()
        assert here.vendor.count("daily") == 1  # the one day that nothing proves
        units = here.cellar.ledger.units("cn.bars_1d")
        brought = units.filter(pl.col("provider") == "files")
        assert brought["state"].to_list() == ["committed"] + ["verified"] * (SESSIONS - 1)
        assert brought["missing"].to_list() == [1] + [0] * (SESSIONS - 1)
        asked = units.filter(pl.col("provider") == "tushare")
        assert asked.select("key", "state").rows() == [(START.isoformat(), "verified")]
        assert report.complete
        assert here.is_true("cn.bars_1d")
        before = here.cellar.ledger.units()
        here.cellar.ledger.rebuild(here.cellar.store)
        assert here.cellar.ledger.units().equals(before)


def test_a_day_without_rows_may_be_named(tmp_path: Path):
    with place(tmp_path) as here:
        here.update("cn.suspend")
        day = date(2024, 1, 17)
        unit = Unit("cn.suspend", day.isoformat(), day, day)
        none = dataset("cn.suspend").empty()
        commit_frame(here.cellar, "cn.suspend", none, [unit], provider="files")
        left = here.rows("cn.suspend")
        assert left.filter(pl.col("session") == day).is_empty()
        assert left.height > 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda rows: pl.concat([rows, rows[:1]]), "one key"),
        (lambda rows: rows.drop("amount"), "columns"),
        (lambda rows: rows.with_columns(pl.col("volume").cast(pl.Int64)), "types"),
        (lambda rows: rows.with_columns(asset=pl.lit(None, dtype=pl.String)), "key"),
    ],
)
def test_a_broken_frame_stores_nothing(tmp_path: Path, change, words: str):
    with place(tmp_path) as here:
        rows = change(here.truth("cn.bars_1d", END, END))
        with pytest.raises(BadValueError, match=words):
            commit_frame(here.cellar, BARS, rows, provider="files")
        assert not here.cellar.has("cn.bars_1d")


def test_rows_of_no_unit_are_refused(tmp_path: Path):
    with place(tmp_path) as here:
        rows = here.truth("cn.bars_1d", date(2024, 1, 3), date(2024, 1, 4))
        unit = Unit("cn.bars_1d", "2024-01-03", date(2024, 1, 3), date(2024, 1, 3))
        with pytest.raises(BadValueError, match="none of the 1 units"):
            commit_frame(here.cellar, BARS, rows, [unit], provider="files")


@pytest.mark.parametrize(
    ("name", "columns", "expected"),
    [
        ("ref.securities", {}, [("all", None, None)]),
        (
            "cal.sessions",
            {"session": date(2024, 5, 1)},
            [("2024", date(2024, 1, 1), date(2024, 12, 31))],
        ),
        (
            "idx.weights",
            {"index": "000300.SH", "session": date(2024, 2, 29)},
            [("000300.SH/2024-02", date(2024, 2, 1), date(2024, 2, 29))],
        ),
        (
            "idx.bars_1d",
            {"asset": "000300.SH", "session": date(2024, 2, 28)},
            [("000300.SH", date(2024, 2, 28), date(2024, 2, 28))],
        ),
        (
            "ref.names",
            {"asset": "600519.SH", "start": date(2001, 8, 27)},
            [("600519.SH", None, None)],
        ),
    ],
)
def test_units_are_derived_from_rows(name: str, columns: dict, expected: list):
    contract = dataset(name)
    row = {**dict.fromkeys(contract.names), **columns}
    rows = pl.DataFrame([row], schema=contract.schema())
    found = [(unit.key, unit.first, unit.last) for unit in derived_units(contract, rows)]
    assert found == expected
