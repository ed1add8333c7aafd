"""The declared NaN rule of every operator, proved by planting NaN where it could matter.

Along time the rule is strict: a hole at any place of the window, in any operand, makes the result
missing, and a hole just outside changes no bit. ``READS`` names the places of the operators that
do not read a whole window. The elementwise exceptions are ``FORGIVING``.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.conformance.cases import CASES, SESSIONS, call_of, fields_of
from tests.conformance.checks import same_bits
from workbench.factor import OPERATORS
from workbench.factor.operator import Axis

ALONG = [case for case in CASES if case.row.axis is Axis.TIME]
WITHIN = [case for case in CASES if case.row.axis is Axis.ELEMENT]
ACROSS = [case for case in CASES if case.row.axis is Axis.SECTION]

READS = {"delay": (2,), "delta": (0, 2), "pct_change": (0, 2), "log_ret": (0, 2)}
"""Ages (0 = newest) that the operator reads; every other one reads its whole window."""

PASSING = frozenset(
    {"ewma", "ewmvar", "ewmstd", "ewmcov", "ewm_mean", "ewm_var", "ewm_cov", "sma_cn", "sumif"}
    | {"ts_backfill", "kth_element", "last_diff_value", "days_from_last_change", "hump"}
    | {"trade_when", "ts_cumsum", "ts_cumprod"}
)
"""Operators along time that pass holes over; their own tests say how."""

ANCHORED = frozenset({"ts_cumsum", "ts_cumprod"})
"""Operators that read back to a date."""

POSITIVE = frozenset({"pct_change", "log_ret", "ts_maxdd"})
"""Operators that are defined for prices only."""

FORGIVING = frozenset({"where", "and", "or", "fmin", "fmax", "fillna", "isnan", "isfinite"})
"""Elementwise operators that can answer although an operand is missing."""

NO_GAPS = frozenset({"group_backfill", "group_cartesian"})
"""Operators across assets that fill missing numbers, or take none."""

HAS_A_PARENT = frozenset({"group_neutralize"})
"""Operators whose second group may be missing."""


def name_of(case):
    """Test id of a case."""
    return case.name


def test_exceptions_are_registered():
    assert set(READS) <= {case.name for case in ALONG}
    assert {case.name for case in WITHIN} >= FORGIVING
    assert {case.name for case in ACROSS} >= NO_GAPS | HAS_A_PARENT


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_rule_is_declared_in_words(case):
    assert case.row.nan_rule.split()


@pytest.mark.parametrize("case", ALONG, ids=name_of)
def test_strict_is_declared_by_whom_it_concerns(case):
    strict = case.name not in PASSING and case.name not in READS
    assert case.row.nan_rule.startswith("strict") == strict


@pytest.mark.parametrize("case", ALONG, ids=name_of)
def test_hole_in_the_window(case, run):
    call, fields = case.call, fields_of(case.call, 21)
    if case.name in POSITIVE:
        fields = {name: np.abs(values) for name, values in fields.items()}
    want = run(call, **fields)[-1]
    passing = case.name in PASSING
    assert np.isfinite(want).any() if passing else np.isfinite(want).all(), "the case is empty"
    reads = READS.get(case.name, range(call.lookback + 1))
    for name in fields:
        for age in range(call.lookback + 2):
            holed = {other: values.copy() for other, values in fields.items()}
            holed[name][SESSIONS - 1 - age, ::2] = np.nan
            got = run(call, **holed)[-1]
            same_bits(got[1::2], want[1::2], f"{case.name}: a hole in another column matters")
            if passing and (age <= call.lookback or case.name in ANCHORED):
                continue
            if age in reads:
                assert np.isnan(got[::2]).all(), f"{case.name}: hole of age {age} in {name} unseen"
            else:
                same_bits(got[::2], want[::2], f"{case.name}: hole of age {age} in {name} matters")


@pytest.mark.parametrize("case", WITHIN, ids=name_of)
def test_hole_in_a_cell(case, run):
    call, fields = case.call, fields_of(case.call, 22)
    want = run(call, **fields)
    for name in fields:
        holed = {other: values.copy() for other, values in fields.items()}
        holed[name][:, ::2] = np.nan
        got = run(call, **holed)
        same_bits(got[:, 1::2], want[:, 1::2], f"{case.name}: a hole in another column matters")
        if case.name not in FORGIVING:
            assert np.isnan(got[:, ::2]).all(), f"{case.name}: a hole in {name} gave a number"


@pytest.mark.parametrize(
    ("name", "operands", "want"),
    [
        ("and", ([0, 1, np.nan], [np.nan, np.nan, np.nan]), [0, np.nan, np.nan]),
        ("or", ([0, 1, np.nan], [np.nan, np.nan, np.nan]), [np.nan, 1, np.nan]),
        ("where", ([0, 1, np.nan], [np.nan, 5, 5], [6, np.nan, 6]), [6, 5, np.nan]),
        ("fmin", ([1, np.nan, np.nan], [np.nan, 2, np.nan]), [1, 2, np.nan]),
        ("fmax", ([1, np.nan, np.nan], [np.nan, 2, np.nan]), [1, 2, np.nan]),
        ("fillna", ([1, np.nan, np.nan], [np.nan, 2, np.nan]), [1, 2, np.nan]),
        ("isnan", ([1, np.nan],), [0, 1]),
        ("isfinite", ([1, np.nan],), [1, 0]),
    ],
)
def test_forgiving_operators(name, operands, want, run):
    call = call_of(OPERATORS[name])
    fields = {
        field.name: np.array([values], dtype=float)
        for field, values in zip(call.operands, operands, strict=True)
    }
    np.testing.assert_array_equal(run(call, **fields), [want])


@pytest.mark.parametrize("case", [c for c in ACROSS if c.name not in NO_GAPS], ids=name_of)
def test_missing_asset_is_as_if_absent(case, run):
    call, fields = case.call, fields_of(case.call, 23)
    number = next(p for p in call.operands if p.name.startswith("number")).name
    fields[number][:, ::3] = np.nan
    got = run(call, **fields)
    assert np.isnan(got[:, ::3]).all()
    present = np.arange(got.shape[1]) % 3 != 0
    want = run(call, **{name: values[:, present] for name, values in fields.items()})
    assert np.isfinite(want).any()
    size = np.nanmax(np.abs(want))
    np.testing.assert_allclose(got[:, present], want, rtol=1e-12, atol=1e-12 * size)


@pytest.mark.parametrize("case", ACROSS, ids=name_of)
def test_asset_without_a_group(case, run):
    call, fields = case.call, fields_of(case.call, 24)
    groups = [name for name in fields if name.startswith("group")]
    for name in groups[:1] if case.name in HAS_A_PARENT else groups:
        without = fields[name] < 0
        assert without.any()
        assert np.isnan(run(call, **fields)[without]).all()
    same = {name: np.zeros_like(fields[name]) for name in groups}
    assert np.isfinite(run(call, **fields | same)[call.lookback :]).all()
