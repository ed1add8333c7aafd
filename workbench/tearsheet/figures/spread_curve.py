"""Running sum of the return of the highest quantile minus the lowest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import holoviews as hv
import pandas as pd

from workbench.tearsheet.figures.cumulative_ic import running_sum
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
    sums = running_sum(study.spread)
    curves = [hv.HLine(0).opts(color=look.muted, line_width=1, backend="bokeh")]
    for position, horizon in enumerate(study.horizons):
        total = sums[horizon]
        frame = pd.DataFrame({"session": total.index, "total": total.to_numpy()})
        curves.append(
            hv.Curve(frame, "session", "total", label=f"h = {horizon}").opts(
                color=look.lines[position % len(look.lines)],
                line_width=1.8,
                tools=["hover"],
                hover_tooltips=[
                    ("session", "@session{%F}"),
                    (f"spread, horizon {horizon}", "@total{0.00%}"),
                ],
                hover_formatters={"@session": "datetime"},
                backend="bokeh",
            )
        )
    return dress(
        hv.Overlay(curves),
        look,
        xlabel="session",
        ylabel="sum of daily spreads (%)",
        yformat="0%",
        legend_position="top",
    )
