"""The statements that every registered operator has to bear, as plain functions.

Each takes a way to compute (fields → panel) and the fields; each raises AssertionError. They know
no table and no engine, so the negative controls can hand them a cheat.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from tests.conformance.cases import Fields

__all__ = [
    "Compute",
    "check_causal",
    "check_lookback",
    "check_start_free",
    "poisoned",
    "same_bits",
]

Compute = Callable[[Fields], NDArray]


def same_bits(got: NDArray, want: NDArray, what: str) -> None:
    """Equal in every bit, the sign of zero included; one NaN is as good as another."""
    assert got.shape == want.shape, f"{what}: shape {got.shape} instead of {want.shape}"
    assert got.dtype == want.dtype, f"{what}: {got.dtype} instead of {want.dtype}"
    whole = f"u{got.dtype.itemsize}"
    bits_got, bits_want = (np.ascontiguousarray(values).view(whole) for values in (got, want))
    differ = (bits_got != bits_want) & ~(np.isnan(got) & np.isnan(want))
    assert not differ.any(), (
        f"{what}: {differ.sum()} cells differ, first at (session, asset) "
        f"{tuple(np.argwhere(differ)[0])}: {got[differ][0]!r} instead of {want[differ][0]!r}"
    )


def poisoned(fields: Fields, cut: int, rng: np.random.Generator) -> Fields:
    """Replace everything after session `cut` with noise, giants and NaN."""
    changed = {name: values.copy() for name, values in fields.items()}
    for values in changed.values():
        later = values[cut + 1 :]
        if values.dtype.kind in "iu":
            later[:] = rng.integers(-1, 9, later.shape)
        else:
            noise = rng.normal(size=later.shape) * 10.0 ** rng.integers(-6, 12, later.shape)
            later[:] = np.where(rng.random(later.shape) < 0.3, np.nan, noise)
    return changed


def check_causal(compute: Compute, fields: Fields, cuts: Sequence[int]) -> None:
    """Changing all inputs after t leaves every output up to t as it was, in every bit."""
    rng = np.random.default_rng(11)
    want = compute(fields)
    for cut in cuts:
        got = compute(poisoned(fields, cut, rng))
        same_bits(got[: cut + 1], want[: cut + 1], f"the future of session {cut} leaks")


def check_start_free(compute: Compute, fields: Fields, lookback: int, drops: Sequence[int]) -> None:
    """Loading k sessions later changes no output that still has its look-back."""
    want = compute(fields)
    for drop in drops:
        later = {name: values[drop:] for name, values in fields.items()}
        same_bits(
            compute(later)[lookback:],
            want[drop + lookback :],
            f"loading {drop} sessions later changes values",
        )


def check_lookback(compute: Compute, fields: Fields, lookback: int) -> None:
    """look-back + 1 sessions give the last value; with one session less it is missing."""
    want = compute(fields)[-1:]
    assert np.isfinite(want).any(), "the case is empty: the last session has no value at all"
    tail = {name: values[-lookback - 1 :] for name, values in fields.items()}
    same_bits(compute(tail)[-1:], want, f"{lookback + 1} sessions do not give the last value")
    if lookback:
        short = {name: values[-lookback:] for name, values in fields.items()}
        assert np.isnan(compute(short)[-1]).all(), f"{lookback} sessions already give a value"
