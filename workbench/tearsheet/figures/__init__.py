"""Figures of a tear sheet, one a file, each a function from a study to a HoloViews object.

A figure takes the study, a horizon where one is needed, and the look; it returns a bokeh-ready
HoloViews object that shares no axis with any other figure. Where numbers are transformed on the
way (a rolling mean, a running sum, a confidence band) a second public function in the same file
does it, so that it can be checked without a screen.
"""

from __future__ import annotations

import holoviews.plotting.bokeh  # noqa: F401  registers the backend that options are set for

from workbench.tearsheet.figures.coverage import coverage
from workbench.tearsheet.figures.cumulative_ic import cumulative_ic
from workbench.tearsheet.figures.ic_decay import ic_decay
from workbench.tearsheet.figures.monthly_ic import monthly_ic
from workbench.tearsheet.figures.quantile_bar import quantile_bar
from workbench.tearsheet.figures.quantile_curves import quantile_curves
from workbench.tearsheet.figures.rank_ic import rank_ic
from workbench.tearsheet.figures.spread_curve import spread_curve
from workbench.tearsheet.figures.turnover import turnover

__all__ = [
    "coverage",
    "cumulative_ic",
    "ic_decay",
    "monthly_ic",
    "quantile_bar",
    "quantile_curves",
    "rank_ic",
    "spread_curve",
    "turnover",
]
