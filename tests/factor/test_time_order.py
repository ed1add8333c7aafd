"""Declarations of order and path along time: look-backs, literals, what is refused."""

from __future__ import annotations

import pytest

from workbench.errors import LookAheadError, OperatorArgumentError
from workbench.factor import factor


@pytest.mark.parametrize(
    ("text", "lookback"),
    [
        ("ts_median(close, 20)", 19),
        ("ts_median(close, 20, min_periods=5)", 19),
        ("ts_quantile(close, 20, 0.3, sessions=traded)", 39),
        ("ts_rank(close, 20, form=unit, sessions=traded)", 39),
        ("ts_spearman(close, volume, 20)", 19),
        ("ts_entropy(close, 20)", 19),
        ("ts_hurst(close, 60)", 59),
        ("pct_change(close, 5)", 5),
        ("kth_element(close, 20, 2)", 19),
        ("hump(close, 0.1)", 251),
        ("hump(close, 0.1, warmup=20)", 19),
        ("trade_when(close > open, close, close < open, warmup=20)", 19),
        ("ts_cumsum(close, 20150105)", 0),
    ],
)
def test_lookback(text: str, lookback: int) -> None:
    assert factor(text).lookback == lookback


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("ts_rank(close, 5, share)", "ts_rank(close, 5)"),
        ("ts_rank(close, 5, form=unit)", "ts_rank(close, 5, form=unit)"),
        ("ts_entropy(close, 20, 10)", "ts_entropy(close, 20)"),
        ("ts_quantile(close, 5, 0.5, 2)", "ts_quantile(close, 5, 0.5, min_periods=2)"),
        ("hump(close, 1, 252)", "hump(close, 1)"),
    ],
)
def test_canonical_text(text: str, canonical: str) -> None:
    assert factor(text).text == canonical
    assert factor(canonical) == factor(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ts_quantile(close, 5, 1.1)", "`q` must lie in 0..1, got 1.1"),
        ("ts_quantile(close, 5, -0.1)", "`q` must lie in 0..1"),
        ("ts_quantile(close, 5, 0.5, min_periods=6)", "exceeds the window of 5"),
        ("ts_median(close, 5, min_periods=2, sessions=traded)", "exclude each other"),
        ("ts_rank(close, 5, form=percent)", "share, unit"),
        ("ts_spearman(close, open, 1)", "2..756"),
        ("ts_hurst(close, 11)", "12..756"),
        ("ts_entropy(close, 20, bins=1)", "2..100000"),
        ("kth_element(close, 5, 6)", "`k` must not exceed the window of 5, got 6"),
        ("kth_element(close, 5, 0)", "1..100000"),
        ("hump(close, -1)", "`h` is a size and cannot be negative"),
        ("ts_cumsum(close, 20151305)", "date"),
        ("pct_change(close, 0)", "1..756"),
    ],
)
def test_refused(text: str, message: str) -> None:
    with pytest.raises(OperatorArgumentError, match=message):
        factor(text)


def test_no_word_for_the_future() -> None:
    with pytest.raises(LookAheadError):
        factor("pct_change(close, -1)")
