"""Buffers and pitches."""

from __future__ import annotations

import pytest

from workbench.compute.memory import Buffers, padded_columns


def test_the_lowest_free_number_is_taken() -> None:
    buffers = Buffers(first=3)
    taken = [buffers.take() for _ in range(3)]
    buffers.give(taken[1])
    buffers.give(taken[0])
    assert [buffers.take(), buffers.take(), buffers.take()] == [3, 4, 6]
    assert buffers.used == 4


@pytest.mark.parametrize("itemsize", [4, 8])
@pytest.mark.parametrize("columns", [1, 15, 16, 17, 1024, 4096, 5000])
def test_pitch_holds_the_columns_in_whole_vectors(columns: int, itemsize: int) -> None:
    pitch = padded_columns(columns, 16, itemsize)
    assert pitch % 16 == 0
    assert columns <= pitch < columns + 3 * 16
    assert (pitch * itemsize) % 4096 != 0
