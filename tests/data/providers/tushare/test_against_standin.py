"""The provider against the stand-in's truth, without a network: the same bytes, no client."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl
import pytest

from tests.data.standins.tushare import Quirks, TushareStandin, World
from workbench.data.catalog import catalog
from workbench.data.provider import Outcome, Pages, Response, Unit, Want
from workbench.data.providers.tushare import PROVIDER
from workbench.data.providers.tushare.specs import spec

FIRST, LAST = date(2024, 3, 1), date(2024, 3, 29)
NOW = datetime(2024, 4, 3, 20)
BY_SESSION = [name for name in catalog() if catalog()[name].axis == "session" and name[:2] == "cn"]
STATEMENTS = [name for name in catalog() if catalog()[name].versions]


@pytest.fixture(scope="module")
def world():
    return World(date(2024, 1, 2), LAST, stocks=60, funds=30)


@pytest.fixture(params=["mixed", "right"])
def vendor(request, world):
    with TushareStandin(world, clock=NOW, quirks=Quirks(has_more=request.param)) as standin:
        yield standin


def held(vendor, unit):
    """Hold the conversation of a unit and decode it."""
    conversation = PROVIDER.requests(unit)
    try:
        request = next(conversation)
        while True:
            body = {**request.body, "token": vendor.token}
            answer = Response(200, {}, vendor.answer("/", body)[1])
            assert PROVIDER.judge(request, answer).outcome is Outcome.OK
            request = conversation.send(answer)
    except StopIteration as end:
        pages: Pages = end.value
        return PROVIDER.decode(unit, pages)


def fetched(vendor, name, **more):
    world = vendor.world
    sessions = tuple(day for day in world.sessions if FIRST <= day <= LAST)
    want = Want(FIRST, LAST, sessions, listed={day: tuple(world.listed(day)) for day in sessions})
    want = Want(**{**vars(want), **more})
    frames = [held(vendor, unit) for unit in PROVIDER.plan(catalog()[name], want)]
    return pl.concat(frames).sort(catalog()[name].key)


def same(found, truth):
    """Equal up to the rounding of one multiplication."""
    assert dict(found.schema) == dict(truth.schema)
    assert found.height == truth.height
    for name, kind in found.schema.items():
        if kind == pl.Float64:
            difference = (found[name] - truth[name]).abs() > 1e-9 * truth[name].abs()
            assert not difference.any(), name
            assert found[name].is_null().equals(truth[name].is_null()), name
        elif kind != pl.String:
            assert found[name].equals(truth[name]), name
        else:
            assert found[name].fill_null("").equals(truth[name].fill_null("")), name


@pytest.mark.parametrize("name", BY_SESSION)
def test_datasets_by_session(vendor, name):
    truth = vendor.world.truth(name, FIRST, LAST, now=NOW)
    found = fetched(vendor, name)
    # History under both codes of a security is the vendor's; which one holds is not its business.
    in_force = found.join(truth.select("session", "asset"), on=["session", "asset"], how="semi")
    assert found.height - in_force.height <= 4 * found["session"].n_unique()
    same(in_force, truth)


@pytest.mark.parametrize("cap", [20, 33])
def test_a_tight_cap_changes_nothing(world, cap, monkeypatch):
    quirks = Quirks(has_more="absent")
    quirks.caps |= dict.fromkeys(("daily", "suspend_d", "adj_factor"), cap)
    known = {(day, code) for day in world.sessions for code in world.listed(day)}

    def own(frame):
        return frame.filter([pair in known for pair in frame.select("session", "asset").rows()])

    with (
        TushareStandin(world, clock=NOW, quirks=quirks) as tight,
        TushareStandin(world, clock=NOW) as wide,
    ):
        for name in ("cn.bars_1d", "cn.adj_factor", "cn.suspend"):
            whole = fetched(wide, name)
            with monkeypatch.context() as patch:
                patch.setitem(vars(spec(name)), "cap", cap)
                patch.setitem(vars(spec(name)), "joined", min(spec(name).joined, cap - 1))
                same(own(fetched(tight, name)), own(whole))
            assert tight.count(spec(name).api) >= wide.count(spec(name).api)
        assert tight.count("daily") >= 2 * wide.count("daily")


def test_calendar_reaches_the_end_of_the_year(vendor):
    found = fetched(vendor, "cal.sessions")
    same(found, vendor.world.truth("cal.sessions", date(2024, 1, 1), date(2024, 12, 31), now=NOW))
    assert found.height == 2 * 366


def test_indices_members_and_minutes(vendor):
    world = vendor.world
    codes = tuple(stock.code for stock in world.roster[:3])
    minutes = fetched(vendor, "cn.bars_1m", codes=codes)
    assert set(minutes["asset"]) <= set(codes)
    weights = fetched(vendor, "idx.weights", codes=("399300.SZ",))
    assert set(weights["index"]) <= {"000300.SH"}
    assert abs(weights.group_by("session").agg(pl.col("weight").sum())["weight"] - 1).max() < 0.01
    groups = fetched(vendor, "ind.industries")
    named = groups.filter((pl.col("scheme") == "SW2021") & (pl.col("level") == "L1"))["code"]
    members = fetched(vendor, "ind.members", codes=tuple(named))
    assert not members.is_empty()
    assert set(members["is_new"]) == {True, False}


def test_securities_live_and_dead(vendor):
    found = held(vendor, Unit("ref.securities", "all"))
    assert {"L", "D"} <= set(found["status"])
    now = found.filter(pl.col("valid_to").is_null())
    assert not now["security_id"].is_duplicated().any()
    changed = found.filter(pl.col("asset") != pl.col("security_id"))
    assert not changed.is_empty()


@pytest.mark.parametrize("name", STATEMENTS)
def test_statements(vendor, name):
    codes = tuple(stock.code for stock in vendor.world.roster[:6])
    found = fetched(vendor, name, codes=codes)
    assert not found.is_empty()
    assert set(found["asset"]) <= set(codes)
    assert dict(found.schema) == catalog()[name].schema()
