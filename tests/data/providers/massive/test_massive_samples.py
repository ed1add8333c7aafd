"""The vendor's own test answers, cell by cell against plain Python."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from tests.data.providers.massive.drive import drive
from workbench.data.provider import Outcome, Pages, Request, Response, Unit
from workbench.data.providers.massive import PROVIDER
from workbench.errors import BadAnswerError

WIDE = (date(2000, 1, 1), date(2030, 12, 31))


@pytest.fixture
def samples(shared_data):
    """The folder of the official answers."""
    folder = shared_data / "polygon_samples"
    if not folder.is_dir():
        pytest.skip("the vendor's sample answers are absent: polygon_samples in the shared data")
    return folder


def one_page(unit, body, api="x"):
    request = Request(api, "GET", "/x", {"active": "true"})
    response = Response(200, {}, json.dumps(body).encode())
    assert PROVIDER.judge(request, response).outcome is Outcome.OK
    return PROVIDER.decode(unit, Pages(unit, ((request, response),)))


def read(samples, name):
    return json.loads((samples / f"{name}.json").read_text(encoding="utf-8"))


def test_grouped_bars(samples):
    body = read(samples, "v2_aggs_grouped_locale_us_market_stocks_2005_04_04_adjusted_true")
    day = date(2020, 10, 14)
    unit = Unit("us.bars_1d", day.isoformat(), day, day)
    with pytest.raises(BadAnswerError, match="expected unadjusted bars"):
        one_page(unit, body)
    body["adjusted"] = False
    (row,) = one_page(unit, body).rows(named=True)
    assert row == {
        "session": day, "asset": "GIK", "open": 9.99, "high": 10.02, "low": 9.9, "close": 10.02,
        "volume": 895345.0, "vwap": 9.9979, "trades": 96, "otc": False,
    }  # fmt: skip


def test_the_sample_is_of_another_day_than_its_request(samples):
    # The file answers 2005-04-04 with a bar of 2020-10-14: an answer that must not pass.
    body = read(samples, "v2_aggs_grouped_locale_us_market_stocks_2005_04_04_adjusted_true")
    day = date(2005, 4, 4)
    with pytest.raises(BadAnswerError, match=r"got 1 others such as 2020-10-14"):
        one_page(Unit("us.bars_1d", "2005-04-04", day, day), {**body, "adjusted": False})


def test_range_bars(samples):
    body = read(samples, "v2_aggs_ticker_AAPL_range_1_day_2005_04_01_2005_04_04")
    unit = Unit("us.bars_1m", "AAPL/2005-04", date(2005, 4, 1), date(2005, 4, 30))
    frame = one_page(unit, {**body, "adjusted": False})
    assert frame["time"].to_list() == [
        datetime(2005, 4, 1, 5, tzinfo=UTC), datetime(2005, 4, 4, 4, tzinfo=UTC),
    ]  # fmt: skip
    assert frame["close"].to_list() == [row["c"] for row in body["results"]]
    assert frame["volume"].to_list() == [row["v"] for row in body["results"]]
    other = Unit("us.bars_1m", "AAP/2005-04", unit.first, unit.last)
    with pytest.raises(BadAnswerError, match="expected bars of AAP, got 'AAPL'"):
        one_page(other, {**body, "adjusted": False})


def test_splits_of_the_old_generation(samples):
    body = read(samples, "v3_reference_splits")
    frame = one_page(Unit("us.splits", "x", *WIDE), body)
    rows = {(row["ticker"], row["execution_date"]): row for row in body["results"]}
    assert frame.height == len(rows) == 10
    for row in frame.rows(named=True):
        given = rows[row["asset"], row["session"].isoformat()]
        assert (row["split_from"], row["split_to"]) == (given["split_from"], given["split_to"])
        forward = given["split_to"] > given["split_from"]
        assert row["kind"] == ("forward_split" if forward else "reverse_split")


def test_dividends_of_the_old_generation(samples):
    body = read(samples, "v3_reference_dividends")
    frame = one_page(Unit("us.dividends", "x", *WIDE), body)
    rows = {(row["ticker"], row["ex_dividend_date"]): row for row in body["results"]}
    assert frame.height == len(body["results"]) == frame["vendor_id"].n_unique()
    for row in frame.rows(named=True):
        given = rows[row["asset"], row["session"].isoformat()]
        assert row["amount"] == given["cash_amount"]
        assert (row["pay"].isoformat(), row["record"].isoformat()) == (
            given["pay_date"], given["record_date"],
        )  # fmt: skip
        assert (row["frequency"], row["kind"]) == (given["frequency"], given["dividend_type"])
        assert row["currency"] is None


def test_ticker_pages_follow_next_url(samples):
    first = read(samples, "v3_reference_tickers")
    name = (
        "v3_reference_tickers_cursor_YWN0aXZlPXRydWUmZGF0ZT0yMDIyLTA0LTI3JmxpbWl0PTImb3JkZXI9YXNjJn"
    )
    second = read(samples, name)
    unit = Unit("us.tickers", "2022-04", date(2022, 4, 1), date(2022, 4, 30))
    asked = []

    def fetch(request):
        asked.append(request)
        bodies = [first, second, {"status": "OK", "results": [], "count": 0}]
        return Response(200, {}, json.dumps(bodies[len(asked) - 1]).encode())

    frame = PROVIDER.decode(unit, drive(unit, fetch))
    assert [request.url for request in asked] == ["", first["next_url"], ""]
    assert frame["asset"].to_list() == ["A", "AA", "AAA", "AAAU"]
    assert frame["composite_figi"].to_list()[1:3] == ["BBG00B3T3HD3", "BBG00X5FSP48"]
    assert frame["currency"].unique().to_list() == ["USD"]
    assert frame["cik"].to_list()[2] is None
    assert frame["session"].unique().to_list() == [date(2022, 4, 1)]
