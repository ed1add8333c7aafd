"""Operators of the user: words like any other, lawful or refused with reasons."""

from __future__ import annotations

import numpy as np
import pytest

from tests.compute.toy_market import toy_market
from tests.conformance.checks import same_bits
from workbench.compute import compute, on_arrays
from workbench.compute.conformance import check_operator
from workbench.compute.user_operators import (
    is_user_operator,
    operator,
    remove_operator,
    user_operator,
)
from workbench.errors import OperatorArgumentError, UnknownOperatorError, UserOperatorError
from workbench.factor import OPERATORS, factor
from workbench.factor.parameter import Group, Number, Real, Truth, Window

STRICT = {"nan_rule": "strict: NaN where an operand is missing", "source": "a test"}


@pytest.fixture(autouse=True)
def clean_table():
    """No operator of a test outlives it."""
    before = set(OPERATORS)
    yield
    for name in set(OPERATORS) - before:
        remove_operator(name)


def windows(x: np.ndarray, window: int) -> np.ndarray:
    """Windows ending at each session, (T, N, window); NaN before the first whole one."""
    head = np.full((window - 1, x.shape[1]), np.nan)
    return np.lib.stride_tricks.sliding_window_view(np.vstack([head, x]), window, axis=0)


def declare_range(name: str = "my_range"):
    @operator(axis="time", lookback=lambda window: window - 1, name=name, **STRICT)
    def my_range(x: Number, window: Window = 5) -> Number:
        """Largest minus smallest value of the window."""
        seen = windows(x, window)
        return seen.max(axis=-1) - seen.min(axis=-1)

    return my_range


def declare_share(name: str = "my_share"):
    @operator(axis="section", name=name, **STRICT)
    def my_share(x: Number, g: Group, power: Real = 1.0) -> Number:
        """Share of the value in the sum of its group."""
        out = np.full(x.shape, np.nan)
        for code in range(g.max(initial=-1) + 1):
            inside = g == code
            total = np.nansum(np.where(inside, x**power, np.nan), axis=1, keepdims=True)
            out = np.where(inside, x**power / total, out)
        return out

    return my_share


def declare_above(name: str = "my_above"):
    @operator(axis="element", name=name, **STRICT)
    def my_above(x: Number, limit: Real) -> Truth:
        """Whether the value is above the limit."""
        return np.where(np.isnan(x), np.nan, x > limit)

    return my_above


LAWFUL = {"time": declare_range, "section": declare_share, "element": declare_above}


@pytest.mark.parametrize("axis", LAWFUL)
def test_lawful_operators_pass(axis: str) -> None:
    report = check_operator(LAWFUL[axis]())
    assert report.passed
    assert len(report.findings) == 10
    assert "10 of 10 laws hold" in str(report)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_text_python_and_the_words_of_the_house_agree(dtype: str) -> None:
    my_range = declare_range()
    market = toy_market(80)
    want = compute("ts_max(close, 7) - ts_min(close, 7)", market, dtype=dtype)
    text = compute("my_range(close, 7)", market, dtype=dtype)
    python = compute(my_range(factor("close"), 7), market, dtype=dtype)
    np.testing.assert_allclose(text.values, want.values, rtol=1e-5 if dtype == "float32" else 1e-12)
    same_bits(python.values, text.values, "Python")
    assert text.provenance["user_operators"] == {"my_range": ""}
    assert factor("my_range(close)") == factor("my_range(close, 5)")
    assert factor("my_range(close, 9)").lookback == 8


def test_they_stand_anywhere_in_an_expression(engine: str) -> None:
    declare_range(), declare_share(), declare_above()
    text = (
        "rank(my_range(delay(ts_mean(x, 3), 2), 4)) * my_share(my_range(x, 2), g)"
        " + where(my_above(rank(x), 0.5), delay(my_range(x, 3), 1), -x)"
    )
    rng = np.random.default_rng(5)
    fields = {"x": rng.lognormal(size=(40, 9)), "g": rng.integers(-1, 3, (40, 9))}
    house = (
        "rank(ts_max(delay(ts_mean(x, 3), 2), 4) - ts_min(delay(ts_mean(x, 3), 2), 4)) * s"
        " + where(rank(x) > 0.5, delay(ts_max(x, 3) - ts_min(x, 3), 1), -x)"
    )
    change = on_arrays("ts_max(x, 2) - ts_min(x, 2)", x=fields["x"])
    totals = sum(
        np.where(fields["g"] == c, np.nansum(np.where(fields["g"] == c, change, 0), 1)[:, None], 0)
        for c in range(3)
    )
    with np.errstate(all="ignore"):
        share = np.where(fields["g"] >= 0, change / totals, np.nan)
    got = on_arrays(text, engine=engine, **fields)
    want = on_arrays(house, x=fields["x"], s=share)
    assert np.isfinite(want).any()
    np.testing.assert_allclose(got, want, rtol=1e-12)


