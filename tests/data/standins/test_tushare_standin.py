"""The stand-in has every manner of the vendor that `test_quirks` holds our client against."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from urllib.error import HTTPError

import pytest

from tests.data.standins.ask import ask, post, rows
from tests.data.standins.tushare import TIERS, TushareStandin, World
from tests.data.standins.tushare.fields import names_of, shown

DAY = "20240304"


@pytest.fixture(scope="module")
def world() -> World:
    return World(date(2024, 1, 2), date(2024, 3, 29), stocks=60)


@pytest.fixture
def vendor(world: World) -> Iterator[TushareStandin]:
    world.changes.clear()
    with TushareStandin(world) as standin:
        yield standin


def test_both_paths_answer_and_business_errors_have_status_200(vendor: TushareStandin) -> None:
    body = {"api_name": "daily", "token": vendor.token, "params": {"trade_date": DAY}}
    root, named = post(vendor.origin, body), post(f"{vendor.origin}/dataapi/daily", body)
    assert root["data"] == named["data"]
    assert root["code"] == 0
    unknown = post(vendor.origin, {**body, "api_name": "dayly"})
    assert (unknown["code"], unknown["msg"]) == (40101, "请指定正确的接口名")
    wrong = post(vendor.origin, {**body, "token": "guess"})
    assert (wrong["code"], wrong["msg"]) == (40101, "您的token不对，请确认。")
    assert wrong["data"] is None
    with pytest.raises(HTTPError, match="404") as elsewhere:
        post(f"{vendor.origin}/elsewhere", body)
    elsewhere.value.close()


def test_missing_parameters_are_named(vendor: TushareStandin) -> None:
    answer = ask(vendor, "income")
    assert (answer["code"], answer["msg"]) == (50101, "必填参数, ts_code")
    assert ask(vendor, "dividend")["code"] == 50101


def test_denial_and_rate_carry_the_same_code(world: World) -> None:
    with TushareStandin(
        world, limits={"daily": ((2, 60),), "adj_factor": ((1, 86_400),)}
    ) as vendor:
        vendor.denied.add("stk_mins")
        denied = ask(vendor, "stk_mins", ts_code="600519.SH")
        [ask(vendor, "daily", trade_date=DAY) for _ in range(2)]
        slow = ask(vendor, "daily", trade_date=DAY)
        ask(vendor, "adj_factor", trade_date=DAY)
        spent = ask(vendor, "adj_factor", trade_date=DAY)
    assert denied["code"] == slow["code"] == 40203
    assert denied["msg"].startswith("抱歉，您没有接口(stk_mins)访问权限")
    assert slow["msg"] == "抱歉，您每分钟最多访问该接口2次"
    assert (spent["code"], spent["msg"]) == (40103, "抱歉，您每天最多访问该接口1次")


def test_limits_are_shared_by_connections(world: World) -> None:
    with (
        TushareStandin(world, limits={"": ((5, 60),)}) as vendor,
        ThreadPoolExecutor(4) as pool,
    ):
        codes = pool.map(lambda _: ask(vendor, "daily", trade_date=DAY)["code"], range(12))
        assert sorted(codes) == [0] * 5 + [40203] * 7
        assert ask(vendor, "adj_factor", trade_date=DAY)["code"] == 0
    assert TIERS["2000"]["stock_basic"] == ((50, 60),)


def test_caps_cut_silently_and_keep_the_newest(vendor: TushareStandin, world: World) -> None:
    whole = rows(vendor, "daily", ts_code="600519.SH")
    vendor.quirks.caps["daily"] = 10
    vendor.quirks.has_more = "denied"
    answer = ask(vendor, "daily", ts_code="600519.SH")
    cut = [row[answer["data"]["fields"].index("trade_date")] for row in answer["data"]["items"]]
    assert answer["code"] == 0
    assert answer["data"]["has_more"] is False
    assert cut == [row["trade_date"] for row in whole[:10]]
    assert cut == sorted(cut, reverse=True)
    assert len(whole) == len(world.sessions)


def test_has_more_is_absent_right_or_wrong(vendor: TushareStandin) -> None:
    vendor.quirks.caps["daily"] = 10
    seen = {}
    for mode in ("absent", "right", "wrong", "denied"):
        vendor.quirks.has_more = mode
        seen[mode] = ask(vendor, "daily", trade_date=DAY)["data"].get("has_more")
    assert seen == {"absent": None, "right": True, "wrong": False, "denied": False}


def test_offset_duplicates_on_daily_and_works_elsewhere(vendor: TushareStandin) -> None:
    def paged(api: str) -> tuple[list[str], list[str]]:
        whole = [row["ts_code"] for row in rows(vendor, api, trade_date=DAY)]
        pages = [
            row["ts_code"]
            for offset in range(0, len(whole), 20)
            for row in rows(vendor, api, trade_date=DAY, limit=20, offset=offset)
        ]
        return whole, pages

    whole, pages = paged("adj_factor")
    assert pages == whole
    whole, pages = paged("daily")
    assert len(set(pages)) < len(pages)
    assert set(pages) != set(whole)


def test_hidden_fields_come_only_by_name(vendor: TushareStandin) -> None:
    everything = ask(vendor, "stock_basic")["data"]["fields"]
    assert "delist_date" not in everything
    assert sorted(everything) == sorted(shown("stock_basic"))
    named = ask(vendor, "stock_basic", "ts_code,delist_date,no_such_field")["data"]["fields"]
    assert sorted(named) == ["delist_date", "ts_code"]
    assert "update_flag" not in ask(vendor, "fina_indicator", ts_code="600519.SH")["data"]["fields"]
    assert set(names_of("daily")) - set(shown("daily")) == {"ah_vol", "ah_amount"}


def test_columns_come_in_another_order(vendor: TushareStandin) -> None:
    asked = "ts_code,trade_date,open,close,vol"
    orders = {
        tuple(ask(vendor, "daily", asked, trade_date=day)["data"]["fields"])
        for day in ("20240304", "20240305", "20240306", "20240307", "20240308")
    }
    assert len(orders) > 1
    assert all(sorted(order) == sorted(asked.split(",")) for order in orders)


def test_defaults_hide_rows(vendor: TushareStandin) -> None:
    living = {row["list_status"] for row in rows(vendor, "stock_basic", "ts_code,list_status")}
    dead = rows(vendor, "stock_basic", "ts_code,list_status", list_status="D")
    assert living == {"L"}
    assert "T00018.SH" in {row["ts_code"] for row in dead}
    present = rows(vendor, "index_member_all")
    past = rows(vendor, "index_member_all", is_new="N")
    assert {row["is_new"] for row in present} == {"Y"}
    assert past
    assert {row["is_new"] for row in past} == {"N"}
    types = {
        kind: [row["report_type"] for row in rows(vendor, "income", ts_code="600519.SH", **kind_)]
        for kind, kind_ in (("", {}), ("5", {"report_type": "5"}))
    }
    assert set(types[""]) == {"1"}
    assert set(types["5"]) <= {"5"}


def test_names_filter_by_announcement_and_overlap(vendor: TushareStandin) -> None:
    every = rows(vendor, "namechange")
    dated = rows(vendor, "namechange", start_date="19900101", end_date="20991231")
    assert any(row["ann_date"] is None for row in every)
    assert dated
    assert all(row["ann_date"] for row in dated)
    assert len(every) > len({tuple(row.values()) for row in every})
    open_ended = [row["ts_code"] for row in every if row["end_date"] is None]
    assert len(open_ended) > len(set(open_ended))


def test_a_wrong_code_is_an_empty_success(vendor: TushareStandin) -> None:
    answer = ask(vendor, "daily", ts_code="600519")
    assert answer["code"] == 0
    assert answer["data"]["items"] == []
    assert answer["data"]["fields"]
    vendor.quirks.null_data = "null"
    assert ask(vendor, "daily", ts_code="600519")["data"] is None


def test_values_are_nulls_integers_texts_and_nan(vendor: TushareStandin) -> None:
    basics = rows(vendor, "daily_basic", trade_date=DAY)
    assert {type(row["pe"]) for row in basics} >= {type(None), float}
    assert {type(row["pb"]) for row in basics} == {str}
    assert {type(row["adj_factor"]) for row in rows(vendor, "adj_factor")} == {int, float}
    vendor.quirks.nan_tokens.add("daily_basic")
    assert any(row["pe"] != row["pe"] for row in rows(vendor, "daily_basic", trade_date=DAY))


def test_a_day_is_published_in_steps(vendor: TushareStandin, world: World) -> None:
    day, full = date(2024, 3, 4), len(world.traded(date(2024, 3, 4)))

    def seen(clock: str, api: str) -> int:
        vendor.clock = datetime.combine(day, datetime.strptime(clock, "%H:%M").time())
        return len(rows(vendor, api, trade_date=DAY))

    assert seen("08:00", "adj_factor") == 0
    assert seen("10:00", "adj_factor") > 0
    assert seen("10:00", "daily") == 0
    assert 0 < seen("15:45", "daily") < full
    assert seen("16:45", "daily") == full
    assert seen("16:45", "daily_basic") == 0
    assert seen("19:00", "daily_basic") == full
    assert seen("23:00", "margin_detail") == 0


def test_the_past_is_revised(vendor: TushareStandin, world: World) -> None:
    before = rows(vendor, "adj_factor", ts_code="600519.SH", trade_date=DAY)[0]["adj_factor"]
    vendor.clock = datetime(2024, 4, 1, 12)
    since = datetime(2024, 4, 2)
    world.revise(
        "adj_factor", {"adj_factor": 3.125}, ts_code="600519.SH", trade_date=DAY, since=since
    )
    world.withhold("daily", ts_code="600519.SH", trade_date=DAY, until=since)
    assert (
        rows(vendor, "adj_factor", ts_code="600519.SH", trade_date=DAY)[0]["adj_factor"] == before
    )
    assert not rows(vendor, "daily", ts_code="600519.SH", trade_date=DAY)
    vendor.clock = datetime(2024, 4, 2, 12)
    assert rows(vendor, "adj_factor", ts_code="600519.SH", trade_date=DAY)[0]["adj_factor"] == 3.125
    assert len(rows(vendor, "daily", ts_code="600519.SH", trade_date=DAY)) == 1


def test_statements_are_restated_under_the_same_days(vendor: TushareStandin, world: World) -> None:
    seen: dict[tuple[str, ...], set[str]] = {}
    for stock in world.roster:
        for row in rows(vendor, "income", ts_code=stock.code):
            key = (row["ts_code"], row["end_date"], row["ann_date"], row["f_ann_date"])
            seen.setdefault(key, set()).add(row["update_flag"])
    assert {"0", "1"} in seen.values()
    early = [
        row
        for stock in world.roster
        for row in rows(vendor, "fina_indicator", ts_code=stock.code)
        if row["ann_date"] < row["end_date"]
    ]
    assert early


def test_history_stands_under_both_codes() -> None:
    world = World(date(2018, 12, 3), date(2019, 1, 31), stocks=20)
    with TushareStandin(world, clock=datetime(2018, 12, 20, 20)) as vendor:
        assert not rows(vendor, "daily", ts_code="001872.SZ")
        vendor.clock = datetime(2019, 2, 1, 20)
        old = {
            row["trade_date"]: row["close"] for row in rows(vendor, "daily", ts_code="000022.SZ")
        }
        new = {
            row["trade_date"]: row["close"] for row in rows(vendor, "daily", ts_code="001872.SZ")
        }
        listed = {row["ts_code"] for row in rows(vendor, "stock_basic")}
    assert max(old) == "20181225"
    assert old.items() <= new.items()
    assert "001872.SZ" in listed
    assert "000022.SZ" not in listed


def test_beijing_is_mapped_but_not_dated(vendor: TushareStandin) -> None:
    pairs = {row["o_code"]: row["n_code"] for row in rows(vendor, "bse_mapping")}
    assert pairs == {"830799.BJ": "920799.BJ", "836504.BJ": "920504.BJ"}
    codes = {row["ts_code"] for row in rows(vendor, "daily", trade_date=DAY)}
    assert {"830799.BJ", "920799.BJ"} <= codes
    calendar = ask(vendor, "trade_cal", exchange="SZSE", start_date=DAY, end_date=DAY)
    assert calendar["data"]["items"]


def test_stk_limit_lists_funds_and_exceeds_its_cap() -> None:
    world = World(date(2024, 3, 1), date(2024, 3, 8), stocks=30, funds=6000)
    with TushareStandin(world) as vendor:
        first = rows(vendor, "stk_limit", trade_date=DAY)
        second = rows(vendor, "stk_limit", trade_date=DAY, offset=5800)
    assert len(first) == 5800
    together = {row["ts_code"] for row in first + second}
    # Beijing's codes of today stand beside those of the day.
    shares = set(world.listed(date(2024, 3, 4))) | {"920799.BJ", "920504.BJ"}
    assert shares <= together
    assert len(together) == 6000 + len(shares)
    assert any(code.startswith("15") for code in together)


def test_units_differ_by_api(vendor: TushareStandin) -> None:
    bar = rows(vendor, "daily", trade_date=DAY, ts_code="600519.SH")[0]
    flow = rows(vendor, "moneyflow", trade_date=DAY, ts_code="600519.SH")[0]
    sides = sum(flow[f"buy_{size}_amount"] for size in ("sm", "md", "lg", "elg"))
    assert sides * 10 == pytest.approx(bar["amount"], rel=1e-3)
    span = {"start_date": "2024-03-04 00:00:00", "end_date": "2024-03-04 23:59:59"}
    minutes = rows(vendor, "stk_mins", ts_code="600519.SH", freq="1min", **span)
    assert len(minutes) == 241
    assert minutes[0]["trade_time"] == "2024-03-04 15:00:00"
    assert minutes[0]["close"] == bar["close"]
    assert all(row["amount"] == pytest.approx(row["vol"] * row["close"]) for row in minutes)


def test_after_hours_columns_begin_in_july_2026() -> None:
    world = World(date(2026, 7, 1), date(2026, 7, 10), stocks=10)
    with TushareStandin(world) as vendor:
        fields = "ts_code,trade_date,ah_vol,ah_amount"
        before = rows(vendor, "daily", fields, trade_date="20260703")
        after = rows(vendor, "daily", fields, trade_date="20260706")
        assert "ah_vol" not in rows(vendor, "daily", trade_date="20260706")[0]
    assert {row["ah_vol"] for row in before} == {None}
    assert all(row["ah_vol"] is not None for row in after)


def test_as_a_process() -> None:
    command = [sys.executable, "-m", "tests.data.standins.tushare", "--stocks", "12"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        origin = run.stdout.readline().strip()
        answer = post(origin, {"api_name": "daily", "token": "wrong"}, timeout=5)
        run.communicate()
    assert answer["code"] == 40101
    assert run.returncode == 0


def test_the_canary_is_never_answered(vendor: TushareStandin) -> None:
    for api in ("daily", "stock_basic", "trade_cal"):
        assert vendor.token not in json.dumps(ask(vendor, api))
    assert vendor.count("daily") == 1
