"""Sessions: the trading days that number the rows of every panel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.arrays import read_only
from workbench.errors import EmptyUniverseError, PanelError, UnknownSessionError

__all__ = ["SessionLike", "Sessions"]

SessionLike = str | date | np.datetime64
"""Whatever NumPy reads as a day: ``"2019-06-03"``, a `date`, a `datetime64`."""


class Sessions:
    """An ordered, immutable set of trading days.

    Parameters
    ----------
    days : iterable of str, date or datetime64
        Strictly ascending days; order is part of the meaning, so it is checked, not mended.

    Raises
    ------
    PanelError
        If a day cannot be read, is missing, repeats or goes backwards.

    Examples
    --------
    >>> sessions = Sessions(["2019-01-02", "2019-01-03", "2019-01-04"])
    >>> len(sessions), sessions.index("2019-01-03")
    (3, 1)
    >>> sessions.slice("2019-01-03", None)
    slice(1, 3, None)
    """

    __slots__ = ("_values",)

    def __init__(self, days: Iterable[SessionLike] | NDArray[np.datetime64]) -> None:
        raw = days if isinstance(days, np.ndarray) else list(days)
        try:
            values = np.array(raw, dtype="datetime64[D]").copy()
        except (ValueError, TypeError) as error:
            raise PanelError(f"Sessions must be days such as '2019-01-02'; {error}.") from error
        if values.ndim != 1:
            raise PanelError(f"Sessions must be one-dimensional; got shape {values.shape}.")
        if np.isnat(values).any():
            raise PanelError("Sessions must be real days; a missing day (NaT) came.")
        steps = np.diff(values.astype("int64"))
        if (steps <= 0).any():
            row = int(np.argmax(steps <= 0))
            raise PanelError(
                "Sessions must ascend without repetition; "
                f"{values[row]} is followed by {values[row + 1]}."
            )
        self._values = read_only(values)

    @property
    def values(self) -> NDArray[np.datetime64]:
        """The days as ``datetime64[D]``, shape (T,), read-only."""
        return self._values

    @property
    def first(self) -> np.datetime64:
        """The earliest session."""
        self._require_any()
        return self._values[0]

    @property
    def last(self) -> np.datetime64:
        """The latest session."""
        self._require_any()
        return self._values[-1]

    def index(self, session: SessionLike) -> int:
        """Row number of `session`; raises `UnknownSessionError` naming its neighbours."""
        day = _as_day(session)
        position = int(np.searchsorted(self._values, day))
        if position < len(self) and self._values[position] == day:
            return position
        before = self._values[position - 1] if position > 0 else "none"
        after = self._values[position] if position < len(self) else "none"
        raise UnknownSessionError(
            f"{day} is not a session here; the session before is {before}, after is {after}."
        )

    def slice(self, start: SessionLike | None = None, end: SessionLike | None = None) -> slice:
        """Rows from `start` to `end`, both days included; the days need not be sessions."""
        low = 0 if start is None else int(np.searchsorted(self._values, _as_day(start)))
        high = len(self)
        if end is not None:
            high = int(np.searchsorted(self._values, _as_day(end), side="right"))
        return slice(low, max(low, high))

    def between(self, start: SessionLike | None = None, end: SessionLike | None = None) -> Sessions:
        """The sessions from `start` to `end`, both included."""
        return Sessions(self._values[self.slice(start, end)])

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[np.datetime64]:
        return iter(self._values)

    def __getitem__(self, row: int) -> np.datetime64:
        return self._values[row]

    def __contains__(self, session: object) -> bool:
        try:
            self.index(session)  # type: ignore[arg-type]
        except UnknownSessionError:
            return False
        return True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sessions) and np.array_equal(self._values, other._values)

    def __hash__(self) -> int:
        return hash(self._values.tobytes())

    def __repr__(self) -> str:
        if not len(self):
            return "Sessions(none)"
        return f"Sessions({self.first} … {self.last}, {len(self)})"

    def _require_any(self) -> None:
        if not len(self):
            raise EmptyUniverseError("There is no session here; widen the date range.")


def _as_day(session: Any) -> np.datetime64:
    """Read one day, or say what could not be read."""
    try:
        day = np.datetime64(session, "D")
    except (ValueError, TypeError) as error:
        raise UnknownSessionError(f"{session!r} is not a day; write it as '2019-06-03'.") from error
    if np.isnat(day):
        raise UnknownSessionError("A missing day (NaT) is not a session.")
    return day
