"""The graph of a batch: every distinct node once, who reads it, and in which stage it runs.

Steps:

1. `Graph.of` makes the terms canonical and lists their distinct nodes, children first; a delay
   is no node but an offset (`lag`) at whoever reads through it;
2. `assign_stages` gives each node the earliest stage it may run in: even stages walk along time
   (tiles of assets), odd ones along the cross-section (tiles of sessions), elementwise nodes run
   in either;
3. an elementwise node moves down to its readers' stage where that carries fewer panels across
   the border between stages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from workbench.compute.rewrite import canonical
from workbench.compute.table import axis_of
from workbench.factor.operator import OPERATORS, Axis
from workbench.factor.term import Call, Constant, Field, Term, walk

__all__ = ["Graph", "Read", "assign_stages", "resolved"]

FIELD_STAGE = -1


@dataclass(frozen=True)
class Read:
    """One operand: the term it reads, and how many sessions back.

    Attributes
    ----------
    term : Term
        A field, a constant or a call that is not a delay.
    lag : int
        Sessions back, 0 for the same session.
    """

    term: Term
    lag: int = 0


def resolved(term: Term) -> Read:
    """See through a delay: its operand, read some sessions back."""
    if isinstance(term, Call) and term.operator == "delay":
        return Read(term.operands[0], int(term.parameters[0]))
    return Read(term)


@dataclass(frozen=True)
class Graph:
    """Distinct nodes of a batch of terms.

    Attributes
    ----------
    roots : mapping of str to Read
        What each name asks for.
    calls : tuple of Call
        Distinct computed nodes, children before parents, delays left out.
    fields : tuple of str
        Number and truth fields read.
    groups : tuple of str
        Group fields read.
    """

    roots: Mapping[str, Read]
    calls: tuple[Call, ...]
    fields: tuple[str, ...]
    groups: tuple[str, ...]

    @classmethod
    def of(cls, terms: Mapping[str, Term]) -> Graph:
        """Make the graph of named terms."""
        roots = {name: canonical(term) for name, term in terms.items()}
        calls: dict[Call, None] = {}
        fields: dict[str, None] = {}
        groups: dict[str, None] = {}
        for root in roots.values():
            if isinstance(root, Field):
                fields[root.name] = None
            for node in walk(root):
                if not isinstance(node, Call):
                    continue
                for role, name in _fields_read(node):
                    (groups if role == "group" else fields)[name] = None
                if node.operator != "delay":
                    calls[node] = None
        reads = {name: resolved(root) for name, root in roots.items()}
        return cls(reads, tuple(calls), tuple(fields), tuple(groups))

    def readers(self) -> dict[Term, list[tuple[Call, int]]]:
        """Who reads each term, and how far back."""
        found: dict[Term, list[tuple[Call, int]]] = {}
        for call in self.calls:
            for read in map(resolved, call.operands):
                found.setdefault(read.term, []).append((call, read.lag))
        return found


def _fields_read(call: Call) -> Iterable[tuple[str, str]]:
    """Role and name of every field that `call` reads directly."""
    parameters = OPERATORS[call.operator].parameters
    roles = [parameter.role for parameter in parameters if parameter.is_operand]
    for role, operand in zip(roles, call.operands, strict=True):
        if isinstance(operand, Field):
            yield role, operand.name


def assign_stages(graph: Graph) -> dict[Term, int]:
    """Stage of every computed node; fields are there before the first stage."""
    stages: dict[Term, int] = {}
    for call in graph.calls:
        stages[call] = _earliest(call, stages)
    readers = graph.readers()
    kept = {read.term for read in graph.roots.values()}
    for call in reversed(graph.calls):
        if axis_of(call) is not Axis.ELEMENT or call in kept or call not in readers:
            continue
        later = min(_reachable(stages[reader], lag) for reader, lag in readers[call])
        if later > stages[call] and _crossing(call, stages, readers, later) <= 1:
            stages[call] = later
    return stages


def _reachable(stage: int, lag: int) -> int:
    """Latest stage a node may run in to be read from `stage`, `lag` sessions back."""
    # A tile of sessions holds no earlier session: what is read back must be complete before.
    return stage - 1 if lag and stage % 2 else stage


def _earliest(call: Call, stages: Mapping[Term, int]) -> int:
    """First stage in which everything `call` reads is there."""
    reads = [read for read in map(resolved, call.operands) if not isinstance(read.term, Constant)]
    stage = max([0, *(stages.get(read.term, FIELD_STAGE) for read in reads)])
    axis = axis_of(call)
    while not (_fits(axis, stage) and all(_ready(read, stage, stages) for read in reads)):
        stage += 1
    return stage


def _fits(axis: Axis, stage: int) -> bool:
    """Even stages walk along time, odd ones along the cross-section."""
    return axis is Axis.ELEMENT or (axis is Axis.SECTION) == bool(stage % 2)


def _ready(read: Read, stage: int, stages: Mapping[Term, int]) -> bool:
    return stages.get(read.term, FIELD_STAGE) <= _reachable(stage, read.lag)


def _crossing(
    call: Call,
    stages: Mapping[Term, int],
    readers: Mapping[Term, list[tuple[Call, int]]],
    later: int,
) -> int:
    """Panels that would cross a border only because `call` moved to `later`."""
    new = 0
    for read in {resolved(operand) for operand in call.operands}:
        if not isinstance(read.term, Call) or read.term not in stages:
            continue
        others = [stages[reader] for reader, _ in readers[read.term] if reader is not call]
        crosses_anyway = any(stage > stages[read.term] for stage in others)
        new += stages[read.term] < later and not crosses_anyway
    return new
