"""Orders: read from text, filled with the study that the front door would make."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

import workbench as wb
from workbench.apps.markets import DEMO, market_shelf
from workbench.apps.study_order import StudyOrder, read_horizons
from workbench.errors import AppError, FactorSyntaxError, UnknownFieldError

SMALL = {"seed": 7, "sessions": 80, "assets": 40}
ORDER = StudyOrder("rank(close)", DEMO, "1, 5", 5, "next_open")


@pytest.mark.parametrize("text", ["", " , ", "1.5", "-1", "one", "1;5", "١", "1e3"])
def test_horizons_that_are_not_whole_numbers(text: str) -> None:
    with pytest.raises(AppError, match="expected whole numbers"):
        read_horizons(text)


def test_the_study_is_the_front_door_s() -> None:
    stages = []
    study = ORDER.fill(market_shelf(demo=SMALL), lambda stage, share: stages.append(stage))
    same = wb.evaluate("rank(close)", wb.demo_market(**SMALL), (1, 5), 5)
    pd.testing.assert_frame_equal(study.summary(), same.summary())
    assert stages[0] == "loading the market"
    assert stages[-1] == "done"


@pytest.mark.parametrize(
    ("change", "error"),
    [({"expression": "rank("}, FactorSyntaxError), ({"horizons": "x"}, AppError)],
)
def test_cheap_mistakes_are_found_before_loading(change: dict, error: type) -> None:
    shelf = market_shelf(demo=SMALL)
    with pytest.raises(error):
        dataclasses.replace(ORDER, **change).fill(shelf, lambda stage, share: None)
    assert shelf.fields(DEMO) == ()


def test_an_unknown_field_points_into_the_text() -> None:
    order = dataclasses.replace(ORDER, expression="rank(clsoe)")
    with pytest.raises(UnknownFieldError, match=r"rank\(clsoe\)\n +\^"):
        order.fill(market_shelf(demo=SMALL), lambda stage, share: None)
