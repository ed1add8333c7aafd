"""History: what the stored rows of a folder were made from, so that a revision is seen.

Beside its panels a folder keeps a digest of every session of every field that was read (and of the
estimation mask, where factors look across assets). Before rows are appended, the market's sessions
are held against them: a value that was revised anywhere makes the stored rows stale, however long
ago it stood.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from workbench.arrays import AnyPanel
from workbench.compute.job import Job
from workbench.errors import StaleResultError
from workbench.factor.fields import field_info
from workbench.factor.operator import Axis, find_operator

__all__ = ["check_history", "row_digests", "write_history"]

Digests = NDArray[np.uint64]

_FILE = "history.npz"
_DAYS = " days"  # no field can have these names
_MASK = " estimation"
_BLOCK = 1 << 18  # bytes looked at at once: they stay in the cache


def row_digests(values: AnyPanel) -> Digests:
    """Digest every row of an array: every cell's bits mixed with its column, added up.

    Examples
    --------
    >>> rows = row_digests(np.array([[1.0, 2.0], [2.0, 1.0], [1.0, 2.0]]))
    >>> bool(rows[0] == rows[2]), bool(rows[0] == rows[1])
    (True, False)
    """
    whole = np.ascontiguousarray(values)
    bits = whole.view(f"u{whole.itemsize}")
    columns = np.arange(1, bits.shape[1] + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    digests = np.empty(len(bits), np.uint64)
    rows = max(1, _BLOCK // max(1, 8 * bits.shape[1]))
    for first in range(0, len(bits), rows):
        words = bits[first : first + rows].astype(np.uint64)
        words += columns
        digests[first : first + rows] = _mixed(words).sum(axis=1)
    return digests


def _mixed(words: Digests) -> Digests:
    """Mix 64 bits so that any change of one spreads over all (splitmix64's finaliser)."""
    words ^= words >> np.uint64(30)
    words *= np.uint64(0xBF58476D1CE4E5B9)
    words ^= words >> np.uint64(27)
    words *= np.uint64(0x94D049BB133111EB)
    words ^= words >> np.uint64(31)
    return words


def _read(job: Job) -> dict[str, Digests]:
    """Digests of everything the job reads from its market."""
    market = job.market
    names = sorted({name for one in job.factors.values() for name in one.fields})
    across = any(
        find_operator(word).axis is Axis.SECTION for words in job.words.values() for word in words
    )
    held = {name: market[name].values for name in names}
    if across:
        held[_MASK] = market.mask("estimation").values
    # Group codes may have a single row for all sessions.
    shape = market.shape
    whole = {name: np.broadcast_to(values, shape) for name, values in held.items()}
    with ThreadPoolExecutor(max(1, job.workers)) as crew:
        return dict(zip(whole, crew.map(row_digests, whole.values()), strict=True))


def _stored(folder: Path) -> dict[str, NDArray]:
    path = folder / _FILE
    if not path.exists():
        return {}
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (OSError, ValueError, EOFError) as error:
        raise StaleResultError(
            f"The history of the folder {folder.name!r} cannot be read ({error}): nobody can say "
            "what its rows were made from. Compute it in full."
        ) from error


def check_history(folder: Path, job: Job, upto: np.datetime64) -> dict[str, Digests]:
    """Hold the market against what the folder was made from; return the market's digests.

    Raises
    ------
    StaleResultError
        A field differs on a session up to `upto`, or the folder does not know the field.
    """
    digests, stored = _read(job), _stored(folder)
    days = stored.get(_DAYS)
    for name, here in digests.items():
        if days is None or name not in stored:
            raise StaleResultError(
                f"The folder {folder.name!r} does not say what {_said(name)} was when its rows "
                "were made. Compute it in full."
            )
        ours = job.market.sessions.values
        _, mine, theirs = np.intersect1d(ours, days, assume_unique=True, return_indices=True)
        # A derived field lacks its own history on the first sessions of a market that begins later.
        known = (ours[mine] <= upto) & (mine >= _own_history(name, ours[0], days[0]))
        known &= stored[name][theirs] != 0  # not read on that session, for any panel
        differ = here[mine][known] != stored[name][theirs][known]
        if differ.any():
            day = ours[mine][known][np.argmax(differ)]
            raise StaleResultError(
                f"{_said(name)} was revised on {int(differ.sum())} sessions since the folder "
                f"{folder.name!r} was computed, first on {day}: its rows are of another history. "
                "Compute it in full."
            )
    return digests


def _own_history(name: str, here: np.datetime64, there: np.datetime64) -> int:
    """Rows at the beginning of the market on which a derived field may differ."""
    info = field_info(name)
    return 0 if info is None or here <= there else info.lookback


def write_history(
    folder: Path, job: Job, digests: Mapping[str, Digests] | None = None, beside: bool = True
) -> None:
    """Keep the digests of everything the job read.

    Parameters
    ----------
    folder, job
        Where, and what was computed.
    digests : mapping, optional
        Those of the job, if they are known.
    beside : bool
        Other panels of the folder stay: what they were made from must be the same.

    Raises
    ------
    StaleResultError
        Other panels of the folder were made from another history.
    """
    days, stored = job.market.sessions.values, _stored(folder) if beside else {}
    digests = _read(job) if digests is None else digests
    before = stored.get(_DAYS, days[:0])
    _, mine, theirs = np.intersect1d(days, before, assume_unique=True, return_indices=True)
    for name in digests.keys() & stored.keys():
        then, now = stored[name][theirs], digests[name][mine]
        known = (then != 0) & (mine >= _own_history(name, days[0], before[0]))
        if (then != now)[known].any():
            raise StaleResultError(
                f"{_said(name)} differs from what other panels of the folder {folder.name!r} were "
                "made from. Compute them all in full, or choose another folder."
            )
    merged = _merged(stored, before, days, digests)
    fresh = folder / f"{_FILE}.{uuid4().hex[:8]}.npz"
    np.savez(fresh, allow_pickle=False, **merged)
    os.replace(fresh, folder / _FILE)


def _merged(
    kept: Mapping[str, NDArray], before: NDArray, days: NDArray, digests: Mapping[str, Digests]
) -> dict[str, NDArray]:
    """Old and new digests over all sessions of both; 0 where nothing was read."""
    every = np.union1d(before, days)
    merged: dict[str, NDArray] = {_DAYS: every}
    for name in {*kept, *digests} - {_DAYS}:
        whole = np.zeros(len(every), np.uint64)
        if name in kept:
            whole[np.searchsorted(every, before)] = kept[name]
        if name in digests:
            whole[np.searchsorted(every, days)] = digests[name]
        merged[name] = whole
    return merged


def _said(name: str) -> str:
    return "the estimation mask" if name == _MASK else f"the field {name!r}"
