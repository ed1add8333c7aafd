"""Every row of the operator table is a contract: complete words and an example that runs."""

from __future__ import annotations

import ast
import doctest
import importlib
import importlib.util
import inspect

import pytest

import workbench.factor.operators as rooms
from workbench.factor import OPERATORS, Axis, Operator

DECLARED = """
abs add and atan bottom bucket cbrt ceil clip correlation covariance cs_corr cs_regression
csrank_qlib days_from_last_change days_since_max days_since_min decay_exp decay_linear delay
delta demean divide equal erf ewm_cov ewm_mean ewm_var ewma ewmcov ewmstd ewmvar exp fillna
floor fmax fmin frac gauss_rank greater greater_equal group_backfill group_cartesian group_count
group_max group_mean group_median group_min group_neutralize group_rank group_scale group_std
group_sum group_zscore hump indneutralize inverse isfinite isnan kth_element kurt l2_normalize
last_diff_value less less_equal log log1p log_ret longshort_scale mad maximum medad minimum
modulo multiply nan_mask negate normalize not not_equal or pct_change power rank regression_neut
round scale scan_linear sigmoid sign signedpower skew slog1p sma_cn sqrt stddev subtract sumif
tail tanh top trade_when ts_argmax ts_argmin ts_autocorr ts_backfill ts_beta ts_count ts_cumprod
ts_cumsum ts_entropy ts_hurst ts_intercept ts_max ts_maxdd ts_mean ts_median ts_min ts_minmax
ts_moment ts_partial_corr ts_product ts_quantile ts_rank ts_regression ts_resid ts_rsquare
ts_slope ts_spearman ts_sum ts_zscore variance vector_neut weighted_demean
weighted_regression_neut weighted_zscore where winsorize_mad winsorize_quantile winsorize_sigma
wma_gtja xor zscore
"""


def rows() -> list[object]:
    return [pytest.param(row, id=name) for name, row in sorted(OPERATORS.items())]


def test_table_is_complete() -> None:
    assert sorted(OPERATORS) == sorted(DECLARED.split())


@pytest.mark.parametrize("row", rows())
def test_words(row: Operator) -> None:
    summary, blank, *rest = row.doc.splitlines()
    assert summary.endswith(".")
    assert len(summary) <= 90
    assert not blank
    text = "\n".join(rest)
    for section in ("Formula: ", "Shape: ", "Unit: ", "Errors: ", "NaN rule: ", "Source: "):
        assert section in text, f"{row.name} does not state its {section.strip(': ')}"
    assert row.nan_rule in text
    assert row.source in text
    assert row.__doc__ == row.doc


@pytest.mark.parametrize("row", rows())
def test_body_is_only_a_docstring(row: Operator) -> None:
    tree = ast.parse(inspect.getsource(row.__wrapped__)).body[0]
    assert isinstance(tree, ast.FunctionDef)
    assert len(tree.body) == 1
    assert isinstance(tree.body[0], ast.Expr)


@pytest.mark.parametrize("row", rows())
def test_example_names_the_operator(row: Operator) -> None:
    examples = doctest.DocTestParser().get_examples(row.doc)
    shown = " ".join(example.source for example in examples)
    signs = {"and": "&", "or": "|", "not": "!", "where": "?"}
    assert "on_arrays(" in shown
    assert (row.symbol or f"{row.name}(") in shown or signs.get(row.name, "\0") in shown
    assert examples[-1].want.startswith("array(")


@pytest.mark.skipif(
    importlib.util.find_spec("workbench.compute") is None
    or importlib.util.find_spec("workbench.compute.evaluate") is None,
    reason="the examples need workbench.compute",
)
@pytest.mark.parametrize("row", rows())
def test_example_runs(row: Operator) -> None:
    parsed = doctest.DocTestParser().get_doctest(row.doc, {}, row.name, None, 0)
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    result = runner.run(parsed)
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize("axis", list(Axis))
def test_declaring_modules_hold_one_axis(axis: Axis) -> None:
    where = {row.__module__.rsplit(".", 1)[1] for row in OPERATORS.values() if row.axis is axis}
    expected = {
        Axis.ELEMENT: {"comparison", "elementwise", "missing", "rounding", "transcendental"},
        Axis.TIME: {"time_moments", "time_order", "time_path", "time_regression", "time_series"}
        | {"time_weighted"},
        Axis.SECTION: {"cross_section", "distribution", "group", "neutralize"},
    }
    assert where == expected[axis]


@pytest.mark.parametrize("room", sorted(set(rooms.__all__) - {"point_in_time"}))
def test_exports_are_the_declared_operators(room: str) -> None:
    module = importlib.import_module(f"workbench.factor.operators.{room}")
    exported = {getattr(module, name) for name in module.__all__}
    assert exported == {row for row in OPERATORS.values() if row.__module__ == module.__name__}
