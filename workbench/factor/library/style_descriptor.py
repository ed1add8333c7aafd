"""One style descriptor: what a source defines, how we read it, in which unit and direction."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.factor.library.formula import Formula

__all__ = ["BARRA", "PRICE", "Descriptor"]

BARRA = "Menchero, Orr & Wang (2011), Barra US Equity Model (USE4), Methodology Notes, appendix A"
PRICE = "ts_backfill(close, 21)"
"""Last adjusted close within 21 sessions: a suspension does not break a return over months."""


@dataclass(frozen=True)
class Descriptor(Formula):
    """A formula that describes an asset rather than bets on it.

    Parameters
    ----------
    theme : str
        ``size``, ``beta``, ``volatility``, ``momentum``, ``liquidity``, ``value``, ``growth``,
        ``quality``, ``leverage``, ``surprise``, ``lottery`` or ``flow``.
    unit : str
    direction : int
        1 where the literature finds that high values earn more, -1 where low values do, 0 where
        it is a risk and no promise, or the findings disagree. Values are never turned around.

    Examples
    --------
    >>> row = Descriptor(
    ...     "price",
    ...     "Log of the price.",
    ...     "Raw close.",
    ...     "",
    ...     "log(raw_close)",
    ...     theme="size",
    ...     unit="log CNY a share",
    ...     direction=-1,
    ... )
    >>> row.factor()
    Factor('log(raw_close)', name='price')
    """

    profile: str = ""
    theme: str = ""
    unit: str = ""
    direction: int = 0
