"""Text to tokens, with positions, and messages that point at them.

The alphabet of the language is closed: numbers, names, the signs of :data:`SIGNS`. Whatever else
stands in the text (quotes, brackets, dots, semicolons, letters of other scripts) is refused here,
before anything is parsed, with a message that points at it.
"""

from __future__ import annotations

import re
from typing import NamedTuple, NoReturn

from workbench.errors import FactorError, FactorSyntaxError
from workbench.factor.term import RESERVED_WORDS

__all__ = ["Token", "pointed", "refuse", "tokenize"]

SIGNS = ("**", "<=", ">=", "==", "!=", "&&", "||", *"+-*/%^<>=&|!?:(),")
_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n]+)"
    r"|(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<group>[iI][nN][dD][cC][lL][aA][sS][sS]\s*\.\s*(?P<level>[A-Za-z]+))"
    r"|(?P<name>[A-Za-z][A-Za-z0-9_]*)"
    r"|(?P<sign>" + "|".join(re.escape(sign) for sign in SIGNS) + ")",
    re.ASCII,
)
_LEVELS = ("sector", "industry", "subindustry")
_LONGEST_NAME = 64
_REASONS = {
    "'": "Text in quotes has no place in a factor; write field names bare.",
    '"': "Text in quotes has no place in a factor; write field names bare.",
    ".": "A dot only belongs in numbers and in IndClass.sector, .industry or .subindustry; "
    "attributes do not exist here.",
    "_": "A name begins with a letter; leading underscores do not exist here.",
    "[": "Brackets do not exist here; write delay(x, d) to look back.",
    "]": "Brackets do not exist here; write delay(x, d) to look back.",
    ";": "A factor is one expression; take the semicolon away.",
    "$": "Fields are written bare: close. Qlib's $close is read with profile='qlib'.",
    "~": "Write !x or `not x` for the opposite of a condition.",
}
_EXCERPT = 80


class Token(NamedTuple):
    """A piece of the text: ``number``, ``name``, ``sign``, ``word`` or ``end``."""

    kind: str
    text: str
    start: int


def tokenize(source: str) -> list[Token]:
    """Cut the text into tokens, the last of kind ``end``.

    Raises
    ------
    FactorSyntaxError
        At the first character that the language does not know.

    Examples
    --------
    >>> [token.text for token in tokenize("-1 * rank(IndClass.industry)")]
    ['-', '1', '*', 'rank', '(', 'industry', ')', '']
    """
    tokens: list[Token] = []
    position = 0
    while position < len(source):
        match = _TOKEN.match(source, position)
        if match is None:
            refuse(_reason(source[position]), source, position)
        position = match.end()
        if match.lastgroup != "space":
            tokens.append(_token(match, source))
    tokens.append(Token("end", "", len(source.rstrip())))
    return tokens


def _token(match: re.Match[str], source: str) -> Token:
    kind, text, start = str(match.lastgroup), match.group(), match.start()
    if match["group"]:
        level = match["level"].lower()
        if level not in _LEVELS:
            refuse(f"IndClass has the levels {', '.join(_LEVELS)}.", source, start)
        return Token("name", level, start)
    if len(text) > _LONGEST_NAME:
        refuse(f"A {kind} has at most {_LONGEST_NAME} characters here.", source, start)
    if kind == "name" and text.lower() in RESERVED_WORDS:
        return Token("word", text.lower(), start)
    return Token(kind, text, start)


def _reason(character: str) -> str:
    if character in _REASONS:
        return _REASONS[character]
    if character.isprintable() and not character.isascii():
        return (
            f"{character!r} is not a plain ASCII character; type the text with an English keyboard."
        )
    return f"{character!r} is not part of the factor language."


def refuse(
    message: str, source: str, position: int, error: type[FactorError] = FactorSyntaxError
) -> NoReturn:
    """Raise `error` with a message that points at `position` of `source`."""
    raise error(pointed(message, source, position)) from None


def pointed(message: str, source: str, position: int) -> str:
    """Append the line of `source` that holds `position`, and a caret under the place.

    Long lines are cut around the place; characters that cannot be printed are shown as dots.

    Examples
    --------
    >>> print(pointed("No such field.", "open + clsoe", 7))
    No such field.
      open + clsoe
             ^
    """
    begin = source.rfind("\n", 0, position) + 1
    end = source.find("\n", position)
    line = source[begin : len(source) if end < 0 else end]
    column = position - begin
    first = max(0, column - _EXCERPT // 2) if len(line) > _EXCERPT else 0
    shown = line[first : first + _EXCERPT]
    before, after = ("…" if first else ""), ("…" if first + _EXCERPT < len(line) else "")
    clean = "".join(c if c.isprintable() else " " if c == "\t" else "·" for c in shown)
    return f"{message}\n  {before}{clean}{after}\n  {' ' * (len(before) + column - first)}^"
