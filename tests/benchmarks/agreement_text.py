"""A second reader of formula text, for the agreement tables: it shares no code with the package.

The text is cut with one pattern, read by binding strength into nested tuples, and evaluated on
plain (T, N) arrays with a table of functions. What a name means is said in the tables of
`agreement_plain`; nothing of `workbench` is imported here or there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["House", "evaluate", "read"]

Values = NDArray[np.float64]
Node = tuple[Any, ...]

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>IndClass\s*\.\s*\w+|\$?[A-Za-z]\w*)"
    r"|(?P<sign>\*\*|<=|>=|==|!=|&&|\|\||[-+*/%^<>=&|!?:(),]))"
)
_BIND = {
    **dict.fromkeys(("||", "|", "or"), 2),
    **dict.fromkeys(("&&", "&", "and"), 3),
    **dict.fromkeys(("<", "<=", ">", ">=", "==", "=", "!="), 5),
    **dict.fromkeys(("+", "-"), 6),
    **dict.fromkeys(("*", "/", "%"), 7),
    **dict.fromkeys(("^", "**"), 9),
}
_UNARY = 8


@dataclass(frozen=True)
class House:
    """What the words of one source mean.

    Parameters
    ----------
    functions : mapping of str to callable
        Lower-case name → function of evaluated arguments.
    signs : mapping of str to callable
        Infix sign → function of two arrays; ``?`` takes three, ``!`` and ``-1`` (minus) one.
    fields : mapping of str to str
        Lower-case name → field, where they differ.
    section : frozenset of str
        Functions across the assets: an asset without a bar in the session takes no part.
    """

    functions: Mapping[str, Callable[..., Any]]
    signs: Mapping[str, Callable[..., Any]]
    fields: Mapping[str, str] = field(default_factory=dict)
    section: frozenset[str] = frozenset()

    def apply(self, node: Node, operands: list[Any], quoted: Values) -> Any:
        """Value of one operation; what is not finite becomes NaN."""
        with np.errstate(all="ignore"):
            if node[0] == "call":
                if node[1] in self.section:
                    operands = [np.where(quoted, operands[0], np.nan), *operands[1:]]
                found = self.functions[node[1]](*operands)
            else:
                found = self.signs[node[0]](*operands)
        if isinstance(found, np.ndarray):
            found = np.where(np.isfinite(found), found, np.nan)
        return found

    def field(self, name: str) -> str:
        """Name of the field meant."""
        name = name.removeprefix("$").lower().replace(" ", "")
        return self.fields.get(name, name)


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        place = 0
        text = text.strip()
        while place < len(text):
            match = _TOKEN.match(text, place)
            if match is None:
                raise ValueError(f"cannot read {text[place : place + 20]!r}")
            kind, piece = str(match.lastgroup), match[str(match.lastgroup)]
            word = piece.lower() in ("or", "and")
            self.tokens.append(("sign", piece.lower()) if word else (kind, piece))
            place = match.end()
        self.tokens.append(("end", ""))
        self.place = 0

    def take(self) -> tuple[str, str]:
        self.place += 1
        return self.tokens[self.place - 1]

    def expect(self, sign: str) -> None:
        if self.take()[1] != sign:
            raise ValueError(f"expected {sign!r} at {self.tokens[self.place - 1 :][:5]}")

    def expression(self, least: int = 1) -> Node:
        left = self.prefix()
        while True:
            sign = self.tokens[self.place][1]
            if sign == "?" and least <= 1:
                self.take()
                chosen = self.expression(1)
                self.expect(":")
                left = ("?", left, chosen, self.expression(1))
            elif _BIND.get(sign, 0) >= max(least, 2):
                self.take()
                bind = _BIND[sign]
                right = self.expression(_UNARY if bind == 9 else bind + 1)
                left = (sign, left, right)
            else:
                return left

    def prefix(self) -> Node:
        kind, text = self.take()
        if kind == "number":
            return ("number", float(text))
        if text == "(":
            inner = self.expression()
            self.expect(")")
            return inner
        if text in ("-", "!"):
            return ("minus" if text == "-" else "!", self.expression(_UNARY))
        if kind != "name":
            raise ValueError(f"unexpected {text!r}")
        if self.tokens[self.place][1] != "(":
            return ("field", text)
        self.take()
        arguments = []
        while self.tokens[self.place][1] != ")":
            arguments.append(self.expression())
            if self.tokens[self.place][1] == ",":
                self.take()
        self.expect(")")
        return ("call", text.lower(), *arguments)


def read(text: str) -> Node:
    """Read text into nested tuples."""
    reader = _Reader(text)
    node = reader.expression()
    if reader.tokens[reader.place][0] != "end":
        raise ValueError(f"text goes on after its end: {reader.tokens[reader.place :][:5]}")
    return node


def evaluate(text: str, fields: Mapping[str, Any], house: House) -> Values:
    """Values of `text`, shape (T, N); not finite becomes NaN wherever it arises."""
    known: dict[Node, Any] = {}
    quoted = np.isfinite(fields["close"])

    def value(node: Node) -> Any:
        if node not in known:
            if node[0] == "number":
                known[node] = node[1]
            elif node[0] == "field":
                # A word that is no field stands for itself: `slope` in ts_regression.
                known[node] = fields.get(house.field(node[1]), node[1])
            else:
                operands = [value(part) for part in node[1:] if isinstance(part, tuple)]
                known[node] = house.apply(node, operands, quoted)
        return known[node]

    return np.broadcast_to(np.asarray(value(read(text)), dtype=np.float64), quoted.shape)
