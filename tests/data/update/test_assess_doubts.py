"""What nothing proves is not verified: answers are compared with the session before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from tests.data.update.vendor_days import END, NIGHT, place
from workbench.data.catalog import dataset
from workbench.data.provider import Unit
from workbench.data.providers import provider
from workbench.data.secrets import Secret
from workbench.data.update import gaps
from workbench.data.update.assess import (
    DOUBTED_EMPTY,
    Answer,
    Before,
    Bench,
    Findings,
    assess_frame,
)

DAY = date(2024, 1, 17)
UNIT = DAY.isoformat()
NOW = datetime(2024, 2, 1, tzinfo=UTC)


def judged(name: str, rows: int, before: Before, doubted: frozenset[str] = frozenset()) -> Answer:
    contract = dataset(name)
    bench = Bench(contract, provider("tushare"), NOW, {DAY: NOW - timedelta(9)}, doubted=doubted)
    columns = {
        column: pl.Series([None] * rows, dtype=kind) for column, kind in contract.schema().items()
    }
    columns["session"] = pl.Series([DAY] * rows, dtype=pl.Date)
    for text in (name for name in contract.key if name != "session"):
        codes = [f"{number:06d}.SZ" for number in range(rows)]
        columns[text] = pl.Series(codes, dtype=pl.String)
    return assess_frame(bench, Unit(name, UNIT, DAY, DAY), pl.DataFrame(columns), before, 0)


@pytest.mark.parametrize(
    ("name", "rows", "before", "state", "short", "doubt"),
    [
        ("cn.moneyflow_1d", 4000, Before(), "committed", 0, False),  # nothing to compare with
        ("cn.moneyflow_1d", 4000, Before(5000, 5000), "verified", 0, False),
        ("cn.moneyflow_1d", 3999, Before(5000, 5000), "committed", 1001, True),
        ("cn.moneyflow_1d", 3000, Before(3000, 5000), "committed", 0, False),  # that was doubted
        ("cn.st_1d", 2, Before(3, 3), "committed", 0, False),
        ("cn.northbound_1d", 100, Before(2900, 2900), "committed", 2800, True),
        ("cn.northbound_1d", 2400, Before(2900, 2900), "verified", 0, False),
        ("cn.limit_events", 40, Before(90, 90), "committed", 0, True),  # events swing
        ("cn.suspend", 3, Before(20, 20), "committed", 0, False),
        ("cn.suspend", 19, Before(20, 20), "verified", 0, False),
        ("cn.suspend", 3, Before(), "committed", 0, False),
    ],
)
def test_rows_are_verified_only_beside_those_of_the_session_before(
    name: str, rows: int, before: Before, state: str, short: int, doubt: bool
):
    answer = judged(name, rows, before)
    assert (answer.state, answer.short, answer.doubt) == (state, short, doubt)


def test_next_to_nothing_is_believed_when_a_later_day_says_so_again():
    answer = judged("cn.northbound_1d", 100, Before(2900, 2900), frozenset({UNIT}))
    assert (answer.state, answer.short, answer.doubt) == ("committed", 0, False)
    steady = judged("cn.moneyflow_1d", 100, Before(), frozenset({UNIT}))
    assert steady.state == "committed"


@pytest.mark.parametrize(
    ("name", "before", "doubted", "state", "doubt"),
    [
        ("cn.northbound_1d", Before(2900, 2900), frozenset(), "", True),
        ("cn.limit_events", Before(50, 50), frozenset(), "", True),
        ("cn.limit_events", Before(49, 49), frozenset(), "empty_confirmed", False),
        ("cn.northbound_1d", Before(2900, 2900), frozenset({UNIT}), "empty_confirmed", False),
        ("cn.suspend", Before(20, 20), frozenset(), "empty_confirmed", False),
        ("cn.suspend", Before(), frozenset(), "empty_confirmed", False),
        ("cn.moneyflow_1d", Before(), frozenset({UNIT}), "", True),
    ],
)
def test_empty_after_many_is_doubted(name, before, doubted, state, doubt):
    answer = judged(name, 0, before, doubted)
    assert (answer.state, answer.doubt) == (state, doubt)
    if doubt:
        assert answer.trouble == "empty"
        assert answer.detail.startswith(DOUBTED_EMPTY) == (name != "cn.moneyflow_1d")


def test_suspensions_may_be_few_or_none(tmp_path: Path):
    with place(tmp_path) as here:
        here.world.withhold("suspend_d", trade_date="20240117")
        report = here.update("cn.suspend")
        assert report.complete
        held = here.cellar.ledger.units("cn.suspend").filter(pl.col("key") == UNIT)
        assert held["state"].to_list() == ["empty_confirmed"]
        assert here.vendor.count("suspend_d") % 28 == 0  # nobody was asked twice


def test_an_outage_of_two_days_is_not_taken_for_the_truth(tmp_path: Path, monkeypatch):
    contract = replace(dataset("cn.moneyflow_1d"), expects="any")
    monkeypatch.setattr("workbench.data.update.task.find_dataset", swap(contract))
    with place(tmp_path, stocks=80) as here:
        for day in ("20240117", "20240118"):
            here.world.withhold("moneyflow", trade_date=day)
        report = here.update(contract.name)
        assert here.vendor.count("moneyflow") == 28 + 2  # each was asked for twice
        assert [(gap.key, gap.kind) for gap in report.gaps] == [
            ("2024-01-17", "empty"),
            ("2024-01-18", "empty"),
        ]
        again = here.update(contract.name)  # the same evening: still nobody's truth
        assert not again.complete
        tried = here.cellar.ledger.attempts(contract.name)
        assert tried["reason"].str.starts_with(DOUBTED_EMPTY).to_list() == [True, True]
        assert gaps(here.cellar, contract.name)["kind"].to_list() == ["failed", "failed"]
        here.vendor.clock = datetime(2024, 2, 19, 23, 50)
        settled = here.cellar.ledger.units(contract.name, states=["empty_confirmed"])
        assert settled.is_empty()
        here.update(contract.name, end=END)
        settled = here.cellar.ledger.units(contract.name, states=["empty_confirmed"])
        assert settled["key"].to_list() == ["2024-01-17", "2024-01-18"]
        assert here.cellar.ledger.attempts(contract.name).is_empty()


def swap(contract):
    from workbench.data.files.user_tables import find_dataset

    return lambda root, name: contract if name == contract.name else find_dataset(root, name)


def test_what_was_cut_short_in_the_first_load_is_doubted(tmp_path: Path):
    with place(tmp_path) as here:
        rows = here.world.truth("cn.moneyflow_1d", DAY, DAY, now=NIGHT)
        for code in rows["asset"].to_list()[10:]:
            here.world.withhold("moneyflow", ts_code=code, trade_date="20240117")
        report = here.update("cn.moneyflow_1d")
        assert [(gap.key, gap.kind) for gap in report.gaps] == [(UNIT, "shrunk")]
        states = dict(here.cellar.ledger.units("cn.moneyflow_1d").select("key", "state").rows())
        assert {day for day, state in states.items() if state != "verified"} == {"2024-01-02", UNIT}


def test_reasons_tell_no_secret():
    token = Secret("canary/0123456789abcdef")

    class Found:
        bad = pl.DataFrame(schema={"session": pl.Date(), "asset": pl.String()})
        notes = (f"odd: {token.reveal()}",)

    def look(contract: object, frame: pl.DataFrame) -> Findings:
        return Found()

    contract = dataset("cn.st_1d")
    bench = Bench(contract, provider("tushare"), NOW, validator=look)
    row = {name: None for name in contract.schema()} | {"session": DAY, "asset": "000001.SZ"}
    frame = pl.DataFrame([row], schema=contract.schema())
    answer = assess_frame(bench, Unit(contract.name, UNIT, DAY, DAY), frame, Before(), 0)
    assert answer.detail == "odd: ***"
