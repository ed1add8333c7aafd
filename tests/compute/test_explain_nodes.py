"""Nodes for people: names stand for the terms they name, and counts are those of the texts."""

from __future__ import annotations

import pytest

from tests.compute.toy_market import BATCH
from workbench.compute.explain_nodes import nodes_of, opened
from workbench.compute.plan import make_plan
from workbench.compute.rewrite import canonical
from workbench.factor import library
from workbench.factor.factor import factor
from workbench.factor.term import Call, Field, Term
from workbench.factor.text import parse, to_text

SHELVES = {
    "batch": {name: parse(text) for name, text in BATCH.items()},
    "alpha101": {name: one.term for name, one in library.alpha101().items()},
    "defined": {
        "a": parse("ts_minmax(close, 9) - wma_gtja(ewma(close, span=4), 4)"),
        "b": parse("ewmstd(close, span=5) + ts_autocorr(close, 8, 2)"),
    },
}

every_shelf = pytest.mark.parametrize("terms", SHELVES.values(), ids=SHELVES)


def calls_in(term: Term) -> int:
    """Operator calls of a term written out, delays left out: the planner sees through them."""
    own = isinstance(term, Call) and term.operator != "delay"
    return own + sum(calls_in(child) for child in term.children)


def put_back(term: Term, named: dict[str, Term]) -> Term:
    """A line with every step name replaced by what it names."""
    if isinstance(term, Field):
        return named.get(term.name, term)
    if isinstance(term, Call):
        return Call(term.operator, [put_back(x, named) for x in term.operands], term.parameters)
    return term


@every_shelf
def test_a_line_says_what_its_step_computes(terms) -> None:
    named: dict[str, Term] = {}
    for node in nodes_of(make_plan(terms), terms):
        if node.step.operator != "copy":
            # Compared as objects: the line is built, and its text is only how it is shown.
            assert put_back(parse(node.line), named) == node.step.term
            named[node.name] = node.step.term


@every_shelf
def test_written_counts_are_those_of_the_canonical_texts(terms) -> None:
    nodes = nodes_of(make_plan(terms), terms)
    steps = [node for node in nodes if node.step.operator != "copy"]
    assert sum(node.written for node in steps) == sum(
        calls_in(canonical(t)) for t in terms.values()
    )
    assert all(1 <= node.uses <= node.written for node in steps)


@every_shelf
def test_every_factor_has_one_step_that_gives_it(terms) -> None:
    given = [name for node in nodes_of(make_plan(terms), terms) for name in node.results]
    assert sorted(given) == sorted(terms)


def test_shares_add_up_to_the_work() -> None:
    nodes = nodes_of(make_plan(SHELVES["batch"]), SHELVES["batch"])
    assert sum(node.share for node in nodes) == pytest.approx(1.0)


def test_long_expressions_are_shown_over_steps() -> None:
    terms = {"f": parse("rank(ts_mean(close, 17) / ts_mean(open, 18)) - rank(ts_sum(volume, 19))")}
    *_, last = nodes_of(make_plan(terms), terms)
    assert last.expression == to_text(terms["f"])
    longer = {"f": factor(terms["f"]).term, "g": parse(f"{to_text(terms['f'])} + {'open / ' * 9}2")}
    lines = [node.expression for node in nodes_of(make_plan(longer), longer)]
    assert max(map(len, lines)) <= 72
    assert any(line.startswith("n") for line in lines)


def test_definitions_are_opened_all_the_way_down() -> None:
    text = "ewmstd(ts_count(close > open, 5), com=1)"
    shown = [to_text(term) for term in opened({"f": parse(text)})]
    assert shown[:5] == [
        "close",
        "open",
        "close > open",
        "ts_sum(close > open, 5)",
        "ts_count(close > open, 5)",
    ]
    variance, *_ = (
        at for at, word in enumerate(shown) if word.startswith("ewm_var(ts_count(close")
    )
    assert shown[variance + 1] == f"sqrt({shown[variance]})"
    assert shown[-1] == text
    assert len(set(shown)) == len(shown)
