"""Identities that outlive codes."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from tests.data.providers.tushare.small_vendor import SmallVendor, talk
from workbench.data.catalog import catalog
from workbench.data.provider import Unit
from workbench.data.providers.tushare import PROVIDER
from workbench.data.providers.tushare.securities import board_of, code_changes
from workbench.errors import BadAnswerError

UNIT = Unit("ref.securities", "all")


def listed(code, day, status="L", **more):
    return {"ts_code": code, "list_date": day, "list_status": status, "market": "主板"} | more


def found(*rows, pairs=()):
    tables = {
        "stock_basic": list(rows),
        "bse_mapping": [
            {"name": "x", "o_code": old, "n_code": new, "list_date": day} for old, new, day in pairs
        ],
    }
    vendor = SmallVendor(tables, renamed={"list_status": "list_status"})
    return PROVIDER.decode(UNIT, talk(vendor, UNIT))


def spans(frame):
    return frame.select("security_id", "asset", "valid_from", "valid_to").rows()


def test_listed_delisted_paused_and_waiting():
    frame = found(
        listed("600519.SH", "20010827", exchange="SSE", name="贵州茅台"),
        listed("600087.SH", "19970612", "D", delist_date="20140605"),
        listed("600018.SH", "20061026"),
        listed("T00018.SH", "20000719", "D", delist_date="20061020"),
        listed("000003.SZ", "19910102", "P"),
        listed("688001.SH", None, "G", market=None),
        listed("688002.SH", "20991231", "G", market=None),
    )
    assert dict(frame.schema) == catalog()["ref.securities"].schema()
    assert spans(frame) == [
        ("000003.SZ", "000003.SZ", date(1991, 1, 2), None),
        ("600018.SH", "600018.SH", date(2006, 10, 26), None),
        ("600087.SH", "600087.SH", date(1997, 6, 12), date(2014, 6, 4)),
        ("600519.SH", "600519.SH", date(2001, 8, 27), None),
        ("688002.SH", "688002.SH", date(2099, 12, 31), None),
        ("T00018.SH", "T00018.SH", date(2000, 7, 19), date(2006, 10, 19)),
    ]
    assert frame["board"].to_list() == ["main"] * 4 + ["star", "main"]
    assert frame["exchange"].to_list() == ["SZSE", *["SSE"] * 5]


OLD, NEW = "000022.SZ", "001872.SZ"
TWO = [
    (OLD, OLD, date(1993, 5, 5), date(2018, 12, 25)),
    (OLD, NEW, date(2018, 12, 26), None),
]


@pytest.mark.parametrize(
    "rows",
    [
        [listed(NEW, "19930505")],
        [listed(OLD, "19930505", "D", delist_date="20181226"), listed(NEW, "19930505")],
        [listed(OLD, "19930505")],
        [listed(OLD, "19930505"), listed(NEW, "20181226")],
    ],
)
def test_a_code_that_changed_under_either_code_or_both(rows):
    frame = found(*rows)
    assert spans(frame) == TWO
    assert frame["list_date"].to_list() == [date(1993, 5, 5)] * 2
    assert frame["status"].to_list() == ["L"] * 2
    assert frame["delist_date"].to_list() == [None] * 2


def test_names_of_both_codes_are_kept():
    frame = found(listed(OLD, "19930505", name="深赤湾A"), listed(NEW, "19930505", name="招商港口"))
    assert frame["name"].to_list() == ["深赤湾A", "招商港口"]


def test_a_changed_code_that_was_delisted_later():
    frame = found(listed("601360.SH", "20120116", "D", delist_date="20300105"))
    assert spans(frame) == [
        ("601313.SH", "601313.SH", date(2012, 1, 16), date(2018, 2, 27)),
        ("601313.SH", "601360.SH", date(2018, 2, 28), date(2030, 1, 4)),
    ]


def test_beijing_changed_on_one_day_and_pilots_before():
    frame = found(
        listed("920799.BJ", "20200727", market="北交所"),
        listed("920001.BJ", "20240601", market="北交所"),
        listed("920017.BJ", "20220101", market="北交所"),
        listed("832317.BJ", "20200727", "D", delist_date="20220426"),
        pairs=[
            ("830799.BJ", "920799.BJ", "20200727"),
            ("430017.BJ", "920017.BJ", "20220101"),
            ("832317.BJ", "920317.BJ", "20200727"),
        ],
    )
    assert spans(frame) == [
        ("430017.BJ", "430017.BJ", date(2022, 1, 1), date(2025, 10, 8)),
        ("430017.BJ", "920017.BJ", date(2025, 10, 9), None),
        ("830799.BJ", "830799.BJ", date(2020, 7, 27), date(2025, 5, 5)),
        ("830799.BJ", "920799.BJ", date(2025, 5, 6), None),
        ("832317.BJ", "832317.BJ", date(2020, 7, 27), date(2022, 4, 25)),
        ("920001.BJ", "920001.BJ", date(2024, 6, 1), None),
    ]


def test_pairs_that_say_nothing_or_too_much():
    assert code_changes([("430017.BJ", "430017.BJ", None), (None, "920017.BJ", None)]) == (
        code_changes()
    )
    # Listed after the day of the change: it never had another code.
    assert code_changes([("430017.BJ", "920017.BJ", date(2026, 1, 5))]) == code_changes()
    with pytest.raises(BadAnswerError, match="each code to change once"):
        code_changes([("430017.BJ", "920017.BJ", None), ("430018.BJ", "920017.BJ", None)])
    with pytest.raises(BadAnswerError, match="each code to change once"):
        code_changes([("430017", "920017.BJ", None)])


def test_known_changes_are_dated():
    known = {(change.old, change.new): change.on for change in code_changes()}
    assert known["000022.SZ", "001872.SZ"] == date(2018, 12, 26)
    assert known["601313.SH", "601360.SH"] == date(2018, 2, 28)
    assert known["000043.SZ", "001914.SZ"] == date(2019, 12, 16)
    assert known["300114.SZ", "302132.SZ"] == date(2025, 2, 17)
    assert all(change.listed < change.on for change in code_changes())


def test_impossible_tables_are_refused():
    with pytest.raises(BadAnswerError, match=r"each code once, got 600519\.SH"):
        found(listed("600519.SH", "20010827"), listed("600519.SH", "20010827", "P"))
    with pytest.raises(BadAnswerError, match=r"a listing day, got none for 600519\.SH"):
        found(listed("600519.SH", None))
    with pytest.raises(BadAnswerError, match="codes such as"):
        found(listed("600519.XX", "20010827"))
    with pytest.raises(BadAnswerError, match="listed before its code changed"):
        found(listed(OLD, "20200101"), listed(NEW, "20200101"))


def test_a_market_without_its_dead_is_refused():
    alive = [listed(f"{n:06d}.SZ", "20100104") for n in range(100, 200)]
    with pytest.raises(BadAnswerError, match=r"list_status=D.*expected rows, got none"):
        found(*alive)
    dead = listed("600087.SH", "19970612", "D", delist_date="20140605")
    assert found(*alive, dead).height == 101
    with pytest.raises(BadAnswerError, match="expected rows, got none"):
        found()


def test_a_frame_of_the_sdk():
    frame = pl.DataFrame({"ts_code": ["601360.SH"], "name": ["三六零"], "list_date": ["20120116"]})
    assert len(spans(PROVIDER.from_frame(catalog()["ref.securities"], frame))) == 2


@pytest.mark.parametrize(
    ("code", "board"),
    [
        ("600519.SH", "main"),
        ("688981.SH", "star"),
        ("689009.SH", "cdr"),
        ("300750.SZ", "chinext"),
        ("302132.SZ", "chinext"),
        ("000001.SZ", "main"),
        ("430017.BJ", "bse"),
    ],
)
def test_board_of_a_code(code, board):
    assert board_of(None, code) == board
