"""Plan: a batch of factors as stages of steps over numbered buffers. A plan is a value.

Steps:

1. the graph of distinct nodes, and their stages (`graph.py`);
2. nodes read from a later stage, and the results, live in panels; all others in scratch slots
   that a tile keeps in the cache;
3. panels and slots are reused as soon as their last reader has run (`memory.py`);
4. memory is therefore known before anything runs (`Plan.panel_count`, `Plan.bytes`);
5. where only the last sessions of the results are asked for, every step runs over the rows that
   they depend on and no more: steps of one stage that need about as many run together.

Running a plan is `evaluate.py`; showing one is `explain.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbench.compute.graph import (
    FIELD_STAGE,
    Graph,
    Read,
    assign_stages,
    rows_needed,
    rows_run,
)
from workbench.compute.memory import Buffers
from workbench.compute.table import ALL_ROWS, STAGE_AXES
from workbench.factor.parameter import Literal
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
    parameters : tuple of int, float or str
        Windows, lags, reals and words.
    out : Operand
        Panel or slot written.
    term : Term
        The node computed.
    """

    operator: str
    operands: tuple[Operand, ...]
    parameters: tuple[Literal, ...]
    out: Operand
    term: Term


@dataclass(frozen=True)
class Stage:
    """Steps that run tile by tile.

    Attributes
    ----------
    axis : {"time", "section", "python"}
        Tiles of assets over all sessions, tiles of sessions over all assets, or operators of the
        user over whole panels.
    steps : tuple of Step
        In order.
    slots : int
        Scratch buffers of a tile.
    rows : int
        How many of the last rows it runs over; `ALL_ROWS` for every one.
    """

    axis: str
    steps: tuple[Step, ...]
    slots: int
    rows: int = ALL_ROWS


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
    heights : tuple of int
        Rows of every panel: fields, carried values and results; `ALL_ROWS` for every session.
    group_heights : tuple of int
        Rows of every group.
    last : int or None
        How many of the last sessions the results hold; all when None.
    lookback : int
        Sessions before t that the value at t needs.
    calls_written : int
        Operator calls in the batch as written, before sharing.
    """

    fields: tuple[str, ...]
    groups: tuple[str, ...]
    outputs: Mapping[str, int]
    stages: tuple[Stage, ...]
    heights: tuple[int, ...]
    group_heights: tuple[int, ...]
    last: int | None
    lookback: int
    calls_written: int

    @property
    def panel_count(self) -> int:
        """Panels in all: fields, carried values and results."""
        return len(self.heights)

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps, in order."""
        return tuple(step for stage in self.stages for step in stage.steps)

    def bytes(self, sessions: int, pitch: int, itemsize: int) -> int:
        """Memory of all panels, in bytes, for panels of `sessions` × `pitch` values."""
        rows = sum(min(height, sessions) for height in self.heights)
        codes = sum(min(height, sessions) for height in self.group_heights)
        return rows * pitch * itemsize + codes * pitch * 4


def make_plan(terms: Mapping[str, Term], last: int | None = None) -> Plan:
    """Plan a batch of named terms.

    Parameters
    ----------
    terms : mapping of str to Term
        What to compute.
    last : int, optional
        Only the last so many sessions of the results are wanted.

    Examples
    --------
    >>> from workbench.factor.text import parse
    >>> plan = make_plan({"a": parse("rank(close)"), "b": parse("ts_mean(rank(close), 5)")})
    >>> [(stage.axis, [step.operator for step in stage.steps]) for stage in plan.stages]
    [('section', ['rank']), ('time', ['ts_mean'])]
    >>> plan.calls_written, len(plan.steps), plan.panel_count
    (3, 2, 2)
    """
    graph = Graph.of(terms)
    layout = _Layout(graph, rows_needed(graph, last), last)
    planned = [layout.stage(key) for key in layout.order]
    outputs = {name: layout.result(read) for name, read in graph.roots.items()}
    copies = [Stage("time", tuple(steps), 0, rows) for rows, steps in layout.copies.items()]
    return Plan(
        fields=graph.fields,
        groups=graph.groups,
        outputs=outputs,
        stages=tuple(stage for stage in (*planned, *copies) if stage.steps),
        heights=tuple(layout.panels.heights),
        group_heights=tuple(layout.field_height(name) for name in graph.groups),
        last=last,
        lookback=max((term.lookback for term in terms.values()), default=0),
        calls_written=_calls_as_text(tuple(terms.values())),
    )


