"""Numbers in a text: a literal may be written as arithmetic on numbers, such as ``2 * 20``."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType

from workbench.factor.term import Call, Constant, Term

__all__ = ["written_number"]

_ARITHMETIC: Mapping[str, Callable[[float, float], float]] = MappingProxyType(
    {
        "add": operator.add,
        "subtract": operator.sub,
        "multiply": operator.mul,
        "divide": operator.truediv,
    }
)


def written_number(term: Term) -> float | None:
    """Return the value of a number or of arithmetic on numbers; None for anything else.

    Examples
    --------
    >>> written_number(Call("multiply", (Constant(2), Constant(20))))
    40.0
    """
    if isinstance(term, Constant):
        return term.value
    if not isinstance(term, Call) or term.operator not in (*_ARITHMETIC, "negate"):
        return None
    parts = [part for part in map(written_number, term.operands) if part is not None]
    if len(parts) != len(term.operands):
        return None
    if term.operator == "negate":
        return -parts[0]
    if term.operator == "divide" and parts[1] == 0:
        return None
    return float(_ARITHMETIC[term.operator](*parts))
