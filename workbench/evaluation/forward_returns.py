"""Forward returns: what a name returned after the factor was known.

1. `ENTRIES` says at which price a position can be opened, and how many sessions later.
2. `entry_prices` takes that price from the market, adjusted, with NaN where nothing traded.
3. `holding_returns` is the one formula; `forward_returns` is its public, labelled form.

This is the only place of the package that looks past the session of the factor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import EvaluationError, InsufficientHistoryError, near_names
from workbench.market.panel import Panel

if TYPE_CHECKING:
    from workbench.arrays import FloatPanel
    from workbench.market.market import Market

__all__ = ["ENTRIES", "Entry", "entry_prices", "find_entry", "forward_returns", "holding_returns"]


@dataclass(frozen=True)
class Entry:
    """Price and delay at which a position is opened and closed.

    Attributes
    ----------
    name : str
        How the entry is asked for.
    field : str
        Market field that holds the price (adjusted view).
    delay : int
        Sessions between the factor and the entry.
    tradable : bool
        False if the price is already history when the factor is known.
    meaning : str
        One line for captions.
    """

    name: str
    field: str
    delay: int
    tradable: bool
    meaning: str


ENTRIES: Mapping[str, Entry] = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            Entry("next_open", "open", 1, True, "open of the next session"),
            Entry("next_vwap", "vwap", 1, True, "volume-weighted price of the next session"),
            Entry("next_close", "close", 1, True, "close of the next session"),
            Entry(
                "close",
                "close",
                0,
                False,
                "close of the factor's own session, not tradable: that price is part of the factor",
            ),
        )
    }
)
"""Every entry by name."""


def find_entry(name: str) -> Entry:
    """Look an entry up by name.

    Raises
    ------
    EvaluationError
        If there is no such entry; the message lists them.

    Examples
    --------
    >>> find_entry("next_open").delay
    1
    """
    if isinstance(name, str) and name in ENTRIES:
        return ENTRIES[name]
    raise EvaluationError(
        f"entry must be one of {', '.join(ENTRIES)}; got {name!r}.{near_names(str(name), ENTRIES)}"
    )


def entry_prices(market: Market, entry: Entry) -> FloatPanel:
    """Adjusted prices at which `entry` opens and closes positions.

    Returns
    -------
    array of shape (T, N), float64
        NaN where the asset has no such price, a price that is not positive, or no trade that
        session (a carried price cannot be dealt at).
    """
    prices = np.asarray(market[entry.field].values, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        usable = np.isfinite(prices) & (prices > 0) & market.mask("quoted").values
    return np.where(usable, prices, np.nan)


def holding_returns(prices: FloatPanel, delay: int, start: int, stop: int) -> FloatPanel:
    """Return earned between two ages of a position, on the row of the factor's session.

    ``r[t] = prices[t + delay + stop] / prices[t + delay + start] - 1``

    Parameters
    ----------
    prices : array of shape (T, N)
        Prices of the entry, NaN where there is none.
    delay : int
        Sessions between the factor and the entry.
    start, stop : int
        Ages in sessions, ``0 <= start < stop``.

    Returns
    -------
    array of shape (T, N), float64
        NaN where either price is missing or lies past the last session.

    Examples
    --------
    >>> import numpy as np
    >>> holding_returns(np.array([[10.0], [11.0], [12.1]]), 0, 0, 1).ravel().round(6)
    array([0.1, 0.1, nan])
    """
    returns = np.full(prices.shape, np.nan)
    rows = prices.shape[0] - delay - stop
    if rows > 0:
        after = prices[delay + stop :]
        before = prices[delay + start : delay + start + rows]
        np.divide(after, before, out=returns[:rows])
        returns[:rows] -= 1.0
    return returns


def forward_returns(market: Market, horizon: int, entry: str = "next_open") -> Panel:
    """Returns over `horizon` sessions that start after the factor of each session is known.

    ``r[t] = price[t + 1 + horizon] / price[t + 1] - 1`` for the entries of the next session and
    ``close[t + horizon] / close[t] - 1`` for ``close``. Prices are the market's adjusted view,
    so dividends and splits are part of the return (with ``adjust="none"`` they are not).

    Parameters
    ----------
    market : Market
        Where prices come from.
    horizon : int
        Sessions held, at least 1.
    entry : str
        ``next_open``, ``next_vwap``, ``next_close``, or ``close``. The last one buys at a price
        that was needed to know the factor: it serves comparison with published figures and
        cannot be traded.

    Returns
    -------
    Panel
        Decimals, shape (T, N), on the row of the factor's session. NaN where the name has no
        price at entry or at exit (suspended, unlisted), and on the last sessions.

    Raises
    ------
    EvaluationError
        If `entry` is unknown or `horizon` is not a positive integer.
    InsufficientHistoryError
        If no session has an exit inside the sample.
    """
    chosen = find_entry(entry)
    if isinstance(horizon, bool) or not isinstance(horizon, int | np.integer) or horizon < 1:
        raise EvaluationError(
            f"horizon must be a whole number of sessions, at least 1; got {horizon!r}."
        )
    n_sessions = len(market.sessions)
    if chosen.delay + horizon >= n_sessions:
        raise InsufficientHistoryError(
            f"A horizon of {horizon} sessions with entry {entry!r} needs more than "
            f"{chosen.delay + horizon} sessions; the market has {n_sessions}."
        )
    values = holding_returns(entry_prices(market, chosen), chosen.delay, 0, int(horizon))
    return Panel(
        values,
        market.sessions,
        market.assets,
        name=f"forward_returns({horizon}, {entry})",
        provenance={"entry": entry, "horizon": int(horizon), "adjust": market.adjust},
    )
