"""The stand-in on HTTP: a real server on a local port with the vendor's protocol.

The token is a bearer header or ``?apiKey=``. Every refusal has the vendor's status and words; pages
go on by ``next_url`` with an opaque cursor and without the token.
"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.data.standins.massive.answers import Quirks, Refusal, answer, cursor, opened, page_of
from tests.data.standins.massive.world import World

__all__ = ["CANARY", "Call", "MassiveStandin"]

CANARY = "canary-massive-0123456789-abcdefghij"
"""The token that is accepted; tests grep for it wherever it must not be."""

_TOO_FAST = (
    "You've exceeded the maximum requests per minute, please wait or upgrade your subscription "
    "to continue. https://massive.com/pricing"
)


@dataclass(frozen=True)
class Call:
    """One request as it arrived."""

    path: str
    query: Mapping[str, str]
    bearer: str
    status: int
    at: float


class MassiveStandin:
    """A context manager around a running server.

    Attributes
    ----------
    origin : str
        ``http://127.0.0.1:{port}``.
    token : str
        The accepted token.
    calls : list of Call
        Every request, refused ones too.
    clock : datetime
        UTC; what the header ``date`` says and what the vendor takes for today.
    quirks : Quirks
        Manners; may be changed at any moment.
    limit : (int, float) or None
        Calls allowed in a window of seconds: the free plan's is (5, 60).
    retry_after : str
        The header's value beside 429; empty for none.
    """

    def __init__(
        self,
        world: World | None = None,
        *,
        clock: datetime = datetime(2024, 3, 1, 12, tzinfo=UTC),
        quirks: Quirks | None = None,
        limit: tuple[int, float] | None = None,
        retry_after: str = "",
        token: str = CANARY,
        port: int = 0,
    ) -> None:
        self.world, self.clock, self.token = world or World(), clock, token
        self.quirks, self.limit, self.retry_after = quirks or Quirks(), limit, retry_after
        self.calls: list[Call] = []
        self._admitted: list[float] = []
        self._nonce = itertools.count()
        self._lock = Lock()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.standin = self
        self.origin = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *trouble: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def utc_now(self) -> datetime:
        """The clock as the cellar wants it: aware, in UTC."""
        return self.clock

    def count(self, word: str) -> int:
        """How many calls had `word` in their path."""
        return sum(1 for call in self.calls if word in call.path)

    def respond(self, path: str, query: dict[str, str], bearer: str) -> tuple[int, bytes, str]:
        """Status, body and kind of one request."""
        try:
            self._admit(query, bearer)
            status, body, kind = self._page(path, query)
        except Refusal as refusal:
            status, body, kind = refusal.status, _json(refusal.body), "application/json"
        self.calls.append(Call(path, query, bearer, status, time.monotonic()))
        return status, body, kind

    def _admit(self, query: Mapping[str, str], bearer: str) -> None:
        if self.token not in (bearer, query.get("apiKey")):
            raise Refusal(401, {"status": "ERROR", "request_id": "r", "error": "Unknown API Key"})
        if self.limit is None:
            return
        calls, seconds = self.limit
        with self._lock:
            now = time.monotonic()
            self._admitted = [at for at in self._admitted if now - at < seconds]
            if len(self._admitted) >= calls:
                raise Refusal(429, {"status": "ERROR", "request_id": "r", "error": _TOO_FAST})
            self._admitted.append(now)

    def _page(self, path: str, query: dict[str, str]) -> tuple[int, bytes, str]:
        start, asked = 0, {key: value for key, value in query.items() if key != "apiKey"}
        if "cursor" in asked:
            path, asked, start = opened(asked["cursor"])
        today: date = self.clock.date()
        head, rows, limit = answer(self.world, self.quirks, path, asked, today)
        body, following = page_of(self.quirks, head, rows, limit, start)
        if self.quirks.loop and following is not None:
            following = start
        if following is not None:
            nonce = str(next(self._nonce)) if self.quirks.nonce else ""
            word = cursor(path, asked, following, nonce)
            origin = self.quirks.foreign_next or self.origin
            body["next_url"] = f"{origin}{path}?cursor={word}"
        size = min(limit, self.quirks.page_rows or limit)
        return _spoiled(body, self.quirks.bad_page.get(start // size + 1, ""))


def _json(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body).encode()


def _spoiled(body: dict[str, Any], how: str) -> tuple[int, bytes, str]:
    kind = "application/json"
    if how == "html":
        return 200, b"<html><body><h1>502 Bad Gateway</h1></body></html>", "text/html"
    if how == "truncated":
        return 200, _json(body)[:-25], kind
    if how == "error":
        return 200, _json({"status": "ERROR", "error": "internal error"}), kind
    if how == "nan":
        return 200, _json({**body, "took": float("nan")}), kind
    if how == "no_results":
        body.pop("results", None)
    if how == "miscounted":
        body |= {name: body[name] + 3 for name in ("count", "resultsCount") if name in body}
    return 200, _json(body), kind


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    standin: MassiveStandin

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def do_GET(self) -> None:
        """One call."""
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        bearer = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        standin = self.server.standin
        status, body, kind = standin.respond(unquote(parts.path), query, bearer)
        self.send_response_only(status)
        self.send_header("Date", format_datetime(standin.clock, usegmt=True))
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if status == 429 and standin.retry_after:
            self.send_header("Retry-After", standin.retry_after)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: Any) -> None:
        """Silence."""
