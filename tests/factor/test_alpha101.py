"""The library: every formula reads, prints back, and needs the history that the paper implies."""

from __future__ import annotations

import pytest

from workbench.factor import OPERATORS, factor, walk
from workbench.factor.library.alpha101 import FORMULAS, Formula, alpha101
from workbench.factor.term import Call

REQUIRED = (1, 2, 3, 4, 5, 6, 9, 12, 13, 14, 16, 33, 40, 41, 44, 53, 54, 58, 101)


@pytest.mark.parametrize("row", FORMULAS, ids=lambda row: row.name)
def test_reads_and_prints_back(row: Formula) -> None:
    alpha = alpha101()[row.name]
    assert alpha.name == row.name
    assert alpha.source_text == row.published
    assert factor(alpha.text) == alpha
    assert row.published.count("(") == row.published.count(")")
    assert row.reading.endswith(".")
    used = {node.operator for node in walk(alpha.term) if isinstance(node, Call)}
    assert used <= set(OPERATORS)


def test_names() -> None:
    names = list(alpha101())
    assert names == sorted(names)
    assert {f"alpha{number:03d}" for number in REQUIRED} <= set(names)


def test_the_mapping_is_the_callers_own() -> None:
    alpha101().clear()
    assert alpha101()


@pytest.mark.parametrize(
    ("name", "lookback"),
    [
        # argmax of 5 after a deviation of 20 returns, each made of 2 closes: 4 + 19 + 1
        ("alpha001", 24),
        # correlation of 6 after a difference of 2: 5 + 2
        ("alpha002", 7),
        # rank of 60 after a difference of 7: 59 + 7, more than adv20 needs
        ("alpha007", 66),
        # sums of 5 returns, ten sessions ago: 10 + 4 + 1
        ("alpha008", 15),
        # windows 3.92795, 7.89291 and 5.50322 cut to 3, 7 and 5: 2 + 6 + 4
        ("alpha058", 12),
        ("alpha101", 0),
    ],
)
def test_lookback_by_hand(name: str, lookback: int) -> None:
    assert alpha101()[name].lookback == lookback


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("alpha004", "-1 * ts_rank(rank(low), 9)"),
        ("alpha033", "rank(-1 * (1 - open / close) ** 1)"),
        ("alpha041", "(high * low) ** 0.5 - vwap"),
        (
            "alpha058",
            "-1 * ts_rank(decay_linear(correlation(indneutralize(vwap, sector), volume, 3), 7), 5)",
        ),
        ("alpha101", "(close - open) / (high - low + 0.001)"),
    ],
)
def test_canonical_text(name: str, text: str) -> None:
    assert alpha101()[name].text == text
