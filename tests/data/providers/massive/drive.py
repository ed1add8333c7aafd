"""The smallest client: drives a provider's generator against a running stand-in, or a script."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

import httpx

from workbench.data.catalog import dataset
from workbench.data.provider import Outcome, Pages, Request, Response, Unit, Want
from workbench.data.providers.massive import PROVIDER

__all__ = ["Refused", "drive", "over_http", "scripted", "units", "want"]


class Refused(Exception):
    """An answer that the provider did not judge OK."""

    def __init__(self, judgement):
        super().__init__(judgement.reason)
        self.judgement = judgement


def drive(unit: Unit, fetch: Callable[[Request], Response]) -> Pages:
    """All pages of a unit."""
    generator = PROVIDER.requests(unit)
    request = next(generator)
    while True:
        response = fetch(request)
        judgement = PROVIDER.judge(request, response)
        if judgement.outcome is not Outcome.OK:
            raise Refused(judgement)
        try:
            request = generator.send(response)
        except StopIteration as done:
            return done.value


def over_http(standin, token: str | None = None) -> Callable[[Request], Response]:
    """Fetch from the stand-in, never from another origin."""
    headers = {"Authorization": f"Bearer {standin.token if token is None else token}"}

    def fetch(request: Request) -> Response:
        assert not request.url or request.url.startswith(standin.origin + "/")
        target = request.url or standin.origin + request.path
        query = None if request.url else dict(request.query)
        with httpx.Client(headers=headers, trust_env=False, verify=False) as client:
            found = client.request(request.method, target, params=query)
        named = {name.lower(): value for name, value in found.headers.items()}
        return Response(found.status_code, named, found.content)

    return fetch


def scripted(bodies: Iterable[bytes]) -> Callable[[Request], Response]:
    """Fetch the bodies in order."""
    left = iter(bodies)
    return lambda request: Response(200, {}, next(left))


def want(first: str, last: str, sessions=(), codes=()) -> Want:
    """A window."""
    return Want(
        date.fromisoformat(first),
        date.fromisoformat(last),
        tuple(map(date.fromisoformat, sessions)),
        tuple(codes),
    )


def units(name: str, window: Want) -> list[Unit]:
    """The plan as a list."""
    return list(PROVIDER.plan(dataset(name), window))
