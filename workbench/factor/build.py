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
    values, bound = _bind(operator, arguments, named)
    operands = tuple(
        as_term(value, f"{operator.name}: `{parameter.name}`")
        for value, parameter in zip(values, operator.operand_roles(len(values)), strict=True)
    )
    literals = tuple(bound[parameter.name] for parameter in operator.literals)
    term = Call(operator.name, operands, literals)
    for value in values:
        if isinstance(value, Wrapper):
            return value.of(term)
    return term


def _bind(
    operator: Operator, arguments: Sequence[object], named: Mapping[str, object]
) -> tuple[list[object], dict[str, object]]:
    """Values of the operands, and of the literals by name."""
    spread = operator.operands[-1].variadic
    if spread:
        fixed = [parameter.name for parameter in operator.operands[:-1]]
        names = [*fixed, *(p.name for p in operator.literals)]
        several = list(arguments)
        bound: dict[str, object] = {}
    else:
        names, several = [parameter.name for parameter in operator.parameters], []
        bound = dict(zip(names, arguments, strict=False))
    if not spread and len(arguments) > len(names):
        raise OperatorArgumentError(
            f"{operator.signature} takes at most {len(names)} arguments, got {len(arguments)}."
        )
    for name, value in named.items():
        if name not in names or name in bound:
            problem = "was given twice" if name in bound else "is not one of its parameters"
            raise OperatorArgumentError(
                f"{operator.signature}: {name!r} {problem}.{near_names(name, names)}"
            )
        bound[name] = value
    for parameter in operator.literals:
        if parameter.default is not None:
            bound.setdefault(parameter.name, parameter.default)
    lacking = [p.name for p in operator.literals if p.name not in bound]
    if not spread:
        lacking = [p.name for p in operator.operands if p.name not in bound] + lacking
    if lacking or len(several) < (len(operator.operands) if spread else 0):
        wanted = lacking[0] if lacking else operator.operands[-1].name
        raise OperatorArgumentError(
            f"{operator.signature} needs `{wanted}`, got {len(arguments)} arguments."
        )
    return several or [bound[p.name] for p in operator.operands], bound
