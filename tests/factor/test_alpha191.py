"""The report's library: every formula reads, prints back, and needs the history it should."""

from __future__ import annotations

import pytest

from workbench.errors import FactorError
from workbench.factor import OPERATORS, factor, walk
from workbench.factor.library.alpha191 import FORMULAS, alpha191
from workbench.factor.library.formula import Formula
from workbench.factor.term import Call

MARKET_FIELDS = {"open", "high", "low", "close", "vwap", "volume", "amount", "returns"}
DEFECTIVE = (7, 10, 21, 23, 28, 30, 36, 52, 54, 127, 131, 143, 146, 147, 159, 165, 166, 180, 181)
DEFECTIVE += (183, 188, 190)
READABLE_SLIPS = {7, 17, 28, 41, 52, 64, 91, 108, 116, 119, 121, 143, 149, 154, 157, 159, 162}
READABLE_SLIPS |= {164, 190}
"""Prints that can be read, but not as meant: MAX for TSMAX, names of no field (L, HGIH, SELF)."""


def by_number(number: int) -> Formula:
    return FORMULAS[number - 1]


def test_all_are_here_in_order() -> None:
    assert list(alpha191()) == [f"gtja{number:03d}" for number in range(1, 192)]
    assert [row.name for row in FORMULAS] == list(alpha191())


@pytest.mark.parametrize("row", FORMULAS, ids=lambda row: row.name)
def test_reads_and_prints_back(row: Formula) -> None:
    alpha = alpha191()[row.name]
    assert alpha.name == row.name
    assert alpha.profile == "gtja191"
    assert alpha.source_text == (row.text or row.published)
    assert factor(alpha.text) == alpha
    used = {node.operator for node in walk(alpha.term) if isinstance(node, Call)}
    assert used <= set(OPERATORS)


@pytest.mark.parametrize("row", FORMULAS, ids=lambda row: row.name)
def test_says_what_it_is(row: Formula) -> None:
    assert row.profile == "gtja191"
    assert row.published.count("(") == row.published.count(")")
    assert row.reading.endswith(".")
    assert not row.defects or row.defects.endswith(".")
    assert row.defects or not row.text, "another text than the published one needs a reason"
    assert row.text != row.published


@pytest.mark.parametrize("number", DEFECTIVE)
def test_known_defects_are_told(number: int) -> None:
    assert by_number(number).defects


@pytest.mark.parametrize(
    "row", [row for row in FORMULAS if row.text], ids=[row.name for row in FORMULAS if row.text]
)
def test_text_stands_only_where_the_print_cannot(row: Formula) -> None:
    """The print is refused, or is one of those that read as something else."""
    try:
        printed = factor(row.published, profile="gtja191")
    except FactorError:
        return
    assert int(row.name[4:]) in READABLE_SLIPS
    assert printed != alpha191()[row.name]


def test_fields() -> None:
    beyond = {
        name: sorted(alpha.fields - MARKET_FIELDS)
        for name, alpha in alpha191().items()
        if not alpha.fields <= MARKET_FIELDS
    }
    assert beyond == {
        "gtja030": ["ff_hml", "ff_mkt", "ff_smb"],
        "gtja075": ["benchmark_close", "benchmark_open"],
        "gtja149": ["benchmark_close"],
        "gtja181": ["benchmark_close"],
        "gtja182": ["benchmark_close", "benchmark_open"],
    }


@pytest.mark.parametrize(
    ("number", "lookback"),
    [
        # a correlation of 6 over a difference of 1
        (1, 6),
        # the maximum of 5 over a deviation of 20 returns, each made of 2 closes: 4 + 19 + 1
        (10, 24),
        # a slope of 6 over means of 6
        (21, 10),
        # 20 squared residuals of windows of 60 returns: 19 + 59 + 1
        (30, 79),
        # decay 12, correlation 14, sum 37, mean 180: 11 + 13 + 36 + 179
        (39, 239),
        # a window of 20 over today's low, which is today's
        (103, 19),
        (126, 0),
        # windows of 252 returns
        (149, 252),
        # extremes of 48, of sums of 48, of deviations from means of 48
        (165, 141),
        # adx of 6, sums of 14, yesterday, six sessions before: 5 + 13 + 1 + 6
        (186, 25),
        # counts of 20 growths over 19
        (190, 38),
    ],
)
def test_lookback_by_hand(number: int, lookback: int) -> None:
    assert alpha191()[by_number(number).name].lookback == lookback


def test_no_lookback_is_beyond_two_years() -> None:
    """Recursions are cut to their warm-up: SMA(x, 61, 2) forgets in 415 sessions."""
    assert max(alpha.lookback for alpha in alpha191().values()) < 504


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (7, "(rank(ts_max(vwap - close, 3)) + rank(ts_min(vwap - close, 3))) "
            "* rank(delta(volume, 3))"),
        (10, "rank(ts_max(where(returns < 0, stddev(returns, 20, ddof=0), close) ** 2, 5))"),
        (21, "ts_slope(ts_mean(close, 6), 6)"),
        (24, "sma_cn(close - delay(close, 5), 5, 1)"),
        (36, "rank(ts_sum(correlation(rank(volume), rank(vwap), 6), 2))"),
        (83, "-1 * rank(covariance(rank(high), rank(volume), 5, ddof=0))"),
        (103, "(20 - days_since_min(low, 20)) / 20 * 100"),
        (127, "ts_mean((100 * (close - ts_max(close, 12)) / ts_max(close, 12)) ** 2, 12) "
              "** (1 / 2)"),
        (182, "ts_count(close > open & benchmark_close > benchmark_open "
              "| close < open & benchmark_close < benchmark_open, 20) / 20"),
    ],
)  # fmt: skip
def test_canonical_text(number: int, text: str) -> None:
    assert alpha191()[by_number(number).name].text == text


def test_identities_of_the_report() -> None:
    """Formulas that are one series printed twice."""
    assert by_number(51).published in by_number(50).published
    assert factor("SUM(DBM,20)", profile="gtja191") == alpha191()["gtja093"]
    assert factor("SUM(DTM,20)", profile="gtja191") == alpha191()["gtja187"]
    assert factor("MEAN(TR,6)", profile="gtja191").fields == alpha191()["gtja175"].fields
