"""Operators across assets in the text: how they print, what they return, what they refuse."""

from __future__ import annotations

import pytest

from workbench.errors import OperatorArgumentError
from workbench.factor import Kind, factor

TEXTS = {
    "rank(close)": "rank(close)",
    "rank(close, form=unit)": "rank(close, form=unit)",
    "bucket(cap, 5)": "bucket(cap, 5)",
    "bucket(cap, 5, ties=stable)": "bucket(cap, 5, ties=stable)",
    "winsorize_quantile(close)": "winsorize_quantile(close)",
    "group_neutralize(close, industry, sector, 8)": "group_neutralize(close, industry, sector)",
    "group_rank(close, group_cartesian(industry, bucket(cap, 3)))": "group_rank(close, "
    "group_cartesian(industry, bucket(cap, 3)))",
    "regression_neut(close, industry, log(cap))": "regression_neut(close, industry, log(cap))",
    "regression_neut(close, bucket(cap, 10))": "regression_neut(close, bucket(cap, 10))",
    "cs_regression(returns, cap, vwap, out=beta, which=2)": "cs_regression(returns, cap, vwap, "
    "out=beta, which=2)",
    "cs_corr(close, open, method=spearman)": "cs_corr(close, open, method=spearman)",
}


@pytest.mark.parametrize("text", TEXTS)
def test_text_is_canonical(text: str) -> None:
    read = factor(text)
    assert read.text == TEXTS[text]
    assert factor(read.text) == read
    assert read.lookback == 0 or "returns" in text


def test_only_backfilling_looks_back() -> None:
    assert factor("group_backfill(close, industry, 5)").lookback == 4
    assert factor("group_backfill(delay(close, 2), industry, 5)").lookback == 6


@pytest.mark.parametrize("text", ["top(close, 5)", "bottom(close, 5)"])
def test_leaders_are_truth(text: str) -> None:
    assert factor(text).term.kind is Kind.TRUTH
    assert factor(f"where({text}, close, 0)").lookback == 0


@pytest.mark.parametrize("text", ["bucket(cap, 5)", "group_cartesian(industry, board)"])
def test_codes_are_groups_and_numbers(text: str) -> None:
    assert factor(text).term.kinds == {Kind.GROUP, Kind.NUMBER}
    assert factor(f"group_mean(close, {text}) + {text}").lookback == 0


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("rank(close, form=upside)", "one of the words share, unit"),
        ("normalize(close, use_std=2)", "`use_std` is 0 or 1"),
        ("normalize(close, limit=-1)", "`limit` is 0"),
        ("winsorize_quantile(close, 0.9, 0.1)", "0 <= lo <= hi <= 1"),
        ("winsorize_quantile(close, 0.1, 1.1)", "0 <= lo <= hi <= 1"),
        ("winsorize_mad(close, 0)", "`k` is a positive number"),
        ("winsorize_sigma(close, -3)", "`k` is a positive number"),
        ("bucket(close, 1)", "2.."),
        ("top(close, 0)", "1.."),
        ("group_neutralize(close, industry, sector, 0)", "1.."),
        ("group_rank(close, close)", "must be a group"),
        ("group_rank(industry, industry)", "must be a number"),
        ("group_cartesian(industry, close)", "must be a group"),
        ("weighted_demean(close, industry)", "must be a number"),
        ("regression_neut(industry, close)", "must be a number"),
        ("regression_neut(close)", "cannot take 1 arguments"),
        ("regression_neut(close, " + ", ".join("abcdefgh") + ")", "at most 8 operands"),
        ("cs_regression(returns, cap, which=2)", "`which` is 0 to 1"),
        ("cs_regression(returns, cap, industry, out=beta, which=2)", "no single beta"),
        ("cs_regression(returns, cap, industry, out=tstat, which=0)", "no intercept"),
    ],
)
def test_refused(text: str, wrong: str) -> None:
    with pytest.raises(OperatorArgumentError) as caught:
        factor(text)
    assert wrong in str(caught.value)
