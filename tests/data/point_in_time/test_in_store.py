"""The same answers from tables on disk, and from a state that was pinned."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from tests.data.point_in_time.memory import MemoryCellar, calendar_rows, day, weekdays
from tests.data.point_in_time.test_fundamentals import ASSETS, FIRST, LAST, random_rows, table
from workbench.data.catalog import dataset
from workbench.data.cellar import Cellar
from workbench.data.point_in_time import (
    Fundamentals,
    calendar,
    delistings,
    industries,
    is_st,
    members,
    securities,
    statement,
)
from workbench.data.validate import audit_prices, validate

SPAN = {"exchange": "SSE", "list_date": day("2000-01-04")}
TABLES = {
    "ref.securities": [
        {**SPAN, "security_id": "000001.SZ", "asset": "000001.SZ",
         "valid_from": day("2000-01-04"), "valid_to": None, "delist_date": None},
        {**SPAN, "security_id": "000022.SZ", "asset": "000022.SZ",
         "valid_from": day("2000-01-04"), "valid_to": day("2014-06-29"), "delist_date": None},
        {**SPAN, "security_id": "000022.SZ", "asset": "001872.SZ",
         "valid_from": day("2014-06-30"), "valid_to": None, "delist_date": None},
        {**SPAN, "security_id": "600087.SH", "asset": "600087.SH",
         "valid_from": day("2000-01-04"), "valid_to": day("2014-06-04"),
         "delist_date": day("2014-06-05")},
    ],
    "ref.names": [
        {"asset": "600087.SH", "start": day("2013-05-14"), "end": None, "name": "*ST长油"},
        {"asset": "600087.SH", "start": day("2014-04-21"), "end": None, "name": "长油退"},
    ],
    "idx.weights": [
        {"index": "000300.SH", "session": day("2014-05-30"), "asset": "000001.SZ", "weight": 0.4},
        {"index": "000300.SH", "session": day("2014-05-30"), "asset": "000022.SZ", "weight": 0.6},
    ],
    "ind.members": [
        {"scheme": "SW2014", "level1": "801780.SI", "level1_name": "银行", "level2": "801780.SI",
         "level2_name": "银行", "level3": "851911.SI", "level3_name": "银行", "asset": "000001.SZ",
         "name": "x", "start": day("2014-02-21"), "end": None, "is_new": True},
    ],
    "cn.bars_1d": [
        {"session": day("2014-06-03"), "asset": "600087.SH", "open": 0.83, "high": 0.84,
         "low": 0.83, "close": 0.83, "pre_close": 0.83, "volume": 1e6, "amount": 8.3e5},
        {"session": day("2014-06-03"), "asset": "000001.SZ", "open": 10.0, "high": 12.0,
         "low": 10.0, "close": 12.0, "pre_close": 10.0, "volume": 1e6, "amount": 1.1e7},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """The tables in memory, and the same ones committed to a store."""
    memory = MemoryCellar()
    memory.put("cal.sessions", calendar_rows(FIRST, LAST, weekdays(FIRST, LAST)))
    memory.put("cn.income", table(random_rows(3)))
    for name, rows in TABLES.items():
        memory.put(name, rows)
    now = datetime(2018, 1, 5, tzinfo=UTC)
    disk = Cellar.open(tmp_path_factory.mktemp("cellar") / "ws", clock=lambda: now)
    for name, frame in memory.tables.items():
        contract = dataset(name)
        if contract.versions:
            disk.store.append(contract, frame, metadata={})
        else:
            key = contract.key[0]
            values = frame[key].unique().sort().to_list()
            disk.store.replace(contract, frame, column=key, values=values, metadata={})
    return memory, disk


GRID = weekdays("2014-05-26", "2014-07-04")
COLUMNS = ["000001.SZ", "001872.SZ", "600087.SH"]
QUESTIONS = {
    "calendar": lambda cellar: calendar(cellar).sessions,
    "securities": lambda cellar: securities(cellar).listed(GRID, COLUMNS),
    "names": lambda cellar: is_st(cellar, GRID, COLUMNS, delisting=True).values,
    "members": lambda cellar: members(cellar, "csi300", GRID, COLUMNS).weights,
    "industries": lambda cellar: industries(cellar, "sw2014", 1, GRID, COLUMNS).codes,
    "figures": lambda cellar: Fundamentals(cellar, "cn.income").field(
        "n_income", "ttm", weekdays("2013-01-02", "2016-12-30"), ASSETS
    ),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_disk_answers_like_memory(pair, question):
    memory, disk = (QUESTIONS[question](cellar) for cellar in pair)
    np.testing.assert_array_equal(memory, disk)
    assert len(np.unique(memory)) > 1


def test_tables_of_answers(pair):
    for ask in (
        lambda cellar: statement(cellar, "cn.income", "2015-05-05", fields=["n_income"]),
        lambda cellar: statement(cellar, "cn.income", "2015-05-05", ["000001.SZ"], ["n_income"]),
        delistings,
        audit_prices,
    ):
        memory, disk = (ask(cellar) for cellar in pair)
        assert memory.equals(disk)
        assert memory.height > 0
    assert audit_prices(pair[1])["check"].to_list() == ["band"]
    assert delistings(pair[1])["final_value"].to_list() == [0.83]


def test_a_pinned_state_does_not_learn(pair):
    _, disk = pair
    pinned = disk.pinned()
    before = is_st(pinned, GRID, COLUMNS).values
    more = MemoryCellar().put(
        "ref.names", [{"asset": "000001.SZ", "start": day("2014-06-02"), "name": "ST深"}]
    )
    disk.store.replace(
        dataset("ref.names"), more.tables["ref.names"], column="asset", values=["000001.SZ"],
        metadata={},
    )  # fmt: skip
    assert is_st(disk, GRID, COLUMNS).values[:, 0].any()
    np.testing.assert_array_equal(is_st(pinned, GRID, COLUMNS).values, before)


def test_rows_that_arrive_know_the_listing_days_on_disk(pair):
    memory, disk = pair
    rows = memory.tables["cn.bars_1d"]
    assert validate(disk, "cn.bars_1d", rows).notes == validate(memory, "cn.bars_1d", rows).notes
    assert "000001.SZ" in validate(disk, "cn.bars_1d", rows).notes[0]
