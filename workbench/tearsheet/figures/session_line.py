"""One line over sessions, drawn and hovered alike in every figure."""

from __future__ import annotations

from typing import Any

import holoviews as hv
import pandas as pd

from workbench.tearsheet.theme import Theme

__all__ = ["horizon_lines", "session_line", "zero_line"]


def session_line(
    series: pd.Series, label: str, said: str, form: str, colour: str, **options: Any
) -> hv.Curve:
    """Draw a series over its sessions.

    Parameters
    ----------
    series : pandas.Series
        One value a session; NaN breaks the line.
    label : str
        Name in the legend.
    said : str
        Name of the value when hovered.
    form : str
        Numeral format of the value when hovered, such as ``0.0%``.
    colour : str
        Of the line.
    **options
        Further options of the curve, such as ``line_width``.

    Returns
    -------
    holoviews.Curve

    Examples
    --------
    >>> days = pd.DatetimeIndex(["2019-01-02", "2019-01-03"])
    >>> session_line(pd.Series([0.1, 0.2], days), "h = 1", "sum", "0.00", "#0072b2").label
    'h = 1'
    """
    frame = pd.DataFrame({"session": series.index, "value": series.to_numpy(dtype=float)})
    return hv.Curve(frame, "session", "value", label=label).opts(
        color=colour,
        tools=["hover"],
        hover_tooltips=[("session", "@session{%F}"), (said, f"@value{{{form}}}")],
        hover_formatters={"@session": "datetime"},
        backend="bokeh",
        **{"line_width": 1.8} | options,
    )


def horizon_lines(sums: pd.DataFrame, said: str, form: str, look: Theme) -> hv.Overlay:
    """Draw one line a column, the columns being horizons, over the zero line.

    Parameters
    ----------
    sums : pandas.DataFrame
        One row a session, one column a horizon.
    said : str
        Name of the value when hovered; the horizon is added.
    form : str
        Numeral format when hovered.
    look : Theme
        Colours.

    Returns
    -------
    holoviews.Overlay
    """
    lines = [
        session_line(
            sums[horizon],
            f"h = {horizon}",
            f"{said}, horizon {horizon}",
            form,
            look.lines[position % len(look.lines)],
        )
        for position, horizon in enumerate(sums.columns)
    ]
    return hv.Overlay([zero_line(look), *lines])


def zero_line(look: Theme) -> hv.HLine:
    """Draw the level that means nothing happened."""
    return hv.HLine(0).opts(color=look.muted, line_width=1, backend="bokeh")
