"""Every row of the table of errors, and what no vendor should send."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from tests.data.providers.tushare.small_vendor import response
from workbench.data.provider import Outcome, Request
from workbench.data.providers.tushare import Tushare

NOW = datetime(2024, 1, 2, 9, 30, tzinfo=UTC)  # 17:30 in Shanghai
VENDOR = Tushare(clock=lambda: NOW)
REQUEST = Request("daily", "POST", "/", body={})
TABLE = {"fields": ["a"], "items": [[1]]}


def judged(body, status=200):
    return VENDOR.judge(REQUEST, response(body, status))


def said(code, message, **rest):
    return judged({"request_id": "", "code": code, "msg": message, "data": None, **rest})


@pytest.mark.parametrize(
    ("code", "message", "outcome"),
    [
        (40101, "您的token不对，请确认。", Outcome.AUTH),
        (40101, "请指定正确的接口名", Outcome.BAD_REQUEST),
        (
            40203,
            "抱歉，您没有接口(daily)访问权限，权限的具体详情访问：https://tushare.pro/document/1?doc_id=108。",
            Outcome.DENIED,
        ),
        (40209, "抱歉，您没有权限访问该接口", Outcome.DENIED),
        (2002, "抱歉，您没有访问该接口的权限", Outcome.DENIED),
        (2002, "权限问题", Outcome.DENIED),
        (40203, "抱歉，您每分钟最多访问该接口200次，权限的具体详情访问：…", Outcome.RATE),
        (40103, "抱歉，您每分钟最多访问该接口80次", Outcome.RATE),
        (40203, "抱歉，您每小时最多访问该接口20次", Outcome.QUOTA),
        (40103, "抱歉，您每天最多访问该接口5次，权限的具体详情访问：…", Outcome.QUOTA),
        (40203, "抱歉，您访问接口(daily)频率超限(2次/分钟)", Outcome.RATE),
        (99999, "抱歉，您访问接口(daily)频率超限", Outcome.RATE),
        (50101, "必填参数, ts_code", Outcome.BAD_REQUEST),
        (-2001, "系统内部错误", Outcome.UPSTREAM),
        (40101, "", Outcome.AUTH),
        (40103, None, Outcome.RATE),
        (40203, "?", Outcome.DENIED),
        (50101, 7, Outcome.BAD_REQUEST),
        (0, "", Outcome.UPSTREAM),
        (None, "", Outcome.UPSTREAM),
        ("0", "", Outcome.UPSTREAM),
        (True, "", Outcome.UPSTREAM),
        ([0], "", Outcome.UPSTREAM),
    ],
)
def test_table_of_errors(code, message, outcome):
    assert said(code, message).outcome is outcome


def test_the_message_wins_over_the_code_even_beside_data():
    assert said(0, "抱歉，您每分钟最多访问该接口200次", data=TABLE).outcome is Outcome.RATE
    assert said(40203, "抱歉，您每分钟最多访问该接口200次").wait == 65


def test_quota_of_the_hour_and_of_the_day():
    hour = said(40203, "抱歉，您每小时最多访问该接口20次")
    assert hour.until == datetime(2024, 1, 2, 10, tzinfo=UTC)
    day = said(40103, "抱歉，您每天最多访问该接口5次")
    assert day.until == datetime(2024, 1, 2, 16, tzinfo=UTC)  # midnight in Shanghai


def test_a_table_is_ok_whatever_the_message():
    for message in ("", None, "success", 0):
        assert said(0, message, data=TABLE).outcome is Outcome.OK
    assert said(0, "", data={"fields": ["a"], "items": []}).outcome is Outcome.OK


@pytest.mark.parametrize(
    "data",
    [
        [],
        "x",
        {},
        {"fields": None, "items": []},
        {"fields": ["a"], "items": None},
        {"fields": ["a", "a"], "items": []},
        {"fields": [1], "items": []},
        {"fields": ["a"], "items": [[1, 2]]},
        {"fields": ["a"], "items": [[]]},
        {"fields": ["a"], "items": [{"a": 1}]},
        {"fields": ["a"], "items": ["x"]},
    ],
)
def test_no_table_is_a_bad_answer(data):
    assert said(0, "", data=data).outcome is Outcome.BAD_ANSWER


def test_what_the_way_between_says():
    assert judged("<html>502 Bad Gateway</html>", 502).outcome is Outcome.UPSTREAM
    assert judged("<html>hello</html>").outcome is Outcome.UPSTREAM
    assert judged(b"\xff\xfe").outcome is Outcome.UPSTREAM
    assert judged("").outcome is Outcome.UPSTREAM
    assert judged('{"code": 0, "data": {"fie').outcome is Outcome.UPSTREAM
    assert judged("[" * 100_000).outcome is Outcome.UPSTREAM
    assert judged('{"code": 1' + "0" * 5000 + "}").outcome is Outcome.UPSTREAM
    assert judged({"code": 0, "data": TABLE}, 500).outcome is Outcome.UPSTREAM
    assert judged({"code": 0, "data": TABLE}, 302).outcome is Outcome.UPSTREAM
    limited = judged("too many requests", 429)
    assert (limited.outcome, limited.wait) == (Outcome.RATE, 65)
    message = {"code": 40203, "msg": "抱歉，您每分钟最多访问该接口200次"}
    assert judged(message, 403).outcome is Outcome.RATE


def test_json_that_we_refuse_would_come_again():
    table = '{"code": 0, "data": {"fields": ["a"], "items": [[NaN]]}}'
    assert judged(table).outcome is Outcome.BAD_ANSWER
    assert judged('{"code": 0, "code": 0, "data": null}').outcome is Outcome.BAD_ANSWER


def test_the_sample_of_a_refusal(shared_data):
    file = shared_data / "tushare_samples" / "json" / "error_permission.json"
    assert judged(json.loads(file.read_text(encoding="utf-8"))).outcome is Outcome.DENIED


def test_reasons_are_short():
    assert len(said(-1, "x" * 10_000).reason) < 400
    assert len(judged("y" * 10_000).reason) < 400
