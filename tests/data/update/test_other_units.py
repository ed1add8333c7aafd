"""Datasets that are not fetched by session: codes, months, groups, whole tables, statements."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from tests.data.update.vendor_days import END, NIGHT, START, place
from workbench.data.catalog import dataset
from workbench.data.update import gaps, revisions

MEMBERS = ["600519.SH", "000001.SZ"]


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("idx.bars_1d", ["000300.SH", "000905.SH"]),
        ("idx.weights", ["000300.SH"]),
        ("ref.names", None),
        ("ind.industries", None),
        ("ind.members", None),
        ("cn.bars_1m", MEMBERS),
        ("cn.moneyflow_1d", None),
        ("cn.margin_1d", None),
    ],
)
def test_every_axis_is_loaded_once(tmp_path: Path, name: str, codes: list[str] | None):
    with place(tmp_path) as here:
        start = date(2024, 2, 1) if name == "cn.bars_1m" else START
        if name == "ref.names":
            here.update("ref.securities")
        report = here.update(name, codes=codes, start=start)
        assert report[name].complete, str(report)
        held = here.rows(name)
        assert held.height > 0
        assert held.select(list(dataset(name).key)).is_unique().all()
        assert here.update(name, codes=codes, start=start).calls == 0
        assert here.update(name, start=None).calls == 0  # the codes held are known
        assert gaps(here.cellar, name).is_empty()
        assert revisions(here.cellar).is_empty()


def test_index_bars_are_the_worlds(tmp_path: Path):
    with place(tmp_path) as here:
        here.update("idx.bars_1d", codes=["000300.SH"])
        truth = here.world.truth("idx.bars_1d", START, END, now=NIGHT, codes=["000300.SH"])
        assert here.rows("idx.bars_1d").equals(truth.sort("session", "asset"))


def test_another_code_leaves_the_first_alone(tmp_path: Path):
    with place(tmp_path) as here:
        here.update("idx.bars_1d", codes=["000300.SH"])
        first = here.rows("idx.bars_1d")
        here.update("idx.bars_1d", codes=["000905.SH"])
        both = here.rows("idx.bars_1d")
        assert both.filter(pl.col("asset") == "000300.SH").equals(first)
        assert set(both["asset"]) == {"000300.SH", "000905.SH"}


def test_one_month_of_one_code_leaves_other_months_and_codes_alone(tmp_path: Path):
    with place(tmp_path) as here:
        here.update("cn.bars_1m", codes=["600519.SH"], start="2024-01-02", end="2024-01-31")
        here.update("cn.bars_1m", codes=["000001.SZ"], start="2024-02-01")
        before = here.rows("cn.bars_1m")
        report = here.update("cn.bars_1m", codes=MEMBERS, start="2024-01-02", force=True)
        assert report["cn.bars_1m"].complete, str(report)
        after = here.rows("cn.bars_1m")
        key = list(dataset("cn.bars_1m").key)
        assert before.join(after, on=before.columns, how="anti", nulls_equal=True).is_empty()
        assert after.select(key).is_unique().all()
        assert after.height > before.height
        assert revisions(here.cellar).is_empty()


def test_a_list_that_shrinks_is_refused_until_it_is_forced(tmp_path: Path):
    with place(tmp_path, clock=datetime(2024, 2, 7, 23, 50)) as here:
        here.update("ref.securities")
        held = here.rows("ref.securities")
        for code in held["asset"].to_list()[:20]:
            here.world.withhold("stock_basic", ts_code=code)
        here.vendor.clock = NIGHT
        report = here.update("ref.securities")
        assert [gap.kind for gap in report.gaps] == ["quarantined"]
        assert here.rows("ref.securities").equals(held)
        assert here.update("ref.securities", force=True).complete
        assert here.rows("ref.securities").height < held.height
        vanished = revisions(here.cellar, "ref.securities").filter(pl.col("column") == "*")
        assert vanished.height == held.height - here.rows("ref.securities").height


def test_statements_keep_every_version_and_say_when_they_were_seen(tmp_path: Path):
    with place(tmp_path, clock=datetime(2024, 2, 7, 23, 50)) as here:
        here.update("ref.securities")
        here.update("cn.income", codes=MEMBERS)
        first = here.rows("cn.income")
        assert set(first["asset"]) == set(MEMBERS)
        assert first["first_seen_at"].unique().to_list() == [here.vendor.utc_now()]
        assert first["known_at"].drop_nulls().len() > 0
        changed = first.filter(pl.col("asset") == "600519.SH")[-1]
        stamp = changed["period"].item().strftime("%Y%m%d")
        here.world.revise(
            "income",
            {"total_revenue": 123.0},
            since=datetime(2024, 2, 8),
            ts_code="600519.SH",
            end_date=stamp,
        )
        here.vendor.clock = NIGHT
        report = here.update("cn.income", codes=MEMBERS)
        assert report["cn.income"].complete, str(report)
        after = here.rows("cn.income")
        key = list(dataset("cn.income").key)
        kept = after.join(first.select(key), on=key, how="semi", nulls_equal=True)
        assert kept.equals(first)  # nothing is replaced, nothing is stamped again
        fresh = after.join(first.select(key), on=key, how="anti", nulls_equal=True)
        assert fresh["total_revenue"].unique().to_list() == [123.0]
        assert fresh["first_seen_at"].unique().to_list() == [here.vendor.utc_now()]
        assert here.update("cn.income", codes=MEMBERS).calls == 0
