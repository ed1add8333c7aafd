"""Every published factor on a small random market: causal, start-free, equal step by step.

All libraries are computed a few times in one plan each, and every test reads its factor from
there. Alpha101 runs on the oracle as well. Engines are compared step by step: both get the same
operands, so a rank that orders values which are equal on paper cannot hide behind a tolerance.
"""

from __future__ import annotations

import re

import numpy as np
import pytest

from tests.conformance.checks import poisoned, same_bits
from workbench.compute.evaluate import on_arrays
from workbench.compute.oracle import evaluate_terms
from workbench.compute.plan import make_plan
from workbench.compute.runner import run_terms
from workbench.factor import library
from workbench.factor.fields import GROUP_FIELDS
from workbench.factor.term import Call, Constant, Field, walk

LIBRARIES = {
    "alpha101": library.alpha101(),
    "alpha158": library.alpha158("strict"),
    "alpha158_qlib": library.alpha158("qlib"),
    "alpha191": library.alpha191(),
    "alpha360": library.alpha360(),
}
FACTORS = {
    f"{title}.{name}": one for title, known in LIBRARIES.items() for name, one in known.items()
}
PAPER = [name for name in FACTORS if name.startswith("alpha101.")]
NAMES = sorted({name for one in FACTORS.values() for name in one.fields})
SPARSE = frozenset({"alpha101.alpha096", "alpha191.gtja064"})
"""Factors whose strict windows hardly ever hold: see the defects stated at the formula."""

ASSETS, SPARE, DROP = 14, 30, 7
SESSIONS = max(one.lookback for one in FACTORS.values()) + SPARE + DROP
CUT = SESSIONS - SPARE // 2

every_factor = pytest.mark.parametrize("name", FACTORS)


def rolling_mean(values, window):
    """Mean of the last `window` sessions, NaN before."""
    means = np.full(values.shape, np.nan)
    means[window - 1 :] = np.lib.stride_tricks.sliding_window_view(values, window, axis=0).mean(-1)
    return means


def random_market():
    """Plain arrays of every field that the libraries name; prices wander, volumes are lumpy."""
    rng = np.random.default_rng(101)
    size = (SESSIONS, ASSETS)
    close = 20 * np.exp(np.cumsum(rng.normal(0, 0.02, size), axis=0))
    start = close * np.exp(rng.normal(0, 0.01, size))
    low = np.minimum(start, close) * np.exp(-np.abs(rng.normal(0, 0.01, size)))
    high = np.maximum(start, close) * np.exp(np.abs(rng.normal(0, 0.01, size)))
    volume = rng.lognormal(12, 0.8, size).round()
    vwap = low + (high - low) * rng.random(size)
    returns = np.vstack([np.full((1, ASSETS), np.nan), close[1:] / close[:-1] - 1])
    fields = {
        "open": start,
        "high": high,
        "low": low,
        "close": close,
        "volume": volume,
        "vwap": vwap,
        "amount": vwap * volume,
        "returns": returns,
        "cap": close * rng.lognormal(18, 1, (1, ASSETS)),
    }
    for name in NAMES:
        if family := re.fullmatch(r"adv(\d+)", name):
            fields[name] = rolling_mean(fields["amount"], int(family[1]))
        elif name in GROUP_FIELDS:
            fields[name] = np.broadcast_to(rng.integers(0, 3, (1, ASSETS)), size).astype(np.int32)
        elif name.startswith("benchmark"):
            index = 3000 * np.exp(np.cumsum(rng.normal(0, 0.01, (SESSIONS, 1)), axis=0))
            fields[name] = np.broadcast_to(index, size).copy()
        elif name.startswith("ff_"):
            fields[name] = np.broadcast_to(rng.normal(0, 0.01, (SESSIONS, 1)), size).copy()
    return {name: fields[name] for name in NAMES}


MARKET = random_market()


def computed(names, fields, engine):
    """Values of some factors in one plan."""
    terms = {name: FACTORS[name].term for name in names}
    plan = make_plan(terms)
    shape = fields["close"].shape
    return run_terms(plan, terms, fields, None, np.dtype("float64"), shape, 2, engine)


@pytest.fixture(scope="module")
def panels(kernels):
    """Every factor on the market, on a poisoned one and on one that was loaded later."""
    return laws(FACTORS, "kernels")


@pytest.fixture(scope="module")
def papers():
    """Alpha101 by the oracle in the same three situations."""
    return laws(PAPER, "oracle")


def laws(names, engine):
    """Values in three situations."""
    return {
        "whole": computed(names, MARKET, engine),
        "poisoned": computed(names, poisoned(MARKET, CUT, np.random.default_rng(5)), engine),
        "later": computed(names, {key: v[DROP:] for key, v in MARKET.items()}, engine),
    }


def check_laws(name, panels):
    """No value up to the cut sees the poison, none with its look-back depends on the start."""
    want = panels["whole"][name]
    got = panels["poisoned"][name]
    same_bits(got[: CUT + 1], want[: CUT + 1], f"{name} reads the future")
    lookback = FACTORS[name].lookback
    got = panels["later"][name]
    same_bits(got[lookback:], want[DROP + lookback :], f"{name} depends on the start")
    assert not np.isinf(want).any()
    assert np.isfinite(want[lookback:]).any() or name in SPARSE, f"{name} is empty"


@every_factor
def test_laws_of_time(name, panels):
    check_laws(name, panels)


@pytest.mark.parametrize("name", PAPER)
def test_laws_of_time_on_the_oracle(name, papers):
    check_laws(name, papers)


def test_factors_called_sparse_are_so(panels):
    for name in SPARSE:
        assert np.isfinite(panels["whole"][name]).mean() < 0.01


def steps(term):
    """Distinct calls of a term, children first."""
    return [node for node in walk(term) if isinstance(node, Call)]


@pytest.fixture(scope="module")
def truth():
    """What the oracle gives for every step of Alpha101."""
    terms = {node: node for name in PAPER for node in steps(FACTORS[name].term)}
    named = {str(place): node for place, node in enumerate(terms)}
    values = evaluate_terms(named, MARKET)
    return {node: values[key] for key, node in named.items()}


@pytest.fixture(scope="module")
def agreed():
    """Steps that were found equal already."""
    return set()


@pytest.mark.parametrize("name", PAPER)
def test_engines_agree_step_by_step(name, truth, agreed, kernels):
    for node in steps(FACTORS[name].term):
        if node in agreed:
            continue
        operands, given = [], {}
        for place, operand in enumerate(node.operands):
            if isinstance(operand, Call):
                given[f"operand_{place}"] = truth[operand]
                operand = Field(f"operand_{place}")
            elif isinstance(operand, Field):
                given[operand.name] = MARKET[operand.name]
            operands.append(operand)
        if all(isinstance(operand, Constant) for operand in operands):
            continue
        call = Call(node.operator, tuple(operands), node.parameters)
        got, want = on_arrays(call, engine="kernels", **given), truth[node]
        scale = np.nanmax(np.abs(want), initial=0.0, where=~np.isnan(want))
        agree = np.isclose(got, want, rtol=1e-9, atol=1e-9 * scale, equal_nan=True)
        assert agree.all(), f"{node.brief()} in {name}: {(~agree).sum()} of {agree.size} differ"
        agreed.add(node)
