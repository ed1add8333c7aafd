"""Against a real socket: caps, deadlines, bad encodings, redirects, TLS, echoed tokens."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import os
import socket
import ssl
import time
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import pytest

from tests.data.client.fakes import CANARY, Fake, Shop, place, token, unit
from tests.data.client.wire import head, serve
from workbench.data.client import Client, Fetched, Landing
from workbench.data.settings import Timeouts
from workbench.errors import BadAnswerError, UnreachableError, UpstreamError

FINE = json.dumps({"code": 0, "rows": [1, 2]}).encode()


def ask(root: Path, origin: str, provider: Any = None, **changed: Any) -> Fetched:
    """Fetch one unit; the environment's proxies must not matter for this machine."""
    cellar = place(root, origin, **({"retries": 0} | changed))
    with Client(provider or Fake(), cellar, token=token()) as client:
        (got,) = client.fetch([unit("a")])
    return got


def answer(tmp_path: Path, said: bytes, **changed: Any) -> Fetched:
    """Fetch from a server that says these bytes and hangs up."""
    with serve(lambda line, _: line.sendall(said)) as (origin, _):
        return ask(tmp_path, origin, **changed)


class TestBodies:
    @pytest.mark.parametrize("encoding", ["identity", "gzip", "deflate", "raw deflate"])
    def test_encodings(self, tmp_path: Path, encoding: str) -> None:
        packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        body = {
            "identity": FINE,
            "gzip": gzip.compress(FINE[:9]) + gzip.compress(FINE[9:]),
            "deflate": zlib.compress(FINE),
            "raw deflate": packer.compress(FINE) + packer.flush(),
        }[encoding]
        named = encoding.split()[-1]
        said = head(content_length=len(body), content_encoding=named) + body
        got = answer(tmp_path, said)
        assert got.error is None
        assert got.pages.answers[0][1].body == FINE

    def test_chunked(self, tmp_path: Path) -> None:
        said = head(transfer_encoding="chunked") + b"%x\r\n%s\r\n0\r\n\r\n" % (len(FINE), FINE)
        assert answer(tmp_path, said).error is None

    def test_large_answer_within_the_cap(self, tmp_path: Path) -> None:
        plain = b'{"code": 0, "rows": "' + b"0" * 3_000_000 + b'"}'
        body = gzip.compress(plain)
        got = answer(tmp_path, head(content_length=len(body), content_encoding="gzip") + body)
        assert got.pages.answers[0][1].body == plain

    def test_announced_too_large(self, tmp_path: Path) -> None:
        got = answer(tmp_path, head(content_length=10**9), max_body_bytes=1000)
        assert isinstance(got.error, BadAnswerError)
        assert "1,000,000,000 bytes announced" in str(got.error)

    def test_endless_answer(self, tmp_path: Path) -> None:
        def pour(line: socket.socket, _: bytes) -> None:
            line.sendall(head())
            while True:
                line.sendall(b"0" * 65536)

        with serve(pour) as (origin, _):
            got = ask(tmp_path, origin, max_body_bytes=1 << 20)
        assert isinstance(got.error, BadAnswerError)
        assert got.calls == 1
        (kept,) = Landing(tmp_path).quarantined("fake", "cn.bars_1d")
        assert "1,048,576 bytes" in kept.reason
        assert 0 < kept.size < 65536

    def test_gzip_bomb(self, tmp_path: Path) -> None:
        packer = zlib.compressobj(9, wbits=31)
        bomb = b"".join([packer.compress(b"\0" * (1 << 24)) for _ in range(4)]) + packer.flush()
        said = head(content_length=len(bomb), content_encoding="gzip") + bomb
        assert len(bomb) < 100_000
        tracemalloc.start()
        got = answer(tmp_path, said, max_body_bytes=1 << 20)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert isinstance(got.error, BadAnswerError)
        assert "after decompression" in str(got.error)
        assert peak < 8 << 20

    @pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress"])
    def test_encodings_that_were_not_offered(self, tmp_path: Path, encoding: str) -> None:
        said = head(content_length=len(FINE), content_encoding=encoding) + FINE
        got = answer(tmp_path, said)
        assert isinstance(got.error, BadAnswerError)
        assert "gzip, deflate" in str(got.error)

    @pytest.mark.parametrize(
        "said",
        [
            head(content_length=99) + FINE,
            head(content_encoding="gzip") + gzip.compress(FINE)[:-9],
            head(content_encoding="gzip") + FINE,
            b"SSH-2.0-OpenSSH\r\n\r\n",
            b"",
        ],
        ids=["short", "torn gzip", "no gzip", "other protocol", "nothing"],
    )
    def test_broken_answers_are_asked_for_again(self, tmp_path: Path, said: bytes) -> None:
        got = answer(tmp_path, said, retries=2)
        assert isinstance(got.error, UpstreamError)
        assert got.calls == 3

    def test_then_the_answer_comes(self, tmp_path: Path) -> None:
        script = [b"", head("503 Busy", content_length=0), head(content_length=len(FINE)) + FINE]
        with serve(lambda line, _: line.sendall(script.pop(0))) as (origin, received):
            got = ask(tmp_path, origin, retries=5)
        assert got.error is None
        assert got.calls == len(received) == 3


