"""Who must have a row, against a slow count by hand."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.data.update.expectation import Roster, spans_of

FIRST = date(2024, 1, 1)
days = st.integers(0, 12).map(lambda step: FIRST + timedelta(days=step))
rows = st.tuples(st.sampled_from("ABC"), days, st.none() | days, days, st.none() | days)


def frame(found: list[tuple]) -> pl.DataFrame:
    names = ["asset", "valid_from", "valid_to", "list_date", "delist_date"]
    types = [pl.String(), pl.Date(), pl.Date(), pl.Date(), pl.Date()]
    return pl.DataFrame(found, schema=dict(zip(names, types, strict=True)), orient="row")


def roster(found: list[tuple], halts: dict[date, frozenset[str]] | None = None) -> Roster:
    spans = spans_of(frame(found))
    return Roster(
        spans["asset"].to_numpy().astype(object),
        spans["start"].to_numpy().astype("datetime64[D]"),
        spans["stop"].to_numpy().astype("datetime64[D]"),
        halts or {},
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(rows, max_size=6), days)
def test_listed_means_inside_both_spans(found: list[tuple], day: date):
    by_hand = {
        asset
        for asset, begin, end, listed, gone in found
        if begin <= day
        and listed <= day
        and (end is None or day <= end)
        and (gone is None or day < gone)
    }
    made = roster(found)
    assert set(made.listed(day)) == by_hand
    assert set(made.ever(day, day)) == by_hand


def test_the_listing_day_counts_and_the_delisting_day_does_not():
    made = roster([("A", date(2024, 1, 3), None, date(2024, 1, 3), date(2024, 1, 9))])
    assert [made.listed(date(2024, 1, day)) for day in (2, 3, 8, 9)] == [(), ("A",), ("A",), ()]
    assert made.ever(date(2024, 1, 1), date(2024, 1, 3)) == ("A",)


def test_a_changed_code_hands_over_without_overlap():
    change = date(2024, 1, 5)
    made = roster(
        [
            ("OLD", FIRST, change - timedelta(days=1), FIRST, None),
            ("NEW", change, None, FIRST, None),
        ]
    )
    assert made.listed(date(2024, 1, 4)) == ("OLD",)
    assert made.listed(change) == ("NEW",)


def test_whole_day_halts_are_not_expected():
    made = roster(
        [("A", FIRST, None, FIRST, None), ("B", FIRST, None, FIRST, None)],
        {date(2024, 1, 2): frozenset({"A"})},
    )
    assert made.expected(date(2024, 1, 2)) == {"B"}
    assert made.expected(date(2024, 1, 3)) == {"A", "B"}


def test_an_empty_roster_expects_nobody():
    made = Roster(np.array([], object), *(np.array([], "datetime64[D]") for _ in range(2)))
    assert made.listed(FIRST) == ()
    assert made.expected(FIRST) == frozenset()
