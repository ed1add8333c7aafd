"""Elementwise operators in the text: how they print, what they return, what they need."""

from __future__ import annotations

import pytest

from workbench.errors import OperatorArgumentError
from workbench.factor import Kind, factor

TEXTS = {
    "modulo(close, 5)": "close % 5",
    "a % b * c / d": "a % b * c / d",
    "a % (b * c)": "a % (b * c)",
    "(a % b) ** 2": "(a % b) ** 2",
    "-(a % b)": "-(a % b)",
    "a + b % c": "a + b % c",
    "Clip(close, -3, 3)": "clip(close, -3, 3)",
    "tail(close, 0, 1.5, new=-1)": "tail(close, 0, 1.5, -1)",
    "fillna(close, 0)": "fillna(close, 0)",
    "nan_mask(close, isnan(open) | volume == 0)": "nan_mask(close, isnan(open) | volume == 0)",
    "xor(close > open, isfinite(vwap))": "xor(close > open, isfinite(vwap))",
    "round(tanh(erf(atan(close))))": "round(tanh(erf(atan(close))))",
}


@pytest.mark.parametrize("text", TEXTS)
def test_text_is_canonical(text: str) -> None:
    read = factor(text)
    assert read.text == TEXTS[text]
    assert factor(read.text) == read


@pytest.mark.parametrize("text", TEXTS)
def test_no_history_is_needed(text: str) -> None:
    assert factor(text).lookback == 0
    assert factor(f"ts_mean({text}, 5)").lookback == 4


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("isnan(x)", Kind.TRUTH),
        ("isfinite(x)", Kind.TRUTH),
        ("xor(x > 0, y > 0)", Kind.TRUTH),
        ("nan_mask(x, y > 0)", Kind.NUMBER),
        ("fillna(x, 0)", Kind.NUMBER),
        ("x % 2", Kind.NUMBER),
    ],
)
def test_kind_of_result(text: str, kind: Kind) -> None:
    assert factor(text).term.kind is kind


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("clip(x, 1)", "clip"),
        ("clip(x, 2, 1)", "`lo` must not exceed `hi`, got 2 and 1"),
        ("tail(x, 2, 1, 0)", "`lo` must not exceed `hi`, got 2 and 1"),
        ("clip(x, y, 1)", "must be a finite number written out"),
        ("nan_mask(x, y + 1)", "must be a truth value"),
        ("xor(x + 1, y > 0)", "must be a truth value"),
        ("erf(industry)", "must be a number"),
    ],
)
def test_wrong_arguments_are_refused(text: str, message: str) -> None:
    with pytest.raises(OperatorArgumentError, match=message):
        factor(text)
