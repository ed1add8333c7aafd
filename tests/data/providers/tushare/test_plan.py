"""Units of a window: deterministic, and a key means the same in every window."""

from __future__ import annotations

from datetime import date

import pytest

from workbench.data.catalog import catalog
from workbench.data.provider import Provider, Unit, Want
from workbench.data.providers.tushare import PROVIDER
from workbench.errors import BadValueError

DAYS = (date(2024, 1, 30), date(2024, 1, 31), date(2024, 2, 1))


def want(**more):
    given = {"first": DAYS[0], "last": DAYS[-1], "sessions": DAYS} | more
    return Want(**given)


def units(name, **more):
    return list(PROVIDER.plan(catalog()[name], want(**more)))


def keys(name, **more):
    return [unit.key for unit in units(name, **more)]


def test_provider_is_one():
    assert isinstance(PROVIDER, Provider)
    assert PROVIDER.origin == "https://api.tushare.pro"
    credential = PROVIDER.credential
    assert (credential.service, credential.place, credential.name) == ("tushare", "body", "token")


def test_every_chinese_dataset_is_delivered_and_planned():
    chinese = {name for name in catalog() if not name.startswith("us.")} - {"ref.provisional"}
    assert set(PROVIDER.datasets()) == chinese
    for name in chinese:
        codes = ("801010.SI",) if name == "ind.members" else ("600519.SH",)
        planned = units(name, codes=codes)
        assert planned
        assert planned == units(name, codes=codes)
        assert len({unit.key for unit in planned}) == len(planned)


def test_sessions_with_the_codes_of_the_day():
    listed = {DAYS[0]: ("600519.SH", "000001.SZ")}
    found = units("cn.bars_1d", listed=listed, sessions=(DAYS[1], DAYS[0], DAYS[0]))
    first = Unit("cn.bars_1d", "2024-01-30", DAYS[0], DAYS[0], ("000001.SZ", "600519.SH"))
    assert found == [first, Unit("cn.bars_1d", "2024-01-31", DAYS[1], DAYS[1])]
    assert keys("cn.bars_1d", sessions=(date(2023, 12, 29), *DAYS))[0] == "2024-01-30"


def test_by_code_the_whole_history():
    found = units("cn.income", codes=("600519.SH", "000001.SZ", "600519.SH"))
    assert [unit.key for unit in found] == ["000001.SZ", "600519.SH"]
    assert found[0] == Unit("cn.income", "000001.SZ", None, DAYS[-1], ("000001.SZ",))
    (index,) = units("idx.bars_1d", codes=("000300.SH",))
    assert (index.first, index.last) == (date(1990, 12, 19), DAYS[-1])


def test_an_index_has_one_key_under_both_codes():
    assert keys("idx.weights", codes=("399300.SZ", "000300.SH")) == [
        "000300.SH/2024-01",
        "000300.SH/2024-02",
    ]


def test_months_begin_on_their_first_day():
    january, february = units("cn.bars_1m", codes=("600519.SH",))
    assert (january.key, february.key) == ("600519.SH/2024-01", "600519.SH/2024-02")
    assert (january.first, january.last) == (date(2024, 1, 1), date(2024, 1, 31))
    assert (february.first, february.last) == (date(2024, 2, 1), date(2024, 2, 1))
    assert keys("cn.bars_1m", codes=("600519.SH",), sessions=DAYS[2:]) == ["600519.SH/2024-02"]


def test_years_reach_beyond_the_window():
    (year,) = units("cal.sessions", sessions=())
    assert year == Unit("cal.sessions", "2024", date(2024, 1, 1), date(2024, 12, 31))
    assert keys("cal.sessions", first=date(2022, 12, 31)) == ["2022", "2023", "2024"]


def test_groups_named_or_known():
    assert keys("ind.members", codes=("SW2021/801010.SI", "801010.SI")) == ["801010.SI"]
    assert len(keys("ind.members")) == 31


def test_everything_at_once():
    assert keys("ref.securities") == keys("ind.industries") == ["all"]


@pytest.mark.parametrize("code", ["600519", "../x.SH", "600519.SH\n", "", "600519.SH,000001.SZ"])
def test_odd_codes_are_refused(code):
    with pytest.raises(BadValueError, match="expected codes"):
        units("cn.income", codes=(code,))


def test_rates():
    assert PROVIDER.rates("daily") == ((200, 60), (100_000, 86_400))
    assert PROVIDER.rates("stock_basic") == ((50, 60),)
    assert PROVIDER.rates("hk_hold") == ((2, 60),)
    assert PROVIDER.rates("limit_list_d") == ((200, 60), (10_000, 86_400))
