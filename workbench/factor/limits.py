"""What a text may ask for, so that no text can exhaust the machine."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DEEPEST_NESTING", "UNTRUSTED", "Limits"]

DEEPEST_NESTING = 100
"""Open parentheses, calls and signs at one place: keeps the parser's own stack small."""


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
