"""Tokens to a term, by binding strength (a Pratt parser). Text is data: nothing is evaluated.

1. `tokenize` cuts the text; `Limits` bounds its length, its nodes and its depth.
2. `_Parser.expression` reads a prefix (number, field, call, parenthesis, sign) and then every
   infix sign that binds tightly enough (`workbench.factor.precedence`).
3. A call looks its operator up, reads literals for windows, counts, words and real parameters, and
   builds the term; a refusal of the term is shown with a caret under the argument or the call.
4. With a profile, a name that has a rule is read as the rule's body, arguments put in place.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple, NoReturn

from workbench.errors import FactorError, OperatorArgumentError, UnknownOperatorError
from workbench.factor.build import opposite
from workbench.factor.figure import is_point_in_time, point_in_time_field
from workbench.factor.limits import DEEPEST_NESTING, UNTRUSTED, Limits
from workbench.factor.numerals import written_number
from workbench.factor.operator import Operator, find_operator, is_spelling
from workbench.factor.parameter import Literal, Parameter
from workbench.factor.precedence import INFIX, PREFIX, Bind
from workbench.factor.profile import Profile, Reading, find_profile
from workbench.factor.term import Call, Constant, Field, Term
from workbench.factor.tokens import Token, pointed, refuse, tokenize

__all__ = ["UNTRUSTED", "Limits", "parse"]

_EXTREMES = {"min": ("ts_min", "minimum"), "max": ("ts_max", "maximum")}


def parse(text: str, limits: Limits | None = None, profile: str | Profile = "") -> Term:
    """Read the text of an expression.

    Parameters
    ----------
    text : str
    limits : Limits, optional
        Pass `UNTRUSTED` for text of unknown origin.
    profile : str or Profile
        The house whose words are meant: ``wq101``, ``gtja191``, ``qlib``, ``brain`` or your own.

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
    >>> to_text(parse("STD(CLOSE, 20)", profile="gtja191"))
    'stddev(close, 20, ddof=0)'
    """
    limits = limits or Limits()
    if not isinstance(text, str):
        raise OperatorArgumentError(f"parse reads text, got {type(text).__name__}.")
    if len(text) > limits.length:
        message = f"The text has {len(text)} characters, more than the {limits.length} allowed."
        refuse(message, text, limits.length)
    house = profile if isinstance(profile, Profile) or not profile else find_profile(profile)
    return _Parser(text, limits, house or None).whole()


class _Argument(NamedTuple):
    term: Term
    start: int
    is_count: bool
    """Written as digits only, which makes ``max(x, 5)`` a window."""
    name: str = ""

    @property
    def written(self) -> str:
        """The number or word that was written; empty for anything longer."""
        if isinstance(self.term, Constant):
            return f"{self.term.value:g}"
        return self.term.name.lower() if isinstance(self.term, Field) else ""


class _Parser:
    def __init__(
        self,
        source: str,
        limits: Limits,
        profile: Profile | None = None,
        bound: Mapping[str, Term] = MappingProxyType({}),
        nearest: bool = False,
    ) -> None:
        self.source = source
        self.limits = limits
        self.profile = profile
        self.bound = bound
        self.nearest = nearest or (profile is not None and profile.windows == "round")
        sigil = profile.sigil if profile is not None else ""
        self.tokens = tokenize(source.replace(sigil, " ") if sigil else source)
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
        if self.nodes > self.limits.nodes or (self.bound and term.size > self.limits.nodes):
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
            sign = self.compared(token) if token.text == "=" else token.text
            name, bind = INFIX.get(sign, ("", Bind.ATOM))
            if not name or bind < minimum:
                break
            self.advance()
            right = self.expression(Bind.PREFIX if bind is Bind.POWER else Bind(bind + 1))
            left = self.joined(sign, name, (left, right), token)
            if bind is Bind.COMPARE and INFIX.get(self.token.text, ("", None))[1] is bind:
                self.refuse("Comparisons do not chain; write a < b & b < c, or use parentheses.")
        self.nesting -= 1
        return left

    def joined(self, sign: str, name: str, sides: tuple[Term, Term], token: Token) -> Term:
        """Call the operator of an infix sign, or what the house understands by the sign."""
        word = self.profile.signs.get(sign) if self.profile is not None else None
        if self.profile is None or word is None:
            return self.call(name, sides, token.start)
        rule = self.profile.reading(word, (("", ""), ("", "")))
        arguments = [_Argument(side, token.start, False) for side in sides]
        if rule is None:
            self.refuse(f"The profile {self.profile.name} has no rule {word!r} for `{sign}`.")
        return self.read_as(rule, arguments, token)

    def compared(self, token: Token) -> str:
        """Read a single ``=`` as a comparison where the house writes it so."""
        if self.profile is None or not self.profile.equals:
            self.refuse("A single = assigns, which a factor cannot; write == to compare.")
        return "=="

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
        if token.text in self.bound:
            return self.bound[token.text]
        name, house = token.text.lower(), self.profile
        if house is not None and name in house.names():
            rule = house.reading(name, ())
            return self.read_as(rule, [], token) if rule else self.made(Field(name), token.start)
        name = house.fields.get(name, token.text) if house is not None else token.text
        if is_spelling(name):
            row = find_operator(name)
            self.refuse(f"`{token.text}` is an operator; write {row.signature}.", token.start)
        return self.made(Field(name), token.start)

    def function(self, token: Token) -> Term:
        arguments = self.arguments(token)
        house = self.profile
        if house is not None and token.text.lower() in house.names():
            try:
                written = [(argument.name, argument.written) for argument in arguments]
                rule = house.reading(token.text, written)
            except OperatorArgumentError as error:
                refuse(str(error), self.source, token.start, OperatorArgumentError)
            if rule is not None:
                return self.read_as(rule, arguments, token)
        if is_point_in_time(token.text):
            return self.made(self.figure(arguments, token), token.start)
        along_time, elementwise = _EXTREMES.get(token.text.lower(), ("", token.text))
        try:
            row = find_operator(elementwise)
        except UnknownOperatorError as error:
            raise UnknownOperatorError(pointed(str(error), self.source, token.start)) from None
        windows_meant = house is None or house.extremes
        if along_time and windows_meant and len(arguments) == 2 and arguments[1].is_count:
            row = find_operator(along_time)
        return self.made(self.applied(row, arguments, token.start), token.start)

    def figure(self, arguments: list[_Argument], token: Token) -> Term:
        """Read a figure of a statement, ``ttm(income_revenue)``: another spelling of a field."""
        plain = [argument.term for argument in arguments if not argument.name]
        named = {argument.name: argument.term for argument in arguments if argument.name}
        try:
            return point_in_time_field(token.text, plain, named)
        except FactorError as error:
            refuse(str(error), self.source, token.start, type(error))

    def read_as(self, rule: Reading, arguments: list[_Argument], token: Token) -> Term:
        """Read a call by a rule of the profile: its body, with the arguments in place."""
        names = [name for name, _ in rule.parameters]
        bound = {
            argument.name or names[place]: argument.term for place, argument in enumerate(arguments)
        }
        self.check_spare(rule, bound, token)
        try:
            for name, default in rule.parameters:
                if name not in bound:
                    bound[name] = _Parser(default or "", self.limits).word_or_expression()
            body = _Parser(rule.body, self.limits, None, bound, self.nearest)
            term = body.whole()
        except FactorError as error:
            brief = str(error).split("\n")[0]
            message = f"`{rule.head}` is read as `{rule.body}`: {brief}"
            refuse(message, self.source, token.start, type(error))
        self.nodes += body.nodes - 1
        return self.made(term, token.start)

    def check_spare(self, rule: Reading, bound: Mapping[str, Term], token: Token) -> None:
        """Refuse an expression in a place of the rule that its body does not read."""
        for name in bound.keys() - rule.read - {pinned for pinned, _ in rule.pinned}:
            if not isinstance(bound[name], Constant):
                message = f"`{rule.head}`: `{name}` is a number that changes no value here, "
                message += f"got the {bound[name].brief()}."
                refuse(message, self.source, token.start, OperatorArgumentError)

    def arguments(self, token: Token) -> list[_Argument]:
        arguments: list[_Argument] = []
        if self.accept(")"):
            return arguments
        while True:
            first, place = self.token, self.place
            if first.kind == "name" and self.tokens[place + 1].text == "=" and not self.equates():
                self.place += 2
                term, name = self.word_or_expression(), first.text
            else:
                term, name = self.expression(Bind.CHOICE), ""
            if arguments and arguments[-1].name and not name:
                self.refuse("Arguments with a name come last.", first.start)
            if name and any(name == argument.name for argument in arguments):
                self.refuse(f"The argument {name} is given twice.", first.start)
            count = self.place == place + 1 and first.text.isdigit()
            arguments.append(_Argument(term, first.start, count, name))
            if not self.accept(","):
                break
        self.expect(")", f"or `,` in the arguments of {token.text}")
        return arguments

    def equates(self) -> bool:
        """Whether ``x = 1`` compares here instead of naming an argument."""
        return self.profile is not None and self.profile.equals

    def word_or_expression(self) -> Term:
        """Read what follows ``name=``: a word of a choice, spelled like a field, or a number."""
        following = self.tokens[min(self.place + 1, len(self.tokens) - 1)]
        if (
            self.token.kind == "name"
            and self.token.text not in self.bound
            and (following.kind == "end" or following.text in (",", ")"))
        ):
            word = self.advance()
            if is_spelling(word.text):
                self.refuse(f"{word.text!r} is an operator, not a word of a choice.", word.start)
            return Field(word.text)
        return self.expression(Bind.CHOICE)

    def applied(self, row: Operator, arguments: list[_Argument], position: int) -> Term:
        """Call `row`; a variadic operator takes its literals by name only."""
        plain = [argument for argument in arguments if not argument.name]
        named = {argument.name: argument for argument in arguments if argument.name}
        count = max(len(plain), 2) if row.operands[-1].variadic else len(row.operands)
        given = {p.name: a for p, a in zip(row.literals, plain[count:], strict=False)}
        unknown = [
            name for name in named if name in given or name not in {p.name for p in row.literals}
        ]
        missing = [p for p in row.literals if p.default is None and p.name not in given | named]
        excess = len(plain) > count + len(row.literals)
        if unknown or missing or excess or len(plain) < len(row.operands):
            what = f"the argument {unknown[0]}" if unknown else f"{len(arguments)} arguments"
            message = f"{row.signature} cannot take {what}."
            refuse(message, self.source, position, OperatorArgumentError)
        given |= named
        literals = tuple(
            self.literal(row, p, given[p.name]) if p.name in given else p.default
            for p in row.literals
        )
        try:
            return Call(row.name, tuple(a.term for a in plain[:count]), literals)
        except FactorError as error:
            raise type(error)(pointed(str(error), self.source, position)) from None

    def literal(self, row: Operator, parameter: Parameter, argument: _Argument) -> Literal:
        """Read a literal; fractional windows are cut as the paper says, or as the profile does."""
        written = written_number(argument.term)
        value: object = argument.term if written is None else written
        if parameter.role == "choice" and isinstance(argument.term, Field):
            value = argument.term.name
        if isinstance(value, float) and parameter.role in ("window", "lag") and value > 0:
            value = float(math.floor(value + 0.5) if self.nearest else math.floor(value))
        try:
            return parameter.literal(value, row.name)
        except FactorError as error:
            hint = ""
            if argument.is_count and row.name in ("ts_min", "ts_max"):
                plain = row.name.replace("ts_", "") + "imum"
                hint = f" For the {plain} of x and a number write {plain}(x, {value:g})."
            raise type(error)(pointed(str(error) + hint, self.source, argument.start)) from None
