"""Names of figures of statements: which there are, and what a name asks for.

A name is statement, item, figure and, where it is not 1, a number, joined by underscores:
``income_revenue_ttm``, ``balance_total_assets_q_5``. The formulas of the figures are in
`workbench.data.point_in_time.figures`; the factor language writes ``ttm(income_revenue)``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from workbench.data.catalog import dataset
from workbench.data.point_in_time.figures import CUMULATIVE_ONLY, FIGURES, WITH_K
from workbench.data.point_in_time.fundamentals import CUMULATIVE, SIDED

__all__ = ["MOST", "STATEMENTS", "StatementFigure", "listed_figures", "read_figure"]

_FLOWS = ("latest", "sq", "ttm", "yoy", "growth")
STATEMENTS = {
    "income": _FLOWS,
    "cashflow": _FLOWS,
    "balance": ("latest", "yoy", "avg2"),
    "indicator": ("latest", "yoy"),
    "express": ("latest",),
    "forecast": ("latest",),
}
"""Statements, and the figures of each that are listed; the others are answered by name."""
MOST = {"q": 40, "growth": 20, "revision": 756}
"""Greatest number after a figure: quarters, years, sessions."""
_NUMBERED = re.compile(r"(?P<plain>.+)_(?P<k>[1-9][0-9]{0,2})")


@dataclass(frozen=True)
class StatementFigure:
    """What a name asks for.

    Attributes
    ----------
    statement, item, how : str
        Such as ``income``, ``revenue``, ``ttm``.
    k : int
        The number, 1 where the name has none.
    """

    statement: str
    item: str
    how: str
    k: int = 1

    @property
    def table(self) -> str:
        """Dataset that holds the statement."""
        return f"cn.{self.statement}"

    @property
    def name(self) -> str:
        """The name of the field."""
        number = f"_{self.k}" if self.k > 1 else ""
        return f"{self.statement}_{self.item}_{self.how}{number}"


def listed_figures() -> Iterator[StatementFigure]:
    """The figures that a market lists, statement by statement."""
    for statement, figures in STATEMENTS.items():
        for column in dataset(f"cn.{statement}").columns:
            if column.kind == "number":
                for how in figures:
                    yield StatementFigure(statement, column.name, how)


def read_figure(name: str) -> StatementFigure | None:
    """What a name asks for; None where it is no figure of a statement.

    Examples
    --------
    >>> read_figure("income_revenue_q_2")
    StatementFigure(statement='income', item='revenue', how='q', k=2)
    >>> read_figure("balance_total_assets_ttm") is None
    True
    """
    numbered = _NUMBERED.fullmatch(name)
    plain, k = (numbered["plain"], int(numbered["k"])) if numbered else (name, 1)
    statement, _, rest = plain.partition("_")
    if statement not in STATEMENTS:
        return None
    how = next((how for how in FIGURES if rest.endswith(f"_{how}")), "")
    item = rest.removesuffix(f"_{how}")
    contract = dataset(f"cn.{statement}")
    if not how or item not in contract or contract[item].kind != "number":
        return None
    # One name a figure: a number of 1 is left out.
    if numbered and not (how in WITH_K and 1 < k <= MOST[how]):
        return None
    figure = StatementFigure(statement, item, how, k)
    return figure if _has_meaning(figure) else None


def _has_meaning(figure: StatementFigure) -> bool:
    """Whether the statement's figures can answer it: levels have no sum over quarters."""
    cumulative = CUMULATIVE.get(figure.table)
    if figure.how in CUMULATIVE_ONLY:
        return cumulative is True
    return cumulative is not None or figure.how not in SIDED
