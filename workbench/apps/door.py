"""Who may come in: this machine's own pages, with the token.

1. A request whose Host header names another machine gets 403: a foreign page cannot reach the
   server by pointing its own name at 127.0.0.1.
2. A request without the server's cookie must bring ``?token=…``; the right one gets the cookie and
   is sent on to the same page without the token in its address, a wrong one gets 403.
3. From the sixth wrong token on, answers come more and more slowly.
4. Websockets are accepted from pages of this server only.

The rules stand in front of every handler of the server, static files included.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from hmac import compare_digest
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

import bokeh.settings
from tornado.httputil import HTTPServerRequest
from tornado.routing import Matcher, Rule
from tornado.web import RequestHandler

if TYPE_CHECKING:
    from bokeh.server.server import Server

__all__ = ["LOOPBACK", "Door", "guard"]

LOOPBACK = ("127.0.0.1", "localhost")
FREE_FAILURES = 5
LONGEST_WAIT = 10.0  # seconds


@dataclass
class Door:
    """Token of a server, and how often somebody got it wrong.

    Parameters
    ----------
    token : str
        Secret; empty for a server without one.
    cookie : str
        Name of the cookie; differs by port, because browsers do not keep ports apart.
    failures : int
        Wrong tokens so far; the right one sets it back.

    Examples
    --------
    >>> door = Door("secret", "workbench-5006")
    >>> door.opens("secret"), door.opens("Secret"), door.opens("")
    (True, False, False)
    """

    token: str
    cookie: str
    failures: int = 0

    def opens(self, given: str) -> bool:
        """Whether this is the token; takes as long for any wrong one."""
        return compare_digest(given.encode(), self.token.encode())

    def wait(self) -> float:
        """Seconds that the next wrong answer takes."""
        excess = self.failures - FREE_FAILURES
        return min(LONGEST_WAIT, 0.25 * 2.0**excess) if excess > 0 else 0.0


class _ForeignHost(Matcher):
    """Requests meant for another machine's name."""

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        return None if request.host_name.lower() in LOOPBACK else {}


class _Stranger(Matcher):
    """Requests without the cookie."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        cookie = request.cookies.get(self._door.cookie)
        return None if cookie is not None and self._door.opens(cookie.value) else {}


class _Refuse(RequestHandler):
    """Answers 403 in words, whatever was asked."""

    def prepare(self) -> None:
        self.refuse("This server answers to localhost and 127.0.0.1 only.")

    def refuse(self, sentence: str) -> None:
        """End the request with 403."""
        self.set_status(403)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(sentence + "\n")


class _Login(_Refuse):
    """Turns the right token into a cookie."""

    def initialize(self, door: Door) -> None:
        self._door = door

    async def prepare(self) -> None:
        door = self._door
        if not door.opens(self.get_query_argument("token", "")):
            if self.get_query_argument("token", ""):
                door.failures += 1
                await asyncio.sleep(door.wait())
            self.refuse("The token is missing or wrong: open the address that the server printed.")
            return
        door.failures = 0
        self.set_cookie(door.cookie, door.token, httponly=True, samesite="Lax")
        rest = [pair for pair in parse_qsl(self.request.query) if pair[0] != "token"]
        # One slash in front: two would name another machine.
        path = "/" + self.request.path.lstrip("/")
        self.redirect(path + ("?" + urlencode(rest) if rest else ""))


def guard(server: Server, token: str) -> None:
    """Put the rules in front of a server's handlers.

    Bokeh offers no public way to its tornado application; the tests of this module and the
    browser tests watch that this one holds.

    Parameters
    ----------
    server : bokeh.server.server.Server
        Bound, not yet answering.
    token : str
        Secret; empty for none.
    """
    origins = [f"{host}:{server.port}" for host in LOOPBACK]
    # BOKEH_ALLOW_WS_ORIGIN in the environment must not open the door again.
    bokeh.settings.settings.allowed_ws_origin.set_value(origins)
    application = server._tornado
    application.websocket_origins.clear()
    application.websocket_origins.update(origins)
    rules = [Rule(_ForeignHost(), _Refuse)]
    if token:
        door = Door(token, f"workbench-{server.port}")
        rules.append(Rule(_Stranger(door), _Login, {"door": door}))
    application.default_router.rules[:0] = rules
