"""The table: rows can be planted and taken out, and bad declarations are refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conformance.cases import call_of
from workbench.errors import OperatorArgumentError, UnknownOperatorError
from workbench.factor import OPERATORS, Axis, Call, Field, Kind, Operator, Parameter, factor
from workbench.factor.operator import (
    Count,
    Date,
    Lag,
    Literal,
    Number,
    Real,
    Regressor,
    Window,
    choice,
    find_operator,
    operator,
    register,
    unregister,
)


@pytest.fixture
def peek() -> Iterator[Operator]:
    @operator(
        axis=Axis.TIME, lookback=lambda lag: lag, nan_rule="none", source="test", aliases=("spy",)
    )
    def peek(x: Number, lag: Lag) -> Number:
        """Look."""

    yield peek
    unregister("peek")


def test_a_planted_row_is_part_of_the_language(peek: Operator) -> None:
    assert OPERATORS["peek"] is peek
    assert factor("Spy(close, 3)").text == "peek(close, 3)"
    assert factor("peek(close, 3)").lookback == 3
    assert peek(factor("close"), 3) == factor("peek(close, 3)")
    assert peek.parameters == (Parameter("x", "number"), Parameter("lag", "lag", None, 0))
    assert peek.result is Kind.NUMBER
    assert peek.__doc__ is not None
    assert "NaN rule: none" in peek.__doc__


def test_a_removed_row_is_gone() -> None:
    with pytest.raises(UnknownOperatorError):
        factor("peek(close, 3)")
    with pytest.raises(UnknownOperatorError):
        factor("spy(close, 3)")
    with pytest.raises(UnknownOperatorError):
        unregister("peek")


def test_spellings_are_unique(peek: Operator) -> None:
    with pytest.raises(OperatorArgumentError, match="already means 'peek'"):
        register(peek)


def test_the_table_is_read_only() -> None:
    with pytest.raises(TypeError):
        OPERATORS["x"] = find_operator("rank")  # type: ignore[index]


def test_declarations_need_words_and_roles() -> None:
    declare = operator(axis=Axis.ELEMENT, lookback=lambda: 0, nan_rule="n", source="s")

    def silent(x: Number) -> Number: ...

    def bare(x) -> Number:  # type: ignore[no-untyped-def]
        """Words."""

    def backwards(lag: Lag, x: Number) -> Number:
        """Words."""

    for function, words in [(silent, "docstring"), (bare, "annotate"), (backwards, "first")]:
        with pytest.raises(OperatorArgumentError, match=words):
            declare(function)
        assert function.__name__ not in OPERATORS


def _odd(window: Literal, *rest: Literal) -> str:
    return "" if window % 2 else "the window is odd."  # type: ignore[operator]


@pytest.fixture
def many() -> Iterator[Operator]:
    @operator(
        axis=Axis.TIME,
        lookback=lambda window, least, shape, since, weight: window + least,
        nan_rule="none",
        source="test",
        codes=True,
        validate=_odd,
    )
    def many(
        x: Number,
        *z: Regressor,
        window: Window,
        least: Count = 2,
        shape: choice("flat", "steep") = "flat",  # type: ignore[valid-type]
        since: Date = 20150105,
        weight: Real = 0.5,
    ) -> Number:
        """Take everything."""

    yield many
    unregister("many")


def test_literals_of_every_role(many: Operator) -> None:
    assert many.signature == "many(x, *z, window, least=2, shape=flat, since=20150105, weight=0.5)"
    names = [(p.name, p.role, p.default, p.words) for p in many.literals]
    assert names == [
        ("window", "window", None, ()),
        ("least", "count", 2.0, ()),
        ("shape", "choice", "flat", ("flat", "steep")),
        ("since", "date", 20150105.0, ()),
        ("weight", "real", 0.5, ()),
    ]
    close, rest = factor("close"), (factor("open"), factor("industry"), 2)
    built = many(close, *rest, window=3, shape="STEEP")
    assert built == factor("many(close, open, industry, 2, window=3, shape=steep)")
    assert built.term.parameters == (3, 2, "steep", 20150105, 0.5)
    assert built.lookback == 5
    assert built.term.kinds == {Kind.NUMBER, Kind.GROUP}
    assert [p.name for p in many.operand_roles(4)] == ["x", "z", "z", "z"]


def test_what_fits_no_role_is_refused(many: Operator) -> None:
    close = Field("close")
    for literals, words in [
        ((4,), "the window is odd"),
        ((3, -1), "must lie in 0..100000"),
        ((3, 1, "round"), "flat, steep"),
        ((3, 1, 0), "flat, steep"),
        ((3, 1, "flat", 20151301), "20150105"),
        ((3, 1, "flat", 9, "much"), "written out"),
        ((), "takes 2 operands and 5 literals"),
    ]:
        with pytest.raises(OperatorArgumentError, match=words):
            Call("many", (close, close), literals)
    for operands in ((close,), (close,) * 9):
        with pytest.raises(OperatorArgumentError, match="operands"):
            Call("many", operands, (3,))
    with pytest.raises(OperatorArgumentError, match="needs `window`"):
        many(close, close)
    with pytest.raises(OperatorArgumentError, match="needs `z`"):
        many(close, window=3)
    with pytest.raises(OperatorArgumentError, match="'shapes' is not one of"):
        many(close, close, window=3, shapes="flat")


@pytest.mark.parametrize(
    ("spelling", "name"),
    [("RANK", "rank"), ("Sum", "ts_sum"), ("mean", "ts_mean"), ("group_demean", "indneutralize")],
)
def test_find(spelling: str, name: str) -> None:
    assert find_operator(spelling) is OPERATORS[name]


def test_find_suggests() -> None:
    with pytest.raises(UnknownOperatorError, match="'decay_linear'"):
        find_operator("decay_liner")


@pytest.mark.parametrize(
    ("name", "signature"),
    [
        ("rank", "rank(x, form=share)"),
        ("scale", "scale(x, a=1)"),
        ("correlation", "correlation(x, y, window, min_periods=0, sessions=calendar)"),
        ("regression_neut", "regression_neut(x, *z)"),
        ("cs_regression", "cs_regression(y, *x, out=resid, which=1)"),
        ("ts_cumsum", "ts_cumsum(x, anchor)"),
        ("indneutralize", "indneutralize(x, group)"),
    ],
)
def test_signature(name: str, signature: str) -> None:
    assert OPERATORS[name].signature == signature


@pytest.mark.parametrize("row", list(OPERATORS.values()), ids=lambda row: row.name)
def test_lookback_is_never_negative(row: Operator) -> None:
    lookback = call_of(row).lookback
    assert lookback >= 0
    if row.axis is not Axis.TIME and row.name != "group_backfill":
        assert lookback == 0
