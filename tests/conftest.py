"""Fixtures of the whole suite: where the real market data lies, and what a missing GPU means."""

from __future__ import annotations

import os
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
