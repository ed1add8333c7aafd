"""Anchors: dates in a formula become rows of the market at hand.

``ts_cumsum(x, 20150105)`` counts from a day. The engines know rows only, so before planning each
date is replaced by the row of the first session on or after it. A market that begins later cannot
say what was summed before, and refuses.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from workbench.errors import InsufficientHistoryError, PlanError
from workbench.factor.operator import Operator, find_operator
from workbench.factor.term import Call, Term, walk
from workbench.market import Sessions

__all__ = ["FIRST_DATE", "date_places", "with_rows"]

FIRST_DATE = 10_000
"""Smaller numbers are rows already, for plain arrays."""


@cache
def date_places(row: Operator) -> tuple[int, ...]:
    """Which literals of an operator are dates.

    Examples
    --------
    >>> date_places(find_operator("rank"))
    ()
    """
    return tuple(at for at, literal in enumerate(row.literals) if literal.role == "date")


def with_rows(term: Term, sessions: Sessions | None) -> Term:
    """Replace every date of `term` by a row number.

    Raises
    ------
    InsufficientHistoryError
        The sessions begin after an anchor.
    PlanError
        There are no sessions to find a date in.
    """
    made: dict[Term, Term] = {}
    for node in walk(term):
        made[node] = node
        if not isinstance(node, Call):
            continue
        places = date_places(find_operator(node.operator))
        operands = tuple(made[operand] for operand in node.operands)
        literals = tuple(
            _row(int(value), sessions, node) if at in places else value
            for at, value in enumerate(node.parameters)
        )
        if literals != node.parameters or any(
            new is not old for new, old in zip(operands, node.operands, strict=True)
        ):
            made[node] = Call(node.operator, operands, literals)
    return made[term]


def _row(date: int, sessions: Sessions | None, call: Call) -> int:
    if date < FIRST_DATE:
        return date
    if sessions is None:
        raise PlanError(
            f"{call.operator}: plain arrays have no dates; give a row number instead of {date}."
        )
    day = np.datetime64(f"{date // 10_000:04d}-{date // 100 % 100:02d}-{date % 100:02d}")
    if day < sessions.first:
        raise InsufficientHistoryError(
            f"{call.operator} counts from {day}, and this market begins on {sessions.first}: what "
            "came before is unknown. Load the market from the anchor on, or move the anchor."
        )
    return int(np.searchsorted(sessions.values, day))
