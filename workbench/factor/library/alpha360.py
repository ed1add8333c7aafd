"""Qlib's Alpha360: prices and volumes of the last 60 sessions over today's, unaggregated.

Six fields (close, open, high, low, vwap, volume) times 60 sessions, oldest first: raw material for
models that learn their own windows. There are no windows and no comparisons here, so the readings
``qlib`` and ``strict`` give the same factors; both are offered so that a caller may treat all of
Qlib's sets alike. ``CLOSE0`` is 1 and ``VOLUME0`` almost 1 by construction.

Source: Yang et al. (2020), arXiv:2009.11189; github.com/microsoft/qlib,
``qlib/contrib/data/loader.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from workbench.factor.factor import Factor
from workbench.factor.library.alpha158 import read_as
from workbench.factor.library.formula import Formula, mapping_of

__all__ = ["FORMULAS", "alpha360"]

SESSIONS = 60
_PRICES = ("close", "open", "high", "low", "vwap")


def _formulas() -> Iterator[Formula]:
    for field in (*_PRICES, "volume"):
        over = "close" if field in _PRICES else "volume"
        divisor = "$close" if field in _PRICES else "($volume+1e-12)"
        for age in reversed(range(SESSIONS)):
            past = f"Ref(${field}, {age})" if age else f"${field}"
            ago = f" {age} sessions ago" if age else ""
            yield Formula(
                name=f"{field.upper()}{age}",
                published=f"{past}/{divisor}",
                reading=f"{field.capitalize()}{ago} over today's {over}.",
                profile="qlib",
            )


FORMULAS: tuple[Formula, ...] = tuple(_formulas())
"""The 360 formulas in Qlib's order."""


def alpha360(profile: str = "qlib") -> Mapping[str, Factor]:
    """Return Alpha360.

    Parameters
    ----------
    profile : {"qlib", "strict"}
        The same factors either way.

    Returns
    -------
    mapping of str to Factor
        ``CLOSE59`` … ``VOLUME0``, read-only; a formula is parsed when it is asked for.

    Raises
    ------
    OperatorArgumentError
        Another profile.

    Examples
    --------
    >>> alpha360()["OPEN3"].text
    'delay(open, 3) / close'
    """
    return _library(profile)


@cache
def _library(profile: str) -> Mapping[str, Factor]:
    return mapping_of(read_as(FORMULAS, profile))
