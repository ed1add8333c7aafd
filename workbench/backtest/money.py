"""Integer money: cash in fen (0.01 CNY), prices in ten-thousandths of a CNY.

A stock's tick is one fen, a fund's a tenth of it and an average price lies between ticks, so
prices carry two more digits than cash. Every amount is rounded half up to the fen exactly once.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["IntArray", "amount_fen", "charge_fen", "cny", "fen", "price_units", "yuan"]

IntArray: TypeAlias = NDArray[np.int64]

_UNITS_PER_CNY = 10_000
_UNITS_PER_FEN = 100
_FEN_PER_CNY = 100


def price_units(prices: ArrayLike) -> IntArray:
    """Prices in CNY as integers of 0.0001 CNY, rounded half up; 0 where there is none.

    Examples
    --------
    >>> price_units([10.0, 3.21005, float("nan")]).tolist()
    [100000, 32101, 0]
    """
    values = np.asarray(prices, dtype=np.float64)
    known = np.isfinite(values) & (values > 0)
    # The nudge undoes binary noise of decimals that end in 5, far below any price step.
    units = np.where(known, values, 0.0) * _UNITS_PER_CNY + 0.5 + 1e-6
    return np.floor(units).astype(np.int64)


def amount_fen(shares: Any, price: Any) -> Any:
    """Value of `shares` at `price` (0.0001 CNY) in fen, half up; arrays or whole numbers.

    Examples
    --------
    >>> amount_fen(300, 123_456)
    370368
    """
    return (shares * price + _UNITS_PER_FEN // 2) // _UNITS_PER_FEN


def charge_fen(amount: int, rate: Fraction) -> int:
    """Take the share `rate` of `amount` fen, rounded half up to the fen.

    Examples
    --------
    >>> charge_fen(100_050, Fraction(1, 1000))
    100
    """
    parts = 2 * amount * rate.numerator + rate.denominator
    return parts // (2 * rate.denominator)


def fen(amount: Any) -> int:
    """Turn an amount of CNY into fen, half up; decimals are read as they are written.

    Examples
    --------
    >>> fen(1.005), fen("5")
    (101, 500)
    """
    cents = Decimal(str(amount)) * _FEN_PER_CNY
    return int(cents.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def yuan(amount: Any) -> Any:
    """Fen as CNY, a float or an array of floats.

    Examples
    --------
    >>> yuan(12345)
    123.45
    """
    return amount / _FEN_PER_CNY


def cny(price: Any) -> Any:
    """Price units as CNY, a float or an array of floats.

    Examples
    --------
    >>> cny(123_456)
    12.3456
    """
    return price / _UNITS_PER_CNY
