"""Each fault of the corpus does what its name says, seen with a plain client."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.data.standins.faults import CASES, FaultServer
from tests.data.standins.faults.bodies import SPOILED, TEXTS
from tests.data.standins.faults.wire import WIRE, bomb
from tests.data.standins.tushare import World

ELSEWHERE = {"refused", "bad_tls", "rate_words", "page_loop"}


@pytest.fixture(scope="module")
def world() -> World:
    return World(date(2024, 3, 1), date(2024, 3, 8), stocks=40)


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=httpx.Timeout(0.5), trust_env=False) as found:
        yield found


def send(client: httpx.Client, vendor: FaultServer, **params: Any) -> httpx.Response:
    params = params or {"trade_date": "20240304"}
    body = {"api_name": "daily", "token": vendor.token, "params": params, "fields": ""}
    return client.post(vendor.origin, json=body)


def test_the_corpus_is_complete() -> None:
    names = [case.name for case in CASES]
    assert len(names) == len(set(names)) >= 30
    assert set(names) == set(WIRE) | set(TEXTS) | set(SPOILED) | ELSEWHERE


@pytest.mark.parametrize("mode", ["refused", "stall", "broken_off"])
def test_the_wire_breaks(world: World, client: httpx.Client, mode: str) -> None:
    with FaultServer(world, mode) as vendor, pytest.raises(httpx.TransportError):
        send(client, vendor)


def test_nobody_vouches_for_the_certificate(
    world: World, client: httpx.Client, tmp_path: Path
) -> None:
    with (
        FaultServer(world, "bad_tls", folder=tmp_path) as vendor,
        pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        send(client, vendor)


def test_drips_never_end(world: World, client: httpx.Client) -> None:
    with FaultServer(world, "drip") as vendor:
        body = {"api_name": "daily", "token": vendor.token}
        with client.stream("POST", vendor.origin, json=body) as answer:
            seen = [piece for piece, _ in zip(answer.iter_raw(), range(10), strict=False)]
    assert all(len(piece) < 20 for piece in seen)


@pytest.mark.parametrize("mode", ["flood", "announced_flood"])
def test_floods(world: World, client: httpx.Client, mode: str) -> None:
    with FaultServer(world, mode) as vendor:
        body = {"api_name": "daily", "token": vendor.token}
        with client.stream("POST", vendor.origin, json=body) as answer:
            first = next(answer.iter_raw())
            announced = answer.headers.get("content-length")
    assert first.strip() == b""
    assert announced == (None if mode == "flood" else str(1 << 30))


def test_the_bomb_is_small_until_it_is_unpacked() -> None:
    packed = bomb(64 << 20)
    decoder = zlib.decompressobj(31)
    size = 0
    while packed:
        size += len(decoder.decompress(packed, 1 << 20))
        packed = decoder.unconsumed_tail
        if size >= 60 << 20:
            break
    assert len(bomb(64 << 20)) < 100_000
    assert size >= 60 << 20


def test_statuses(world: World, client: httpx.Client) -> None:
    for mode, status in (("html_502", 502), ("too_many", 429), ("redirect_loop", 307)):
        with FaultServer(world, mode) as vendor:
            assert send(client, vendor).status_code == status


@pytest.mark.parametrize("mode", sorted({**TEXTS, **SPOILED}))
def test_only_what_is_meant_is_spoiled(world: World, client: httpx.Client, mode: str) -> None:
    with FaultServer(world, mode) as vendor:
        spoiled = send(client, vendor).content
        vendor.armed = False
        healthy = send(client, vendor).json()
        vendor.armed = True
        body = {"api_name": "adj_factor", "token": vendor.token}
        assert client.post(vendor.origin, json=body).json()["code"] == 0
    assert healthy["data"]["items"]
    if mode in SPOILED:
        document = json.loads(spoiled)
        texts = [json.dumps({**one, "request_id": 0}) for one in (document, healthy)]
        assert texts[0] != texts[1]


def test_pages_go_in_circles(world: World, client: httpx.Client) -> None:
    with FaultServer(world, "page_loop") as vendor:
        day = "20240304"
        first = send(client, vendor, trade_date=day).json()["data"]
        second = send(client, vendor, trade_date=day, ts_code="600519.SH", offset=20).json()["data"]
    assert first["items"] == second["items"]
    assert first["has_more"] is second["has_more"] is True
    assert len(first["items"]) == 20
