"""The declared NaN rule of every operator, proved by planting NaN where it could matter.

Along time the rule is strict: a hole at any place of the window, in any operand, makes the result
missing, and a hole just outside changes no bit. ``READS`` names the places of the operators that
do not read a whole window. The elementwise exceptions are ``FORGIVING``.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.conformance.cases import SESSIONS, WINDOW, call_of, fields_of, name_of
from tests.conformance.checks import same_bits
from workbench.factor import OPERATORS
from workbench.factor.operator import Axis

ROWS = tuple(OPERATORS.values())
ALONG = [row for row in ROWS if row.axis is Axis.TIME]
WITHIN = [row for row in ROWS if row.axis is Axis.ELEMENT]
ACROSS = [row for row in ROWS if row.axis is Axis.SECTION]

READS = {"delay": (WINDOW,), "delta": (0, WINDOW)}
"""Ages (0 = newest) that the operator reads; every other one reads its whole window."""

FORGIVING = frozenset({"where", "and", "or"})
"""Elementwise operators that can answer although an operand is missing."""


def test_exceptions_are_registered():
    assert set(READS) <= {row.name for row in ALONG}
    assert {row.name for row in WITHIN} >= FORGIVING


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_rule_is_declared_in_words(row):
    assert row.nan_rule.split()


@pytest.mark.parametrize("row", ALONG, ids=name_of)
def test_strict_is_declared_by_whom_it_concerns(row):
    assert row.nan_rule.startswith("strict") == (row.name not in READS)


@pytest.mark.parametrize("row", ALONG, ids=name_of)
def test_hole_in_the_window(row, run):
    call, fields = call_of(row), fields_of(row, 21)
    want = run(call, **fields)[-1]
    assert np.isfinite(want).all(), "the case is empty"
    reads = READS.get(row.name, range(call.lookback + 1))
    for name in fields:
        for age in range(call.lookback + 2):
            holed = {other: values.copy() for other, values in fields.items()}
            holed[name][SESSIONS - 1 - age, ::2] = np.nan
            got = run(call, **holed)[-1]
            same_bits(got[1::2], want[1::2], f"{row.name}: a hole in another column matters")
            if age in reads:
                assert np.isnan(got[::2]).all(), f"{row.name}: hole of age {age} in {name} unseen"
            else:
                same_bits(got[::2], want[::2], f"{row.name}: hole of age {age} in {name} matters")


@pytest.mark.parametrize("row", WITHIN, ids=name_of)
def test_hole_in_a_cell(row, run):
    call, fields = call_of(row), fields_of(row, 22)
    want = run(call, **fields)
    for name in fields:
        holed = {other: values.copy() for other, values in fields.items()}
        holed[name][:, ::2] = np.nan
        got = run(call, **holed)
        same_bits(got[:, 1::2], want[:, 1::2], f"{row.name}: a hole in another column matters")
        if row.name not in FORGIVING:
            assert np.isnan(got[:, ::2]).all(), f"{row.name}: a hole in {name} gave a number"


@pytest.mark.parametrize(
    ("name", "operands", "want"),
    [
        ("and", ([0, 1, np.nan], [np.nan, np.nan, np.nan]), [0, np.nan, np.nan]),
        ("or", ([0, 1, np.nan], [np.nan, np.nan, np.nan]), [np.nan, 1, np.nan]),
        ("where", ([0, 1, np.nan], [np.nan, 5, 5], [6, np.nan, 6]), [6, 5, np.nan]),
    ],
)
def test_forgiving_operators(name, operands, want, run):
    call = call_of(OPERATORS[name])
    fields = {
        field.name: np.array([values], dtype=float)
        for field, values in zip(call.operands, operands, strict=True)
    }
    np.testing.assert_array_equal(run(call, **fields), [want])


@pytest.mark.parametrize("row", ACROSS, ids=name_of)
def test_missing_asset_is_as_if_absent(row, run):
    call, fields = call_of(row), fields_of(row, 23)
    number = next(p for p in call.operands if p.name.startswith("number")).name
    fields[number][:, ::3] = np.nan
    got = run(call, **fields)
    assert np.isnan(got[:, ::3]).all()
    present = np.arange(got.shape[1]) % 3 != 0
    want = run(call, **{name: values[:, present] for name, values in fields.items()})
    assert np.isfinite(want).any()
    size = np.nanmax(np.abs(want))
    np.testing.assert_allclose(got[:, present], want, rtol=1e-12, atol=1e-12 * size)


@pytest.mark.parametrize("row", ACROSS, ids=name_of)
def test_asset_without_a_group(row, run):
    call, fields = call_of(row), fields_of(row, 24)
    groups = [name for name in fields if name.startswith("group")]
    for name in groups:
        without = fields[name] < 0
        assert without.any()
        assert np.isnan(run(call, **fields)[without]).all()
    same = {name: np.zeros_like(fields[name]) for name in groups}
    assert np.isfinite(run(call, **fields | same)).all()
