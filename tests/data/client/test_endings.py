"""What ends a unit, an API or a vendor; what is waited for; what is not hidden."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.data.client.fakes import (
    FINE,
    NOW,
    Fake,
    Script,
    answered,
    fetch,
    place,
    token,
    unit,
)
from workbench.data.client import Client
from workbench.errors import (
    AccessDeniedError,
    AuthenticationError,
    QuotaError,
    StoreError,
    UnreachableError,
    UpstreamError,
)


class TestEndings:
    @pytest.mark.parametrize(
        ("code", "kind", "others"),
        [(2, QuotaError, 0), (3, AccessDeniedError, 0), (4, AuthenticationError, 0)],
    )
    def test_an_api_is_closed(self, tmp_path: Path, code: int, kind: type, others: int) -> None:
        script = Script({"mins/1": [answered({"code": code})]})
        first, second, other = fetch(place(tmp_path), script, "mins/1", "mins/2", "free")
        assert isinstance(first.error, kind)
        assert isinstance(second.error, kind)
        assert str(second.error) == str(first.error)
        assert (first.calls, second.calls) == (1, others)
        assert (other.error is None) is (kind is not AuthenticationError)

    def test_nobody_else_tries_a_vendor_that_cannot_be_reached(self, tmp_path: Path) -> None:
        script = Script({"mins/1": [httpx.ConnectError("no such host")]})
        cellar = place(tmp_path)
        with Client(Fake(), cellar, token=token(), transport=script.transport) as client:
            first, second = client.fetch([unit("mins/1"), unit("mins/2")])
            (other,) = client.fetch([unit("free")])
        assert isinstance(first.error, UnreachableError)
        assert str(first.error) == str(second.error) == str(other.error)
        assert (first.calls, second.calls, other.calls) == (3, 0, 0)
        assert all(item.error is None for item in fetch(cellar, Script(), "mins/1", "free"))

    @pytest.mark.parametrize(
        "trouble",
        [
            answered({}, status=503),
            httpx.ReadTimeout("silent"),
            httpx.ConnectTimeout("silent"),
            httpx.ReadError("reset"),
        ],
        ids=["busy", "silent", "slow door", "reset"],
    )
    def test_trouble_of_one_unit_is_its_own(self, tmp_path: Path, trouble: Any) -> None:
        first, second = fetch(place(tmp_path), Script({"a": [trouble]}), "a", "b")
        assert type(first.error) is UpstreamError
        assert (first.calls, second.error, second.calls) == (3, None, 1)

    def test_one_refused_connection_is_tried_again(self, tmp_path: Path) -> None:
        script = Script({"a": [httpx.ConnectError("refused"), httpx.ConnectError("refused"), FINE]})
        assert [item.error for item in fetch(place(tmp_path), script, "a", "b")] == [None, None]

    def test_quota_says_until_when(self, tmp_path: Path) -> None:
        script = Script({"mins/1": [answered({"code": 2})]})
        (got,) = fetch(place(tmp_path), script, "mins/1")
        assert got.error.until == datetime(2026, 11, 21, tzinfo=UTC)
        assert "until 2026-11-21 00:00 UTC" in str(got.error)

    def test_a_spent_quota_comes_back(self, tmp_path: Path) -> None:
        now = [NOW]
        cellar = place(tmp_path)
        cellar.clock = lambda: now[0]
        script = Script({"mins/1": [answered({"code": 2})]})
        with Client(Fake(), cellar, token=token(), transport=script.transport) as client:
            assert next(client.fetch([unit("mins/1")])).error
            assert next(client.fetch([unit("mins/2")])).calls == 0
            now[0] = datetime(2026, 11, 21, tzinfo=UTC)
            assert next(client.fetch([unit("mins/2")])).error is None

    def test_denials_are_remembered_for_a_day(self, tmp_path: Path) -> None:
        script = Script({"mins/1": [answered({"code": 3}), FINE]})
        cellar = place(tmp_path)
        fetch(cellar, script, "mins/1")
        assert cellar.ledger.denials == {("fake", "mins"): NOW + timedelta(days=1)}
        (again,) = fetch(cellar, script, "mins/1")
        assert isinstance(again.error, AccessDeniedError)
        assert again.calls == 0
        cellar.clock = lambda: NOW + timedelta(days=1)
        (later,) = fetch(cellar, script, "mins/1")
        assert later.error is None

    def test_too_fast_for_ever(self, tmp_path: Path) -> None:
        script = Script({"a": [answered({"code": 1})]})
        start = time.monotonic()
        (got,) = fetch(place(tmp_path, max_wait_s=0.1), script, "a")
        assert isinstance(got.error, QuotaError)
        assert got.error.until is not None
        assert got.error.until >= NOW
        assert 5 < got.calls < 12
        assert time.monotonic() - start < 2

    @pytest.mark.parametrize("later", ["7200", "Fri, 20 Nov 2026 14:30:00 GMT"])
    def test_retry_after_beyond_patience(self, tmp_path: Path, later: str) -> None:
        script = Script({"a": [answered({}, status=429, retry_after=later)]})
        (got,) = fetch(place(tmp_path), script, "a")
        assert isinstance(got.error, QuotaError)
        assert got.calls == 1
        assert timedelta(hours=2) <= got.error.until - NOW < timedelta(hours=2.3)

    def test_retry_after_is_honoured(self, tmp_path: Path) -> None:
        script = Script({"a": [answered({}, status=429, retry_after="1"), FINE]})
        start = time.monotonic()
        (got,) = fetch(place(tmp_path), script, "a")
        assert got.error is None
        assert 1.0 <= time.monotonic() - start < 1.6

    def test_a_broken_provider_is_not_hidden(self, tmp_path: Path) -> None:
        class Broken(Fake):
            def judge(self, request: Any, response: Any) -> Any:
                raise ZeroDivisionError("a bug")

        with pytest.raises(ZeroDivisionError):
            fetch(place(tmp_path, concurrency=3), Script(), "a", "b", "c", provider=Broken())

    def test_a_folder_that_cannot_be_written(self, tmp_path: Path) -> None:
        (tmp_path / "raw").write_text("a file where a folder should be")
        with pytest.raises((OSError, StoreError)):
            fetch(place(tmp_path), Script(), "a")
