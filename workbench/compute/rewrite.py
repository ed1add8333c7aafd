"""Canonical terms: equal meaning, equal tree, so that a batch of factors shares more work.

Every rule keeps each value bit for bit; nothing is reassociated. Rules, children first:

- arithmetic on constants is folded, in double (only where the result is finite); a float32 plan
  then reads the rounded result instead of rounding each part;
- ``delay(delay(x, a), b)`` is ``delay(x, a + b)`` and ``delay(x, 0)`` is ``x``;
- ``-1 * x`` is ``-x``, and ``-(-x)`` is ``x``;
- operands of commutative operators stand in one order (IEEE addition and multiplication commute);
- operators that others define are written out (`definitions.py`).
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from hashlib import sha256
from types import MappingProxyType

from workbench.compute.definitions import defined
from workbench.factor.parameter import Literal
from workbench.factor.term import Call, Constant, Field, Term, walk

__all__ = ["canonical", "canonical_batch"]

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
    return canonical_batch({"": term})[""]


def canonical_batch(terms: Mapping[str, Term]) -> dict[str, Term]:
    """Canonical trees of several terms; equal parts become one and the same object.

    Examples
    --------
    >>> from workbench.factor.text import parse
    >>> batch = canonical_batch({"a": parse("close + open"), "b": parse("open + close")})
    >>> batch["a"] is batch["b"]
    True
    """
    rewriting = _Rewriting()
    return {name: rewriting.settled(term) for name, term in terms.items()}


class _Rewriting:
    """Rewrites the terms of one batch; what was settled once stays settled.

    Settled terms are told apart by identity: a call is looked up by its operator, literals and the
    identities of its operands, so that large equal trees are never compared node by node.
    """

    def __init__(self) -> None:
        self._done: dict[int, Term] = {}  # id of a term as written → its settled form
        self._seen: list[Term] = []  # keeps those ids from being given to other terms
        self._written: dict[tuple[object, ...], Term] = {}
        self._settled: dict[tuple[object, ...], Term] = {}
        self._spelled: dict[Term, str] = {}

    def settled(self, term: Term) -> Term:
        """The canonical tree of one term."""
        done = self._done
        stack: list[tuple[Term, bool]] = [(term, False)]
        while stack:
            node, children_done = stack.pop()
            if id(node) in done:
                continue
            if not children_done and node.children:
                stack.append((node, True))
                stack.extend((child, False) for child in reversed(node.children))
                continue
            self._seen.append(node)
            done[id(node)] = self._settle(node)
        return done[id(term)]

    def _settle(self, node: Term) -> Term:
        """The settled form of a term whose operands are settled."""
        operands = tuple(self._done[id(child)] for child in node.children)
        key = _key(node, operands)
        if key not in self._written:
            made = node
            if isinstance(node, Call):
                meaning = defined(node.operator, operands, node.parameters)
                if meaning is None:
                    made = self._rewritten(node.operator, operands, node.parameters)
                else:
                    made = self.settled(meaning)
            one = self._settled.setdefault(_key(made, made.children), made)
            self._written[key] = one
            if id(one) not in self._done:
                self._seen.append(one)
                self._done[id(one)] = one
        return self._written[key]

    def _rewritten(
        self, name: str, operands: tuple[Term, ...], parameters: tuple[Literal, ...]
    ) -> Term:
        """One call over canonical operands."""
        if name == "delay":
            return _delayed(operands[0], int(parameters[0]))
        folded = _folded(name, operands)
        if folded is not None:
            return folded
        if name == "multiply" and Constant(-1.0) in operands:
            other = operands[1] if operands[0] == Constant(-1.0) else operands[0]
            return self._rewritten("negate", (other,), ())
        if name == "negate":
            inner = operands[0]
            if isinstance(inner, Call) and inner.operator == "negate":
                return inner.operands[0]
        if name in _COMMUTATIVE:
            operands = tuple(sorted(operands, key=self._order))
        return Call(name, operands, parameters)

    def _order(self, term: Term) -> tuple[int, int, str, str]:
        """A total order that puts constants first and does not depend on the run."""
        if isinstance(term, Constant):
            return (0, 0, repr(term.value), "")
        if isinstance(term, Field):
            return (1, 0, term.name, "")
        return (2, term.size, term.operator, self._spelling(term))

    def _spelling(self, term: Term) -> str:
        """A digest of the whole tree, the same in every run."""
        known = self._spelled
        for node in () if term in known else walk(term):
            if node in known:
                continue
            below = [known[child] for child in node.children]
            if isinstance(node, Call):
                own = f"{node.operator} {node.parameters!r}"
            else:
                own = node.name if isinstance(node, Field) else repr(node.value)
            known[node] = sha256(" ".join((own, *below)).encode()).hexdigest()
        return known[term]


def _key(term: Term, operands: tuple[Term, ...]) -> tuple[object, ...]:
    """What tells a term over settled operands from every other."""
    if isinstance(term, Call):
        return (term.operator, term.parameters, *map(id, operands))
    return (type(term), term.name if isinstance(term, Field) else term.value)


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