def test_appending_runs_them_over_the_rows_they_need() -> None:
    seen = []

    @operator(axis="time", lookback=lambda window: window - 1, **STRICT)
    def watched(x: Number, window: Window) -> Number:
        """Sum of the window, oldest first."""
        seen.append(len(x))
        return sum(windows(x, window)[..., age] for age in range(window))

    text = "rank(watched(close, 6))"
    stored = compute(text, toy_market(120))
    want = compute(text, toy_market(121))
    got = compute(text, toy_market(121), append_to=stored)
    same_bits(got.values, want.values, "appended")
    assert seen[:2] == [120, 121]
    assert seen[2] <= 8


def test_mask_hides_cells_from_those_across_assets_only(engine: str) -> None:
    declare_share(), declare_range()
    rng = np.random.default_rng(6)
    x, g = rng.lognormal(size=(30, 8)), np.zeros((30, 8), np.int32)
    mask = rng.random((30, 8)) < 0.6
    got = on_arrays("my_share(x, g)", mask=mask, engine=engine, x=x, g=g)
    hidden = np.where(mask, x, np.nan)
    np.testing.assert_allclose(got, hidden / np.nansum(hidden, axis=1, keepdims=True))
    plain, masked = (on_arrays("my_range(x, 3)", mask=m, engine=engine, x=x) for m in (None, mask))
    same_bits(masked, plain, "the mask")


def test_infinities_become_missing_and_constants_are_panels(engine: str) -> None:
    @operator(axis="element", **STRICT)
    def quotient(x: Number, y: Number) -> Number:
        """x / y."""
        assert x.shape == y.shape
        assert not x.flags.writeable
        return x / y

    got = on_arrays("quotient(x, 0) + quotient(2, x)", engine=engine, x=[1.0, 0.0])
    np.testing.assert_array_equal(got, [np.nan, np.nan])
    np.testing.assert_array_equal(on_arrays("quotient(2, x)", engine=engine, x=[4.0]), [0.5])


UNLAWFUL = {
    "no look-ahead": lambda x: np.vstack([x[1:], x[:1]]),
    "free of the start": lambda x: np.cumsum(x, axis=0),
    "look-back": lambda x: np.vstack([np.full((3, x.shape[1]), np.nan), x[:-3]])[: len(x)],
    "other assets": lambda x: x - np.nanmean(x, axis=1, keepdims=True),
    "order of assets": lambda x: x * np.arange(x.shape[1]),
    "missing values": lambda x: np.nan_to_num(x),
    "same bits twice": lambda x: x + np.random.default_rng().random(),
    "short samples": lambda x: x[5] * 0 + x,
    "extreme numbers": lambda x: x if np.nanmax(np.abs(x)) < 1e300 else x[:, 0],
}


@pytest.mark.parametrize("law", UNLAWFUL)
def test_each_law_catches_who_breaks_it(law: str) -> None:
    @operator(axis="time", **STRICT)
    def cheat(x: Number) -> Number:
        """Cheat."""
        return UNLAWFUL[law](x)

    report = check_operator(cheat, strict=False)
    assert law in {finding.law for finding in report.broken}
    assert f"✗ {law}: " in str(report)
    with pytest.raises(UserOperatorError, match=f"✗ {law}"):
        check_operator("cheat")


def test_writing_into_operands_is_caught() -> None:
    @operator(axis="element", **STRICT)
    def vandal(x: Number) -> Number:
        """Writes where it must not."""
        x[0] = 0
        return x

    with pytest.raises(UserOperatorError, match=r"'vandal' failed .* read-only"):
        compute("vandal(close)", toy_market(30))
    with pytest.raises(UserOperatorError, match="read-only"):
        check_operator(vandal)


@pytest.mark.parametrize(
    ("returned", "match"),
    [
        (lambda x: x[1:], r"'wrong' must return numbers of shape \(30, 37\).*\(29, 37\)"),
        (lambda x: x.astype(str), "returned <U32"),
        (lambda x: None, "returned object"),
        (lambda x: x.no_such, "'wrong' failed .* AttributeError"),
    ],
)
def test_nonsense_is_named(returned, match: str) -> None:
    @operator(axis="element", **STRICT)
    def wrong(x: Number) -> Number:
        """Wrong."""
        return returned(x)

    with pytest.raises(UserOperatorError, match=match):
        compute("wrong(close)", toy_market(30))


def test_truth_is_zero_one_or_missing() -> None:
    @operator(axis="element", **STRICT)
    def half(x: Number) -> Truth:
        """No truth."""
        return x * 0 + 0.5

    with pytest.raises(UserOperatorError, match="declared to return Truth"):
        compute("where(half(close), close, open)", toy_market(30))


