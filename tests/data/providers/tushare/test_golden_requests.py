"""What is asked for each dataset, to the letter."""

from __future__ import annotations

import json
from datetime import date

import pytest

from tests.data.providers.tushare.small_vendor import answer
from workbench.data.catalog import catalog
from workbench.data.provider import Unit
from workbench.data.providers.tushare import PROVIDER
from workbench.data.providers.tushare.specs import spec, specs

DAY = date(2024, 1, 2)
CODE = "600519.SH"


def asked(unit):
    """Requests of a unit that the vendor answers with one ordinary row or none."""
    conversation = PROVIDER.requests(unit)
    found = []
    try:
        request = next(conversation)
        while True:
            found.append(request)
            fields = request.body["fields"].split(",")
            request = conversation.send(answer(fields, [[None] * len(fields)]))
    except StopIteration:
        return found


def day(name):
    return Unit(name, "2024-01-02", DAY, DAY, (CODE, "000001.SZ"))


def code(name, first=None):
    return Unit(name, CODE, first, DAY, (CODE,))


ON = {"trade_date": "20240102"}
STATEMENT = [{"report_type": t, "ts_code": CODE} for t in ("1", "4", "5")]
GOLDEN = {
    "cal.sessions": (
        Unit("cal.sessions", "2024", date(2024, 1, 1), date(2024, 12, 31)),
        [
            ("trade_cal", {"exchange": e, "start_date": "20240101", "end_date": "20241231"})
            for e in ("SSE", "SZSE")
        ],
    ),
    "ref.securities": (
        Unit("ref.securities", "all"),
        [("stock_basic", {"list_status": s}) for s in "LDPG"] + [("bse_mapping", {})],
    ),
    "ref.names": (code("ref.names"), [("namechange", {"ts_code": CODE})]),
    "idx.bars_1d": (
        Unit("idx.bars_1d", "000001.SH", date(1990, 12, 19), DAY, ("000001.SH",)),
        [
            (
                "index_daily",
                {"ts_code": "000001.SH", "start_date": "19901219", "end_date": "20240102"},
            )
        ],
    ),
    "idx.weights": (
        Unit("idx.weights", "000905.SH/2024-01", date(2024, 1, 1), DAY, ("000905.SH",)),
        [
            (
                "index_weight",
                {"index_code": "000905.SH", "start_date": "20240101", "end_date": "20240102"},
            )
        ],
    ),
    "ind.industries": (
        Unit("ind.industries", "all"),
        [
            ("index_classify", {"src": src, "level": level})
            for src in ("SW2014", "SW2021")
            for level in ("L1", "L2", "L3")
        ],
    ),
    "ind.members": (
        Unit("ind.members", "801010.SI", codes=("801010.SI",)),
        [("index_member_all", {"is_new": new, "l1_code": "801010.SI"}) for new in "YN"],
    ),
    "cn.bars_1d": (day("cn.bars_1d"), [("daily", ON)]),
    "cn.adj_factor": (day("cn.adj_factor"), [("adj_factor", ON)]),
    "cn.basic_1d": (day("cn.basic_1d"), [("daily_basic", ON)]),
    "cn.limits_1d": (
        day("cn.limits_1d"),
        [("stk_limit", ON | {"limit": "5000", "offset": "0"})],
    ),
    "cn.suspend": (
        day("cn.suspend"),
        [("suspend_d", {"suspend_type": kind} | ON) for kind in "SR"],
    ),
    "cn.st_1d": (day("cn.st_1d"), [("stock_st", ON)]),
    "cn.moneyflow_1d": (day("cn.moneyflow_1d"), [("moneyflow", ON)]),
    "cn.margin_1d": (day("cn.margin_1d"), [("margin_detail", ON)]),
    "cn.northbound_1d": (
        day("cn.northbound_1d"),
        [("hk_hold", {"exchange": exchange} | ON) for exchange in ("SH", "SZ")],
    ),
    "cn.limit_events": (
        day("cn.limit_events"),
        [("limit_list_d", {"limit_type": kind} | ON) for kind in "UDZ"],
    ),
    "cn.bars_1m": (
        Unit("cn.bars_1m", f"{CODE}/2024-01", date(2024, 1, 1), date(2024, 1, 31), (CODE,)),
        [
            (
                "stk_mins",
                {
                    "freq": "1min",
                    "ts_code": CODE,
                    "start_date": "2024-01-01 00:00:00",
                    "end_date": "2024-01-31 23:59:59",
                },
            )
        ],
    ),
    "cn.income": (code("cn.income"), [("income", params) for params in STATEMENT]),
    "cn.balance": (code("cn.balance"), [("balancesheet", params) for params in STATEMENT]),
    "cn.cashflow": (code("cn.cashflow"), [("cashflow", params) for params in STATEMENT]),
    "cn.indicator": (code("cn.indicator"), [("fina_indicator", {"ts_code": CODE})]),
    "cn.forecast": (code("cn.forecast"), [("forecast", {"ts_code": CODE})]),
    "cn.express": (code("cn.express"), [("express", {"ts_code": CODE})]),
    "cn.dividend": (code("cn.dividend"), [("dividend", {"ts_code": CODE})]),
    "cn.disclosure": (code("cn.disclosure"), [("disclosure_date", {"ts_code": CODE})]),
}

