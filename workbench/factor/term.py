"""Terms: the frozen tree behind a factor.

A term is a :class:`Field`, a :class:`Constant` or a :class:`Call` of an operator. Terms are equal
by structure, hash once, and know when they are made: the kinds they may be, how much history they
need (`lookback`), which fields they read, how deep and how large they are. Nothing here recurses,
so a tree of any depth is safe to build, compare and walk.
"""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, final

from workbench.errors import OperatorArgumentError
from workbench.factor.fields import field_info
from workbench.factor.operator import find_operator, is_spelling
from workbench.factor.parameter import Kind, Literal

__all__ = ["Call", "Constant", "Field", "Term", "walk"]

RESERVED_WORDS = frozenset({"and", "or", "not"})
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}", re.ASCII)
_ANY_KIND = frozenset(Kind)


class Term(ABC):
    """A node of an expression; see :class:`Field`, :class:`Constant`, :class:`Call`.

    Attributes
    ----------
    kind : Kind
        What the values are; for a field in no table, number.
    kinds : frozenset of Kind
        What the values may be; more than one only for a field in no table.
    lookback : int
        Sessions before t that the value at t needs, all levels together, the history of derived
        fields (returns, adv20) included.
    fields : frozenset of str
    depth : int
        Calls on the longest path; 0 for a field or constant.
    size : int
        Nodes when written out as text (shared parts count each time).
    """

    children: tuple[Term, ...] = ()
    kind: Kind
    kinds: frozenset[Kind]
    lookback: int
    fields: frozenset[str]
    depth: int
    size: int
    _hash: int
    _derived: ClassVar[tuple[str, ...]] = ("kind", "kinds", "lookback", "fields", "depth", "size")

    def _know(self, key: object, **derived: object) -> None:
        for name in self._derived:
            object.__setattr__(self, name, derived[name])
        object.__setattr__(self, "_hash", hash(key))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return equal(self, other) if isinstance(other, Term) else NotImplemented

    @abstractmethod
    def brief(self) -> str:
        """Name the term in a few words, for messages."""


@final
@dataclass(frozen=True, eq=False)
class Field(Term):
    """A field of the market, named.

    Examples
    --------
    >>> Field("close").kind
    <Kind.NUMBER: 'number'>
    >>> Field("returns").lookback
    1
    """

    name: str

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not _NAME.fullmatch(self.name):
            raise OperatorArgumentError(
                f"A field name is a letter followed by at most 63 letters, digits or underscores, "
                f"got {self.name!r:.80}."
            )
        if self.name.lower() in RESERVED_WORDS or is_spelling(self.name):
            raise OperatorArgumentError(f"{self.name!r} is a word of the language, not a field.")
        info = field_info(self.name)
        self._know(
            ("field", self.name),
            kind=Kind.NUMBER if info is None else info.kind,
            kinds=_ANY_KIND if info is None else frozenset({info.kind}),
            lookback=0 if info is None else info.lookback,
            fields=frozenset({self.name}),
            depth=0,
            size=1,
        )

    def __reduce__(self) -> tuple[object, ...]:
        return Field, (self.name,)

    def brief(self) -> str:
        """Name the field."""
        return f"field `{self.name}`"


@final
@dataclass(frozen=True, eq=False)
class Constant(Term):
    """A finite number; −0 is kept as 0.

    Examples
    --------
    >>> Constant(2)
    Constant(value=2.0)
    """

    value: float

    def __post_init__(self) -> None:
        if isinstance(self.value, (bool, str)) or not math.isfinite(self.value):
            raise OperatorArgumentError(f"A constant is a finite number, got {self.value!r:.80}.")
        object.__setattr__(self, "value", float(self.value) + 0.0)
        self._know(
            ("constant", self.value),
            kind=Kind.NUMBER,
            kinds=frozenset({Kind.NUMBER}),
            lookback=0,
            fields=frozenset(),
            depth=0,
            size=1,
        )

    def __reduce__(self) -> tuple[object, ...]:
        return Constant, (self.value,)

    def brief(self) -> str:
        """Write the constant."""
        return f"constant {self.value:g}"


@final
@dataclass(frozen=True, eq=False)
class Call(Term):
    """An operator applied to terms, with its literal parameters.

    Parameters
    ----------
    operator : str
        Canonical name.
    operands : tuple of Term
    parameters : tuple of int, float or str
        Windows, lags, counts and dates as int, real parameters as float, words as str.

    Raises
    ------
    UnknownOperatorError, OperatorArgumentError, LookAheadError
        See `Operator.check`.

    Examples
    --------
    >>> call = Call("ts_mean", (Field("returns"),), (5,))
    >>> call.lookback
    5
    """

    operator: str
    operands: tuple[Term, ...]
    parameters: tuple[Literal, ...] = ()

    def __post_init__(self) -> None:
        row = find_operator(self.operator)
        parameters = row.check(self.operands, self.parameters)
        object.__setattr__(self, "operator", row.name)
        object.__setattr__(self, "operands", tuple(self.operands))
        object.__setattr__(self, "parameters", parameters)
        object.__setattr__(self, "children", self.operands)
        self._know(
            (row.name, parameters, tuple(hash(operand) for operand in self.operands)),
            kind=row.result,
            kinds=row.kinds,
            lookback=row.lookback(parameters) + max(term.lookback for term in self.operands),
            fields=frozenset().union(*(term.fields for term in self.operands)),
            depth=1 + max(term.depth for term in self.operands),
            size=1 + sum(term.size for term in self.operands),
        )

    def __repr__(self) -> str:
        return f"Call({self.operator}, {self.size} nodes, lookback {self.lookback})"

    def __reduce__(self) -> tuple[object, ...]:
        return Call, (self.operator, self.operands, self.parameters)

    def brief(self) -> str:
        """Name the operator called."""
        return f"result of `{self.operator}`"


def walk(term: Term) -> Iterator[Term]:
    """Yield every distinct term below and including `term`, operands before their caller.

    Examples
    --------
    >>> [node.brief() for node in walk(Call("add", (Field("open"), Field("open"))))]
    ['field `open`', 'result of `add`']
    """
    seen: set[Term] = set()
    stack: list[tuple[Term, bool]] = [(term, False)]
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


def equal(left: Term, right: Term) -> bool:
    """Whether two terms have the same structure, without recursion."""
    compared: set[tuple[int, int]] = set()
    stack = [(left, right)]
    while stack:
        a, b = stack.pop()
        if a is b or (id(a), id(b)) in compared:
            continue
        compared.add((id(a), id(b)))
        if hash(a) != hash(b) or _own(a) != _own(b) or len(a.children) != len(b.children):
            return False
        stack.extend(zip(a.children, b.children, strict=True))
    return True


def _own(term: Term) -> tuple[object, ...]:
    if isinstance(term, Call):
        return Call, term.operator, term.parameters
    return type(term), term.name if isinstance(term, Field) else term.value
