"""Rows that the user brought are a beginning: the vendor is asked for what nothing proves whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from workbench.data.catalog import dataset
from workbench.data.cellar import Cellar
from workbench.data.provider import Pages, Unit
from workbench.data.providers.synthetic.provider import PROVIDER
from workbench.data.update.plan import Known, due_sessions, due_units
from workbench.data.workspace import Workspace

DAYS = [date(2021, 11, day) for day in (1, 2, 3, 4, 5, 8, 9, 10, 11, 12)]
MOMENTS = {day: datetime(day.year, day.month, day.day, 9, tzinfo=UTC) for day in DAYS}
NOW = datetime(2021, 11, 13, tzinfo=UTC)
BARS = replace(dataset("cn.bars_1d"), reread=0)


def known(day: date, who: str, state: str, expected: int | None = 300) -> dict[str, Known]:
    return {str(day): Known(str(day), state, day, day, 1, 0, NOW, expected, who)}


@pytest.mark.parametrize(
    ("who", "state", "vendor", "due"),
    [
        ("frames", "committed", "tushare", True),
        ("files", "committed", "demo", True),
        ("files", "empty_confirmed", "tushare", True),
        ("files", "verified", "tushare", False),
        ("tushare", "committed", "tushare", False),
        ("files", "committed", "files", False),
    ],
)
def test_rows_brought_without_proof_are_due_for_a_vendor(who, state, vendor, due):
    held = known(DAYS[3], who, state)
    window = (DAYS[3], DAYS[3])
    found = due_sessions(BARS, MOMENTS, held, window, NOW, vendor=vendor)
    assert found == ([DAYS[3]] if due else [])
    unit = Unit("idx.bars_1d", str(DAYS[3]), DAYS[3], DAYS[3])
    others = due_units(dataset("idx.bars_1d"), [unit], held, NOW, vendor=vendor)
    assert others == ([unit] if due else [])


def test_what_can_be_judged_now_and_could_not_then_is_due():
    held = known(DAYS[3], "tushare", "committed", None)
    window = (DAYS[3], DAYS[3])
    assert due_sessions(BARS, MOMENTS, held, window, NOW, tellable=set(held)) == [DAYS[3]]
    assert due_sessions(BARS, MOMENTS, held, window, NOW) == []


def daily(days: list[date], asset: str) -> pl.DataFrame:
    """One share's bars as `pro.daily` gives them: lots of 100 shares, thousands of yuan."""
    rows = pl.concat(
        PROVIDER.decode(unit, Pages(unit, ()))
        for unit in (Unit("cn.bars_1d", str(day), day, day) for day in days)
    ).filter(pl.col("asset") == asset)
    change = pl.col("close") - pl.col("pre_close")
    return rows.select(
        ts_code="asset",
        trade_date=pl.col("session").dt.strftime("%Y%m%d"),
        open="open",
        high="high",
        low="low",
        close="close",
        pre_close="pre_close",
        change=change,
        pct_chg=change / pl.col("pre_close") * 100,
        vol=pl.col("volume") / 100,
        amount=pl.col("amount") / 1000,
    )


@pytest.mark.parametrize("start", [DAYS[0], None])
def test_one_share_ingested_then_the_whole_market(tmp_path: Path, start: date | None):
    ws = Workspace(Cellar.open(tmp_path, clock=lambda: NOW))
    unit = Unit("cn.bars_1d", str(DAYS[0]), DAYS[0], DAYS[0])
    asset = PROVIDER.decode(unit, Pages(unit, ()))["asset"][0]
    frame = daily(DAYS, asset)
    assert frame.height == len(DAYS)
    ws.data.ingest(frame, dataset="cn.bars_1d")
    names = ["ref.securities", "cn.bars_1d"] if start is None else "cn"
    report = ws.data.update(names, provider="demo", start=start, end=DAYS[-1])
    assert report["cn.bars_1d"].complete, str(report)
    held = ws.data.load("cn.bars_1d", start=DAYS[0], end=DAYS[-1]).to_polars()
    truth = pl.concat(
        PROVIDER.decode(one, Pages(one, ()))
        for one in (Unit("cn.bars_1d", str(day), day, day) for day in DAYS)
    )
    key = ["session", "asset"]
    assert held.select(key).sort(key).equals(truth.select(key).sort(key))
    again = ws.data.update(names, provider="demo", start=start, end=DAYS[-1])
    assert again["cn.bars_1d"].units == {}
