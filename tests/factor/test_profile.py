"""Rules of a profile: which call they fit, what it becomes, and how a misfit is told."""

from __future__ import annotations

import pytest

from workbench.errors import FactorSyntaxError, OperatorArgumentError
from workbench.factor import factor, parse, to_text
from workbench.factor.profile import Profile, Reading, find_profile

HOUSE = Profile(
    "house",
    {
        "std(x, d)": "stddev(x, d, ddof=0)",
        "std(x)": "stddev(x, 9, ddof=0)",
        "ols(y, x, d, kind==2)": "ts_regression(y, x, d, out=slope)",
        "ols(y, x, d, kind==rest)": "ts_regression(y, x, d, out=resid)",
        "ols(y, x, d=20)": "ts_rsquare(y - x, d)",
        "gap": "open - delay(close, 1)",
    },
    fields={"vol": "volume"},
    extremes=False,
    windows="round",
)


@pytest.fixture(autouse=True)
def house(monkeypatch: pytest.MonkeyPatch) -> None:
    from workbench.factor import profiles

    monkeypatch.setattr(profiles, "PROFILES", {**profiles.PROFILES, "house": HOUSE})


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("STD(vol, 5)", "stddev(volume, 5, ddof=0)"),
        ("std(close)", "stddev(close, 9, ddof=0)"),
        ("std(x=close, d=5)", "stddev(close, 5, ddof=0)"),
        ("std(std(close), 5)", "stddev(stddev(close, 9, ddof=0), 5, ddof=0)"),
        ("ols(close, open, 5, 2)", "ts_regression(close, open, 5)"),
        ("ols(close, open, 5, kind=2)", "ts_regression(close, open, 5)"),
        ("ols(close, open, 5, kind=rest)", "ts_regression(close, open, 5, out=resid)"),
        ("ols(close, open, 5)", "ts_rsquare(close - open, 5)"),
        ("ols(close, open)", "ts_rsquare(close - open, 20)"),
        ("gap / close", "(open - delay(close, 1)) / close"),
        ("max(close, 5)", "maximum(close, 5)"),
        ("std(close, 4.5)", "stddev(close, 5, ddof=0)"),
        ("ts_sum(close, 4.4)", "ts_sum(close, 4)"),
    ],
)
def test_reads(written: str, meant: str) -> None:
    term = parse(written, profile="house")
    assert to_text(term) == meant
    assert parse(meant) == term


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("std()", "write std(x, d) or std(x); got 0 arguments"),
        ("std(close, 5, 6)", "got 3 arguments"),
        ("std(close, w=5)", "got 2 arguments, w="),
        ("ols(close, open, 5, 3)", "ols(y, x, d, kind==2) or ols(y, x, d, kind==rest)"),
        ("ols(close, open, 5, kind=2 + 0)", "ols(y, x, d, kind==2)"),
        ("std(close, open)", "`std(x, d)` is read as `stddev(x, d, ddof=0)`"),
        ("std(close, 0)", "2..756"),
    ],
)
def test_refuses(written: str, words: str) -> None:
    with pytest.raises(OperatorArgumentError) as caught:
        parse(written, profile="house")
    message, line, caret = str(caught.value).rsplit("\n", 2)
    assert words in message
    assert line == f"  {written}"
    assert caret == "  ^"


def test_arguments_of_a_rule_do_not_leak_into_fields() -> None:
    assert to_text(parse("std(d, 5) + x", profile="house")) == "stddev(d, 5, ddof=0) + x"


def test_a_rule_begins_like_a_call() -> None:
    for head in ("", "1x(y)", "std(x", "a b"):
        with pytest.raises(OperatorArgumentError, match="A rule begins like"):
            Reading.of(head, "x")


def test_the_term_knows_no_profile() -> None:
    read, plain = factor("std(close, 5)", profile="house"), factor("stddev(close, 5, ddof=0)")
    assert read.term == plain.term
    assert (read.profile, plain.profile) == ("house", "")
    assert "house" in repr(read)
    with pytest.raises(FactorSyntaxError, match="=="):
        parse("close = open", profile="house")


def test_unknown_profiles_are_named() -> None:
    with pytest.raises(OperatorArgumentError, match=r"wq101, .*Did you mean 'qlib'"):
        find_profile("qlob")
