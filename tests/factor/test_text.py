"""Text and terms undo each other, and parentheses are as few as the signs allow."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.errors import OperatorArgumentError
from workbench.factor import (
    OPERATORS,
    Call,
    Constant,
    Field,
    Kind,
    Limits,
    Operator,
    Parameter,
    Term,
    factor,
    parse,
    to_text,
)

CANONICAL = [
    ("open+close", "open + close"),
    ("((open))", "open"),
    ("(open+close)+high", "open + close + high"),
    ("open+(close+high)", "open + (close + high)"),
    ("open-(close-high)", "open - (close - high)"),
    ("open*(close+high)", "open * (close + high)"),
    ("open/(close*high)", "open / (close * high)"),
    ("-(open+close)", "-(open + close)"),
    ("(-open)*close", "-open * close"),
    ("-(open*close)", "-(open * close)"),
    ("-2^2", "-2 ** 2"),
    ("(-2)^2", "(-2) ** 2"),
    ("-open^2", "-open ** 2"),
    ("(-open)^2", "(-open) ** 2"),
    ("open^close^2", "open ** close ** 2"),
    ("(open^close)^2", "(open ** close) ** 2"),
    ("open^-close", "open ** -close"),
    ("open**-close**2", "open ** -close ** 2"),
    ("open - -1", "open - -1"),
    ("- - open", "--open"),
    ("--1", "1"),
    ("+open", "open"),
    ("negate(1)", "negate(1)"),
    ("not open<close and high<low", "!(open < close) & high < low"),
    ("open<close or high<low and is_st", "open < close | high < low & is_st"),
    ("(open<close or high<low) and is_st", "(open < close | high < low) & is_st"),
    ("(open<close)==(high<low)", "(open < close) == (high < low)"),
    ("!is_st&&listed||is_st", "!is_st & listed | is_st"),
    ("open<close?1:2", "where(open < close, 1, 2)"),
    (
        "open<close?1:high<low?2:3",
        "where(open < close, 1, where(high < low, 2, 3))",
    ),
    ("(is_st?listed:1)*2", "where(is_st, listed, 1) * 2"),
    ("2.", "2"),
    (".5", "0.5"),
    ("1e3", "1000"),
    ("1.5E-7", "1.5e-07"),
    ("-0.0", "0"),
    ("scale(close, 1)", "scale(close)"),
    ("SignedPower(close,2.)", "signedpower(close, 2)"),
    ("IndNeutralize(close, IndClass.subindustry)", "indneutralize(close, subindustry)"),
    ("group_demean(close,IndClass . Sector)", "indneutralize(close, sector)"),
    ("Sum(close,5)+mean(close,5)", "ts_sum(close, 5) + ts_mean(close, 5)"),
    ("correlation(close,volume,3.92795)", "correlation(close, volume, 3)"),
    ("delta(close,2.25164)", "delta(close, 2)"),
    ("min(close,5)", "ts_min(close, 5)"),
    ("max(close,5)", "ts_max(close, 5)"),
    ("MAX(close,open)", "maximum(close, open)"),
    ("min(close,0.5)", "minimum(close, 0.5)"),
    ("max(close,-1)", "maximum(close, -1)"),
    ("max(close,(5))", "maximum(close, 5)"),
    ("and(is_st,listed)", "is_st & listed"),
    ("less(open,close)", "open < close"),
]


_LEAVES = {
    Kind.NUMBER: st.sampled_from(["open", "close", "volume", "adv20", "returns", "my_signal"]),
    Kind.TRUTH: st.sampled_from(["is_st", "listed", "my_flag"]),
    Kind.GROUP: st.sampled_from(["industry", "sector", "my_groups"]),
}
_NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-9, 9).map(float)


def terms(kind: Kind = Kind.NUMBER, depth: int = 4) -> st.SearchStrategy[Term]:
    """Draw a term of a kind, at most `depth` calls deep."""
    leaves = _LEAVES[kind].map(Field)
    if kind is Kind.NUMBER:
        leaves = leaves | _NUMBERS.map(Constant)
    if kind is Kind.GROUP or depth == 0:
        return leaves
    rows = [row for row in OPERATORS.values() if row.result is kind]
    calls = st.sampled_from(rows).flatmap(lambda row: _calls(row, depth - 1))
    return leaves | calls | calls


def _kind(role: str) -> Kind:
    return Kind.NUMBER if role == "regressor" else Kind(role)


_SPARING = {"span": st.integers(1, 300).map(float), "halflife": st.just(0.0)}
_SPARING |= {"alpha": st.just(0.0), "com": st.just(0.0), "min_periods": st.integers(0, 1)}
_SPARING |= {"which": st.just(1)}
"""Literals that bind each other: what is drawn here fits together."""


def _literal(row: Operator, parameter: Parameter) -> st.SearchStrategy[object]:
    if parameter.name in _SPARING:
        return _SPARING[parameter.name]
    if parameter.role == "choice":
        return st.sampled_from(parameter.words)
    if parameter.role == "real":
        return st.floats(0.0625, 0.9375) if row.validate is not None else _NUMBERS
    if parameter.role == "date":
        return st.sampled_from([0, 7, 20150105])
    return st.integers(parameter.minimum or 0, 756 if parameter.role == "window" else 5)


def _calls(row: Operator, depth: int) -> st.SearchStrategy[Term]:
    operands = st.tuples(*(terms(_kind(p.role), depth) for p in row.operands))
    drawn = st.tuples(*(_literal(row, p) for p in row.literals))
    fitting = drawn.filter(lambda given: row.validate is None or not row.validate(*given))
    return st.builds(Call, st.just(row.name), operands, fitting)


@pytest.mark.parametrize(("text", "canonical"), CANONICAL)
def test_canonical_text(text: str, canonical: str) -> None:
    term = parse(text)
    assert to_text(term) == canonical
    assert parse(canonical) == term


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(term=terms())
def test_round_trip(term: Term) -> None:
    text = to_text(term)
    again = parse(text, Limits(length=100_000, nodes=10_000))
    assert again == term
    assert hash(again) == hash(term)
    assert to_text(again) == text
    assert (again.lookback, again.fields, again.kind) == (term.lookback, term.fields, term.kind)


@settings(max_examples=60, deadline=None)
@given(term=terms(depth=2), spaces=st.sampled_from(["", "  ", "\n", "\t"]))
def test_white_space_means_nothing(term: Term, spaces: str) -> None:
    text = to_text(term)
    for sign in "+*/(),":
        text = text.replace(sign, spaces + sign + spaces)
    text = text.replace(f"*{spaces}{spaces}*", "**").replace(f"e{spaces}+{spaces}", "e+")
    assert parse(text, Limits(length=100_000)) == term


@settings(max_examples=60, deadline=None)
@given(term=terms(depth=2))
def test_no_pair_of_parentheses_is_superfluous(term: Term) -> None:
    text = to_text(term)
    for start, character in enumerate(text):
        is_call = start > 0 and (text[start - 1].isalnum() or text[start - 1] == "_")
        if character != "(" or is_call:
            continue
        end = _closing(text, start)
        bare = text[:start] + " " + text[start + 1 : end] + " " + text[end + 1 :]
        try:
            assert parse(bare, Limits(length=100_000)) != term
        except (ValueError, LookupError):
            continue


def _closing(text: str, start: int) -> int:
    level = 0
    for place in range(start, len(text)):
        level += {"(": 1, ")": -1}.get(text[place], 0)
        if level == 0:
            return place
    raise AssertionError(f"{text!r} is not balanced")


@pytest.mark.parametrize("spelling", ["ts_rank", "TS_RANK", "Ts_Rank", "tS_rAnK"])
def test_operator_names_in_any_case(spelling: str) -> None:
    assert parse(f"{spelling}(close, 9)") == Call("ts_rank", (Field("close"),), (9,))


@pytest.mark.parametrize(
    "alias", [(alias, row.name) for row in OPERATORS.values() for alias in row.aliases]
)
def test_aliases(alias: tuple[str, str]) -> None:
    second = "industry" if alias[1] == "indneutralize" else "5"
    assert parse(f"{alias[0]}(close, {second})") == parse(f"{alias[1]}(close, {second})")


def test_too_large_to_print() -> None:
    doubled: Term = Field("close")
    for _ in range(40):
        doubled = Call("add", (doubled, doubled))
    with pytest.raises(OperatorArgumentError, match="nodes"):
        to_text(doubled)
    assert "nodes" in repr(factor(doubled))


def test_deep_but_narrow_prints_without_recursion() -> None:
    deep: Term = Field("close")
    for _ in range(4000):
        deep = Call("add", (deep, Constant(1)))
    assert to_text(deep) == "close" + " + 1" * 4000
