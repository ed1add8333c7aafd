"""Markets on the shelf: loaded once, whoever asks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from time import sleep

import pytest

from workbench.apps.markets import DEMO, MarketShelf, market_shelf
from workbench.errors import AppError, SourceNotFoundError


def test_loaded_once_by_many_at_the_same_time() -> None:
    calls = []

    def load():
        sleep(0.05)
        calls.append(1)
        return object()

    shelf = MarketShelf({"a": load})
    with ThreadPoolExecutor(8) as pool:
        loaded = list(pool.map(shelf.load, ["a"] * 8))
    assert len(calls) == 1
    assert len({id(one) for one in loaded}) == 1


def test_a_failure_is_not_remembered() -> None:
    answers = iter([AppError("not yet"), "market"])

    def load():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    shelf = MarketShelf({"a": load})
    with pytest.raises(AppError, match="not yet"):
        shelf.load("a")
    assert shelf.load("a") == "market"


def test_unknown_names_are_explained() -> None:
    with pytest.raises(AppError, match=r"expected one of demo, got 'dmeo'.*demo"):
        MarketShelf({"demo": object}).load("dmeo")


def test_fields_are_known_only_after_loading() -> None:
    shelf = market_shelf(demo={"sessions": 30, "assets": 12})
    assert shelf.names == (DEMO,)
    assert shelf.fields(DEMO) == ()
    market = shelf.load(DEMO)
    assert market.shape == (30, 12)
    assert {"close", "volume"} <= set(shelf.fields(DEMO))


def test_a_file_stands_first_and_must_exist(tmp_path) -> None:
    file = tmp_path / "prices.csv"
    with pytest.raises(SourceNotFoundError, match=r"prices\.csv"):
        market_shelf(file)
    file.write_text("")
    assert market_shelf(file).names == ("prices.csv", DEMO)
