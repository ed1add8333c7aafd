"""Tokens to a term, by binding strength (a Pratt parser). Text is data: nothing is evaluated.

1. `tokenize` cuts the text; `Limits` bounds its length, its nodes and its depth.
2. `_Parser.expression` reads a prefix (number, field, call, parenthesis, sign) and then every
   infix sign that binds tightly enough (`workbench.factor.precedence`).
3. A call looks its operator up, reads literals for windows, lags and real parameters, and builds
   the term; a refusal of the term is shown with a caret under the argument or the call.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple, NoReturn

from workbench.errors import FactorError, OperatorArgumentError, UnknownOperatorError
from workbench.factor.build import opposite
from workbench.factor.operator import Operator, Parameter, find_operator, is_spelling
from workbench.factor.precedence import INFIX, PREFIX, Bind
from workbench.factor.term import Call, Constant, Field, Term
from workbench.factor.tokens import Token, pointed, refuse, tokenize

__all__ = ["UNTRUSTED", "Limits", "parse"]

DEEPEST_NESTING = 100
"""Open parentheses, calls and signs at one place: keeps the parser's own stack small."""

_EXTREMES = {"min": ("ts_min", "minimum"), "max": ("ts_max", "maximum")}


@dataclass(frozen=True)
class Limits:
    """What a text may ask for.

    Parameters
    ----------
    length : int
        Characters.
    nodes : int
        Fields, constants and calls, as written.
    depth : int
        Calls on the longest path.
    """

    length: int = 4000
    nodes: int = 512
    depth: int = 64


UNTRUSTED = Limits(nodes=64, depth=12)
"""Limits for text that came from a stranger."""


def parse(text: str, limits: Limits | None = None) -> Term:
    """Read the text of an expression.

    Parameters
    ----------
    text : str
    limits : Limits, optional
        Pass `UNTRUSTED` for text of unknown origin.

    Returns
    -------
    Term

    Raises
    ------
    FactorSyntaxError
        The text is no expression, or exceeds the limits.
    UnknownOperatorError, OperatorArgumentError, LookAheadError
        A call that does not fit the operator table.

    Examples
    --------
    >>> from workbench.factor.text import to_text
    >>> to_text(parse("(-1 * Ts_Rank(rank(low), 9))"))
    '-1 * ts_rank(rank(low), 9)'
    """
    limits = limits or Limits()
    if not isinstance(text, str):
        raise OperatorArgumentError(f"parse reads text, got {type(text).__name__}.")
    if len(text) > limits.length:
        message = f"The text has {len(text)} characters, more than the {limits.length} allowed."
        refuse(message, text, limits.length)
    return _Parser(text, limits).whole()


class _Argument(NamedTuple):
    term: Term
    start: int
    is_count: bool
    """Written as digits only, which makes ``max(x, 5)`` a window."""