FIELDS = {
    "cn.bars_1d": "trade_date,ts_code,open,high,low,close,pre_close,vol,amount,ah_vol,ah_amount",
    "cn.adj_factor": "trade_date,ts_code,adj_factor",
    "cn.limits_1d": "trade_date,ts_code,pre_close,up_limit,down_limit",
    "cn.suspend": "trade_date,ts_code,suspend_type,suspend_timing",
    "ref.names": "ts_code,start_date,end_date,name,ann_date,change_reason",
}


def test_every_dataset_has_its_golden_requests():
    assert set(GOLDEN) == set(specs()) == set(PROVIDER.datasets())


@pytest.mark.parametrize("name", GOLDEN)
def test_requests(name):
    unit, expected = GOLDEN[name]
    found = asked(unit)
    assert [(one.api, dict(one.body["params"])) for one in found] == expected
    for one in found:
        assert (one.method, one.path, dict(one.query), one.url) == ("POST", "/", {}, "")
        assert set(one.body) == {"api_name", "params", "fields"}
        assert one.body["api_name"] == one.api
        assert "token" not in json.dumps({**one.body})
        assert all(type(value) is str for value in one.body["params"].values())


@pytest.mark.parametrize("name", FIELDS)
def test_fields_by_name(name):
    unit, _ = GOLDEN[name]
    assert asked(unit)[0].body["fields"] == FIELDS[name]


@pytest.mark.parametrize(
    ("name", "hidden"),
    [
        ("cn.bars_1d", {"ah_vol", "ah_amount"}),
        ("ref.securities", {"delist_date", "list_status", "exchange", "fullname", "curr_type"}),
        ("cn.limits_1d", {"pre_close"}),
        ("cn.indicator", {"update_flag", "q_dtprofit", "rd_exp", "roe_avg"}),
        ("cn.income", {"update_flag", "end_net_profit", "credit_impa_loss"}),
        ("cn.balance", {"lease_liab", "use_right_assets"}),
        ("cn.dividend", {"base_date", "base_share"}),
        ("cn.disclosure", {"modify_date"}),
        ("ind.industries", {"src"}),
    ],
)
def test_fields_that_the_vendor_hides_are_asked_for(name, hidden):
    assert hidden <= set(spec(name).asked.split(","))


@pytest.mark.parametrize("name", specs())
def test_every_column_of_the_catalogue_has_its_source(name):
    row, contract = spec(name), catalog()[name]
    made = {"known_at", "first_seen_at", "content_hash"} if contract.versions else set()
    if name == "ref.securities":
        made = {"security_id", "valid_from", "valid_to"}
    sources = [field.column for field in row.fields] + [*row.absent, *row.constant, *made]
    assert sorted(sources) == sorted(contract.names)
    assert len({field.vendor for field in row.fields}) == len(row.fields)


def test_units_of_every_scaled_field():
    scaled = {
        f"{row.api}.{field.vendor}": field.times / field.over
        for row in specs().values()
        for field in row.fields
        if field.times != field.over
    }
    lots = {"daily.vol", "daily.ah_vol", "index_daily.vol"}
    thousands = {"daily.amount", "daily.ah_amount", "index_daily.amount"}
    flows = {key for key in scaled if key.startswith("moneyflow.")}
    assert len(flows) == 18
    for key in flows:
        assert scaled.pop(key) == (100 if key.endswith("_vol") else 10_000)
    assert {key for key, by in scaled.items() if by == 100} == lots
    assert {key for key, by in scaled.items() if by == 1000} == thousands
    assert {key for key, by in scaled.items() if by == 10_000} == {
        *(f"daily_basic.{x}" for x in ("total_share", "float_share", "free_share")),
        "daily_basic.total_mv",
        "daily_basic.circ_mv",
        *(f"forecast.{x}" for x in ("net_profit_min", "net_profit_max", "last_parent_net")),
        "dividend.base_share",
    }
    percent = {key for key, by in scaled.items() if by == 0.01}
    assert len(percent) == 4 + 1 + 2 + 2 + 10 + 1
    assert {"hk_hold.ratio", "index_weight.weight", "express.diluted_roe"} <= percent
    assert not any(key.startswith("stk_mins") for key in scaled)
