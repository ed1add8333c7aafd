"""Costs: every operator has one, and longer windows never cost less."""

from __future__ import annotations

import pytest

from tests.conformance.cases import CASES, call_of
from workbench.compute import cost
from workbench.compute.cost import cell_cost
from workbench.factor import OPERATORS


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_costs_are_positive_and_grow_with_the_window(case) -> None:
    short = cell_cost(case.call)
    assert short > 0
    if any(literal.role == "window" for literal in case.row.literals):
        assert cell_cost(call_of(case.row, window=200)) >= short


def test_no_cost_is_orphaned() -> None:
    assert set(cost._COSTS) <= set(OPERATORS)
