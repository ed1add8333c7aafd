"""Buffers and pitches."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.compute.memory import Buffers, Pool, padded_columns


def test_the_lowest_free_number_is_taken() -> None:
    buffers = Buffers(first=3)
    taken = [buffers.take() for _ in range(3)]
    buffers.give(taken[1])
    buffers.give(taken[0])
    assert [buffers.take(), buffers.take(), buffers.take()] == [3, 4, 6]
    assert buffers.used == 4


def test_a_number_is_reused_at_its_own_height_only() -> None:
    buffers = Buffers()
    low, high = buffers.take(2), buffers.take(8)
    buffers.give(low)
    buffers.give(high)
    assert [buffers.take(8), buffers.take(8), buffers.take(2)] == [high, 2, low]
    assert buffers.heights == [2, 8, 8]


def test_pool_reuses_memory_that_nobody_looks_at() -> None:
    pool, kind = Pool(), np.dtype("float32")
    first = pool.take((4, 16), kind)
    place = first.ctypes.data
    first[:] = 7
    seen = first[:, :3].view()
    del first
    assert pool.take((4, 16), kind).ctypes.data != place  # the view still looks at it
    np.testing.assert_array_equal(seen, 7)
    del seen
    assert place in {pool.take((4, 16), kind).ctypes.data for _ in range(2)}
    pool.trim(0)
    assert pool.bytes == 0


@pytest.mark.parametrize("itemsize", [4, 8])
@pytest.mark.parametrize("columns", [1, 15, 16, 17, 1024, 4096, 5000])
def test_pitch_holds_the_columns_in_whole_vectors(columns: int, itemsize: int) -> None:
    pitch = padded_columns(columns, 16, itemsize)
    assert pitch % 16 == 0
    assert columns <= pitch < columns + 3 * 16
    assert (pitch * itemsize) % 4096 != 0
