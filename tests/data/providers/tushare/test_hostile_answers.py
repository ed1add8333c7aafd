"""Whatever comes back: a judgement, and then either a frame of the contract or BadAnswerError."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.data.providers.tushare.small_vendor import answer, pages_of, response
from workbench.data.catalog import catalog
from workbench.data.provider import Judgement, Outcome, Request, Unit
from workbench.data.providers.tushare import PROVIDER, Tushare
from workbench.data.providers.tushare.specs import spec, specs
from workbench.errors import BadAnswerError

NOW = datetime(2024, 1, 2, tzinfo=UTC)
VENDOR = Tushare(clock=lambda: NOW)
REQUEST = Request("daily", "POST", "/", body={})
DAY = date(2024, 1, 2)
UNIT_OF_ALL = {"first": DAY, "last": DAY, "codes": ("600519.SH",)}
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))

texts = st.text(max_size=12)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | texts
documents = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4)
)
envelopes = st.fixed_dictionaries(
    {},
    optional={
        "code": scalars | st.sampled_from([0, 40101, 40103, 40203, 2002]),
        "msg": scalars | st.sampled_from(["您的token不对", "抱歉，您每天最多访问该接口1次"]),
        "data": documents
        | st.fixed_dictionaries(
            {"fields": documents | st.lists(texts), "items": documents | st.lists(documents)}
        ),
    },
)
# Near misses: what a vendor might really put there.
values = st.one_of(
    scalars,
    st.sampled_from(["600519.SH", "20240102", "20231231", "L", "S", "Y", "1", "SSE", "SW2014"]),
    st.sampled_from(["17.000", "None", "NaN", "", "inf", "1e400", "停牌", "\ud800", "2024-01-02"]),
    st.sampled_from(["2024-01-02 09:30:00", 0, 1, -1, 20240102, 99999.99, 2**70, [], {}]),
    st.integers(1, 9),
)


def judged(body, status=200):
    found = VENDOR.judge(REQUEST, response(body, status))
    assert isinstance(found, Judgement)
    assert (found.until is not None) == (found.outcome is Outcome.QUOTA)
    assert (found.wait > 0) == (found.outcome is Outcome.RATE)
    assert (found.reason == "") == (found.outcome is Outcome.OK)
    return found


def well_formed(name, unit, pages):
    """Decode into a frame of the contract, or BadAnswerError; True where there was a frame."""
    try:
        frame = PROVIDER.decode(unit, pages)
    except BadAnswerError:
        return False
    contract = catalog()[name]
    assert dict(frame.schema) == contract.schema()
    assert not frame.select(contract.key).is_duplicated().any()
    return True


@QUICK
@given(st.binary(max_size=200), st.integers(100, 599))
def test_bytes(body, status):
    judged(body, status)


@QUICK
@given(documents | envelopes, st.sampled_from([200, 200, 429, 500]))
def test_documents(found, status):
    body = json.dumps(found)
    if judged(body, status).outcome is Outcome.OK:
        assert found["code"] == 0
    unit = Unit("cn.bars_1d", "2024-01-02", DAY, DAY)
    well_formed("cn.bars_1d", unit, pages_of(unit, response(body, status)))


@QUICK
@given(st.sampled_from(sorted(specs())), st.data())
def test_tables(name, data):
    unit = Unit(name, "2024-01-02", **UNIT_OF_ALL)
    fields = spec(name).asked.split(",")
    row = st.lists(values, min_size=len(fields), max_size=len(fields))
    if len(fields) > 20:  # long statements: a few odd values among nothing
        odd = st.dictionaries(st.sampled_from(fields), values, max_size=8)
        row = odd.map(lambda some: [some.get(field) for field in fields])
    rows = data.draw(st.lists(row, max_size=4))
    well_formed(name, unit, pages_of(unit, response_of(fields, rows)))


def response_of(fields, rows):
    """An envelope; JSON may hold tokens that strict readers refuse."""
    table = {"fields": fields, "items": rows}
    return response(json.dumps({"code": 0, "msg": "", "data": table}))


GOOD = {
    "ts_code": ["600519.SH", "000001.SZ", "T00018.SH"],
    "trade_date": ["20240102"],
    "open": [10, 10.5, "10"],
    "high": [12, "12.5"],
    "low": [9, 10],
    "close": [10, 11, None],
    "pre_close": [10, None, 0],
    "vol": [0, 100, "3.5", None],
    "amount": [0, 1e6],
    "ah_vol": [None, 1],
    "ah_amount": [None, 2],
}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.fixed_dictionaries({k: st.sampled_from(v) for k, v in GOOD.items()})))
def test_good_tables_become_frames_unless_they_contradict_themselves(rows):
    fields = list(GOOD)
    by_code = {}
    for row in rows:
        by_code.setdefault(row["ts_code"], row)
    unit = Unit("cn.bars_1d", "2024-01-02", DAY, DAY)
    page = answer(fields, [[row[field] for field in fields] for row in by_code.values()])
    assert well_formed("cn.bars_1d", unit, pages_of(unit, page))


@QUICK
@given(st.lists(st.binary(max_size=60) | envelopes.map(json.dumps), min_size=1, max_size=4))
def test_conversations_end(bodies):
    for name in ("cn.bars_1d", "cn.limits_1d", "cn.income"):
        conversation = VENDOR.requests(Unit(name, "2024-01-02", **UNIT_OF_ALL))
        try:
            next(conversation)
            for body in bodies * 5:
                conversation.send(response(body))
        except (BadAnswerError, StopIteration):
            continue
        conversation.close()
