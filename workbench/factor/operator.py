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
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

from workbench.errors import LookAheadError, OperatorArgumentError, UnknownOperatorError, near_names

if TYPE_CHECKING:
    from workbench.factor.factor import Factor
    from workbench.factor.term import Term

__all__ = [
    "OPERATORS",
    "Axis",
    "Group",
    "Kind",
    "Lag",
    "Number",
    "Operator",
    "Parameter",
    "Real",
    "Role",
    "Truth",
    "Window",
    "find_operator",
    "is_spelling",
    "operator",
    "register",
    "unregister",
]

LONGEST_WINDOW = 756
"""Sessions in the longest window or lag: three years of 252 sessions."""


class Kind(StrEnum):
    """What the values of an expression are."""

    NUMBER = "number"
    TRUTH = "truth"
    GROUP = "group"


class Axis(StrEnum):
    """Along which axis an operator looks."""

    ELEMENT = "element"
    TIME = "time"
    SECTION = "section"


@dataclass(frozen=True)
class Role:
    """The part a parameter plays: an operand (an expression) or a literal (a number in the text).

    `minimum` is the least value of a window or lag; operands have none.
    """

    name: str
    minimum: int | None = None


Number = Annotated[object, Role("number")]
Truth = Annotated[object, Role("truth")]
Group = Annotated[object, Role("group")]
Window = Annotated[int, Role("window", 1)]
Lag = Annotated[int, Role("lag", 0)]
Real = Annotated[float, Role("real")]

_ADMITTED = {
    "number": frozenset({Kind.NUMBER, Kind.TRUTH}),
    "truth": frozenset({Kind.TRUTH}),
    "group": frozenset({Kind.GROUP}),
}
_WANTED = {
    "number": "a number",
    "truth": "a truth value (a comparison such as `close > open`)",
    "group": "a group field (industry, sector, subindustry)",
}


@dataclass(frozen=True)
class Parameter:
    """One parameter of an operator.

    Parameters
    ----------
    name : str
    role : str
        ``number``, ``truth`` or ``group`` for an operand; ``window``, ``lag`` or ``real`` for a
        literal.
    default : float or None
        Value of a literal that may be left out.
    minimum : int or None
        Least window or lag.
    """

    name: str
    role: str
    default: float | None = None
    minimum: int | None = None

    @property
    def is_operand(self) -> bool:
        """Whether an expression stands here, and not a literal."""
        return self.role in _ADMITTED

    def literal(self, value: object, owner: str) -> int | float:
        """Return `value` as this literal parameter holds it.

        Raises
        ------
        LookAheadError
            A negative window or lag.
        OperatorArgumentError
            Not a number, not whole where a whole number is due, or out of range.
        """
        where = f"{owner}: `{self.name}`"
        try:
            number = float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError, OverflowError):
            number = float("nan")
        if isinstance(value, (bool, str)) or number - number != 0.0:
            raise OperatorArgumentError(
                f"{where} must be a finite number written out, got {_shown(value)}."
            )
        if self.role == "real":
            return number + 0.0
        if number < 0:
            raise LookAheadError(
                f"{where} is {number:g}: that would read sessions after the one computed. The "
                f"factor language has no future; look back with a {self.role} of "
                f"{self.minimum} or more. Forward returns belong to `evaluate`."
            )
        if not number.is_integer():
            raise OperatorArgumentError(f"{where} must be a whole number of sessions, got {value}.")
        if not self.minimum <= number <= LONGEST_WINDOW:
            raise OperatorArgumentError(
                f"{where} must lie in {self.minimum}..{LONGEST_WINDOW} sessions, got {number:g}."
            )
        return int(number)


@dataclass(frozen=True, eq=False)
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
        shown = (
            p.name if p.default is None else f"{p.name}={p.default:g}" for p in self.parameters
        )
        return f"{self.name}({', '.join(shown)})"

    def lookback(self, parameters: Sequence[int | float]) -> int:
        """Sessions before t that the value at t needs from each operand."""
        return int(self.history(*parameters))

    def check(
        self, operands: Sequence[Term], parameters: Sequence[object]
    ) -> tuple[int | float, ...]:
        """Check operands and literals against the declaration; return the normalised literals.

        Raises
        ------
        OperatorArgumentError
            A wrong count, kind or value.
        LookAheadError
            A negative window or lag.
        """
        if len(operands) != len(self.operands) or len(parameters) != len(self.literals):
            raise OperatorArgumentError(
                f"{self.signature} takes {len(self.operands)} operands and {len(self.literals)} "
                f"literals, got {len(operands)} and {len(parameters)}."
            )
        for place, (parameter, term) in enumerate(zip(self.operands, operands, strict=True), 1):
            if not term.kinds & _ADMITTED[parameter.role]:
                raise OperatorArgumentError(
                    f"{self.name}: argument {place} `{parameter.name}` must be "
                    f"{_WANTED[parameter.role]}, got the {term.kind} {term.brief()}."
                )
        return tuple(
            parameter.literal(value, self.name)
            for parameter, value in zip(self.literals, parameters, strict=True)
        )

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
) -> Callable[[Callable[..., Any]], Operator]:
    """Declare an operator and add it to the table.

    The decorated function has no body but its docstring; its annotations (`Number`, `Truth`,
    `Group`, `Window`, `Lag`, `Real`) are the roles of its parameters and its result.

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
    default = None if declared.default is inspect.Parameter.empty else float(declared.default)
    return Parameter(declared.name, role.name, default, role.minimum)


def _role(owner: str, name: str, hint: object) -> Role:
    for extra in getattr(hint, "__metadata__", ()):
        if isinstance(extra, Role):
            return extra
    raise OperatorArgumentError(
        f"Operator {owner!r}: annotate {name!r} with Number, Truth, Group, Window, Lag or Real."
    )


def _shown(value: object) -> str:
    brief = getattr(value, "brief", None)
    return brief() if callable(brief) else f"{value!r:.60}"
