"""Cut answers are completed along each axis, and never taken for whole."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.data.providers.tushare.small_vendor import SmallVendor, answer, talk
from workbench.data.provider import Unit
from workbench.data.providers.tushare import PROVIDER
from workbench.data.providers.tushare.specs import spec
from workbench.errors import BadAnswerError

DAY = date(2024, 1, 2)
CODES = tuple(f"{number:06d}.SZ" for number in range(1, 6201))


def rows_on(day, codes, **values):
    return [{"ts_code": code, "trade_date": day.strftime("%Y%m%d"), **values} for code in codes]


def bars(codes):
    prices = dict.fromkeys(("open", "high", "low", "close", "pre_close"), 10)
    return rows_on(DAY, codes, **prices, vol=1, amount=1, ah_vol=None, ah_amount=None)


def unit(name, codes=CODES):
    return Unit(name, "2024-01-02", DAY, DAY, codes)


def fetched(vendor, wanted):
    return PROVIDER.decode(wanted, talk(vendor, wanted))


def test_session_split_by_joined_codes():
    vendor = SmallVendor({"daily": bars(CODES)}, cap=6000)
    frame = fetched(vendor, unit("cn.bars_1d"))
    assert frame["asset"].to_list() == list(CODES)
    assert len(vendor.asked) == 3  # the whole day, then the 200 codes it lacked
    assert [len(params["ts_code"].split(",")) for params in vendor.asked[1:]] == [100, 100]
    assert {params["trade_date"] for params in vendor.asked} == {"20240102"}


def test_session_split_code_by_code_where_only_one_may_be_named():
    vendor = SmallVendor({"adj_factor": rows_on(DAY, CODES[:6010], adj_factor=1.5)}, cap=6000)
    vendor.joined = False
    frame = fetched(vendor, unit("cn.adj_factor", CODES[:6010]))
    assert frame.height == 6010
    assert [params.get("ts_code") for params in vendor.asked] == [None, *CODES[6000:6010]]


def test_suspended_codes_do_not_stop_a_split():
    vendor = SmallVendor({"daily": bars(CODES[:6100:2] + CODES[1:6100:2])}, cap=6000)
    assert fetched(vendor, unit("cn.bars_1d")).height == 6100  # the last hundred do not trade


def test_a_round_number_of_rows_is_a_suspicious_cap():
    vendor = SmallVendor({"daily": bars(CODES[:5200])}, cap=5000)
    assert fetched(vendor, unit("cn.bars_1d", CODES[:5200])).height == 5200
    assert spec("cn.income").capped(1000)
    assert not spec("cn.income").capped(499)
    assert not spec("cn.indicator").capped(99)
    assert spec("cn.indicator").capped(100)


def test_a_hint_of_more_is_followed_and_its_absence_proves_nothing():
    vendor = SmallVendor({"daily": bars(CODES[:40])}, cap=30, more=lambda cut: cut)
    assert fetched(vendor, unit("cn.bars_1d", CODES[:40])).height == 40
    lying = SmallVendor({"daily": bars(CODES[:40])}, more=lambda cut: True)
    assert fetched(lying, unit("cn.bars_1d", CODES[:50])).height == 40
    assert len(lying.asked) == 2  # the ten codes it lacked, which had nothing to add
    silent = SmallVendor({"daily": bars(CODES[:6100])}, cap=6000, more=lambda cut: False)
    assert fetched(silent, unit("cn.bars_1d")).height == 6100


def test_a_cut_session_without_codes_is_refused():
    vendor = SmallVendor({"daily": bars(CODES)}, cap=6000)
    with pytest.raises(BadAnswerError, match=r"may be cut.*ref\.securities"):
        talk(vendor, unit("cn.bars_1d", ()))


def test_events_split_by_exchange_then_by_code():
    values = {"limit": "U", "close": 10}
    codes = CODES[:2600]
    vendor = SmallVendor({"limit_list_d": rows_on(DAY, codes, **values)}, cap=2500)
    vendor.renamed, vendor.joined = {"limit_type": "limit"}, False
    assert fetched(vendor, unit("cn.limit_events", codes)).height == 2600
    exchanges = [params["exchange"] for params in vendor.asked if "exchange" in params]
    assert set(exchanges) == {"SH", "SZ", "BJ"}
    assert sum("ts_code" in params for params in vendor.asked) == 3 * 100


def sessions(first, count):
    return [(first + timedelta(days=n)).strftime("%Y%m%d") for n in range(count)]


def test_index_history_is_halved():
    days = sessions(date(1991, 1, 1), 9000)
    prices = dict.fromkeys(("open", "high", "low", "close", "pre_close"), 100)
    rows = [{"ts_code": "000001.SH", "trade_date": day, **prices} for day in reversed(days)]
    vendor = SmallVendor({"index_daily": rows}, cap=8000)
    wanted = Unit("idx.bars_1d", "000001.SH", date(1990, 12, 19), DAY, ("000001.SH",))
    frame = fetched(vendor, wanted)
    assert frame["session"].to_list() == [date(1991, 1, 1) + timedelta(n) for n in range(9000)]
    spans = [(params["start_date"], params["end_date"]) for params in vendor.asked]
    assert spans[0] == ("19901219", "20240102")
    assert spans[1][0] == "19901219"
    assert spans[2][1] == "20240102"
    halves = [date.fromisoformat(spans[1][1]), date.fromisoformat(spans[2][0])]
    assert halves[1] - halves[0] == timedelta(days=1)


def test_indicators_are_split_by_report_period():
    quarters = [f"{year}{end}" for year in range(1990, 2024) for end in ("0331", "0630", "1231")]
    rows = [{"ts_code": CODES[0], "end_date": q, "ann_date": q, "eps": 1} for q in quarters[::-1]]
    vendor = SmallVendor({"fina_indicator": rows}, cap=100, day="end_date")
    # The span's parameter has the name of a field that it does not filter alike.
    vendor.fits = lambda row, params: (  # type: ignore[method-assign]
        params.get("start_date", "") <= row["end_date"] <= params.get("end_date", "9")
    )
    wanted = Unit("cn.indicator", CODES[0], None, DAY, (CODES[0],))
    frame = fetched(vendor, wanted)
    assert frame.height == len(quarters) == 102
    assert "start_date" not in vendor.asked[0]
    assert vendor.asked[1]["start_date"] == "19800101"


def test_a_hint_is_followed_down_a_span_until_answers_get_shorter():
    days = sessions(date(1991, 1, 1), 300)
    prices = dict.fromkeys(("open", "high", "low", "close", "pre_close"), 100)
    rows = [{"ts_code": "000001.SH", "trade_date": day, **prices} for day in reversed(days)]
    wanted = Unit("idx.bars_1d", "000001.SH", date(1990, 12, 19), DAY, ("000001.SH",))
    lying = SmallVendor({"index_daily": rows}, more=lambda cut: True)
    assert fetched(lying, wanted).height == 300
    assert len(lying.asked) < 40
    right = SmallVendor({"index_daily": rows}, cap=70, more=lambda cut: cut)
    assert fetched(right, wanted).height == 300


def test_a_hint_on_what_nothing_narrows_is_refused():
    row = {"ts_code": CODES[0], "name": "a", "start_date": "20200101"}
    vendor = SmallVendor({"namechange": [row]}, more=lambda cut: True)
    with pytest.raises(BadAnswerError, match="nothing narrows"):
        talk(vendor, Unit("ref.names", CODES[0], None, DAY, (CODES[0],)))


def test_one_day_that_stays_cut_is_refused():
    rows = [{"ts_code": "000001.SH", "trade_date": "20240102"}] * 8000
    vendor = SmallVendor({"index_daily": rows}, cap=8000)
    wanted = Unit("idx.bars_1d", "000001.SH", DAY, DAY, ("000001.SH",))
    with pytest.raises(BadAnswerError, match="nothing narrows"):
        talk(vendor, wanted)


def test_securities_split_by_exchange_and_board():
    rows = [
        {"ts_code": f"{n:06d}.SZ", "exchange": "SZSE", "market": m, "list_status": "L"}
        | {"list_date": "20100104"}
        for n, m in enumerate(["主板"] * 3600 + ["创业板"] * 2900, start=1)
    ]
    rows.append(rows[0] | {"ts_code": "600087.SH", "list_status": "D", "delist_date": "20140605"})
    vendor = SmallVendor({"stock_basic": rows}, cap=6000)
    frame = fetched(vendor, Unit("ref.securities", "all"))
    assert frame.height == 6501
    assert sum("market" in params for params in vendor.asked) == 6


def test_weights_ask_the_other_code_of_an_index_only_when_the_first_is_empty():
    rows = [{"index_code": "000300.SH", "con_code": CODES[0], "trade_date": "20240131"}]
    rows[0]["weight"] = 1.5
    wanted = Unit(
        "idx.weights", "000300.SH/2024-01", date(2024, 1, 1), date(2024, 1, 31), ("000300.SH",)
    )
    vendor = SmallVendor({"index_weight": rows})
    frame = fetched(vendor, wanted)
    assert [params["index_code"] for params in vendor.asked] == ["399300.SZ", "000300.SH"]
    assert frame.row(0) == ("000300.SH", date(2024, 1, 31), CODES[0], 0.015)
    rows[0]["index_code"] = "399300.SZ"
    vendor = SmallVendor({"index_weight": rows})
    assert fetched(vendor, wanted)["index"].to_list() == ["000300.SH"]
    assert len(vendor.asked) == 1


class TestPages:
    """The limits of one day exceed the cap and nothing but pages narrows them."""

    def vendor(self, count=7000, **more):
        codes = [f"{n:06d}.SZ" for n in range(1, count + 1)]
        rows = rows_on(DAY, codes, pre_close=10, up_limit=11, down_limit=9)
        return SmallVendor({"stk_limit": rows}, cap=5800, paging=True, **more)

    def test_pages_share_rows(self):
        vendor = self.vendor()
        assert fetched(vendor, unit("cn.limits_1d", ())).height == 7000
        assert [params["offset"] for params in vendor.asked] == ["0", "4950"]

    def test_a_vendor_that_ignores_the_limit(self):
        vendor = self.vendor()
        held = SmallVendor.__call__

        def stubborn(request):
            body = {**request.body, "params": {**request.body["params"], "limit": "5800"}}
            return held(vendor, type(request)(request.api, "POST", "/", body=body))

        assert fetched(stubborn, unit("cn.limits_1d", ())).height == 7000

    def test_exactly_full_pages_are_followed_to_the_end(self):
        assert fetched(self.vendor(5000), unit("cn.limits_1d", ())).height == 5000

    def test_pages_may_order_their_fields_each_in_its_way(self):
        vendor = self.vendor()

        def shuffled(request):
            fields = request.body["fields"].split(",")
            if request.body["params"]["offset"] != "0":
                fields.reverse()
            body = {**request.body, "fields": ",".join(fields)}
            return vendor(type(request)(request.api, "POST", "/", body=body))

        assert fetched(shuffled, unit("cn.limits_1d", ())).height == 7000

    def test_moving_pages_are_refused(self):
        vendor, calls = self.vendor(), []

        def moving(request):
            calls.append(request)
            vendor.tables["stk_limit"].reverse()
            return vendor(request)

        with pytest.raises(BadAnswerError, match="order is not stable"):
            talk(moving, unit("cn.limits_1d", ()))
        assert len(calls) == 2

    def test_an_ignored_offset_is_refused(self):
        fields = spec("cn.limits_1d").asked.split(",")
        rows = [["20240102", f"{n:06d}.SZ", 10, 11, 9] for n in range(5000)]
        with pytest.raises(BadAnswerError, match=r"repeat from row 4950"):
            talk(lambda request: answer(fields, rows), unit("cn.limits_1d", ()))


def test_a_conversation_that_never_ends_is_given_up(monkeypatch):
    monkeypatch.setattr("workbench.data.providers.tushare.requests.MOST_CALLS", 10)
    wanted = Unit("idx.bars_1d", "000001.SH", date(1991, 1, 1), DAY, ("000001.SH",))
    fields = spec("idx.bars_1d").asked.split(",")
    rows = [[None] * len(fields)] * 7
    with pytest.raises(BadAnswerError, match="10 requests did not complete"):
        talk(lambda request: answer(fields, rows, has_more=True), wanted)
