"""The statements that every registered operator has to bear, as plain assertions.

The laws themselves are `workbench.compute.laws`, which operators of the user are held to as well.
Each check takes a way to compute (fields → panel) and the fields; each raises AssertionError. They
know no table and no engine, so the negative controls can hand them a cheat.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.compute.laws import (
    Compute,
    Fields,
    difference,
    future_leak,
    lookback_broken,
    poisoned,
    start_bound,
)

__all__ = [
    "Compute",
    "check_causal",
    "check_lookback",
    "check_start_free",
    "poisoned",
    "same_bits",
]


def same_bits(got: NDArray, want: NDArray, what: str) -> None:
    """Equal in every bit, the sign of zero included; one NaN is as good as another."""
    broken = difference(got, want, what)
    assert not broken, broken


def check_causal(compute: Compute, fields: Fields, cuts: Sequence[int]) -> None:
    """Changing all inputs after t leaves every output up to t as it was, in every bit."""
    broken = future_leak(compute, fields, cuts)
    assert not broken, broken


def check_start_free(compute: Compute, fields: Fields, lookback: int, drops: Sequence[int]) -> None:
    """Loading k sessions later changes no output that still has its look-back."""
    broken = start_bound(compute, fields, lookback, drops)
    assert not broken, broken


def check_lookback(compute: Compute, fields: Fields, lookback: int, exact: bool = True) -> None:
    """look-back + 1 sessions give the last value; if exact, it is missing with one session less."""
    broken = lookback_broken(compute, fields, lookback)
    assert not broken, broken
    if lookback and exact:
        short = {name: values[-lookback:] for name, values in fields.items()}
        assert np.isnan(compute(short)[-1]).all(), f"{lookback} sessions already give a value"
