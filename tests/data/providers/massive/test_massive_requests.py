"""What Massive is asked for, word for word, and into which units a window is cut."""

from __future__ import annotations

from datetime import date

import pytest

from tests.data.providers.massive.drive import drive, units, want
from workbench.data.catalog import dataset
from workbench.data.provider import Provider, Response, Unit
from workbench.data.providers.massive import PROVIDER
from workbench.errors import BadValueError, UnknownDatasetError

GOLDEN = {
    "us.bars_1d": (
        "grouped",
        "/v2/aggs/grouped/locale/us/market/stocks/2024-01-02",
        {"adjusted": "false", "include_otc": "false"},
    ),
    "us.splits": (
        "splits",
        "/stocks/v1/splits",
        {
            "execution_date.gte": "2024-01-01",
            "execution_date.lte": "2024-12-31",
            "limit": "5000",
            "sort": "execution_date.asc",
        },
    ),
    "us.dividends": (
        "dividends",
        "/stocks/v1/dividends",
        {
            "ex_dividend_date.gte": "2024-01-01",
            "ex_dividend_date.lte": "2024-12-31",
            "limit": "5000",
            "sort": "ex_dividend_date.asc",
        },
    ),
    "us.bars_1m": (
        "minutes",
        "/v2/aggs/ticker/BRK.A/range/1/minute/2024-01-01/2024-01-20",
        {"adjusted": "false", "sort": "asc", "limit": "50000"},
    ),
    "us.tickers": (
        "tickers",
        "/v3/reference/tickers",
        {
            "market": "stocks",
            "date": "2024-01-02",
            "active": "true",
            "limit": "1000",
            "sort": "ticker",
            "order": "asc",
        },
    ),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_requests(name):
    window = want("2024-01-01", "2024-01-20", ["2024-01-02"], ["BRK.A"])
    (unit,) = units(name, window)
    request = next(PROVIDER.requests(unit))
    assert (request.api, request.path, dict(request.query)) == GOLDEN[name]
    assert (request.method, request.url, request.body) == ("GET", "", None)


def test_it_is_a_provider_of_what_it_says():
    assert isinstance(PROVIDER, Provider)
    assert set(PROVIDER.datasets()) == set(GOLDEN)
    assert PROVIDER.rates("grouped") == ((5, 60),)
    assert (PROVIDER.credential.service, PROVIDER.credential.place) == ("massive", "bearer")
    assert PROVIDER.origin == "https://api.massive.com"


def test_both_flags_are_asked_for():
    (unit,) = units("us.tickers", want("2024-01-10", "2024-01-20"))
    asked = []

    def fetch(request):
        asked.append(dict(request.query))
        return Response(200, {}, b'{"status":"OK","results":[],"count":0}')

    drive(unit, fetch)
    assert [query["active"] for query in asked] == ["true", "false"]
    assert {query["date"] for query in asked} == {"2024-01-02"}


def test_a_month_has_one_snapshot_whatever_the_window():
    for window in (want("2024-09-01", "2024-09-30"), want("2024-09-20", "2024-12-31")):
        unit = units("us.tickers", window)[0]
        assert (unit.key, unit.first, unit.last) == ("2024-09", date(2024, 9, 1), date(2024, 9, 30))
        # Labor Day is the 2nd
        assert next(PROVIDER.requests(unit)).query["date"] == "2024-09-03"
    assert units("us.tickers", want("2024-09-01", "2024-09-02")) == []


def test_nothing_before_the_first_day_of_the_vendor():
    window = want("2003-08-01", "2003-10-02", ["2003-09-09", "2003-09-10"])
    assert [unit.key for unit in units("us.bars_1d", window)] == ["2003-09-10"]
    found = units("us.tickers", window)
    assert [unit.key for unit in found] == ["2003-09", "2003-10"]
    assert next(PROVIDER.requests(found[0])).query["date"] == "2003-09-10"


def test_minutes_come_by_ticker_and_month():
    window = want("2023-11-20", "2024-01-20", codes=["B", "A"])
    found = units("us.bars_1m", window)
    assert [unit.key for unit in found] == [
        f"{code}/{month}" for month in ("2023-11", "2023-12", "2024-01") for code in "AB"
    ]
    assert {unit.first for unit in found} == {
        date(2023, 11, 1),
        date(2023, 12, 1),
        date(2024, 1, 1),
    }
    assert found[-1].last == date(2024, 1, 20)
    assert found[-1].codes == ("B",)


def test_units_are_unique_and_repeatable():
    window = want("2020-05-05", "2024-06-06", ["2024-01-02", "2024-01-02"], ["A", "A"])
    for name in PROVIDER.datasets():
        found = units(name, window)
        assert found == units(name, window)
        assert len({unit.key for unit in found}) == len(found)


@pytest.mark.parametrize("key", ["../x/2024-01", "A?x=1/2024-01", "A#/2024-01", "/2024-01", "\x00"])
def test_a_code_never_becomes_another_path(key):
    unit = Unit("us.bars_1m", key, date(2024, 1, 1), date(2024, 1, 31))
    with pytest.raises(BadValueError, match=r"AAPL/2024-01"):
        next(PROVIDER.requests(unit))


def test_a_slash_in_a_ticker_is_quoted():
    unit = Unit("us.bars_1m", "A/B/2024-01", date(2024, 1, 1), date(2024, 1, 31))
    path = next(PROVIDER.requests(unit)).path
    assert path == "/v2/aggs/ticker/A%2FB/range/1/minute/2024-01-01/2024-01-31"


def test_other_datasets_are_refused():
    with pytest.raises(UnknownDatasetError, match=r"Massive delivers us\.bars_1d"):
        units("cn.bars_1d", want("2024-01-01", "2024-01-20"))
    with pytest.raises(UnknownDatasetError):
        next(PROVIDER.requests(Unit("us.sessions", "2024")))
    with pytest.raises(UnknownDatasetError):
        PROVIDER.from_frame(dataset("us.sessions"), dataset("us.sessions").empty())
