"""Rank IC session by session, with its rolling mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import holoviews as hv
import pandas as pd

from workbench.tearsheet.figures.session_line import session_line, zero_line
from workbench.tearsheet.theme import Theme, dress

if TYPE_CHECKING:
    from workbench.evaluation.study import FactorStudy

__all__ = ["rank_ic", "rolling_mean", "rolling_window"]


def rolling_window(sessions: int) -> int:
    """Length of the rolling mean: a quarter of the sample, between 5 and 60 sessions.

    Parameters
    ----------
    sessions : int
        Sessions of the study.

    Returns
    -------
    int
        Sessions of the window.

    Examples
    --------
    >>> rolling_window(1000), rolling_window(80), rolling_window(4)
    (60, 20, 5)
    """
    return min(60, max(5, sessions // 4))


def rolling_mean(series: pd.Series, window: int) -> pd.Series:
    """Mean of the values of the last `window` sessions, NaN where fewer than half have one.

    Parameters
    ----------
    series : pandas.Series
        One value a session.
    window : int
        Sessions, the current one included.

    Returns
    -------
    pandas.Series
        Same index.

    Examples
    --------
    >>> rolling_mean(pd.Series([1.0, None, 3.0, 5.0]), 2).tolist()
    [1.0, 1.0, 3.0, 4.0]
    """
    return series.rolling(window, min_periods=-(-window // 2)).mean()


def rank_ic(study: FactorStudy, horizon: int, look: Theme) -> hv.Overlay:
    """Draw the rank IC of one horizon.

    Parameters
    ----------
    study : FactorStudy
        What is shown.
    horizon : int
        Column of ``study.ic``.
    look : Theme
        Colours.

    Returns
    -------
    holoviews.Overlay
        Bars of the sessions, the rolling mean, the zero line.
    """
    ic = study.ic[horizon]
    window = rolling_window(len(ic))
    frame = pd.DataFrame({"session": ic.index, "rank_ic": ic.to_numpy()})
    daily = hv.Spikes(frame, "session", "rank_ic", label="one session").opts(
        color=look.lines[4],
        alpha=0.55,
        tools=["hover"],
        hover_tooltips=[("session", "@session{%F}"), ("rank IC", "@rank_ic{0.0000}")],
        hover_formatters={"@session": "datetime"},
        backend="bokeh",
    )
    smooth = session_line(
        rolling_mean(ic, window),
        f"mean of {window} sessions",
        f"mean of {window}",
        "0.0000",
        look.lines[0],
        line_width=2.2,
    )
    return dress(
        daily * zero_line(look) * smooth,
        look,
        xlabel="session",
        ylabel="rank IC (−1 … 1)",
        legend_position="top",
    )
