"""The parser: what it reads, what it refuses, and that refusals point at the place."""

from __future__ import annotations

import pytest

from workbench.errors import (
    FactorError,
    FactorSyntaxError,
    LookAheadError,
    OperatorArgumentError,
    UnknownOperatorError,
)
from workbench.factor import UNTRUSTED, Call, Constant, Field, Limits, parse, to_text
from workbench.factor.tokens import pointed, tokenize

SYNTAX, UNKNOWN, ARGUMENT, AHEAD = (
    FactorSyntaxError,
    UnknownOperatorError,
    OperatorArgumentError,
    LookAheadError,
)

# text, error, column of the caret, words of the message
REFUSED = [
    ("", SYNTAX, 0, "empty"),
    ("   ", SYNTAX, 0, "empty"),
    ("open +", SYNTAX, 6, "end of the text"),
    ("open close", SYNTAX, 5, "found `close`"),
    ("(open", SYNTAX, 5, "close the parenthesis"),
    ("open)", SYNTAX, 4, "found `)`"),
    ("rank(close", SYNTAX, 10, "arguments of rank"),
    ("rank(close,)", SYNTAX, 11, "found `)`"),
    ("* open", SYNTAX, 0, "found `*`"),
    ("open < close < high", SYNTAX, 13, "do not chain"),
    ("open == close != high", SYNTAX, 14, "do not chain"),
    ("is_st ? open", SYNTAX, 12, "branches"),
    ("is_st ? : open", SYNTAX, 8, "found `:`"),
    ("open : close", SYNTAX, 5, "found `:`"),
    ("open + not is_st", SYNTAX, 7, "parentheses"),
    ("open + and", SYNTAX, 7, "parentheses"),
    ("rank", SYNTAX, 0, "write rank(x, form=share)"),
    ("open + sum", SYNTAX, 7, "write ts_sum(x, window, "),
    ("close.shift", SYNTAX, 5, "attributes do not exist"),
    ("IndClass.country", SYNTAX, 0, "levels"),
    ("1.2.3", SYNTAX, 3, "found `.3`"),
    ("1e999", SYNTAX, 0, "too large"),
    ("close[1]", SYNTAX, 5, "delay(x, d)"),
    ("'close'", SYNTAX, 0, "quotes"),
    ('"close"', SYNTAX, 0, "quotes"),
    ("close; open", SYNTAX, 5, "semicolon"),
    ("a = 2", SYNTAX, 2, "=="),
    ("_close", SYNTAX, 0, "underscores"),
    ("close @ open", SYNTAX, 6, "not part of"),
    ("close \\ open", SYNTAX, 6, "not part of"),
    ("close \x00", SYNTAX, 6, "not part of"),
    ("（close）", SYNTAX, 0, "ASCII"),
    ("收盘价", SYNTAX, 0, "ASCII"),
    ("x" * 65, SYNTAX, 0, "64"),
    ("rnak(close)", UNKNOWN, 0, "'rank'"),
    ("open + correlaton(open, close, 5)", UNKNOWN, 7, "'correlation'"),
    ("shift(close, 1)", UNKNOWN, 0, "shift"),
    ("close(5)", UNKNOWN, 0, "close"),
    ("rank()", ARGUMENT, 0, "rank(x, form=share) cannot take 0 arguments"),
    ("demean(open, close)", ARGUMENT, 0, "2 arguments"),
    ("max(close)", ARGUMENT, 0, "maximum(x, y)"),
    ("ts_mean(close)", ARGUMENT, 0, "1 arguments"),
    ("ts_mean(close, open)", ARGUMENT, 15, "number written out"),
    ("ts_mean(close, 2 + high)", ARGUMENT, 15, "number written out"),
    ("ts_mean(close, 0)", ARGUMENT, 15, "1..756"),
    ("ts_mean(close, 0.9)", ARGUMENT, 15, "1..756"),
    ("ts_mean(close, 757)", ARGUMENT, 15, "1..756"),
    ("ts_mean(close, 1e300)", ARGUMENT, 15, "1..756"),
    ("stddev(close, 1)", ARGUMENT, 14, "2..756"),
    ("correlation(open, close, 1.9)", ARGUMENT, 25, "2..756"),
    ("covariance(open, close, 1)", ARGUMENT, 24, "2..756"),
    ("delta(close, 0)", ARGUMENT, 13, "1..756"),
    ("max(close, 0)", ARGUMENT, 11, "maximum(x, 0)"),
    ("min(close, 0)", ARGUMENT, 11, "minimum(x, 0)"),
    ("scale(close, open)", ARGUMENT, 13, "number written out"),
    ("where(close, 1, 2)", ARGUMENT, 0, "truth"),
    ("close ? 1 : 2", ARGUMENT, 6, "truth"),
    ("1 ? close : open", ARGUMENT, 2, "truth"),
    ("close & is_st", ARGUMENT, 6, "truth"),
    ("!close", ARGUMENT, 0, "truth"),
    ("indneutralize(close, open)", ARGUMENT, 0, "group"),
    ("indneutralize(close, rank(x))", ARGUMENT, 0, "group"),
    ("close + industry", ARGUMENT, 6, "number"),
    ("rank(industry)", ARGUMENT, 0, "number"),
    ("delay(close, -1)", AHEAD, 13, "no future"),
    ("delay(close, -0.5)", AHEAD, 13, "no future"),
    ("delta(close, -5)", AHEAD, 13, "no future"),
    ("open + ts_mean(close, -5)", AHEAD, 22, "no future"),
    ("rank(open, close)", ARGUMENT, 11, "one of the words share, unit"),
    ("rank(open, form=rank)", SYNTAX, 16, "'rank' is an operator"),
    ("rank(open, form=2)", ARGUMENT, 11, "one of the words share, unit"),
    ("ts_mean(close, 5, sessions=trade)", ARGUMENT, 18, "'traded'"),
    ("ts_mean(close, 5, minperiods=2)", ARGUMENT, 0, "cannot take the argument minperiods"),
    ("ts_mean(close, 5, 2, min_periods=3)", ARGUMENT, 0, "cannot take the argument min_periods"),
    ("ts_mean(close, 5, min_periods=2, min_periods=3)", SYNTAX, 33, "given twice"),
    ("ts_mean(close, min_periods=2, 5)", SYNTAX, 30, "with a name come last"),
    ("ts_mean(close, x=5)", ARGUMENT, 0, "cannot take the argument x"),
    ("ts_mean(close, 5, min_periods=6)", ARGUMENT, 0, "exceeds the window of 5"),
    ("ts_mean(close, 5, min_periods=-1)", ARGUMENT, 18, "0..100000"),
    ("ts_mean(close, 5, 2, traded)", ARGUMENT, 0, "exclude each other"),
    ("stddev(close, 5, ddof=open)", ARGUMENT, 17, "number written out"),
    ("ts_moment(close, 5, 7)", ARGUMENT, 0, "k is 2, 3 or 4"),
    ("ewma(close)", ARGUMENT, 0, "exactly one of span, halflife, alpha and com"),
    ("ewma(close, span=3, com=2)", ARGUMENT, 0, "exactly one of"),
    ("ewma(close, alpha=1.5)", ARGUMENT, 0, "out of range"),
    ("ewma(close, span=3, adjust=0)", ARGUMENT, 0, "ignore_na=1 only"),
    ("sma_cn(close, 2, 3)", ARGUMENT, 0, "must not exceed n"),
    ("ts_cumsum(close, 20151305)", ARGUMENT, 17, "a date written like 20150105"),
    ("ts_cumsum(close, open)", ARGUMENT, 17, "number written out"),
    ("ts_cumsum(close, -5)", ARGUMENT, 17, "a date written like 20150105"),
    ("regression_neut(close)", ARGUMENT, 0, "regression_neut(x, *z) cannot take 1 arguments"),
    ("cs_regression(close, open, out=slope)", ARGUMENT, 27, "one of the words resid"),
    ("regression_neut(x, " + ", ".join(["y"] * 8) + ")", ARGUMENT, 0, "at most 8 operands"),
]


