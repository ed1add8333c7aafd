"""What an answer of Massive means: HTTP status first, then the body's ``status``, then its words.

1. 401 AUTH, 429 RATE, 5xx UPSTREAM; 403 by its words, because one status says three things:
   the plan lacks this API (DENIED), lacks this stretch of time (BAD_REQUEST: other days may work),
   or the day is not over (QUOTA with `until`: deferred)
2. a body that is no JSON is UPSTREAM, JSON with ``NaN`` or repeated keys is BAD_ANSWER
3. ``OK`` and ``DELAYED`` bars are accepted once the vendor's own clock (header ``date``) is past
   the publication of the last day asked for; before that, and for ``DELAYED`` without a clock,
   the day may still change: QUOTA with `until`, which marks the unit deferred and not empty
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from json import JSONDecodeError
from typing import Any
from zoneinfo import ZoneInfo

from workbench.data.catalog import dataset
from workbench.data.provider import Judgement, Outcome, Request, Response
from workbench.errors import BadAnswerError

__all__ = ["RATE_WAIT", "judge"]

RATE_WAIT = 60.0
"""Seconds to wait after 429 without ``Retry-After``: the vendor's window is a minute."""

_LONGEST_WAIT = 3600.0
_NEW_YORK = ZoneInfo("America/New_York")
_LAST_DAY = re.compile(r"/(\d{4}-\d{2}-\d{2})$")
_TOO_FAST = re.compile(r"maximum requests per minute|too many requests", re.IGNORECASE)
_BAD_KEY = re.compile(r"unknown api key|api key (was not|not) provided|invalid api key", re.I)
_TIMEFRAME = re.compile(r"data timeframe|doesn't include (this|the) (time|date)", re.IGNORECASE)
_TOO_EARLY = re.compile(r"before end of day", re.IGNORECASE)
_SETTLED = {"grouped": "us.bars_1d", "minutes": "us.bars_1m"}
_SHOWN = 160


def judge(request: Request, response: Response) -> Judgement:
    """What one answer means; never raises.

    Examples
    --------
    >>> from workbench.data.provider import Request, Response
    >>> judge(Request("splits", "GET", "/stocks/v1/splits"), Response(429, {}, b"")).wait
    60.0
    """
    body, trouble = _document(response)
    words = _words(body)
    status = response.status
    if status == 429 or _TOO_FAST.search(words):
        return Judgement(Outcome.RATE, "too many requests", wait=_wait(response))
    if status == 401 or _BAD_KEY.search(words):
        return Judgement(Outcome.AUTH, f"the key is not accepted: {words or status}")
    if isinstance(body, dict) and (status == 403 or body.get("status") == "NOT_AUTHORIZED"):
        return _refused(request, words)
    if status >= 500 or status in (403, 408, 425) or 300 <= status < 400:
        return Judgement(Outcome.UPSTREAM, f"HTTP {status}: {words}".rstrip(": "))
    if status != 200:
        return Judgement(Outcome.BAD_REQUEST, f"HTTP {status}: {words}".rstrip(": "))
    if trouble is not None:
        return trouble
    return _accepted(request, response, body, words)


def _document(response: Response) -> tuple[Any, Judgement | None]:
    try:
        return response.document, None
    except BadAnswerError as error:
        broken = isinstance(error.__cause__, (JSONDecodeError, UnicodeDecodeError, RecursionError))
        return None, Judgement(Outcome.UPSTREAM if broken else Outcome.BAD_ANSWER, str(error))


def _words(body: Any) -> str:
    if not isinstance(body, dict):
        return ""
    said = [body.get(name) for name in ("error", "message")]
    return "; ".join(text for text in said if isinstance(text, str))[:_SHOWN]


def _wait(response: Response) -> float:
    text = response.headers.get("retry-after", "")
    if re.fullmatch(r"\d{1,6}(\.\d+)?", text):
        return min(max(float(text), 1.0), _LONGEST_WAIT)
    return RATE_WAIT


def _refused(request: Request, words: str) -> Judgement:
    if _TOO_EARLY.search(words):
        return Judgement(Outcome.QUOTA, words, until=_midnight_after(request))
    if _TIMEFRAME.search(words):
        reason = f"this plan does not reach back to that time, start later: {words}"
        return Judgement(Outcome.BAD_REQUEST, reason)
    reason = words or "the plan does not include this API"
    return Judgement(Outcome.DENIED, reason)


def _accepted(request: Request, response: Response, body: Any, words: str) -> Judgement:
    if not isinstance(body, dict):
        return Judgement(Outcome.BAD_ANSWER, f"expected an object, got {type(body).__name__}")
    status = body.get("status")
    if status == "ERROR":
        return Judgement(Outcome.UPSTREAM, words or "status ERROR without words")
    if status not in ("OK", "DELAYED"):
        return Judgement(Outcome.BAD_ANSWER, f"expected status OK, got {str(status)[:40]!r}")
    final = _final_at(request)
    if final is None:
        return Judgement(Outcome.OK)
    answered = _clock(response)
    if (answered is None and status == "DELAYED") or (answered is not None and answered < final):
        reason = f"{status}, but the last day asked for may still change"
        return Judgement(Outcome.QUOTA, reason, until=final)
    return Judgement(Outcome.OK)


def _last_day(request: Request) -> date | None:
    found = _LAST_DAY.search(request.path)
    if found is None:
        return None
    try:
        return date.fromisoformat(found[1])
    except ValueError:
        return None


def _final_at(request: Request) -> datetime | None:
    """When the bars of the last day asked for are published; None where nothing settles."""
    name, day = _SETTLED.get(request.api), _last_day(request)
    if name is None or day is None:
        return None
    published = time.fromisoformat(dataset(name).published)
    return datetime.combine(day, published, _NEW_YORK).astimezone(UTC)


def _midnight_after(request: Request) -> datetime | None:
    day = _last_day(request)
    if day is None or day.year >= 9999:
        return None
    return datetime.combine(day + timedelta(days=1), time(), _NEW_YORK).astimezone(UTC)


def _clock(response: Response) -> datetime | None:
    """The vendor's clock from the header ``date``, None where absent or unreadable."""
    try:
        when = parsedate_to_datetime(response.headers.get("date", ""))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
