"""Fixtures of the whole suite: where the real market data lies, and what a missing GPU means."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]


def shared_folder() -> Path | None:
    """The folder of real market data, or None where it is absent."""
    named = os.environ.get("WORKBENCH_SHARED_DATA")
    folder = Path(named) if named else REPOSITORY.parent / "shared" / "data"
    return folder if folder.is_dir() else None


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real market data; the test skips where it is absent."""
    folder = shared_folder()
    if folder is None:
        pytest.skip(
            "real market data is absent: set WORKBENCH_SHARED_DATA to its folder, "
            "or put it at ../shared/data"
        )
    return folder


@pytest.fixture(scope="session")
def repository() -> Path:
    """Top of the checkout."""
    return REPOSITORY


@pytest.fixture(scope="session", autouse=True)
def own_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Counts of calls lie in a folder of this run, also for fixtures and child processes."""
    folder = tmp_path_factory.mktemp("state")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_STATE_HOME", str(folder / "shared"))
        yield folder


_NUMBERS = count()


@pytest.fixture(autouse=True)
def state_of_this_test(own_state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test counts for itself: all of them use one vendor and one token."""
    monkeypatch.setenv("WORKBENCH_STATE_HOME", str(own_state / str(next(_NUMBERS))))
