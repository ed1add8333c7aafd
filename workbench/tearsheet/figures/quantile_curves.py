"""Running sum of daily returns, one line a quantile portfolio."""

from __future__ import annotations

from typing import TYPE_CHECKING

import holoviews as hv

from workbench.tearsheet.figures.cumulative_ic import running_sum
from workbench.tearsheet.figures.session_line import session_line
from workbench.tearsheet.theme import Theme, diverging, dress

if TYPE_CHECKING:
    from workbench.evaluation.study import FactorStudy

__all__ = ["quantile_curves"]


def quantile_curves(study: FactorStudy, horizon: int, look: Theme) -> hv.Overlay:
    """Draw the additive (not compounded) growth of every quantile portfolio.

    Sums keep the distance between two lines equal to the sum of their daily differences, which
    compounding does not.

    Parameters
    ----------
    study : FactorStudy
        What is shown.
    horizon : int
        Sessions that each tranche is held.
    look : Theme
        Colours; the highest quantile is drawn as up, the lowest as down.

    Returns
    -------
    holoviews.Overlay
        One curve a quantile.
    """
    sums = running_sum(study.quantile_returns[horizon])
    colours = diverging(look, len(sums.columns), middle=look.muted)
    outer = (sums.columns[0], sums.columns[-1])
    curves = [
        session_line(
            sums[quantile],
            f"Q{quantile}",
            f"Q{quantile}, sum of returns",
            "0.00%",
            colour,
            line_width=2.2 if quantile in outer else 1.1,
        )
        for quantile, colour in zip(sums.columns, colours, strict=True)
    ]
    return dress(
        hv.Overlay(curves),
        look,
        xlabel="session",
        ylabel="sum of daily returns (%)",
        yformat="0%",
        legend_position="right",
    )
