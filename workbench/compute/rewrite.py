"""Canonical terms: equal meaning, equal tree, so that a batch of factors shares more work.

Every rule keeps each value bit for bit; nothing is reassociated. Rules, children first:

- arithmetic on constants is folded, in double (only where the result is finite); a float32 plan
  then reads the rounded result instead of rounding each part;
- ``delay(delay(x, a), b)`` is ``delay(x, a + b)`` and ``delay(x, 0)`` is ``x``;
- ``-1 * x`` is ``-x``, and ``-(-x)`` is ``x``;
- operands of commutative operators stand in one order (IEEE addition and multiplication commute).
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType

from workbench.factor.term import Call, Constant, Field, Term, walk

__all__ = ["canonical"]

_FOLD: Mapping[str, Callable[[float, float], float]] = MappingProxyType(
    {"add": operator.add, "subtract": operator.sub, "multiply": operator.mul}
)
_COMMUTATIVE = frozenset({"add", "multiply", "equal", "and", "or"})


def canonical(term: Term) -> Term:
    """Return the canonical tree of `term`, which has the same value in every bit.

    Examples
    --------
    >>> from workbench.factor.text import parse, to_text
    >>> to_text(canonical(parse("-1 * delay(delay(close, 2), 3)")))
    '-delay(close, 5)'
    >>> canonical(parse("close + open")) == canonical(parse("open + close"))
    True
    """
    done: dict[Term, Term] = {}
    for node in walk(term):
        if not isinstance(node, Call):
            done[node] = node
            continue
        operands = tuple(done[operand] for operand in node.operands)
        done[node] = _rewritten(node.operator, operands, node.parameters)
    return done[term]


def _rewritten(name: str, operands: tuple[Term, ...], parameters: tuple[float, ...]) -> Term:
    """One call over canonical operands."""
    if name == "delay":
        return _delayed(operands[0], int(parameters[0]))
    folded = _folded(name, operands)
    if folded is not None:
        return folded
    if name == "multiply" and Constant(-1.0) in operands:
        other = operands[1] if operands[0] == Constant(-1.0) else operands[0]
        return _rewritten("negate", (other,), ())
    if name == "negate":
        inner = operands[0]
        if isinstance(inner, Call) and inner.operator == "negate":
            return inner.operands[0]
    if name in _COMMUTATIVE:
        operands = tuple(sorted(operands, key=_order))
    return Call(name, operands, parameters)


def _delayed(inner: Term, lag: int) -> Term:
    """A delay of a delay is one delay; no delay is the term itself."""
    if isinstance(inner, Call) and inner.operator == "delay":
        lag, inner = lag + int(inner.parameters[0]), inner.operands[0]
    return Call("delay", (inner,), (lag,)) if lag else inner


def _folded(name: str, operands: tuple[Term, ...]) -> Constant | None:
    """The constant an arithmetic call over constants amounts to, if it is finite."""
    if not all(isinstance(operand, Constant) for operand in operands):
        return None
    numbers = [operand.value for operand in operands]  # type: ignore[union-attr]
    if name == "negate":
        return Constant(-numbers[0])
    if name not in _FOLD:
        return None
    value = _FOLD[name](*numbers)
    return Constant(value) if math.isfinite(value) else None


def _order(term: Term) -> tuple[int, int, str, str]:
    """A total order that puts constants first and does not depend on the run."""
    if isinstance(term, Constant):
        return (0, 0, repr(term.value), "")
    if isinstance(term, Field):
        return (1, 0, term.name, "")
    return (2, term.size, *_spelled(term))


def _spelled(term: Term) -> tuple[str, str]:
    """Operator and full text of a call."""
    from workbench.factor.text import to_text

    return (term.operator if isinstance(term, Call) else "", to_text(term))
