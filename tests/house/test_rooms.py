"""Rooms that are verbs say so to help(), to a notebook's Shift-Tab and to dir()."""

from __future__ import annotations

import inspect

import pytest

import workbench as wb


@pytest.mark.parametrize(
    ("room", "verb"), [("factor", "factor"), ("compute", "compute"), ("backtest", "backtest")]
)
def test_a_room_shows_the_signature_and_text_of_its_verb(room: str, verb: str) -> None:
    module = getattr(wb, room)
    function = getattr(module, verb)
    assert inspect.signature(module) == inspect.signature(function)
    assert inspect.getdoc(module).startswith(inspect.getdoc(function).splitlines()[0])
    assert "Parameters" in inspect.getdoc(module)


def test_the_front_door_lists_its_names_alone() -> None:
    assert "evaluate" in dir(wb)
    assert not {"Any", "TYPE_CHECKING", "import_module", "sys"} & set(dir(wb))
