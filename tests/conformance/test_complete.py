"""Declared operators = oracle rows = kernel opcodes; each declaration is whole."""

from __future__ import annotations

import pytest

from tests.conformance.cases import name_of
from workbench.compute.oracle import ORACLE
from workbench.factor import OPERATORS

STAGE_WORDS = frozenset({"copy"})
"""Opcodes of the machine that are no words of the language."""


def test_every_operator_has_an_oracle_and_no_oracle_is_orphaned():
    assert set(ORACLE) == set(OPERATORS)


def test_every_operator_has_an_opcode_and_no_opcode_is_orphaned(kernels):
    assert set(kernels.opcodes()) - STAGE_WORDS == set(OPERATORS)


def test_opcodes_differ(kernels):
    codes = kernels.opcodes().values()
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("row", OPERATORS.values(), ids=name_of)
def test_declaration_is_whole(row):
    assert row.source
    assert row.nan_rule
    assert ">>>" in row.doc, f"{row.name} has no example"
    assert row.lookback([max(5, p.minimum or 0) for p in row.literals]) >= 0
