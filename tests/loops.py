"""Run a coroutine in a loop of its own, wherever the test runs.

The browser tests leave their loop running in the main thread, where `asyncio.run` refuses to start.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

__all__ = ["run_apart"]

Answer = TypeVar("Answer")


def run_apart(main: Callable[[], Coroutine[Any, Any, Answer]]) -> Answer:
    """The answer of ``await main()``, from a thread that has no loop yet."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(main())).result()
