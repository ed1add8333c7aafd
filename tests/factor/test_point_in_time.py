"""Figures of statements in the language: names, refusals, and that every word is documented."""

from __future__ import annotations

import ast
import doctest
import inspect

import pytest

from workbench.errors import (
    FactorError,
    FactorSyntaxError,
    LookAheadError,
    OperatorArgumentError,
    UnknownOperatorError,
)
from workbench.factor import OPERATORS, Constant, Field, factor
from workbench.factor.figure import FIGURES, Figure, figure, is_point_in_time, point_in_time_field
from workbench.factor.operators import point_in_time as words

NAMES = ("latest", "q", "ttm", "sq", "yoy", "qoq", "avg2", "days_since_announce", "sue", "growth",
         "revision")  # fmt: skip
REVENUE = Field("income_revenue")


def rows() -> list[object]:
    return [pytest.param(row, id=name) for name, row in FIGURES.items()]


class TestTable:
    def test_is_complete(self):
        assert sorted(FIGURES) == sorted(NAMES)
        assert sorted(words.__all__) == sorted(NAMES)
        assert {getattr(words, name) for name in NAMES} == set(FIGURES.values())

    def test_words_are_no_operators_and_not_reserved(self):
        assert not set(FIGURES) & set(OPERATORS)
        assert factor("latest + q").fields == {"latest", "q"}

    @pytest.mark.parametrize("row", rows())
    def test_words(self, row: Figure):
        summary, blank, *rest = row.doc.splitlines()
        assert summary.endswith(".")
        assert len(summary) <= 90
        assert not blank
        for section in ("Formula: ", "Shape: ", "Unit: ", "Errors: ", "NaN rule: ", "Source: "):
            assert section in "\n".join(rest), section
        assert row.__doc__ == row.doc

    @pytest.mark.parametrize("row", rows())
    def test_body_is_only_a_docstring(self, row: Figure):
        tree = ast.parse(inspect.getsource(row.__wrapped__)).body[0]
        assert isinstance(tree, ast.FunctionDef)
        assert len(tree.body) == 1

    @pytest.mark.parametrize("row", rows())
    def test_the_example_runs_and_names_it(self, row: Figure):
        parsed = doctest.DocTestParser().get_doctest(row.doc, vars(words).copy(), row.name, None, 0)
        assert any(f"{row.name}(" in example.source for example in parsed.examples)
        result = doctest.DocTestRunner(verbose=False).run(parsed)
        assert (result.failed, result.attempted) == (0, 2)

    @pytest.mark.parametrize("source", ["def f(): pass", "def g(x):\n '''Doc.'''",
                                        "def h(f, k, m):\n '''Doc.'''",
                                        "def ttm(f):\n '''Doc.'''"])  # fmt: skip
    def test_incomplete_declarations_are_refused(self, source):
        made: dict[str, object] = {}
        exec(source, made)
        function = next(value for name, value in made.items() if not name.startswith("__"))
        with pytest.raises(OperatorArgumentError, match="needs a docstring"):
            figure(nan_rule="none", source="none")(function)


class TestNames:
    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("ttm(income_revenue)", "income_revenue_ttm"),
            ("TTM(income_revenue)", "income_revenue_ttm"),
            ("latest(balance_total_assets)", "balance_total_assets_latest"),
            ("sq(cashflow_n_cashflow_act)", "cashflow_n_cashflow_act_sq"),
            ("yoy(indicator_bps)", "indicator_bps_yoy"),
            ("latest(indicator_bps_yoy)", "indicator_bps_yoy_latest"),
            ("qoq(income_revenue)", "income_revenue_qoq"),
            ("avg2(balance_total_assets)", "balance_total_assets_avg2"),
            ("sue(income_revenue)", "income_revenue_sue"),
            ("days_since_announce(income_revenue)", "income_revenue_days_since_announce"),
            ("q(income_revenue, 1)", "income_revenue_q"),
            ("q(income_revenue, 2)", "income_revenue_q_2"),
            ("q(income_revenue, k=40)", "income_revenue_q_40"),
            ("growth(balance_total_assets, 1)", "balance_total_assets_growth"),
            ("growth(income_revenue, 3)", "income_revenue_growth_3"),
            ("revision(forecast_net_profit_max, 60)", "forecast_net_profit_max_revision_60"),
            ("revision(income_revenue, d=756)", "income_revenue_revision_756"),
        ],
    )
    def test_a_call_is_a_field_and_reads_back(self, text, name):
        read = factor(text)
        assert read.term == Field(name)
        assert read.text == name
        assert factor(read.text) == read
        assert read.lookback == 0

    def test_inside_expressions(self):
        read = factor("rank((ttm(income_revenue) - ttm(income_oper_cost)) / cap)")
        assert read.text == "rank((income_revenue_ttm - income_oper_cost_ttm) / cap)"
        assert read.fields == {"income_revenue_ttm", "income_oper_cost_ttm", "cap"}

    def test_in_python(self):
        revenue = factor("income_revenue")
        assert words.ttm(revenue) == factor("income_revenue_ttm")
        assert words.ttm(REVENUE) == Field("income_revenue_ttm")
        assert words.q(revenue, 4) == words.q(f=revenue, k=4) == factor("income_revenue_q_4")
        assert words.q(REVENUE, Constant(4)) == Field("income_revenue_q_4")
        assert point_in_time_field("Q", [REVENUE], {"k": Constant(2)}).name == "income_revenue_q_2"

    def test_in_any_case(self):
        assert is_point_in_time("Days_Since_Announce")
        assert not is_point_in_time("rank")


