"""Measured times of a plan's steps: each step by itself, over whole panels.

In a real run the steps of a stage share tiles that stay in the cache; here every step reads its
operands from memory and writes its result there. So the times of the steps add up to more than the
run, whose own time stands beside them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from time import perf_counter

import numpy as np

from workbench.compute import cpu
from workbench.compute.job import Job
from workbench.compute.memory import Pool, padded_columns
from workbench.compute.plan import Operand, Plan, Stage, Step
from workbench.compute.runner import run_plan
from workbench.errors import PlanError

__all__ = ["Measured", "apart", "measure"]


@dataclass(frozen=True)
class Measured:
    """What a run took.

    Attributes
    ----------
    seconds : float
        The whole plan, fields read and laid out.
    steps : tuple of float
        Seconds of every step by itself, in the order of the plan.
    bytes : tuple of int
        What every step reads and writes.
    """

    seconds: float
    steps: tuple[float, ...]
    bytes: tuple[int, ...]


def measure(job: Job, plan: Plan) -> Measured:
    """Run a plan, then each of its steps by itself; of two runs the second counts.

    Raises
    ------
    PlanError
        No compiled kernels are installed: there is nothing to measure.
    """
    if job.engine == "oracle":
        raise PlanError(
            "measure=True takes the time of compiled kernels, and none are installed here; "
            "`workbench doctor` says why. The plan itself needs no kernels."
        )
    market = job.market
    arrays = {name: market[name].values for name in dict.fromkeys((*plan.fields, *plan.groups))}
    mask = market.mask("estimation").values
    pool, taken = Pool(), []
    single = apart(plan)
    for planned in (plan, plan, single, single):
        began: list[float] = []

        def note(stage: Stage, began: list[float] = began) -> None:
            began.append(perf_counter())

        start = perf_counter()
        run_plan(planned, arrays, mask, job.dtype, market.shape, job.workers, pool=pool, watch=note)
        taken.append((perf_counter() - start, [*began, perf_counter()]))
    steps = tuple(later - earlier for earlier, later in pairwise(taken[3][1]))
    return Measured(taken[1][0], steps, tuple(_bytes(step, job) for step in plan.steps))


def apart(plan: Plan) -> Plan:
    """The same steps, each a stage of its own; scratch slots become panels.

    Examples
    --------
    >>> from workbench.compute.plan import make_plan
    >>> from workbench.factor.text import parse
    >>> plan = make_plan({"f": parse("abs(open - close)")})
    >>> [len(stage.steps) for stage in plan.stages], [len(s.steps) for s in apart(plan).stages]
    ([2], [1, 1])
    """
    slots = max((stage.slots for stage in plan.stages), default=0)
    height = max(plan.heights, default=1)
    stages = tuple(
        Stage(stage.axis, (_on_panels(step, len(plan.heights)),), 0, stage.rows)
        for stage in plan.stages
        for step in stage.steps
    )
    return replace(plan, stages=stages, heights=(*plan.heights, *[height] * slots))


def _on_panels(step: Step, first: int) -> Step:
    operands = tuple(_on_panel(operand, first) for operand in step.operands)
    return replace(step, operands=operands, out=_on_panel(step.out, first))


def _on_panel(operand: Operand, first: int) -> Operand:
    if operand.place != "slot":
        return operand
    return replace(operand, place="panel", number=first + operand.number)


def _bytes(step: Step, job: Job) -> int:
    """What a step must move: every buffer that it reads once, and the one that it writes."""
    sessions, columns = job.market.shape
    item = job.dtype.itemsize
    cells = sessions * padded_columns(columns, cpu.LANES, item)
    read = {(o.place, o.number) for o in step.operands if o.place != "constant"}
    sizes = {"group": np.dtype(np.int32).itemsize}
    return cells * (item + sum(sizes.get(place, item) for place, _ in read))
