"""Floor 7: screens over finished results.

1. `safe` is the one place where text becomes HTML.
2. `factor_editor.FactorEditor` reads an expression while it is typed.
3. `study_view.StudyView` shows a factor study on tabs.
4. `register.register` teaches IPython to show studies as tear sheets.

Nothing here computes: widgets ask the rooms below and arrange what comes back. Panel is imported
with the first widget, not with this room.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.widgets.factor_editor import FactorEditor
    from workbench.widgets.register import register
    from workbench.widgets.study_view import StudyView

__all__ = ["FactorEditor", "StudyView", "register"]

_HOMES = {
    "FactorEditor": "workbench.widgets.factor_editor",
    "StudyView": "workbench.widgets.study_view",
    "register": "workbench.widgets.register",
}


def __getattr__(name: str) -> Any:
    """Import a public name from its module at the first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
