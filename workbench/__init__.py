"""workbench: from market data to a factor study nobody can fool.

This is the front door. Every name below is imported when it is first used, so that
``import workbench`` stays light (no pandas, no Panel, no papermill).

Examples
--------
>>> import workbench as wb
>>> market = wb.demo_market(seed=7, sessions=60, assets=40)
>>> wb.compute("rank(close)", market).shape
(60, 40)
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from workbench import portfolio as portfolio
    from workbench import report as report
    from workbench.backtest import BacktestResult, backtest
    from workbench.compute.conformance import OperatorReport, check_operator
    from workbench.compute.evaluate import compute
    from workbench.compute.explain import explain
    from workbench.compute.memo import Memo
    from workbench.compute.panel_folder import read_panel, read_panels
    from workbench.compute.user_operators import operator, remove_operator
    from workbench.data import UniverseFilter, Workspace, demo_market, demo_truth, read_market
    from workbench.data import open_workspace as open  # noqa: A004 (wb.open, as in webbrowser)
    from workbench.evaluation import FactorStudy, LeakAudit, audit, evaluate
    from workbench.factor import Factor, factor, library
    from workbench.market import Market, Panel
    from workbench.tearsheet import TearSheet, tear_sheet

# Public name -> the module that owns it.
_DOORS = {
    "BacktestResult": "workbench.backtest",
    "Factor": "workbench.factor",
    "FactorStudy": "workbench.evaluation",
    "LeakAudit": "workbench.evaluation",
    "Market": "workbench.market",
    "Memo": "workbench.compute.memo",
    "OperatorReport": "workbench.compute.conformance",
    "Panel": "workbench.market",
    "TearSheet": "workbench.tearsheet",
    "UniverseFilter": "workbench.data",
    "Workspace": "workbench.data",
    "audit": "workbench.evaluation",
    "check_operator": "workbench.compute.conformance",
    "demo_market": "workbench.data",
    "demo_truth": "workbench.data",
    "evaluate": "workbench.evaluation",
    "explain": "workbench.compute.explain",
    "library": "workbench.factor",
    "open": "workbench.data",
    "operator": "workbench.compute.user_operators",
    "read_market": "workbench.data",
    "read_panel": "workbench.compute.panel_folder",
    "read_panels": "workbench.compute.panel_folder",
    "remove_operator": "workbench.compute.user_operators",
    "tear_sheet": "workbench.tearsheet",
}
# Called wb.open outside; inside the room the word belongs to Python.
_ALIASES = {"open": "open_workspace"}
# Rooms shown as they are; factor, compute and backtest also answer calls (see rooms.py).
_ROOMS = ("backtest", "compute", "factor", "portfolio", "report")

__all__ = [*sorted(_DOORS), *sorted(_ROOMS), "__version__"]


def __getattr__(name: str) -> Any:
    """Open the room behind a public name."""
    if name in _ROOMS:
        return import_module(f"workbench.{name}")
    if name not in _DOORS:
        raise AttributeError(f"module 'workbench' has no attribute {name!r}")
    return getattr(import_module(_DOORS[name]), _ALIASES.get(name, name))


def __dir__() -> list[str]:
    return sorted(__all__)


if "IPython" in sys.modules:
    # In a notebook, results below show themselves as the interactive views above.
    import_module("workbench.widgets.register").register()
