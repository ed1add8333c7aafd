"""How a factor is named on what it made: its text, or a digest where that would fill a book."""

from __future__ import annotations

import hashlib

from workbench.factor.factor import Factor
from workbench.factor.term import Call, Constant, Field, Term, walk
from workbench.factor.text import LONGEST_TEXT

__all__ = ["said"]


def said(one: Factor) -> str:
    """Return the canonical text; of a term too large to print, its size and a digest.

    Examples
    --------
    >>> from workbench.factor import factor
    >>> said(factor("close+open"))
    'close + open'
    >>> shared = factor("close")
    >>> for _ in range(40):
    ...     shared = (shared + shared) / 2
    >>> said(shared)[:32]
    '<4,398,046,511,101 nodes, sha256'
    """
    if one.term.size <= LONGEST_TEXT:
        return one.text
    return f"<{one.term.size:,} nodes, sha256 {_digest(one.term)[:16]}>"


def _digest(term: Term) -> str:
    """Digest of a term's structure, each shared part taken once."""
    known: dict[Term, str] = {}
    for node in walk(term):
        below = " ".join(known[child] for child in node.children)
        known[node] = hashlib.sha256(f"{_own(node)} {below}".encode()).hexdigest()
    return known[term]


def _own(node: Term) -> str:
    if isinstance(node, Call):
        return f"call {node.operator} {node.parameters!r}"
    if isinstance(node, Constant):
        return f"constant {node.value.hex()}"
    return f"field {node.name}" if isinstance(node, Field) else repr(node)
