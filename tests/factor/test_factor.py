"""Factors: Python's signs, names, places in the text, and helpful refusals."""

from __future__ import annotations

import ast
import copy
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import workbench.factor
from workbench.errors import LookAheadError, OperatorArgumentError, UnknownFieldError
from workbench.factor import OPERATORS, Call, Factor, Field, factor, unknown_field

CLOSE, OPEN = factor("close"), factor("open")


@pytest.mark.parametrize(
    ("built", "text"),
    [
        (CLOSE + OPEN, "close + open"),
        (CLOSE + 1, "close + 1"),
        (1 + CLOSE, "1 + close"),
        (CLOSE - 0.5, "close - 0.5"),
        (1 - CLOSE, "1 - close"),
        (CLOSE * OPEN, "close * open"),
        (2 * CLOSE, "2 * close"),
        (CLOSE / OPEN, "close / open"),
        (1 / CLOSE, "1 / close"),
        (CLOSE**2, "close ** 2"),
        (2**CLOSE, "2 ** close"),
        (-CLOSE, "-close"),
        (+CLOSE, "close"),
        (abs(CLOSE), "abs(close)"),
        (CLOSE < OPEN, "close < open"),
        (CLOSE <= 1, "close <= 1"),
        (CLOSE > OPEN, "close > open"),
        (CLOSE >= OPEN, "close >= open"),
        ((CLOSE > 1) & (OPEN > 2), "close > 1 & open > 2"),
        ((CLOSE > 1) | (OPEN > 2), "close > 1 | open > 2"),
        (~(CLOSE > 1), "!(close > 1)"),
        (-factor("2"), "-2"),
        (np.float64(2) * CLOSE, "2 * close"),
        (CLOSE * np.int64(3), "close * 3"),
        (Fraction(1, 2) * CLOSE, "0.5 * close"),
        (CLOSE + Field("open"), "close + open"),
    ],
)
def test_signs(built: Factor, text: str) -> None:
    assert isinstance(built, Factor)
    assert built.text == text
    assert factor(text) == built


@pytest.mark.parametrize(
    ("built", "text"),
    [
        (OPERATORS["rank"](CLOSE), "rank(close)"),
        (OPERATORS["ts_mean"](CLOSE, 5), "ts_mean(close, 5)"),
        (OPERATORS["ts_mean"](CLOSE, window=np.int64(5)), "ts_mean(close, 5)"),
        (OPERATORS["ts_mean"](x=CLOSE, window=5.0), "ts_mean(close, 5)"),
        (OPERATORS["scale"](CLOSE), "scale(close)"),
        (OPERATORS["scale"](CLOSE, a=2), "scale(close, a=2)"),
        (OPERATORS["equal"](CLOSE, OPEN), "close == open"),
        (OPERATORS["where"](CLOSE > OPEN, 1, -1), "where(close > open, 1, -1)"),
        (OPERATORS["correlation"](CLOSE, Field("volume"), 10), "correlation(close, volume, 10)"),
    ],
)
def test_operators_are_called_with_factors(built: Factor, text: str) -> None:
    assert isinstance(built, Factor)
    assert built.text == text


def test_operators_on_terms_give_terms() -> None:
    assert OPERATORS["rank"](Field("close")) == Call("rank", (Field("close"),))


@pytest.mark.parametrize(
    ("arguments", "named", "words"),
    [
        ((), {}, "needs `x`"),
        ((CLOSE,), {}, "needs `window`"),
        ((CLOSE, 5, 0, "calendar", 6), {}, "at most 4"),
        ((CLOSE,), {"windw": 5}, "'window'"),
        ((CLOSE, 5), {"window": 5}, "given twice"),
        (("close", 5), {}, "factor('close')"),
        ((None, 5), {}, "NoneType"),
        ((True, 5), {}, "bool"),
        ((CLOSE, "5"), {}, "number written out"),
        ((CLOSE, True), {}, "number written out"),
        ((CLOSE, CLOSE), {}, "number written out"),
        ((CLOSE, 8.9), {}, "whole number"),
        ((CLOSE, float("nan")), {}, "number written out"),
        ((CLOSE, 0), {}, "1..756"),
        ((CLOSE, 757), {}, "1..756"),
    ],
)
def test_wrong_arguments(arguments: tuple, named: dict, words: str) -> None:
    with pytest.raises(OperatorArgumentError) as caught:
        OPERATORS["ts_mean"](*arguments, **named)
    assert words in str(caught.value)


