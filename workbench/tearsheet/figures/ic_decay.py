"""Rank IC lag by lag after the signal, with its confidence band."""

from __future__ import annotations

from typing import TYPE_CHECKING

import holoviews as hv
import pandas as pd

from workbench.tearsheet.theme import Theme, dress

if TYPE_CHECKING:
    from workbench.evaluation.study import FactorStudy

__all__ = ["confidence", "ic_decay"]

# Two-sided 95 % quantile of the normal distribution.
_Z = 1.959963984540054


def confidence(decay: pd.DataFrame) -> pd.DataFrame:
    """Half-width of the 95 % interval of each lag's mean rank IC.

    The Newey-West standard error is what turned the mean into its t statistic, so
    ``half = 1.96 * |rank_ic / t_newey_west|``.

    Parameters
    ----------
    decay : pandas.DataFrame
        ``study.decay``: index lag, columns ``rank_ic`` and ``t_newey_west``.

    Returns
    -------
    pandas.DataFrame
        Columns ``lag``, ``rank_ic``, ``t``, ``half``, ``low``, ``high``. NaN where t is 0 or NaN.

    Examples
    --------
    >>> frame = pd.DataFrame({"rank_ic": [0.02], "t_newey_west": [2.0]}, index=[1])
    >>> round(float(confidence(frame)["half"].iloc[0]), 4)
    0.0196
    """
    rank, t = decay["rank_ic"], decay["t_newey_west"]
    half = _Z * (rank / t.where(t != 0)).abs()
    columns = {"rank_ic": rank, "t": t, "half": half, "low": rank - half, "high": rank + half}
    return pd.DataFrame(columns).rename_axis("lag").reset_index()


def ic_decay(study: FactorStudy, look: Theme) -> hv.Overlay:
    """Draw the mean rank IC of one-session returns at each lag, disjoint from one another.

    Parameters
    ----------
    study : FactorStudy
        What is shown.
    look : Theme
        Colours.

    Returns
    -------
    holoviews.Overlay
        Bars and their 95 % error bars.
    """
    frame = confidence(study.decay)
    bars = hv.Bars(frame, "lag", ["rank_ic", "t", "low", "high"]).opts(
        color=look.lines[0],
        alpha=0.85,
        line_color=None,
        bar_width=0.8,
        tools=["hover"],
        hover_tooltips=[
            ("lag", "@lag"),
            ("rank IC", "@rank_ic{0.0000}"),
            ("95 % interval", "@low{0.0000} … @high{0.0000}"),
            ("t (Newey-West)", "@t{0.00}"),
        ],
        backend="bokeh",
    )
    errors = hv.ErrorBars(frame, "lag", ["rank_ic", "half"]).opts(
        color=look.text, line_width=1, upper_head=None, lower_head=None, backend="bokeh"
    )
    return dress(
        bars * errors, look, xlabel="lag (sessions after entry)", ylabel="mean rank IC ± 95 %"
    )
