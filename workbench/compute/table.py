"""What the planner knows of an operator: how its kernel walks over a panel.

The declaration (`workbench.factor.operator`) says along which axis an operator works; this
table adds in which stages it may run and how far back one step reads. What a step costs is said in
`cost.py`.
"""

from __future__ import annotations

from workbench.compute.anchors import date_places
from workbench.compute.user_operators import is_user_operator
from workbench.factor.operator import Axis, find_operator
from workbench.factor.term import Call

__all__ = ["ALL_ROWS", "STAGE_AXES", "axis_of", "reach_of", "stage_axes"]

STAGE_AXES = ("time", "section", "python")
"""Stages follow each other in this order, again and again."""

ALL_ROWS = 1 << 40
"""Rows back to the first session, wherever that is."""


def axis_of(call: Call) -> Axis:
    """Along which axis the operator of `call` works.

    Examples
    --------
    >>> from workbench.factor.text import parse
    >>> axis_of(parse("rank(close)"))
    <Axis.SECTION: 'section'>
    """
    return find_operator(call.operator).axis


def stage_axes(call: Call) -> tuple[str, ...]:
    """Kinds of stage in which `call` may run: elementwise work goes with either axis.

    Examples
    --------
    >>> from workbench.factor.text import parse
    >>> stage_axes(parse("close - open"))
    ('time', 'section')
    """
    axis = axis_of(call)
    if is_user_operator(call.operator):
        return ("python",)
    return ("time", "section") if axis is Axis.ELEMENT else (str(axis.value),)


def reach_of(call: Call) -> int:
    """Rows before t of its operands that one step reads for t; `ALL_ROWS` from an anchor on.

    Examples
    --------
    >>> from workbench.factor.text import parse
    >>> reach_of(parse("ts_mean(close, 20)"))
    19
    """
    row = find_operator(call.operator)
    return ALL_ROWS if date_places(row) else row.lookback(call.parameters)
