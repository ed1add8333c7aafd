"""The checks themselves are checked: operators that cheat must be caught."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conformance.cases import call_of, fields_of
from tests.conformance.checks import check_causal, check_lookback, check_start_free
from workbench.compute.oracle import ORACLE, evaluate_term, terms
from workbench.factor.operator import Axis, Number, Operator, operator, unregister


def _peek(x, *, mask=None):
    """x[t + 1]: tomorrow's value."""
    return np.vstack([x[1:], np.full((1, x.shape[1]), np.nan)])


def _running_mean(x, *, mask=None):
    """Mean since loading began."""
    return np.cumsum(x, axis=0) / np.arange(1, len(x) + 1)[:, None]


def _whole_sample(x, *, mask=None):
    """Demeaned with the mean of the whole sample: the future in a subtle dress."""
    return x - x.mean(axis=0)


def _three_back(x, *, mask=None):
    """x[t - 3], declared as x[t - 1]."""
    return np.vstack([np.full((3, x.shape[1]), np.nan), x[:-3]])


CHEATS = {
    "peek": _peek,
    "running_mean": _running_mean,
    "whole_sample": _whole_sample,
    "three_back": _three_back,
}


@pytest.fixture
def cheat(request, monkeypatch):
    """Register a cheating operator, with an oracle, for one test."""
    name = request.param

    def declaration(x: Number) -> Number:
        """Cheat."""

    axis, history = Axis.TIME, 1 if name == "three_back" else 0
    row: Operator = operator(
        axis=axis, lookback=lambda: history, nan_rule="strict", source="a control", name=name
    )(declaration)
    monkeypatch.setattr(terms, "ORACLE", dict(ORACLE) | {name: CHEATS[name]})
    yield row
    unregister(name)


def case(row):
    """Way to compute, and its inputs."""
    call = call_of(row)
    return (lambda fields: evaluate_term(call, fields)), fields_of(call, 41)


@pytest.mark.parametrize("cheat", ["peek", "whole_sample"], indirect=True)
def test_a_leak_is_caught(cheat):
    compute, fields = case(cheat)
    with pytest.raises(AssertionError, match="the future of session 20 leaks"):
        check_causal(compute, fields, cuts=(20,))


@pytest.mark.parametrize("cheat", ["running_mean", "whole_sample"], indirect=True)
def test_dependence_on_the_start_is_caught(cheat):
    compute, fields = case(cheat)
    with pytest.raises(AssertionError, match="loading 3 sessions later"):
        check_start_free(compute, fields, call_of(cheat).lookback, drops=(3,))


@pytest.mark.parametrize("cheat", ["three_back"], indirect=True)
def test_a_look_back_declared_too_short_is_caught(cheat):
    compute, fields = case(cheat)
    with pytest.raises(AssertionError, match="2 sessions do not give the last value"):
        check_lookback(compute, fields, call_of(cheat).lookback)


@pytest.mark.parametrize("cheat", ["running_mean"], indirect=True)
def test_an_honest_property_of_a_cheat_passes(cheat):
    compute, fields = case(cheat)
    check_causal(compute, fields, cuts=(5, 20))


def test_a_look_back_declared_too_long_is_caught():
    fields = {"x": np.random.default_rng(1).normal(size=(9, 4))}
    with pytest.raises(AssertionError, match="already give a value"):
        check_lookback(lambda given: given["x"], fields, 2)
