"""Running sum of the rank IC, one line a horizon."""

from __future__ import annotations

from typing import TYPE_CHECKING

import holoviews as hv
import pandas as pd

from workbench.tearsheet.theme import Theme, dress

if TYPE_CHECKING:
    from workbench.evaluation.study import FactorStudy

__all__ = ["cumulative_ic", "running_sum"]


def running_sum(frame: pd.DataFrame) -> pd.DataFrame:
    """Sum of all values up to each session; a missing value adds nothing.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a session.

    Returns
    -------
    pandas.DataFrame
        Same labels; NaN only before the first value of a column.

    Examples
    --------
    >>> running_sum(pd.DataFrame({1: [None, 1.0, None, 2.0]}))[1].tolist()
    [nan, 1.0, 1.0, 3.0]
    """
    return frame.cumsum().ffill()


def cumulative_ic(study: FactorStudy, look: Theme) -> hv.Overlay:
    """Draw the running sum of the rank IC of every horizon.

    A straight climb is a steady factor; a bend shows when it stopped working.

    Parameters
    ----------
    study : FactorStudy
        What is shown.
    look : Theme
        Colours.

    Returns
    -------
    holoviews.Overlay
        One curve a horizon.
    """
    sums = running_sum(study.ic)
    curves = []
    for position, horizon in enumerate(study.horizons):
        frame = pd.DataFrame({"session": sums.index, "total": sums[horizon].to_numpy()})
        curves.append(
            hv.Curve(frame, "session", "total", label=f"h = {horizon}").opts(
                color=look.lines[position % len(look.lines)],
                line_width=1.8,
                tools=["hover"],
                hover_tooltips=[
                    ("session", "@session{%F}"),
                    (f"sum, horizon {horizon}", "@total{0.00}"),
                ],
                hover_formatters={"@session": "datetime"},
                backend="bokeh",
            )
        )
    zero = hv.HLine(0).opts(color=look.muted, line_width=1, backend="bokeh")
    return dress(
        hv.Overlay([zero, *curves]),
        look,
        xlabel="session",
        ylabel="sum of rank IC",
        legend_position="top",
    )