@pytest.mark.parametrize(("text", "error", "column", "words"), REFUSED)
def test_refusals_point(text: str, error: type[FactorError], column: int, words: str) -> None:
    with pytest.raises(error) as caught:
        parse(text)
    message, line, caret = str(caught.value).rsplit("\n", 2)
    assert words in message
    assert caret == "  " + " " * column + "^"
    assert line.startswith("  ")


def test_refusal_shows_the_line_of_a_long_text() -> None:
    with pytest.raises(SYNTAX) as caught:
        parse("open +\n close +\n  * high\n + low")
    assert str(caught.value).endswith("\n    * high\n    ^")


def test_refusal_cuts_a_long_line_around_the_place() -> None:
    with pytest.raises(SYNTAX) as caught:
        parse("open + " * 40 + "* close" + " + low" * 40)
    _, line, caret = str(caught.value).rsplit("\n", 2)
    assert len(line) < 90
    assert line[caret.index("^")] == "*"


def test_pointed_hides_what_cannot_be_printed() -> None:
    assert pointed("m", "a\tb\x1b[31m", 1) == "m\n  a b·[31m\n   ^"


@pytest.mark.parametrize(
    ("text", "operator", "count"),
    [
        ("a - b - c", "subtract", "left"),
        ("a / b / c", "divide", "left"),
        ("a ** b ** c", "power", "right"),
        ("a ^ b ^ c", "power", "right"),
    ],
)
def test_grouping(text: str, operator: str, count: str) -> None:
    a, b, c = Field("a"), Field("b"), Field("c")
    left = Call(operator, (Call(operator, (a, b)), c))
    right = Call(operator, (a, Call(operator, (b, c))))
    assert parse(text) == {"left": left, "right": right}[count]


