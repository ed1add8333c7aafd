"""The paper's words: case, extremes, cut windows; the language's own rules otherwise."""

from __future__ import annotations

import pytest

from workbench.factor import factor
from workbench.factor.profiles.wq101 import PROFILE


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("Ts_Rank(rank(low), 9)", "ts_rank(rank(low), 9)"),
        ("min(close, 5)", "ts_min(close, 5)"),
        ("max(rank(close), rank(open))", "maximum(rank(close), rank(open))"),
        ("sum(close, 5)", "ts_sum(close, 5)"),
        ("product(close, 14.9655)", "ts_product(close, 14)"),
        ("decay_linear(close, 2.95011)", "decay_linear(close, 2)"),
        ("SignedPower(close, 2.)", "signedpower(close, 2)"),
        ("IndNeutralize(close, IndClass.subindustry)", "indneutralize(close, subindustry)"),
        ("close < open ? (-1 * 1) : 1", "where(close < open, -1 * 1, 1)"),
        ("stddev(returns, 20)", "stddev(returns, 20)"),
        ("((close < open) * -1)", "(close < open) * -1"),
        ("rank(close)^Ts_Rank(close, 3)", "rank(close) ** ts_rank(close, 3)"),
        ("Log(Sign(close))", "log(sign(close))"),
    ],
)
def test_reads(text: str, canonical: str) -> None:
    read = factor(text, profile="wq101")
    assert read.text == canonical
    assert factor(canonical) == read
    assert read.profile == PROFILE.name == "wq101"
