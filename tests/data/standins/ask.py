"""A plain client for tests of the stand-in: urllib, no cleverness."""

from __future__ import annotations

import json
from typing import Any
from urllib.request import Request, urlopen

from tests.data.standins.tushare import TushareStandin

__all__ = ["ask", "post", "rows"]


def post(address: str, body: Any, timeout: float = 10.0) -> Any:
    """The decoded JSON of one answer."""
    request = Request(address, data=json.dumps(body).encode(), method="POST")
    with urlopen(request, timeout=timeout) as answer:
        return json.loads(answer.read())


def ask(vendor: TushareStandin, api: str, fields: str = "", **params: Any) -> Any:
    """The whole answer to one call with the right token."""
    body = {"api_name": api, "token": vendor.token, "params": params, "fields": fields}
    return post(vendor.origin, body)


def rows(vendor: TushareStandin, api: str, fields: str = "", **params: Any) -> list[dict[str, Any]]:
    """The rows of one answer."""
    data = ask(vendor, api, fields, **params)["data"]
    return [dict(zip(data["fields"], row, strict=True)) for row in data["items"]]
