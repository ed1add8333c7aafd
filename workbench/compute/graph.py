"""The graph of a batch: every distinct node once, who reads it, and in which stage it runs.

Steps:

1. `Graph.of` makes the terms canonical and lists their distinct nodes, children first; a delay
   is no node but an offset (`lag`) at whoever reads through it;
2. `assign_stages` gives each node the earliest stage it may run in. Stages walk along time (tiles
   of assets), along the cross-section (tiles of sessions) and through Python (operators of the
   user, over whole panels), in turn and again; elementwise nodes run in either of the first two;
3. an elementwise node moves down to its readers' stage where that carries fewer panels across
   the border between stages;
4. `rows_needed` says how many of the last rows each node must have when only the last sessions
   of the results are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from workbench.compute.rewrite import canonical_batch
from workbench.compute.table import ALL_ROWS, STAGE_AXES, reach_of, stage_axes
from workbench.factor.operator import find_operator
from workbench.factor.term import Call, Constant, Field, Term

__all__ = ["Graph", "Read", "assign_stages", "reads_of", "resolved", "rows_needed", "rows_run"]

FIELD_STAGE = -1
_KINDS = len(STAGE_AXES)
_SECTION = STAGE_AXES.index("section")


@dataclass(frozen=True)
class Read:
    """One operand: the term it reads, and how many sessions back.

    Attributes
    ----------
    term : Term
        A field, a constant or a call that is not a delay.
    lag : int
        Sessions back, 0 for the same session.
    group : bool
        Whether a field is read as the codes of a classification.
    """

    term: Term
    lag: int = 0
    group: bool = False


def resolved(term: Term) -> Read:
    """See through a delay: its operand, read some sessions back."""
    if isinstance(term, Call) and term.operator == "delay":
        return Read(term.operands[0], int(term.parameters[0]))
    return Read(term)


def reads_of(call: Call) -> tuple[Read, ...]:
    """What a call reads, operand by operand."""
    roles = find_operator(call.operator).operand_roles(len(call.operands))
    return tuple(
        Read(operand, group=True)
        if isinstance(operand, Field) and role.reads_group(operand)
        else resolved(operand)
        for role, operand in zip(roles, call.operands, strict=True)
    )


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
        roots = canonical_batch(terms)
        seen: set[Term] = set()
        calls: list[Call] = []
        fields: dict[str, None] = {}
        groups: dict[str, None] = {}
        for root in roots.values():
            if isinstance(root, Field):
                fields[root.name] = None
            for node in _unseen(root, seen):
                if not isinstance(node, Call):
                    continue
                for read in reads_of(node):
                    if isinstance(read.term, Field):
                        (groups if read.group else fields)[read.term.name] = None
                if node.operator != "delay":
                    calls.append(node)
        reads = {name: resolved(root) for name, root in roots.items()}
        return cls(reads, tuple(calls), tuple(fields), tuple(groups))

    @cached_property
    def reads(self) -> dict[Call, tuple[Read, ...]]:
        """What each call reads."""
        return {call: reads_of(call) for call in self.calls}

    @cached_property
    def readers(self) -> dict[Term, list[tuple[Call, int]]]:
        """Who reads each term, and how far back; codes of groups are read by their own door."""
        found: dict[Term, list[tuple[Call, int]]] = {}
        for call in self.calls:
            for read in self.reads[call]:
                if not read.group:
                    found.setdefault(read.term, []).append((call, read.lag))
        return found


def _unseen(root: Term, seen: set[Term]) -> Iterator[Term]:
    """Nodes of `root` that no earlier root had, children first."""
    stack: list[tuple[Term, bool]] = [(root, False)]
    while stack:
        node, children_done = stack.pop()
        if node in seen:
            continue
        if children_done or not node.children:
            seen.add(node)
            yield node
        else:
            stack.append((node, True))
            stack.extend((child, False) for child in reversed(node.children))


def assign_stages(graph: Graph) -> dict[Term, int]:
    """Stage of every computed node; fields are there before the first stage."""
    stages: dict[Term, int] = {}
    for call in graph.calls:
        stages[call] = _earliest(call, graph, stages)
    kept = {read.term for read in graph.roots.values()}
    for call in reversed(graph.calls):
        axes = stage_axes(call)
        if len(axes) == 1 or call in kept or call not in graph.readers:
            continue
        later = min(
            _reachable(stages[reader], lag + reach_of(reader))
            for reader, lag in graph.readers[call]
        )
        while STAGE_AXES[later % _KINDS] not in axes:
            later -= 1
        if later > stages[call] and _crossing(call, graph, stages, later) <= 1:
            stages[call] = later
    return stages


def _reachable(stage: int, back: int) -> int:
    """Latest stage a node may run in to be read from `stage`, `back` sessions back."""
    # A tile of sessions holds no earlier session: what is read back must be complete before.
    return stage - 1 if back and stage % _KINDS == _SECTION else stage


def _earliest(call: Call, graph: Graph, stages: Mapping[Term, int]) -> int:
    """First stage in which everything `call` reads is there."""
    reads = [read for read in graph.reads[call] if not isinstance(read.term, Constant)]
    stage = max([0, *(stages.get(read.term, FIELD_STAGE) for read in reads)])
    axes, reach = stage_axes(call), reach_of(call)
    while STAGE_AXES[stage % _KINDS] not in axes or not all(
        stages.get(read.term, FIELD_STAGE) <= _reachable(stage, read.lag + reach) for read in reads
    ):
        stage += 1
    return stage


def _crossing(call: Call, graph: Graph, stages: Mapping[Term, int], later: int) -> int:
    """Panels that would cross a border only because `call` moved to `later`."""
    new = 0
    for read in set(graph.reads[call]):
        if not isinstance(read.term, Call) or read.term not in stages:
            continue
        others = [stages[reader] for reader, _ in graph.readers[read.term] if reader is not call]
        crosses_anyway = any(stage > stages[read.term] for stage in others)
        new += stages[read.term] < later and not crosses_anyway
    return new


def rows_needed(graph: Graph, last: int | None) -> dict[Term, int]:
    """How many of the last rows of each node the last `last` rows of the results depend on.

    Returns
    -------
    dict of Term to int
        Fields and calls; `ALL_ROWS` and more means all there are.
    """
    if last is None:
        nodes = (*graph.calls, *map(Field, (*graph.fields, *graph.groups)))
        return dict.fromkeys(nodes, ALL_ROWS)
    needed: dict[Term, int] = {}
    for read in graph.roots.values():
        needed[read.term] = max(needed.get(read.term, 0), last + read.lag)
    for call in reversed(graph.calls):
        rows = rows_run(call, graph, needed)
        for read in graph.reads[call]:
            needed[read.term] = max(needed.get(read.term, 0), rows)
    return needed


def rows_run(call: Call, graph: Graph, needed: Mapping[Term, int]) -> int:
    """Rows over which a step must run: those needed, and those it reads before them.

    All operands of a step are seen through one window of rows, so each must have that many.
    """
    return needed[call] + reach_of(call) + max(read.lag for read in graph.reads[call])
