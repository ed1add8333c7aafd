"""Rooms that are also verbs: ``wb.factor("close")``, ``wb.compute(f, market)``.

Three rooms share their name with the one function people want from them. Python binds a package
as an attribute of its parent, so the function cannot stand there; instead the room itself
answers a call with that function.
"""

from __future__ import annotations

import inspect
import sys
from types import ModuleType
from typing import Any

__all__ = ["answer_calls"]


class _Verb(ModuleType):
    """A module that, when called, calls the function named by its `__verb__`."""

    __verb__: str

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        return getattr(self, self.__verb__)(*arguments, **options)


def answer_calls(room: str, verb: str) -> None:
    """Make the room (a module name) answer calls with its function `verb`.

    Examples
    --------
    >>> import workbench.factor
    >>> workbench.factor("rank(close)").text
    'rank(close)'
    """
    module = sys.modules[room]
    function = getattr(module, verb)
    module.__class__ = _Verb
    module.__verb__ = verb  # type: ignore[attr-defined]
    # What help() and a notebook's Shift-Tab show is the verb, then the room.
    module.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
    module.__doc__ = f"{inspect.getdoc(function)}\n\nThe room\n--------\n{module.__doc__}"
