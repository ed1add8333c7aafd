"""Allowances per token and API: calls a minute, an hour, a day, with the vendor's exact words."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from threading import Lock

__all__ = ["TIERS", "Allowance"]

# Any other window is a minute in small, for tests that cannot wait.
WORDS = {60: "每分钟", 3600: "每小时", 86400: "每天"}
CODES = {60: 40203, 3600: 40203, 86400: 40103}

TIERS: Mapping[str, Mapping[str, tuple[tuple[int, int], ...]]] = {
    "free": {"": ((50, 60), (8_000, 86_400))},
    "2000": {"": ((200, 60), (100_000, 86_400)), "stock_basic": ((50, 60),)},
    "5000": {"": ((500, 60),), "stock_basic": ((50, 60),)},
}
"""Calls and seconds by tier and API; the empty name stands for every other API."""


class Allowance:
    """Counts calls of all connections together."""

    def __init__(
        self, rules: Mapping[str, tuple[tuple[int, int], ...]], clock: Callable[[], float]
    ) -> None:
        self._rules, self._clock, self._lock = rules, clock, Lock()
        self._calls: dict[tuple[str, str], deque[float]] = defaultdict(deque)

    def spend(self, token: str, api: str) -> tuple[int, str] | None:
        """Count one call; the code and message of a refusal, or None. A refused call counts not."""
        rules = self._rules.get(api, self._rules.get("", ()))
        now = self._clock()
        with self._lock:
            calls = self._calls[token, api]
            for count, seconds in rules:
                if sum(1 for at in calls if at > now - seconds) >= count:
                    word = WORDS.get(seconds, "每分钟")
                    return CODES.get(seconds, 40203), f"抱歉，您{word}最多访问该接口{count}次"
            if rules:
                calls.append(now)
        return None
