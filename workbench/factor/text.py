"""Terms and their text: `parse` reads, `to_text` prints, and each undoes the other.

The canonical text has infix signs with as few parentheses as their binding allows, lower-case
operator names and numbers in their shortest form, so equal terms print equally.
"""

from __future__ import annotations

from workbench.errors import OperatorArgumentError
from workbench.factor.operator import OPERATORS
from workbench.factor.parser import UNTRUSTED, Limits, parse
from workbench.factor.precedence import INFIX, PREFIX, Bind
from workbench.factor.term import Call, Constant, Field, Term, walk

__all__ = ["UNTRUSTED", "Limits", "parse", "to_text"]

LONGEST_TEXT = 10_000
"""Nodes beyond which a term is not written out (shared parts are written each time)."""

_STRENGTH = {name: bind for name, bind in INFIX.values()}
_PREFIX_SIGN = {name: sign for sign, name in PREFIX.items()}


def to_text(term: Term) -> str:
    """Write a term as canonical text, so that ``parse(to_text(term)) == term``.

    Raises
    ------
    OperatorArgumentError
        Written out, the term would have more than 10,000 nodes.

    Examples
    --------
    >>> to_text(parse("((open + (close * 2.0)) ^ (0.5))"))
    '(open + close * 2) ** 0.5'
    """
    if term.size > LONGEST_TEXT:
        raise OperatorArgumentError(
            f"Written out, the expression has {term.size:,} nodes, more than the {LONGEST_TEXT:,} "
            f"that are printed; print its parts."
        )
    written: dict[Term, tuple[str, Bind]] = {}
    for node in walk(term):
        written[node] = _write(node, written)
    return written[term][0]


def _write(node: Term, written: dict[Term, tuple[str, Bind]]) -> tuple[str, Bind]:
    """Write one node from its written operands; return the text and how tightly it holds."""
    if isinstance(node, Field):
        return node.name, Bind.ATOM
    if isinstance(node, Constant):
        return number(node.value), Bind.PREFIX if node.value < 0 else Bind.ATOM
    assert isinstance(node, Call)
    operands = [written[operand] for operand in node.operands]
    if node.operator in _PREFIX_SIGN and not isinstance(node.operands[0], Constant):
        sign = _PREFIX_SIGN[node.operator]
        return sign + _held(operands[0], Bind.PREFIX), Bind.PREFIX
    if node.operator in _STRENGTH:
        bind = _STRENGTH[node.operator]
        left, right = _sides(bind)
        sign = str(OPERATORS[node.operator].symbol)
        return f"{_held(operands[0], left)} {sign} {_held(operands[1], right)}", bind
    arguments = [text for text, _ in operands] + _literals(node)
    return f"{node.operator}({', '.join(arguments)})", Bind.ATOM


def _literals(node: Call) -> list[str]:
    """Literals of a call: what must be given in order, what differs from its default by name."""
    row = OPERATORS[node.operator]
    shown = []
    for parameter, value in zip(row.literals, node.parameters, strict=True):
        text = value if isinstance(value, str) else number(value)
        if parameter.default is None and not row.operands[-1].variadic:
            shown.append(text)
        elif value != parameter.default:
            shown.append(f"{parameter.name}={text}")
    return shown


def _sides(bind: Bind) -> tuple[Bind, Bind]:
    """Return how tightly the left and the right operand must hold to stand without parentheses."""
    if bind is Bind.POWER:
        return Bind.ATOM, Bind.PREFIX
    if bind is Bind.COMPARE:
        return Bind.SUM, Bind.SUM
    return bind, Bind(bind + 1)


def _held(written: tuple[str, Bind], least: Bind) -> str:
    text, bind = written
    return text if bind >= least else f"({text})"


def number(value: float) -> str:
    """Write a number in the shortest form that reads back the same.

    Examples
    --------
    >>> number(2.0), number(0.001), number(1e300)
    ('2', '0.001', '1e+300')
    """
    whole = float(value).is_integer() and abs(value) < 1e15
    return str(int(value)) if whole else repr(float(value))
