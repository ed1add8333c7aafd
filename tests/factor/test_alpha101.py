"""The 101 formulas: they read, print back and need the history counted by hand."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pytest

from workbench.errors import OperatorArgumentError
from workbench.factor import OPERATORS, factor, walk
from workbench.factor.library.alpha101 import FORMULAS, alpha101
from workbench.factor.library.formula import Formula, mapping_of
from workbench.factor.term import Call

SECTOR, INDUSTRY, SUBINDUSTRY = (
    {58, 67, 76, 79, 82},
    {59, 63, 69, 70, 80, 87, 89, 91, 93, 97},
    {48, 67, 90, 100},
)

BY_NUMBER = {int(row.name[5:]): row for row in FORMULAS}

GIVES_TRUTH = {61, 75, 79, 95}


@pytest.mark.parametrize("row", FORMULAS, ids=lambda row: row.name)
def test_reads_and_prints_back(row: Formula) -> None:
    alpha = alpha101()[row.name]
    assert (alpha.name, alpha.profile) == (row.name, "wq101")
    assert alpha.source_text == row.published
    assert factor(alpha.text) == alpha
    assert row.published.count("(") == row.published.count(")")
    assert row.reading.endswith(".")
    assert not row.defects or row.defects.endswith(".")
    used = {node.operator for node in walk(alpha.term) if isinstance(node, Call)}
    assert used <= set(OPERATORS)


def test_all_of_the_paper_in_its_order() -> None:
    assert list(alpha101()) == [f"alpha{number:03d}" for number in range(1, 102)]


@pytest.mark.parametrize(
    ("level", "numbers"),
    [("sector", SECTOR), ("industry", INDUSTRY), ("subindustry", SUBINDUSTRY), ("cap", {56})],
)
def test_who_needs_a_classification_or_the_market_value(level: str, numbers: set[int]) -> None:
    assert {n for n in BY_NUMBER if level in alpha101()[f"alpha{n:03d}"].fields} == numbers


def test_who_answers_with_a_truth_value() -> None:
    truths = {n for n in BY_NUMBER if alpha101()[f"alpha{n:03d}"].term.kind == "truth"}
    assert truths == GIVES_TRUTH
    times_minus_one = {n for n, row in BY_NUMBER.items() if "truth value times -1" in row.defects}
    assert times_minus_one == {62, 64, 65, 68, 74, 81, 86, 99}


@pytest.mark.parametrize("row", FORMULAS, ids=lambda row: row.name)
def test_fractional_windows_are_said_cut_and_rounded(row: Formula) -> None:
    windows = [float(text) for text in re.findall(r", (\d+\.\d+)\)", row.published)]
    cut = ", ".join(str(math.floor(window)) for window in windows)
    rounded = ", ".join(str(math.floor(window + 0.5)) for window in windows)
    same = f"Windows are cut to {cut}; rounded they are the same."
    other = f"Windows are cut to {cut}; rounded they would be {rounded}."
    said = [sentence for sentence in (same, other) if row.defects.endswith(sentence)]
    assert said == ([same if cut == rounded else other] if windows else [])
    assert ("are cut to" in row.defects) == bool(windows)


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
        # a difference of 100 of a sum of 100: 100 + 99
        ("alpha024", 199),
        # ts_min of 5 over ts_min of 2 over a difference of 5 (4 + 1 + 5), less than what an older
        # return ranked over 5 needs: 4 + 6 + 1
        ("alpha029", 11),
        # correlation of 230 with the close of five sessions ago: 229 + 5
        ("alpha032", 234),
        # correlation of 250 with a difference of the close before: 249 + 1 + 1
        ("alpha048", 251),
        # windows 3.92795, 7.89291 and 5.50322 cut to 3, 7 and 5: 2 + 6 + 4
        ("alpha058", 12),
        # adv180 summed over 37, correlated over 13, smoothed over 12: 179 + 36 + 12 + 11
        ("alpha063", 238),
        # adv60 ranked over 17, correlation 4, rank 18, smoothing 15, rank 6: 59+16+3+17+14+5
        ("alpha097", 114),
        # correlation of close with the rank of adv20 over 5 (4 + 19), less than argmin of 30
        ("alpha100", 29),
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
        (
            "alpha070",
            "rank(delta(vwap, 1)) ** ts_rank(correlation(indneutralize(close, industry), adv50, "
            "17), 17) * -1",
        ),
        (
            "alpha075",
            "rank(correlation(vwap, volume, 4)) < rank(correlation(rank(low), rank(adv50), 12))",
        ),
        (
            "alpha088",
            "minimum(rank(decay_linear(rank(open) + rank(low) - (rank(high) + rank(close)), 8)), "
            "ts_rank(decay_linear(correlation(ts_rank(close, 8), ts_rank(adv60, 20), 8), 6), 2))",
        ),
        ("alpha101", "(close - open) / (high - low + 0.001)"),
    ],
)
def test_canonical_text(name: str, text: str) -> None:
    assert alpha101()[name].text == text


def test_min_of_five_is_a_window_and_product_is_known() -> None:
    used = {node.operator for node in walk(alpha101()["alpha029"].term) if isinstance(node, Call)}
    assert {"ts_min", "ts_product"} <= used
    assert "minimum" not in used


def test_the_library_is_read_only_and_reads_each_formula_once() -> None:
    library = alpha101()
    assert not hasattr(library, "clear")
    assert library["alpha003"] is alpha101()["alpha003"]
    assert "alpha102" not in library
    with pytest.raises(KeyError):
        library["alpha102"]


def test_another_text_may_be_read_than_was_printed() -> None:
    printed = Formula("typo", "COVIANCE(close, volume, 5)", "A covariance.", "Misspelt.")
    mended = replace(printed, text="covariance(close, volume, 5)")
    assert mapping_of([mended])["typo"].text == "covariance(close, volume, 5)"
    with pytest.raises(OperatorArgumentError, match="Two formulas are called typo"):
        mapping_of([printed, mended])
