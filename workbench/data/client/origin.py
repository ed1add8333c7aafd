"""Where a request may go: exactly to the configured origin, and how its address is built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlencode, urlsplit

from workbench.data.provider import Request
from workbench.data.secrets import redact
from workbench.errors import BadAnswerError, BadValueError

__all__ = ["Origin"]

PORTS = {"http": 80, "https": 443}

LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port that may be asked, and a path before every path.

    Examples
    --------
    >>> origin = Origin.of("https://api.example.org/v1", provider="example")
    >>> origin.address(Request("bars", "GET", "/bars", {"day": "2024-01-02"}))
    'https://api.example.org/v1/bars?day=2024-01-02'
    """

    scheme: str
    host: str
    port: int
    prefix: str = ""

    @classmethod
    def of(cls, text: str, *, provider: str, allow_insecure: bool = False) -> Origin:
        """Read an origin.

        Raises
        ------
        BadValueError
            If it is none, or is plain http without leave: the token would travel in the clear.
        """
        origin = _origin(text)
        if origin is None:
            raise BadValueError(f"Expected the origin of {provider} as https://host, got {text!r}.")
        if origin.scheme == "http" and not allow_insecure:
            raise BadValueError(
                f"The origin of {provider}, {text}, is plain http: the token would travel in the "
                "clear. Use https, or say that you accept it with WORKBENCH_ALLOW_INSECURE=1 or "
                f"allow_insecure = true under [providers.{provider}] in workbench.toml."
            )
        return origin

    @property
    def local(self) -> bool:
        """Whether it is this very machine."""
        return self.host in LOOPBACK

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if PORTS[self.scheme] == self.port else f":{self.port}"
        return f"{self.scheme}://{host}{port}"

    def address(self, request: Request) -> str:
        """The URL of a request, always of this origin.

        Raises
        ------
        BadAnswerError
            If the vendor's link leads elsewhere: the token goes nowhere else.
        """
        text = request.url or f"{self}{self.prefix}{_path(request.path)}{_query(request.query)}"
        found = _origin(text)
        same = found is not None and (found.scheme, found.host, found.port) == (
            self.scheme,
            self.host,
            self.port,
        )
        if not same:
            where = "no address" if found is None else str(found)
            raise BadAnswerError(
                f"{request.api}: expected a link to {self}, got {redact(where)}. The token is "
                "sent nowhere else; nothing was asked there."
            )
        return text.partition("#")[0]


def _origin(text: str) -> Origin | None:
    # urlsplit drops line ends and tabs, httpx may not: what the two could read differently is none
    if not text.isascii() or any(letter <= " " or letter in '\\"<>^`{|}' for letter in text):
        return None
    try:
        parts: SplitResult = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in PORTS or not parts.hostname or "@" in parts.netloc or port == 0:
        return None
    return Origin(parts.scheme, parts.hostname, port or PORTS[parts.scheme], parts.path.rstrip("/"))


def _path(path: str) -> str:
    return path if path.startswith("/") else f"/{path}"


def _query(query: Mapping[str, str]) -> str:
    return f"?{urlencode(query)}" if query else ""
