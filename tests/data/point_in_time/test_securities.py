"""Identities, codes and listing spans."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from tests.data.point_in_time.memory import MemoryCellar, day, days
from workbench.data.point_in_time import delistings, securities
from workbench.errors import BadValueError, NotCoveredError, UnknownAssetError

ROWS = (
    # security, code, from, to, listed, delisted
    ("000001.SZ", "000001.SZ", "1991-04-03", None, "1991-04-03", None),
    ("000022.SZ", "000022.SZ", "1993-05-05", "2018-12-25", "1993-05-05", None),
    ("000022.SZ", "001872.SZ", "2018-12-26", None, "1993-05-05", None),
    ("600018.SH", "600018.SH", "2000-07-19", "2006-10-19", "2000-07-19", "2006-10-20"),
    ("600018.SH@2", "600018.SH", "2006-10-26", None, "2006-10-26", None),
    ("600087.SH", "600087.SH", "1997-06-12", "2014-06-04", "1997-06-12", "2014-06-05"),
    ("688981.SH", "688981.SH", "2020-07-16", None, "2020-07-16", None),
    ("900901.SH", "900901.SH", "1992-02-21", None, "1992-02-21", None),
    ("301999.SZ", "301999.SZ", None, None, None, None),  # not yet listed
)


def cellar(rows=ROWS):
    names = ("security_id", "asset", "valid_from", "valid_to", "list_date", "delist_date")
    made = [
        {name: value if at < 2 or value is None else day(value)
         for at, (name, value) in enumerate(zip(names, row, strict=True))}
        for row in rows
    ]  # fmt: skip
    return MemoryCellar().put("ref.securities", made)


def test_who_held_a_code():
    known = securities(cellar())
    assert known.latest_code("000022.SZ") == "001872.SZ"
    assert known.latest_code("001872.SZ") == "001872.SZ"
    assert known.security_of("000022.SZ", "2018-12-25") == "000022.SZ"
    assert known.security_of("001872.SZ", "2018-12-26") == "000022.SZ"
    assert known.security_of("600018.SH", "2006-10-19") == "600018.SH"
    assert known.security_of("600018.SH", "2006-10-26") == "600018.SH@2"
    with pytest.raises(UnknownAssetError, match="2006-10-26"):
        known.security_of("600018.SH", "2006-10-22")
    with pytest.raises(UnknownAssetError, match="Nobody held"):
        known.security_of("000022.SZ", "2018-12-26")
    with pytest.raises(UnknownAssetError, match=r"Did you mean '600087\.SH'"):
        known.security_of("600078.SH", "2010-01-04")


def test_listed_spans_are_half_open():
    known = securities(cellar())
    ids = ["600087.SH", "001872.SZ", "600018.SH@2", "301999.SZ"]
    around = days("2014-06-03", "2014-06-06")
    assert known.listed(around, ids)[:, 0].tolist() == [True, True, False, False]
    assert known.listed(around, ids)[:, 1:].all(axis=0).tolist() == [True, True, False]
    change = days("2018-12-24", "2018-12-28")
    assert known.listed(change, ["000022.SZ"]).all()
    assert known.listed(days("1993-05-04", "1993-05-05"), ["000022.SZ"])[:, 0].tolist() == [
        False, True,
    ]  # fmt: skip
    with pytest.raises(UnknownAssetError):
        known.listed(change, ["999999.SH"])


@pytest.mark.parametrize(
    ("given", "asset"),
    [
        ("000001.SZ", "000001.SZ"),
        ("sz000001", "000001.SZ"),
        ("SZ.000001", "000001.SZ"),
        (" 000022.sz ", "000022.SZ"),
        ("600087", "600087.SH"),
        ("688981", "688981.SH"),
    ],
)
def test_codes_as_people_write_them(given, asset):
    assert securities(cellar()).normalise(given) == asset


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("000001", r"000001\.SZ \(share\), 000001\.SH \(index\)"),
        ("000001.SH", "is an index"),
        ("000300", r"000300\.SH \(index\)"),
        ("600088.SH", "600087.SH"),
        ("123", "no security"),
        ("", "no security"),
        ("000001.SZ; DROP", "no security"),
    ],
)
def test_codes_that_could_be_anything(given, message):
    with pytest.raises(UnknownAssetError, match=message):
        securities(cellar()).normalise(given)


def test_two_shares_of_one_number():
    rows = (*ROWS, ("600087.SZ", "600087.SZ", "2000-01-04", None, "2000-01-04", None))
    with pytest.raises(UnknownAssetError, match=r"SH \(share\), 600087\.SZ \(share\)"):
        securities(cellar(rows)).normalise("600087")


def test_boards():
    got = securities(cellar()).boards(["000001.SZ", "000022.SZ", "688981.SH", "900901.SH"])
    assert got.tolist() == ["main_sz", "main_sz", "star", ""]
    with pytest.raises(UnknownAssetError):
        securities(cellar()).boards(["999999.SH"])


def test_rows_find_the_security_that_held_their_code():
    frame = pl.DataFrame(
        {
            "asset": ["000022.SZ", "001872.SZ", "600018.SH", "600018.SH", "600018.SH", "000001.SZ"],
            "session": [day(text) for text in ("2018-01-02", "2019-01-02", "2001-01-02",
                                               "2006-10-22", "2010-01-04", "2010-01-04")],
            "value": range(6),
        }
    )  # fmt: skip
    names = ["600018.SH@2", "001872.SZ", "600018.SH"]
    placed = securities(cellar()).place(frame, names, "session").sort("value")
    assert placed.select("value", "column").rows() == [(0, 1), (1, 1), (2, 2), (3, 0), (4, 0)]
    with pytest.raises(BadValueError, match="one security"):
        securities(cellar()).place(frame, ["000022.SZ", "001872.SZ"], "session")


def test_delistings_and_the_last_price():
    bars = [
        {"session": day("2014-05-30"), "asset": "600087.SH", "close": 0.9},
        {"session": day("2014-06-04"), "asset": "600087.SH", "close": 0.83},
        {"session": day("2006-10-18"), "asset": "600018.SH", "close": 16.5},
        {"session": day("2014-06-04"), "asset": "600018.SH", "close": 5.5},
        {"session": day("2014-06-04"), "asset": "000001.SZ", "close": 9.5},
    ]
    got = delistings(cellar().put("cn.bars_1d", bars))
    assert got.rows() == [
        ("600018.SH", "600018.SH", day("2006-10-20"), day("2006-10-18"), 16.5),
        ("600087.SH", "600087.SH", day("2014-06-05"), day("2014-06-04"), 0.83),
    ]
    # A code whose end nobody noted ends with the listing; the day itself is no session of it.
    open_end = tuple((*row[:3], None, *row[4:]) for row in ROWS if row[0] == "600087.SH")
    late = [*bars, {"session": day("2014-06-05"), "asset": "600087.SH", "close": 0.1}]
    got = delistings(cellar(open_end).put("cn.bars_1d", late))
    assert got.select("last_session", "final_value").rows() == [(day("2014-06-04"), 0.83)]
    bare = delistings(cellar().put("cn.bars_1d", bars[3:]))
    assert bare["final_value"].to_list() == [None, None]


def test_no_securities():
    with pytest.raises(NotCoveredError):
        securities(MemoryCellar())
    with pytest.raises(BadValueError, match="'hk'"):
        securities(cellar(), "hk")


def test_american_tickers_keep_their_identity():
    def row(session, asset, figi, active=True, delisted=None):
        return {"session": day(session), "asset": asset, "active": active, "name": asset,
                "composite_figi": figi, "delisted": delisted and day(delisted)}  # fmt: skip

    tables = MemoryCellar().put(
        "us.tickers",
        [
            row("2022-06-01", "FB", "BBG000MM2P62"), row("2022-07-01", "META", "BBG000MM2P62"),
            row("2022-06-01", "OLD", "BBG000B9XRY4"),
            row("2022-07-01", "OLD", "BBG000B9XRY4", active=False, delisted="2022-06-15"),
        ],
    )  # fmt: skip
    known = securities(tables, "us")
    assert known.ids == ("BBG000B9XRY4", "BBG000MM2P62")
    assert known.latest_code("BBG000MM2P62") == "META"
    assert known.normalise("meta") == "META"
    assert known.boards(["BBG000MM2P62"]).tolist() == [""]
    assert known.delisted["security_id"].to_list() == ["BBG000B9XRY4"]
    listed = known.listed(
        np.array(["2022-06-15", "2022-06-16"], "datetime64[D]"), ["BBG000MM2P62", "BBG000B9XRY4"]
    )
    assert listed.tolist() == [[True, True], [True, False]]
