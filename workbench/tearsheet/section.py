"""One titled part of a tear sheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.errors import EvaluationError

__all__ = ["Section"]


@dataclass(frozen=True, eq=False)
class Section:
    """A figure or a table with its title and caption.

    Compared by identity: figures and frames have no cheap equality.

    Parameters
    ----------
    title : str
        Plain text.
    caption : str
        Plain text: what is shown, in which unit, by which recipe.
    figure : holoviews object, optional
        Plots as one bokeh figure.
    table : pandas.DataFrame, optional
        Numbers as the study gives them; `workbench.tearsheet.tables` writes them.
    group : str
        Name of the tab that a viewer puts the section on.

    Raises
    ------
    EvaluationError
        Unless exactly one of figure and table is given.

    Examples
    --------
    >>> Section("Summary", "One row a horizon.", table=pd.DataFrame({"n": [3]})).kind
    'table'
    """

    title: str
    caption: str
    figure: Any = None
    table: pd.DataFrame | None = None
    group: str = ""

    def __post_init__(self) -> None:
        if (self.figure is None) == (self.table is None):
            raise EvaluationError(
                f"Section {self.title!r}: expected either a figure or a table, "
                f"got {'neither' if self.figure is None else 'both'}."
            )

    @property
    def kind(self) -> str:
        """``"figure"`` or ``"table"``."""
        return "table" if self.figure is None else "figure"
