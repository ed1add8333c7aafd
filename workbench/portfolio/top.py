"""The n best names in equal weight, with a buffer against needless trading."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.errors import PortfolioError
from workbench.market.market import Market
from workbench.portfolio.rebalance import rebalance_sessions
from workbench.portfolio.signal import best_first, candidates, signal_panel
from workbench.portfolio.weights import Weights

__all__ = ["top"]


def top(
    factor: Any,
    market: Market,
    n: int = 100,
    rebalance: str | int = "weekly",
    buffer: int = 0,
) -> Weights:
    """Hold the `n` names with the highest factor values, equally weighted.

    At each rebalance close the names of the estimation universe with a finite value are ranked,
    best = 1, equal values by asset name. A name held since the decision before stays while its
    rank is at most ``n + buffer``; the free places go to the best names not held. Each of the k
    chosen names weighs ``1 / k``, with k < n when fewer have a value; with none the decision is
    cash.

    Parameters
    ----------
    factor : str, Factor, Term or Panel
        Higher is better. Values at the close of t, NaN where there is none.
    market : Market
        Gives the calendar and the estimation universe.
    n : int
        Names to hold, ≥ 1.
    rebalance : {"daily", "weekly", "monthly"} or int
        When to decide; see `rebalance_sessions`.
    buffer : int
        Ranks beyond `n` that a held name may fall before it is sold, ≥ 0.

    Returns
    -------
    Weights
        Shape (T, N); rows between rebalances are NaN.

    Raises
    ------
    PortfolioError
        If `n` or `buffer` is out of range or the panel belongs to another market.
    """
    _require_count("n", n, 1)
    _require_count("buffer", buffer, 0)
    signal = signal_panel(factor, market)
    allowed = candidates(signal.values, market)
    decided = rebalance_sessions(market.sessions, rebalance)
    values = np.full(signal.shape, np.nan)
    held = np.zeros(signal.shape[1], dtype=bool)
    for row in np.flatnonzero(decided):
        ranked = best_first(signal.values[row], allowed[row])
        chosen = _chosen(ranked, held, n, buffer)
        held[:] = False
        held[chosen] = True
        values[row] = held / max(len(chosen), 1)
    made_of = {
        **signal.provenance,
        "rule": "top",
        "factor": signal.name,
        "n": n,
        "rebalance": rebalance,
        "buffer": buffer,
    }
    name = f"top {n} of {signal.name or 'factor'}"
    return Weights(values, market.sessions, market.assets, name, provenance=made_of)


def _chosen(
    ranked: NDArray[np.intp], held: NDArray[np.bool_], n: int, buffer: int
) -> NDArray[np.intp]:
    """Columns to hold: the kept ones, then the best of the others."""
    within = ranked[: n + buffer]
    kept = within[held[within]][:n]
    others = ranked[~np.isin(ranked, kept)]
    return np.concatenate([kept, others[: n - len(kept)]])


def _require_count(name: str, value: Any, minimum: int) -> None:
    """Refuse anything but a whole number of at least `minimum`."""
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not whole or value < minimum:
        raise PortfolioError(f"`{name}` is a whole number ≥ {minimum}; got {value!r}.")
