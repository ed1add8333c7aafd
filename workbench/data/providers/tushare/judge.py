"""What an answer means: the message first, because the same code stands for different things.

1. Patterns of the message, limits before permissions: both begin alike and share their codes
2. The number in ``code``
3. The HTTP status, and bodies that are no answer at all
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from workbench.data.provider import Judgement, Outcome, Response
from workbench.data.providers.tushare.answers import document, read_answer
from workbench.errors import BadAnswerError

__all__ = ["MINUTE_WAIT", "judge_response", "next_hour", "next_midnight"]

MINUTE_WAIT = 65.0
"""Seconds after which the allowance of a minute is certainly new."""

_SHANGHAI = timedelta(hours=8)

_PATTERNS: tuple[tuple[str, str], ...] = (
    (r"每\s*天\s*最多访问|每\s*日\s*最多访问", "day"),
    (r"每\s*小时\s*最多访问", "hour"),
    (r"每\s*分钟?\s*最多访问|频率超限|访问过于频繁", "minute"),
    (r"token\s*(不对|无效|错误|过期|失效)|无效的?\s*token", "auth"),
    (r"指定正确的接口名|必填参数|参数.{0,12}(错误|无效|不正确)|参数校验", "bad_request"),
    (r"没有.{0,60}权限|权限不足|积分不足", "denied"),
)

_CODES = {
    40101: "auth",
    40103: "minute",
    40203: "denied",
    40209: "denied",
    2002: "denied",
    50101: "bad_request",
}

_OUTCOMES = {
    "auth": Outcome.AUTH,
    "denied": Outcome.DENIED,
    "bad_request": Outcome.BAD_REQUEST,
}

_COMPILED = tuple((re.compile(text, re.IGNORECASE), meaning) for text, meaning in _PATTERNS)


def judge_response(response: Response, now: datetime) -> Judgement:
    """What one answer means.

    Parameters
    ----------
    response : Response
        Anything that came back.
    now : datetime
        Aware UTC; spent allowances return at the next full hour, or at midnight in Shanghai.

    Returns
    -------
    Judgement
        OK only for ``code`` 0 with a readable table. Never raises.

    Examples
    --------
    >>> body = '{"code": 40203, "msg": "抱歉，您每分钟最多访问该接口200次"}'.encode()
    >>> judge_response(Response(200, {}, body), datetime(2024, 1, 2, tzinfo=UTC)).wait
    65.0
    """
    try:
        found = document(response)
    except BadAnswerError as error:
        return _unreadable(response, str(error))
    if not isinstance(found, dict):
        return _upstream(response, f"expected a JSON object, got {type(found).__name__}")
    code, message = found.get("code"), found.get("msg")
    said = message if isinstance(message, str) else ""
    meaning = next((means for seen, means in _COMPILED if seen.search(said)), "")
    if not meaning and _whole(code):
        meaning = _CODES.get(code, "")
    if meaning:
        return _meant(meaning, f"code {code}: {said[:200]}", now)
    if response.status != 200 or not _whole(code) or code != 0:
        return _upstream(response, f"code {str(code)[:40]}: {said[:200]}")
    if found.get("data") is None:
        return _upstream(response, "code 0 without data")
    try:
        read_answer(response)
    except BadAnswerError as error:
        return Judgement(Outcome.BAD_ANSWER, str(error))
    return Judgement(Outcome.OK)


def next_hour(now: datetime) -> datetime:
    """The next full hour.

    Examples
    --------
    >>> next_hour(datetime(2024, 1, 2, 9, 59, 30, tzinfo=UTC)).isoformat()
    '2024-01-02T10:00:00+00:00'
    """
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def next_midnight(now: datetime) -> datetime:
    """The next midnight in Shanghai, in UTC.

    Examples
    --------
    >>> next_midnight(datetime(2024, 1, 2, 15, 59, tzinfo=UTC)).isoformat()
    '2024-01-02T16:00:00+00:00'
    >>> next_midnight(datetime(2024, 1, 2, 16, 1, tzinfo=UTC)).isoformat()
    '2024-01-03T16:00:00+00:00'
    """
    local = now.astimezone(UTC) + _SHANGHAI
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return midnight - _SHANGHAI


def _meant(meaning: str, reason: str, now: datetime) -> Judgement:
    if meaning == "minute":
        return Judgement(Outcome.RATE, reason, wait=MINUTE_WAIT)
    if meaning == "hour":
        return Judgement(Outcome.QUOTA, reason, until=next_hour(now))
    if meaning == "day":
        return Judgement(Outcome.QUOTA, reason, until=next_midnight(now))
    return Judgement(_OUTCOMES[meaning], reason)


def _unreadable(response: Response, why: str) -> Judgement:
    """A gateway's page is worth another try; JSON that we refuse would come again."""
    if response.status != 200 or not _lenient(response.body):
        return _upstream(response, why)
    return Judgement(Outcome.BAD_ANSWER, why[:300])


def _lenient(body: bytes) -> bool:
    """Whether somebody less strict would take it for a JSON object."""
    try:
        return isinstance(json.loads(body), dict)
    except (ValueError, RecursionError):
        return False


def _upstream(response: Response, why: str) -> Judgement:
    if response.status == 429:
        return Judgement(Outcome.RATE, f"HTTP 429: {why[:200]}", wait=MINUTE_WAIT)
    return Judgement(Outcome.UPSTREAM, f"HTTP {response.status}: {why[:200]}")


def _whole(code: Any) -> bool:
    return isinstance(code, int) and not isinstance(code, bool)
