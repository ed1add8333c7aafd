"""Running sum of the rank IC, one line a horizon."""

from __future__ import annotations

from typing import TYPE_CHECKING

import holoviews as hv
import pandas as pd

from workbench.tearsheet.figures.session_line import horizon_lines
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
    return dress(
        horizon_lines(running_sum(study.ic), "sum", "0.00", look),
        look,
        xlabel="session",
        ylabel="sum of rank IC",
        legend_position="top",
    )
