"""Terms: equal by structure, aware of history, safe at any depth."""

from __future__ import annotations

import copy
import dataclasses

import pytest

from workbench.errors import LookAheadError, OperatorArgumentError, UnknownOperatorError
from workbench.factor import Call, Constant, Field, Kind, parse, walk


def test_equal_by_structure() -> None:
    left, right = parse("rank(close) + 2 * delay(open, 3)"), parse("rank(close)+2.0*delay(open,3)")
    assert left == right
    assert left is not right
    assert hash(left) == hash(right)
    assert len({left, right}) == 1


@pytest.mark.parametrize(
    "other",
    ["delay(open, 3)", "delay(close, 4)", "delta(close, 3)", "close", "3", "delay(close, 3) + 0"],
)
def test_unequal(other: str) -> None:
    assert parse("delay(close, 3)") != parse(other)


def test_a_term_equals_only_terms() -> None:
    assert Field("close") != "close"
    assert Constant(1) != 1


def test_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Field("close").name = "open"  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        Call("abs", (Field("close"),)).operator = "sign"  # type: ignore[misc]


@pytest.mark.parametrize("text", ["close", "2.5", "rank(close) + ts_mean(volume, 5) ** 2"])
def test_copies(text: str) -> None:
    term = parse(text)
    again = copy.deepcopy(term)
    assert again is not term
    assert again == term
    assert hash(again) == hash(term)
    assert again.lookback == term.lookback


def test_another_process_is_sent_the_structure_and_not_the_hash() -> None:
    # Hashes of text differ between processes, so a copy has to compute its own.
    term = parse("rank(close)")
    assert term.__reduce__() == (Call, ("rank", (Field("close"),), ("share",)))
    assert Field("close").__reduce__() == (Field, ("close",))
    assert Constant(2).__reduce__() == (Constant, (2.0,))


@pytest.mark.parametrize(
    ("text", "lookback"),
    [
        ("close", 0),
        ("2", 0),
        ("returns", 1),
        ("adv20", 19),
        ("adv1", 0),
        ("my_signal", 0),
        ("delay(close, 0)", 0),
        ("delay(close, 7)", 7),
        ("delta(close, 7)", 7),
        ("ts_mean(close, 1)", 0),
        ("ts_mean(close, 5)", 4),
        ("ts_mean(returns, 5)", 5),
        ("ts_mean(adv20, 5)", 23),
        ("delta(ts_mean(close, 5), 3)", 7),
        ("rank(ts_mean(close, 5))", 4),
        ("ts_mean(close, 5) + delay(open, 9)", 9),
        ("correlation(delay(close, 2), ts_sum(open, 4), 10)", 12),
        ("ts_rank(decay_linear(correlation(vwap, volume, 3), 7), 5)", 12),
    ],
)
def test_lookback_by_hand(text: str, lookback: int) -> None:
    assert parse(text).lookback == lookback


def test_fields_depth_size() -> None:
    term = parse("rank(close - open) * rank(close - open) + volume")
    assert term.fields == {"close", "open", "volume"}
    assert term.depth == 4
    assert term.size == 11


def test_walk_is_post_order_and_unique() -> None:
    term = parse("rank(close - open) * rank(close - open) + volume")
    nodes = list(walk(term))
    assert len(nodes) == len(set(nodes)) == 7
    place = {node: i for i, node in enumerate(nodes)}
    for node in nodes:
        assert all(place[child] < place[node] for child in node.children)
    assert nodes[-1] is term


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("close", Kind.NUMBER),
        ("1", Kind.NUMBER),
        ("industry", Kind.GROUP),
        ("is_st", Kind.TRUTH),
        ("close > open", Kind.TRUTH),
        ("(close > open) * 1", Kind.NUMBER),
        ("!(close > open)", Kind.TRUTH),
        ("where(is_st, 1, 2)", Kind.NUMBER),
        ("anything", Kind.NUMBER),
    ],
)
def test_kind(text: str, kind: Kind) -> None:
    assert parse(text).kind is kind


def test_unlisted_fields_are_taken_as_they_are_used() -> None:
    assert parse("indneutralize(close, my_groups)").fields == {"close", "my_groups"}
    assert parse("my_flag ? close : open").fields == {"my_flag", "close", "open"}


