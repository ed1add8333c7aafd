"""Every kind of answer, and what it means."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.data.provider import Judgement, Outcome, Request, Response
from workbench.data.providers.massive import PROVIDER

GROUPED = Request("grouped", "GET", "/v2/aggs/grouped/locale/us/market/stocks/2024-01-02")
SPLITS = Request("splits", "GET", "/stocks/v1/splits")
PLAN = "Please upgrade your plan at https://massive.com/pricing"


def judged(status=200, body=None, request=SPLITS, raw=None, **headers):
    text = json.dumps(body).encode() if raw is None else raw
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return PROVIDER.judge(request, Response(status, named, text))


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, {"status": "OK", "results": []}, Outcome.OK),
        (401, {"status": "ERROR", "error": "Unknown API Key"}, Outcome.AUTH),
        (200, {"status": "ERROR", "error": "Unknown API Key"}, Outcome.AUTH),
        (401, None, Outcome.AUTH),
        (403, {"status": "NOT_AUTHORIZED", "message": f"You are not entitled. {PLAN}"}, "denied"),
        (200, {"status": "NOT_AUTHORIZED", "message": f"You are not entitled. {PLAN}"}, "denied"),
        (
            403,
            {
                "status": "NOT_AUTHORIZED",
                "message": "Your plan doesn't include this data timeframe.",
            },
            Outcome.BAD_REQUEST,
        ),
        (
            429,
            {"status": "ERROR", "error": "You've exceeded the maximum requests per minute"},
            "rate",
        ),
        (
            200,
            {"status": "ERROR", "error": "You've exceeded the maximum requests per minute"},
            "rate",
        ),
        (400, {"status": "ERROR", "error": "Could not parse"}, Outcome.BAD_REQUEST),
        (404, {"status": "NOT_FOUND"}, Outcome.BAD_REQUEST),
        (410, {"status": "ERROR", "error": "deprecated"}, Outcome.BAD_REQUEST),
        (500, {"status": "ERROR"}, Outcome.UPSTREAM),
        (503, None, Outcome.UPSTREAM),
        (302, None, Outcome.UPSTREAM),
        (200, {"status": "ERROR", "error": "internal"}, Outcome.UPSTREAM),
        (200, {"results": []}, Outcome.BAD_ANSWER),
        (200, {"status": "FINE"}, Outcome.BAD_ANSWER),
        (200, [1, 2], Outcome.BAD_ANSWER),
    ],
)
def test_outcomes(status, body, outcome):
    assert judged(status, body).outcome == outcome


@pytest.mark.parametrize(
    ("raw", "outcome"),
    [
        (b"<html>", Outcome.UPSTREAM),
        (b"", Outcome.UPSTREAM),
        (b'{"status":"OK","resu', Outcome.UPSTREAM),
        (b"\xff\xfe", Outcome.UPSTREAM),
        (b'{"status":"OK","x":NaN}', Outcome.BAD_ANSWER),
        (b'{"status":"OK","status":"OK"}', Outcome.BAD_ANSWER),
        (b'{"status":"OK","x":' + b"9" * 5000 + b"}", Outcome.BAD_ANSWER),
        (b"[" * 100_000, Outcome.UPSTREAM),
    ],
)
def test_bodies_that_are_no_answer(raw, outcome):
    assert judged(raw=raw).outcome is outcome


def test_403_of_a_gateway_is_not_a_denial():
    assert judged(403, raw=b"<html>blocked</html>").outcome is Outcome.UPSTREAM


@pytest.mark.parametrize(
    ("header", "wait"),
    [({}, 60.0), ({"retry_after": "7"}, 7.0), ({"retry_after": "0"}, 1.0),
     ({"retry_after": "soon"}, 60.0), ({"retry_after": "-5"}, 60.0),
     ({"retry_after": "999999"}, 3600.0)],
)  # fmt: skip
def test_how_long_to_wait(header, wait):
    found = judged(429, {}, **header)
    assert found == Judgement(Outcome.RATE, "too many requests", wait=wait)


PUBLISHED = datetime(2024, 1, 3, 1, 30, tzinfo=UTC)  # 20:30 in New York


@pytest.mark.parametrize(
    ("status", "date", "outcome"),
    [
        ("OK", "Wed, 03 Jan 2024 01:29:59 GMT", Outcome.QUOTA),
        ("OK", "Wed, 03 Jan 2024 01:30:00 GMT", Outcome.OK),
        ("DELAYED", "Tue, 02 Jan 2024 20:00:00 GMT", Outcome.QUOTA),
        ("DELAYED", "Wed, 03 Jan 2024 12:00:00 GMT", Outcome.OK),
        ("DELAYED", "", Outcome.QUOTA),
        ("DELAYED", "yesterday", Outcome.QUOTA),
        ("OK", "", Outcome.OK),
        ("OK", "yesterday", Outcome.OK),
    ],
)
def test_a_day_that_may_still_change_is_deferred(status, date, outcome):
    found = judged(200, {"status": status}, request=GROUPED, date=date)
    assert found.outcome is outcome
    assert found.until == (PUBLISHED if outcome is Outcome.QUOTA else None)


def test_delayed_reference_data_is_data():
    assert judged(200, {"status": "DELAYED"}).outcome is Outcome.OK


def test_minutes_wait_for_the_last_day_asked_for():
    path = "/v2/aggs/ticker/A/range/1/minute/2024-01-01/2024-01-02"
    minutes = Request("minutes", "GET", path, url="http://x/?cursor=1")
    early = judged(200, {"status": "OK"}, request=minutes, date="Tue, 02 Jan 2024 19:00:00 GMT")
    assert (early.outcome, early.until) == (Outcome.QUOTA, PUBLISHED)


def test_before_the_end_of_the_day():
    words = f"Attempted to request today's data before end of day. {PLAN}"
    found = judged(403, {"status": "NOT_AUTHORIZED", "message": words}, request=GROUPED)
    assert found.outcome is Outcome.QUOTA
    assert found.until == datetime(2024, 1, 3, 5, tzinfo=UTC)  # midnight in New York


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
BODIES = st.binary(max_size=200) | st.builds(
    lambda fixed, more: json.dumps({**more, **fixed}).encode(),
    st.fixed_dictionaries({}, optional={"status": JSON, "error": JSON, "message": JSON}),
    st.dictionaries(st.text(max_size=8), JSON, max_size=3),
)


@given(
    st.integers(100, 599),
    BODIES,
    st.dictionaries(st.sampled_from(["date", "retry-after"]), st.text(max_size=40)),
    st.sampled_from([GROUPED, SPLITS, Request("minutes", "GET", "/x/9999-12-31")]),
)
def test_it_never_raises(status, body, headers, request):
    found = PROVIDER.judge(request, Response(status, headers, body))
    assert isinstance(found, Judgement)
    assert found.outcome is not Outcome.RATE or found.wait > 0
    assert (found.outcome is Outcome.OK) <= (status == 200)
