"""Every factor of the library on a small random market: causal, start-free, equal on engines.

A whole library is evaluated a few times in all and each test reads its factor from there.
"""

from __future__ import annotations

import re
from functools import partial

import numpy as np
import pytest

from tests.conformance.checks import poisoned, same_bits
from workbench.compute.evaluate import on_arrays
from workbench.compute.oracle import evaluate_terms
from workbench.factor import library
from workbench.factor.fields import GROUP_FIELDS

ALPHAS = dict(library.alpha101())
NAMES = sorted({name for alpha in ALPHAS.values() for name in alpha.fields})
ASSETS, SPARE, DROP = 14, 30, 7
SESSIONS = max(alpha.lookback for alpha in ALPHAS.values()) + SPARE + DROP
CUT = SESSIONS - SPARE // 2

every_alpha = pytest.mark.parametrize("name", ALPHAS)


def rolling_mean(values, window):
    """Mean of the last `window` sessions, NaN before."""
    means = np.full(values.shape, np.nan)
    means[window - 1 :] = np.lib.stride_tricks.sliding_window_view(values, window, axis=0).mean(-1)
    return means


def random_market():
    """Plain arrays of every field that the library names; prices wander, volumes are lumpy."""
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
    return {name: fields[name] for name in NAMES}


MARKET = random_market()


def with_oracle(fields):
    """Evaluate all alphas with the oracle; shared parts once."""
    return evaluate_terms({name: alpha.term for name, alpha in ALPHAS.items()}, fields)


def with_kernels(fields):
    """Evaluate all alphas with the kernels."""
    run = partial(on_arrays, engine="kernels")
    return {
        name: run(alpha, **{field: fields[field] for field in alpha.fields})
        for name, alpha in ALPHAS.items()
    }


ENGINES = {"oracle": with_oracle, "kernels": with_kernels}


@pytest.fixture(scope="module", params=ENGINES)
def panels(request):
    """The library on the market, on a poisoned one and on one that was loaded later."""
    if request.param == "kernels":
        request.getfixturevalue("kernels")
    compute = ENGINES[request.param]
    return {
        "whole": compute(MARKET),
        "poisoned": compute(poisoned(MARKET, CUT, np.random.default_rng(5))),
        "later": compute({name: values[DROP:] for name, values in MARKET.items()}),
    }


@every_alpha
def test_no_look_ahead(name, panels):
    got, want = panels["poisoned"][name], panels["whole"][name]
    same_bits(got[: CUT + 1], want[: CUT + 1], f"{name} reads the future")


@every_alpha
def test_start_does_not_matter(name, panels):
    lookback = ALPHAS[name].lookback
    got, want = panels["later"][name], panels["whole"][name]
    same_bits(got[lookback:], want[DROP + lookback :], f"{name} depends on the start")


@every_alpha
def test_says_something_without_infinities(name, panels):
    whole = panels["whole"][name]
    assert np.isfinite(whole[ALPHAS[name].lookback :]).any(), f"{name} is empty"
    assert not np.isinf(whole).any()


@pytest.fixture(scope="module")
def both(kernels):
    """The library by both engines."""
    return with_kernels(MARKET), with_oracle(MARKET)


@every_alpha
def test_engines_agree(name, both):
    got, want = both[0][name], both[1][name]
    agree = np.isclose(got, want, rtol=1e-9, atol=1e-9 * np.nanmax(np.abs(want)), equal_nan=True)
    assert agree.all(), f"{name}: {(~agree).sum()} of {agree.size} cells differ"