class _Parser:
    def __init__(self, source: str, limits: Limits) -> None:
        self.source = source
        self.limits = limits
        self.tokens = tokenize(source)
        self.place = 0
        self.nodes = 0
        self.nesting = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.place]

    def advance(self) -> Token:
        token = self.token
        self.place += 1
        return token

    def accept(self, sign: str) -> bool:
        found = self.token.kind == "sign" and self.token.text == sign
        self.place += found
        return found

    def expect(self, sign: str, after: str) -> None:
        if not self.accept(sign):
            self.refuse(f"Expected `{sign}` {after}, found {self.found()}.")

    def refuse(self, message: str, position: int | None = None) -> NoReturn:
        refuse(message, self.source, self.token.start if position is None else position)

    def found(self) -> str:
        return "the end of the text" if self.token.kind == "end" else f"`{self.token.text}`"

    def whole(self) -> Term:
        if self.token.kind == "end":
            self.refuse("The text is empty; write an expression such as rank(close).")
        term = self.expression(Bind.CHOICE)
        if self.token.kind != "end":
            self.refuse(f"Expected an operator or the end of the text, found {self.found()}.")
        return term

    def made(self, term: Term, position: int) -> Term:
        """Count a node and hold it against the limits."""
        self.nodes += 1
        if self.nodes > self.limits.nodes:
            self.refuse(f"The expression has more than {self.limits.nodes} nodes.", position)
        if term.depth > self.limits.depth:
            self.refuse(f"The expression is deeper than {self.limits.depth} calls.", position)
        return term

    def call(self, name: str, operands: tuple[Term, ...], position: int) -> Term:
        """Build a call; a refusal points at `position`."""
        try:
            term = Call(name, operands)
        except FactorError as error:
            raise type(error)(pointed(str(error), self.source, position)) from None
        return self.made(term, position)

    def expression(self, minimum: Bind) -> Term:
        self.nesting += 1
        if self.nesting > DEEPEST_NESTING:
            self.refuse(f"The text is nested more than {DEEPEST_NESTING} levels deep.")
        left = self.prefix(minimum)
        while True:
            token = self.token
            if token.kind == "sign" and token.text == "?" and minimum <= Bind.CHOICE:
                left = self.choice(left)
                continue
            name, bind = INFIX.get(token.text, ("", Bind.ATOM))
            if not name or bind < minimum:
                break
            self.advance()
            right = self.expression(Bind.PREFIX if bind is Bind.POWER else Bind(bind + 1))
            left = self.call(name, (left, right), token.start)
            if bind is Bind.COMPARE and INFIX.get(self.token.text, ("", None))[1] is bind:
                self.refuse("Comparisons do not chain; write a < b & b < c, or use parentheses.")
        self.nesting -= 1
        return left

    def choice(self, condition: Term) -> Term:
        mark = self.advance()
        chosen = self.expression(Bind.CHOICE)
        self.expect(":", "between the two branches of `? :`")
        return self.call("where", (condition, chosen, self.expression(Bind.CHOICE)), mark.start)

    def prefix(self, minimum: Bind) -> Term:
        token = self.advance()
        if token.kind == "number":
            return self.number(token)
        if token.kind == "name":
            return self.function(token) if self.accept("(") else self.field(token)
        if token.kind == "sign" and token.text == "(":
            term = self.expression(Bind.CHOICE)
            self.expect(")", "to close the parenthesis")
            return term
        if token.kind == "sign" and token.text in "+-!":
            return self.signed(token)
        if token.kind == "word":
            if token.text == "not" and minimum <= Bind.NOT:
                return self.call("not", (self.expression(Bind.NOT),), token.start)
            if token.text != "not" and self.accept("("):
                return self.function(token)
            self.refuse(f"Put `{token.text} …` in parentheses here.", token.start)
        self.place -= 1
        self.refuse(f"Expected a number, a field, a call or `(`, found {self.found()}.")

    def signed(self, token: Token) -> Term:
        operand = self.expression(Bind.PREFIX)
        if token.text == "+":
            return operand
        if token.text == "-" and isinstance(operand, Constant):
            return opposite(operand)
        return self.call(PREFIX[token.text], (operand,), token.start)

    def number(self, token: Token) -> Term:
        value = float(token.text)
        if not math.isfinite(value):
            self.refuse(f"The number {token.text} is too large.", token.start)
        return self.made(Constant(value), token.start)

    def field(self, token: Token) -> Term:
        if is_spelling(token.text):
            row = find_operator(token.text)
            self.refuse(f"`{token.text}` is an operator; write {row.signature}.", token.start)
        return self.made(Field(token.text), token.start)

    def function(self, token: Token) -> Term:
        along_time, elementwise = _EXTREMES.get(token.text.lower(), ("", token.text))
        try:
            row = find_operator(elementwise)
        except UnknownOperatorError as error:
            raise UnknownOperatorError(pointed(str(error), self.source, token.start)) from None
        arguments = self.arguments(token)
        if along_time and len(arguments) == 2 and arguments[1].is_count:
            row = find_operator(along_time)
        parameters = row.parameters
        needed = sum(parameter.default is None for parameter in parameters)
        if not needed <= len(arguments) <= len(parameters):
            message = f"{row.signature} cannot take {len(arguments)} arguments."
            refuse(message, self.source, token.start, OperatorArgumentError)
        return self.made(self.applied(row, arguments, token.start), token.start)

    def arguments(self, token: Token) -> list[_Argument]:
        arguments: list[_Argument] = []
        if self.accept(")"):
            return arguments
        while True:
            first = self.token
            place = self.place
            term = self.expression(Bind.CHOICE)
            count = self.place == place + 1 and first.text.isdigit()
            arguments.append(_Argument(term, first.start, count))
            if not self.accept(","):
                break
        self.expect(")", f"or `,` in the arguments of {token.text}")
        return arguments

    def applied(self, row: Operator, arguments: list[_Argument], position: int) -> Term:
        count = len(row.operands)
        literals = [
            self.literal(row, parameter, argument)
            for parameter, argument in zip(row.literals, arguments[count:], strict=False)
        ]
        literals += [p.default for p in row.literals[len(literals) :] if p.default is not None]
        try:
            return Call(row.name, tuple(a.term for a in arguments[:count]), tuple(literals))
        except FactorError as error:
            raise type(error)(pointed(str(error), self.source, position)) from None

    def literal(self, row: Operator, parameter: Parameter, argument: _Argument) -> float:
        """Read a window, lag or real parameter; fractional windows are cut as the paper says."""
        term = argument.term
        value: object = term.value if isinstance(term, Constant) else term
        if isinstance(value, float) and parameter.role != "real" and value > 0:
            value = float(math.floor(value))
        try:
            return parameter.literal(value, row.name)
        except FactorError as error:
            hint = ""
            if argument.is_count and row.name in ("ts_min", "ts_max"):
                plain = row.name.replace("ts_", "") + "imum"
                hint = f" For the {plain} of x and a number write {plain}(x, {value:g})."
            raise type(error)(pointed(str(error) + hint, self.source, argument.start)) from None
