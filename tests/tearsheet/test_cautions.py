"""Warnings of a study: each rule speaks when it should and is silent otherwise."""

from __future__ import annotations

import dataclasses

import pytest

from workbench.tearsheet.cautions import RULES, cautions


def altered(study, **numbers: float):
    return dataclasses.replace(study, table=study.table.assign(**numbers))


def test_a_sound_study_has_none(make_study) -> None:
    assert cautions(make_study(), 1) == ()


def test_entry_at_the_close_is_called_not_tradable(make_study) -> None:
    (line,) = cautions(make_study(entry="close"), 1)
    assert "not tradable" in line
    assert "next_open" in line


@pytest.mark.parametrize(
    ("number", "value", "word"),
    [
        ("coverage", 0.79, "Coverage is 79.00%"),
        ("n_effective", 99.0, "99 independent sessions"),
        ("n_effective", float("nan"), "– independent sessions"),
        ("t_newey_west", 1.99, "not distinguishable from zero"),
        ("t_newey_west", -1.0, "not distinguishable from zero"),
    ],
)
def test_each_number_has_its_bound(make_study, number: str, value: float, word: str) -> None:
    (line,) = cautions(altered(make_study(), **{number: value}), 5)
    assert word in line


def test_a_strong_negative_factor_is_not_called_weak(make_study) -> None:
    assert cautions(altered(make_study(), t_newey_west=-3.0), 1) == ()


def test_all_can_speak_at_once(make_study) -> None:
    bad = altered(
        make_study(entry="close"), coverage=0.1, n_effective=3.0, t_newey_west=float("nan")
    )
    assert len(cautions(bad, 1)) == len(RULES)
