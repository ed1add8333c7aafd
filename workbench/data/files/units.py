"""Units of volume and amount: what a file uses, the factor to ours, and a check by price.

1. `declared_units` decides: the user's word, else tushare naming (lots, thousand CNY), else plain
2. `FACTORS` turns them into shares and currency
3. `implausible_units` compares amount ÷ volume with the price and names what would fit
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from workbench.errors import BadValueError, near_names

__all__ = ["FACTORS", "convert_units", "declared_units", "implausible_units", "is_tushare_naming"]

FACTORS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "volume": MappingProxyType({"shares": 1.0, "lots": 100.0, "ten_thousand_shares": 1e4}),
        "amount": MappingProxyType({"cny": 1.0, "thousand_cny": 1e3, "ten_thousand_cny": 1e4}),
        "shares": MappingProxyType({"shares": 1.0, "ten_thousand_shares": 1e4}),
        "float_shares": MappingProxyType({"shares": 1.0, "ten_thousand_shares": 1e4}),
    }
)
_PLAIN = {"volume": "shares", "amount": "cny", "shares": "shares", "float_shares": "shares"}
_TUSHARE = {
    "volume": "lots",
    "amount": "thousand_cny",
    "shares": "ten_thousand_shares",
    "float_shares": "ten_thousand_shares",
}
_POWERS = (1e-4, 1e-3, 1e-2, 1e-1, 1e1, 1e2, 1e3, 1e4)
_NEAR = 1.25
_MAJORITY = 0.75


def is_tushare_naming(columns: Iterable[str]) -> bool:
    """Whether a file uses the column names of tushare's ``daily``: ts_code, trade_date, no volume.

    Examples
    --------
    >>> is_tushare_naming(["ts_code", "trade_date", "vol"]), is_tushare_naming(["date", "vol"])
    (True, False)
    """
    present = set(columns)
    return {"ts_code", "trade_date"} <= present and "volume" not in present


def declared_units(columns: Iterable[str], units: Mapping[str, str] | None) -> dict[str, str]:
    """Return the unit of volume, amount, shares and float_shares in a file.

    Raises
    ------
    BadValueError
        `units` names an unknown field or unit.

    Examples
    --------
    >>> declared_units(["ts_code", "trade_date", "vol"], {"amount": "cny"})["amount"]
    'cny'
    """
    chosen = dict(_TUSHARE if is_tushare_naming(columns) else _PLAIN)
    for field, unit in (units or {}).items():
        if field not in FACTORS:
            raise BadValueError(
                f"units= knows {list(FACTORS)}, got {field!r}.{near_names(str(field), FACTORS)}"
            )
        if unit not in FACTORS[field]:
            raise BadValueError(
                f"units[{field!r}] is one of {list(FACTORS[field])}, got {unit!r}."
                f"{near_names(str(unit), FACTORS[field])}"
            )
        chosen[field] = unit
    return chosen


def convert_units(numbers: dict[str, NDArray[np.float64]], units: Mapping[str, str]) -> None:
    """Turn volume, amount and share counts into shares and currency, then check them by price.

    Raises
    ------
    BadValueError
        Amount ÷ volume contradicts the close by a power of ten.

    Examples
    --------
    >>> import numpy as np
    >>> numbers = {"volume": np.array([2.0])}
    >>> convert_units(numbers, {"volume": "lots"})
    >>> numbers["volume"]
    array([200.])
    """
    for name, unit in units.items():
        if name in numbers:
            numbers[name] *= FACTORS[name][unit]
    if "amount" not in numbers:
        return
    with np.errstate(invalid="ignore"):
        wrong = implausible_units(numbers["close"], numbers["volume"], numbers["amount"], units)
    if wrong:
        raise BadValueError(wrong)


def implausible_units(
    close: NDArray[np.float64],
    volume: NDArray[np.float64],
    amount: NDArray[np.float64],
    units: Mapping[str, str],
) -> str | None:
    """Compare amount ÷ volume with the close; return what is wrong, None if nothing is.

    Parameters
    ----------
    close, volume, amount : ndarray
        Bars, shape (rows,), in currency and shares after conversion.
    units : mapping
        The units that were assumed, for the message.

    Returns
    -------
    str or None
        A message when three bars out of four agree on the same wrong power of ten. Prices that
        are adjusted while volume is not scatter and are no matter of units.

    Examples
    --------
    >>> import numpy as np
    >>> price, traded = np.array([10.0, 20.0]), np.array([100.0, 100.0])
    >>> implausible_units(price, traded, price * traded, {"volume": "shares", "amount": "cny"})
    """
    used = (volume > 0) & (amount > 0) & (close > 0)
    if not used.any():
        return None
    ratio = amount[used] / volume[used] / close[used]
    for power in _POWERS:
        share = np.mean((ratio > power / _NEAR) & (ratio < power * _NEAR))
        if share >= _MAJORITY:
            return (
                f"amount ÷ volume is {power:g} times the close on {share:.0%} of the bars, taking "
                f"volume in {units['volume']} and amount in {units['amount']}. "
                + _advice(power, units)
            )
    return None


def _advice(power: float, units: Mapping[str, str]) -> str:
    wanted = FACTORS["amount"][units["amount"]] / FACTORS["volume"][units["volume"]] / power
    fits = [
        f'units={{"volume": "{volume}", "amount": "{amount}"}}'
        for volume, by in FACTORS["volume"].items()
        for amount, times in FACTORS["amount"].items()
        if abs(times / by / wanted - 1) < 1e-9
    ]
    choices = " or ".join(fits) if fits else 'units={"volume": …, "amount": …}'
    return f"Say what the file holds: {choices}."
