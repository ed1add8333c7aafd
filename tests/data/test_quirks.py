"""The vendor is never trusted: one test for each of its manners.

Every test fails for a client that takes answers at their word. Truth is `World.truth`, which knows
nothing of caps, defaults, hidden fields or paging; the whole way is real: HTTP, client, decoding,
store. Faults of the wire are in `test_bad_answers`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from tests.data.standins.tushare import CANARY, TushareStandin, World
from tests.data.standins.workplace import fetch, held, same, workplace
from workbench.data.cellar import Cellar
from workbench.errors import AuthenticationError, BadValueError

START, END = date(2024, 3, 25), date(2024, 4, 3)
CODES = ("600519.SH", "000001.SZ", "601318.SH", "600000.SH", "000002.SZ", "300750.SZ")
DAILY = (
    "cn.bars_1d",
    "cn.adj_factor",
    "cn.basic_1d",
    "cn.limits_1d",
    "cn.suspend",
    "cn.st_1d",
    "cn.moneyflow_1d",
    "cn.margin_1d",
    "cn.northbound_1d",
    "cn.limit_events",
)
STATEMENTS = ("cn.income", "cn.indicator", "cn.dividend", "cn.forecast")


@dataclass(frozen=True)
class Filled:
    """A world, and a workspace that was filled from it."""

    world: World
    cellar: Cellar
    calls: Counter[str]
    offsets: frozenset[str]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    world = World(START, END, stocks=45)
    with TushareStandin(world, clock=datetime(2024, 4, 5, 12)) as vendor:
        cellar = workplace(tmp_path_factory.mktemp("workspace"), vendor)
        fetch(cellar, vendor, DAILY, start=START, end=END)
        fetch(cellar, vendor, ["ind.industries", "ind.members"])
        fetch(cellar, vendor, STATEMENTS, codes=CODES)
        indices = ["000300.SH"]
        fetch(cellar, vendor, ["idx.bars_1d", "idx.weights"], start=START, end=END, codes=indices)
        fetch(cellar, vendor, "cn.bars_1m", start=START, end=END, codes=CODES[:1])
        fetch(cellar, vendor, "ref.names", start=date(2000, 1, 4))
        offsets = frozenset(call.api for call in vendor.calls if "offset" in call.params)
        return Filled(world, cellar, Counter(call.api for call in vendor.calls), offsets)


def vendor_rows(filled: Filled, api: str, codes: tuple[str, ...] = CODES) -> int:
    """How many distinct rows an API has in truth."""
    clock = datetime(2024, 4, 5, 12)
    found = [
        row
        for code in codes
        for row in zip(*filled.world.table(api, clock, codes={code}).values(), strict=True)
    ]
    return len(set(found))


@pytest.mark.parametrize("name", DAILY)
def test_the_store_is_the_truth(filled: Filled, name: str) -> None:
    truth = filled.world.truth(name, START, END, now=datetime(2024, 4, 5, 12))
    assert truth.height
    assert same(held(filled.cellar, name, first=START, last=END), truth) == ""


def test_units_of_other_tables(filled: Filled) -> None:
    for name, codes in (("idx.bars_1d", {"000300.SH"}), ("idx.weights", {"000300.SH"})):
        truth = filled.world.truth(name, START, END, codes=codes)
        assert truth.height
        assert same(held(filled.cellar, name), truth) == ""
    minutes = held(filled.cellar, "cn.bars_1m")
    truth = filled.world.truth("cn.bars_1m", START, END, codes=set(CODES[:1]))
    assert minutes.height == truth.height > 241
    assert minutes["volume"].to_list() == truth["volume"].to_list()
    assert minutes["time"].to_list() == truth["time"].to_list()


def test_volume_and_amount_have_units_that_fit(filled: Filled) -> None:
    bars = held(filled.cellar, "cn.bars_1d")
    vwap = bars["amount"] / bars["volume"]
    assert ((vwap >= bars["low"] - 1e-9) & (vwap <= bars["high"] + 1e-9)).all()
    flows = held(filled.cellar, "cn.moneyflow_1d").join(bars, on=["session", "asset"])
    bought = sum(
        flows[f"buy_{size}_amount"] for size in ("small", "medium", "large", "extra_large")
    )
    assert (((bought / flows["amount"]) - 1).abs() < 1e-3).all()


def test_an_offset_is_never_sent_where_pages_overlap(filled: Filled) -> None:
    assert filled.calls["daily"] > 0
    assert filled.offsets <= {"stk_limit"}


def test_hidden_fields_are_asked_for(filled: Filled) -> None:
    securities = held(filled.cellar, "ref.securities")
    assert securities["delist_date"].is_not_null().any()
    assert securities["full_name"].is_not_null().all()
    assert set(held(filled.cellar, "cn.indicator")["update_flag"]) == {"0", "1"}


def test_defaults_hide_nothing(filled: Filled) -> None:
    status = set(held(filled.cellar, "ref.securities")["status"])
    assert {"L", "D"} <= status
    clock = datetime(2024, 4, 5, 12)
    truth = filled.world.truth("ind.members", now=clock)
    members = held(filled.cellar, "ind.members")
    assert same(members, truth) == ""
    assert set(members["is_new"]) == {True, False}
    assert {"1", "5"} <= set(held(filled.cellar, "cn.income")["report_type"])


@pytest.mark.parametrize(
    ("name", "api"), [("cn.income", "income"), ("cn.indicator", "fina_indicator")]
)
def test_every_distinct_statement_is_kept(filled: Filled, name: str, api: str) -> None:
    rows = held(filled.cellar, name)
    assert rows.height == vendor_rows(filled, api)
    days = ["asset", "period", "report_type", "announced"]
    flags = rows.group_by(days).agg(pl.col("update_flag").n_unique())
    assert flags["update_flag"].max() == 2


def test_a_statement_is_never_known_before_its_period_ends(filled: Filled) -> None:
    rows = held(filled.cellar, "cn.indicator")
    early = rows.filter(pl.col("announced") < pl.col("period"))
    assert not rows.filter(pl.col("known_at") <= pl.col("announced")).height
    assert not rows.filter(pl.col("known_at") <= pl.col("period")).height
    assert early["known_at"].null_count() == early.height


def test_names_without_announcement_are_kept_and_do_not_overlap(filled: Filled) -> None:
    names = held(filled.cellar, "ref.names").sort("asset", "start")
    stocks = [stock for stock in filled.world.roster if stock.listed <= END]
    assert set(names["asset"]) >= {stock.code_on(END) for stock in stocks}
    assert names["announced"].null_count() > 0
    following = names.with_columns(pl.col("start").shift(-1).over("asset").alias("following"))
    assert following.filter(pl.col("end") >= pl.col("following")).is_empty()
    assert following.filter(pl.col("end").is_null() & pl.col("following").is_not_null()).is_empty()


def test_a_code_that_cannot_be_is_never_asked(filled: Filled, tmp_path: Path) -> None:
    with TushareStandin(filled.world) as vendor:
        cellar = workplace(tmp_path, vendor)
        with pytest.raises(BadValueError, match="600519"):
            fetch(cellar, vendor, "cn.income", codes=["600519"])
        assert vendor.count("income") == 0


def test_silent_caps_are_noticed(tmp_path: Path) -> None:
    world = World(date(2024, 3, 4), date(2024, 3, 5), stocks=800)
    with TushareStandin(world, clock=datetime(2024, 3, 6, 12)) as vendor:
        vendor.quirks.has_more = "denied"
        for api in ("daily", "adj_factor", "suspend_d"):
            vendor.quirks.caps[api] = 500
        cellar = workplace(tmp_path, vendor)
        report = fetch(
            cellar, vendor, ["cn.bars_1d", "cn.adj_factor"], start=world.start, end=world.end
        )
    assert report.complete
    for name in ("cn.bars_1d", "cn.adj_factor"):
        truth = world.truth(name, now=vendor.clock)
        assert truth.height > 1000
        assert same(held(cellar, name), truth) == ""


def test_a_cap_of_100_rows_a_statement(tmp_path: Path) -> None:
    world = World(date(2000, 1, 4), date(2026, 6, 30), stocks=6)
    with TushareStandin(world) as vendor:
        cellar = workplace(tmp_path, vendor)
        fetch(cellar, vendor, "cn.indicator", codes=["600000.SH"])
    rows = held(cellar, "cn.indicator")
    truth = world.table("fina_indicator", codes={"600000.SH"})
    assert len(truth["ts_code"]) > 100
    assert rows["period"].n_unique() == len(set(truth["end_date"]))


@pytest.mark.parametrize("mode", ["wrong", "right", "absent", "denied"])
def test_has_more_proves_nothing(tmp_path: Path, mode: str) -> None:
    world = World(date(2024, 3, 4), date(2024, 3, 5), stocks=30)
    with TushareStandin(world, clock=datetime(2024, 3, 6, 12)) as vendor:
        cellar = workplace(tmp_path, vendor)
        fetch(cellar, vendor, ["cn.suspend", "ref.securities"], start=world.start, end=world.end)
        vendor.quirks.has_more = mode
        report = fetch(cellar, vendor, "cn.bars_1d", start=world.start, end=world.end)
    truth = world.truth("cn.bars_1d", now=vendor.clock)
    assert report.complete
    assert same(held(cellar, "cn.bars_1d"), truth) == ""


def test_funds_beyond_the_cap_hide_no_share(tmp_path: Path) -> None:
    world = World(date(2024, 3, 4), date(2024, 3, 5), stocks=30, funds=6000)
    with TushareStandin(world, clock=datetime(2024, 3, 6, 12)) as vendor:
        cellar = workplace(tmp_path, vendor)
        fetch(cellar, vendor, "cn.limits_1d", start=world.start, end=world.end)
    truth = world.truth("cn.limits_1d", now=vendor.clock)
    assert same(held(cellar, "cn.limits_1d"), truth) == ""


@pytest.mark.parametrize(
    ("start", "end", "old", "new"),
    [
        (date(2018, 12, 20), date(2018, 12, 28), "000022.SZ", "001872.SZ"),
        (date(2025, 9, 29), date(2025, 10, 13), "836504.BJ", "920504.BJ"),
    ],
    ids=["shenzhen", "beijing"],
)
def test_a_changed_code_is_one_security(
    tmp_path: Path, start: date, end: date, old: str, new: str
) -> None:
    world = World(start, end, stocks=20)
    with TushareStandin(world) as vendor:
        cellar = workplace(tmp_path, vendor)
        assert fetch(cellar, vendor, "cn.bars_1d", start=start, end=end).complete
    securities = held(cellar, "ref.securities")
    mine = securities.filter(pl.col("asset").is_in([old, new])).sort("valid_from")
    assert mine["asset"].to_list() == [old, new]
    assert mine["security_id"].n_unique() == 1
    assert mine["valid_to"][0] + timedelta(days=1) == mine["valid_from"][1]
    assert same(held(cellar, "cn.bars_1d"), world.truth("cn.bars_1d")) == ""


def test_a_delisted_code_with_a_letter(tmp_path: Path) -> None:
    world = World(date(2006, 10, 16), date(2006, 10, 31), stocks=20)
    with TushareStandin(world) as vendor:
        cellar = workplace(tmp_path, vendor)
        assert fetch(cellar, vendor, "cn.bars_1d", start=world.start, end=world.end).complete
    bars = held(cellar, "cn.bars_1d")
    assert bars.filter(pl.col("asset") == "T00018.SH")["session"].max() == date(2006, 10, 19)
    assert same(bars, world.truth("cn.bars_1d")) == ""


def test_after_hours_trading_since_july_2026(tmp_path: Path) -> None:
    world = World(date(2026, 7, 2), date(2026, 7, 8), stocks=20)
    with TushareStandin(world) as vendor:
        cellar = workplace(tmp_path, vendor)
        fetch(cellar, vendor, "cn.bars_1d", start=world.start, end=world.end)
    bars = held(cellar, "cn.bars_1d")
    assert same(bars, world.truth("cn.bars_1d")) == ""
    assert (bars["after_hours_volume"] > 0).any()


def test_publication_that_ended_leaves_no_gaps(tmp_path: Path) -> None:
    world = World(date(2024, 8, 15), date(2024, 8, 30), stocks=20)
    with TushareStandin(world) as vendor:
        cellar = workplace(tmp_path, vendor)
        report = fetch(cellar, vendor, "cn.northbound_1d", start=world.start, end=world.end)
    assert report.complete
    assert held(cellar, "cn.northbound_1d")["session"].max() == date(2024, 8, 20)
    assert same(held(cellar, "cn.northbound_1d"), world.truth("cn.northbound_1d")) == ""


def test_denial_is_remembered_and_haste_is_not(tmp_path: Path) -> None:
    world = World(date(2024, 3, 1), date(2024, 3, 8), stocks=20)
    limits = {"adj_factor": ((2, 2),)}
    with TushareStandin(world, clock=datetime(2024, 3, 9, 12), limits=limits) as vendor:
        vendor.denied.add("moneyflow")
        cellar = workplace(tmp_path, vendor, concurrency=1)
        span = {"start": world.start, "end": world.end}
        report = fetch(cellar, vendor, ["cn.moneyflow_1d", "cn.adj_factor"], **span)
        assert set(report.denied) == {"cn.moneyflow_1d"}
        assert "权限" in report.denied["cn.moneyflow_1d"]
        assert not report["cn.adj_factor"].denied
        once = vendor.count("moneyflow")
        again = fetch(cellar, vendor, "cn.moneyflow_1d", **span)
        assert set(again.denied) == {"cn.moneyflow_1d"}
        assert vendor.count("moneyflow") == once == 1
        vendor.allowance = type(vendor.allowance)({}, lambda: 0.0)
        assert fetch(cellar, vendor, "cn.adj_factor", **span).complete


def test_the_client_keeps_below_the_limits(tmp_path: Path) -> None:
    world = World(date(2024, 3, 1), date(2024, 3, 11), stocks=20)
    with TushareStandin(world, limits={"adj_factor": ((5, 1),)}) as vendor:
        cellar = workplace(tmp_path, vendor, rates=((5, 1.0),), max_wait_s=60.0)
        report = fetch(cellar, vendor, "cn.adj_factor", start=world.start, end=world.end)
        at = [call.at for call in vendor.calls if call.api == "adj_factor"]
    assert report.complete
    assert len(at) == len(world.sessions)  # none was refused and asked again


def test_a_wrong_token_ends_everything_at_once(tmp_path: Path) -> None:
    world = World(date(2024, 3, 1), date(2024, 3, 8), stocks=20)
    with TushareStandin(world, token="right0token0of0the0vendor0123456789") as vendor:
        cellar = workplace(tmp_path, vendor)
        vendor.token = "wrong0token0of0the0client0123456789"
        client_token, vendor.token = vendor.token, "right0token0of0the0vendor0123456789"

        class Guess:
            token = client_token

        with pytest.raises(AuthenticationError) as caught:
            fetch(cellar, Guess, "cn.bars_1d", start=world.start, end=world.end)
        assert vendor.calls == []
    assert client_token not in str(caught.value)


def test_the_token_is_nowhere_but_on_the_wire(filled: Filled) -> None:
    secret = CANARY.encode()
    files = [path for path in filled.cellar.root.rglob("*") if path.is_file()]
    assert len(files) > 30
    assert [path for path in files if secret in path.read_bytes()] == []
