"""From a call written in Python to a term: bind arguments, turn numbers into constants, wrap.

`build` is what ``Operator.__call__`` does; `as_term` says what may stand for an expression.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Real
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from workbench.errors import OperatorArgumentError, near_names
from workbench.factor.term import Call, Constant, Term

if TYPE_CHECKING:
    from workbench.factor.factor import Factor
    from workbench.factor.operator import Operator

__all__ = ["Wrapper", "as_term", "build", "opposite"]


@runtime_checkable
class Wrapper(Protocol):
    """What carries a term and can carry another: a factor."""

    term: Term

    def of(self, term: Term) -> Factor:
        """Carry `term` instead."""


def as_term(value: object, where: str = "an expression") -> Term:
    """Return the term that `value` stands for: a factor, a term or a finite number.

    Raises
    ------
    OperatorArgumentError
        Anything else; text must go through `factor` first.

    Examples
    --------
    >>> as_term(2)
    Constant(value=2.0)
    """
    term = value.term if isinstance(value, Wrapper) else value
    if isinstance(term, Term):
        return term
    if isinstance(value, Real) and not isinstance(value, bool):
        return Constant(float(value))
    hint = f" Write factor({value!r:.40}) to use text." if isinstance(value, str) else ""
    raise OperatorArgumentError(
        f"{where} takes a factor, a term or a number, got {type(value).__name__}.{hint}"
    )


def opposite(term: Term) -> Term:
    """Return ``-term``; the opposite of a constant is a constant.

    Examples
    --------
    >>> opposite(Constant(2))
    Constant(value=-2.0)
    """
    if isinstance(term, Constant):
        return Constant(-term.value)
    return Call("negate", (term,))


def build(
    operator: Operator, arguments: Sequence[object], named: Mapping[str, object]
) -> Factor | Term:
    """Apply an operator to Python arguments, in order or by name.

    Returns
    -------
    Factor or Term
        A factor when any operand is one.

    Raises
    ------
    OperatorArgumentError
        Too many, too few or unknown arguments, or one that does not fit.
    LookAheadError
        A negative window or lag.
    """
    bound = _bind(operator, arguments, named)
    values = [bound[parameter.name] for parameter in operator.operands]
    operands = tuple(
        as_term(value, f"{operator.name}: `{parameter.name}`")
        for value, parameter in zip(values, operator.operands, strict=True)
    )
    literals = tuple(bound[parameter.name] for parameter in operator.literals)
    term = Call(operator.name, operands, literals)
    for value in values:
        if isinstance(value, Wrapper):
            return value.of(term)
    return term


def _bind(
    operator: Operator, arguments: Sequence[object], named: Mapping[str, object]
) -> dict[str, object]:
    names = [parameter.name for parameter in operator.parameters]
    if len(arguments) > len(names):
        raise OperatorArgumentError(
            f"{operator.signature} takes at most {len(names)} arguments, got {len(arguments)}."
        )
    bound = dict(zip(names, arguments, strict=False))
    for name, value in named.items():
        if name not in names or name in bound:
            problem = "was given twice" if name in bound else "is not one of its parameters"
            raise OperatorArgumentError(
                f"{operator.signature}: {name!r} {problem}.{near_names(name, names)}"
            )
        bound[name] = value
    for parameter in operator.parameters:
        if parameter.default is not None:
            bound.setdefault(parameter.name, parameter.default)
        if parameter.name not in bound:
            raise OperatorArgumentError(
                f"{operator.signature} needs `{parameter.name}`, got {len(arguments)} arguments."
            )
    return bound