class TestRefusals:
    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("ttm(close + open)", r"item of a statement.*got the result of `add`"),
            ("ttm(rank(income_revenue))", "got the result of `rank`"),
            ("ttm(5)", "got the constant 5"),
            ("ttm(close)", "`close` is no item of a statement"),
            ("ttm(incone_revenue)", "Did you mean 'income'"),
            ("ttm(income)", "is no item of a statement"),
            ("ttm(income_)", "is no item of a statement"),
            ("ttm(ttm(income_revenue))", "is the figure ttm already"),
            ("latest(income_revenue_q_2)", "is the figure q already"),
            ("ttm(balance_total_assets)", "holds levels, which have no sum"),
            ("sq(balance_total_assets)", "holds levels, which have no sum"),
            ("ttm(indicator_roe)", "indicators mix levels"),
            ("sue(express_revenue)", "preliminary earnings mix"),
            ("growth(forecast_net_profit_max, 1)", "forecasts mix"),
            ("q(income_revenue)", r"q\(f, k\) takes 2 arguments, got 1"),
            ("ttm()", r"ttm\(f\) takes 1 argument, got 0"),
            ("ttm(income_revenue, 2)", r"ttm\(f\) takes 1 argument, got 2"),
            ("q(income_revenue, 0)", r"in 1\.\.40, got 0"),
            ("q(income_revenue, 41)", r"in 1\.\.40, got 41"),
            ("growth(income_revenue, 1.5)", r"whole number in 1\.\.20, got 1\.5"),
            ("revision(income_revenue, 757)", r"in 1\.\.756, got 757"),
            ("q(income_revenue, close)", "written out, got field `close`"),
            ("q(income_revenue, d=2)", "'d' is not one of its parameters"),
            ("q(income_revenue, 1, k=2)", "'k' was given twice"),
        ],
    )
    def test_say_what_is_wrong_and_where(self, text, said):
        with pytest.raises(OperatorArgumentError, match=said) as caught:
            factor(text)
        assert str(caught.value).splitlines()[-1].strip() == "^"

    @pytest.mark.parametrize("text", ["q(income_revenue, -1)", "growth(income_revenue, -2)",
                                      "revision(income_revenue, -20)"])  # fmt: skip
    def test_there_is_no_future(self, text):
        with pytest.raises(LookAheadError, match="no future"):
            factor(text)

    def test_in_python(self):
        with pytest.raises(OperatorArgumentError, match="factor"):
            words.ttm("income_revenue")
        for wrong in (True, "2", None, float("nan"), float("inf")):
            with pytest.raises(OperatorArgumentError, match="whole number"):
                words.q(REVENUE, wrong)
        with pytest.raises(UnknownOperatorError, match="Did you mean 'ttm'"):
            point_in_time_field("tmt", [REVENUE])

    def test_hostile_text(self):
        with pytest.raises(FactorSyntaxError):
            factor("ttm(income_revenue")
        for text in ("ttm(income_" + "x" * 60 + ")", "ttm(income_é)", "ttm('income_revenue')"):
            with pytest.raises(FactorError):
                factor(text)
