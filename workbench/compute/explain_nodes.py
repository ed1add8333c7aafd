"""Nodes of a plan for people: what every step computes, reads, costs, and how it is shared.

Steps are called ``n1``, ``n2`` … in the order in which they run, so that a long expression can be
shown as ``n7 / n5`` beside the steps that it stands on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from workbench.compute.cost import cell_cost
from workbench.compute.definitions import defined
from workbench.compute.graph import reads_of, resolved
from workbench.compute.plan import Operand, Plan, Step
from workbench.compute.rewrite import canonical_batch
from workbench.factor.term import Call, Constant, Field, Term, walk
from workbench.factor.text import to_text

__all__ = ["Node", "Source", "definition_of", "nodes_of", "opened"]

_LONGEST = 72
"""Characters of an expression that is shown whole."""

_LARGEST = 60
"""Nodes of an expression that is written out to see how long it is."""


@dataclass(frozen=True)
class Source:
    """What a step reads: the name of a step, a field or a number, and how many sessions back."""

    name: str
    lag: int = 0
    step: bool = False

    def __str__(self) -> str:
        return f"{self.name} ({self.lag} back)" if self.lag else self.name


@dataclass(frozen=True)
class Node:
    """One step of a plan.

    Attributes
    ----------
    name : str
        ``n1`` for the first.
    stage, axis : int, str
        In which stage it runs (counted from 1), and along which axis that stage is cut.
    step : Step
        The step itself.
    line : str
        The operator over the names of what it reads: ``ts_mean(n3, 20)``.
    reads : tuple of Source
        Operand by operand.
    kept_in : str
        ``panel 3`` for what later stages read, ``slot 0`` for what stays in a tile.
    lookback : int
        Sessions before t that its value at t needs, all the way down.
    share : float
        Estimated share of the work of the plan.
    uses : int
        Steps and results that read it.
    written : int
        How often it would stand in the texts if nothing were shared.
    results : tuple of str
        Factors whose values it gives.
    stands_for : str
        What was written, where an operator is defined by others.
    """

    name: str
    stage: int
    axis: str
    step: Step
    line: str
    reads: tuple[Source, ...]
    kept_in: str
    lookback: int
    share: float
    uses: int = 0
    written: int = 0
    results: tuple[str, ...] = ()
    stands_for: str = ""

    @property
    def expression(self) -> str:
        """The whole expression while it is short, `line` where it is not."""
        term = self.step.term
        text = to_text(term) if term.size <= _LARGEST and self.step.operator != "copy" else ""
        return text if 0 < len(text) <= _LONGEST else self.line


def nodes_of(plan: Plan, terms: Mapping[str, Term]) -> tuple[Node, ...]:
    """Every step of a plan, in order.

    Parameters
    ----------
    plan : Plan
        Of `terms`.
    terms : mapping of str to Term
        The factors, as written.

    Examples
    --------
    >>> from workbench.compute.plan import make_plan
    >>> from workbench.factor.text import parse
    >>> terms = {"f": parse("rank(close) / ts_mean(rank(close), 5)")}
    >>> [(node.name, node.line, node.uses) for node in nodes_of(make_plan(terms), terms)]
    [('n1', 'rank(close)', 2), ('n2', 'ts_mean(n1, 5)', 1), ('n3', 'n1 / n2', 1)]
    """
    names = {step.term: f"n{at}" for at, step in _numbered(plan) if step.operator != "copy"}
    costs = [_cost(step) for step in plan.steps]
    total = sum(costs) or 1.0
    stages = [(at, stage.axis) for at, stage in enumerate(plan.stages, 1) for _ in stage.steps]
    made = [
        Node(
            name=f"n{at}",
            stage=stages[at - 1][0],
            axis=stages[at - 1][1],
            step=step,
            line=_line(step, names),
            reads=_sources(step, names),
            kept_in=f"{step.out.place} {step.out.number}",
            lookback=step.term.lookback + (step.operands[0].lag if step.operator == "copy" else 0),
            share=costs[at - 1] / total,
        )
        for at, step in _numbered(plan)
    ]
    return _shared(made, plan, _definitions(terms))


def opened(terms: Mapping[str, Term]) -> Iterator[Term]:
    """Every distinct node, operands before callers, and before a defined call what defines it.

    Examples
    --------
    >>> from workbench.factor.text import parse
    >>> [to_text(node) for node in opened({"f": parse("ts_count(close > open, 5)")})][2:]
    ['close > open', 'ts_sum(close > open, 5)', 'ts_count(close > open, 5)']
    """
    seen: set[Term] = set()
    for term in terms.values():
        stack: list[tuple[Term, bool]] = [(term, False)]
        while stack:
            node, below_done = stack.pop()
            if node in seen:
                continue
            if below_done:
                seen.add(node)
                yield node
                continue
            definition = definition_of(node)
            below = (*node.children, *(() if definition is None else (definition,)))
            stack.append((node, True))
            stack.extend((part, False) for part in reversed(below))


def definition_of(term: Term) -> Term | None:
    """What a call is planned as, where other operators define it."""
    if not isinstance(term, Call):
        return None
    return defined(term.operator, term.operands, term.parameters)


def _numbered(plan: Plan) -> Iterator[tuple[int, Step]]:
    return enumerate(plan.steps, 1)


def _cost(step: Step) -> float:
    return (
        1.0 if step.operator == "copy" or not isinstance(step.term, Call) else cell_cost(step.term)
    )


def _line(step: Step, names: Mapping[Term, str]) -> str:
    """The operator over names."""
    term = step.term
    if step.operator == "copy" or not isinstance(term, Call):
        lag = step.operands[0].lag
        held = _named(term, names)
        return to_text(Call("delay", (held,), (lag,)) if lag else held)
    operands = tuple(_named(operand, names) for operand in term.operands)
    return to_text(Call(term.operator, operands, term.parameters))


def _named(term: Term, names: Mapping[Term, str]) -> Term:
    """A field of the step's name in the place of a step; delays are seen through."""
    if isinstance(term, Call) and term.operator == "delay":
        return Call("delay", (_named(term.operands[0], names),), term.parameters)
    return Field(names[term]) if term in names else term


