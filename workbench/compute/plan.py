"""Plan: a batch of factors as stages of steps over numbered buffers. A plan is a value.

Steps:

1. the graph of distinct nodes, and their stages (`graph.py`);
2. nodes read from a later stage, and the results, live in panels; all others in scratch slots
   that a tile keeps in the cache;
3. panels and slots are reused as soon as their last reader has run (`memory.py`);
4. memory is therefore known before anything runs (`Plan.panel_count`, `Plan.bytes`).

Running a plan is `evaluate.py`; showing one is `explain.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbench.compute.graph import Graph, Read, assign_stages, resolved
from workbench.compute.memory import Buffers
from workbench.factor.term import Call, Constant, Field, Term

__all__ = ["Operand", "Plan", "Stage", "Step", "make_plan"]


@dataclass(frozen=True)
class Operand:
    """Where a step reads or writes.

    Attributes
    ----------
    place : {"panel", "slot", "constant", "group"}
        Kind of buffer.
    number : int
        Which one; 0 for a constant.
    lag : int
        Sessions back.
    value : float
        The constant.
    """

    place: str
    number: int = 0
    lag: int = 0
    value: float = 0.0


@dataclass(frozen=True)
class Step:
    """One kernel over one tile.

    Attributes
    ----------
    operator : str
        Canonical name, or ``copy``.
    operands : tuple of Operand
        What is read, in the operator's order.
    parameters : tuple of int or float
        Windows, lags and reals.
    out : Operand
        Panel or slot written.
    term : Term
        The node computed.
    """

    operator: str
    operands: tuple[Operand, ...]
    parameters: tuple[float, ...]
    out: Operand
    term: Term


@dataclass(frozen=True)
class Stage:
    """Steps that run tile by tile.

    Attributes
    ----------
    axis : {"time", "section"}
        Tiles of assets over all sessions, or tiles of sessions over all assets.
    steps : tuple of Step
        In order.
    slots : int
        Scratch buffers of a tile.
    """

    axis: str
    steps: tuple[Step, ...]
    slots: int


@dataclass(frozen=True)
class Plan:
    """What will run, and what it will need.

    Attributes
    ----------
    fields, groups : tuple of str
        Read from the market; fields are panels 0 … F-1, groups have numbers of their own.
    outputs : mapping of str to int
        Panel of each result.
    stages : tuple of Stage
        In order.
    panel_count : int
        Panels in all: fields, carried values and results.
    lookback : int
        Sessions before t that the value at t needs.
    calls_written : int
        Operator calls in the batch as written, before sharing.
    """

    fields: tuple[str, ...]
    groups: tuple[str, ...]
    outputs: Mapping[str, int]
    stages: tuple[Stage, ...]
    panel_count: int
    lookback: int
    calls_written: int

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps, in order."""
        return tuple(step for stage in self.stages for step in stage.steps)

    def bytes(self, sessions: int, pitch: int, itemsize: int) -> int:
        """Memory of all panels, in bytes, for panels of `sessions` × `pitch` values."""
        groups = len(self.groups) * sessions * pitch * 4
        return self.panel_count * sessions * pitch * itemsize + groups


def make_plan(terms: Mapping[str, Term]) -> Plan:
    """Plan a batch of named terms.

    Examples
    --------
    >>> from workbench.factor.text import parse
    >>> plan = make_plan({"a": parse("rank(close)"), "b": parse("ts_mean(rank(close), 5)")})
    >>> [(stage.axis, [step.operator for step in stage.steps]) for stage in plan.stages]
    [('section', ['rank']), ('time', ['ts_mean'])]
    >>> plan.calls_written, len(plan.steps), plan.panel_count
    (3, 2, 3)
    """
    graph = Graph.of(terms)
    stages = assign_stages(graph)
    layout = _Layout(graph, stages)
    planned = tuple(layout.stage(number) for number in range(max(stages.values(), default=-1) + 1))
    outputs = {name: layout.result(read) for name, read in graph.roots.items()}
    copies = Stage("time", tuple(layout.copies), 0)
    return Plan(
        fields=graph.fields,
        groups=graph.groups,
        outputs=outputs,
        stages=tuple(stage for stage in (*planned, copies) if stage.steps),
        panel_count=layout.panels.used + len(graph.fields),
        lookback=max((term.lookback for term in terms.values()), default=0),
        calls_written=sum(_calls_as_text(term) for term in terms.values()),
    )


