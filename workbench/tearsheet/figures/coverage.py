"""How many assets the study could see, session by session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import holoviews as hv
import pandas as pd

from workbench.tearsheet.figures.session_line import session_line
from workbench.tearsheet.theme import Theme, dress

if TYPE_CHECKING:
    from workbench.evaluation.study import FactorStudy

__all__ = ["coverage"]


def coverage(study: FactorStudy, horizon: int, look: Theme) -> hv.Overlay:
    """Draw the number of assets in the universe, with a factor value, and with a return too.

    Parameters
    ----------
    study : FactorStudy
        What is shown.
    horizon : int
        Whose forward returns are counted.
    look : Theme
        Colours.

    Returns
    -------
    holoviews.Overlay
        Three step lines; the distance between them is what is missing. The line of returns ends
        with the last session whose return is known.
    """
    lines = {
        "universe": ("universe", look.muted),
        "with factor": ("factor", look.lines[0]),
        "with factor and return": (f"label_{horizon}", look.lines[1]),
    }
    curves = [
        session_line(
            _known(study.coverage[column]),
            label,
            label,
            "0,0",
            colour,
            interpolation="steps-post",
            line_width=1.6,
        )
        for label, (column, colour) in lines.items()
    ]
    return dress(
        hv.Overlay(curves),
        look,
        xlabel="session",
        ylabel="assets (count)",
        legend_position="top",
        ylim=(0, None),
    )


def _known(counts: pd.Series) -> pd.Series:
    """Leave out the end of the sample, where no return can be known yet."""
    some = counts.index[counts > 0]
    return counts.loc[: some[-1]] if len(some) else counts
