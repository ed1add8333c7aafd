"""Secrets: found in order, kept where possible, in no text, no pickle, no exception."""

from __future__ import annotations

import base64
import copy
import html
import json
import logging
import os
import pickle  # noqa: TID251  # to prove that it is refused
import traceback
import urllib.parse
from pathlib import Path

import httpx
import keyring
import keyring.backend
import keyring.backends.fail
import keyring.backends.null
import pytest

from tests.data.client.fakes import CANARY, Fake, Script, Shop, answered, place, unit
from workbench.data.client import Client
from workbench.data.redaction import RedactingFilter, redact, redact_bytes, redacted_exception
from workbench.data.secrets import Secret, find_token, remove_token, set_token, show_token
from workbench.errors import TokenError, UpstreamError

VALUE = "0123456789abcdef-the-token-xy"


class Memory(keyring.backend.KeyringBackend):
    """A keyring in a dictionary."""

    priority = 1

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No token, keyring or folder of whoever runs the tests."""
    for name in list(os.environ):
        if name.endswith(("_TOKEN", "_API_KEY")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("WORKBENCH_CONFIG_HOME", str(tmp_path / "config"))


def use(monkeypatch: pytest.MonkeyPatch, backend: object) -> object:
    monkeypatch.setattr("keyring.core._keyring_backend", backend)
    return backend


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Memory:
    return use(monkeypatch, Memory())


@pytest.fixture
def headless(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, keyring.backends.fail.Keyring())


class TestSecret:
    def test_no_text_shows_it(self) -> None:
        secret = Secret(VALUE)
        texts = [
            repr(secret),
            str(secret),
            f"{secret:>20}",
            f"{secret}",
            f"{[secret]}",
        ]
        assert not any("0123" in text for text in texts)
        assert repr(secret) == "Secret(…)"
        assert secret.reveal() == VALUE

    def test_it_cannot_be_stored(self) -> None:
        secret = Secret(VALUE)
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            with pytest.raises(TokenError):
                pickle.dumps(secret, protocol)
        with pytest.raises(TypeError):
            json.dumps({"token": secret})
        with pytest.raises(TypeError):
            vars(secret)
        assert copy.deepcopy(secret) is copy.copy(secret) is secret

    def test_comparing(self) -> None:
        assert Secret(VALUE) == Secret(VALUE) != Secret("another one")
        assert Secret(VALUE) != VALUE
        with pytest.raises(TypeError):
            hash(Secret(VALUE))


class TestPlaces:
    def test_order(self, ring: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(TokenError) as caught:
            find_token("tushare")
        said = str(caught.value)
        places = [
            said.index(word) for word in ("TUSHARE_TOKEN", "keyring", str(tmp_path / "config"))
        ]
        assert places == sorted(places)
        use(monkeypatch, keyring.backends.fail.Keyring())
        assert set_token("tushare", "from-the-file") == f"file {tmp_path / 'config' / 'tokens'}"
        assert find_token("tushare").reveal() == "from-the-file"
        use(monkeypatch, ring)
        ring.kept["workbench", "tushare"] = "from-the-keyring"
        assert find_token("tushare").reveal() == "from-the-keyring"
        monkeypatch.setenv("WORKBENCH_TUSHARE_TOKEN", "from-the-second")
        assert find_token("tushare").reveal() == "from-the-second"
        monkeypatch.setenv("TUSHARE_TOKEN", " from-the-first ")
        assert find_token("tushare").reveal() == "from-the-first"
        assert find_token("tushare").source == "variable TUSHARE_TOKEN"

    @pytest.mark.parametrize(
        "name", ["MASSIVE_API_KEY", "POLYGON_API_KEY", "WORKBENCH_MASSIVE_TOKEN"]
    )
    def test_names_of_massive(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(name, VALUE)
        assert find_token("massive").reveal() == VALUE

    def test_keyring(self, ring: Memory, tmp_path: Path) -> None:
        assert set_token("tushare", f" {VALUE}\n") == "keyring"
        assert ring.kept == {("workbench", "tushare"): VALUE}
        assert not (tmp_path / "config").exists()
        shown = show_token("tushare")
        assert (shown.source, shown.ending) == ("keyring", "xy")
        assert remove_token("tushare") == ("keyring",)
        assert show_token("tushare") is None
        with pytest.raises(TokenError, match="There is no token for tushare"):
            remove_token("tushare")

    @pytest.mark.parametrize(
        "backend", [keyring.backends.fail.Keyring, keyring.backends.null.Keyring]
    )
    def test_file(self, backend: type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        use(monkeypatch, backend())
        set_token("tushare", VALUE)
        set_token("massive", "another-token")
        assert find_token("tushare").reveal() == VALUE
        assert find_token("massive").reveal() == "another-token"
        folder = tmp_path / "config"
        assert folder.stat().st_mode & 0o777 == 0o700
        for name in ("tokens", "tokens.key"):
            assert (folder / name).stat().st_mode & 0o777 == 0o600
            assert VALUE.encode() not in (folder / name).read_bytes()
        assert remove_token("tushare") == (f"file {folder / 'tokens'}",)
        assert show_token("tushare") is None
        assert show_token("massive").ending == "en"

    def test_a_new_keyring_takes_over(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        use(monkeypatch, keyring.backends.fail.Keyring())
        set_token("tushare", "old-in-the-file")
        use(monkeypatch, Memory())
        assert set_token("tushare", "new-in-the-keyring") == "keyring"
        use(monkeypatch, keyring.backends.fail.Keyring())
        assert show_token("tushare") is None

    def test_a_keyring_that_breaks(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        class Broken(Memory):
            def get_password(self, service: str, username: str) -> str | None:
                raise LookupError(f"bus is gone, {VALUE}")

        use(monkeypatch, Broken())
        assert set_token("tushare", VALUE).startswith("file ")
        assert find_token("tushare").reveal() == VALUE
        assert "bus is gone" in caplog.text
        assert VALUE not in caplog.text

    @pytest.mark.usefixtures("headless")
    def test_damaged_file(self, tmp_path: Path) -> None:
        set_token("tushare", VALUE)
        file = tmp_path / "config" / "tokens"
        file.write_bytes(b"torn")
        with pytest.raises(TokenError, match="cannot be decrypted"):
            find_token("tushare")
        file.with_suffix(".key").unlink()
        with pytest.raises(TokenError, match="cannot be decrypted"):
            show_token("tushare")

    @pytest.mark.usefixtures("headless")
    def test_file_that_others_may_read(self, tmp_path: Path) -> None:
        set_token("tushare", VALUE)
        (tmp_path / "config" / "tokens.key").chmod(0o644)
        with pytest.raises(TokenError, match="chmod 600"):
            find_token("tushare")

    @pytest.mark.usefixtures("headless")
    def test_no_place(self, tmp_path: Path) -> None:
        (tmp_path / "config").write_text("a file")
        with pytest.raises(TokenError, match="cannot be kept"):
            set_token("tushare", VALUE)

    @pytest.mark.usefixtures("ring")
    @pytest.mark.parametrize(
        "value", ["", "  ", "two words", "line\nend", "密码", "a" * 5000, "x\0y"]
    )
    def test_what_cannot_be_a_token(self, value: str) -> None:
        with pytest.raises(TokenError, match="one word") as caught:
            set_token("tushare", value)
        assert len(value.strip()) < 4 or value.strip() not in everything(caught.value)

    @pytest.mark.parametrize("service", ["", "../x", "Tushare", "a b", "x" * 40])
    def test_what_cannot_be_a_service(self, service: str) -> None:
        for action in (find_token, show_token, remove_token, lambda name: set_token(name, VALUE)):
            with pytest.raises(TokenError, match="service"):
                action(service)

    def test_short_tokens_show_no_ending(self, ring: Memory) -> None:
        ring.kept["workbench", "tushare"] = "seven77"
        assert show_token("tushare").ending == ""


def spellings() -> dict[str, str]:
    raw = CANARY.encode()
    return {
        "plain": CANARY,
        "url": urllib.parse.quote(CANARY, safe=""),
        "url, lower": urllib.parse.quote(CANARY, safe="")
        .replace("%2F", "%2f")
        .replace("%2B", "%2b"),
        "form": urllib.parse.urlencode({"token": CANARY}),
        "json": json.dumps({"token": CANARY}),
        "html": html.escape(CANARY),
        "hex": raw.hex(),
        "base64": base64.b64encode(raw).decode(),
        "basic": base64.b64encode(b"me:" + raw).decode(),
        "basic 2": base64.b64encode(b"user:" + raw + b":x").decode(),
        "basic 3": base64.urlsafe_b64encode(b"users:" + raw + b"-tail").decode(),
        "repr": repr({"token": CANARY}),
    }


class TestRedaction:
    @pytest.mark.parametrize("form", spellings())
    def test_spellings(self, form: str) -> None:
        Secret(CANARY)
        text = spellings()[form]
        clean = redact(f"before {text} after")
        assert "***" in clean
        assert clean.startswith("before ")
        assert clean.endswith(" after")
        assert CANARY not in clean
        assert text not in clean

    def test_the_environment_counts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("POLYGON_API_KEY", "only-in-the-environment-1")
        assert redact("key=only-in-the-environment-1;") == "key=***;"

    def test_other_text_is_untouched(self) -> None:
        Secret("abc")
        Secret("")
        assert redact("abc of the alphabet") == "abc of the alphabet"
        Secret("word")
        assert redact_bytes(b"a word in honest data") == b"a word in honest data"

    def test_exceptions_and_their_causes(self) -> None:
        Secret(CANARY)
        request = httpx.Request("POST", f"https://x.example/?t={CANARY}", content=CANARY)
        try:
            try:
                raise httpx.ConnectError(f"no way to {CANARY}", request=request)
            except httpx.ConnectError as error:
                wrapped = UpstreamError(f"failed with {CANARY}", {"token": CANARY}, 7)
                wrapped.hint = f"try {CANARY}"
                wrapped.add_note(f"token {CANARY}")
                raise wrapped from error
        except UpstreamError as error:
            clean = redacted_exception(error)
        text = "".join(traceback.format_exception(clean)) + repr(clean) + repr(vars(clean))
        assert CANARY not in text
        assert "caused by httpx.ConnectError: no way to ***" in text
        assert clean.args[0] == "failed with ***"
        assert clean.args[2] == 7
        assert clean.__cause__ is clean.__context__ is clean.__traceback__ is None

    def test_file_errors(self) -> None:
        Secret(CANARY)
        error = redacted_exception(FileNotFoundError(2, "no such file", f"/x/{CANARY[:0]}{VALUE}"))
        Secret(VALUE)
        assert VALUE not in str(redacted_exception(error))

    def test_logging(self, caplog: pytest.LogCaptureFixture) -> None:
        Secret(CANARY)
        log = logging.getLogger("somebody.else")
        caplog.handler.addFilter(filter_ := RedactingFilter())
        try:
            try:
                raise ValueError(f"bad {CANARY}")
            except ValueError:
                log.exception("asked with %s and %r", CANARY, {"t": CANARY}, extra={"url": CANARY})
        finally:
            caplog.handler.removeFilter(filter_)
        (record,) = caplog.records
        assert CANARY not in caplog.text + repr(vars(record))
        assert "asked with *** and" in caplog.text
        assert "ValueError: bad ***" in caplog.text


def everything(error: BaseException) -> str:
    """All that a crash report could show, variables included, but of the tests' own frames."""
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    entries = [text for text in shown.format() if "test_secrets.py" not in text.splitlines()[0]]
    return "".join(entries) + repr(error) + str(error) + repr(vars(error))


