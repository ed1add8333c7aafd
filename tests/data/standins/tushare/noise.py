"""Random numbers that depend only on where they stand: any cell without those before it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["uniform"]


def uniform(seed: int, salt: str, *where: ArrayLike) -> NDArray[np.float64]:
    """Numbers in [0, 1) for the cells `where` (broadcast integers); splitmix64 of everything."""
    word = np.uint64(
        (seed * 0x9E3779B97F4A7C15 + sum(ord(c) * 131**k for k, c in enumerate(salt)))
        & 0xFFFFFFFFFFFFFFFF
    )
    with np.errstate(over="ignore"):
        state = _mix(np.full(np.broadcast_shapes(*(np.shape(one) for one in where)), word))
        for one in where:
            state = _mix(
                state ^ (np.asarray(one).astype(np.uint64) * np.uint64(0xD1B54A32D192ED03))
            )
    return (state >> np.uint64(11)).astype(np.float64) / float(1 << 53)


def _mix(state: NDArray[np.uint64]) -> NDArray[np.uint64]:
    state = state + np.uint64(0x9E3779B97F4A7C15)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))
