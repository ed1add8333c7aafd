"""Spans of names, repaired."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.data.providers.tushare.small_vendor import SmallVendor, talk
from workbench.data.provider import Unit
from workbench.data.providers.tushare import PROVIDER
from workbench.errors import BadAnswerError

UNIT = Unit("ref.names", "600519.SH", None, date(2024, 1, 2), ("600519.SH",))


def row(name, start, end=None, ann=None, reason="改名"):
    said = {"ts_code": "600519.SH", "name": name, "start_date": start, "end_date": end}
    return said | {"ann_date": ann, "change_reason": reason}


def spans(*rows):
    vendor = SmallVendor({"namechange": list(rows)})
    frame = PROVIDER.decode(UNIT, talk(vendor, UNIT))
    return frame.select("name", "start", "end").rows()


def test_open_spans_end_before_the_next_name():
    assert spans(row("c", "20220101"), row("b", "20210101"), row("a", "20200101")) == [
        ("a", date(2020, 1, 1), date(2020, 12, 31)),
        ("b", date(2021, 1, 1), date(2021, 12, 31)),
        ("c", date(2022, 1, 1), None),
    ]


def test_overlaps_are_cut_and_holes_stay():
    assert spans(row("a", "20200101", "20210301"), row("b", "20210101", "20210201")) == [
        ("a", date(2020, 1, 1), date(2020, 12, 31)),
        ("b", date(2021, 1, 1), date(2021, 2, 1)),
    ]


def test_rows_that_agree_become_one():
    same = row("a", "20200101")
    assert len(spans(same, same, same | {"ann_date": "20191231"})) == 1
    assert spans(same, same | {"end_date": "20201231"})[0][2] == date(2020, 12, 31)


def test_two_names_of_one_day_both_stay():
    both = spans(row("a", "20200101"), row("b", "20200101"), row("c", "20210101"))
    assert [end for _, _, end in both] == [date(2020, 12, 31)] * 2 + [None]


def test_contradictions_are_refused():
    with pytest.raises(BadAnswerError, match="asset, start, name once"):
        spans(row("a", "20200101", "20201231"), row("a", "20200101", "20200601"))
    with pytest.raises(BadAnswerError, match="end after their start"):
        spans(row("a", "20200101", "20191231"))
    with pytest.raises(BadAnswerError, match="start in every row"):
        spans(row("a", None))


@given(
    st.lists(
        st.tuples(st.sampled_from("abcde"), st.dates(date(2000, 1, 1), date(2023, 1, 1))),
        unique_by=lambda pair: pair[1],
        max_size=12,
    )
)
def test_repaired_spans_never_overlap(pairs):
    found = spans(*(row(name, start.strftime("%Y%m%d")) for name, start in pairs))
    assert len(found) == len(pairs)
    found.sort(key=lambda span: span[1])
    for (_, _, end), (_, start, _) in pairwise(found):
        assert end is not None
        assert (start - end).days == 1
