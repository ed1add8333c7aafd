"""Answers that cannot be true never become rows; whatever comes, the contract holds."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.data.providers.massive.drive import drive, scripted
from workbench.data.catalog import dataset
from workbench.data.provider import Outcome, Pages, Request, Response, Unit
from workbench.data.providers.massive import PROVIDER
from workbench.data.providers.massive.fields import TICKER
from workbench.errors import BadAnswerError, SchemaError

DAY = date(2024, 1, 3)
CLOSE = int(datetime(2024, 1, 3, 21, tzinfo=UTC).timestamp() * 1000)
BARS = Unit("us.bars_1d", "2024-01-03", DAY, DAY)
SPLITS = Unit("us.splits", "2024", date(2024, 1, 1), date(2024, 12, 31))
DIVIDENDS = Unit("us.dividends", "2024", date(2024, 1, 1), date(2024, 12, 31))
TICKERS = Unit("us.tickers", "2024-01", date(2024, 1, 1), date(2024, 1, 31))
MINUTES = Unit("us.bars_1m", "A/2024-01", date(2024, 1, 1), date(2024, 1, 31))
BAR = {"T": "A", "o": 10, "h": 12.5, "l": 9, "c": 11, "v": 100, "vw": 10.5, "n": 3, "t": CLOSE}
SPLIT = {"ticker": "A", "execution_date": "2024-05-01", "split_from": 1, "split_to": 2, "id": "P1"}
PAID = {"ticker": "A", "ex_dividend_date": "2024-05-01", "cash_amount": 1, "id": "E1"}
LISTED = {"ticker": "A", "active": True, "market": "stocks"}


def page(unit, rows, **more):
    body = {"status": "OK", "results": rows, **more}
    if unit.dataset.startswith("us.bars"):
        body = {"adjusted": False, "resultsCount": len(rows), **body}
    if unit.dataset == "us.bars_1m":
        body = {"ticker": "A", **body}
    return json.dumps(body).encode()


def decoded(unit, *bodies):
    answers = tuple(
        (Request("x", "GET", "/x", {"active": "true"}), Response(200, {}, body)) for body in bodies
    )
    return PROVIDER.decode(unit, Pages(unit, answers))


def test_a_good_bar_comes_through_exactly():
    frame = decoded(BARS, page(BARS, [{**BAR, "T": "B", "v": 1.5}, BAR]))
    assert frame.schema == pl.Schema(dataset("us.bars_1d").schema())
    assert frame.rows() == [
        (DAY, "A", 10.0, 12.5, 9.0, 11.0, 100.0, 10.5, 3, False),
        (DAY, "B", 10.0, 12.5, 9.0, 11.0, 1.5, 10.5, 3, False),
    ]


def test_a_vwap_outside_the_bar_is_kept():
    # High and low leave out odd lots and late prints, the average does not.
    assert decoded(BARS, page(BARS, [{**BAR, "vw": 13.0}]))["vwap"].to_list() == [13.0]


def test_a_first_page_of_whole_numbers_does_not_make_the_column_whole():
    rows = [{**BAR, "T": f"A{n}", "c": 11} for n in range(300)] + [{**BAR, "T": "Z", "c": 11.5}]
    frame = decoded(BARS, page(BARS, rows))
    assert frame["close"].to_list()[-1] == 11.5


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"c": 0}, "above zero"),
        ({"c": -1}, "above zero"),
        ({"h": 8.9}, "high >= low"),
        ({"v": -1}, "zero or more"),
        ({"c": "11"}, "expected a number"),
        ({"c": True}, "expected a number"),
        ({"c": None}, "in every row"),
        ({"c": [1]}, "expected a number"),
        ({"n": 1.5}, "whole number"),
        ({"T": "A\u0000B"}, "expected a ticker"),
        ({"T": " A"}, "expected a ticker"),
        ({"T": "A" * 40}, "expected a ticker"),
        ({"T": "<b>"}, "expected a ticker"),
        ({"T": "../../x"}, "expected a ticker"),
        ({"T": 5}, "expected text"),
        ({"T": None}, "in every row"),
        ({"t": CLOSE + 86_400_000}, "2024-01-04"),
        ({"t": CLOSE * 1000}, "milliseconds since 1970"),
        ({"t": CLOSE / 7}, "whole number"),
        ({"t": None}, "in every row"),
        ({"otc": "yes"}, "true or false"),
        ({"T": "B"}, "share"),
    ],
)
def test_bad_bars_are_refused(change, reason):
    body = page(BARS, [{**BAR, **change}, {**BAR, "T": "B"}])
    with pytest.raises(BadAnswerError, match=reason):
        decoded(BARS, body)


def test_numbers_beyond_a_float_are_refused():
    body = page(BARS, [BAR]).replace(b'"c": 11', b'"c": 1e999')
    with pytest.raises(BadAnswerError, match="finite"):
        decoded(BARS, body)
    body = page(BARS, [BAR]).replace(b'"c": 11', b'"c": 1' + b"0" * 400)
    with pytest.raises(BadAnswerError, match="close"):
        decoded(BARS, body)


@pytest.mark.parametrize(
    ("unit", "more", "reason"),
    [
        (BARS, {"adjusted": True}, "unadjusted"),
        (BARS, {"adjusted": None}, "unadjusted"),
        (BARS, {"adjusted": "false"}, "unadjusted"),
        (BARS, {"resultsCount": 2}, "resultsCount = 1"),
        (BARS, {"resultsCount": "1"}, "resultsCount = 1"),
        (BARS, {"results": None}, "expected results"),
        (BARS, {"results": {"a": 1}}, "list of objects"),
        (BARS, {"results": [1]}, "list of objects"),
        (MINUTES, {"ticker": "B"}, "expected bars of A"),
    ],
)
def test_bad_pages_are_refused(unit, more, reason):
    with pytest.raises(BadAnswerError, match=reason):
        decoded(unit, page(unit, [BAR], **more))
    with pytest.raises(BadAnswerError, match=reason):
        drive(unit, scripted([page(unit, [BAR], **more)]))


def test_nothing_is_nothing_only_where_the_vendor_counts_none():
    head = {"status": "OK", "adjusted": False}
    none = json.dumps({**head, "queryCount": 0, "resultsCount": 0}).encode()
    assert decoded(BARS, none).rows() == []
    assert decoded(BARS, none).schema == pl.Schema(dataset("us.bars_1d").schema())
    for more in ({}, {"resultsCount": 1}, {"resultsCount": 0, "next_url": "http://x/?cursor=a"}):
        with pytest.raises(BadAnswerError, match="expected results"):
            decoded(BARS, json.dumps({**head, **more}).encode())


@pytest.mark.parametrize(
    ("unit", "row", "change", "reason"),
    [
        (SPLITS, SPLIT, {"split_to": 0}, "above zero"),
        (SPLITS, SPLIT, {"execution_date": "2023-05-01"}, "2024-01-01 to 2024-12-31"),
        (SPLITS, SPLIT, {"execution_date": "05/01/2024"}, "expected a day"),
        (SPLITS, SPLIT, {"execution_date": "2024-02-30"}, "session"),
        (SPLITS, SPLIT, {"ticker": "A B "}, "expected a ticker"),
        (DIVIDENDS, PAID, {"cash_amount": -1}, "zero or more"),
        (DIVIDENDS, PAID, {"cash_amount": None}, "in every row"),
        (DIVIDENDS, PAID, {"pay_date": "soon"}, "expected a day"),
        (DIVIDENDS, PAID, {"currency": 5}, "expected text"),
        (DIVIDENDS, PAID, {"distribution_type": "\ud800"}, "half a character"),
        (DIVIDENDS, PAID, {"distribution_type": "x" * 2000}, "at most"),
        (TICKERS, LISTED, {"active": False}, "active = true"),
        (TICKERS, LISTED, {"market": "crypto"}, "expected stocks"),
        (TICKERS, LISTED, {"delisted_utc": "2024-01-05T00:00:00"}, "expected a zone"),
    ],
)
def test_bad_reference_rows_are_refused(unit, row, change, reason):
    assert decoded(unit, page(unit, [row])).height == 1
    with pytest.raises(BadAnswerError, match=reason):
        decoded(unit, page(unit, [{**row, **change}]))


@pytest.mark.parametrize(("unit", "row"), [(DIVIDENDS, PAID), (TICKERS, LISTED), (BARS, BAR)])
def test_keys_are_unique(unit, row):
    with pytest.raises(BadAnswerError, match="once"):
        decoded(unit, page(unit, [row, row]))


def test_a_split_told_twice_is_one_split():
    again = {**SPLIT, "id": "P0", "historical_adjustment_factor": 0.25}
    frame = decoded(SPLITS, page(SPLITS, [SPLIT, again]))
    assert frame["vendor_id"].to_list() == ["P0"]
    with pytest.raises(BadAnswerError, match="share"):
        decoded(SPLITS, page(SPLITS, [SPLIT, {**again, "split_to": 3}]))
    with pytest.raises(BadAnswerError, match="id once"):
        decoded(SPLITS, page(SPLITS, [SPLIT, {**SPLIT, "split_to": 3}]))


def test_two_dividends_on_a_day_are_two():
    special = {**PAID, "id": "E2", "distribution_type": "special"}
    assert decoded(DIVIDENDS, page(DIVIDENDS, [PAID, special])).height == 2
    old = [{key: row[key] for key in row if key != "id"} for row in (PAID, special)]
    first, second = decoded(DIVIDENDS, page(DIVIDENDS, old))["vendor_id"].to_list()
    assert first != second
    assert first.startswith("v3-")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2023-12-14", date(2023, 12, 14)),
        ("2023-12-14T00:00:00Z", date(2023, 12, 14)),
        ("2023-12-14T05:00:00Z", date(2023, 12, 14)),
        ("2023-06-14T04:00:00Z", date(2023, 6, 14)),
        ("2023-06-14T03:59:59Z", date(2023, 6, 13)),
        ("2023-12-14T00:00:00-05:00", date(2023, 12, 14)),
    ],
)
def test_the_last_day_is_a_day_in_new_york(text, day):
    gone = {**LISTED, "active": False, "delisted_utc": text}
    request = Request("tickers", "GET", "/x", {"active": "false"})
    answer = (request, Response(200, {}, page(TICKERS, [gone])))
    assert PROVIDER.decode(TICKERS, Pages(TICKERS, (answer,)))["delisted"].to_list() == [day]


def test_minutes_start_on_minutes_and_stay_in_the_month():
    row = {key: BAR[key] for key in BAR if key != "T"}
    at = int(datetime(2024, 1, 31, 23, 59, tzinfo=UTC).timestamp() * 1000)
    frame = decoded(MINUTES, page(MINUTES, [{**row, "t": at}]))
    assert frame["time"].to_list() == [datetime(2024, 1, 31, 23, 59, tzinfo=UTC)]
    assert frame["asset"].to_list() == ["A"]
    with pytest.raises(BadAnswerError, match="whole minutes"):
        decoded(MINUTES, page(MINUTES, [{**row, "t": at + 1}]))
    new_month = int(datetime(2024, 2, 1, 5, tzinfo=UTC).timestamp() * 1000)
    with pytest.raises(BadAnswerError, match="2024-02-01"):
        decoded(MINUTES, page(MINUTES, [{**row, "t": new_month}]))


def test_flat_files_are_the_same_bars():
    flat = pl.DataFrame(
        {
            "ticker": ["A"], "volume": [100], "open": [10.0], "close": [11.0], "high": [12.5],
            "low": [9.0], "window_start": [1_704_258_000_000_000_000], "transactions": [3],
        }
    )  # fmt: skip
    frame = PROVIDER.from_frame(dataset("us.bars_1d"), flat)
    expected = decoded(BARS, page(BARS, [{key: BAR[key] for key in BAR if key != "vw"}]))
    assert frame.equals(expected)
    with pytest.raises(BadAnswerError, match="unadjusted"):
        PROVIDER.from_frame(dataset("us.bars_1d"), flat.with_columns(adjusted=True))
    with pytest.raises(SchemaError, match="close"):
        PROVIDER.from_frame(dataset("us.bars_1d"), flat.drop("close"))


def test_frames_of_lists_and_events():
    lists = pl.DataFrame({**LISTED, "date": "2024-01-02", "type": "CS"})
    (row,) = PROVIDER.from_frame(dataset("us.tickers"), lists).rows(named=True)
    assert (row["session"], row["asset"], row["kind"]) == (date(2024, 1, 2), "A", "CS")
    assert PROVIDER.from_frame(dataset("us.splits"), pl.DataFrame([SPLIT])).height == 1


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**20), 10**20), st.floats(), st.text(max_size=8),
    st.just("2024-01-03"), st.just(CLOSE), st.lists(st.integers(), max_size=1),
)  # fmt: skip
ROWS = st.tuples(
    st.sampled_from([(BARS, BAR), (SPLITS, SPLIT), (DIVIDENDS, PAID), (TICKERS, LISTED)]),
    st.lists(st.dictionaries(st.integers(0, 8), VALUES, max_size=2), min_size=1, max_size=4),
)


@settings(max_examples=200, deadline=None)
@given(ROWS)
def test_decoded_or_refused_never_anything_else(case):
    (unit, good), changes = case
    names = list(good)
    rows = [
        {**good, **{names[slot % len(names)]: value for slot, value in change.items()}}
        for change in changes
    ]
    body = page(unit, rows)
    request = Request("x", "GET", "/x", {"active": "true"})
    response = Response(200, {}, body)
    judged = PROVIDER.judge(request, response).outcome
    assert judged in (Outcome.OK, Outcome.BAD_ANSWER)
    contract = dataset(unit.dataset)
    try:
        frame = PROVIDER.decode(unit, Pages(unit, ((request, response),)))
    except BadAnswerError:
        return
    assert judged is Outcome.OK
    assert frame.schema == pl.Schema(contract.schema())
    assert not frame.select(contract.key).is_duplicated().any()
    assert frame.select(contract.key).null_count().sum_horizontal().item() == 0
    assert frame[contract.day].is_between(unit.first, unit.last).all()
    assert all(TICKER.fullmatch(name) for name in frame["asset"])
    for name in ("open", "close", "split_to"):
        if name in frame.columns:
            assert (frame[name] > 0).all()
    # Nothing is lost: each row came through, or is one split that another told already.
    kept = len({json.dumps(row["id"]) for row in rows}) if unit is SPLITS else len(rows)
    assert frame.height <= len(rows)
    assert frame.height == len(rows) or (unit is SPLITS and kept >= frame.height)