def test_a_word_that_was_removed_is_unknown() -> None:
    declare_range()
    made = factor("my_range(close)")
    remove_operator("my_range")
    assert not is_user_operator("my_range")
    with pytest.raises(UnknownOperatorError, match="my_range"):
        compute(made, toy_market(30))
    with pytest.raises(UnknownOperatorError, match="my_range"):
        factor("my_range(close)")
    with pytest.raises(UnknownOperatorError, match="No operator of yours"):
        remove_operator("rank")
    assert "rank" in OPERATORS


def test_declaring_again_replaces_and_failing_to_keeps() -> None:
    declare_range()
    first = user_operator("my_range").function
    declare_range()
    assert user_operator("my_range").function is not first
    kept = user_operator("my_range")
    with pytest.raises(OperatorArgumentError, match="docstring"):

        @operator(axis="time", name="my_range", **STRICT)
        def bare(x: Number) -> Number:
            return x

    assert user_operator("my_range") is kept
    assert OPERATORS["my_range"] is kept.row


def documented(x: Number, window: Window) -> Number:
    """Something."""
    return x


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"axis": "sideways"}, "axis is one of element, time, section"),
        ({"name": "rank"}, "already means 'rank'"),
        ({"name": "close"}, "is a field of the market"),
        ({"name": "Mine"}, "lower-case"),
        ({"lookback": -1}, "whole number of sessions"),
        ({"lookback": 1.5}, "whole number of sessions"),
        ({"lookback": lambda: 3}, r"lookback failed for the literals \[5\]"),
        ({"lookback": lambda window: window / 2}, "must be a whole number"),
        ({"axis": "element", "lookback": 3}, "its own cell alone"),
        ({"source": " "}, "`source` must say something"),
    ],
)
def test_declarations_are_checked(options: dict, match: str) -> None:
    with pytest.raises(OperatorArgumentError, match=match):
        operator(**({"axis": "time", "name": "mine", **STRICT} | options))(documented)
    assert "mine" not in OPERATORS


def test_signatures_are_checked() -> None:
    def unannotated(x):
        """Nothing is said of x."""

    def gathers(x: Number, **rest: Real) -> Number:
        """Too free."""

    for function, match in ((unannotated, "annotate"), (gathers, "by name and by place")):
        with pytest.raises(OperatorArgumentError, match=match):
            operator(axis="element", **STRICT)(function)


def declare_hole_maker():
    @operator(axis="section", name="hole_maker", nan_rule="NaN where x is NaN", source="a test")
    def hole_maker(x: Number) -> Number:
        """Demeaned, but one missing name makes the whole session missing."""
        return x - x.mean(axis=1, keepdims=True)

    return hole_maker


def declare_filler():
    @operator(axis="element", name="filler", nan_rule="NaN where x is NaN", source="a test")
    def filler(x: Number) -> Number:
        """Zero where nothing is known, against its own rule."""
        return np.nan_to_num(x)

    return filler


@pytest.mark.parametrize(
    ("declare", "said"),
    [(declare_hole_maker, "takes all other assets along"), (declare_filler, "gives a number")],
)
def test_holes_must_do_what_the_rule_says(declare, said):
    report = check_operator(declare(), strict=False)
    assert not report.passed
    assert said in str(report)


@pytest.mark.parametrize("word", ["ttm", "yoy", "sue", "latest", "max", "min"])
def test_words_of_the_language_are_no_names(word):
    with pytest.raises(OperatorArgumentError, match="word of the language"):

        @operator(axis="element", name=word, **STRICT)
        def mine(x: Number) -> Number:
            """Nothing."""
            return x


def _unlimited_fill(x):
    return np.vstack([_last_known(x[: t + 1]) for t in range(len(x))])


def _last_known(seen):
    places = np.where(np.isnan(seen), -1, np.arange(len(seen))[:, None]).max(axis=0)
    return np.where(places < 0, np.nan, seen[places, np.arange(seen.shape[1])])


LEAKS = {
    "backward fill": lambda x: _unlimited_fill(x[::-1])[::-1],
    "forward fill without end": _unlimited_fill,
    "mean of the whole sample": lambda x: np.where(np.isnan(x), np.nanmean(x, axis=0), x),
    "mean of the session": lambda x: np.where(np.isnan(x), np.nanmean(x, axis=1)[:, None], x),
    "tomorrow, of prices only": lambda x: (
        np.vstack([x[1:], x[-1:]]) if np.nanmin(x, initial=1.0) > 0 else x
    ),
}


@pytest.mark.parametrize("leak", LEAKS)
@pytest.mark.filterwarnings("ignore:Mean of empty slice:RuntimeWarning")
def test_leaks_through_holes_are_caught(leak):
    @operator(axis="time", lookback=0, name="careless", nan_rule="fills holes", source="a test")
    def careless(x: Number) -> Number:
        """Fill or look as the case says."""
        return LEAKS[leak](x)

    assert not check_operator(careless, strict=False).passed
