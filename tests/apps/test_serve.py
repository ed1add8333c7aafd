"""What is refused before a port is opened, and what opening one means."""

from __future__ import annotations

import gc
import socket

import pytest

from workbench.apps.door import FREE_FAILURES, LONGEST_WAIT, Door
from workbench.apps.serve import make_server
from workbench.errors import AppError, SourceNotFoundError


@pytest.mark.parametrize("address", ["0.0.0.0", "", "::", "192.0.2.1", "example.org"])
def test_only_loopback(address: str) -> None:
    with pytest.raises(AppError, match=r"expected 127\.0\.0\.1"):
        make_server(port=0, address=address)


def test_unknown_app() -> None:
    with pytest.raises(AppError, match="expected one of factor_lab"):
        make_server("factor_lob", port=0)


def test_data_must_exist(tmp_path, monkeypatch) -> None:
    with pytest.raises(SourceNotFoundError):
        make_server(port=0, data=tmp_path / "nothing")
    monkeypatch.setenv("WORKBENCH_DATA", str(tmp_path / "nothing"))
    with pytest.raises(SourceNotFoundError):
        make_server(port=0)


# tornado leaves the socket that it could not bind to the collector
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_port_in_use_is_explained() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(AppError, match=r"could not be opened.*--port"):
            make_server(port=taken.getsockname()[1])
    gc.collect()


def test_wrong_tokens_slow_down_and_the_right_one_resets() -> None:
    door = Door("secret", "cookie")
    waits = []
    for door.failures in range(30):
        waits.append(door.wait())
    assert waits[: FREE_FAILURES + 1] == [0.0] * (FREE_FAILURES + 1)
    assert waits == sorted(waits)
    assert waits[FREE_FAILURES + 1] > 0
    assert waits[-1] == LONGEST_WAIT


@pytest.mark.parametrize("given", ["", "secre", "secrets", "SECRET", "sécret"])
def test_only_the_token_opens(given: str) -> None:
    assert not Door("secret", "cookie").opens(given)