@pytest.mark.parametrize(
    ("loose", "tight"),
    [
        ("or", "and"),
        ("||", "&&"),
        ("|", "&"),
        ("and", "<"),
        ("&", "=="),
        ("<", "+"),
        (">=", "-"),
        ("+", "*"),
        ("-", "/"),
        ("*", "**"),
        ("/", "^"),
    ],
)
def test_precedence(loose: str, tight: str) -> None:
    # Unlisted fields are taken as they are used, so any sign may stand between them.
    assert parse(f"a {loose} b {tight} c") == parse(f"a {loose} (b {tight} c)")
    assert parse(f"a {tight} b {loose} c") == parse(f"(a {tight} b) {loose} c")


def test_numbers() -> None:
    for text, value in [("2.", 2.0), (".001", 0.001), ("1e3", 1000.0), ("2.5E-2", 0.025)]:
        assert parse(text) == Constant(value)


CLOSE, OPEN = Field("close"), Field("open")


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("ts_mean(close, 5)", Call("ts_mean", (CLOSE,), (5, 0, "calendar"))),
        ("ts_mean(close, 5, 3)", Call("ts_mean", (CLOSE,), (5, 3, "calendar"))),
        ("ts_mean(close, 5, min_periods=3)", Call("ts_mean", (CLOSE,), (5, 3, "calendar"))),
        ("ts_mean(close, window=5)", Call("ts_mean", (CLOSE,), (5, 0, "calendar"))),
        ("ts_mean(close, sessions=TRADED, window=5)", Call("ts_mean", (CLOSE,), (5, 0, "traded"))),
        ("ts_mean(close, 5, 0, traded)", Call("ts_mean", (CLOSE,), (5, 0, "traded"))),
        (
            "ts_regression(close, open, 20, out=se)",
            Call("ts_regression", (CLOSE, OPEN), (20, "se", 0, "calendar")),
        ),
        ("stddev(close, 5.9, ddof=0)", Call("stddev", (CLOSE,), (5, 0, 0, "calendar"))),
        ("ts_cumsum(close, 20150105)", Call("ts_cumsum", (CLOSE,), (20150105,))),
        ("clip(close, -1, hi=2.5)", Call("clip", (CLOSE,), (-1.0, 2.5))),
        ("regression_neut(close, open)", Call("regression_neut", (CLOSE, OPEN))),
        (
            "regression_neut(close, open, industry)",
            Call("regression_neut", (CLOSE, OPEN, Field("industry"))),
        ),
        (
            "cs_regression(close, open, adv20, out=beta, which=2)",
            Call("cs_regression", (CLOSE, OPEN, Field("adv20")), ("beta", 2)),
        ),
        ("group_mean(close, bucket(cap, 5))", None),
    ],
)
def test_literals_by_place_and_by_name(text: str, term: Call | None) -> None:
    read = parse(text)
    assert term is None or read == term
    assert parse(to_text(read)) == read


def test_tokens_carry_positions() -> None:
    tokens = tokenize("rank( open )  >= .5")
    assert [(token.text, token.start) for token in tokens] == [
        ("rank", 0),
        ("(", 4),
        ("open", 6),
        (")", 11),
        (">=", 14),
        (".5", 17),
        ("", 19),
    ]


@pytest.mark.parametrize(
    ("text", "limits", "words"),
    [
        ("x" * 4001, Limits(), "characters"),
        ("+".join(["x"] * 300), Limits(depth=400), "nodes"),
        ("+".join(["x"] * 80), Limits(), "deeper"),
        ("rank(" * 65 + "x" + ")" * 65, Limits(), "deeper"),
        ("rank(" * 13 + "x" + ")" * 13, UNTRUSTED, "deeper"),
        ("(x+x)*" * 20 + "x", UNTRUSTED, "deeper|nodes"),
        ("(" * 101 + "x" + ")" * 101, Limits(), "nested"),
    ],
)
def test_limits(text: str, limits: Limits, words: str) -> None:
    with pytest.raises(SYNTAX, match=words):
        parse(text, limits)


def test_just_within_the_limits() -> None:
    assert parse("rank(" * 12 + "x" + ")" * 12, UNTRUSTED).depth == 12
    assert parse("rank(" * 64 + "x" + ")" * 64).depth == 64
    assert parse("ts_sum(x, 756)", UNTRUSTED).lookback == 755


def test_not_text() -> None:
    with pytest.raises(ARGUMENT, match="text"):
        parse(b"close")  # type: ignore[arg-type]
