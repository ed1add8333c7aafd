"""The stand-in with one thing wrong: `FaultServer(world, "drip")`."""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import socket
import ssl
from pathlib import Path
from threading import Event
from typing import Any

from tests.data.standins.faults.bodies import SPOILED, TEXTS
from tests.data.standins.faults.wire import WIRE
from tests.data.standins.tushare import Call, TushareStandin, World

__all__ = ["FaultServer", "closed_port", "self_signed"]

RATE = {"code": 40203, "msg": "抱歉，您每分钟最多访问该接口2次", "data": None}


class FaultServer(TushareStandin):
    """A stand-in whose answers to `api` are spoiled as `mode` says, as long as it is armed.

    Parameters
    ----------
    world : World
    mode : str
        A name of `faults.CASES`; ``healthy`` spoils nothing.
    api : str
        The API that suffers; the others answer as always.
    folder : Path, optional
        Where the certificate of mode ``bad_tls`` is written.
    """

    def __init__(
        self,
        world: World,
        mode: str,
        *,
        api: str = "daily",
        folder: Path | None = None,
        **other: Any,
    ) -> None:
        self.mode, self.api, self.armed, self.closing = mode, api, True, Event()
        tls = self_signed(folder) if mode == "bad_tls" and folder is not None else None
        super().__init__(world, tls=tls, **other)
        if mode == "refused":
            self.origin = f"http://127.0.0.1:{closed_port()}"
        if mode == "page_loop":
            self.quirks.caps[api] = 20

    def __exit__(self, *trouble: object) -> None:
        self.closing.set()
        super().__exit__(*trouble)

    def respond(self, handler: Any, call: Call, body: bytes) -> None:
        """Send the spoiled answer."""
        if not self.armed or call.api != self.api:
            handler.give(body)
        elif self.mode in WIRE:
            self._wire(handler, body)
        else:
            handler.give(self.spoiled(body, call))

    def spoiled(self, body: bytes, call: Call) -> bytes:
        """The body as this mode sends it."""
        if self.mode in TEXTS:
            return TEXTS[self.mode](body)
        if self.mode == "rate_words":
            return json.dumps({"request_id": "x", **RATE}, ensure_ascii=False).encode()
        if self.mode == "page_loop":
            return self._same_page(call)
        document = json.loads(body)
        if self.mode in SPOILED and document.get("data") and document["data"]["items"]:
            SPOILED[self.mode](document)
        return json.dumps(document, ensure_ascii=False).encode()

    def _same_page(self, call: Call) -> bytes:
        # Whatever is asked for: the same full page, and the promise of another.
        first = {"trade_date": call.params.get("trade_date")}
        rows = json.loads(self.answer("/", self._ask(call, first))[1])
        rows["data"]["has_more"] = True
        return json.dumps(rows).encode()

    def _ask(self, call: Call, params: dict[str, Any]) -> dict[str, Any]:
        return {
            "api_name": call.api, "token": self.token, "params": params, "fields": call.fields,
        }  # fmt: skip

    def _wire(self, handler: Any, body: bytes) -> None:
        try:
            WIRE[self.mode](handler, body, self.closing)
        except OSError:
            # The client has had enough: what the test wants to see.
            handler.close_connection = True


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def self_signed(folder: Path) -> ssl.SSLContext:
    """A server's TLS context with a certificate that nobody vouches for."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context
