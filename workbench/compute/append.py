"""Append: compute the sessions a market has beyond stored panels, and nothing else.

Steps:

1. what is stored is held against what would be made: expression, type, engine, adjustment,
   universe, rules, sessions and assets; the first difference is an error that names it;
2. one plan computes the last stored session and the new ones, every step over just the rows that
   these depend on (`plan.py`);
3. the last stored session must come out in every bit as it is stored, or history has changed; a
   folder also knows every session it was made from (`history.py`), so no revision escapes it;
4. new rows go behind the old ones: in place into a folder, or into panels with room to spare.

Assets must be the same. A vanished column cannot be continued; and a column that appears changes
the order in which every cross-section is summed, so that earlier sessions would no longer be
those of a full run.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from threading import Lock
from typing import Any
from weakref import ref

import numpy as np

from workbench.arrays import AnyPanel, FloatPanel, read_only
from workbench.compute.history import check_history, write_history
from workbench.compute.job import Job
from workbench.compute.panel_folder import PanelFolder
from workbench.compute.stream import parts
from workbench.errors import InsufficientHistoryError, PlanError, StaleResultError, near_names
from workbench.market import Panel, Sessions

__all__ = ["append", "tail"]

Stored = Panel | Mapping[str, Panel] | str | os.PathLike[str]

_FACTS = ("expression", "dtype", "universe", "user_operators")
_ORIGIN = ("provider", "market", "adjust", "rules", "groups", "benchmark", "universe")
_ANY_HISTORY = frozenset({"hfq", "none"})
_SPARE = 64
"""Rows of room behind an extended panel: a quarter of a year of daily appending."""


def append(job: Job, stored: Stored, max_bytes: int | None = None) -> dict[str, Panel]:
    """Stored panels up to the last session of the market.

    Parameters
    ----------
    job : Job
        What was computed, over a market that goes on.
    stored : Panel, mapping of str to Panel, or folder
        What there is. Panels are extended into new panels; a folder is extended in place.
    max_bytes : int, optional
        Bound of the memory of the run.

    Returns
    -------
    dict of str to Panel
        By the names of the job.

    Raises
    ------
    StaleResultError
        What is stored is not the beginning of what would be made; the message says why.
    InsufficientHistoryError
        The market lacks the look-back before the last stored session.
    """
    folder = PanelFolder(stored) if isinstance(stored, (str, os.PathLike)) else None
    held = _held(job, stored if folder is None else folder.read_all())
    for name, panel in held.items():
        _check_same(job, name, panel)
    count = {name: _new_sessions(job, name, panel) for name, panel in held.items()}
    digests = {}
    if folder is not None:
        upto = max(panel.sessions.values[-1] for panel in held.values())
        digests = check_history(folder.path, job, upto)
    rows: dict[str, FloatPanel] = {}
    for new in sorted(set(count.values())):
        names = [name for name in held if count[name] == new]
        for name, values in tail(job, names, new + 1, max_bytes).items():
            _check_overlap(name, held[name], values[0])
            rows[name] = values[1:]
    if folder is None:
        return {name: _extended(job, name, held[name], rows[name]) for name in held}
    grown = {
        name: job.panel(name, values, Sessions(_last_days(job, len(values))))
        for name, values in rows.items()
        if len(values)
    }
    if grown:
        folder.extend(grown)
        write_history(folder.path, job, digests)
    return folder.read_all(list(held))


def tail(
    job: Job, names: list[str], last: int, max_bytes: int | None = None
) -> dict[str, FloatPanel]:
    """Values of the last `last` sessions, shape (last, N), bit for bit those of a full run."""
    found: dict[str, FloatPanel] = {}
    for plan in parts(job, names, max_bytes, lets_go=True, last=last):
        # Views of padded panels would keep more rows alive than are asked for.
        found |= {name: values.copy() for name, values in job.run(plan).items()}
    return found


def _held(job: Job, stored: Panel | Mapping[str, Panel]) -> dict[str, Panel]:
    """The stored panel of every factor of the job."""
    if isinstance(stored, Panel):
        if len(job.factors) > 1:
            raise PlanError("One panel cannot be the beginning of several factors; give a mapping.")
        return dict.fromkeys(job.factors, stored)
    if not isinstance(stored, Mapping):
        raise PlanError(
            f"append_to is a Panel, a mapping of panels or a folder; got {type(stored).__name__}."
        )
    missing = [name for name in job.factors if name not in stored]
    if missing:
        raise PlanError(
            f"Nothing is stored for {', '.join(missing[:5])}{' …' if len(missing) > 5 else ''}."
            f"{near_names(missing[0], stored)} Compute what is new without append_to, then append."
        )
    return {name: stored[name] for name in job.factors}


def _check_same(job: Job, name: str, panel: Panel) -> None:
    """Refuse a panel that was made of something else."""
    before, now = panel.provenance, job.provenance(name)
    if "expression" not in before:
        raise StaleResultError(f"The panel for {name!r} does not say what it was made of.")
    pairs = [(what, before.get(what), now.get(what)) for what in _FACTS]
    pairs.append(("dtype of the values", panel.dtype.name, now["dtype"]))
    engines = (str(made.get("engine", "")).split(":")[0] for made in (before, now))
    pairs.append(("engine", *engines))
    origins = (before.get("market", {}), now["market"])
    pairs += [(what, *(origin.get(what) for origin in origins)) for what in _ORIGIN]
    for what, then, here in pairs:
        if _plain(then) != _plain(here):
            raise StaleResultError(
                f"{name!r} is stored with {what} {then!r}, and now it is {here!r}: the stored rows "
                "are not the beginning of this result. Compute it in full."
            )
    if job.market.adjust not in _ANY_HISTORY:
        raise StaleResultError(
            f"Prices adjusted as {job.market.adjust!r} change their history; compute in full, or "
            "use adjust='hfq'."
        )
    _check_assets(name, panel, job)


def _check_assets(name: str, panel: Panel, job: Job) -> None:
    if panel.assets == job.market.assets:
        return
    before, now = set(panel.assets.names), set(job.market.assets.names)
    gone, new = sorted(before - now), sorted(now - before)
    said = [
        f"{len(found)} {what} ({', '.join(found[:3])}{' …' if len(found) > 3 else ''})"
        for what, found in (("vanished", gone), ("appeared", new))
        if found
    ]
    raise StaleResultError(
        f"The assets of {name!r} are not those of this market: {' and '.join(said)}. Compute it "
        "in full, or narrow the market: market.select(panel.assets)."
    )


def _new_sessions(job: Job, name: str, panel: Panel) -> int:
    """How many sessions the market has after the panel; their common part must be the same."""
    here, there = job.market.sessions, panel.sessions
    if not len(there) or there.last not in here:
        raise StaleResultError(
            f"The last stored session of {name!r}, {there.last if len(there) else 'none'}, is not "
            f"a session of this market ({here})."
        )
    row = here.index(there.last)
    common = min(row + 1, len(there))
    ours, theirs = here.values[row + 1 - common : row + 1], there.values[len(there) - common :]
    if not np.array_equal(ours, theirs):
        day = ours[np.argmax(ours != theirs)]
        raise StaleResultError(f"The sessions of {name!r} and of this market differ around {day}.")
    lookback = job.factors[name].lookback
    if row < lookback and here.first > there.first:
        raise InsufficientHistoryError(
            f"To go on from {there.last}, {name!r} needs {lookback} sessions before it; this "
            f"market has {row}. Load the market from an earlier day."
        )
    return len(here) - row - 1


def _check_overlap(name: str, panel: Panel, again: FloatPanel) -> None:
    """The last stored session, computed again, has the bits that are stored."""
    stored = panel.values[-1]
    differ = (stored.view(f"u{stored.itemsize}") != again.view(f"u{again.itemsize}")) & ~(
        np.isnan(stored) & np.isnan(again)
    )
    if differ.any():
        column = int(np.argmax(differ))
        raise StaleResultError(
            f"{name!r} on {panel.sessions.last} comes out differently for {int(differ.sum())} "
            f"assets, first {panel.assets[column]}: stored {stored[column]!r}, now "
            f"{again[column]!r}. History was revised, or the stored panel is of another market; "
            "compute it in full."
        )


def _extended(job: Job, name: str, panel: Panel, rows: FloatPanel) -> Panel:
    """The panel with more rows: behind the old ones where there is room, else in larger memory."""
    days = _last_days(job, len(rows))
    sessions = Sessions(np.concatenate([panel.sessions.values, days]))
    made = job.panel(name, _GROWING.grown(panel.values, rows), sessions)
    return Panel(made.values, sessions, panel.assets, panel.name, None, made.provenance)


def _last_days(job: Job, count: int) -> AnyPanel:
    """The last `count` sessions of the market."""
    days = job.market.sessions.values
    return days[len(days) - count :]


class _Growing:
    """Memory with room behind its last row; each row is given away once.

    Two panels may begin with the same rows; only the one that is extended first gets the room.
    """

    def __init__(self) -> None:
        self._used: dict[int, tuple[ref[AnyPanel], int]] = {}
        self._lock = Lock()

    def grown(self, old: FloatPanel, new: FloatPanel) -> FloatPanel:
        """`old` with `new` behind it, read-only."""
        if not len(new):
            return old
        with self._lock:
            total = len(old) + len(new)
            memory = self._room(old, total)
            if memory is None:
                memory = np.empty((total + _SPARE, old.shape[1]), old.dtype)
                memory[: len(old)] = old
                key = id(memory)
                self._used[key] = (ref(memory, lambda _: self._used.pop(key, None)), 0)
            memory[len(old) : total] = new
            self._used[id(memory)] = (self._used[id(memory)][0], total)
            return read_only(memory[:total])

    def _room(self, old: FloatPanel, total: int) -> AnyPanel | None:
        """The memory behind `old`, if its next rows are still nobody's."""
        memory: Any = old.base
        known, used = self._used.get(id(memory), (None, 0))
        if known is None or known() is not memory or used != len(old) or total > len(memory):
            return None
        # A panel that was narrowed to later sessions does not begin where the memory begins.
        same = old.shape[1] == memory.shape[1] and old.ctypes.data == memory.ctypes.data
        return memory if same else None


_GROWING = _Growing()


def _plain(value: Any) -> Any:
    """Facts as they come back from a file: mappings and sequences without their types."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(one) for one in value]
    return value if isinstance(value, (int, float, str, type(None))) else str(value)
