"""The whole way against a server that behaves like the vendor, at its best and at its worst."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import httpx
import polars as pl
import pytest

from tests.data.client.fakes import Memo, Place
from tests.data.providers.massive.drive import Refused, drive, over_http, units, want
from tests.data.standins.massive import CANARY, MassiveStandin, Quirks, World
from workbench.data.client import Client
from workbench.data.provider import Outcome, Pages, Request, Response
from workbench.data.providers.massive import PROVIDER
from workbench.data.secrets import Secret
from workbench.data.settings import ProviderSettings, Settings, Timeouts
from workbench.errors import (
    AccessDeniedError,
    AuthenticationError,
    BadAnswerError,
    BadRequestError,
    QuotaError,
    UpstreamError,
)

WORLD = World()


@pytest.fixture
def vendor():
    """A running stand-in with good manners."""
    with MassiveStandin(WORLD) as standin:
        yield standin


def whole(standin, name, window):
    """Every unit of a window, decoded."""
    fetch = over_http(standin)
    frames = [PROVIDER.decode(unit, drive(unit, fetch)) for unit in units(name, window)]
    return pl.concat(frames)


def january(codes=()):
    sessions = [str(day) for day in WORLD.sessions if day.month == 1]
    return want("2024-01-01", "2024-01-31", sessions, codes)


def only(name, window=None):
    (unit,) = units(name, window or january(["BBB"]))
    return unit


def refused(unit, standin, token=None):
    with pytest.raises(Refused) as caught:
        drive(unit, over_http(standin, token))
    return caught.value.judgement


def test_bars_are_the_truth_as_traded(vendor):
    frame = whole(vendor, "us.bars_1d", january())
    truth = {key: bar for key, (company, bar) in WORLD.bars.items() if not company.otc}
    truth = {key: bar for key, bar in truth.items() if key[0].month == 1}
    assert frame.height == len(truth) > 600
    for row in frame.rows(named=True):
        bar = truth[row["session"], row["asset"]]
        assert (row["open"], row["close"], row["volume"]) == (bar.open, bar.close, bar.volume)
    assert not frame["otc"].any()
    assert {"ABRpD", "BRK.B"} <= set(frame["asset"])


def test_the_vendors_defaults_would_have_been_wrong(vendor):
    # The stand-in does what the vendor does when nobody says adjusted=false or active=false.
    headers = {"Authorization": f"Bearer {vendor.token}"}
    with httpx.Client(headers=headers, trust_env=False) as client:
        path = "/v2/aggs/grouped/locale/us/market/stocks/2024-01-17"
        rows = client.get(vendor.origin + path).json()["results"]
        listed = client.get(vendor.origin + "/v3/reference/tickers", params={"limit": 1000}).json()
    (row,) = (row for row in rows if row["T"] == "BBB")
    _, bar = WORLD.bars[date(2024, 1, 17), "BBB"]
    assert row["c"] == pytest.approx(bar.close / 4)
    assert row["v"] == bar.volume * 4
    assert "BRIEF" not in {row["ticker"] for row in listed["results"]}


@pytest.mark.parametrize("size", [None, 7])
def test_ticker_lists_have_the_living_and_the_dead(vendor, size):
    vendor.quirks.page_rows = size
    frame = whole(vendor, "us.tickers", want("2023-11-01", "2024-02-29"))
    days = frame["session"].unique().sort().to_list()
    assert days == [date(2023, 11, 1), date(2023, 12, 1), date(2024, 1, 2), date(2024, 2, 1)]
    for day in days:
        at = frame.filter(session=day)
        alive = {name for company in WORLD.companies if (name := company.ticker(day))}
        assert set(at.filter("active")["asset"]) == alive
    gone = frame.filter(~pl.col("active"), session=date(2024, 2, 1))
    assert dict(gone.select("asset", "delisted").rows()) == {
        "REUS": date(2023, 12, 14), "BRIEF": date(2024, 1, 24),
    }  # fmt: skip
    assert (vendor.count("tickers") > 8) == (size is not None)


def test_splits_and_dividends_are_the_truth(vendor):
    vendor.quirks.page_rows, vendor.quirks.twice = 2, True
    window = want("2023-06-01", "2024-02-29")
    splits = whole(vendor, "us.splits", window)
    truth = {
        (company.ticker(one.day), one.day, one.old, one.new, one.kind)
        for company in WORLD.companies
        for one in company.splits
    }
    columns = ("asset", "session", "split_from", "split_to", "kind")
    assert set(splits.select(columns).rows()) == truth
    assert splits.height == len(truth)
    paid = whole(vendor, "us.dividends", window)
    truth = sorted(
        (company.ticker(one.day), one.day, one.amount, one.currency)
        for company in WORLD.companies
        for one in company.dividends
    )
    assert sorted(paid.select("asset", "session", "amount", "currency").rows()) == truth


def test_minutes_page_to_the_end(vendor):
    vendor.quirks.page_rows = 17
    frame = whole(vendor, "us.bars_1m", january(["BBB"]))
    sessions = [day for day in WORLD.sessions if day.month == 1]
    assert frame.height == 5 * len(sessions)
    assert frame["time"].min() == datetime(2024, 1, 2, 14, 30, tzinfo=UTC)
    _, bar = WORLD.bars[date(2024, 1, 17), "BBB"]
    day = frame.filter(pl.col("time").dt.date() == date(2024, 1, 17))
    assert set(day["close"]) == {bar.close}  # unadjusted, before the split


def test_a_holiday_is_empty(vendor):
    frame = whole(vendor, "us.bars_1d", want("2024-01-15", "2024-01-15", ["2024-01-15"]))
    assert frame.height == 0


def test_old_endpoints_are_gone_and_old_names_still_read(vendor):
    fetch = over_http(vendor)
    old = Request("splits", "GET", "/v3/reference/splits", {"limit": "1000"})
    gone = fetch(old)
    assert gone.status == 410
    assert PROVIDER.judge(old, gone).outcome is Outcome.BAD_REQUEST
    vendor.quirks.old_events = "old"
    unit = only("us.splits")
    frame = PROVIDER.decode(unit, Pages(unit, ((old, fetch(old)),)))
    assert frame.height == 3
    assert frame.select("kind").n_unique() == 2


@pytest.mark.parametrize("nonce", [False, True])
@pytest.mark.parametrize("name", ["us.tickers", "us.splits", "us.bars_1m"])
def test_a_page_loop_is_an_error_soon(vendor, name, nonce):
    vendor.quirks = Quirks(page_rows=2, loop=True, nonce=nonce)
    window = want("2024-01-01", "2024-01-31", codes=["BBB"])
    with pytest.raises(BadAnswerError, match="page loop"):
        drive(only(name, window), over_http(vendor))
    assert len(vendor.calls) <= 3


@pytest.mark.parametrize("name", ["us.tickers", "us.splits", "us.dividends", "us.bars_1m"])
@pytest.mark.parametrize("place", [1, 2])
@pytest.mark.parametrize("how", ["html", "truncated", "error", "nan", "no_results", "miscounted"])
def test_a_bad_page_is_never_the_end(vendor, name, place, how):
    vendor.quirks = Quirks(page_rows=2, bad_page={place: how})
    window = want("2024-01-01", "2024-01-31", codes=["BBB"])
    unit = only(name, window)
    if how in ("html", "truncated", "error"):
        assert refused(unit, vendor).outcome is Outcome.UPSTREAM
    elif how == "nan":
        assert refused(unit, vendor).outcome is Outcome.BAD_ANSWER
    else:
        with pytest.raises(BadAnswerError, match="expected"):
            drive(unit, over_http(vendor))


def test_adjusted_bars_are_refused_whatever_was_asked(vendor):
    vendor.quirks.flip = True
    for name, window in (("us.bars_1d", want("2024-01-03", "2024-01-03", ["2024-01-03"])),
                         ("us.bars_1m", january(["BBB"]))):  # fmt: skip
        with pytest.raises(BadAnswerError, match="unadjusted"):
            drive(only(name, window), over_http(vendor))


def test_keys_and_plans(vendor):
    unit = only("us.bars_1d", want("2024-01-03", "2024-01-03", ["2024-01-03"]))
    assert refused(unit, vendor, token="wrong").outcome is Outcome.AUTH
    vendor.quirks.denied = {"splits"}
    assert refused(only("us.splits"), vendor).outcome is Outcome.DENIED
    vendor.quirks.plan_from = date(2024, 1, 10)
    found = refused(unit, vendor)
    assert (found.outcome, "start later" in found.reason) == (Outcome.BAD_REQUEST, True)


def test_a_day_that_is_not_over(vendor):
    unit = only("us.bars_1d", want("2024-02-29", "2024-02-29", ["2024-02-29"]))
    vendor.clock = datetime(2024, 2, 29, 17, tzinfo=UTC)
    assert refused(unit, vendor).outcome is Outcome.QUOTA  # the free plan says 403
    vendor.quirks.status = "DELAYED"
    minutes = only("us.bars_1m", want("2024-02-01", "2024-02-29", codes=["BBB"]))
    found = refused(minutes, vendor)
    assert (found.outcome, found.until) == (Outcome.QUOTA, datetime(2024, 3, 1, 1, 30, tzinfo=UTC))
    vendor.clock += timedelta(days=1)
    assert drive(minutes, over_http(vendor)).answers


def test_the_free_plan_says_wait(vendor):
    vendor.limit, vendor.retry_after = (2, 60.0), ""
    unit = only("us.tickers")
    drive(unit, over_http(vendor))
    assert refused(unit, vendor).wait == 60.0
    vendor.retry_after = "12"
    assert refused(unit, vendor).wait == 12.0


def place(root, standin, **changed):
    """A cellar for the real client, impatient."""
    own = ProviderSettings(
        **{"origin": standin.origin, "allow_insecure": True, "retry_wait_s": 0.002, "retries": 2,
           "max_wait_s": 2.0, "concurrency": 2, "timeout_s": Timeouts(total=10),
           "rates": [(100_000, 60)], **changed}
    )  # fmt: skip
    clock = standin.utc_now
    return Place(root, Settings(providers={"massive": own}), clock, Memo())


def fetched(root, standin, wanted, token=CANARY, **changed):
    """What the real client makes of the units."""
    cellar = place(root, standin, **changed)
    with Client(PROVIDER, cellar, token=Secret(token, "test")) as client:
        return {got.unit.key: got for got in client.fetch(wanted)}


def test_with_the_real_client(vendor, tmp_path):
    vendor.quirks.page_rows = 9
    wanted = [
        unit
        for name in PROVIDER.datasets()
        for unit in units(name, want("2024-01-02", "2024-01-04", ["2024-01-03"], ["BBB", "BRK.B"]))
    ]
    assert len(wanted) == 6
    for unit in wanted:
        (got,) = fetched(tmp_path, vendor, [unit]).values()
        assert got.error is None
        mine = PROVIDER.decode(unit, drive(unit, over_http(vendor)))
        assert PROVIDER.decode(unit, got.pages).equals(mine)
        assert mine.height
    assert {call.bearer for call in vendor.calls} == {CANARY}
    assert not any("apiKey" in call.query for call in vendor.calls)
    on_disk = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert CANARY.encode() not in on_disk
    calls = len(vendor.calls)
    again = fetched(tmp_path, vendor, [wanted[0]])
    assert all(got.resumed for got in again.values())
    assert len(vendor.calls) == calls


def test_the_bearer_never_goes_to_another_host(vendor, tmp_path):
    with MassiveStandin(WORLD) as thief:
        vendor.quirks = Quirks(page_rows=2, foreign_next=thief.origin)
        (got,) = fetched(tmp_path, vendor, [only("us.splits")]).values()
        assert isinstance(got.error, BadAnswerError)
        assert thief.calls == []
    vendor.quirks = Quirks(page_rows=2, foreign_next=vendor.origin.replace("127.0.0.1", "evil@x"))
    (got,) = fetched(tmp_path / "b", vendor, [only("us.splits")]).values()
    assert isinstance(got.error, BadAnswerError)
    assert CANARY not in str(got.error)


@pytest.mark.parametrize(
    ("turn", "kind"),
    [
        ({"denied": {"splits"}}, AccessDeniedError),
        ({"bad_page": {2: "html"}, "page_rows": 2}, UpstreamError),
        ({"bad_page": {2: "truncated"}, "page_rows": 2}, UpstreamError),
        ({"bad_page": {2: "no_results"}, "page_rows": 2}, BadAnswerError),
        ({"bad_page": {2: "nan"}, "page_rows": 2}, BadAnswerError),
        ({"loop": True, "page_rows": 2}, BadAnswerError),
    ],
)
def test_every_trouble_is_an_error_of_ours(vendor, tmp_path, turn, kind):
    vendor.quirks = Quirks(**turn)
    (got,) = fetched(tmp_path, vendor, [only("us.splits")]).values()
    assert (type(got.error), got.pages) == (kind, None)


def test_a_wrong_key_and_a_short_plan(vendor, tmp_path):
    unit = only("us.bars_1d", want("2024-01-03", "2024-01-03", ["2024-01-03"]))
    (got,) = fetched(tmp_path, vendor, [unit], token="wrong-but-long-enough").values()
    assert isinstance(got.error, AuthenticationError)
    vendor.quirks.plan_from = date(2024, 1, 10)
    (got,) = fetched(tmp_path, vendor, [unit]).values()
    assert isinstance(got.error, BadRequestError)
    assert "start later" in str(got.error)


def test_the_client_waits_for_the_free_plan(vendor, tmp_path):
    vendor.limit, vendor.retry_after = (2, 0.4), "1"
    found = fetched(tmp_path, vendor, [only("us.tickers"), only("us.splits")], max_wait_s=20.0)
    assert all(got.error is None for got in found.values())
    assert 429 in {call.status for call in vendor.calls}
    vendor.limit, vendor.retry_after = (0, 60), ""
    (got,) = fetched(tmp_path / "b", vendor, [only("us.splits")]).values()
    assert isinstance(got.error, QuotaError)


def test_it_serves_as_a_process(repository):
    command = [sys.executable, "-m", "tests.data.standins.massive", "--fillers", "3"]
    with subprocess.Popen(
        command, cwd=repository, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        origin = process.stdout.readline().strip()
        query = {"apiKey": CANARY, "limit": "1000"}
        answer = httpx.get(f"{origin}/v3/reference/tickers", params=query, trust_env=False)
        process.stdin.close()
        assert process.wait(timeout=10) == 0
    response = Response(answer.status_code, {}, answer.content)
    assert PROVIDER.judge(Request("tickers", "GET", "/x"), response).outcome is Outcome.OK
    assert len(answer.json()["results"]) == answer.json()["count"] == 13
