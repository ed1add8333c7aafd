"""The cellar: vendors and files in, markets out.

`open_workspace` opens the store of fetched and imported tables, `read_market` reads long OHLCV
files without one, `demo_market` makes a synthetic market with planted truth.
Nothing is imported before it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.data.assembly.universes import UniverseFilter
    from workbench.data.providers.files import read_market
    from workbench.data.providers.synthetic import Truth, demo_market, demo_truth
    from workbench.data.workspace import Workspace, open_workspace

__all__ = [
    "Truth",
    "UniverseFilter",
    "Workspace",
    "demo_market",
    "demo_truth",
    "open_workspace",
    "read_market",
]

_HOMES = {
    "UniverseFilter": "workbench.data.assembly.universes",
    "Workspace": "workbench.data.workspace",
    "open_workspace": "workbench.data.workspace",
    "read_market": "workbench.data.providers.files",
    "demo_market": "workbench.data.providers.synthetic",
    "demo_truth": "workbench.data.providers.synthetic",
    "Truth": "workbench.data.providers.synthetic",
}


def __getattr__(name: str) -> Any:
    """Import a public name from its module at the first use."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
