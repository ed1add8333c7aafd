"""Fields that follow from other fields: returns, vwap, adv<d>, cap.

Each is a pure function of arrays of shape (T, N). Values at a session depend on that session
and a fixed number of sessions before it, so they never see the future and do not depend on
where loading started.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from workbench.arrays import FloatPanel

__all__ = ["DERIVED", "Derived", "average_dollar_volume", "derived_field", "simple_returns"]

_ADV = re.compile(r"adv([1-9][0-9]{0,2})")
_LONGEST_ADV = 756


@dataclass(frozen=True)
class Derived:
    """How one field follows from others.

    Attributes
    ----------
    needs : tuple of str
        Fields it is made of, as the market delivers them.
    compute : callable
        Arrays of `needs` to the array of the field.
    meaning : str
        One line for people.
    """

    needs: tuple[str, ...]
    compute: Callable[..., FloatPanel]
    meaning: str


def simple_returns(close: FloatPanel) -> FloatPanel:
    """Close-to-close returns over consecutive sessions, shape (T, N), as decimals.

    ``returns[t] = close[t] / close[t-1] - 1``; NaN on the first session, and where either close
    is missing or the base is not positive (a suspended day makes two NaN, nothing is padded).

    Examples
    --------
    >>> import numpy as np
    >>> simple_returns(np.array([[10.0], [11.0], [np.nan], [12.0]])).ravel()
    array([nan, 0.1, nan, nan])
    """
    result = np.full(close.shape, np.nan)
    base = close[:-1]
    np.divide(close[1:], base, out=result[1:], where=base > 0)
    result[1:] -= 1.0
    return result


def average_dollar_volume(amount: FloatPanel, window: int) -> FloatPanel:
    """Mean traded amount of the last `window` sessions, shape (T, N), in currency.

    Strict: a missing amount anywhere in the window gives NaN. Summed oldest to newest within
    each window, so a value depends on its window alone.

    Examples
    --------
    >>> import numpy as np
    >>> average_dollar_volume(np.array([[1.0], [3.0], [5.0]]), 2).ravel()
    array([nan,  2.,  4.])
    """
    result = np.full(amount.shape, np.nan)
    length = len(amount) - window + 1
    if length <= 0:
        return result
    total = np.zeros((length, amount.shape[1]))
    for offset in range(window):
        total += amount[offset : offset + length]
    result[window - 1 :] = total / window
    return result


def _vwap(amount: FloatPanel, volume: FloatPanel) -> FloatPanel:
    """Amount ÷ volume; NaN without volume. The market hands adjusted volume in."""
    result = np.full(amount.shape, np.nan)
    np.divide(amount, volume, out=result, where=volume > 0)
    return result


def _log_return(close: FloatPanel) -> FloatPanel:
    return np.log1p(simple_returns(close))


DERIVED: dict[str, Derived] = {
    "returns": Derived(("close",), simple_returns, "close-to-close return of one session"),
    "log_return": Derived(("close",), _log_return, "ln(1 + returns)"),
    # amount / (volume ÷ adj_factor) = raw vwap × adj_factor: adjusted like every other price.
    "vwap": Derived(("amount", "volume"), _vwap, "amount ÷ volume, on the adjusted scale"),
    "raw_vwap": Derived(("amount", "raw_volume"), _vwap, "amount ÷ shares traded, as quoted"),
    "cap": Derived(("raw_close", "shares"), np.multiply, "raw close × shares outstanding"),
}


def derived_field(name: str) -> Derived | None:
    """The recipe of a derived field, or None when `name` is not one.

    Examples
    --------
    >>> derived_field("adv20").needs
    ('amount',)
    >>> derived_field("close") is None
    True
    """
    if name in DERIVED:
        return DERIVED[name]
    match = _ADV.fullmatch(name)
    if match is None or int(match[1]) > _LONGEST_ADV:
        return None
    window = int(match[1])
    return Derived(
        ("amount",),
        lambda amount: average_dollar_volume(amount, window),
        f"mean amount of {window} sessions",
    )