class _Layout:
    """Gives every node its buffer while the stages are written down in order."""

    def __init__(self, graph: Graph, stages: Mapping[Term, int]) -> None:
        self.graph = graph
        self.stages = stages
        self.places: dict[Term, Operand] = {
            Field(name): Operand("panel", number) for number, name in enumerate(graph.fields)
        }
        self.groups = {name: number for number, name in enumerate(graph.groups)}
        self.panels = Buffers(first=len(graph.fields))
        self.readers = graph.readers()
        self.kept = {read.term for read in graph.roots.values()}
        self.copies: list[Step] = []
        self._copied: dict[Read, int] = {}

    def stage(self, number: int) -> Stage:
        """Write down one stage."""
        calls = [call for call in self.graph.calls if self.stages[call] == number]
        slots = Buffers()
        steps = []
        for position, call in enumerate(calls):
            operands = tuple(self._operand(call, at) for at in range(len(call.operands)))
            carried = call in self.kept or self._last_stage(call) > number
            buffers = self.panels if carried else slots
            out = Operand("panel" if carried else "slot", buffers.take())
            self.places[call] = out
            steps.append(Step(call.operator, operands, call.parameters, out, call))
            self._release_slots(call, calls[position + 1 :], slots)
        self._release_panels(number)
        return Stage("section" if number % 2 else "time", tuple(steps), slots.used)

    def result(self, read: Read) -> int:
        """Panel of a result; a bare field or a delayed result is copied."""
        place = self.places.get(read.term)
        if place is not None and not read.lag and isinstance(read.term, Call):
            return place.number
        if read not in self._copied:
            source = (
                Operand("constant", lag=read.lag, value=read.term.value)
                if isinstance(read.term, Constant)
                else Operand("panel", self.places[read.term].number, read.lag)
            )
            out = Operand("panel", self.panels.take())
            self.copies.append(Step("copy", (source,), (), out, read.term))
            self._copied[read] = out.number
        return self._copied[read]

    def _operand(self, call: Call, at: int) -> Operand:
        read = resolved(call.operands[at])
        if isinstance(read.term, Constant):
            return Operand("constant", lag=read.lag, value=read.term.value)
        if isinstance(read.term, Field) and read.term not in self.places:
            return Operand("group", self.groups[read.term.name])
        place = self.places[read.term]
        return Operand(place.place, place.number, read.lag)

    def _last_stage(self, term: Term) -> int:
        return max((self.stages[reader] for reader, _ in self.readers.get(term, ())), default=-1)

    def _release_slots(self, call: Call, rest: list[Call], slots: Buffers) -> None:
        """Give back the slots that nobody in the rest of the stage reads."""
        ahead = {read.term for later in rest for read in map(resolved, later.operands)}
        reads = {resolved(operand).term for operand in call.operands}
        for term in reads - ahead:
            place = self.places.get(term)
            if place is not None and place.place == "slot":
                slots.give(place.number)
                del self.places[term]

    def _release_panels(self, number: int) -> None:
        """Give back the panels whose last reader ran in this stage; fields and results stay."""
        for call, place in list(self.places.items()):
            if not isinstance(call, Call) or place.place != "panel" or call in self.kept:
                continue
            if self._last_stage(call) <= number:
                self.panels.give(place.number)
                del self.places[call]


def _calls_as_text(term: Term) -> int:
    """Operator calls of a term when every shared part is written out."""
    counts: dict[Term, int] = {}
    from workbench.factor.term import walk

    for node in walk(term):
        own = 1 if isinstance(node, Call) else 0
        counts[node] = own + sum(counts[child] for child in node.children)
    return counts[term]
