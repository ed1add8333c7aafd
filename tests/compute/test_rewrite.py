"""Canonical terms: the same value in every bit, and more sharing."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.compute.oracle import evaluate_term
from workbench.compute.rewrite import canonical, canonical_batch
from workbench.factor.term import Call, walk
from workbench.factor.text import parse, to_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("delay(close, 0)", "close"),
        ("delay(delay(close, 2), 3)", "delay(close, 5)"),
        ("-1 * close", "-close"),
        ("close * -1", "-close"),
        ("-(-close)", "close"),
        ("2 * 3 + close", "6 + close"),
        ("close + 1", "1 + close"),
        ("volume * close", "close * volume"),
        ("close - open", "close - open"),
        ("correlation(volume, close, 5)", "correlation(volume, close, 5)"),
        ("1 / 0 + close", "close + 1 / 0"),
    ],
)
def test_rules(text: str, expected: str) -> None:
    assert to_text(canonical(parse(text))) == expected


def test_a_batch_shares_objects_and_large_shared_terms_stay_cheap() -> None:
    batch = canonical_batch({"a": parse("rank(close + open)"), "b": parse("-rank(open + close)")})
    assert batch["b"].children[0] is batch["a"]
    term = parse("close * open + open")
    for _ in range(60):  # 2 ** 60 nodes when written out
        term = Call("add", (Call("multiply", (term, term)), Call("multiply", (term, term))))
    assert canonical(term).depth == term.depth


def test_the_order_of_operands_is_the_same_in_every_run() -> None:
    text = "rank(close) * rank(open) + rank(volume) * rank(high)"
    script = (
        "from workbench.compute.rewrite import canonical\n"
        "from workbench.factor.text import parse, to_text\n"
        f"print(to_text(canonical(parse({text!r}))))"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(seen) == 1


def test_canonical_is_a_fixed_point_and_never_grows() -> None:
    term = parse("rank(open + close) * -1 - delay(delay(ts_sum(close * 2, 3), 1), 1) + 2 * 3")
    once = canonical(term)
    assert canonical(once) == once
    assert len(list(walk(once))) <= len(list(walk(term)))


SIGNS = st.sampled_from(["+", "-", "*", "/"])


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(
        st.sampled_from(["close", "open", "0.1", "3", "-1"]),
        lambda inner: st.one_of(
            st.tuples(inner, SIGNS, inner).map(lambda p: f"({p[0]} {p[1]} {p[2]})"),
            inner.map(lambda text: f"delay({text}, 1)"),
            inner.map(lambda text: f"-({text})"),
            st.tuples(inner, inner).map(lambda p: f"minimum({p[0]}, {p[1]})"),
        ),
        max_leaves=8,
    )
)
def test_every_bit_is_kept(text: str) -> None:
    rng = np.random.default_rng(5)
    fields = {name: rng.normal(0, 1, (12, 4)) for name in ("close", "open")}
    fields["close"][3, 1] = np.nan
    term = parse(f"close * 0 + {text}")
    np.testing.assert_array_equal(
        evaluate_term(canonical(term), fields), evaluate_term(term, fields)
    )
