"""The protocol of a vendor, without any I/O: what to ask for, what an answer means, how to decode.

A provider is pure. It plans `Unit`s, yields `Request`s and receives `Response`s in a generator
(so that splitting and paging are its own business), judges each answer and decodes accepted ones.
The client (`workbench.data.client`) owns the network: limits, retries, redaction, landing. One
provider therefore serves the synchronous and the asynchronous client alike.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from workbench.errors import BadAnswerError

if TYPE_CHECKING:
    import polars as pl

    from workbench.data.dataset import Dataset

__all__ = [
    "Credential",
    "Judgement",
    "Outcome",
    "Pages",
    "Provider",
    "Request",
    "Response",
    "Unit",
    "Want",
]


class Outcome(StrEnum):
    """What an answer of a vendor means."""

    OK = "ok"
    RATE = "rate"
    """Too fast: wait `Judgement.wait` seconds and ask again."""
    QUOTA = "quota"
    """The hour's or the day's allowance is spent: defer until `Judgement.until`."""
    DENIED = "denied"
    """This account may not call this API."""
    AUTH = "auth"
    """The token is wrong: nothing else will work either."""
    BAD_REQUEST = "bad_request"
    """The request itself is wrong."""
    UPSTREAM = "upstream"
    """The vendor or the way to it failed: try again, later give up."""
    BAD_ANSWER = "bad_answer"
    """An answer that cannot be what was asked for: quarantine it."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """An outcome with its reason: `wait` in seconds for RATE, `until` (UTC) for QUOTA."""

    outcome: Outcome
    reason: str = ""
    wait: float = 0.0
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Credential:
    """Where a vendor wants its token: a JSON body key (``body``) or a bearer header (``bearer``).

    `service` names the secret (``tushare``, ``massive``).
    """

    service: str
    place: str
    name: str = "token"


@dataclass(frozen=True, slots=True)
class Unit:
    """The smallest thing that is complete or not: one request in the simple case.

    Attributes
    ----------
    dataset : str
        Name of the dataset.
    key : str
        Identity within dataset and provider: ``2024-01-02``, ``600519.SH``,
        ``600519.SH/2024-01``, ``000300.SH/2024-01``, ``2024``, ``all``.
    first, last : date or None
        Rows outside these days do not belong to the unit.
    codes : tuple of str
        Codes that may be asked for in smaller bites when an answer is capped; those of the whole
        market on that day for units by session, the one code for units by code.
    """

    dataset: str
    key: str
    first: date | None = None
    last: date | None = None
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Want:
    """What the update engine tells a provider to plan.

    Attributes
    ----------
    first, last : date
        The window asked for, already clipped to what is published and to the dataset's life.
    sessions : tuple of date
        Open sessions of the market in the window (empty where the calendar itself is wanted).
    codes : tuple of str
        Securities ever listed in the window, or the indices or groups asked for.
    listed : mapping of date to tuple of str
        Codes listed on each session, for splitting; may be empty.
    now : datetime
        Aware UTC.
    """

    first: date
    last: date
    sessions: tuple[date, ...] = ()
    codes: tuple[str, ...] = ()
    listed: Mapping[date, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    now: datetime | None = None


@dataclass(frozen=True)
class Request:
    """One HTTP request without its token and its origin.

    `api` is the name under which the vendor counts calls (limits are per account and api).
    `query` values and `body` are JSON scalars; a `url` is set only to follow a link that the
    vendor gave, and the client refuses it unless its origin is the configured one.
    """

    api: str
    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    body: Mapping[str, Any] | None = None
    url: str = ""


@dataclass(frozen=True)
class Response:
    """One HTTP answer: status, lower-case header names, the decompressed and size-capped body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @cached_property
    def document(self) -> Any:
        """The body as strict JSON: UTF-8, no NaN or Infinity tokens, no duplicate keys.

        Raises
        ------
        BadAnswerError
            If it is not.
        """
        try:
            text = self.body.decode("utf-8")
        except UnicodeDecodeError as error:
            raise BadAnswerError(f"expected UTF-8 text, got other bytes: {error.reason}") from error
        try:
            return json.loads(text, parse_constant=_refuse, object_pairs_hook=_unique)
        except BadAnswerError:
            raise
        except (ValueError, RecursionError) as error:  # also an integer of thousands of digits
            raise BadAnswerError(f"expected JSON, got {text[:80]!r}: {error}") from error


def _refuse(token: str) -> Any:
    raise BadAnswerError(f"expected numbers or null, got the token {token}")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadAnswerError("expected each JSON key once, got one twice")
    return found


@dataclass(frozen=True)
class Pages:
    """Accepted answers of one unit, in the order received, as (request, response) pairs."""

    unit: Unit
    answers: tuple[tuple[Request, Response], ...]


@runtime_checkable
class Provider(Protocol):
    """A vendor as pure functions."""

    name: str
    """``tushare``, ``massive``: names the settings, the limits and the landing folder."""
    origin: str
    """Default origin, https."""
    credential: Credential

    def datasets(self) -> tuple[str, ...]:
        """Names of the catalogue's datasets that this vendor delivers."""
        ...

    def rates(self, api: str) -> tuple[tuple[int, int], ...]:
        """Allowed calls as (calls, seconds) pairs for one api: ``((180, 60),)``."""
        ...

    def plan(self, dataset: Dataset, want: Want) -> Iterable[Unit]:
        """The units of a window; pure, deterministic, each unit the smallest provable piece."""
        ...

    def requests(self, unit: Unit) -> Generator[Request, Response, Pages]:
        """Yield requests, receive judged-OK responses, return all pages.

        Splits what a cap truncated and never accepts a capped answer; raises `BadAnswerError` for
        answers that cannot be true (a page loop, a cap that cannot be split further).
        """
        ...

    def judge(self, request: Request, response: Response) -> Judgement:
        """What one answer means; never raises for anything a vendor could send."""
        ...

    def decode(self, unit: Unit, pages: Pages) -> pl.DataFrame:
        """Rows in the dataset's columns, types and units, keys unique, days inside the unit.

        Raises
        ------
        BadAnswerError
            With the reason; the answer goes to quarantine, the store stays as it is.
        """
        ...

    def from_frame(self, dataset: Dataset, frame: pl.DataFrame) -> pl.DataFrame:
        """The same decoding for a frame that somebody holds in the vendor's columns."""
        ...
