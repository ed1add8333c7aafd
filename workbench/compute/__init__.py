"""Floor 3: expression → plan → kernels → values.

Called as a verb, the room computes: ``wb.compute(factor, market)``.
"""

from workbench.compute.engine import Engine, engine
from workbench.compute.evaluate import compute, on_arrays
from workbench.compute.explain import Explanation, explain
from workbench.compute.plan import Plan, make_plan
from workbench.compute.rows import rank_rows
from workbench.rooms import answer_calls

__all__ = [
    "Engine",
    "Explanation",
    "Plan",
    "compute",
    "engine",
    "explain",
    "make_plan",
    "on_arrays",
    "rank_rows",
]

answer_calls(__name__, "compute")
