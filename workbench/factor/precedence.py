"""How tightly the signs bind: one table for reading and for printing.

From loose to tight: ``? :``, or, and, the word ``not``, comparisons, ``+ -``, ``* /``, the prefix
signs ``- + !``, power. Power groups from the right, comparisons do not chain, the rest groups from
the left. ``&`` and ``|`` bind more loosely than comparisons, as their doubled forms do.
"""

from __future__ import annotations

from enum import IntEnum

__all__ = ["INFIX", "PREFIX", "Bind"]


class Bind(IntEnum):
    """Binding strength; a larger number binds more tightly."""

    CHOICE = 1
    OR = 2
    AND = 3
    NOT = 4
    COMPARE = 5
    SUM = 6
    PRODUCT = 7
    PREFIX = 8
    POWER = 9
    ATOM = 10


INFIX: dict[str, tuple[str, Bind]] = {
    "or": ("or", Bind.OR),
    "|": ("or", Bind.OR),
    "||": ("or", Bind.OR),
    "and": ("and", Bind.AND),
    "&": ("and", Bind.AND),
    "&&": ("and", Bind.AND),
    "<": ("less", Bind.COMPARE),
    "<=": ("less_equal", Bind.COMPARE),
    ">": ("greater", Bind.COMPARE),
    ">=": ("greater_equal", Bind.COMPARE),
    "==": ("equal", Bind.COMPARE),
    "!=": ("not_equal", Bind.COMPARE),
    "+": ("add", Bind.SUM),
    "-": ("subtract", Bind.SUM),
    "*": ("multiply", Bind.PRODUCT),
    "/": ("divide", Bind.PRODUCT),
    "%": ("modulo", Bind.PRODUCT),
    "^": ("power", Bind.POWER),
    "**": ("power", Bind.POWER),
}
"""Every spelling of an infix operator → its name and strength."""

PREFIX: dict[str, str] = {"-": "negate", "!": "not"}
"""Prefix signs → operator."""