def _sources(step: Step, names: Mapping[Term, str]) -> tuple[Source, ...]:
    if step.operator == "copy" or not isinstance(step.term, Call):
        return (_source(step.term, step.operands[0].lag, names),)
    return tuple(_source(read.term, read.lag, names) for read in reads_of(step.term))


def _source(term: Term, lag: int, names: Mapping[Term, str]) -> Source:
    if term in names:
        return Source(names[term], lag, step=True)
    if isinstance(term, Constant):
        return Source(f"{term.value:g}")
    return Source(to_text(term), lag)


def _definitions(terms: Mapping[str, Term]) -> dict[Term, str]:
    """Planned term → the call as written, for operators that others define."""
    distinct = dict.fromkeys(node for term in terms.values() for node in walk(term))
    calls = [node for node in distinct if definition_of(node) is not None]
    planned = canonical_batch({str(at): call for at, call in enumerate(calls)})
    found: dict[Term, str] = {}
    for at, call in enumerate(calls):
        text = to_text(call) if call.size <= _LARGEST else f"{call.operator}(…)"
        found.setdefault(resolved(planned[str(at)]).term, text)
    return found


def _shared(nodes: list[Node], plan: Plan, definitions: Mapping[Term, str]) -> tuple[Node, ...]:
    """Say of each node who reads it, how often it was written, and what it gives."""
    results: dict[str, list[str]] = {}
    writer = {node.step.out.number: node.name for node in nodes if _in_panel(node.step.out)}
    for name, panel in plan.outputs.items():
        results.setdefault(writer[panel], []).append(name)
    readers: Counter[str] = Counter()
    written: Counter[str] = Counter()
    for node in reversed(nodes):
        given = tuple(results.get(node.name, ()))
        readers[node.name] += len(given)
        written[node.name] += len(given)
        below = [source.name for source in node.reads if source.step]
        readers.update(set(below))
        for name in below:
            written[name] += written[node.name]
    return tuple(
        replace(
            node,
            uses=readers[node.name],
            written=written[node.name],
            results=tuple(results.get(node.name, ())),
            stands_for="" if node.step.operator == "copy" else definitions.get(node.step.term, ""),
        )
        for node in nodes
    )


def _in_panel(operand: Operand) -> bool:
    return operand.place == "panel"
