"""Qlib's words: what each becomes, what it gives, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.compute.evaluate import on_arrays
from workbench.errors import FactorError
from workbench.factor import factor
from workbench.factor.profiles.qlib import PROFILE, STRICT

X = np.array([3, 1, 4, 1, 5, np.nan, 9, 2, 6, 5, 3, 5])
Y = np.array([2, 7, 1, 8, 2, 8, 1, np.nan, 8, 4, 5, 9])


@pytest.mark.parametrize(
    ("written", "meant", "strict"),
    [
        ("Ref($close, 1)", "delay(close, 1)", ""),
        ("Mean($close, 5)", "ts_mean(close, 5, min_periods=1)", "ts_mean(close, 5)"),
        ("Std($close, 5)", "stddev(close, 5, min_periods=1)", "stddev(close, 5)"),
        ("Max($high, 5)", "ts_max(high, 5, min_periods=1)", "ts_max(high, 5)"),
        ("IdxMin($low, 5)", "ts_argmin(low, 5, min_periods=1)", "ts_argmin(low, 5)"),
        (
            "Quantile($close, 5, 0.8)",
            "ts_quantile(close, 5, 0.8, min_periods=1)",
            "ts_quantile(close, 5, 0.8)",
        ),
        ("Rank($close, 5)", "ts_rank(close, 5, min_periods=1)", "ts_rank(close, 5)"),
        ("Resi($close, 5)", "ts_resid(close, 5, min_periods=1)", "ts_resid(close, 5)"),
        ("EMA($close, 9)", "ewma(close, span=9, min_periods=1)", "ewma(close, span=9)"),
        (
            "Corr($close, Log($volume+1), 5)",
            "correlation(close, log(volume + 1), 5, min_periods=1)",
            "correlation(close, log(volume + 1), 5)",
        ),
        ("Greater($open, 0)", "maximum(open, 0)", ""),
        ("Less($open, $close)", "minimum(open, close)", ""),
        ("Gt($open, $close)", "fillna(open > close, 0) > 0", "open > close"),
        ("Ne($open, $close)", "fillna(open != close, 1) > 0", "open != close"),
        (
            "If(And($open > 1, Not($low < 1)), $open, 0)",
            "where(fillna(open > 1, 0) > 0 & !(fillna(low < 1, 0) > 0), open, 0)",
            "where(open > 1 & !(low < 1), open, 0)",
        ),
        ("Power(Sub($open, Mul($low, 2)), 2)", "(open - low * 2) ** 2", ""),
        ("Abs(Sign(Delta($close, 2)))", "abs(sign(delta(close, 2)))", ""),
        ("$factor * $change", "adj_factor * returns", ""),
    ],
)
def test_words(written: str, meant: str, strict: str) -> None:
    assert factor(written, profile=PROFILE).text == meant
    assert factor(written, profile=STRICT).text == (strict or meant)


def test_every_rule_reads() -> None:
    for profile in (PROFILE, STRICT):
        for head in profile.readings:
            name, _, rest = head.rstrip(")").partition("(")
            stand_in = {"x": "$close", "y": "$open", "c": "$close > $open", "d": "5", "q": "0.2"}
            arguments = ", ".join(stand_in[part.strip()] for part in rest.split(","))
            assert factor(f"{name}({arguments})", profile=profile).fields, head


@pytest.mark.parametrize(
    "text",
    [
        "Mask($close, 'SH600000')",
        "ChangeInstrument('SH000300', $close)",
        "TResample($close, 5)",
        "Ref($close, -1)",
        "Delta($close, 0)",
        "Mean($close, 0)",
        "Mean($close, 0.1)",
        "Corr($close, $open)",
    ],
)
def test_what_has_no_reading(text: str) -> None:
    with pytest.raises(FactorError):
        factor(text, profile="qlib")


def test_windows_take_what_they_find() -> None:
    """Pandas' rolling windows of one value and more, on a series with a hole."""
    rolling = pd.Series(X).rolling(4, min_periods=1)
    expected = {
        "Mean(x, 4)": rolling.mean(),
        "Sum(x, 4)": rolling.sum(),
        "Std(x, 4)": rolling.std(),
        "Var(x, 4)": rolling.var(),
        "Max(x, 4)": rolling.max(),
        "Min(x, 4)": rolling.min(),
        "Med(x, 4)": rolling.median(),
        "Quantile(x, 4, 0.3)": rolling.quantile(0.3),
        "Rank(x, 4)": rolling.rank(pct=True),
        "Count(x, 4)": rolling.count(),
        "Mad(x, 4)": rolling.apply(lambda w: np.nanmean(np.abs(w - np.nanmean(w))), raw=True),
        "Cov(x, y, 4)": rolling.cov(pd.Series(Y)),
    }
    for text, values in expected.items():
        found = on_arrays(factor(text, profile=PROFILE), x=X, **({"y": Y} if "y" in text else {}))
        np.testing.assert_allclose(found, values, rtol=1e-12, atol=1e-12, err_msg=text)


def test_the_weighted_mean_is_divided_twice() -> None:
    def qlib(w: np.ndarray) -> float:
        weights = np.arange(1, len(w) + 1) / (len(w) * (len(w) + 1) / 2)
        return float(np.nanmean(weights * w))

    expected = [np.nan] * 3 + [qlib(X[t - 3 : t + 1]) for t in range(3, len(X))]
    found = on_arrays(factor("WMA(x, 4)", profile=PROFILE), x=X)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_comparisons_with_nan() -> None:
    lenient = on_arrays(factor("Gt(x, y)", profile=PROFILE), x=X, y=Y)
    np.testing.assert_array_equal(lenient, np.greater(X, Y))
    different = on_arrays(factor("Ne(x, y)", profile=PROFILE), x=X, y=Y)
    np.testing.assert_array_equal(different, np.not_equal(X, Y))
    strict = on_arrays(factor("Gt(x, y)", profile=STRICT), x=X, y=Y)
    np.testing.assert_array_equal(np.isnan(strict), np.isnan(X) | np.isnan(Y))


def test_places_are_counted_from_the_oldest_value() -> None:
    whole = np.array([5.0, 3, 8, 1, 2, 9, 9, 4])
    for word, place in (("IdxMax", np.argmax), ("IdxMin", np.argmin)):
        expected = pd.Series(whole).rolling(4, min_periods=1).apply(place, raw=True) + 1
        found = on_arrays(factor(f"{word}(x, 4)", profile=PROFILE), x=whole)
        np.testing.assert_array_equal(found, expected)
