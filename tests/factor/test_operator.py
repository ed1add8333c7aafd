"""The table: rows can be planted and taken out, and bad declarations are refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from workbench.errors import OperatorArgumentError, UnknownOperatorError
from workbench.factor import OPERATORS, Axis, Kind, Operator, Parameter, factor
from workbench.factor.operator import (
    Lag,
    Number,
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
        ("rank", "rank(x)"),
        ("scale", "scale(x, a=1)"),
        ("correlation", "correlation(x, y, window)"),
        ("indneutralize", "indneutralize(x, group)"),
    ],
)
def test_signature(name: str, signature: str) -> None:
    assert OPERATORS[name].signature == signature


@pytest.mark.parametrize("row", list(OPERATORS.values()), ids=lambda row: row.name)
def test_lookback_is_never_negative(row: Operator) -> None:
    least = tuple(1 if p.role == "real" else p.minimum for p in row.literals)
    assert row.lookback(least) >= 0
    if row.axis is not Axis.TIME:
        assert row.lookback(least) == 0
