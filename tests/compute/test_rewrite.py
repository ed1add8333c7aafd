"""Canonical terms: the same value in every bit, and more sharing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.compute.oracle import evaluate_term
from workbench.compute.rewrite import canonical
from workbench.factor.term import walk
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
