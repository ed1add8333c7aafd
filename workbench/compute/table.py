"""What the planner knows of an operator: how its kernel walks over a panel.

The declaration (`workbench.factor.operator`) says along which axis an operator works; this
table adds the order of growth of its kernel, for cost estimates in `explain`.
"""

from __future__ import annotations

from workbench.factor.operator import OPERATORS, Axis
from workbench.factor.term import Call

__all__ = ["axis_of", "cell_cost"]

# Visits of a cell, relative to one elementwise pass; windows add one per session of the window.
_EXTRA_PASSES = {"correlation": 4.0, "covariance": 3.0, "stddev": 2.0, "rank": 12.0, "zscore": 3.0}


def axis_of(call: Call) -> Axis:
    """Along which axis the operator of `call` works.

    Examples
    --------
    >>> from workbench.factor.text import parse
    >>> axis_of(parse("rank(close)"))
    <Axis.SECTION: 'section'>
    """
    return OPERATORS[call.operator].axis


def cell_cost(call: Call) -> float:
    """Rough visits per cell, for comparing nodes of one plan with each other.

    Examples
    --------
    >>> from workbench.factor.text import parse
    >>> cell_cost(parse("ts_mean(close, 20)"))
    20.0
    """
    passes = _EXTRA_PASSES.get(call.operator, 1.0)
    if axis_of(call) is Axis.TIME and call.operator != "delay" and call.parameters:
        windows = 2 if call.operator == "delta" else int(call.parameters[0])
        return passes * windows
    return passes
