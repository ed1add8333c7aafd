"""Declared operators = oracle rows = kernel opcodes; each declaration is whole."""

from __future__ import annotations

import pytest

from tests.conformance.cases import CASES
from workbench.compute.definitions import DEFINITIONS
from workbench.compute.oracle import ORACLE
from workbench.factor import OPERATORS

STAGE_WORDS = frozenset({"copy"})
"""Opcodes of the machine that are no words of the language."""


def test_every_operator_has_an_oracle_and_no_oracle_is_orphaned():
    assert set(ORACLE) == set(OPERATORS)


def test_every_operator_has_an_opcode_and_no_opcode_is_orphaned(kernels):
    assert set(kernels.opcodes()) - STAGE_WORDS == set(OPERATORS) - set(DEFINITIONS)


def test_opcodes_differ(kernels):
    codes = kernels.opcodes().values()
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_declaration_is_whole(case):
    assert case.row.source
    assert case.row.nan_rule
    assert ">>>" in case.row.doc, f"{case.name} has no example"
    assert case.row.lookback(case.call.parameters) >= 0