@pytest.mark.parametrize("name", ["", "1x", "_x", "a.b", "a b", "é", "x" * 65, "and", "Rank", None])
def test_bad_field_names(name: object) -> None:
    with pytest.raises(OperatorArgumentError):
        Field(name)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), True, "1"])
def test_bad_constants(value: object) -> None:
    with pytest.raises(OperatorArgumentError):
        Constant(value)  # type: ignore[arg-type]


def test_bad_calls() -> None:
    close = Field("close")
    with pytest.raises(UnknownOperatorError, match="'rank'"):
        Call("rnak", (close,))
    with pytest.raises(OperatorArgumentError, match="1 operands"):
        Call("rank", (close, close))
    with pytest.raises(OperatorArgumentError, match="3 literals, got 1 and 2"):
        Call("ts_mean", (close,))
    with pytest.raises(OperatorArgumentError, match="whole number"):
        Call("ts_mean", (close,), (2.5,))
    with pytest.raises(LookAheadError, match="no future"):
        Call("delay", (close,), (-1,))


def test_literals_are_normalised() -> None:
    close = Field("close")
    assert Call("mean", (close,), (5.0,)) == Call("ts_mean", (close,), (5,))
    assert type(Call("ts_mean", (close,), (5.0,)).parameters[0]) is int
    assert type(Call("scale", (close,), (2,)).parameters[0]) is float


def test_literals_left_out_are_the_defaults() -> None:
    close = Field("close")
    assert Call("ts_mean", (close,), (5,)).parameters == (5, 0, "calendar")
    assert Call("ts_mean", (close,), (5, 2)) == Call("ts_mean", (close,), (5, 2, "CALENDAR"))
    assert Call("rank", (close,)).parameters == ("share",)
    assert len({Call("rank", (close,)), Call("rank", (close,), ("unit",))}) == 2
    with pytest.raises(OperatorArgumentError, match="share, unit"):
        Call("rank", (close,), ("units",))
    with pytest.raises(OperatorArgumentError, match="exclude each other"):
        Call("ts_mean", (close,), (5, 2, "traded"))


@pytest.mark.parametrize(
    ("text", "lookback"),
    [
        ("ts_mean(close, 5, min_periods=2)", 4),
        ("ts_mean(close, 5, sessions=traded)", 9),
        ("ts_autocorr(close, 5, 2)", 6),
        ("ewma(close, span=10)", 68),
        ("ewma(close, span=20)", 138),
        ("ewma(close, span=60)", 414),
        ("sma_cn(close, 3, 3)", 0),
        ("ewm_mean(ts_sum(close, 3), 7, 0.5)", 8),
        ("hump(close, 0.1, warmup=10)", 9),
        ("regression_neut(ts_mean(close, 3), delay(open, 5), volume)", 5),
    ],
)
def test_lookback_of_policies_and_recursions(text: str, lookback: int) -> None:
    assert parse(text).lookback == lookback


def test_codes_serve_as_a_group_and_as_a_number() -> None:
    fifth = parse("bucket(close, 5)")
    assert fifth.kinds == {Kind.NUMBER, Kind.GROUP}
    assert parse("group_mean(close, bucket(close, 5)) + bucket(close, 5)").kind is Kind.NUMBER
    with pytest.raises(OperatorArgumentError, match="a group"):
        parse("group_mean(close, rank(close))")


def test_any_depth_is_safe() -> None:
    def tower() -> Call:
        term = Call("add", (Field("close"), Constant(1)))
        for _ in range(5_000):
            term = Call("add", (term, Constant(1)))
        return term

    left, right = tower(), tower()
    assert left == right
    assert left.depth == 5_001
    assert sum(1 for _ in walk(left)) == 5_003


def test_shared_parts_cost_nothing() -> None:
    def doubled() -> Call:
        term = Call("add", (Field("close"), Field("close")))
        for _ in range(200):
            term = Call("add", (term, term))
        return term

    left, right = doubled(), doubled()
    assert left == right
    assert sum(1 for _ in walk(left)) == 202
