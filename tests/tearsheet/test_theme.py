"""Colours: conventions, contrast, scales."""

from __future__ import annotations

import pytest

from workbench.errors import ParameterError
from workbench.tearsheet.theme import DARK, LIGHT, Theme, diverging, theme


def luminance(colour: str) -> float:
    """Relative luminance after WCAG 2."""
    parts = []
    for i in (1, 3, 5):
        channel = int(colour[i : i + 2], 16) / 255
        parts.append(channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4)
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=lambda look: look.name)
def test_text_and_lines_can_be_read_on_a_card(look: Theme) -> None:
    assert contrast(look.text, look.card) >= 7
    assert contrast(look.muted, look.card) >= 4.5
    assert contrast(look.up, look.card) >= 3
    assert contrast(look.down, look.card) >= 3


def test_red_is_up_in_china_and_green_elsewhere() -> None:
    def redder(colour: str) -> bool:
        return int(colour[1:3], 16) > int(colour[3:5], 16)

    for name in ("light", "dark"):
        chinese, american = theme(name), theme(name, "us")
        assert redder(chinese.up)
        assert not redder(chinese.down)
        assert (american.up, american.down) == (chinese.down, chinese.up)
        assert (american.high, american.low) == (chinese.low, chinese.high)


@pytest.mark.parametrize(
    "arguments", [("lihgt",), ("light", "de"), ("",)], ids=["name", "convention", "empty"]
)
def test_unknown_looks_are_refused(arguments: tuple[str, ...]) -> None:
    with pytest.raises(ParameterError, match="expected"):
        theme(*arguments)


def test_scale_is_symmetric_and_even() -> None:
    scale = diverging(LIGHT, 11)
    assert (scale[0], scale[5], scale[-1]) == (LIGHT.low, LIGHT.middle, LIGHT.high)
    for i in (1, 3, 5):
        ends = [int(c[i : i + 2], 16) for c in (LIGHT.low, LIGHT.middle)]
        for step in range(6):
            expected = ends[0] + (ends[1] - ends[0]) * step / 5
            assert abs(int(scale[step][i : i + 2], 16) - expected) <= 0.5 + 1e-9
