"""Explain a factor: what will run, what it will need, and how one number came about.

`explain` plans without computing. `Explanation.at` computes one asset on one session with every
intermediate value, so that a number can be checked by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from workbench.compute.engine import engine
from workbench.compute.evaluate import FactorLike, compute
from workbench.compute.memory import padded_columns
from workbench.compute.plan import Operand, Plan, make_plan
from workbench.compute.table import cell_cost
from workbench.factor.factor import Factor, factor
from workbench.factor.operator import Kind
from workbench.factor.term import Constant, Term, walk
from workbench.factor.text import to_text
from workbench.market import Market
from workbench.market.sessions import SessionLike

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Explanation", "explain"]


@dataclass(frozen=True)
class Explanation:
    """A plan for one factor over one market, for people.

    Attributes
    ----------
    factor : Factor
        What is explained.
    market : Market
        Over what.
    plan : Plan
        What will run.
    """

    factor: Factor
    market: Market
    plan: Plan

    @property
    def engine(self) -> str:
        """Which engine would run here."""
        return engine().name

    @property
    def bytes(self) -> int:
        """Memory of all panels at float32, in bytes."""
        pitch = padded_columns(len(self.market.assets), 16, 4)
        return self.plan.bytes(len(self.market.sessions), pitch, 4)

    def table(self) -> pd.DataFrame:
        """One row a step: stage, expression, look-back, where it is kept, share of the work."""
        import pandas as pd

        total = sum(cell_cost(step.term) for step in self.plan.steps if step.operands) or 1.0
        rows = [
            {
                "stage": f"{number + 1} {stage.axis}",
                "expression": to_text(step.term),
                "reads": ", ".join(_written(operand) for operand in step.operands),
                "kept_in": _written(step.out),
                "lookback": step.term.lookback,
                "cost_share": cell_cost(step.term) / total if step.operator != "copy" else 0.0,
            }
            for number, stage in enumerate(self.plan.stages)
            for step in stage.steps
        ]
        columns = ["stage", "expression", "reads", "kept_in", "lookback", "cost_share"]
        return pd.DataFrame(rows, columns=columns)

    def at(self, asset: str, session: SessionLike) -> pd.DataFrame:
        """Every intermediate value behind one number, in order of computation.

        Parameters
        ----------
        asset, session
            Which number.

        Returns
        -------
        DataFrame
            Columns ``expression`` and ``value``; the last row is the factor itself. Values are
            float64; groups are named.

        Raises
        ------
        UnknownAssetError, UnknownSessionError
            If the market does not have the cell.

        Examples
        --------
        >>> import workbench as wb
        >>> market = wb.demo_market(seed=7, sessions=60, assets=40)
        >>> steps = wb.explain("rank(close) - 0.5", market).at(market.assets[3], "2019-03-01")
        >>> list(steps["expression"])
        ['close', 'rank(close)', 'rank(close) - 0.5']
        """
        import pandas as pd

        row = self.market.sessions.index(session)
        self.market.assets.index(asset)
        # Just the history the number needs; at the very start, the rows its window still lacks.
        last = min(max(row, self.factor.lookback), len(self.market.sessions) - 1)
        first = self.market.sessions[max(0, row - self.factor.lookback)]
        around = self.market.between(first, self.market.sessions[last])
        terms = [node for node in walk(self.factor.term) if not isinstance(node, Constant)]
        computed = {to_text(term): term for term in terms if Kind.NUMBER in _shown(term)}
        panels = compute(computed, around, dtype="float64", threads=1) if computed else {}
        values = [
            (text := to_text(term), (panels[text] if text in panels else around[text]))
            for term in terms
        ]
        return pd.DataFrame(
            [(text, panel.at(asset, session)) for text, panel in values],
            columns=["expression", "value"],
        )

    def __str__(self) -> str:
        head = (
            f"{self.factor.text}\n"
            f"look-back {self.plan.lookback} sessions · "
            f"{self.plan.calls_written} operator calls written, {len(self.plan.steps)} computed · "
            f"{len(self.plan.stages)} stages · {self.plan.panel_count} panels, "
            f"{self.bytes / 1e6:.1f} MB at float32 · engine {self.engine}\n"
        )
        return head + self.table().to_string(
            index=False, formatters={"cost_share": "{:.0%}".format}
        )

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        text, facts, *_ = str(self).split("\n")
        table = self.table().to_html(index=False, formatters={"cost_share": "{:.0%}".format})
        return (
            f'<div><code style="font-weight:600">{escape(text)}</code>'
            f'<div style="font-size:12px">{escape(facts)}</div>{table}</div>'
        )


def explain(one: FactorLike, market: Market) -> Explanation:
    """Plan a factor over a market without computing it.

    Parameters
    ----------
    one : Factor or str
        What to explain.
    market : Market
        Over what.

    Returns
    -------
    Explanation
        Shows the steps, look-back, memory and engine; `.at(asset, session)` opens one number.

    Examples
    --------
    >>> import workbench as wb
    >>> market = wb.demo_market(seed=7, sessions=60, assets=40)
    >>> wb.explain("ts_mean(rank(close), 5)", market).plan.lookback
    4
    """
    read = factor(one)
    return Explanation(read, market, make_plan({"factor": read.term}))


def _shown(term: Term) -> frozenset[Kind]:
    """Kinds to compute: truth values are shown as numbers."""
    return frozenset({Kind.NUMBER}) if Kind.TRUTH in term.kinds else term.kinds


def _written(operand: Operand) -> str:
    """A buffer for people: ``panel 3``, ``slot 0``, ``-0.5``, ``panel 0 (5 back)``."""
    if operand.place == "constant":
        return f"{operand.value:g}"
    back = f" ({operand.lag} back)" if operand.lag else ""
    return f"{operand.place} {operand.number}{back}"
