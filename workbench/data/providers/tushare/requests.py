"""Questions and answers of one unit, until nothing is missing: a generator without any I/O.

1. The first questions of the unit are asked
2. An answer that may have been cut is completed by narrower questions, or by further pages
3. Every answer is kept; `decode` collapses rows that came twice
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from workbench.data.provider import Pages, Request, Response, Unit
from workbench.data.providers.tushare.answers import Answer, read_answer
from workbench.data.providers.tushare.asks import Ask, first_asks, narrower
from workbench.data.providers.tushare.specs import Spec
from workbench.errors import BadAnswerError

__all__ = ["MOST_CALLS", "converse"]

MOST_CALLS = 20_000
"""Requests after which a unit is given up: nothing true needs so many."""

Talk = Generator[Request, Response, Answer]


@dataclass
class _Log:
    """Answers of one unit in the order received."""

    kept: list[tuple[Request, Response]] = field(default_factory=list)

    def ask(self, request: Request) -> Talk:
        """Ask, keep and read one answer."""
        if len(self.kept) >= MOST_CALLS:
            raise BadAnswerError(f"{MOST_CALLS} requests did not complete the unit")
        response = yield request
        self.kept.append((request, response))
        return read_answer(response)


def converse(spec: Spec, unit: Unit) -> Generator[Request, Response, Pages]:
    """Ask until the unit is whole.

    Yields
    ------
    Request
        The next question; send the response that was judged OK.

    Returns
    -------
    Pages
        Every answer, also those that were cut and completed by others.

    Raises
    ------
    BadAnswerError
        If an answer is cut and nothing narrows the question, if pages move or repeat, or if an
        answer is no table.
    """
    log = _Log()
    for choices in first_asks(spec, unit):
        for ask in choices:
            rows = yield from _complete(log, ask)
            if rows:
                break
    return Pages(unit, tuple(log.kept))


def _complete(log: _Log, first: Ask) -> Generator[Request, Response, int]:
    """Rows received for a question, its narrower ones included."""
    if first.spec.pages is not None:
        return (yield from _paged(log, first))
    rows = most = 0
    waiting = [first]
    while waiting:
        ask = waiting.pop()
        answer = yield from log.ask(ask.request())
        got = len(answer.items)
        rows, most = rows + got, max(most, got)
        # A cut answer is as long as the longest: a hint on a shorter or empty one is mistaken.
        hinted = answer.more and 0 < got == most
        if ask.spec.capped(got, hinted) and not _provably_whole(ask, answer):
            waiting.extend(reversed(narrower(ask, _codes(ask, answer))))
    return rows


def _provably_whole(ask: Ask, answer: Answer) -> bool:
    """One code on one day has room for no more than came, whatever the vendor hints."""
    by_session = ask.spec.plan == "session" and ask.named and len(ask.codes) == 1
    by_code = ask.spec.plan == "code" and ask.dated and ask.first == ask.last
    return (by_session or by_code) and len(answer.items) <= 1


def _codes(ask: Ask, answer: Answer) -> frozenset[str]:
    """Codes of an answer, where the question can be narrowed by them."""
    if "codes" not in ask.spec.split:
        return frozenset()
    return frozenset(code for code in answer.column("ts_code") if isinstance(code, str))


def _paged(log: _Log, ask: Ask) -> Generator[Request, Response, int]:
    """Read page after page; each shares rows with the one before, or the order is not stable."""
    paging = ask.spec.pages
    assert paging is not None
    seen: set[str] = set()
    tail: frozenset[str] = frozenset()
    offset = 0
    while True:
        params = {**ask.params, "limit": str(paging.limit), "offset": str(offset)}
        answer = yield from log.ask(replace(ask, params=MappingProxyType(params)).request())
        lines = answer.lines()
        if not tail <= set(lines):
            raise BadAnswerError(
                f"pages of {ask.told()} do not overlap at row {offset}: the order is not stable"
            )
        fresh = set(lines) - seen
        if tail and not fresh and len(lines) > len(tail):
            raise BadAnswerError(f"pages of {ask.told()} repeat from row {offset}")
        seen |= fresh
        limited = len(lines) >= paging.limit
        if not fresh or not (limited or ask.spec.capped(len(lines), answer.more)):
            return len(seen)
        shared = min(paging.overlap, len(lines) - 1)
        if shared < 1:
            raise BadAnswerError(f"a page of {ask.told()} has one row and says there are more")
        tail = frozenset(lines[-shared:])
        offset += len(lines) - shared
