"""Each step of a formula by itself: their function of our operands against our result.

A rank turns a difference in the sixteenth digit into a whole place, so two correct programs can
differ in the end. Here every operation of the published text is applied to *our* values of its
operands by the plain function, and compared with our value of the operation. Where every step
agrees, the difference in the end is rounding that a later step has magnified, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from agreement_data import Likeness, Sample, compared
from agreement_text import House, Node, read

from workbench.compute import compute
from workbench.factor import factor
from workbench.factor.profile import Profile

__all__ = ["Step", "first_that_differs", "said"]

# Qlib's engine makes these words of the signs.
CALLS = {">": "Gt", "<": "Lt", ">=": "Ge", "<=": "Le", "==": "Eq", "!=": "Ne"}


class Step(NamedTuple):
    """One operation, and how far its result agrees given the same operands."""

    text: str
    likeness: Likeness


def said(node: Node, calls: bool) -> str:
    """Write a node as text again, every operation in parentheses."""
    kind, *parts = node
    if kind == "number":
        return f"{parts[0]:g}" if float(parts[0]).is_integer() else repr(parts[0])
    if kind == "field":
        return str(parts[0])
    if kind == "call":
        return f"{parts[0]}({', '.join(said(one, calls) for one in parts[1:])})"
    inner = [said(one, calls) for one in parts]
    if kind == "?":
        return f"({inner[0]} ? {inner[1]} : {inner[2]})"
    if kind in ("minus", "!"):
        return f"({'-' if kind == 'minus' else '!'}{inner[0]})"
    if calls and kind in CALLS:
        return f"{CALLS[kind]}({inner[0]}, {inner[1]})"
    return f"({inner[0]} {kind} {inner[1]})"


def _nodes(node: Node) -> Iterator[Node]:
    for part in node[1:]:
        if isinstance(part, tuple):
            yield from _nodes(part)
    yield node


def _constant(node: Node) -> bool:
    return all(one[0] not in ("field", "call") for one in _nodes(node))


def first_that_differs(
    text: str, house: House, sample: Sample, profile: str | Profile, calls: bool = False
) -> Step | None:
    """Return the first step of `text` that does not agree given our operands, if any."""
    nodes = list(dict.fromkeys(_nodes(read(text))))
    computed = [node for node in nodes if node[0] != "field" and not _constant(node)]
    factors = {said(node, calls): factor(said(node, calls), profile=profile) for node in computed}
    panels = compute(factors, sample.market, dtype="float64")
    ours: dict[Node, Any] = {}
    quoted = np.isfinite(sample.fields["close"])
    for node in nodes:
        if node[0] == "number":
            ours[node] = node[1]
        elif node[0] == "field":
            ours[node] = sample.fields.get(house.field(node[1]), node[1])
        elif _constant(node):
            ours[node] = house.apply(node, [ours[one] for one in node[1:]], quoted)
        else:
            ours[node] = panels[said(node, calls)].to_numpy().astype(np.float64)
    for node in computed:
        operands = [ours[one] for one in node[1:] if isinstance(one, tuple)]
        theirs = np.broadcast_to(house.apply(node, operands, quoted), quoted.shape)
        likeness = compared(ours[node], theirs.astype(np.float64))
        if likeness.holes < 1 or (likeness.cells and likeness.equal < 1):
            return Step(said(node, calls), likeness)
    return None
