"""Annualised return of each quantile portfolio."""

from __future__ import annotations

from typing import TYPE_CHECKING

import holoviews as hv

from workbench.tearsheet.theme import Theme, dress

if TYPE_CHECKING:
    from workbench.evaluation.study import FactorStudy

__all__ = ["quantile_bar"]


def quantile_bar(study: FactorStudy, horizon: int, look: Theme) -> hv.Bars:
    """Draw the annualised return of quantile 1 (lowest factor) to q (highest).

    Parameters
    ----------
    study : FactorStudy
        What is shown.
    horizon : int
        Sessions that each tranche is held.
    look : Theme
        Colours; a gain and a loss differ.

    Returns
    -------
    holoviews.Bars
        One bar a quantile.
    """
    rows = study.quantile_summary.xs(horizon, level="horizon").rename_axis("quantile")
    frame = rows.reset_index().assign(
        quantile=lambda f: f["quantile"].astype(str),
        colour=lambda f: [look.up if value >= 0 else look.down for value in f["annual_return"]],
    )
    columns = ["annual_return", "annual_volatility", "t_newey_west", "colour"]
    bars = hv.Bars(frame, "quantile", columns).opts(
        color="colour",
        alpha=0.9,
        line_color=None,
        tools=["hover"],
        hover_tooltips=[
            ("quantile", "@quantile"),
            ("return, annual", "@annual_return{0.00%}"),
            ("volatility, annual", "@annual_volatility{0.00%}"),
            ("t (Newey-West)", "@t_newey_west{0.00}"),
        ],
        backend="bokeh",
    )
    return dress(
        bars,
        look,
        xlabel=f"quantile (1 lowest factor … {study.quantiles} highest)",
        ylabel="return a year (%)",
        yformat="0.[0]%",
        show_legend=False,
    )
