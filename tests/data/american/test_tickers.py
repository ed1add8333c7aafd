"""Tickers and companies: renames join, reuse never does, every day has one holder."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.data.standins.massive import Quirks, World
from tests.data.standins.massive.answers import answer
from workbench.data.american.tickers import SPAN_COLUMNS, identify, part_renames, ticker_spans
from workbench.data.catalog import dataset
from workbench.data.providers.massive import PROVIDER
from workbench.errors import BadValueError, NotCoveredError, SchemaError

LISTS = [date(2024, month, 1) for month in range(1, 8)]
COLUMNS = {
    "session": pl.Date, "asset": pl.String, "active": pl.Boolean, "composite_figi": pl.String,
    "share_class_figi": pl.String, "cik": pl.String, "name": pl.String, "delisted": pl.Date,
}  # fmt: skip


def lists(*rows):
    """Rows as (month, ticker, composite, share class, cik), or with a last day: delisted."""
    made = [
        (LISTS[month - 1], ticker, not gone, figi, share, cik, None, gone[0] if gone else None)
        for month, ticker, figi, share, cik, *gone in rows
    ]
    return pl.DataFrame(made, COLUMNS, orient="row")


def shown(*rows):
    spans = ticker_spans(lists(*rows))
    return {
        (row["asset"], str(row["valid_from"]), str(row["valid_to"])): row["security_id"]
        for row in spans.rows(named=True)
    }


def test_a_rename_is_one_security():
    found = shown(
        (1, "FB", "F1", None, None), (2, "FB", "F1", None, None), (3, "META", "F1", None, None)
    )
    assert found == {
        ("FB", "2024-01-01", "2024-02-29"): "F1",
        ("META", "2024-02-02", "None"): "F1",
    }


def test_a_rename_by_share_class_alone():
    found = shown((1, "A", None, "S1", None), (2, "B", "F1", "S1", None))
    assert set(found.values()) == {"F1"}


def test_reuse_is_two_securities_cut_at_the_last_day():
    found = shown(
        (1, "X", "F1", None, None), (2, "X", "F1", None, None, date(2024, 1, 20)),
        (2, "X", "F2", None, None), (3, "X", "F2", None, None),
    )  # fmt: skip
    assert found == {
        ("X", "2024-01-01", "2024-01-20"): "F1",
        ("X", "2024-01-21", "None"): "F2",
    }


def test_reuse_without_a_last_day_is_cut_at_the_list():
    found = shown((1, "X", "F1", None, None), (2, "X", "F2", None, None))
    assert found == {("X", "2024-01-01", "2024-01-31"): "F1", ("X", "2024-02-01", "None"): "F2"}


def test_reuse_without_any_identifier_is_cut_by_the_last_day():
    blank = (None, None, None)
    found = shown((1, "X", *blank), (2, "X", *blank, date(2024, 1, 20)), (2, "X", *blank))
    assert found == {
        ("X", "2024-01-01", "2024-01-20"): "X@2024-01-01",
        ("X", "2024-01-21", "None"): "X@2024-01-21",
    }


def test_another_cik_is_another_company():
    found = shown((1, "X", None, None, "1"), (2, "X", None, None, "2"), (3, "X", "F2", None, "2"))
    assert found == {
        ("X", "2024-01-01", "2024-01-31"): "X@2024-01-01",
        ("X", "2024-02-01", "None"): "F2",
    }


def test_old_blanks_contradict_nothing():
    found = shown(
        (1, "X", None, None, None), (2, "X", "F1", None, None), (3, "X", None, None, None)
    )
    assert found == {("X", "2024-01-01", "None"): "F1"}


def test_a_pause_is_two_spans_of_one_security():
    found = shown(
        (1, "X", "F1", None, None), (2, "Y", "F9", None, None), (3, "X", "F1", None, None)
    )
    assert found == {
        ("X", "2024-01-01", "2024-01-31"): "F1",
        ("X", "2024-02-02", "None"): "F1",
        ("Y", "2024-01-02", "2024-02-29"): "F9",
    }


def test_without_identifiers_nothing_is_joined():
    found = shown(
        (1, "X", None, None, None), (2, "Z", "F9", None, None), (3, "X", None, None, None)
    )
    assert len({found[key] for key in found if key[0] == "X"}) == 2


def test_two_tickers_at_once_are_two_securities():
    found = shown(
        (1, "X", "F1", "S1", None), (1, "XW", "F1", "S1", None), (2, "X", "F1", "S1", None),
        (1, "P", "F5", "S5", None), (1, "Q", "F6", "S5", None),
    )  # fmt: skip
    named = {key[0]: name for key, name in found.items()}
    assert named == {"X": "F1:X", "XW": "F1:XW", "P": "F5", "Q": "F6"}


def test_who_left_has_a_day_of_leaving():
    spans = ticker_spans(
        lists(
            (1, "A", "F1", None, None), (2, "B", "F1", None, None),
            (3, "B", "F1", None, None, date(2024, 2, 9)), (1, "C", "F3", None, None),
            (2, "C", "F3", None, None), (3, "C", "F3", None, None),
        )
    )  # fmt: skip
    assert dict(spans.schema) == dict(SPAN_COLUMNS)
    assert spans.select("asset", "delist_date").rows() == [
        ("A", None), ("B", date(2024, 2, 10)), ("C", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("bars", "cut"),
    [
        ([("FB", 9), ("META", 12)], 10),
        ([("FB", 9), ("META", 8), ("META", 12)], 10),  # both traded: the old one to its end
        ([("META", 12)], 12),
        ([], 32),
        ([("X", 5)], 32),
    ],
)
def test_the_bars_tell_the_day_of_a_rename(bars, cut):
    january = date(2023, 12, 31)
    spans = ticker_spans(
        lists(
            (1, "FB", "F1", None, None), (2, "META", "F1", None, None),
            (4, "FB", "F1", None, None), (1, "X", "F2", None, None), (4, "X", "F2", None, None),
        )
    )  # fmt: skip
    days = [(name, january + timedelta(number)) for name, number in bars]
    traded = pl.DataFrame(days, {"asset": pl.String, "session": pl.Date}, orient="row")
    parted = part_renames(spans, traded)
    day = january + timedelta(cut)
    assert parted.columns == spans.columns
    held = parted.filter(security_id="F1").select("asset", "valid_from", "valid_to", "list_date")
    assert held.rows() == [
        ("FB", LISTS[0], day - timedelta(1), LISTS[0]),
        ("META", day, date(2024, 3, 31), day),
        ("FB", date(2024, 4, 1), None, date(2024, 4, 1)),
    ]
    assert parted.filter(security_id="F2").equals(spans.filter(security_id="F2"))


def test_missing_columns_and_words():
    with pytest.raises(SchemaError, match="lack delisted"):
        ticker_spans(lists().drop("delisted"))
    spans = ticker_spans(lists((1, "A", "F1", None, None)))
    frame = pl.DataFrame({"session": [date(2023, 12, 29), date(2024, 1, 2)], "asset": ["A", "A"]})
    with pytest.raises(NotCoveredError, match=r"1 rows have a ticker .* A on 2023-12-29"):
        identify(frame, spans)
    assert identify(frame, spans, unknown="null")["security_id"].to_list() == [None, "F1"]
    with pytest.raises(BadValueError, match="raise or null"):
        identify(frame, spans, unknown="guess")
    with pytest.raises(BadValueError, match="on one day"):
        identify(frame, pl.concat([spans, spans]))


def test_no_lists_no_spans():
    assert ticker_spans(lists()).rows() == []


def test_every_bar_of_the_synthetic_market_finds_its_company():
    world = World()
    days = [date(2023, 11, 1), date(2023, 12, 1), date(2024, 1, 2), date(2024, 2, 1)]
    frames = []
    for when in days:
        for flag in ("true", "false"):
            asked = {"date": str(when), "active": flag}
            _, rows, _ = answer(world, Quirks(), "/v3/reference/tickers", asked, when)
            if rows:
                listed = pl.DataFrame(rows, infer_schema_length=None).with_columns(
                    date=pl.lit(when)
                )
                frames.append(PROVIDER.from_frame(dataset("us.tickers"), listed))
    spans = ticker_spans(pl.concat(frames))
    bars = [(when, ticker, one.figi, one.name) for (when, ticker), (one, _) in world.bars.items()]
    frame = pl.DataFrame(bars, ["session", "asset", "figi", "company"], orient="row")
    found = identify(frame, spans)
    assert found.height == len(bars)
    assert found["session"].to_list() == frame["session"].to_list()
    named = found.filter(pl.col("figi") != "")
    assert named.filter(pl.col("figi") != pl.col("security_id")).height == 0
    assert found.group_by("company").agg(pl.col("security_id").n_unique()).filter(
        pl.col("security_id") != 1
    ).height == 0  # fmt: skip
    assert found["security_id"].n_unique() == len(world.companies)
    assert set(found.filter(company="Renamed Platforms")["asset"]) == {"OLDN", "NEWN"}


@st.composite
def histories(draw, most=2):
    """Companies as (number, has a FIGI, [(ticker, first, last)]); a ticker has one holder a day."""
    free = dict.fromkeys("XYZ", date(2023, 12, 1))
    companies = []
    for number in range(draw(st.integers(1, 7))):
        stays, begin = [], None
        for _ in range(draw(st.integers(1, most))):
            ticker = draw(st.sampled_from(sorted(free)))
            start = max(free[ticker], begin or date.min) + timedelta(draw(st.integers(1, 50)))
            if start > LISTS[-1]:
                break
            last = start + timedelta(draw(st.integers(0, 90)))
            stays.append((ticker, start, last))
            free[ticker] = begin = last
        if stays:
            companies.append((number, draw(st.booleans()), stays))
    return companies


@settings(max_examples=100, deadline=None)
@given(histories())
def test_whatever_companies_do(companies):
    rows, truth = [], []
    for number, figi, stays in companies:
        marks = (f"F{number}" if figi else None, None, f"{number:04d}")
        for month, when in enumerate(LISTS, start=1):
            for ticker, first, last in stays:
                if first <= when <= last:
                    rows.append((month, ticker, *marks))
                    truth.append((number, figi, when, ticker))
            ticker, _, last = stays[-1]
            if last < when:
                rows.append((month, ticker, *marks, last))
    rows += [(month, "FULL", "FF", None, "full") for month in range(1, len(LISTS) + 1)]
    spans = ticker_spans(lists(*rows))
    for group in spans.partition_by("asset"):
        for earlier, later in pairwise(group.sort("valid_from").rows(named=True)):
            assert earlier["valid_to"] is not None
            assert earlier["valid_to"] < later["valid_from"]
    assert (spans["valid_to"].fill_null(date.max) >= spans["valid_from"]).all()
    parted = part_renames(spans, pl.DataFrame(schema={"asset": pl.String, "session": pl.Date}))
    assert (parted["valid_to"].fill_null(date.max) >= parted["valid_from"]).all()
    for group in parted.partition_by("security_id"):
        for earlier, later in pairwise(group.rows(named=True)):
            assert earlier["valid_to"] < later["valid_from"]
    # No security has two companies: the CIK is never blank here.
    assert (
        spans.group_by("security_id").agg(pl.col("cik").n_unique())["cik"].to_list().count(1)
        == spans["security_id"].n_unique()
    )
    asked = pl.DataFrame(
        truth, ["number", "figi", "session", "asset"], orient="row"
    ) if truth else None  # fmt: skip
    if asked is not None:
        found = identify(asked, spans)
        for number, figi, _, _, owner in found.rows():
            assert spans.filter(security_id=owner)["cik"].unique().to_list() == [f"{number:04d}"]
            assert not figi or owner == f"F{number}"
    ends = {(stays[-1][0], stays[-1][2]) for _, _, stays in companies if stays[-1][2] < LISTS[-1]}
    told = {(row["asset"], row["valid_to"]) for row in spans.rows(named=True)}
    seen = {(stays[-1][0], stays[-1][2]) for _, _, stays in companies if stays[-1][2] > LISTS[0]}
    assert ends & seen <= told


@settings(max_examples=100, deadline=None)
@given(histories(most=1), st.randoms(use_true_random=False))
def test_told_ends_part_even_companies_without_marks(companies, random):
    rows, truth = [(month, "FULL", "FF", None, None) for month in range(1, len(LISTS) + 1)], []
    for number, figi, ((ticker, first, last),) in companies:
        for month, when in enumerate(LISTS, start=1):
            marks = (f"F{number}" if figi and random.random() < 0.7 else None, None, None)
            if first <= when <= last:
                rows.append((month, ticker, *marks))
                truth.append((number, when, ticker))
            elif last < when:
                rows.append((month, ticker, *marks, last))
    # One row a list, ticker and flag: of several that left under a ticker the last is told.
    last_told = {(row[0], row[1], len(row)): row for row in rows}
    spans = ticker_spans(lists(*last_told.values()))
    if truth:
        asked = pl.DataFrame(truth, ["number", "session", "asset"], orient="row")
        owners = identify(asked, spans).group_by("security_id").agg(pl.col("number").n_unique())
        assert set(owners["number"]) == {1}
