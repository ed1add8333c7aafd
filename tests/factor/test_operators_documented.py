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
add subtract multiply divide negate power abs sign log signedpower minimum maximum where
less less_equal greater greater_equal equal not_equal and or not
delay delta ts_sum ts_mean stddev ts_min ts_max ts_argmax ts_argmin ts_rank decay_linear
correlation covariance rank zscore demean scale indneutralize
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
        Axis.ELEMENT: {"elementwise", "comparison"},
        Axis.TIME: {"time_series"},
        Axis.SECTION: {"cross_section"},
    }
    assert where == expected[axis]


@pytest.mark.parametrize("room", rooms.__all__)
def test_exports_are_the_declared_operators(room: str) -> None:
    module = importlib.import_module(f"workbench.factor.operators.{room}")
    exported = {getattr(module, name) for name in module.__all__}
    assert exported == {row for row in OPERATORS.values() if row.__module__ == module.__name__}
