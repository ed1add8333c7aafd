"""A small vendor, a cellar without a store, and a transport that follows a script."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from workbench.data.client import Client, Fetched
from workbench.data.provider import Credential, Judgement, Outcome, Pages, Request, Response, Unit
from workbench.data.secrets import Secret
from workbench.data.settings import ProviderSettings, Settings, Timeouts
from workbench.errors import BadAnswerError

CANARY = "canary/7f3a+9d1c5e8b24QvZ"
NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)


def token() -> Secret:
    return Secret(CANARY, "test")


def unit(key: str, dataset: str = "cn.bars_1d") -> Unit:
    return Unit(dataset, key)


@dataclass
class Memo:
    """A ledger that remembers denials."""

    denials: dict[tuple[str, str], datetime] = field(default_factory=dict)
    asked: int = 0

    def denied(self, provider: str, api: str) -> datetime | None:
        self.asked += 1
        return self.denials.get((provider, api))

    def deny(self, provider: str, api: str, until: datetime) -> None:
        self.denials[provider, api] = until


@dataclass
class Place:
    """What the client needs of a cellar."""

    root: Path
    settings: Settings
    clock: Callable[[], datetime] = lambda: NOW
    ledger: Memo = field(default_factory=Memo)


def place(root: Path, origin: str = "", **changed: Any) -> Place:
    """A cellar whose vendor is patient for a fraction of a second."""
    defaults = {
        "origin": origin,
        "allow_insecure": origin.startswith("http:"),
        "retry_wait_s": 0.002,
        "retries": 2,
        "max_wait_s": 2.0,
        "concurrency": 1,
        "timeout_s": Timeouts(total=5),
    }
    own = ProviderSettings(**defaults | changed)
    return Place(root, Settings(providers={"fake": own, "shop": own}))


class Fake:
    """Pages are numbered; the answer says whether there is another one.

    ``{"code": 0, "rows": [...], "more": bool}`` is fine, other codes are named below.
    """

    name = "fake"
    origin = "https://fake.example"
    codes: Mapping[int, Judgement] = {
        1: Judgement(Outcome.RATE, "每分钟最多访问该接口2次", wait=0.01),
        2: Judgement(Outcome.QUOTA, "每天最多访问", until=datetime(2026, 11, 21, tzinfo=UTC)),
        3: Judgement(Outcome.DENIED, "没有访问权限"),
        4: Judgement(Outcome.AUTH, f"token {CANARY} 不对"),
        5: Judgement(Outcome.BAD_REQUEST, "必填参数"),
        6: Judgement(Outcome.UPSTREAM, "系统内部错误"),
        7: Judgement(Outcome.BAD_ANSWER, "rows of another day"),
    }

    def __init__(self, place: str = "body", limits: tuple[tuple[int, int], ...] = ()) -> None:
        self.credential = Credential("fake", place)
        self.limits = limits

    def datasets(self) -> tuple[str, ...]:
        return ("cn.bars_1d",)

    def rates(self, api: str) -> tuple[tuple[int, int], ...]:
        return self.limits

    def plan(self, dataset: Any, want: Any) -> Iterable[Unit]:
        return ()

    def requests(self, unit: Unit) -> Any:
        answers = []
        api = unit.key.partition("/")[0] if "/" in unit.key else "daily"
        page, more = 0, True
        while more:
            body = {"api_name": api, "params": {"key": unit.key, "page": page}}
            request = Request(api, "POST", f"/dataapi/{api}", body=body)
            response = yield request
            answers.append((request, response))
            if response.document.get("loop"):
                raise BadAnswerError(f"page {page} of {unit.key} is the page before it")
            more, page = response.document.get("more", False), page + 1
        return Pages(unit, tuple(answers))

    def judge(self, request: Request, response: Response) -> Judgement:
        if response.status >= 500:
            return Judgement(Outcome.UPSTREAM, f"HTTP {response.status}")
        if response.status == 429:
            return Judgement(Outcome.RATE, "too many")
        try:
            return self.codes.get(response.document["code"], Judgement(Outcome.OK))
        except (BadAnswerError, KeyError, TypeError) as error:
            return Judgement(Outcome.BAD_ANSWER, str(error))

    def decode(self, unit: Unit, pages: Pages) -> Any:
        return pages

    def from_frame(self, dataset: Any, frame: Any) -> Any:
        return frame


class Shop(Fake):
    """Wants a bearer, follows links that the answer gives."""

    name = "shop"
    origin = "https://shop.example"

    def __init__(self) -> None:
        super().__init__("bearer")

    def requests(self, unit: Unit) -> Any:
        request = Request("bars", "GET", "/v2/bars", query={"key": unit.key})
        answers = []
        while True:
            response = yield request
            answers.append((request, response))
            link = response.document.get("next_url")
            if not link:
                return Pages(unit, tuple(answers))
            request = Request("bars", "GET", "", url=link)


def answered(document: Any, status: int = 200, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, headers=named, content=json.dumps(document).encode())


class Script:
    """A transport: for each unit's key a list of answers, the last one forever; counts calls.

    An answer is a response, an exception to raise, or a function of the request.
    """

    def __init__(self, answers: Mapping[str, list[Any]] | None = None) -> None:
        self.answers = {key: list(value) for key, value in (answers or {}).items()}
        self.calls: list[tuple[str, int]] = []
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        key, page = self._asked(request)
        self.calls.append((key, page))
        script = self.answers.get(key)
        if not script:
            return answered({"code": 0, "rows": [key, page]})
        answer = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            return httpx.Response(
                answer.status_code, headers=answer.headers, content=answer.content
            )
        return answer(request)

    def _asked(self, request: httpx.Request) -> tuple[str, int]:
        if request.method == "POST":
            asked = json.loads(request.content)["params"]
            return asked["key"], asked["page"]
        return request.url.params.get("key", request.url.path), 0

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self)


def shown(results: Iterable[Fetched]) -> list[tuple[Any, ...]]:
    """What of the results can be compared."""
    return [
        (
            got.unit.key,
            None
            if got.pages is None
            else [(q.path, r.status, r.body) for q, r in got.pages.answers],
            type(got.error),
            str(got.error),
            getattr(got.error, "until", None),
            got.calls,
            got.resumed,
        )
        for got in results
    ]


def fetch(cellar: Place, script: Script, *keys: str, provider: Any = None) -> list[Fetched]:
    """Fetch with the synchronous client."""
    with Client(provider or Fake(), cellar, token=token(), transport=script.transport) as client:
        return list(client.fetch([unit(key) for key in keys]))


FINE = answered({"code": 0, "rows": []})