def test_no_future() -> None:
    with pytest.raises(LookAheadError, match="no future"):
        OPERATORS["delay"](CLOSE, -1)


def test_no_truth_value() -> None:
    with pytest.raises(OperatorArgumentError, match="neither true nor false"):
        bool(CLOSE > OPEN)
    with pytest.raises(OperatorArgumentError, match="&"):
        assert 1 < CLOSE < 2


@pytest.mark.parametrize("other", ["open", None, [1]])
def test_signs_refuse_what_is_no_expression(other: object) -> None:
    with pytest.raises(OperatorArgumentError, match="takes a factor"):
        CLOSE + other


def test_equality_is_of_expressions() -> None:
    assert factor("close + open", name="a") == factor("(close+open)", name="b")
    assert len({factor("close"), factor("( close )")}) == 1
    assert CLOSE != OPEN
    assert CLOSE in [OPEN, CLOSE]


def test_names() -> None:
    named = factor("close", name="price")
    assert repr(named) == "Factor('close', name='price')"
    assert factor(named) is named
    assert factor(named, name="last").name == "last"
    assert factor(named.term, name="last") == named
    assert (named + 1).name == ""


@pytest.mark.parametrize("source", [1, None, b"close", ["close"]])
def test_factor_of_anything_else(source: object) -> None:
    with pytest.raises(OperatorArgumentError, match="takes text"):
        factor(source)  # type: ignore[arg-type]


def test_a_factor_holds_a_term() -> None:
    with pytest.raises(OperatorArgumentError, match="holds a term"):
        Factor("close")  # type: ignore[arg-type]


def test_html_is_escaped() -> None:
    html = factor("close < open", name="<img src=x>")._repr_html_()
    assert "<img" not in html
    assert "close &lt; open" in html
    assert "look-back 0 sessions" in html


ROOM = Path(workbench.factor.__file__).parent


@pytest.mark.parametrize("path", sorted(ROOM.rglob("*.py")), ids=lambda p: p.stem)
def test_the_language_knows_no_arrays_and_evaluates_nothing(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported: set[str] = set()
    called: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported.update(alias.name.split(".")[0] for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            imported.add(".".join(str(node.module).split(".")[:2]))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            called.add(node.func.id)
    ours = {name for name in imported if name.startswith("workbench")}
    assert ours <= {"workbench.errors", "workbench.factor", "workbench.rooms"}
    allowed = {"__future__", "abc", "collections", "collections.abc", "dataclasses", "enum"}
    allowed |= {"functools", "html", "inspect", "math", "numbers", "operator", "re", "types"}
    allowed |= {"typing"}
    assert imported - ours <= allowed
    assert not called & {"eval", "exec", "compile", "open", "__import__"}


def test_copy() -> None:
    named = factor("rank(close)", name="r")
    again = copy.deepcopy(named)
    assert (again, again.name, again.text) == (named, "r", "rank(close)")


@pytest.mark.parametrize(
    ("text", "field_name", "place"),
    [
        ("( open+clsoe )", "clsoe", 7),
        ("rank(open) + open", "open", 5),
        ("indneutralize(close, IndClass.sector)", "sector", 21),
        ("closed + close", "close", 9),
        ("open", "close", None),
    ],
)
def test_locate(text: str, field_name: str, place: int | None) -> None:
    assert factor(text).locate(field_name) == place


def test_locate_in_a_built_factor() -> None:
    assert (CLOSE * 2 + OPEN).locate("open") == 12


def test_unknown_field_points() -> None:
    error = unknown_field(factor("( open+clsoe )"), "clsoe", ["open", "close"])
    assert isinstance(error, UnknownFieldError)
    assert str(error) == (
        "No field is called 'clsoe'. Did you mean 'close'?\n  ( open+clsoe )\n         ^"
    )


def test_unknown_field_lists_what_there_is() -> None:
    error = unknown_field(Field("zzz"), "zzz", ["open", "close"])
    assert "There are: close, open." in str(error)
