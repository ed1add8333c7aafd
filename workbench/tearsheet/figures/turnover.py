"""Share of the names of the outer quantiles that are new when a tranche is renewed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import holoviews as hv

from workbench.tearsheet.figures.rank_ic import rolling_mean
from workbench.tearsheet.figures.session_line import session_line
from workbench.tearsheet.theme import Theme, dress

if TYPE_CHECKING:
    from workbench.evaluation.study import FactorStudy

__all__ = ["WINDOW", "turnover"]

WINDOW = 20


def turnover(study: FactorStudy, horizon: int, look: Theme) -> hv.Overlay:
    """Draw the 20-session mean turnover of the lowest and the highest quantile.

    Parameters
    ----------
    study : FactorStudy
        What is shown.
    horizon : int
        Sessions that each tranche is held.
    look : Theme
        Colours.

    Returns
    -------
    holoviews.Overlay
        Two curves; 100 % is a portfolio exchanged whole.
    """
    shares = study.turnover[horizon]
    outer = {
        f"highest (Q{shares.columns[-1]})": (shares[shares.columns[-1]], look.lines[1]),
        f"lowest (Q{shares.columns[0]})": (shares[shares.columns[0]], look.lines[0]),
    }
    curves = [
        session_line(rolling_mean(series, WINDOW), label, label, "0.0%", colour)
        for label, (series, colour) in outer.items()
    ]
    return dress(
        hv.Overlay(curves),
        look,
        xlabel="session",
        ylabel="names replaced (%)",
        yformat="0%",
        legend_position="top",
        ylim=(0, None),
    )
