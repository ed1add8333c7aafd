"""Risk warnings from the daily list and from names."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from tests.data.point_in_time.memory import MemoryCellar, day, days, weekdays
from workbench.data.point_in_time import is_st, st_intervals
from workbench.errors import BadValueError, NotCoveredError


def names(*rows):
    made = [
        {"asset": asset, "start": day(start), "end": end and day(end), "name": name}
        for asset, start, end, name in rows
    ]
    return MemoryCellar().put("ref.names", made)


def spans(cellar):
    found = st_intervals(cellar).select("asset", "start", "end", "kind")
    return [(asset, str(start), end and str(end), kind) for asset, start, end, kind in found.rows()]


def test_open_ends_overlaps_and_repeats():
    cellar = names(
        ("600001.SH", "2000-01-04", None, "ST一"),  # open, though another name follows
        ("600001.SH", "2000-01-04", None, "ST一"),  # twice
        ("600001.SH", "2001-05-08", None, "*ST一"),
        ("600001.SH", "2002-05-08", None, "一一"),
        ("600002.SH", "2003-01-06", "2004-01-05", "ST二"),  # a hole follows
        ("600002.SH", "2005-01-04", None, "二二"),
        ("600003.SH", "2003-01-06", "2006-01-05", "ST三"),  # ends after the next has begun
        ("600003.SH", "2005-01-04", None, "三三"),
        ("600004.SH", "2003-01-06", "2003-01-05", "ST四"),  # ends before it begins
    )
    assert spans(cellar) == [
        ("600001.SH", "2000-01-04", "2001-05-07", "st"),
        ("600001.SH", "2001-05-08", "2002-05-07", "st"),
        ("600002.SH", "2003-01-06", "2004-01-05", "st"),
        ("600003.SH", "2003-01-06", "2005-01-03", "st"),
    ]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("ST东方", "st"), ("*ST海润", "st"), ("SST华新", "st"), ("S*ST兰光", "st"),
        ("GST宏盛", "st"), ("G*ST金马", "st"), ("退市海润", "delisting"),
        ("长油退", "delisting"), ("S佳通", None), ("东方STAR", None), ("GQY视讯", None),
        ("G三一", None), ("平安银行", None), ("STAR科技", "st"),
    ],
)  # fmt: skip
def test_prefixes(name, kind):
    found = spans(names(("600001.SH", "2003-01-06", None, name)))
    assert [row[3] for row in found] == ([] if kind is None else [kind])


def test_names_serve_before_the_list_and_the_list_from_its_first_session():
    cellar = names(
        ("600001.SH", "2015-12-30", "2016-01-05", "ST一"),
        ("600002.SH", "2015-12-31", "2016-12-31", "*ST二"),
        ("600003.SH", "2016-01-01", "2016-12-31", "三三"),
    )
    listed = [
        {"session": day("2016-01-04"), "asset": "600001.SH"},
        {"session": day("2016-01-04"), "asset": "600003.SH"},
        {"session": day("2016-01-05"), "asset": "600003.SH"},
        {"session": day("2016-01-07"), "asset": "600003.SH"},
    ]
    cellar.put("cn.st_1d", listed)
    grid = weekdays("2015-12-29", "2016-01-07")
    values, notes = is_st(cellar, grid, ["600001.SH", "600002.SH", "600003.SH"])
    want = {
        "2015-12-29": [0, 0, 0],
        "2015-12-30": [1, 0, 0],
        "2015-12-31": [1, 1, 0],
        "2016-01-01": [1, 1, 0],
        "2016-01-04": [1, 0, 1],  # the list decides
        "2016-01-05": [0, 0, 1],
        "2016-01-06": [0, 1, 0],  # not in the list: the names again
        "2016-01-07": [0, 0, 1],
    }
    assert dict(zip(grid.astype(str), values.astype(int).tolist(), strict=True)) == want
    assert notes[0] == "risk warnings of 3 sessions from cn.st_1d"
    assert "5 sessions from names" in notes[1]
    assert "1 of them since 2016-01-04" in notes[1]


def test_the_delisting_period_is_no_st_unless_asked_for():
    cellar = names(("600087.SH", "2014-04-21", "2014-06-05", "长油退"))
    grid = days("2014-04-20", "2014-04-22")
    assert not is_st(cellar, grid, ["600087.SH"]).values.any()
    asked = is_st(cellar, grid, ["600087.SH"], delisting=True).values[:, 0]
    assert asked.tolist() == [False, True, True]


def test_codes_that_changed():
    cellar = names(("000022.SZ", "2015-01-05", "2015-01-06", "ST深"))
    span = {"security_id": "000022.SZ", "list_date": day("1993-05-05")}
    cellar.put(
        "ref.securities",
        [
            {**span, "asset": "000022.SZ", "valid_from": day("1993-05-05"),
             "valid_to": day("2018-12-25")},
            {**span, "asset": "001872.SZ", "valid_from": day("2018-12-26"), "valid_to": None},
        ],
    )  # fmt: skip
    grid = days("2015-01-05", "2015-01-07")
    assert is_st(cellar, grid, ["001872.SZ"]).values[:, 0].tolist() == [True, True, False]


def test_sources_that_are_missing_are_told():
    grid = weekdays("2015-12-31", "2016-01-05")
    with pytest.raises(NotCoveredError, match=r"cn\.st_1d"):
        is_st(MemoryCellar(), grid, ["600001.SH"])
    listed = [{"session": session.item(), "asset": "600001.SH"} for session in grid[2:]]
    values, notes = is_st(MemoryCellar().put("cn.st_1d", listed), grid, ["600001.SH"])
    assert values[:, 0].tolist() == [False, False, True, True]
    assert "2015-12-31 to 2016-01-01 are unknown and taken as none" in notes[1]
    with pytest.raises(BadValueError, match="came twice"):
        is_st(MemoryCellar().put("cn.st_1d", listed), grid, ["600001.SH", "600001.SH"])


def test_the_real_list_of_the_research_table(shared_data):
    """Names made of real warning days give the same days back."""
    file = shared_data / "cn_research_2015_2019.parquet"
    truth = pl.read_parquet(file, columns=["ts_code", "date", "is_st"]).sort("ts_code", "date")
    runs = truth.with_columns(
        pl.col("is_st").rle_id().over("ts_code").alias("run")
    ).group_by("ts_code", "run", maintain_order=True).agg(
        pl.col("date").first(), pl.col("is_st").first()
    )  # fmt: skip
    assert runs["is_st"].sum() > 3
    title = pl.when("is_st").then(pl.lit("*ST")).otherwise(pl.lit("")) + pl.lit("名")
    rows = runs.select(asset="ts_code", start="date", name=title)
    grid = truth["date"].unique().sort().to_numpy().astype("datetime64[D]")
    assets = truth["ts_code"].unique().sort().to_list()
    got = is_st(MemoryCellar().put("ref.names", rows), grid, assets).values
    wanted = truth.filter("is_st")
    line = np.searchsorted(grid, wanted["date"].to_numpy().astype("datetime64[D]"))
    column = np.searchsorted(np.array(assets), wanted["ts_code"].to_numpy().astype(str))
    assert got[line, column].all()
    calm = truth.filter(~pl.col("is_st"))
    line = np.searchsorted(grid, calm["date"].to_numpy().astype("datetime64[D]"))
    column = np.searchsorted(np.array(assets), calm["ts_code"].to_numpy().astype(str))
    assert not got[line, column].any()
