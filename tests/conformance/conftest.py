"""Engines of the conformance suite: the oracle always, the kernels where they are compiled."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from functools import partial

import pytest

from workbench.compute import cpu
from workbench.compute.evaluate import on_arrays
from workbench.errors import KernelsMissingWarning

ABSENT = (
    "the compiled kernels (workbench.compute._kernels) are not built here; "
    "install workbench with a C++ compiler at hand to run these tests"
)


@pytest.fixture(scope="session")
def kernels():
    """The compiled module; its absence skips, or fails under WORKBENCH_REQUIRE_KERNELS=1."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", KernelsMissingWarning)
        module = cpu.load()
    if module is None:
        if os.environ.get("WORKBENCH_REQUIRE_KERNELS") == "1":
            pytest.fail(f"WORKBENCH_REQUIRE_KERNELS=1, but {ABSENT}")
        pytest.skip(ABSENT)
    return module


@pytest.fixture(params=["oracle", "kernels"])
def engine(request: pytest.FixtureRequest) -> str:
    """Name of an engine that can run here."""
    if request.param == "kernels":
        request.getfixturevalue("kernels")
    return request.param


@pytest.fixture
def run(engine: str) -> Callable:
    """``on_arrays`` bound to the engine."""
    return partial(on_arrays, engine=engine)