class _Layout:
    """Gives every node its buffer while the stages are written down in order."""

    def __init__(self, graph: Graph, needed: Mapping[Term, int], last: int | None) -> None:
        self.graph = graph
        self.last = ALL_ROWS if last is None else last
        self.needed = needed
        stages = assign_stages(graph)
        # Who reads reads fewer rows: within a stage the steps over many rows come first.
        self.part = {
            call: (stages[call], -_height(rows_run(call, graph, needed))) for call in graph.calls
        }
        self.order = sorted(set(self.part.values()))
        self.members: dict[tuple[int, int], list[Call]] = {key: [] for key in self.order}
        for call in graph.calls:
            self.members[self.part[call]].append(call)
        self.panels = Buffers()
        self.places: dict[Term, Operand] = {
            Field(name): Operand("panel", self.panels.take(self.field_height(name)))
            for name in graph.fields
        }
        self.groups = {name: number for number, name in enumerate(graph.groups)}
        self.kept = {read.term for read in graph.roots.values()}
        self.copies: dict[int, list[Step]] = {}
        self._copied: dict[Read, int] = {}
        self._leaving = self._last_parts()

    def field_height(self, name: str) -> int:
        """Rows of a field that anybody reads."""
        return _height(self.needed[Field(name)])

    def stage(self, key: tuple[int, int]) -> Stage:
        """Write down one stage, or the part of one that runs over the same rows."""
        axis, rows = STAGE_AXES[key[0] % len(STAGE_AXES)], -key[1]
        calls = self.members[key]
        last_reader = {read.term: at for at, call in enumerate(calls) for read in self._reads(call)}
        slots = Buffers()
        steps = []
        for at, call in enumerate(calls):
            operands = tuple(self._operand(read) for read in self._reads(call))
            carried = axis == "python" or call in self.kept or self._carried(call, key)
            number = self.panels.take(rows) if carried else slots.take()
            out = Operand("panel" if carried else "slot", number)
            self.places[call] = out
            steps.append(Step(call.operator, operands, call.parameters, out, call))
            for term in {read.term for read in self._reads(call)}:
                place = self.places.get(term)
                if last_reader[term] == at and place is not None and place.place == "slot":
                    slots.give(place.number)
        for term in self._leaving.get(key, ()):
            self.panels.give(self.places.pop(term).number)
        return Stage(axis, tuple(steps), slots.used, rows)

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
            rows = _height(self.last + read.lag)
            out = Operand("panel", self.panels.take(rows))
            self.copies.setdefault(rows, []).append(Step("copy", (source,), (), out, read.term))
            self._copied[read] = out.number
        return self._copied[read]

    def _reads(self, call: Call) -> tuple[Read, ...]:
        return self.graph.reads[call]

    def _operand(self, read: Read) -> Operand:
        if isinstance(read.term, Constant):
            return Operand("constant", lag=read.lag, value=read.term.value)
        if read.group and isinstance(read.term, Field):
            return Operand("group", self.groups[read.term.name])
        place = self.places[read.term]
        return Operand(place.place, place.number, read.lag)

    def _carried(self, call: Call, key: tuple[int, int]) -> bool:
        """Whether anybody reads the value after its part is done."""
        return any(self.part[reader] > key for reader, _ in self.graph.readers.get(call, ()))

    def _last_parts(self) -> dict[tuple[int, int], list[Term]]:
        """Panels to give back after each part: fields and carried values that no result is."""
        leaving: dict[tuple[int, int], list[Term]] = {}
        for term, readers in self.graph.readers.items():
            if isinstance(term, Constant) or term in self.kept:
                continue
            last = max(self.part[reader] for reader, _ in readers)
            home = self.part.get(term, (FIELD_STAGE, 0))
            if last > home or STAGE_AXES[last[0] % len(STAGE_AXES)] == "python":
                leaving.setdefault(last, []).append(term)
        return leaving


def _height(rows: int) -> int:
    """Rows rounded up to 2, 3, 4, 6, 8, 12 … so that few heights occur."""
    if rows >= ALL_ROWS:
        return ALL_ROWS
    power = 1 << max(rows - 1, 1).bit_length()
    return power * 3 // 4 if rows <= power * 3 // 4 else power


def _calls_as_text(terms: Sequence[Term]) -> int:
    """Operator calls of some terms when every shared part is written out."""
    counts: dict[int, int] = {}  # by identity: equal parts are counted where they stand
    for term in terms:
        stack = [term]
        while stack:
            node = stack[-1]
            waiting = [child for child in node.children if id(child) not in counts]
            if waiting:
                stack.extend(waiting)
                continue
            own = 1 if isinstance(node, Call) else 0
            counts[id(node)] = own + sum(counts[id(child)] for child in node.children)
            stack.pop()
    return sum(counts[id(term)] for term in terms)
