"""Hints of the library in Python, said again as options of the command line.

Messages about files advise ``mapping={…}`` and ``units={…}``; :func:`for_command_line` finds these
and appends one sentence with the ``--map`` and ``--unit`` that mean the same.
"""

from __future__ import annotations

import ast
import re
import shlex

__all__ = ["for_command_line"]

OPTIONS = {"mapping": "--map", "units": "--unit"}

# what stands unquoted for a target
BARE = {"None": "", "…": "…"}

# 'name', "name", None or … as the messages write them
TEXT = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
ENTRY = re.compile(rf"({TEXT}): ({TEXT}|None|…)")
HINT = re.compile(rf"\b(mapping|units)=\{{({ENTRY.pattern}(?:, {ENTRY.pattern})*)\}}")


def for_command_line(message: str) -> str:
    """Return `message`, its Python hints repeated as options.

    Examples
    --------
    >>> for_command_line("Leave it out with mapping={'agree': None}.")
    "Leave it out with mapping={'agree': None}. On the command line: `--map agree=`."
    >>> for_command_line("Nothing to say.")
    'Nothing to say.'
    """
    said = [_options(hint[1], hint[2]) for hint in HINT.finditer(message)]
    if not said:
        return message
    end = "" if message.endswith((".", "?", "!")) else "."
    choices = " or ".join(f"`{words}`" for words in dict.fromkeys(said))
    return f"{message}{end} On the command line: {choices}."


def _options(argument: str, entries: str) -> str:
    """The entries of one hint as words of a shell; an empty target leaves a column out."""
    words = []
    for name, value in ENTRY.findall(entries):
        target = BARE[value] if value in BARE else _text(value)
        words.append(f"{OPTIONS[argument]} {_word(f'{_text(name)}={target}')}")
    return " ".join(words)


def _text(literal: str) -> str:
    return str(ast.literal_eval(literal))


def _word(text: str) -> str:
    """One word of a shell: quoted where it has blanks, quotes or signs of the shell."""
    return text if re.fullmatch(r"[\w=.…-]+", text) else shlex.quote(text)
