"""Hints in Python become options that the shell and the command take as they are."""

from __future__ import annotations

import re
import shlex

import pytest

from workbench.cli.data import pair
from workbench.cli.hints import for_command_line


@pytest.mark.parametrize(
    ("hint", "options"),
    [
        ("mapping={'agree': None}", ["--map agree="]),
        ("mapping={'a': None, 'b c': None}", ["--map a= --map 'b c='"]),
        ('mapping={"your column": "asset"}', ["--map 'your column=asset'"]),
        ("mapping={'成交量': 'volume'}", ["--map 成交量=volume"]),
        ('units={"volume": "lots"}', ["--unit volume=lots"]),
        ('units={"volume": …, "amount": …}', ["--unit volume=… --unit amount=…"]),
        (
            'units={"volume": "lots", "amount": "cny"} or units={"volume": "shares"}',
            ["--unit volume=lots --unit amount=cny", "--unit volume=shares"],
        ),
    ],
)
def test_options(hint: str, options: list[str]) -> None:
    said = for_command_line(f"Something is wrong; try {hint}")
    assert said.startswith(f"Something is wrong; try {hint}. On the command line: ")
    assert re.findall("`(.*?)`", said) == options


@pytest.mark.parametrize(
    "name", ["a", "b c", "it's", 'say "x"', "$HOME", "a\\b", "a, 'b': c}", "(x)"]
)
def test_any_column_survives_the_shell(name: str) -> None:
    said = for_command_line(f"leave it out with mapping={{{name!r}: None}}")
    words = said.split("On the command line: `", 1)[1].removesuffix("`.")
    option, word = shlex.split(words)
    assert option == "--map"
    assert pair(word) == (name, "")


@pytest.mark.parametrize("text", ["", "row 3: close is 'x'", "mapping={left}", "units= knows [1]"])
def test_other_messages_stay(text: str) -> None:
    assert for_command_line(text) == text
