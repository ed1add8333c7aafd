"""The operator table: what every word of the factor language means, declared once.

1. A declaration is a Python function whose body is a docstring; its annotations name the role of
   every parameter. The declarations live in `workbench.factor.operators`.
2. The decorator :func:`operator` turns the declaration into an :class:`Operator`, a row of
   :data:`OPERATORS`.
3. An operator checks what it is given (:meth:`Operator.check`); a call makes an expression and
   lives in `workbench.factor.build`.
4. What an operator computes is not said here: `workbench.compute` has one oracle and one kernel
   for every row.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, get_type_hints

from workbench.errors import OperatorArgumentError, UnknownOperatorError, near_names
from workbench.factor.parameter import (
    Count,
    Date,
    Group,
    Kind,
    Lag,
    Literal,
    Number,
    Parameter,
    Real,
    Regressor,
    Role,
    Truth,
    Window,
    choice,
)

if TYPE_CHECKING:
    from workbench.factor.factor import Factor
    from workbench.factor.term import Term

__all__ = [
    "MOST_OPERANDS",
    "OPERATORS",
    "Axis",
    "Count",
    "Date",
    "Group",
    "Kind",
    "Lag",
    "Literal",
    "Number",
    "Operator",
    "Parameter",
    "Real",
    "Regressor",
    "Role",
    "Truth",
    "Window",
    "choice",
    "find_operator",
    "is_spelling",
    "operator",
    "register",
    "unregister",
]

MOST_OPERANDS = 8
"""Expressions that one call takes at most."""


class Axis(StrEnum):
    """Along which axis an operator looks."""

    ELEMENT = "element"
    TIME = "time"
    SECTION = "section"


@dataclass(frozen=True, eq=False, repr=False)
class Operator:
    """One row of the operator table.

    Calling an operator builds an expression from factors, terms and numbers; nothing is computed.

    Parameters
    ----------
    name : str
        Canonical name, lower case.
    axis : Axis
    parameters : tuple of Parameter
        Operands first, then literals.
    result : Kind
    history : callable
        Literal parameters → sessions needed before the one computed.
    nan_rule, source, doc : str
    symbol : str, optional
        Infix or prefix sign, as printed.
    aliases : tuple of str
        Further spellings that the parser accepts.
    codes : bool
        The values are whole codes, which also serve as a group.
    validate : callable, optional
        Literal parameters → what is wrong with them together; empty if nothing.
    fits : callable, optional
        Operands and literal parameters → what is wrong with them together; empty if nothing.

    Examples
    --------
    >>> from workbench.factor import OPERATORS, factor
    >>> OPERATORS["ts_mean"](factor("close"), 5)
    Factor('ts_mean(close, 5)')
    >>> OPERATORS["ts_mean"].lookback((5,))
    4
    """

    name: str
    axis: Axis
    parameters: tuple[Parameter, ...]
    result: Kind
    history: Callable[..., int]
    nan_rule: str
    source: str
    doc: str = field(repr=False)
    symbol: str | None = None
    aliases: tuple[str, ...] = ()
    codes: bool = False
    validate: Callable[..., str] | None = None
    fits: Callable[[Sequence[Term], Sequence[Literal]], str] | None = None

    def __repr__(self) -> str:
        return f"<operator {self.signature}>"

    @property
    def operands(self) -> tuple[Parameter, ...]:
        """The parameters that take expressions."""
        return tuple(p for p in self.parameters if p.is_operand)

    @property
    def literals(self) -> tuple[Parameter, ...]:
        """The parameters that take numbers written out."""
        return tuple(p for p in self.parameters if not p.is_operand)

    @property
    def signature(self) -> str:
        """How the operator is called, for messages: ``ts_mean(x, window)``."""
        return f"{self.name}({', '.join(parameter.shown for parameter in self.parameters)})"

    @property
    def kinds(self) -> frozenset[Kind]:
        """What the values may serve as."""
        return frozenset({self.result, Kind.GROUP, Kind.NUMBER} if self.codes else {self.result})

    def operand_roles(self, count: int) -> tuple[Parameter, ...]:
        """Return the parameter of each of `count` operands; the last may repeat."""
        roles = self.operands
        return roles + roles[-1:] * (count - len(roles)) if roles[-1].variadic else roles

    def lookback(self, parameters: Sequence[Literal]) -> int:
        """Sessions before t that the value at t needs from each operand."""
        return int(self.history(*parameters))

    def check(self, operands: Sequence[Term], parameters: Sequence[object]) -> tuple[Literal, ...]:
        """Check operands and literals against the declaration; return all literals, normalised.

        Literals at the end that have a default may be left out.

        Raises
        ------
        OperatorArgumentError
            A wrong count, kind or value.
        LookAheadError
            A negative window or lag.
        """
        roles = self.operand_roles(len(operands))
        rest = [p.default for p in self.literals[len(parameters) :] if p.default is not None]
        parameters = (*parameters, *rest)
        if len(operands) != len(roles) or len(parameters) != len(self.literals):
            raise OperatorArgumentError(
                f"{self.signature} takes {len(self.operands)} operands and {len(self.literals)} "
                f"literals, got {len(operands)} and {len(parameters)}."
            )
        if len(operands) > MOST_OPERANDS:
            raise OperatorArgumentError(
                f"{self.signature} takes at most {MOST_OPERANDS} operands, got {len(operands)}."
            )
        for place, (parameter, term) in enumerate(zip(roles, operands, strict=True), 1):
            if not parameter.admits(term):
                raise OperatorArgumentError(
                    f"{self.name}: argument {place} `{parameter.name}` must be "
                    f"{parameter.wanted}, got the {term.kind} {term.brief()}."
                )
        literals = tuple(
            parameter.literal(value, self.name)
            for parameter, value in zip(self.literals, parameters, strict=True)
        )
        wrong = self.validate(*literals) if self.validate is not None else ""
        wrong = wrong or (self.fits(operands, literals) if self.fits is not None else "")
        if wrong:
            raise OperatorArgumentError(f"{self.signature}: {wrong}")
        return literals

    def __call__(self, *arguments: object, **named: object) -> Factor | Term:
        """Build the expression: a Factor when any operand is one, else a Term."""
        # Imported here because expressions are made of operators, and not the other way round.
        from workbench.factor.build import build

        return build(self, arguments, named)


_TABLE: dict[str, Operator] = {}
_SPELLINGS: dict[str, str] = {}

OPERATORS: Mapping[str, Operator] = MappingProxyType(_TABLE)
"""Canonical name → operator; a live, read-only view of the table."""


def operator(
    *,
    axis: Axis,
    lookback: Callable[..., int],
    nan_rule: str,
    source: str,
    name: str | None = None,
    symbol: str | None = None,
    aliases: tuple[str, ...] = (),
    codes: bool = False,
    validate: Callable[..., str] | None = None,
    fits: Callable[[Sequence[Term], Sequence[Literal]], str] | None = None,
) -> Callable[[Callable[..., Any]], Operator]:
    """Declare an operator and add it to the table.

    The decorated function has no body but its docstring; its annotations (`Number`,
    `Window` … of `parameter.py`) are the roles of its parameters and of its result.

    Raises
    ------
    OperatorArgumentError
        The declaration is incomplete, or a spelling is taken.
    """

    def declare(function: Callable[..., Any]) -> Operator:
        hints = get_type_hints(function, include_extras=True)
        parameters = tuple(
            _parameter(function.__name__, p, hints.get(p.name))
            for p in inspect.signature(function).parameters.values()
        )
        row = Operator(
            name=name or function.__name__,
            axis=axis,
            parameters=parameters,
            result=Kind(_role(function.__name__, "return", hints.get("return")).name),
            history=lookback,
            nan_rule=nan_rule,
            source=source,
            doc=_document(inspect.getdoc(function) or "", nan_rule, source),
            symbol=symbol,
            aliases=aliases,
            codes=codes,
            validate=validate,
            fits=fits,
        )
        # What functools.update_wrapper would set, past the frozen __setattr__: help() and doctest
        # then see the declaration.
        for attribute in ("__module__", "__name__", "__qualname__"):
            vars(row)[attribute] = getattr(function, attribute)
        vars(row).update(__doc__=row.doc, __wrapped__=function)
        return register(row)

    return declare


def register(row: Operator) -> Operator:
    """Add a row to the table.

    Raises
    ------
    OperatorArgumentError
        Operands do not come first, there is no docstring, or a spelling is taken.
    """
    if not row.doc:
        raise OperatorArgumentError(f"Operator {row.name!r} needs a docstring: it is the contract.")
    if row.parameters != row.operands + row.literals or not row.operands:
        raise OperatorArgumentError(f"Operator {row.name!r}: operands come first, then literals.")
    spellings = [spelling.lower() for spelling in (row.name, *row.aliases)]
    taken = [spelling for spelling in spellings if spelling in _SPELLINGS]
    if taken:
        raise OperatorArgumentError(
            f"The spelling {taken[0]!r} already means {_SPELLINGS[taken[0]]!r}; choose another."
        )
    _TABLE[row.name] = row
    _SPELLINGS.update(dict.fromkeys(spellings, row.name))
    return row


def unregister(name: str) -> None:
    """Take a row out of the table; expressions already built keep their operator's name.

    Raises
    ------
    UnknownOperatorError
        No row has this canonical name.
    """
    if name not in _TABLE:
        raise UnknownOperatorError(f"No operator {name!r} to remove.{near_names(name, _TABLE)}")
    del _TABLE[name]
    for spelling in [key for key, canonical in _SPELLINGS.items() if canonical == name]:
        del _SPELLINGS[spelling]


def is_spelling(name: str) -> bool:
    """Whether the table knows `name`, alias or not, in any case."""
    return name.lower() in _SPELLINGS


def find_operator(spelling: str) -> Operator:
    """Return the operator of this spelling, alias or not, in any case.

    Raises
    ------
    UnknownOperatorError
        With the nearest names.
    """
    canonical = _SPELLINGS.get(spelling.lower())
    if canonical is None:
        raise UnknownOperatorError(
            f"No operator is called {spelling!r}.{near_names(spelling, _SPELLINGS)}"
        )
    return _TABLE[canonical]


def _document(text: str, nan_rule: str, source: str) -> str:
    """Append what the declaration says beside the docstring, so that help() shows all of it."""
    if not text:
        return ""
    return f"{text}\n\nNotes\n-----\nNaN rule: {nan_rule}\n\nSource: {source}"


def _parameter(owner: str, declared: inspect.Parameter, hint: object) -> Parameter:
    role = _role(owner, declared.name, hint)
    given = declared.default
    default = None if given is inspect.Parameter.empty else given
    if isinstance(default, (int, float)):
        default = float(default)
    variadic = declared.kind is inspect.Parameter.VAR_POSITIONAL
    return Parameter(declared.name, role.name, default, role.minimum, role.words, variadic)


def _role(owner: str, name: str, hint: object) -> Role:
    for extra in getattr(hint, "__metadata__", ()):
        if isinstance(extra, Role):
            return extra
    raise OperatorArgumentError(
        f"Operator {owner!r}: annotate {name!r} with Number, Truth, Group, Regressor, Window, Lag, "
        "Count, Real, Date or choice(…)."
    )
