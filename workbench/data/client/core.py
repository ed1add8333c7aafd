"""How one unit is fetched, without any I/O: steps are yielded, their results are sent back.

1. A landed unit is read back, no call is made
2. The provider's generator asks for requests; before each one the gates and the limits are passed
3. Each answer is judged: accepted, waited for, tried again, or turned into an error
4. Accepted pages land; answers that cannot be true are quarantined

Whoever runs `fetch_unit` sends (`Send`), sleeps (`Sleep`) and does small blocking things (`Do`).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any

from workbench.data.client.gates import Gates
from workbench.data.client.landing import Landing
from workbench.data.client.limits import Limits
from workbench.data.provider import Judgement, Outcome, Pages, Provider, Request, Response, Unit
from workbench.data.redaction import redact, redacted_exception
from workbench.data.secrets import Secret
from workbench.data.settings import ProviderSettings
from workbench.errors import (
    AccessDeniedError,
    AuthenticationError,
    BadAnswerError,
    BadRequestError,
    ProviderError,
    QuotaError,
    UnreachableError,
    UpstreamError,
)

__all__ = ["FRESH", "Desk", "Do", "Fetched", "Send", "Sleep", "Step", "Trouble", "fetch_unit"]

FRESH = timedelta(days=1)
"""An older landed answer is asked for again: it may have been of an unfinished day."""

LONGEST_SLEEP = 60.0
"""Seconds between two attempts at most."""

ENDS: dict[Outcome, tuple[type[ProviderError], str]] = {
    Outcome.QUOTA: (QuotaError, "The allowance is spent; run the update again later."),
    Outcome.DENIED: (AccessDeniedError, "The account's plan or points do not cover this API."),
    Outcome.AUTH: (AuthenticationError, "Set the right token with `workbench token set`."),
    Outcome.BAD_REQUEST: (BadRequestError, "Please report this: the request is built here."),
    Outcome.BAD_ANSWER: (BadAnswerError, "The answer is in quarantine; the store is unchanged."),
}
"""The error of each outcome that ends a unit, and what to do about it."""


@dataclass(frozen=True)
class Fetched:
    """What became of a unit.

    Attributes
    ----------
    unit : Unit
    pages : Pages or None
        None if there is an error.
    error : ProviderError or None
    calls : int
        Requests sent, attempts included.
    resumed : bool
        Read from the landing, without a call.
    """

    unit: Unit
    pages: Pages | None
    error: ProviderError | None
    calls: int
    resumed: bool


@dataclass(frozen=True, slots=True)
class Send:
    """Send this request; the result is a `Response` or a `Trouble`."""

    request: Request


@dataclass(frozen=True, slots=True)
class Trouble:
    """A request without a usable answer: the error, whether to ask again, what came so far."""

    error: ProviderError
    again: bool
    received: bytes = b""


@dataclass(frozen=True, slots=True)
class Sleep:
    """Let these seconds pass."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Do:
    """Call this; it blocks for milliseconds."""

    action: Callable[[], Any]


Step = Send | Sleep | Do
Steps = Generator[Step, Any, Any]


@dataclass(frozen=True)
class Desk:
    """What the fetching of a unit needs besides the network."""

    provider: Provider
    settings: ProviderSettings
    landing: Landing
    limits: Limits
    gates: Gates
    token: Callable[[], Secret]
    clock: Callable[[], datetime]
    chance: random.Random = field(default_factory=random.Random)


@dataclass
class _Tally:
    """What one unit has cost so far."""

    calls: int = 0
    waited: float = 0.0
    answers: list[tuple[Request, Response]] = field(default_factory=list)
    refused: bytes = b""


def fetch_unit(unit: Unit, desk: Desk) -> Generator[Step, Any, Fetched]:
    """The steps of one unit; trouble of the vendor is in the result, never raised."""
    name, tally = desk.provider.name, _Tally()
    landed = yield Do(partial(desk.landing.find, name, unit))
    if landed is not None and desk.clock() - landed.at < FRESH:
        return Fetched(unit, Pages(unit, landed.pages.answers), None, 0, True)
    try:
        pages = yield from _pages(unit, desk, tally)
        yield Do(partial(desk.landing.land, name, pages))
        return Fetched(unit, pages, None, tally.calls, False)
    except ProviderError as error:
        trouble = redacted_exception(error)
    if isinstance(trouble, BadAnswerError) and (tally.answers or tally.refused):
        answer = tally.refused or Pages(unit, tuple(tally.answers))
        yield Do(partial(desk.landing.quarantine, name, unit, answer, str(trouble)))
    return Fetched(unit, None, trouble, tally.calls, False)


