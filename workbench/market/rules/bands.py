"""Up and down limit prices of whole panels, by board, risk warning, age and day.

1. every cell gets the band of the plain row in force on its session
2. rows of the first sessions after listing then override it, for shares listed under them
3. the limit is `reference x (1 ± band)`, rounded half up to the tick in integers
4. where the exchange floors the band at one tick, a limit nearer than that moves one tick out
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.errors import PanelError, UnknownRuleError
from workbench.market.rules.boards import Board
from workbench.market.rules.rulebook import Rule, SessionLike, as_day, rulebook
from workbench.market.rules.ticks import from_ticks, millionths, tick_millionths

__all__ = ["price_limits"]

_THOUSANDTHS = 1000
_UNKNOWN, _UNLIMITED = -2, -1
_BOARDS = tuple(Board)
_LONGEST_WINDOW = 5


@dataclass(frozen=True)
class _Cells:
    """The arguments of `price_limits`, broadcast to one shape."""

    prices: NDArray[np.float64]
    codes: NDArray[np.int8]
    warned: NDArray[np.bool_]
    days: NDArray[np.datetime64]
    age: NDArray[np.int64]
    listed: NDArray[np.datetime64]


def price_limits(
    reference: ArrayLike,
    board: ArrayLike,
    is_st: ArrayLike,
    session: SessionLike | ArrayLike,
    sessions_since_listing: ArrayLike,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the down and up limit prices of every cell.

    All arguments broadcast against each other, so a (T, N) reference goes with boards of shape
    (N,) and sessions of shape (T, 1).

    Parameters
    ----------
    reference : array_like of float
        Ex-right reference price in CNY (previous close where there was no event); on the listing
        session the issue price. NaN gives NaN limits.
    board : array_like of str
        Boards, see `boards`.
    is_st : array_like of bool
        Whether the share carries a risk warning (ST, *ST) on the session.
    session : day or array_like of datetime64[D]
        The session.
    sessions_since_listing : array_like of int
        0 on the listing session, 1 on the next. Negative, not yet listed: NaN limits.

    Returns
    -------
    down, up : ndarray
        Limit prices in CNY on the tick; ``-inf`` and ``inf`` where there is no band.

    Raises
    ------
    UnknownRuleError
        A listed cell whose board has no row on its session.
    PanelError
        Shapes that do not broadcast, negative references or unknown boards.

    Notes
    -----
    ``limit = floor(reference * (1 ± band) / tick + 1/2) * tick`` in exact integer arithmetic. The
    delisting period (first session without a band since 2020-12-31) is not part of the question.

    Examples
    --------
    >>> down, up = price_limits(8.85, "main_sz", [False, True], "2020-01-02", 500)
    >>> down.tolist(), up.tolist()
    ([7.97, 8.41], [9.74, 9.29])
    """
    cells = _cells(reference, board, is_st, session, sessions_since_listing)
    open_cells = (cells.age >= 0) & ~np.isnan(cells.prices)
    up_band = np.full(cells.prices.shape, _UNKNOWN, dtype=np.int64)
    down_band = up_band.copy()
    rows = [rule for rule in rulebook() if rule.kind == "price_band"]
    for rule in sorted(rows, key=lambda rule: rule.values["first_sessions"]):
        covered = _covered(rule, cells)
        up_band[covered] = _thousandths(rule.values["up"])
        down_band[covered] = _thousandths(rule.values["down"])
    _refuse_unknown(open_cells & (up_band == _UNKNOWN), cells)
    down, up = _limits(cells, down_band, up_band, open_cells)
    return np.where(open_cells, down, np.nan), np.where(open_cells, up, np.nan)


def _cells(
    reference: ArrayLike,
    board: ArrayLike,
    is_st: ArrayLike,
    session: SessionLike | ArrayLike,
    sessions_since_listing: ArrayLike,
) -> _Cells:
    prices = np.asarray(reference, dtype=np.float64)
    if np.any(prices < 0):
        raise PanelError("expected reference prices of at least 0, got a negative one")
    is_array = isinstance(session, np.ndarray | list | tuple)
    days = np.asarray(session if is_array else as_day(session), dtype="datetime64[D]")
    try:
        prices, codes, warned, days, age = np.broadcast_arrays(
            prices, _codes(board), np.asarray(is_st, dtype=np.bool_), days,
            np.asarray(sessions_since_listing, dtype=np.int64),
        )  # fmt: skip
    except ValueError as error:
        raise PanelError(f"the arguments of price_limits do not broadcast: {error}") from error
    return _Cells(prices, codes, warned, days, age, _listing_days(days, age))


