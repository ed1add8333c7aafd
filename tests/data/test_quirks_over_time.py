"""The vendor over time: a day comes out in steps, and the past changes.

Continues `test_quirks` with stand-ins whose clock moves.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl

from tests.data.standins.tushare import TushareStandin, World
from tests.data.standins.workplace import fetch, held, same, workplace


def test_one_day_as_it_is_published(tmp_path: Path) -> None:
    world = World(date(2024, 3, 1), date(2024, 3, 6), stocks=30)
    world.publish["daily"] = ("16:30", "18:30")
    names = ["cn.bars_1d", "cn.adj_factor"]
    truth = world.truth("cn.bars_1d", now=datetime(2024, 3, 7, 12))
    with TushareStandin(world, clock=datetime(2024, 3, 5, 23)) as vendor:
        cellar = workplace(tmp_path, vendor)
        assert fetch(cellar, vendor, names, start=world.start).complete
        vendor.clock = datetime(2024, 3, 6, 14)
        before = vendor.count("daily")
        fetch(cellar, vendor, names, start=world.start)
        assert vendor.count("daily") == before  # nothing is out yet, nothing is asked
        vendor.clock = datetime(2024, 3, 6, 17, 30)
        part = fetch(cellar, vendor, names, start=world.start)
        held_now = held(cellar, "cn.bars_1d", first=world.end)
        assert not part["cn.bars_1d"].complete
        assert held_now.height < truth.filter(pl.col("session") == world.end).height
        vendor.clock = datetime(2024, 3, 6, 19)
        assert fetch(cellar, vendor, names, start=world.start).complete
    assert same(held(cellar, "cn.bars_1d"), truth) == ""


def test_nothing_yet_is_no_empty_truth(tmp_path: Path) -> None:
    world = World(date(2024, 3, 1), date(2024, 3, 6), stocks=30)
    world.publish["daily"] = ("20:00", "20:00")
    with TushareStandin(world, clock=datetime(2024, 3, 6, 17, 30)) as vendor:
        cellar = workplace(tmp_path, vendor)
        report = fetch(cellar, vendor, "cn.bars_1d", start=world.start)
        assert [gap.kind for gap in report["cn.bars_1d"].gaps] == ["not_yet"]
        vendor.clock = datetime(2024, 3, 6, 20, 30)
        assert fetch(cellar, vendor, "cn.bars_1d", start=world.start).complete
    truth = world.truth("cn.bars_1d", now=vendor.clock)
    assert same(held(cellar, "cn.bars_1d"), truth) == ""


def test_history_is_revised_and_the_old_values_stay(tmp_path: Path) -> None:
    world = World(date(2024, 3, 1), date(2024, 3, 8), stocks=20)
    later = datetime(2024, 3, 11, 12)
    stamp = {"ts_code": "600519.SH", "trade_date": "20240305"}
    names = ["cn.bars_1d", "cn.adj_factor"]
    world.withhold("daily", **stamp, until=later)
    with TushareStandin(world, clock=datetime(2024, 3, 8, 22)) as vendor:
        cellar = workplace(tmp_path, vendor)
        assert not fetch(cellar, vendor, names, start=world.start, end=world.end).complete
        version = cellar.store.version("cn.adj_factor")
        old = held(cellar, "cn.adj_factor")
        world.revise("adj_factor", {"adj_factor": 3.125}, since=later, **stamp)
        vendor.clock = datetime(2024, 3, 12, 22)
        report = fetch(cellar, vendor, names, start=world.start, end=world.end)
    assert report.complete
    for name in names:
        assert same(held(cellar, name), world.truth(name, now=vendor.clock)) == ""
    changed = cellar.table("meta.revisions").read()
    factor = changed.filter(pl.col("dataset") == "cn.adj_factor")
    assert factor["column"].to_list() == ["adj_factor"]
    assert float(factor["new"].item()) == 3.125
    late = changed.filter(pl.col("dataset") == "cn.bars_1d")
    assert late["old"].to_list() == [None]
    assert same(cellar.store.snapshot("cn.adj_factor", version).read().sort(old.columns), old) == ""


def test_a_restated_figure_is_another_row(tmp_path: Path) -> None:
    world = World(date(2024, 3, 1), date(2024, 3, 29), stocks=20)
    clock = datetime(2024, 4, 1, 12)
    table = world.table("income", clock, codes={"600519.SH"})
    period = max(table["end_date"])
    world.revise(
        "income",
        {"n_income": 1234.5},
        since=clock + timedelta(days=1),
        ts_code="600519.SH",
        end_date=period,
    )
    with TushareStandin(world, clock=clock) as vendor:
        cellar = workplace(tmp_path, vendor)
        fetch(cellar, vendor, "cn.income", codes=["600519.SH"])
        first = held(cellar, "cn.income")
        vendor.clock = clock + timedelta(days=3)
        fetch(cellar, vendor, "cn.income", codes=["600519.SH"])
    second = held(cellar, "cn.income")
    fresh = second.join(first, on=["content_hash"], how="anti")
    assert first.height + fresh.height == second.height
    assert set(fresh["n_income"]) == {1234.5}
    assert fresh["first_seen_at"].min() > first["first_seen_at"].max()
    assert fresh["known_at"].min() >= (clock + timedelta(days=3)).date()
