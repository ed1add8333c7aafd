"""Running sum of daily returns, one line a quantile portfolio."""

from __future__ import annotations

from typing import TYPE_CHECKING

import holoviews as hv
import pandas as pd

from workbench.tearsheet.figures.cumulative_ic import running_sum
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
    curves = []
    for position, quantile in enumerate(sums.columns):
        frame = pd.DataFrame({"session": sums.index, "total": sums[quantile].to_numpy()})
        edge = position in (0, len(sums.columns) - 1)
        curves.append(
            hv.Curve(frame, "session", "total", label=f"Q{quantile}").opts(
                color=colours[position],
                line_width=2.2 if edge else 1.1,
                tools=["hover"],
                hover_tooltips=[
                    ("session", "@session{%F}"),
                    (f"Q{quantile}, sum of returns", "@total{0.00%}"),
                ],
                hover_formatters={"@session": "datetime"},
                backend="bokeh",
            )
        )
    return dress(
        hv.Overlay(curves),
        look,
        xlabel="session",
        ylabel="sum of daily returns (%)",
        yformat="0%",
        legend_position="right",
    )
