"""Floor 3: expression → plan → kernels → values.

Called as a verb, the room computes: ``wb.compute(factor, market)``.
"""

from workbench.compute.conformance import OperatorReport, check_operator
from workbench.compute.engine import Engine, engine
from workbench.compute.evaluate import compute, on_arrays
from workbench.compute.explain import Explanation, explain
from workbench.compute.memo import Memo
from workbench.compute.panel_folder import read_panel, read_panels
from workbench.compute.plan import Plan, make_plan
from workbench.compute.rows import rank_rows
from workbench.compute.user_operators import operator, remove_operator
from workbench.rooms import answer_calls

__all__ = [
    "Engine",
    "Explanation",
    "Memo",
    "OperatorReport",
    "Plan",
    "check_operator",
    "compute",
    "engine",
    "explain",
    "make_plan",
    "on_arrays",
    "operator",
    "rank_rows",
    "read_panel",
    "read_panels",
    "remove_operator",
]

answer_calls(__name__, "compute")
