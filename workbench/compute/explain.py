"""Explain factors: what will run, what it will need, and how one number came about.

`explain` plans without computing; with ``measure=True`` it also takes the time of every step.
`Explanation.at` computes one asset on one session with every intermediate value, and
`Explanation.window` shows the very inputs of one of them, so that a number can be checked by hand.

The parts: `explain_nodes` says what each step is, `explain_graph` and `explain_stages` draw them,
`explain_value` and `explain_note` open numbers, `explain_measure` takes times.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from workbench.compute.engine import engine
from workbench.compute.evaluate import FactorLike
from workbench.compute.explain_graph import cut, graph_svg
from workbench.compute.explain_measure import Measured, measure
from workbench.compute.explain_nodes import Node, nodes_of
from workbench.compute.explain_stages import stages_svg
from workbench.compute.explain_value import Cell, inputs_of, steps_of
from workbench.compute.job import Job
from workbench.compute.plan import Plan
from workbench.errors import PlanError, near_names
from workbench.factor.factor import Factor, factor
from workbench.factor.term import Term
from workbench.factor.text import LONGEST_TEXT
from workbench.market import Market
from workbench.market.sessions import SessionLike

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Explanation", "explain"]

_MOST_DRAWN = 80
"""Steps that are drawn one by one; of larger plans the stages are."""

_COSTLIEST = 25
"""Rows shown of a large plan; `Explanation.table` has all of them."""

_TABLE = "font-size:11px;font-family:monospace;border-collapse:collapse"


@dataclass(frozen=True, eq=False)
class Explanation:
    """A plan for one factor, or for several in one, over one market, for people.

    Attributes
    ----------
    factors : mapping of str to Factor
        What is explained; one factor alone is called ``factor``.
    market : Market
        Over what.
    plan : Plan
        What will run.
    measured : Measured or None
        Times, where they were asked for.
    """

    factors: Mapping[str, Factor]
    market: Market
    plan: Plan
    measured: Measured | None = None

    @property
    def factor(self) -> Factor:
        """The one factor that is explained.

        Raises
        ------
        PlanError
            There are several.
        """
        return self._chosen(None)

    @property
    def engine(self) -> str:
        """Which engine would run here."""
        return engine().name

    @property
    def bytes(self) -> int:
        """Memory that the run takes at float32, scratch included, as ``max_bytes`` counts it."""
        return _job(self.factors, self.market).bytes(self.plan)

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """What every step computes, reads and costs, in order."""
        return nodes_of(self.plan, _job(self.factors, self.market).terms)

    def table(self) -> pd.DataFrame:
        """One row a step, in the order of the run.

        Returns
        -------
        DataFrame
            ``step`` (n1, n2 …), ``stage``, ``expression`` (over steps where it is long),
            ``written_as`` (what the text says, where an operator is defined by others), ``reads``,
            ``kept_in``, ``lookback`` in sessions, ``uses`` (steps and results that read it),
            ``written`` (how often it stands in the texts), ``cost_share`` (estimated), and where
            times were taken ``ms`` and ``gb_s`` of the step by itself.
        """
        import pandas as pd

        rows = pd.DataFrame(
            {
                "step": node.name,
                "stage": f"{node.stage} {node.axis}",
                "expression": node.expression,
                "written_as": node.stands_for,
                "reads": ", ".join(map(str, node.reads)),
                "kept_in": node.kept_in,
                "lookback": node.lookback,
                "uses": node.uses,
                "written": node.written,
                "cost_share": node.share,
            }
            for node in self.nodes
        )
        if self.measured is not None:
            seconds = np.array(self.measured.steps)
            rows["ms"] = 1e3 * seconds
            rows["gb_s"] = np.array(self.measured.bytes) / 1e9 / seconds
        return rows

    def at(self, asset: str, session: SessionLike, factor: str | None = None) -> pd.DataFrame:
        """Every intermediate value behind one number, in order of computation.

        Parameters
        ----------
        asset, session
            Which number.
        factor : str, optional
            Of which factor, where several are explained.

        Returns
        -------
        DataFrame
            Columns ``expression``, ``value`` and ``note``; the last row is the factor itself.
            Values are float64; groups are named. The note says how many names took part in a
            cross-section and with which rank, mean or deviation; how many values of which sessions
            a window held; what was missing; and what a defined operator stands for.

        Raises
        ------
        UnknownAssetError, UnknownSessionError
            If the market does not have the cell.
        PlanError
            If several factors are explained and none of them is named.

        Examples
        --------
        >>> import workbench as wb
        >>> market = wb.demo_market(seed=7, sessions=60, assets=40)
        >>> steps = wb.explain("rank(close) - 0.5", market).at(market.assets[3], "2019-03-01")
        >>> list(steps["expression"])
        ['close', 'rank(close)', 'rank(close) - 0.5']
        >>> steps["note"][1]
        '37 of 40 names took part, rank 9'
        """
        return steps_of(self._chosen(factor), Cell(self.market, asset, session))

    def window(self, what: str | int, asset: str, session: SessionLike) -> pd.DataFrame:
        """The very inputs of one value: the sessions of a window, or the assets of a session.

        Parameters
        ----------
        what : str or int
            An expression (``"ts_mean(close, 20)"``), a step (``"n3"``) or a row of `table`.
        asset, session
            Which value.

        Returns
        -------
        DataFrame
            One column an operand, and ``used``: whether it entered the value. Along time one row a
            session; across assets one row an asset, with the operator's own values too.

        Raises
        ------
        PlanError
            There is no such step, or the expression reads nothing.

        Examples
        --------
        >>> import workbench as wb
        >>> market = wb.demo_market(seed=7, sessions=60, assets=40)
        >>> shown = wb.explain("ts_mean(close, 5)", market).window(
        ...     0, market.assets[3], "2019-03-01"
        ... )
        >>> shown.shape, bool(shown["used"].all())
        ((5, 2), True)
        """
        return inputs_of(self._term(what), Cell(self.market, asset, session))

    def __str__(self) -> str:
        table = self._shown_table()
        hidden = len(self.nodes) - len(table)
        body = table.to_string(index=False, formatters=_FORMATS)
        return "\n".join([*self._facts(), body, *([_more(hidden)] if hidden else [])])

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        title, *facts = map(escape, self._facts())
        table = self._shown_table()
        hidden = len(self.nodes) - len(table)
        fields = tuple(dict.fromkeys((*self.plan.fields, *self.plan.groups)))
        drawing = stages_svg(self.nodes, fields) if hidden else self._graph(fields)
        rows = table.to_html(index=False, border=0, formatters=_FORMATS)
        return (
            f'<div class="workbench-explanation"><code style="font-weight:600">{title}</code>'
            f'<div style="font-size:12px">{"<br>".join(facts)}</div>{drawing}'
            f'<details{" open" if hidden else ""}><summary style="font-size:12px">steps</summary>'
            f'<div style="overflow-x:auto;{_TABLE}">{rows}{escape(_more(hidden)) if hidden else ""}'
            f"</div></details></div>"
        )

    def _graph(self, fields: tuple[str, ...]) -> str:
        costs = {}
        if self.measured is not None:
            costs = {
                node.name: f"{1e3 * seconds:.3g} ms · {size / 1e9 / seconds:.3g} GB/s"
                for node, seconds, size in zip(
                    self.nodes, self.measured.steps, self.measured.bytes, strict=True
                )
            }
        return graph_svg(self.nodes, fields, costs)

    def _facts(self) -> list[str]:
        """What is explained, and the plan in numbers."""
        if len(self.factors) == 1:
            title = _title(next(iter(self.factors.values())))
        else:
            title = cut(f"{len(self.factors)} factors: {', '.join(self.factors)}", 200)
        plan = self.plan
        stages = "1 stage" if len(plan.stages) == 1 else f"{len(plan.stages)} stages"
        facts = (
            f"look-back {plan.lookback} sessions · {plan.calls_written:,} operator calls written, "
            f"{len(plan.steps):,} computed · {stages} · {plan.panel_count} panels, "
            f"{self.bytes / 1e6:.1f} MB at float32 · engine {self.engine}"
        )
        if self.measured is None:
            return [title, facts]
        apart = sum(self.measured.steps)
        times = (
            f"measured: {1e3 * self.measured.seconds:.1f} ms in one run, fields read included; "
            f"{1e3 * apart:.1f} ms for the steps one by one"
        )
        return [title, facts, times]

    def _shown_table(self) -> pd.DataFrame:
        """All steps, or the costliest of a large plan."""
        table = self.table()
        if len(table) > _MOST_DRAWN:
            by = "ms" if self.measured is not None else "cost_share"
            table = table.sort_values(by, ascending=False, kind="stable").head(_COSTLIEST)
        return table if table["written_as"].any() else table.drop(columns="written_as")

    def _chosen(self, name: str | None) -> Factor:
        if name is None and len(self.factors) == 1:
            return next(iter(self.factors.values()))
        if name is None or name not in self.factors:
            given = "none was named" if name is None else f"got {name!r}"
            some = cut(", ".join(self.factors), 200)
            raise PlanError(
                f"factor= is one of {some}; {given}.{near_names(name or '', self.factors)}"
            )
        return self.factors[name]

    def _term(self, what: str | int) -> Term:
        steps = {node.name: node.step.term for node in self.nodes}
        if isinstance(what, int) and not isinstance(what, bool):
            what = f"n{what + 1}" if what >= 0 else f"row {what}"
            if what not in steps:
                raise PlanError(f"There are {len(steps)} steps, rows 0 to {len(steps) - 1}.")
        return steps[what] if what in steps else factor(what).term


_FORMATS = {
    "cost_share": "{:.1%}".format,
    "ms": "{:.3f}".format,
    "gb_s": "{:.1f}".format,
}


def explain(
    factors: FactorLike | Mapping[str, FactorLike], market: Market, *, measure: bool = False
) -> Explanation:
    """Plan one factor, or a mapping of factors in one plan, over a market.

    Parameters
    ----------
    factors : Factor, str, or mapping of str to Factor or str
        What to explain.
    market : Market
        Over what.
    measure : bool
        Also run the plan, and each of its steps by itself, and show the times. Otherwise nothing
        is computed.

    Returns
    -------
    Explanation
        Shows the steps, look-back, memory, sharing and engine, in a notebook as a graph;
        ``.table()`` has every step, ``.at(asset, session)`` opens one number, ``.window(…)`` the
        inputs of one window.

    Raises
    ------
    PlanError
        The mapping is empty, or `measure` finds no compiled kernels.

    Examples
    --------
    >>> import workbench as wb
    >>> market = wb.demo_market(seed=7, sessions=60, assets=40)
    >>> wb.explain("ts_mean(rank(close), 5)", market).plan.lookback
    4
    >>> batch = wb.explain({"high": "rank(close)", "fresh": "delta(rank(close), 5)"}, market)
    >>> batch.plan.calls_written, len(batch.plan.steps)
    (3, 2)
    """
    if isinstance(factors, Mapping):
        if not factors:
            raise PlanError("There is nothing to explain: the mapping of factors is empty.")
        read = {str(name): factor(one) for name, one in factors.items()}
    else:
        read = {"factor": factor(factors)}
    job = _job(read, market)
    plan = job.plan(read)
    return Explanation(read, market, plan, _measured(job, plan) if measure else None)


def _job(factors: Mapping[str, Factor], market: Market) -> Job:
    return Job(factors, market, np.dtype(np.float32))


def _measured(job: Job, plan: Plan) -> Measured:
    job.check()
    return measure(job, plan)


def _title(one: Factor) -> str:
    return cut(one.text, 2000) if one.term.size <= LONGEST_TEXT else repr(one)


def _more(hidden: int) -> str:
    return f"… and {hidden:,} cheaper steps: .table() has them all"
