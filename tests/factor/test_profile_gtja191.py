"""The report's words: what each becomes in the language."""

from __future__ import annotations

import pytest

from workbench.errors import FactorError
from workbench.factor import factor, parse, to_text
from workbench.factor.profiles.gtja191 import PROFILE


def read(text: str) -> str:
    return to_text(parse(text, profile="gtja191"))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("STD(CLOSE, 20)", "stddev(close, 20, ddof=0)"),
        ("COVIANCE(OPEN, LOW, 5)", "covariance(open, low, 5, ddof=0)"),
        ("SMA(CLOSE, 12, 1)", "sma_cn(close, 12, 1)"),
        ("SMEAN(CLOSE, 12, 1)", "sma_cn(close, 12, 1)"),
        ("WMA(CLOSE, 12)", "wma_gtja(close, 12)"),
        ("DECAYLINEAR(CLOSE, 8)", "decay_linear(close, 8)"),
        ("MEAN(AMOUNT, 20)", "ts_mean(amount, 20)"),
        ("MA(CLOSE, 3)", "ts_mean(close, 3)"),
        ("SUM(VOL, 5)", "ts_sum(volume, 5)"),
        ("SUMAC(VOLUME, 5)", "ts_sum(volume, 5)"),
        ("PROD(RET, 5)", "ts_product(returns, 5)"),
        ("CORR(VWAP, VOLUME, 4)", "correlation(vwap, volume, 4)"),
        ("TSRANK(CLOSE, 10)", "ts_rank(close, 10)"),
        ("TSMAX(HIGH, 9) - TSMIN(LOW, 9)", "ts_max(high, 9) - ts_min(low, 9)"),
        ("MAX(CLOSE - OPEN, 0)", "maximum(close - open, 0)"),
        ("MIN(CLOSE, 5)", "minimum(close, 5)"),
        ("HIGHDAY(HIGH, 20)", "days_since_max(high, 20)"),
        ("LOWDAY(LOW, 20)", "days_since_min(low, 20)"),
        ("COUNT(CLOSE > OPEN, 12)", "ts_count(close > open, 12)"),
        ("SUMIF(VOLUME, 20, CLOSE > OPEN)", "sumif(volume, close > open, 20)"),
        ("REGBETA(CLOSE, 20)", "ts_slope(close, 20)"),
        ("REGBETA(CLOSE, OPEN, 20)", "ts_regression(close, open, 20)"),
        ("REGRESI(CLOSE, OPEN, 20)", "ts_regression(close, open, 20, out=resid)"),
        ("DELAY(CLOSE)", "delay(close, 1)"),
        ("DELAY(CLOSE, 7)", "delay(close, 7)"),
        ("DELTA(CLOSE, 7)", "delta(close, 7)"),
        ("CLOSE = OPEN ? 0 : 1", "where(close == open, 0, 1)"),
        ("(LD > 0 & LD > HD) ? LD : 0", "where(delay(low, 1) - low > 0 & delay(low, 1) - low > "
         "high - delay(high, 1), delay(low, 1) - low, 0)"),
        ("(1 < CLOSE) || (CLOSE == 1)", "1 < close | close == 1"),
        ("(CLOSE > OPEN) && (CLOSE > LOW)", "close > open & close > low"),
        ("HIGH^0.5", "high ** 0.5"),
        ("SIGN(LOG(ABS(CLOSE)))", "sign(log(abs(close)))"),
        ("FILTER(RET, CLOSE > OPEN)", "nan_mask(returns, !(close > open))"),
        ("BANCHMARKINDEXCLOSE / BANCHMARKINDEXOPEN", "benchmark_close / benchmark_open"),
        ("MKT + SMB + HML", "ff_mkt + ff_smb + ff_hml"),
        ("DTM", "where(open <= delay(open, 1), 0, maximum(high - open, open - delay(open, 1)))"),
        ("DBM", "where(open >= delay(open, 1), 0, maximum(open - low, open - delay(open, 1)))"),
        ("TR", "maximum(maximum(high - low, abs(high - delay(close, 1))), "
         "abs(low - delay(close, 1)))"),
    ],
)  # fmt: skip
def test_words(written: str, meant: str) -> None:
    assert read(written) == meant
    assert read(written.lower()) == meant, "case does not matter"


def test_every_rule_reads() -> None:
    """Each body is an expression of the language, for panels and a window of 5."""
    for head in PROFILE.readings:
        name, _, rest = head.partition("(")
        parts = [part.partition("=")[0].strip() for part in rest.rstrip(")").split(",") if part]
        stand_in = {"d": "5", "n": "7", "m": "2", "c": "close > open"}
        if name.startswith("reg"):
            stand_in["c"] = "volume"
        arguments = ", ".join(stand_in.get(part, "close") for part in parts)
        text = f"{name}({arguments})" if parts else name
        assert factor(text, profile="gtja191").fields, head


@pytest.mark.parametrize(
    "text", ["SEQUENCE(20)", "SMA(CLOSE, 12)", "CORR(CLOSE, OPEN)", "MA(CLOSE)"]
)
def test_what_has_no_reading(text: str) -> None:
    with pytest.raises(FactorError):
        factor(text, profile="gtja191")


def test_the_language_itself_stays_within_reach() -> None:
    assert read("ts_regression(CLOSE, OPEN, 252, slope, 60)") == (
        "ts_regression(close, open, 252, min_periods=60)"
    )
    assert read("scan_linear(CLOSE, 0, 20)") == "scan_linear(close, 0, 20)"
