"""What changed between two answers, against a comparison of dictionaries."""

from __future__ import annotations

import json
from datetime import date, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.data.dataset import Dataset, DatasetColumn
from workbench.data.update.revisions import WHOLE_ROW, changes

SMALL = Dataset(
    name="user.small",
    title="",
    columns=(
        DatasetColumn("session", "day"),
        DatasetColumn("asset", "text"),
        DatasetColumn("price", "number"),
        DatasetColumn("word", "text"),
    ),
    key=("session", "asset"),
    axis="session",
)
keys = st.tuples(
    st.integers(0, 2).map(lambda step: date(2024, 1, 2) + timedelta(days=step)),
    st.sampled_from(["A", 'B"', "茅台"]),
)
prices = st.none() | st.just(float("nan")) | st.sampled_from([0.0, 1.5, -2.25, 1e-300])
values = st.tuples(prices, st.none() | st.sampled_from(["", "x", "中"]))
tables = st.dictionaries(keys, values, max_size=6)


def frame(table: dict) -> pl.DataFrame:
    rows = [(*key, *value) for key, value in table.items()]
    return pl.DataFrame(rows, schema=SMALL.schema(), orient="row")


def same(left: object, right: object) -> bool:
    return left == right or (left != left and right != right)


@settings(max_examples=120, deadline=None)
@given(tables, tables)
def test_changes_are_those_of_a_comparison_by_hand(old: dict, new: dict):
    found = changes(SMALL, frame(old), frame(new), appeared=pl.lit(True))
    by_hand = {(key, WHOLE_ROW) for key in old.keys() ^ new.keys()}
    for key in old.keys() & new.keys():
        for at, name in enumerate(("price", "word")):
            if not same(old[key][at], new[key][at]):
                by_hand.add((key, name))
    told = set()
    for row in found.iter_rows(named=True):
        key = json.loads(row["key"])
        told.add(((date.fromisoformat(key["session"]), key["asset"]), row["column"]))
        assert row["old"] != row["new"]
    assert told == by_hand
    assert found.height == len(by_hand)


def test_a_first_load_changes_nothing():
    assert changes(SMALL, SMALL.empty(), frame({(date(2024, 1, 2), "A"): (1.0, "x")})).is_empty()


def test_numbers_keep_every_digit():
    key = (date(2024, 1, 2), "A")
    old, new = 0.1 + 0.2, 0.3
    found = changes(SMALL, frame({key: (old, None)}), frame({key: (new, None)}))
    assert found.select("column", "old", "new").rows() == [("price", repr(old), repr(new))]
