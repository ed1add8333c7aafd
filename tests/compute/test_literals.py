"""Literals as the kernels read them: a place for each, in the order of the declaration."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conformance.cases import CASES, FORMS
from workbench.compute import cpu
from workbench.compute.literals import MOST, Setting, complete, setting_of
from workbench.errors import PlanError
from workbench.factor import OPERATORS, parse


@pytest.mark.parametrize(
    ("text", "setting"),
    [
        ("ts_mean(x, 5)", Setting(window=5)),
        ("ts_mean(x, 5, min_periods=3)", Setting(window=5, min_periods=3)),
        ("ts_mean(x, 5, sessions=traded)", Setting(window=5, traded=1)),
        ("stddev(x, 5, ddof=0)", Setting(window=5, integer=[0])),
        ("ts_regression(y, x, 9, out=tstat)", Setting(window=9, integer=[5])),
        ("decay_exp(x, 7, 0.5)", Setting(window=7, real=[0.5])),
        (
            "ewm_mean(x, 9, 0.5, 0, 1, 2)",
            Setting(window=9, min_periods=2, integer=[0, 1], real=[0.5]),
        ),
        ("delay(x, 4)", Setting(integer=[4])),
        ("rank(x, form=unit)", Setting(integer=[1])),
        ("tail(x, -1, 2, 7)", Setting(real=[-1.0, 2.0, 7.0])),
        ("hump(x, 0.1, warmup=30)", Setting(window=30, real=[0.1])),
        ("ts_cumsum(x, 20150105)", Setting(integer=[20150105])),
        ("x + y", Setting()),
    ],
)
def test_places(text: str, setting: Setting) -> None:
    call = parse(text)
    assert setting_of(call.operator, call.parameters) == setting


def test_defaults_fill_what_is_left_out() -> None:
    assert complete("ts_mean", (5,)) == (5, 0.0, "calendar")
    assert complete("ts_mean", (5, 2)) == (5, 2, "calendar")
    assert complete("copy", ()) == ()
    with pytest.raises(PlanError, match="needs `window`"):
        complete("ts_mean", ())


@pytest.mark.parametrize("case", [*CASES, *FORMS], ids=lambda case: case.name)
def test_every_literal_has_exactly_one_place(case) -> None:
    call = case.call
    setting = setting_of(call.operator, call.parameters)
    assert max(len(setting.integer), len(setting.real)) <= MOST
    places = len(setting.integer) + len(setting.real)
    names = [p.name for p in case.row.literals]
    places += any(p.role == "window" for p in case.row.literals)
    places += ("min_periods" in names) + ("sessions" in names)
    assert places == len(call.parameters)


@pytest.mark.skipif(cpu.load() is None, reason="the compiled kernels are not built")
def test_an_instruction_holds_the_setting() -> None:
    row = np.zeros(1, cpu.INSTRUCTION)[0]
    cpu.write_literals(row, "ewm_mean", (9, 0.25, 0, 1, 2))
    assert row["opcode"] == cpu.opcodes()["ewm_mean"]
    assert [int(row[k]) for k in ("window", "min_periods", "traded")] == [9, 2, 0]
    assert row["integer"].tolist() == [0, 1, 0, 0, 0, 0]
    assert row["real"].tolist() == [0.25, 0, 0, 0, 0, 0]


def test_words_are_numbered_as_declared() -> None:
    words = next(p.words for p in OPERATORS["ts_regression"].literals if p.name == "out")
    assert words == ("slope", "intercept", "fitted", "resid", "rsquare", "tstat", "se")
    for number, word in enumerate(words):
        assert setting_of("ts_regression", (9, word, 0, "calendar")).integer == [number]
