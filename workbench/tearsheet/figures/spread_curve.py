"""Running sum of the return of the highest quantile minus the lowest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import holoviews as hv

from workbench.tearsheet.figures.cumulative_ic import running_sum
from workbench.tearsheet.figures.session_line import horizon_lines
from workbench.tearsheet.theme import Theme, dress

if TYPE_CHECKING:
    from workbench.evaluation.study import FactorStudy

__all__ = ["spread_curve"]


def spread_curve(study: FactorStudy, look: Theme) -> hv.Overlay:
    """Draw the additive growth of long the highest, short the lowest quantile, each horizon.

    Parameters
    ----------
    study : FactorStudy
        What is shown.
    look : Theme
        Colours.

    Returns
    -------
    holoviews.Overlay
        One curve a horizon and the zero line.
    """
    return dress(
        horizon_lines(running_sum(study.spread), "spread", "0.00%", look),
        look,
        xlabel="session",
        ylabel="sum of daily spreads (%)",
        yformat="0%",
        legend_position="top",
    )
