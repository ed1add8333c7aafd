"""The core by hand, without network, sleep or thread: which steps it asks for, in which order."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.data.client.fakes import NOW, Fake, Memo, Script, answered, fetch, place, token, unit
from workbench.data.cellar import Cellar
from workbench.data.client import Client, Landing
from workbench.data.client.core import Desk, Do, Fetched, Send, Sleep, Trouble, fetch_unit
from workbench.data.client.gates import Gates
from workbench.data.client.limits import Limits
from workbench.data.provider import Response
from workbench.data.settings import ProviderSettings, Settings
from workbench.errors import AccessDeniedError, BadAnswerError, QuotaError, UpstreamError


def desk(root: Path, limits: Any = (), **changed: Any) -> Desk:
    """A desk whose jitter is known."""
    provider = Fake(limits=limits)
    return Desk(
        provider=provider,
        settings=ProviderSettings(**changed),
        landing=Landing(root, clock=lambda: NOW),
        limits=Limits("fake", provider.rates, folder=root / "meta"),
        gates=Gates("fake", Memo(), lambda: NOW),
        token=token,
        clock=lambda: NOW,
        chance=random.Random(5),
    )


def drive(where: Desk, *replies: Any, key: str = "a") -> tuple[Fetched, list[float], int]:
    """Give these replies; the result, the sleeps asked for and the requests."""
    steps, waiting, slept, sent = fetch_unit(unit(key), where), list(replies), [], 0
    result: Any = None
    while True:
        try:
            step = steps.send(result)
        except StopIteration as end:
            where.limits.close()
            return end.value, slept, sent
        result = None
        match step:
            case Send():
                result, sent = waiting.pop(0), sent + 1
            case Sleep(seconds):
                slept.append(seconds)
                where.limits._held.clear()  # time passed
            case Do(action):
                result = action()


def said(document: Any, status: int = 200, **headers: str) -> Response:
    answer = answered(document, status, **headers)
    return Response(status, dict(answer.headers), answer.content)


FINE = said({"code": 0})
BROKEN = Trouble(UpstreamError("broken off"), again=True)


def test_one_call(tmp_path: Path) -> None:
    got, slept, sent = drive(desk(tmp_path), FINE)
    assert (got.error, got.calls, slept, sent) == (None, 1, [], 1)


def test_back_off_doubles_with_jitter(tmp_path: Path) -> None:
    got, slept, sent = drive(desk(tmp_path, retries=5), *[BROKEN] * 6)
    assert isinstance(got.error, UpstreamError)
    assert sent == got.calls == 6
    assert all(2**n <= wait < 2**n + 1 for n, wait in enumerate(slept))
    assert len({wait % 1 for wait in slept}) == 5


def test_back_off_has_an_end(tmp_path: Path) -> None:
    _, slept, _ = drive(desk(tmp_path, retries=12), *[BROKEN] * 12, FINE)
    assert max(slept) == slept[-1] == 60


def test_hopeless_trouble_is_not_repeated(tmp_path: Path) -> None:
    trouble = Trouble(BadAnswerError("too large"), again=False, received=b"000")
    got, slept, sent = drive(desk(tmp_path), trouble)
    assert isinstance(got.error, BadAnswerError)
    assert (slept, sent) == ([], 1)
    assert Landing(tmp_path).quarantined()[0].reason == "too large"


def test_what_was_received_of_an_earlier_attempt_is_forgotten(tmp_path: Path) -> None:
    torn = Trouble(UpstreamError("torn"), again=True, received=b"half an answer")
    got, _, _ = drive(desk(tmp_path), torn, said({"code": 7}))
    assert isinstance(got.error, BadAnswerError)
    (kept,) = (tmp_path / "quarantine").rglob("*.json")
    assert '"form": "pages"' in kept.read_text()


def test_rate_waits_as_long_as_told(tmp_path: Path) -> None:
    got, slept, _ = drive(desk(tmp_path), said({"code": 1}), FINE)
    assert got.error is None
    assert 0.01 <= slept[0] <= 0.011
    fast = said({}, status=429, retry_after="65")
    _, slept, _ = drive(desk(tmp_path), fast, FINE, key="b")
    assert 65 <= slept[0] <= 71.5


def test_patience_is_bounded(tmp_path: Path) -> None:
    fast = said({}, status=429, retry_after="65")
    got, slept, sent = drive(desk(tmp_path, max_wait_s=200.0), *[fast] * 9)
    assert isinstance(got.error, QuotaError)
    assert sum(slept) <= 200
    assert sent == len(slept) + 1 < 5
    assert got.error.until > NOW


def test_unavailable_with_retry_after(tmp_path: Path) -> None:
    busy = said({}, status=503, retry_after="30")
    got, slept, _ = drive(desk(tmp_path), busy, FINE)
    assert got.error is None
    assert slept == [30]
    got, slept, _ = drive(desk(tmp_path), said({}, status=503, retry_after="99999"), key="b")
    assert isinstance(got.error, UpstreamError)
    assert slept == []


@pytest.mark.parametrize("odd", ["soon", "-5", "١٢", "9" * 30, "Fri, 99 Nov", "1e9", ""])
def test_odd_retry_after(tmp_path: Path, odd: str) -> None:
    fast = Response(429, {"retry-after": odd}, b"{}")
    got, slept, _ = drive(desk(tmp_path), fast, FINE)
    assert got.error is None
    assert len(slept) == 1
    assert slept[0] < 2


def test_own_limit_is_waited_for(tmp_path: Path) -> None:
    where = desk(tmp_path, limits=((1, 0.05),))
    assert where.limits.ask("daily", token()) == 0.0
    got, slept, _ = drive(where, FINE)
    assert got.error is None
    assert slept
    assert all(wait <= 0.051 for wait in slept)


def test_own_limit_far_off_is_a_quota(tmp_path: Path) -> None:
    where = desk(tmp_path, limits=((1, 86_400),))
    where.limits.ask("daily", token())
    got, slept, sent = drive(where)
    assert isinstance(got.error, QuotaError)
    assert timedelta(hours=23) < got.error.until - NOW <= timedelta(days=1, seconds=1)
    assert (slept, sent) == ([], 0)


def test_with_the_real_cellar(tmp_path: Path) -> None:
    """Denials go to the ledger of a workspace, and the next client asks it."""
    own = {"fake": ProviderSettings(concurrency=2, retries=0)}
    cellar = Cellar.open(tmp_path / "库 1", settings=Settings(providers=own), clock=lambda: NOW)
    script = Script({"mins/1": [answered({"code": 3})]})
    for calls in (1, 0):
        with Client(Fake(), cellar, token=token(), transport=script.transport) as client:
            (got,) = client.fetch([unit("mins/1")])
        assert isinstance(got.error, AccessDeniedError)
        assert got.calls == calls
    assert cellar.ledger.denied("fake", "mins") == NOW + timedelta(days=1)


def test_no_token_in_the_workspace(tmp_path: Path) -> None:
    script = Script({"a": [answered({"code": 4})], "b": [answered({"code": 7})]})
    fetch(place(tmp_path), script, "b", "a")
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    assert all(token().reveal().encode() not in path.read_bytes() for path in files)
