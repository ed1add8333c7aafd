"""Measuring: steps taken apart compute what they computed together."""

from __future__ import annotations

import numpy as np
import pytest

from tests.compute.toy_market import BATCH, toy_market
from workbench.compute import cpu
from workbench.compute.explain_measure import apart, measure
from workbench.compute.job import Job
from workbench.compute.runner import run_plan
from workbench.factor import factor

pytestmark = pytest.mark.skipif(
    cpu.find()[0] is None, reason="compiled kernels are not installed: nothing to measure"
)


@pytest.fixture(scope="module")
def job() -> Job:
    batch = {name: factor(text) for name, text in BATCH.items()}
    return Job(batch, toy_market(80, 19), np.dtype(np.float32), 1)


def test_steps_taken_apart_give_the_same_bits(job: Job) -> None:
    plan = job.plan(BATCH)
    arrays = {name: job.market[name].values for name in (*plan.fields, *plan.groups)}
    mask = job.market.mask("estimation").values
    together, single = (
        run_plan(one, arrays, mask, job.dtype, job.market.shape, 1) for one in (plan, apart(plan))
    )
    for name in BATCH:
        np.testing.assert_array_equal(single[name], together[name])


def test_every_step_has_a_time_and_a_size(job: Job) -> None:
    plan = job.plan(BATCH)
    taken = measure(job, plan)
    assert len(taken.steps) == len(taken.bytes) == len(plan.steps)
    assert min(taken.steps) > 0
    assert taken.seconds > 0
    panel = 80 * 48 * 4  # 19 assets are laid out as 3 × 16, an odd number of cache lines
    steps = dict(zip((step.operator for step in plan.steps), taken.bytes, strict=True))
    assert steps["zscore"] == 2 * panel
    assert steps["correlation"] == steps["indneutralize"] == 3 * panel
