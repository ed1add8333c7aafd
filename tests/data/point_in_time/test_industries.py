"""Industries of shares on each session."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from tests.data.point_in_time.memory import MemoryCellar, day, days
from workbench.data.point_in_time import industries
from workbench.errors import BadValueError, NotCoveredError

BANK, LIQUOR = ("801780.SI", "银行"), ("801120.SI", "食品饮料")


def cellar(*rows, scheme="SW2021"):
    made = [
        {
            "scheme": scheme, "level1": one[0], "level1_name": one[1],
            "level2": one[0][:4] + "11.SI", "level2_name": one[1] + "II",
            "level3": one[0][:4] + "99.SI", "level3_name": None,
            "asset": asset, "start": start and day(start), "end": end and day(end),
        }
        for asset, one, start, end in rows
    ]  # fmt: skip
    return MemoryCellar().put("ind.members", made)


HAND = (
    ("600000.SH", BANK, "1999-11-10", None),
    ("600519.SH", BANK, "2001-08-27", "2022-01-05"),
    ("600519.SH", LIQUOR, "2022-01-06", None),
    ("000001.SZ", LIQUOR, None, "2022-01-04"),
)
ASSETS = ["600519.SH", "000002.SZ", "600000.SH", "000001.SZ"]


def test_spans_include_both_ends():
    found = industries(cellar(*HAND), "sw2021", 1, days("2022-01-04", "2022-01-07"), ASSETS)
    assert found.labels == ("801120.SI", "801780.SI")
    assert found.names == ("食品饮料", "银行")
    assert found.codes.dtype == np.int32
    assert found.codes.tolist() == [
        [1, -1, 1, 0], [1, -1, 1, -1], [0, -1, 1, -1], [0, -1, 1, -1],
    ]  # fmt: skip
    assert found.notes == ("1 of 4 assets have no group of SW2021",)


LEVELS = ((2, "801111.SI"), ("3", "801199.SI"), ("level1", "801120.SI"), ("l2", "801111.SI"))


@pytest.mark.parametrize(("level", "label"), LEVELS)
def test_levels(level, label):
    found = industries(cellar(*HAND), "SW2021", level, days("2022-01-07", "2022-01-07"), ASSETS)
    assert found.labels[0] == label
    assert found.names[0] in ("食品饮料", "食品饮料II", "801199.SI")


def test_where_spans_overlap_the_later_start_holds():
    rows = (HAND[2], ("600519.SH", BANK, "2001-08-27", None))
    for order in (rows, rows[::-1]):
        found = industries(cellar(*order), "SW2021", 1, days("2022-01-05", "2022-01-07"),
                           ["600519.SH"])  # fmt: skip
        assert [found.labels[code] for code in found.codes[:, 0]] == [
            "801780.SI", "801120.SI", "801120.SI",
        ]  # fmt: skip
        assert "2 cells lie in two groups" in found.notes[0]


def test_what_begins_later_changes_no_number_before():
    # The new group comes first by code and by name.
    later = ("600000.SH", "2022-01-06", None, "801001.SI")
    grid = days("2022-01-04", "2022-01-07")
    before = industries(numbered(), "SW2021", 1, grid, ["000001.SZ", "600000.SH"])
    after = industries(numbered(later), "SW2021", 1, grid, ["000001.SZ", "600000.SH"])
    np.testing.assert_array_equal(after.codes[:2], before.codes[:2])
    assert after.labels == (*before.labels, "801001.SI")
    assert after.codes[-1, 1] == len(before.labels)
    short = industries(numbered(later), "SW2021", 1, grid[:2], ["000001.SZ", "600000.SH"])
    assert short.labels == before.labels


def numbered(*more):
    spans = [("000001.SZ", "2020-01-02", None, "801780.SI"),
             ("600000.SH", "2020-01-02", "2022-01-05", "801010.SI"), *more]  # fmt: skip
    made = [
        {"scheme": "SW2021", "level1": group, "level1_name": group, "level2": group,
         "level2_name": group, "level3": group, "level3_name": group, "asset": asset,
         "start": day(start), "end": end and day(end)}
        for asset, start, end, group in spans
    ]  # fmt: skip
    frame = pl.DataFrame(made, schema_overrides={"end": pl.Date})
    return MemoryCellar().put("ind.members", frame)


def test_hindsight_is_told():
    found = industries(cellar(*HAND), "SW2021", 1, days("2021-07-28", "2021-07-31"), ASSETS)
    assert (
        "published on 2021-07-30: its groups on 2 earlier sessions are hindsight"
        in (found.notes[0])
    )


def test_what_cannot_be_answered():
    grid = days("2022-01-04", "2022-01-07")
    with pytest.raises(BadValueError, match="levels 1, 2 and 3"):
        industries(cellar(*HAND), "SW2021", 4, grid, ASSETS)
    with pytest.raises(NotCoveredError, match="'SW2014'"):
        industries(cellar(*HAND), "SW2014", 1, grid, ASSETS)
    with pytest.raises(NotCoveredError):
        industries(MemoryCellar(), "SW2021", 1, grid, ASSETS)
