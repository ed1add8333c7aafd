"""Fields of every API as documented: name, type, and whether an empty request shows it."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

__all__ = ["APIS", "names_of", "shown"]


@cache
def _known() -> dict[str, list[tuple[str, str, str]]]:
    source = files(__package__) / "fields.json"
    words = json.loads(source.read_text(encoding="utf-8"))
    return {api: [tuple(word.split(":")) for word in rows] for api, rows in words.items()}


APIS = frozenset(_known())
"""Names of the APIs."""


@cache
def names_of(api: str) -> tuple[str, ...]:
    """Every field."""
    return tuple(name for name, _, _ in _known()[api])


@cache
def shown(api: str) -> tuple[str, ...]:
    """Fields of an answer to a request that names none."""
    return tuple(name for name, _, visible in _known()[api] if visible == "Y")
