"""BRAIN's words: what each is read as, that every rule reads, and what the words compute."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.compute.evaluate import on_arrays
from workbench.errors import FactorError, OperatorArgumentError
from workbench.factor import factor
from workbench.factor.profile import Reading
from workbench.factor.profiles.brain import MOST_INPUTS, PROFILE

READS = [
    ("ts_delay(close, 5)", "delay(close, 5)"),
    ("ts_delta(close, 5)", "delta(close, 5)"),
    ("ts_mean(close, 5)", "ts_mean(close, 5)"),
    ("ts_std_dev(returns, 20)", "stddev(returns, 20)"),
    ("ts_rank(close, 20)", "ts_rank(close, 20, form=unit)"),
    ("ts_rank(close, 20, 1)", "ts_rank(close, 20, form=unit) + 1"),
    ("ts_rank(close, 20, constant=1)", "ts_rank(close, 20, form=unit) + 1"),
    ("ts_arg_max(close, 20)", "days_since_max(close, 20)"),
    ("ts_arg_min(close, 20)", "days_since_min(close, 20)"),
    ("ts_decay_linear(close, 10)", "decay_linear(fillna(close, 0), 10)"),
    ("ts_decay_exp_window(close, 10, factor=0.9)", "decay_exp(close, 10, 0.9)"),
    ("ts_corr(close, volume, 10)", "correlation(close, volume, 10)"),
    ("ts_covariance(close, volume, 10)", "covariance(close, volume, 10)"),
    ("ts_regression(close, open, 10)", "ts_regression(close, open, 10, out=resid)"),
    ("ts_regression(close, open, 10, 2)", "ts_regression(close, delay(open, 2), 10, out=resid)"),
    (
        "ts_regression(close, open, 10, rettype=2)",
        "ts_regression(close, delay(open, 0), 10)",
    ),
    (
        "ts_regression(close, open, 10, 1, 6)",
        "ts_regression(close, delay(open, 1), 10, out=rsquare)",
    ),
    ("ts_decay_linear(close, 10, dense=false)", "decay_linear(fillna(close, 0), 10)"),
    ("add(close, open, filter=true)", "fillna(close, 0) + fillna(open, 0)"),
    ("multiply(close, open, filter=true)", "fillna(close, 1) * fillna(open, 1)"),
    ("add(close, open, high, filter=false)", "close + open + high"),
    ("to_nan(volume, value=0, reverse=true)", "fillna(volume, 0)"),
    ("normalize(close, useStd=true, limit=3)", "normalize(close, use_std=1, limit=3)"),
    ("quantile(close, driver=gaussian, sigma=2)", "gauss_rank(close) * 2"),
    ("ts_backfill(close, lookback=60)", "ts_backfill(close, 60)"),
    ("ts_av_diff(close, 6)", "close - ts_mean(close, 6, min_periods=1)"),
    ("ts_count_nans(close, 6)", "ts_count(isnan(close), 6)"),
    ("ts_scale(close, 6)", "ts_minmax(close, 6)"),
    ("ts_zscore(close, 6)", "ts_zscore(close, 6)"),
    ("rank(close)", "rank(close, form=unit)"),
    ("rank(close, rate=0)", "rank(close, form=unit)"),
    ("scale(close, 2)", "scale(close, a=2)"),
    ("scale(close, scale=2)", "scale(close, a=2)"),
    ("scale(close, longscale=4, shortscale=3)", "longshort_scale(close, long=4, short=3)"),
    ("winsorize(close, std=3)", "winsorize_sigma(close)"),
    ("winsorize(close)", "winsorize_sigma(close, k=4)"),
    ("quantile(close)", "gauss_rank(close)"),
    ("group_neutralize(close, subindustry)", "indneutralize(close, subindustry)"),
    ("group_neutralize(close, densify(sector))", "indneutralize(close, sector)"),
    ("if_else(close > open, 1, 2)", "where(close > open, 1, 2)"),
    ("if_else(is_nan(close), 1, close)", "where(isnan(close), 1, close)"),
    (
        "trade_when(volume > adv20, close, -1)",
        "trade_when(volume > ts_mean(volume, 20), close, -1)",
    ),
    ("hump(close)", "hump(scale(close), 0.01)"),
    ("group_zscore(close, sector)", "group_zscore(close, sector)"),
    ("adv20", "ts_mean(volume, 20)"),
    ("sharesout", "shares"),
    ("max(close, 5)", "maximum(close, 5)"),
    ("min(open, high, low)", "minimum(minimum(open, high), low)"),
    ("add(open, high, low)", "open + high + low"),
    ("multiply(open, close)", "open * close"),
    ("subtract(open, close)", "open - close"),
    ("reverse(close)", "-close"),
    ("signed_power(returns, 0.5)", "signedpower(returns, 0.5)"),
    ("s_log_1p(returns)", "slog1p(returns)"),
    ("to_nan(volume)", "nan_mask(volume, volume == 0)"),
    ("purify(close)", "close"),
    ("not(close > open)", "!(close > open)"),
]


@pytest.mark.parametrize(("text", "canonical"), READS, ids=[text for text, _ in READS])
def test_reads(text: str, canonical: str) -> None:
    read = factor(text, profile="brain")
    assert read.profile == "brain"
    assert factor(read.text) == read
    assert read.text == canonical


ARGUMENTS = {
    "c": "close > open",
    "z": "close < open",
    "group": "industry",
    "g1": "industry",
    "g2": "sector",
    "d": "6",
    "lookback": "6",
    "lag": "2",
    "factor": "0.5",
    "lower": "-2",
    "upper": "2",
    "longscale": "4",
    "shortscale": "3",
}
"""What stands for a parameter of a head; a field where nothing is said."""


@pytest.mark.parametrize("head", PROFILE.readings)
def test_every_rule_reads_in_every_length(head: str) -> None:
    rule = Reading.of(head, PROFILE.readings[head])
    needed = sum(default is None for _, default in rule.parameters)
    fields = iter(["close", "volume", "vwap", "high", "low", "open"])
    said = ARGUMENTS | dict(rule.pinned)
    given = [default or said.get(name) or next(fields) for name, default in rule.parameters]
    for count in range(needed, len(given) + 1):
        written = f"{rule.name}({', '.join(given[:count])})" if "(" in head else rule.name
        read = factor(written, profile="brain")
        assert factor(read.text) == read


X = np.array([3.0, 1, 4, 1, 5, np.nan, 9, 2, 6, 5])
C = np.array([[3.0, 1, 1, np.nan, 7, -2]])
G = np.array([[0, 0, 1, 1, 1, -1]], dtype=np.int32)
nan = np.nan

VALUES = [
    ("ts_rank(x, 4)", {"x": X}, {3: 0.5 / 3, 4: 1, 9: 1 / 3}),
    ("ts_arg_max(x, 4)", {"x": X}, {3: 1, 4: 0, 9: 3}),
    ("ts_decay_linear(x, 3)", {"x": X}, {2: 17 / 6, 5: 11 / 6, 6: 32 / 6, 7: 24 / 6}),
    ("ts_decay_exp_window(x, 2, 0.5)", {"x": X}, {1: 2.5 / 1.5, 2: 4.5 / 1.5}),
    ("ts_av_diff(x, 6)", {"x": X}, {4: 5 - 14 / 5, 6: 9 - 20 / 5}),
    ("ts_count_nans(x, 3)", {"x": X}, {2: 0, 5: 1, 7: 1, 8: 0}),
    ("rank(c)", {"c": C}, {0: 0.75, 1: 0.375, 2: 0.375, 4: 1, 5: 0}),
    ("group_neutralize(c, g)", {"c": C, "g": G}, {0: 1, 1: -1, 2: -3, 4: 3}),
    ("group_rank(c, g)", {"c": C, "g": G}, {0: 1, 1: 0, 2: 0, 4: 1}),
    ("group_scale(c, g)", {"c": C, "g": G}, {0: 1, 1: 0, 2: 0, 4: 1}),
    ("group_mean(c, w, g)", {"c": C, "g": G, "w": C + 10}, {0: 50 / 24, 1: 50 / 24, 2: 130 / 28}),
    ("group_normalize(c, g)", {"c": C, "g": G}, {0: 0.75, 1: 0.25, 2: 0.125, 4: 0.875}),
    ("normalize(c)", {"c": C}, {0: 1, 1: -1, 4: 5, 5: -4}),
    ("scale(c, longscale=2, shortscale=1)", {"c": C}, {0: 0.5, 4: 7 / 6, 5: -1}),
    ("fraction(c)", {"c": C + 0.25}, {0: 0.25, 5: -0.75}),
]


@pytest.mark.parametrize(("text", "fields", "want"), VALUES, ids=[row[0] for row in VALUES])
def test_values_by_hand(text: str, fields: dict, want: dict[int, float]) -> None:
    got = np.ravel(on_arrays(factor(text, profile="brain"), engine="oracle", **fields))
    for place, value in want.items():
        assert got[place] == pytest.approx(value), f"{text} at {place}"


@pytest.mark.parametrize(
    "text",
    [
        "ts_step(1)",
        "hump_decay(close)",
        "ts_quantile(close, 20)",
        "pasteurize(close)",
        "scale_down(close)",
        "bucket(rank(close), range=0)",
        "ts_decay_linear(close, 10, dense=true)",
        "add(close, open, filter=maybe)",
        "scale(close, longscale=4)",
        "ts_regression(close, open, 10, rettype=7)",
        "quantile(close, driver=cauchy)",
    ],
)
def test_what_is_left_out_is_refused(text: str) -> None:
    with pytest.raises(FactorError):
        factor(text, profile="brain")


def test_too_many_inputs_are_refused_with_the_heads() -> None:
    many = ", ".join(["close"] * (MOST_INPUTS + 1))
    with pytest.raises(OperatorArgumentError, match=r"write max\(x1, x2\) or max"):
        factor(f"max({many})", profile="brain")
