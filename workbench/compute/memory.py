"""Buffers reused by liveness: the smallest number free is taken first.

Used twice: for scratch slots inside a stage (tile-sized, they stay in the cache) and for panels
carried between stages.
"""

from __future__ import annotations

import heapq

__all__ = ["Buffers", "padded_columns"]

_LINE = 64


class Buffers:
    """Numbers handed out and taken back.

    Examples
    --------
    >>> buffers = Buffers()
    >>> first, second = buffers.take(), buffers.take()
    >>> buffers.give(first)
    >>> buffers.take(), buffers.used
    (0, 2)
    """

    def __init__(self, first: int = 0) -> None:
        self._first = first
        self._next = first
        self._free: list[int] = []

    @property
    def used(self) -> int:
        """How many different numbers were ever out."""
        return self._next - self._first

    def take(self) -> int:
        """The lowest number that nobody holds."""
        if self._free:
            return heapq.heappop(self._free)
        self._next += 1
        return self._next - 1

    def give(self, number: int) -> None:
        """Take a number back."""
        heapq.heappush(self._free, number)


def padded_columns(columns: int, lanes: int, itemsize: int) -> int:
    """Pitch of a panel: a multiple of `lanes`, and not a multiple of large powers of two.

    A row pitch of 4096 bytes maps every row to the same cache sets; one more group of lanes
    spreads them.

    Examples
    --------
    >>> padded_columns(800, 16, 4), padded_columns(1024, 16, 4)
    (816, 1040)
    """
    pitch = -(-columns // lanes) * lanes
    if (pitch * itemsize // _LINE) % 2 == 0:
        pitch += lanes
    return pitch