class TestTime:
    @pytest.mark.parametrize("before_headers", [True, False])
    def test_slow_drip_meets_the_deadline(self, tmp_path: Path, before_headers: bool) -> None:
        def drip(line: socket.socket, _: bytes) -> None:
            if not before_headers:
                line.sendall(head(content_length=1000))
            for _ in range(60):
                line.sendall(b"H")
                time.sleep(0.05)

        start = time.monotonic()
        with serve(drip) as (origin, _):
            got = ask(tmp_path, origin, timeout_s=Timeouts(total=0.4))
            assert time.monotonic() - start < 1.5
        assert isinstance(got.error, UpstreamError)
        assert "within 0.4 s" in str(got.error)

    def test_silence(self, tmp_path: Path) -> None:
        start = time.monotonic()
        with serve(lambda line, _: time.sleep(0.8)) as (origin, _):
            got = ask(tmp_path, origin, timeout_s=Timeouts(read=0.2, total=5))
            assert time.monotonic() - start < 0.7
        assert isinstance(got.error, UpstreamError)
        assert "silent" in str(got.error)

    def test_silence_instead_of_tls(self, tmp_path: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as door:
            origin = f"https://127.0.0.1:{door.getsockname()[1]}"
            got = ask(tmp_path, origin, timeout_s=Timeouts(total=0.3))
        assert isinstance(got.error, UpstreamError)
        assert "within 0.3 s" in str(got.error)

    def test_nobody_there(self, tmp_path: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as door:
            port = door.getsockname()[1]
        got = ask(tmp_path, f"http://127.0.0.1:{port}", retries=1)
        assert isinstance(got.error, UpstreamError)
        assert got.calls == 2
        assert f"127.0.0.1:{port} cannot be reached" in str(got.error)
        assert "Check the network" in str(got.error)


class TestPlaces:
    @pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
    @pytest.mark.parametrize("provider", [Fake(), Shop()], ids=["body", "bearer"])
    def test_redirects_are_not_followed(self, tmp_path: Path, status: str, provider: Any) -> None:
        with serve(lambda line, _: line.sendall(FINE)) as (target, taken):
            said = head(status, location=f"{target}/steal", content_length=0)
            with serve(lambda line, _: line.sendall(said)) as (origin, received):
                got = ask(tmp_path, origin, provider, retries=3)
        assert isinstance(got.error, UpstreamError)
        assert "127.0.0.1" in str(got.error)
        assert len(received) == 1
        assert taken == []

    def test_portal_names_its_host(self, tmp_path: Path) -> None:
        got = answer(tmp_path, head("302 Found", location="http://login.hotel.example/?x=1"))
        assert "login.hotel.example" in str(got.error)

    def test_untrusted_certificate(self, tmp_path: Path) -> None:
        context = self_signed(tmp_path)
        with serve(lambda line, _: line.sendall(FINE), tls=context) as (origin, received):
            got = ask(tmp_path, origin, retries=3)
        assert isinstance(got.error, UpstreamError)
        assert "certificate that is not trusted" in str(got.error)
        assert isinstance(got.error, UnreachableError)
        assert "SSL_CERT_FILE" in str(got.error)
        assert got.calls == 1
        assert received == []

    def test_no_tls_at_all(self, tmp_path: Path) -> None:
        with serve(lambda line, _: line.sendall(FINE)) as (origin, _):
            got = ask(tmp_path, origin.replace("http:", "https:"), retries=0)
        assert isinstance(got.error, UpstreamError)

    def test_no_proxy_for_this_machine(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with serve(lambda line, _: None) as (proxy, taken):
            monkeypatch.setenv("HTTP_PROXY", proxy)
            monkeypatch.setenv("http_proxy", proxy)
            got = answer(tmp_path, head(content_length=len(FINE)) + FINE)
        assert got.error is None
        assert taken == []


class TestTokenStaysIn:
    def test_an_echo_does_not_reach_the_disk(self, tmp_path: Path) -> None:
        """A server that repeats the request in its answer and headers."""

        def echo(line: socket.socket, asked: bytes) -> None:
            body = json.dumps({"code": 7, "echo": asked.decode()}).encode()
            line.sendall(head(content_length=len(body), x_request_id=CANARY) + body)

        with serve(echo) as (origin, received):
            got = ask(tmp_path, origin)
        assert CANARY.encode() in received[0]
        assert isinstance(got.error, BadAnswerError)
        assert Landing(tmp_path).quarantined()
        import zstandard

        for path in tmp_path.rglob("*"):
            if path.is_file():
                data = path.read_bytes()
                if path.suffix == ".zst":
                    data = zstandard.decompress(data)
                assert CANARY.encode() not in data, path
                assert CANARY.encode().hex().encode() not in data

    def test_modes(self, tmp_path: Path) -> None:
        root = tmp_path / "ws"
        answer(root, head(content_length=len(FINE)) + FINE)
        for path in root.rglob("*"):
            wanted = 0o700 if path.is_dir() else 0o600
            if path.suffix in ("", ".zst", ".sqlite"):
                assert path.stat().st_mode & 0o777 == wanted, path
        assert any(path.suffix == ".zst" for path in root.rglob("*"))


def self_signed(folder: Path) -> ssl.SSLContext:
    """A server's context with a certificate that nobody trusts."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    file = folder / f"server-{os.getpid()}.pem"
    form = serialization.PrivateFormat.PKCS8
    private = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
