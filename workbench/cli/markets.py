"""The market that ``--data`` names: the demo market or a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.market import Market

__all__ = ["open_market"]


def open_market(data: str, seed: int, start: str | None = None, end: str | None = None) -> Market:
    """Return the market named by `data`.

    Parameters
    ----------
    data : str
        ``"demo"`` or the path of a long OHLCV file.
    seed : int
        Seed of the demo market.
    start, end : str or None
        First and last session.

    Returns
    -------
    Market
    """
    from workbench.data import demo_market, read_market

    market = demo_market(seed=seed) if data == "demo" else read_market(data)
    return market.between(start, end) if start or end else market
