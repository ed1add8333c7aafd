"""What changed between two answers, against a comparison of dictionaries."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.data.update.vendor_days import END, place
from workbench.data.dataset import Dataset, DatasetColumn
from workbench.data.update import commit_frame, revisions
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


def give(here, name: str, rows: pl.DataFrame):
    """What an import does: the rows of each session together with those stored before."""
    if here.cellar.has(name):
        held = here.rows(name).filter(pl.col("session").is_in(rows["session"].implode()))
        rows = pl.concat([held, rows])
    return commit_frame(here.cellar, name, rows, provider="files")


def test_share_by_share_nothing_is_revised(tmp_path: Path):
    with place(tmp_path) as here:
        for name in ("cn.bars_1d", "cn.suspend", "cn.st_1d"):
            truth = here.truth(name, date(2024, 1, 2), date(2024, 1, 12))
            for asset in truth["asset"].unique().sort()[:3]:
                report = give(here, name, truth.filter(pl.col("asset") == asset))
                assert report.revisions == 0, (name, asset)
            assert revisions(here.cellar).is_empty()
        report = here.update(["cn.bars_1d", "cn.suspend"], force=True)  # the vendor has the rest
        assert report.complete, str(report)
        assert revisions(here.cellar).is_empty()


def test_with_securities_known_a_share_more_is_an_addition_until_the_session_is_whole(
    tmp_path: Path,
):
    with place(tmp_path) as here:
        here.update(["cn.suspend", "ref.securities"])
        truth = here.truth("cn.bars_1d", END, END)
        give(here, "cn.bars_1d", truth[:1])
        assert give(here, "cn.bars_1d", truth[1:]).revisions == 0
        assert here.cellar.ledger.units("cn.bars_1d")["state"].to_list() == ["verified"]
        late = truth[:1].with_columns(asset=pl.lit("999999.SH"))
        assert give(here, "cn.bars_1d", late).revisions == 1
        (row,) = revisions(here.cellar).to_dicts()
        assert (row["column"], row["old"]) == (WHOLE_ROW, None)


def test_a_late_row_of_a_vendor_that_had_answered_is_a_revision(tmp_path: Path):
    with place(tmp_path) as here:
        come = datetime(2024, 2, 9, 12)
        here.world.withhold("daily", until=come, ts_code="600519.SH", trade_date="20240117")
        assert not here.update().complete
        here.vendor.clock = datetime(2024, 4, 1, 23)
        assert here.update(end=END).revisions == 1
