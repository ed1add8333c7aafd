"""From the first request to the last page; a chain that breaks is an error, never an end.

A page must be an object whose counts agree with its rows. ``results`` may be missing only where
the page itself counts zero and offers no next page. The chain ends where ``next_url`` is absent,
and is refused when it returns to a page it has shown, or does not end at all.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from workbench.data.provider import Pages, Request, Response, Unit
from workbench.data.providers.massive.endpoints import first_requests
from workbench.errors import BadAnswerError

__all__ = ["MOST_PAGES", "all_pages", "rows_of"]

MOST_PAGES = 2000
"""No unit has more: two million rows."""

_BARS = ("us.bars_1d", "us.bars_1m")


def all_pages(unit: Unit) -> Generator[Request, Response, Pages]:
    """Yield requests, receive accepted responses, return every page in order.

    Raises
    ------
    BadAnswerError
        For a page loop, a chain without end, or a page that `rows_of` refuses.
    """
    answers: list[tuple[Request, Response]] = []
    for first in first_requests(unit):
        request: Request | None = first
        links: set[str] = set()
        contents: set[bytes] = set()
        while request is not None:
            if len(answers) >= MOST_PAGES:
                raise BadAnswerError(f"expected at most {MOST_PAGES} pages, the chain goes on")
            response = yield request
            rows = rows_of(unit, response)
            answers.append((request, response))
            _refuse_repeat(rows, contents)
            request = _next(first, response, links)
    return Pages(unit, tuple(answers))


def rows_of(unit: Unit, response: Response) -> list[dict[str, Any]]:
    """The rows of one page, checked against the page's own counts and flags.

    Raises
    ------
    BadAnswerError
        If the page is no answer to the unit: adjusted bars, another ticker, rows that are not
        objects, counts that disagree, rows missing while more are promised.
    """
    body = response.document
    if not isinstance(body, dict):
        raise BadAnswerError(f"expected an object, got {type(body).__name__}")
    if unit.dataset in _BARS and body.get("adjusted") is not False:
        raise BadAnswerError(
            f"expected unadjusted bars, got adjusted = {body.get('adjusted')!r}: adjusted bars "
            "change after every split and are not kept"
        )
    ticker = unit.key.rpartition("/")[0]
    if unit.dataset == "us.bars_1m" and body.get("ticker") != ticker:
        raise BadAnswerError(f"expected bars of {ticker}, got {body.get('ticker')!r}")
    rows = body.get("results")
    counts = {name: body[name] for name in ("resultsCount", "count") if name in body}
    if rows is None:
        if not counts or any(value != 0 for value in counts.values()) or body.get("next_url"):
            raise BadAnswerError(f"expected results, got none beside {counts or 'no count'}")
        return []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadAnswerError("expected results to be a list of objects")
    for name, value in counts.items():
        if type(value) is not int or value != len(rows):
            raise BadAnswerError(f"expected {name} = {len(rows)} rows, got {value!r}")
    return rows


def _refuse_repeat(rows: list[dict[str, Any]], contents: set[bytes]) -> None:
    if not rows:
        return
    text = json.dumps(rows, sort_keys=True).encode("utf-8")
    digest = hashlib.sha256(text).digest()
    if digest in contents:
        raise BadAnswerError("expected another page, got one that came before: a page loop")
    contents.add(digest)


def _next(first: Request, response: Response, links: set[str]) -> Request | None:
    """The request for the page after this one; its path stays that of the chain's first."""
    link = response.document.get("next_url")
    if link is None or link == "":
        return None
    if not isinstance(link, str) or len(link) > 8192:
        raise BadAnswerError("expected next_url to be an address")
    mark = _identity(link)
    if mark in links:
        raise BadAnswerError("expected another page, got the same next_url again: a page loop")
    links.add(mark)
    return Request(first.api, first.method, first.path, url=link)


def _identity(link: str) -> str:
    """What makes two links the same page: the cursor where there is one, else the whole link."""
    try:
        cursor = parse_qs(urlsplit(link).query).get("cursor", [""])[0]
    except ValueError as error:
        raise BadAnswerError(f"expected next_url to be an address: {error}") from error
    return unquote(cursor) or link
