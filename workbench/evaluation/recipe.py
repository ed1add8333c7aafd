"""The recipe of a study in plain lines, so that every caption says how its numbers were made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.evaluation.inference import newey_west_lags

if TYPE_CHECKING:
    from workbench.evaluation.request import StudyRequest
    from workbench.market.market import Market
    from workbench.market.panel import Panel

__all__ = ["recipe_notes"]


def recipe_notes(request: StudyRequest, market: Market, panel: Panel) -> tuple[str, ...]:
    """What was done, one line a step, with the numbers that were used."""
    n_sessions = len(market.sessions)
    lags = ", ".join(f"{h}: {newey_west_lags(n_sessions, h)}" for h in request.horizons)
    held = ", ".join(str(horizon) for horizon in request.horizons)
    entry = request.entry
    view = (
        "total-return (hfq) prices" if market.adjust == "hfq" else "prices as the data gives them"
    )
    notes = [
        f"Entry and exit at the {entry.meaning}, {view}; horizons {held} sessions.",
        "Names: universe and quoted on the session of the factor, factor and forward return "
        "finite; a name without a price at entry or exit has no forward return.",
        "Rank IC: Spearman over those names, ranks with average ties taken anew over exactly "
        f"them; sessions with fewer than {request.minimum_names} names are NaN.",
        "Newey–West t: Bartlett weights, lags max(h − 1, ⌊4 (n / 100)^(2/9)⌋) "
        f"({lags} if every session counts), absent sessions keep their place. It rejects too "
        "often at long horizons; p_cosine (equal-weighted cosine test) holds its size.",
        f"Quantiles: {request.quantiles} buckets, ⌊(r − ½) / n · q⌋ + 1 on average ranks, ties "
        "together.",
        "Quantile returns: each session's tranche is bought in equal amounts at its entry price "
        "(names without one are not bought), held h sessions untouched and marked every "
        "session; a name without a price keeps its last mark. The portfolio is the mean of the "
        "tranches alive, labelled by the session in which the return is realised.",
        "Before costs; limit-locked and short positions count as filled at the entry price.",
        f"Annual figures: {request.sessions_per_year:g} sessions, not compounded.",
    ]
    infinite = int(np.isinf(panel.values).sum())
    if infinite:
        notes.append(f"{infinite} infinite factor values were treated as missing.")
    return tuple(notes)
