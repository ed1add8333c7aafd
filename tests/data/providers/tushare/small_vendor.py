"""A vendor of a few lines: tables, filters, a silent cap. It knows nothing of the provider."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workbench.data.provider import Pages, Request, Response, Unit
from workbench.data.providers.tushare import PROVIDER

__all__ = ["SmallVendor", "answer", "pages_of", "response", "talk"]


def response(body: Any, status: int = 200) -> Response:
    """A response with this JSON, text or bytes as body."""
    if not isinstance(body, str | bytes):
        body = json.dumps(body, ensure_ascii=False)
    raw = body if isinstance(body, bytes) else body.encode()
    return Response(status, {"content-type": "application/json"}, raw)


def answer(fields: Sequence[str], items: Sequence[Sequence[Any]], **more: Any) -> Response:
    """A good envelope with these rows."""
    data = {"fields": list(fields), "items": [list(row) for row in items], **more}
    return response({"request_id": "1", "code": 0, "msg": "", "data": data})


@dataclass
class SmallVendor:
    """Rows by api; every parameter that is a field filters, codes may be joined, days are a span.

    `cap` cuts silently and keeps the first rows; `day` is the field that a span looks at.
    """

    tables: Mapping[str, list[dict[str, Any]]]
    cap: int = 10**9
    day: str = "trade_date"
    joined: bool = True
    renamed: Mapping[str, str] = field(default_factory=dict)
    paging: bool = False
    more: Callable[[bool], Any] = lambda cut: None
    asked: list[dict[str, str]] = field(default_factory=list)

    def __call__(self, request: Request) -> Response:
        assert request.body is not None
        assert request.method == "POST"
        assert request.path == "/"
        assert not request.query
        params = dict(request.body["params"])
        self.asked.append(params)
        fields = request.body["fields"].split(",")
        rows = [row for row in self.tables.get(request.api, []) if self.fits(row, params)]
        if self.paging:
            start = int(params.get("offset", 0))
            rows = rows[start : start + int(params.get("limit", self.cap))]
        cut = len(rows) > self.cap
        hint = self.more(cut)
        said = {} if hint is None else {"has_more": hint}
        return answer(fields, [[r.get(f) for f in fields] for r in rows[: self.cap]], **said)

    def fits(self, row: Mapping[str, Any], params: Mapping[str, str]) -> bool:
        """Whether a row passes every filter."""
        for name, value in params.items():
            place = self.renamed.get(name, name)
            if name == "start_date" and row[self.day] < value:
                return False
            if name == "end_date" and row[self.day] > value:
                return False
            wanted = value.split(",") if name == "ts_code" and self.joined else [value]
            if name not in ("start_date", "end_date") and place in row and row[place] not in wanted:
                return False
        return True


def talk(vendor: Callable[[Request], Response], unit: Unit) -> Pages:
    """Hold the conversation of a unit with a vendor."""
    conversation = PROVIDER.requests(unit)
    try:
        request = next(conversation)
        while True:
            request = conversation.send(vendor(request))
    except StopIteration as end:
        return end.value


def pages_of(unit: Unit, *responses: Response, params: Mapping[str, str] | None = None) -> Pages:
    """Pages as if the unit's first question had been answered with these responses."""
    first = next(PROVIDER.requests(unit))
    if params is not None:
        body = {**(first.body or {}), "params": dict(params)}
        first = Request(first.api, first.method, first.path, body=body)
    return Pages(unit, tuple((first, one) for one in responses))
