"""Nothing calls anybody unasked: opening, the demo vendor, reading, querying, markets."""

from __future__ import annotations

import socket

import pytest

import workbench as wb
from workbench.errors import NotCoveredError


@pytest.fixture
def no_network(monkeypatch):
    asked = []

    def refuse(*words, **named):
        asked.append(words)
        raise AssertionError(f"asked the network for {words}")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    return asked


def test_the_demo_road_asks_nobody(no_network, tmp_path):
    ws = wb.open(tmp_path)
    report = ws.data.update("cn", provider="demo", start="2019-01-02", end="2019-02-28")
    assert report.complete
    assert len(ws.data.load("cn.bars_1d")) > 5000
    assert ws.data.sql("SELECT count(*) FROM cn.bars_1d").to_polars().item() > 5000
    assert ws.market("cn")["close"].coverage > 0.5
    assert ws.data.verify(prices=True).empty
    assert ws.data.providers().loc["demo", "origin"] == "offline"
    assert no_network == []


def test_reading_never_fetches(no_network, tmp_path, monkeypatch):
    monkeypatch.setenv("TUSHARE_TOKEN", "a" * 56)
    ws = wb.open(tmp_path)
    with pytest.raises(NotCoveredError, match="workbench data update"):
        ws.data.load("cn.bars_1d")
    with pytest.raises(NotCoveredError, match="workbench data update"):
        ws.market("cn")
    assert no_network == []