def _pages(unit: Unit, desk: Desk, tally: _Tally) -> Steps:
    """Serve the provider's generator until it has all pages."""
    asking = desk.provider.requests(unit)
    answer: Response | None = None
    while True:
        try:
            request = asking.send(answer) if answer is not None else next(asking)
        except StopIteration as end:
            return end.value
        answer = yield from _accepted(request, desk, tally)


def _accepted(request: Request, desk: Desk, tally: _Tally) -> Steps:
    """Ask until the answer is accepted; raise where that is hopeless."""
    attempts = 0
    while True:
        yield from _admission(request, desk)
        tally.calls += 1
        reply = yield Send(request)
        tally.refused = reply.received if isinstance(reply, Trouble) else b""
        if isinstance(reply, Trouble):
            found, pause = reply.error, 0.0
            if not reply.again:
                raise (yield from _given_up(request, found, desk))
        else:
            verdict = desk.provider.judge(request, reply)
            if verdict.outcome in (Outcome.OK, Outcome.BAD_ANSWER):
                tally.answers.append((request, reply))
            if verdict.outcome is Outcome.OK:
                return reply
            if verdict.outcome is Outcome.RATE:
                yield from _too_fast(request, verdict, reply, desk, tally)
                continue
            if verdict.outcome is not Outcome.UPSTREAM:
                raise (yield from _ended(request, verdict, desk))
            said = f"{desk.provider.name} {request.api}: {redact(verdict.reason)}"
            found = UpstreamError(f"{said} (HTTP {reply.status}). Try again later.")
            pause = _asked_to_wait(reply, desk)
        if attempts == desk.settings.retries or pause > desk.settings.max_wait_s:
            raise (yield from _given_up(request, found, desk))
        yield Sleep(max(pause, _backoff(attempts, desk)))
        attempts += 1


def _admission(request: Request, desk: Desk) -> Steps:
    """Wait for a place in the limits; raise where the API is closed or the place is far off."""
    while True:
        refusal = yield Do(partial(desk.gates.refusal, request.api))
        if refusal is not None:
            raise refusal
        token = yield Do(desk.token)
        wait = yield Do(partial(desk.limits.ask, request.api, token))
        if not wait:
            return
        if wait > desk.settings.max_wait_s:
            said = f"this workspace has used the allowance of {request.api} up"
            raise (yield from _spent(request, said, wait, desk))
        yield Sleep(wait)


def _too_fast(
    request: Request, verdict: Judgement, reply: Response, desk: Desk, tally: _Tally
) -> Steps:
    """Hold everybody of this process away from the API, within the patience of one unit."""
    asked = _asked_to_wait(reply, desk) or verdict.wait or desk.settings.retry_wait_s
    # many processes were told the same second: they should not all come back in it
    wait = asked * (1 + 0.1 * desk.chance.random())
    tally.waited += wait
    if tally.waited > desk.settings.max_wait_s:
        raise (yield from _spent(request, redact(verdict.reason), wait, desk))
    yield Do(partial(desk.limits.hold, request.api, wait))
    yield Sleep(wait)


def _spent(request: Request, said: str, wait: float, desk: Desk) -> Steps:
    verdict = Judgement(Outcome.QUOTA, said, until=desk.clock() + timedelta(seconds=wait))
    return (yield from _ended(request, verdict, desk))


def _ended(request: Request, verdict: Judgement, desk: Desk) -> Steps:
    """The error of a verdict that ends the unit; closes the gate where it ends others too."""
    kind, remedy = ENDS[verdict.outcome]
    until = "" if verdict.until is None else f" until {verdict.until:%Y-%m-%d %H:%M} UTC"
    said = redact(verdict.reason).rstrip("。. ")
    error = kind(f"{desk.provider.name} {request.api}: {said}{until}. {remedy}")
    if isinstance(error, QuotaError):
        error.until = verdict.until
    yield Do(partial(desk.gates.close, request.api, error))
    return error


def _given_up(request: Request, error: ProviderError, desk: Desk) -> Steps:
    """The error of a request that is not sent again; nobody else tries an unreachable vendor."""
    if isinstance(error, UnreachableError):
        yield Do(partial(desk.gates.close, request.api, error))
    return error


def _backoff(attempts: int, desk: Desk) -> float:
    """Seconds before the next attempt: doubled each time, with jitter of one first wait."""
    first = desk.settings.retry_wait_s
    return min(LONGEST_SLEEP, first * 2**attempts + first * desk.chance.random())


def _asked_to_wait(reply: Response, desk: Desk) -> float:
    """Seconds of the header ``Retry-After``: a number or a date; 0 where it is absent or odd."""
    text = reply.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    try:
        until = parsedate_to_datetime(text)
        return max(0.0, (until - desk.clock()).total_seconds())
    except (ValueError, TypeError):
        return 0.0
