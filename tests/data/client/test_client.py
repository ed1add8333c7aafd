"""Both clients: the same results, calls and files; and what landed is not asked for again."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests.data.client.fakes import (
    FINE,
    NOW,
    Fake,
    Place,
    Script,
    answered,
    fetch,
    place,
    shown,
    token,
    unit,
)
from tests.loops import run_apart
from workbench.data.client import AsyncClient, Client, Fetched
from workbench.errors import (
    AccessDeniedError,
    BadAnswerError,
    BadRequestError,
    TokenError,
    UpstreamError,
)


def afetch(cellar: Place, script: Script, *keys: str) -> list[Fetched]:
    """Fetch with the asynchronous client."""

    async def main() -> list[Fetched]:
        async with AsyncClient(Fake(), cellar, token=token(), transport=script.transport) as client:
            return [got async for got in client.fetch([unit(key) for key in keys])]

    return run_apart(main)


def tree(root: Path) -> dict[str, bytes]:
    """Every file that holds answers."""
    folders = [root / "raw", root / "quarantine"]
    found = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def hard_day() -> Script:
    """An answer of every kind."""
    return Script(
        {
            "paged": [answered({"code": 0, "more": True}), answered({"code": 0, "more": False})],
            "slow": [answered({"code": 1}), FINE],
            "flaky": [answered({}, status=502), httpx.ConnectError("refused"), FINE],
            "down": [answered({"code": 6})],
            "odd": [answered({"code": 7})],
            "html": [httpx.Response(200, content=b"<html>portal</html>")],
            "loop": [answered({"code": 0, "more": True}), answered({"code": 0, "loop": True})],
            "mins/1": [answered({"code": 3})],
            "wrong": [answered({"code": 5})],
        }
    )


KEYS = ("paged", "slow", "flaky", "down", "odd", "html", "loop", "mins/1", "mins/2", "wrong", "ok")


class TestBothClients:
    def test_same_results_calls_and_files(self, tmp_path: Path) -> None:
        first, second = place(tmp_path / "a"), place(tmp_path / "b")
        one, two = hard_day(), hard_day()
        left, right = fetch(first, one, *KEYS), afetch(second, two, *KEYS)
        assert shown(left) == shown(right)
        assert one.calls == two.calls
        assert tree(first.root) == tree(second.root)
        assert len(tree(first.root)) == 4 + 3 * 2
        assert first.ledger.denials == second.ledger.denials != {}

    def test_what_becomes_of_each(self, tmp_path: Path) -> None:
        got = {item.unit.key: item for item in fetch(place(tmp_path), hard_day(), *KEYS)}
        kinds = {key: None if item.error is None else type(item.error) for key, item in got.items()}
        assert kinds == {
            "paged": None,
            "slow": None,
            "flaky": None,
            "down": UpstreamError,
            "odd": BadAnswerError,
            "html": BadAnswerError,
            "loop": BadAnswerError,
            "mins/1": AccessDeniedError,
            "mins/2": AccessDeniedError,
            "wrong": BadRequestError,
            "ok": None,
        }
        calls = {key: item.calls for key, item in got.items()}
        assert calls["paged"] == calls["slow"] == calls["loop"] == 2
        assert calls["flaky"] == calls["down"] == 3
        assert calls["mins/1"] == 1
        assert calls["mins/2"] == 0
        assert [r.document["more"] for _, r in got["paged"].pages.answers] == [True, False]

    def test_many_at_once(self, tmp_path: Path) -> None:
        keys = [f"u{number}" for number in range(30)]
        under_way, most = 0, 0

        async def busy(request: httpx.Request) -> httpx.Response:
            nonlocal under_way, most
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0.005)
            under_way -= 1
            return FINE

        cellar = place(tmp_path, concurrency=4)
        with Client(Fake(), cellar, token=token(), transport=httpx.MockTransport(busy)) as client:
            got = list(client.fetch([unit(key) for key in keys]))
        assert sorted(item.unit.key for item in got) == sorted(keys)
        assert most == 4

    def test_inside_a_running_loop(self, tmp_path: Path) -> None:
        async def cell() -> list[Fetched]:
            return fetch(place(tmp_path), Script(), "a", "b")

        assert [item.error for item in run_apart(cell)] == [None, None]

    def test_nothing_to_do(self, tmp_path: Path) -> None:
        script = Script()
        assert fetch(place(tmp_path), script) == []
        assert script.calls == []


class TestResuming:
    def test_landed_units_cost_no_call(self, tmp_path: Path) -> None:
        cellar, script = place(tmp_path), Script()
        before = fetch(cellar, script, "a", "b")
        after = fetch(cellar, script, "a", "b", "c")
        assert [item.resumed for item in after] == [True, True, False]
        assert [item.calls for item in after] == [0, 0, 1]
        assert shown(after)[0][1] == shown(before)[0][1]
        assert len(script.calls) == 3

    def test_no_token_needed_for_landed_units(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cellar = place(tmp_path)
        fetch(cellar, Script(), "a")
        monkeypatch.setenv("WORKBENCH_CONFIG_HOME", str(tmp_path / "config"))
        monkeypatch.setattr("workbench.data.secrets._keyring", lambda *words: None)
        with Client(Fake(), cellar, transport=Script().transport) as client:
            assert next(client.fetch([unit("a")])).resumed
            with pytest.raises(TokenError, match=r"WORKBENCH_FAKE_TOKEN.*keyring.*tokens"):
                list(client.fetch([unit("b"), unit("c")]))

    def test_a_damaged_landing_is_fetched_again(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        cellar, script = place(tmp_path), Script()
        fetch(cellar, script, "a")
        (path,) = (tmp_path / "raw").rglob("*.zst")
        path.write_bytes(path.read_bytes()[:40])
        (again,) = fetch(cellar, script, "a")
        assert not again.resumed
        assert len(script.calls) == 2
        assert "damaged" in caplog.text

    def test_an_old_landing_is_fetched_again(self, tmp_path: Path) -> None:
        cellar, script = place(tmp_path), Script()
        fetch(cellar, script, "a")
        later = Place(cellar.root, cellar.settings, lambda: NOW + timedelta(days=1))
        (again,) = fetch(later, script, "a")
        assert not again.resumed

    def test_another_window_of_the_same_key(self, tmp_path: Path) -> None:
        cellar, script = place(tmp_path), Script()
        fetch(cellar, script, "a")
        wider = type(unit("a"))("cn.bars_1d", "a", first=NOW.date())
        with Client(Fake(), cellar, token=token(), transport=script.transport) as client:
            assert not next(client.fetch([wider])).resumed
