"""The stand-in on HTTP: a real server on a local port with the vendor's protocol.

POST to ``/`` or ``/dataapi/{api}`` with ``api_name``, ``token``, ``params`` and ``fields``; the
status is 200 for every business error. One instance serves any number of connections and processes.
"""

from __future__ import annotations

import json
import ssl
import sys
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any, ClassVar, Self

from tests.data.standins.tushare.allowance import Allowance
from tests.data.standins.tushare.answers import Quirks, Refusal, answer
from tests.data.standins.tushare.fields import APIS
from tests.data.standins.tushare.world import NOW, World

__all__ = ["CANARY", "Call", "TushareStandin"]

CANARY = "canary0token1of2tushare3stand4in5never6to7be8seen9a"
"""The token that is accepted; tests grep for it wherever it must not be."""

DENIED = (
    "抱歉，您没有接口({api})访问权限，权限的具体详情访问："
    "https://tushare.pro/document/1?doc_id=108。"
)


@dataclass(frozen=True)
class Call:
    """One request as it arrived."""

    api: str
    params: Mapping[str, Any]
    fields: str
    path: str
    at: float


class TushareStandin:
    """A context manager around a running server.

    Attributes
    ----------
    origin : str
        ``http://127.0.0.1:{port}``.
    token : str
        The accepted token.
    calls : list of Call
        Every request with a known API and the right token, refused ones too.
    clock : datetime
        Shanghai time without a zone; may be set at any moment.
    quirks : Quirks
        Manners; may be changed at any moment.
    denied : set of str
        APIs that the account may not call.
    allowance : Allowance
        Calls a minute, hour or day; none are counted unless `limits` is given.
    """

    def __init__(
        self,
        world: World | None = None,
        *,
        clock: datetime = NOW,
        quirks: Quirks | None = None,
        limits: Mapping[str, tuple[tuple[int, int], ...]] | None = None,
        token: str = CANARY,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.world, self.clock, self.token = world or World(), clock, token
        self.quirks = quirks or Quirks()
        self.denied: set[str] = set()
        self.calls: list[Call] = []
        self.troubles: list[BaseException | None] = []
        self.allowance = Allowance(limits or {}, time.monotonic)
        self._cache: dict[tuple[Any, ...], bytes] = {}
        self._lock = Lock()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.standin = self
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        scheme = "http" if tls is None else "https"
        self.origin = f"{scheme}://127.0.0.1:{self._server.server_address[1]}"
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *trouble: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        if self.troubles:
            raise RuntimeError("the stand-in itself failed") from self.troubles[0]

    def utc_now(self) -> datetime:
        """The clock as the cellar wants it: aware, in UTC."""
        return (self.clock - timedelta(hours=8)).replace(tzinfo=UTC)

    def count(self, api: str) -> int:
        """How often one API was called."""
        return sum(1 for call in self.calls if call.api == api)

    def respond(self, handler: _Handler, call: Call, body: bytes) -> None:
        """Send an answer; the fault server overrides this."""
        handler.give(body)

    def answer(self, path: str, request: Any) -> tuple[Call, bytes]:
        """The call and the whole body that answers one decoded request."""
        known = request if isinstance(request, dict) else {}
        api = str(known.get("api_name") or path.removeprefix("/dataapi/").strip("/"))
        params = known.get("params") if isinstance(known.get("params"), dict) else {}
        call = Call(api, dict(params), str(known.get("fields") or ""), path, time.monotonic())
        try:
            self._admit(call, known.get("token"))
            data, code, message = self._data(call), 0, None
        except Refusal as refusal:
            data, code, message = b"null", refusal.code, refusal.message
        head = {"request_id": uuid.uuid4().hex, "code": code, "msg": message}
        return call, json.dumps(head, ensure_ascii=False).encode()[:-1] + b',"data":' + data + b"}"

    def _admit(self, call: Call, token: object) -> None:
        if token != self.token:
            raise Refusal(40101, "您的token不对，请确认。")
        self.calls.append(call)
        if call.api not in APIS:
            raise Refusal(40101, "请指定正确的接口名")
        if call.api in self.denied:
            raise Refusal(40203, DENIED.format(api=call.api))
        refused = self.allowance.spend(self.token, call.api)
        if refused:
            raise Refusal(*refused)

    def _data(self, call: Call) -> bytes:
        words = json.dumps(call.params, sort_keys=True)
        key = (call.api, words, call.fields, self.clock, len(self.world.changes), repr(self.quirks))
        made = self._cache.get(key)
        if made is None:
            with self._lock:  # the market is simulated forward by one thread at a time
                made = answer(
                    self.world, self.quirks, call.api, call.params, call.fields, self.clock
                )
                if len(self._cache) < 4096:
                    self._cache[key] = made
        return made


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    standin: TushareStandin

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep what went wrong here; a client that went away is no news."""
        error = sys.exception()
        if not isinstance(error, OSError):
            self.standin.troubles.append(error)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server
    page: ClassVar[bytes] = b"<html><body><h1>404 Not Found</h1></body></html>"

    def do_POST(self) -> None:
        """One call."""
        size = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(size)
        if self.path != "/" and not self.path.startswith("/dataapi/"):
            self.give(self.page, status=404, kind="text/html")
            return
        try:
            request = json.loads(raw or b"null")
        except ValueError:
            request = None
        standin = self.server.standin
        call, body = standin.answer(self.path, request)
        standin.respond(self, call, body)

    def do_GET(self) -> None:
        """The vendor answers POST alone."""
        self.give(self.page, status=404, kind="text/html")

    def give(
        self,
        body: bytes,
        *,
        status: int = 200,
        kind: str = "application/json",
        extra: Mapping[str, str] | None = None,
    ) -> None:
        """Send a whole answer."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (extra or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *words: object) -> None:
        """Say nothing."""
