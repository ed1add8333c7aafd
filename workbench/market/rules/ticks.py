"""The price step, and rounding to it the way the exchange does: half up, in decimals.

Prices are binary floats, the rule is decimal. So a price is first read as a whole number of
millionths (any exchange price is one, exactly), the rest is integer arithmetic, and the result
is divided once, which gives the float nearest to the decimal price: the one a file holds.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.errors import PanelError
from workbench.market.rules.rulebook import SessionLike, row_on

__all__ = ["MILLIONTHS", "from_ticks", "millionths", "round_half_up", "tick", "tick_millionths"]

MILLIONTHS = 1_000_000
_LARGEST = 1e9


def tick(session: SessionLike, board: str = "main_sh") -> float:
    """Return the price step in CNY for `board` on `session`.

    Raises
    ------
    UnknownRuleError
        No row covers the day.

    Examples
    --------
    >>> tick("2020-01-02")
    0.01
    """
    return float(row_on("tick", session, board).values["tick"])


def tick_millionths(text: str) -> int:
    """Return a decimal text as a whole number of millionths."""
    exact = Fraction(text) * MILLIONTHS
    if exact.denominator != 1 or exact <= 0:
        raise PanelError(f"expected a positive tick of at most six decimals, got {text!r}")
    return int(exact)


def millionths(values: ArrayLike) -> NDArray[np.int64]:
    """Read prices as whole millionths; NaN becomes 0 and stays the caller's business.

    Raises
    ------
    PanelError
        An infinite price, or one of more than a billion.
    """
    prices = np.asarray(values, dtype=np.float64)
    if np.any(np.abs(prices) > _LARGEST):
        raise PanelError("expected prices of at most 1e9, got a larger or an infinite one")
    return np.rint(np.nan_to_num(prices, nan=0.0) * MILLIONTHS).astype(np.int64)


def from_ticks(ticks: NDArray[np.int64], step: int) -> NDArray[np.float64]:
    """Return `ticks` steps of `step` millionths as the floats nearest to the decimal prices."""
    return (ticks * step) / MILLIONTHS


@lru_cache(maxsize=16)
def _step(size: float) -> int:
    return tick_millionths(repr(float(size)))


def round_half_up(values: ArrayLike, size: float = 0.01) -> NDArray[np.float64]:
    """Round prices to the tick as the exchange does: half a tick goes up.

    Parameters
    ----------
    values : array_like
        Prices in CNY, any shape, taken as decimals of up to six places; NaN stays NaN.
    size : float
        The tick.

    Returns
    -------
    ndarray
        ``floor(price / tick + 1/2) * tick`` in exact arithmetic, same shape.

    Examples
    --------
    >>> round_half_up([1.005, 2.675, 8.115]).tolist()
    [1.01, 2.68, 8.12]
    >>> [round(x, 2) for x in (1.005, 2.675, 8.115)]  # binary rounding: wrong for an exchange
    [1.0, 2.67, 8.12]
    """
    prices = np.asarray(values, dtype=np.float64)
    step = _step(size)
    rounded = from_ticks((2 * millionths(prices) + step) // (2 * step), step)
    return np.where(np.isnan(prices), np.nan, rounded)
