"""The viewer of a study: tabs, horizon, colours."""

from __future__ import annotations

from workbench.tearsheet.factor_sheet import GROUPS
from workbench.tearsheet.theme import theme
from workbench.widgets import StudyView


def test_tabs_are_the_groups_and_the_recipe(study) -> None:
    view = StudyView(study)
    assert view._tabs._names == [*GROUPS, "Recipe"]


def test_the_horizon_chosen_is_the_one_shown(study) -> None:
    view = StudyView(study)
    assert "held 1 session from" in view._head.object
    view._tabs.active = 2
    view.horizon = 5
    assert "held 5 sessions from" in view._head.object
    assert view._tabs.active == 2


def test_colours_follow_the_convention(study) -> None:
    view = StudyView(study, convention="us")
    assert view.sheet.look == theme("light", "us")
    view.look = "dark"
    assert view.sheet.look == theme("dark", "us")
    assert theme("dark").card in view._head.object


def test_a_document_can_be_made_of_it(study) -> None:
    assert StudyView(study).__panel__().get_root() is not None