def _codes(board: ArrayLike) -> NDArray[np.int8]:
    names = np.asarray(board, dtype=np.str_)
    codes = np.full(names.shape, -1, dtype=np.int8)
    for code, known in enumerate(_BOARDS):
        codes[names == known.value] = code
    if np.any(codes < 0):
        raise PanelError(
            f"expected boards out of {[known.value for known in _BOARDS]}, "
            f"got {str(names[codes < 0].ravel()[0])!r}; boards(assets) reads them from the codes"
        )
    return codes


def _listing_days(days: NDArray, age: NDArray) -> NDArray:
    """Return the listing day of young shares, by weekdays: the latest day it can have been.

    Exact for the rows there are: no exchange holiday falls into the five sessions after the start
    of a window rule. Old shares get the session itself; no window rule looks at them.
    """
    listed = days.copy()
    young = (age > 0) & (age < _LONGEST_WINDOW)
    listed[young] = np.busday_offset(days[young], -age[young], roll="backward")
    return listed


def _covered(rule: Rule, cells: _Cells) -> NDArray[np.bool_]:
    window = rule.values["first_sessions"]
    covered = np.isin(cells.codes, [_BOARDS.index(Board(name)) for name in rule.boards])
    if rule.values["st"] != "both":
        covered &= cells.warned == rule.values["st"]
    if window:
        covered &= (cells.age >= 0) & (cells.age < window)
    days = cells.listed if rule.values["applies_to"] == "listing" else cells.days
    covered &= days >= np.datetime64(rule.start)
    if rule.end is not None:
        covered &= days < np.datetime64(rule.end)
    return covered


def _thousandths(text: str) -> int:
    return _UNLIMITED if text == "unlimited" else int(Fraction(text) * _THOUSANDTHS)


def _refuse_unknown(unknown: NDArray[np.bool_], cells: _Cells) -> None:
    if not unknown.any():
        return
    board, day = _BOARDS[cells.codes[unknown][0]].value, cells.days[unknown][0]
    raise UnknownRuleError(
        f"no price band is recorded for {'ST ' if cells.warned[unknown][0] else ''}shares of board "
        f"{board!r} on {day} ({int(unknown.sum())} cells); ask for later sessions"
    )


def _limits(
    cells: _Cells,
    down_band: NDArray[np.int64],
    up_band: NDArray[np.int64],
    open_cells: NDArray[np.bool_],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    base = millionths(cells.prices)
    step = _on_each_day("tick", cells)
    if np.any(open_cells & (step == 0)):
        raise UnknownRuleError("no tick is recorded for a listed cell; ask for later sessions")
    step = np.maximum(step, 1)
    floored = _on_each_day("band_floor", cells) > 0
    down = _half_up(base * (_THOUSANDTHS - down_band), step)
    up = _half_up(base * (_THOUSANDTHS + up_band), step)
    # Nearer than one tick to the reference: one tick out. No price is below one tick.
    down = np.where(floored & (base - down < step), base - step, down)
    up = np.where(floored & (up - base < step), base + step, up)
    down = np.maximum(down, np.minimum(step, base))
    return (
        np.where(down_band == _UNLIMITED, -np.inf, from_ticks(down, 1)),
        np.where(up_band == _UNLIMITED, np.inf, from_ticks(up, 1)),
    )


def _half_up(thousandfold: NDArray[np.int64], step: NDArray[np.int64]) -> NDArray[np.int64]:
    unit = step * _THOUSANDTHS
    return (2 * thousandfold + unit) // (2 * unit) * step


def _on_each_day(kind: str, cells: _Cells) -> NDArray[np.int64]:
    """Return the tick in millionths (kind ``tick``) or 1 (``band_floor``) per cell, else 0."""
    found = np.zeros(cells.prices.shape, dtype=np.int64)
    for rule in rulebook():
        if rule.kind != kind:
            continue
        covered = np.isin(cells.codes, [_BOARDS.index(Board(name)) for name in rule.boards])
        covered &= cells.days >= np.datetime64(rule.start)
        if rule.end is not None:
            covered &= cells.days < np.datetime64(rule.end)
        found[covered] = tick_millionths(rule.values["tick"]) if kind == "tick" else 1
    return found
