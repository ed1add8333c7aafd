"""Operators that others define: what each stands for gives what its own oracle gives."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conformance.cases import CASES, FORMS, SCENES, call_of, fields_of
from workbench.compute import cpu
from workbench.compute.definitions import DEFINITIONS, defined
from workbench.compute.oracle import ORACLE, evaluate_term
from workbench.factor import OPERATORS
from workbench.factor.term import Call, walk

FURTHER = [
    call_of(OPERATORS[name], **said)
    for name, said in [
        ("ts_minmax", {"window": 8, "min_periods": 1}),
        ("ts_autocorr", {"window": 8, "lag": 3, "sessions": "traded"}),
        ("ts_autocorr", {"window": 8, "lag": 3, "min_periods": 4}),
        ("ts_beta", {"window": 9, "min_periods": 5}),
        ("wma_gtja", {"window": 9, "min_periods": 3}),
        ("sma_cn", {"n": 7, "m": 7}),
        ("sma_cn", {"n": 4, "m": 1, "min_periods": 2}),
        *(
            (name, {"span": 0.0, given: value, "min_periods": 2})
            for name in ("ewma", "ewmstd", "ewmvar", "ewmcov")
            for given, value in [("span", 6.0), ("halflife", 1.5), ("alpha", 0.4), ("com", 1.5)]
        ),
    ]
]
"""Policies together with other literals; `FORMS` change one literal at a time."""
CALLS = dict.fromkeys(
    [case.call for case in (*CASES, *FORMS) if case.row.name in DEFINITIONS] + FURTHER
)


def label(call: Call) -> str:
    return f"{call.operator}-{'-'.join(map(str, call.parameters))}"


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("call", CALLS, ids=label)
def test_a_definition_gives_what_the_operator_gives(call, scene):
    fields = fields_of(call, 41, **SCENES[scene])
    want = evaluate_term(call, fields)
    got = evaluate_term(defined(call.operator, call.operands, call.parameters), fields)
    np.testing.assert_array_equal(np.isnan(got), np.isnan(want))
    scale = np.nanmax(np.abs(want), initial=1e-9, where=~np.isnan(want))
    np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-11 * min(scale, 1e3))


@pytest.mark.parametrize("call", CALLS, ids=label)
def test_a_definition_keeps_the_history(call):
    assert defined(call.operator, call.operands, call.parameters).lookback == call.lookback


def test_definitions_are_made_of_what_the_kernels_know():
    if cpu.load() is None:
        pytest.skip("the compiled kernels are not built")
    for call in CALLS:
        meaning = defined(call.operator, call.operands, call.parameters)
        parts = {node.operator for node in walk(meaning) if isinstance(node, Call)}
        assert parts <= cpu.opcodes().keys()
        assert call.operator not in cpu.opcodes()


def test_every_operator_has_a_kernel_or_a_definition():
    if cpu.load() is None:
        pytest.skip("the compiled kernels are not built")
    assert OPERATORS.keys() <= ORACLE.keys()
    assert OPERATORS.keys() <= cpu.opcodes().keys() | DEFINITIONS.keys()
    assert not cpu.opcodes().keys() & DEFINITIONS.keys()
    assert defined("ts_mean", (), ()) is None