TROUBLE = {
    "refused": httpx.ConnectError(f"cannot connect with {CANARY}"),
    "silent": httpx.ReadTimeout(""),
    "other": httpx.LocalProtocolError(f"Illegal header value b'Bearer {CANARY}'"),
    "auth": answered({"code": 4}),
    "echo": answered({"code": 7, "echo": CANARY}),
    "html": httpx.Response(502, content=f"<p>{CANARY}".encode()),
    "portal": httpx.Response(302, headers={"location": f"https://x.example/{CANARY}"}),
    "bug": ZeroDivisionError("in the transport"),
}


@pytest.mark.parametrize("kind", TROUBLE)
@pytest.mark.parametrize("vendor", [Fake, Shop])
def test_no_trouble_of_the_client_shows_the_token(kind: str, vendor: type, tmp_path: Path) -> None:
    script = Script({"a": [TROUBLE[kind]]})
    with Client(
        vendor(), place(tmp_path, retries=1), token=Secret(CANARY), transport=script.transport
    ) as client:
        try:
            (got,) = client.fetch([unit("a")])
            raise got.error
        except Exception as error:
            said = everything(error)
    sent = script.requests[0]
    assert CANARY in (sent.content.decode() + sent.headers.get("authorization", ""))
    assert CANARY not in said
    assert all(
        CANARY.encode() not in path.read_bytes() for path in tmp_path.rglob("*.*") if path.is_file()
    )
