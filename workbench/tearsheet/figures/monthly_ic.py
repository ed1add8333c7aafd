"""Mean rank IC of each calendar month as a heat map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import holoviews as hv
import pandas as pd

from workbench.tearsheet.theme import Theme, diverging, dress

if TYPE_CHECKING:
    from workbench.evaluation.study import FactorStudy

__all__ = ["monthly_ic", "monthly_mean"]

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def monthly_mean(ic: pd.Series) -> pd.DataFrame:
    """Mean of the values of each month.

    Parameters
    ----------
    ic : pandas.Series
        Index session (datetime64).

    Returns
    -------
    pandas.DataFrame
        Columns ``year`` (str), ``month`` (Jan … Dec), ``rank_ic``, ``sessions`` (count of
        values); one row for every month that has a value, in order of time.

    Examples
    --------
    >>> days = pd.to_datetime(["2024-01-02", "2024-01-03", "2024-02-01"])
    >>> monthly_mean(pd.Series([0.1, 0.3, None], index=days)).to_dict("records")
    [{'year': '2024', 'month': 'Jan', 'rank_ic': 0.2, 'sessions': 2}]
    """
    values = ic.dropna()
    days = pd.DatetimeIndex(values.index)
    grouped = values.groupby([days.year, days.month])
    table = pd.DataFrame({"rank_ic": grouped.mean(), "sessions": grouped.count()})
    return pd.DataFrame(
        {
            "year": [str(year) for year, _ in table.index],
            "month": [_MONTHS[month - 1] for _, month in table.index],
            "rank_ic": table["rank_ic"].to_numpy(),
            "sessions": table["sessions"].to_numpy(),
        }
    )


def monthly_ic(study: FactorStudy, horizon: int, look: Theme) -> hv.Overlay:
    """Draw years by months, coloured and labelled by the mean rank IC.

    Parameters
    ----------
    study : FactorStudy
        What is shown.
    horizon : int
        Column of ``study.ic``.
    look : Theme
        Colours; the scale is symmetric about zero.

    Returns
    -------
    holoviews.Overlay
        Heat map and its labels.
    """
    frame = monthly_mean(study.ic[horizon])
    years = sorted(frame["year"].unique(), reverse=True)
    month = hv.Dimension("month", values=list(_MONTHS))
    year = hv.Dimension("year", values=years)
    limit = float(frame["rank_ic"].abs().max()) if len(frame) else 1.0
    cells = hv.HeatMap(frame, [month, year], ["rank_ic", "sessions"]).opts(
        cmap=diverging(look),
        clim=(-limit, limit),
        tools=["hover"],
        hover_tooltips=[
            ("month", "@year @month"),
            ("mean rank IC", "@rank_ic{0.0000}"),
            ("sessions", "@sessions"),
        ],
        backend="bokeh",
    )
    text = hv.Labels(
        frame.assign(label=[f"{value:.3f}" for value in frame["rank_ic"]]), [month, year], "label"
    ).opts(text_color=look.text, text_font_size="9pt", backend="bokeh")
    return dress(
        cells * text,
        look,
        xlabel="month",
        ylabel="year",
        height=max(140, 70 + 34 * len(years)),
        show_grid=False,
    )
