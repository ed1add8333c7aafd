"""Bounded memory: the same bits in parts, nothing above the bound, and words when it cannot be."""

from __future__ import annotations

import gc
import re
import tracemalloc

import numpy as np
import pytest

from tests.compute.toy_market import BATCH, toy_market
from tests.conformance.checks import same_bits
from workbench.compute import compute, cpu
from workbench.compute.job import Job
from workbench.compute.stream import parts
from workbench.errors import PlanError
from workbench.factor import factor
from workbench.market import Panel

MARKET = toy_market(160)
MANY = {f"{name}{k}": f"{text} + {k}" for name, text in BATCH.items() for k in range(4)}


def job(factors=MANY, market=MARKET) -> Job:
    named = {name: factor(text) for name, text in factors.items()}
    return Job(named, market, np.dtype("float32"), 2)


def bound(share: float) -> int:
    """A bound that the batch exceeds."""
    one = job()
    return int(one.bytes(one.plan(MANY)) * share)


@pytest.mark.parametrize("share", [0.3, 0.6])
def test_parts_give_the_same_bits_in_the_order_asked(share: float) -> None:
    want = compute(MANY, MARKET)
    got = compute(MANY, MARKET, max_bytes=bound(share), reduce=lambda panel: panel.values.copy())
    assert list(got) == list(MANY)
    for name, panel in want.items():
        same_bits(got[name], panel.values, name)


def test_every_part_fits_and_shares_what_it_can() -> None:
    one, limit = job(), bound(0.4)
    plans = parts(one, list(MANY), limit, lets_go=True)
    assert len(plans) > 1
    assert all(one.bytes(plan) <= limit for plan in plans)
    assert sorted(name for plan in plans for name in plan.outputs) == sorted(MANY)
    # Factors that differ in a constant alone share their work: they lie in neighbouring parts.
    assert sum(len(plan.steps) for plan in plans) < 2 * len(one.plan(MANY).steps)


def test_memory_stays_below_the_bound() -> None:
    if cpu.load() is None:
        pytest.skip("the bound is that of the compiled kernels; the oracle takes what it takes")
    market = toy_market(400, 900, total=400)
    one = job(market=market)
    limit = int(one.bytes(one.plan(MANY)) * 0.4)
    for name in ("open", "close", "volume", "returns", "adv20", "industry"):
        _ = market[name].values  # the market's own fields are not part of the run
    _ = market.mask("estimation").values
    gc.collect()
    tracemalloc.start()
    try:
        compute(MANY, market, threads=2, max_bytes=limit, reduce=lambda panel: panel.coverage)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert limit / 2 < peak < limit, f"{peak / 1e6:.1f} of {limit / 1e6:.1f} MB"


def test_a_panel_that_is_kept_keeps_its_values() -> None:
    want = compute(MANY, MARKET)
    kept = compute(MANY, MARKET, max_bytes=bound(0.3), reduce=lambda panel: panel)
    for name, panel in want.items():
        same_bits(kept[name].values, panel.values, name)


def test_what_does_not_fit_says_the_ways_out() -> None:
    with pytest.raises(PlanError, match="Three ways out") as error:
        compute(MANY, MARKET, max_bytes=bound(0.5))
    need = int(re.search(r"max_bytes=(\d+)", str(error.value))[1])
    assert len(compute(MANY, MARKET, max_bytes=need)) == len(MANY)
    with pytest.raises(PlanError, match="Three ways out"):
        compute(MANY, MARKET, max_bytes=need - 1)


def test_one_factor_that_cannot_fit_says_its_need() -> None:
    with pytest.raises(PlanError, match=r"'factor' alone needs .* max_bytes=(\d+)") as error:
        compute("rank(close)", MARKET, max_bytes=1000, reduce=lambda panel: None)
    need = int(re.search(r"Give max_bytes=(\d+)", str(error.value))[1])
    assert compute("rank(close)", MARKET, max_bytes=need, threads=1).shape == MARKET.shape


def test_reduce_answers_for_one_factor_too() -> None:
    assert compute("close", MARKET, reduce=lambda panel: panel.name) == "close"
    seen = []
    compute(BATCH, MARKET, reduce=seen.append)
    assert all(isinstance(panel, Panel) for panel in seen)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_bytes": 0}, "max_bytes is a positive"),
        ({"last": 0}, "last is a positive"),
        ({"reduce": 3}, "function of a Panel"),
        ({"reduce": print, "last": 2}, "reduce= and last= exclude"),
        ({"memo": "m", "last": 2}, "memo= remembers whole"),
    ],
)
def test_options_are_checked(options: dict, message: str) -> None:
    with pytest.raises(PlanError, match=message):
        compute("close", MARKET, **options)
