"""Where the token goes: into the body or the bearer, to the configured origin, nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.data.client.fakes import (
    CANARY,
    Fake,
    Script,
    Shop,
    answered,
    fetch,
    place,
    token,
)
from workbench.data.client import Client, Landing
from workbench.data.secrets import Secret
from workbench.errors import (
    BadAnswerError,
    BadValueError,
)


class TestWhereTheTokenGoes:
    def test_body(self, tmp_path: Path) -> None:
        script = Script()
        fetch(place(tmp_path), script, "a")
        (request,) = script.requests
        assert b'"token": "canary/7f3a+9d1c5e8b24QvZ"' in request.content
        assert CANARY not in str(request.url) + str(request.headers.raw)
        assert request.headers["accept-encoding"] == "gzip, deflate"
        assert str(request.url) == "https://fake.example/dataapi/daily"

    def test_bearer(self, tmp_path: Path) -> None:
        script = Script({"a": [answered({"code": 0, "next_url": "https://shop.example/v2/p2"})]})
        (got,) = fetch(place(tmp_path), script, "a", provider=Shop())
        assert got.error is None
        assert [str(r.url) for r in script.requests] == [
            "https://shop.example/v2/bars?key=a",
            "https://shop.example/v2/p2",
        ]
        assert {r.headers["authorization"] for r in script.requests} == {f"Bearer {CANARY}"}
        assert all(r.content == b"" for r in script.requests)

    @pytest.mark.parametrize(
        "link",
        [
            "https://evil.example/v2/p2",
            "http://shop.example/v2/p2",
            "https://shop.example:444/v2/p2",
            "https://shop.example@evil.example/p2",
            "https://shop.example.evil.example/p2",
            "https://shop.example\\@evil.example/",
            "//evil.example/p2",
            "ftp://shop.example/p2",
            "https://sh\nop.example/p2",
            "file:///etc/passwd",
        ],
    )
    def test_links_elsewhere_are_refused(self, tmp_path: Path, link: str) -> None:
        script = Script({"a": [answered({"code": 0, "next_url": link})]})
        (got,) = fetch(place(tmp_path), script, "a", provider=Shop())
        assert isinstance(got.error, BadAnswerError)
        assert "https://shop.example" in str(got.error)
        assert len(script.requests) == 1
        assert len(Landing(tmp_path).quarantined("shop")) == 1

    @pytest.mark.parametrize("origin", ["http://fake.example", "http://127.0.0.1:9"])
    def test_plain_http_needs_leave(self, tmp_path: Path, origin: str) -> None:
        cellar = place(tmp_path, origin, allow_insecure=False)
        with pytest.raises(BadValueError, match="WORKBENCH_ALLOW_INSECURE"):
            Client(Fake(), cellar, token=token())

    def test_prefix_of_a_private_origin(self, tmp_path: Path) -> None:
        script = Script()
        fetch(place(tmp_path, "https://broker.example:8443/pro/"), script, "a")
        assert str(script.requests[0].url) == "https://broker.example:8443/pro/dataapi/daily"

    def test_unknown_transport(self, tmp_path: Path) -> None:
        with pytest.raises(BadValueError, match="MockTransport"):
            Client(Fake(), place(tmp_path), token=Secret("x" * 20), transport=object())
