"""Buffers reused by liveness: the smallest number free is taken first.

1. `Buffers` numbers buffers while a plan is made: scratch slots inside a stage (tile-sized, they
   stay in the cache) and panels carried between stages;
2. `Pool` keeps the memory of panels between runs, so that the parts of a split batch do not
   allocate anew; memory that somebody still looks at is never handed out again.
"""

from __future__ import annotations

import heapq
import weakref
from typing import Any

import numpy as np

from workbench.arrays import AnyPanel

__all__ = ["Buffers", "Pool", "padded_columns"]

_LINE = 64


class Buffers:
    """Numbers handed out and taken back, each with a height that never changes.

    Attributes
    ----------
    heights : list of int
        Rows of every number that was ever out, counted from `first`.

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
        self._free: dict[int, list[int]] = {}
        self.heights: list[int] = []

    @property
    def used(self) -> int:
        """How many different numbers were ever out."""
        return len(self.heights)

    def take(self, height: int = 0) -> int:
        """The lowest number of this height that nobody holds."""
        if self._free.get(height):
            return heapq.heappop(self._free[height])
        self.heights.append(height)
        return self._first + len(self.heights) - 1

    def give(self, number: int) -> None:
        """Take a number back."""
        heapq.heappush(self._free.setdefault(self.heights[number - self._first], []), number)


class Pool:
    """Memory of panels that outlives one run.

    An array handed out is taken back as soon as nothing refers to it or to a view of it any
    more; whoever keeps a panel keeps its memory, and the pool finds other memory.

    Examples
    --------
    >>> pool = Pool()
    >>> kept = pool.take((2, 16), np.dtype("float32"))
    >>> pool.take((2, 16), np.dtype("float32")) is kept
    False
    >>> pool.bytes
    256
    """

    def __init__(self) -> None:
        self._blocks: list[tuple[memoryview, weakref.ref[AnyPanel]]] = []

    @property
    def bytes(self) -> int:
        """Memory held, in use or not."""
        return sum(block.nbytes for block, _ in self._blocks)

    def take(self, shape: tuple[int, int], dtype: np.dtype[Any]) -> AnyPanel:
        """An array whose values are whatever was there before."""
        size = shape[0] * shape[1] * dtype.itemsize
        for place, (block, reader) in enumerate(self._blocks):
            if reader() is None and block.nbytes == size:
                return self._hand_out(block, shape, dtype, place)
        # Blocks of another size serve nobody in this run: they would only add to the peak.
        self._blocks = [held for held in self._blocks if held[1]() is not None]
        block = memoryview(np.empty(size, np.uint8))
        return self._hand_out(block, shape, dtype, len(self._blocks))

    def trim(self, count: int) -> None:
        """Let go of memory nobody uses beyond `count` blocks."""
        idle = [held for held in self._blocks if held[1]() is None]
        busy = [held for held in self._blocks if held[1]() is not None]
        self._blocks = busy + idle[:count]

    def _hand_out(
        self, block: memoryview, shape: tuple[int, int], dtype: np.dtype[Any], place: int
    ) -> AnyPanel:
        # A view of an array refers to the array that owns the memory, and the block is none: so
        # views refer to this array, and its death says that nobody looks any more.
        array = np.frombuffer(block, dtype).reshape(shape)
        owner = array if array.base is block else array.base
        self._blocks[place : place + 1] = [(block, weakref.ref(owner))]
        return array


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
