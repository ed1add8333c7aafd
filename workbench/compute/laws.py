"""The laws that every operator has to bear, as plain functions over a way to compute.

Each takes a way to compute (fields → panel) and fields, and returns what is broken, or an empty
string. They know no table and no engine: the conformance suite of the house and
`conformance.check_operator`, which judges operators of the user, both stand on them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from workbench.arrays import AnyPanel, FloatPanel

__all__ = [
    "Compute",
    "Fields",
    "difference",
    "future_leak",
    "lookback_broken",
    "poisoned",
    "start_bound",
]

Fields = Mapping[str, AnyPanel]
Compute = Callable[[Fields], FloatPanel]


def difference(got: FloatPanel, want: FloatPanel, what: str) -> str:
    """What differs in any bit, the sign of zero included; one NaN is as good as another.

    Examples
    --------
    >>> difference(np.array([[1.0]]), np.array([[1.0]]), "a copy")
    ''
    >>> difference(np.array([[1.0]]), np.array([[2.0]]), "doubling")
    'doubling: 1 cells differ, first at (session, asset) (0, 0): 1.0 instead of 2.0'
    """
    if got.shape != want.shape:
        return f"{what}: shape {got.shape} instead of {want.shape}"
    if got.dtype != want.dtype:
        return f"{what}: {got.dtype} instead of {want.dtype}"
    whole = f"u{got.dtype.itemsize}"
    bits_got, bits_want = (np.ascontiguousarray(values).view(whole) for values in (got, want))
    differ = (bits_got != bits_want) & ~(np.isnan(got) & np.isnan(want))
    if not differ.any():
        return ""
    place = tuple(int(number) for number in np.argwhere(differ)[0])
    return (
        f"{what}: {differ.sum()} cells differ, first at (session, asset) {place}: "
        f"{got[differ][0].item()!r} instead of {want[differ][0].item()!r}"
    )


def poisoned(fields: Fields, cut: int, rng: np.random.Generator) -> dict[str, AnyPanel]:
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


def future_leak(compute: Compute, fields: Fields, cuts: Sequence[int]) -> str:
    """Changing all inputs after t leaves every output up to t as it was, in every bit."""
    rng = np.random.default_rng(11)
    want = compute(fields)
    for cut in cuts:
        got = compute(poisoned(fields, cut, rng))
        what = f"the future of session {cut} leaks"
        if broken := difference(got[: cut + 1], want[: cut + 1], what):
            return broken
    return ""


def start_bound(compute: Compute, fields: Fields, lookback: int, drops: Sequence[int]) -> str:
    """Loading k sessions later changes no output that still has its look-back."""
    want = compute(fields)
    for drop in drops:
        later = {name: values[drop:] for name, values in fields.items()}
        what = f"loading {drop} sessions later changes values"
        if broken := difference(compute(later)[lookback:], want[drop + lookback :], what):
            return broken
    return ""


def lookback_broken(compute: Compute, fields: Fields, lookback: int) -> str:
    """look-back + 1 sessions give the last value as all sessions do."""
    want = compute(fields)[-1:]
    if not np.isfinite(want).any():
        return "the case is empty: the last session has no value at all"
    tail = {name: values[-lookback - 1 :] for name, values in fields.items()}
    return difference(
        compute(tail)[-1:], want, f"{lookback + 1} sessions do not give the last value"
    )
