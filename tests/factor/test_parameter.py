"""Literals: what each role takes, what it makes of it, and what it refuses."""

from __future__ import annotations

import pytest

from workbench.errors import LookAheadError, OperatorArgumentError
from workbench.factor import factor
from workbench.factor.parameter import Parameter

WINDOW = Parameter("d", "window", None, 2)
LAG = Parameter("d", "lag", None, 0)
COUNT = Parameter("k", "count", 1.0, 0)
REAL = Parameter("a", "real")
DATE = Parameter("anchor", "date")
WORD = Parameter("out", "choice", "slope", None, ("slope", "resid"))


@pytest.mark.parametrize(
    ("parameter", "value", "held"),
    [
        (WINDOW, 5.0, 5),
        (WINDOW, 756, 756),
        (LAG, 0, 0),
        (COUNT, 0, 0),
        (REAL, 3, 3.0),
        (REAL, -0.0, 0.0),
        (DATE, 20150105, 20150105),
        (DATE, 0, 0),
        (DATE, 9_999, 9_999),
        (WORD, "RESID", "resid"),
    ],
)
def test_takes(parameter: Parameter, value: object, held: object) -> None:
    got = parameter.literal(value, "op")
    assert got == held
    assert type(got) is type(held)
    assert str(got) == str(held)


@pytest.mark.parametrize(
    ("parameter", "value", "error", "words"),
    [
        (WINDOW, 1, OperatorArgumentError, "2..756 sessions"),
        (WINDOW, 757, OperatorArgumentError, "2..756 sessions"),
        (WINDOW, 5.5, OperatorArgumentError, "whole number of sessions"),
        (WINDOW, -5, LookAheadError, "no future"),
        (WINDOW, True, OperatorArgumentError, "written out"),
        (WINDOW, "5", OperatorArgumentError, "written out"),
        (LAG, -1, LookAheadError, "no future"),
        (COUNT, -1, OperatorArgumentError, "0..100000, got -1"),
        (COUNT, 0.5, OperatorArgumentError, "whole number written out"),
        (REAL, float("nan"), OperatorArgumentError, "finite"),
        (REAL, float("inf"), OperatorArgumentError, "finite"),
        (REAL, 10**400, OperatorArgumentError, "finite"),
        (REAL, factor("close"), OperatorArgumentError, "close"),
        (DATE, 10_000, OperatorArgumentError, "20150105, got 10000"),
        (DATE, 20150132, OperatorArgumentError, "20150105"),
        (DATE, 18991231, OperatorArgumentError, "20150105"),
        (DATE, -1, OperatorArgumentError, "20150105"),
        (DATE, 20150105.5, OperatorArgumentError, "whole number"),
        (WORD, "slop", OperatorArgumentError, "slope, resid; got 'slop'. Did you mean 'slope'"),
        (WORD, 1, OperatorArgumentError, "got 1"),
    ],
)
def test_refuses(parameter: Parameter, value: object, error: type[Exception], words: str) -> None:
    with pytest.raises(error) as caught:
        parameter.literal(value, "op")
    assert words in str(caught.value)
    assert f"op: `{parameter.name}`" in str(caught.value)


def test_shown() -> None:
    spread = Parameter("z", "regressor", variadic=True)
    assert [p.shown for p in (WINDOW, COUNT, WORD, spread)] == ["d", "k=1", "out=slope", "*z"]
    assert [p.is_operand for p in (WINDOW, DATE, WORD, spread)] == [False, False, False, True]


def test_a_regressor_is_a_number_or_a_group() -> None:
    spread = Parameter("z", "regressor")
    for text, group in [("close", False), ("industry", True), ("close > open", False)]:
        term = factor(text).term
        assert spread.admits(term)
        assert spread.reads_group(term) is group
    assert not Parameter("g", "group").admits(factor("close").term)
