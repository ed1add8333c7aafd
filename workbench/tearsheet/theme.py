"""Colours, fonts and sizes of every figure and table, in one place.

1. `Theme` holds the colours as values; `LIGHT` and `DARK` are the two that exist.
2. `theme(name, convention)` answers one of them with up and down coloured as the reader expects:
   ``"cn"`` paints a rise red and a fall green, ``"us"`` the other way round.
3. `dress` gives a HoloViews element its frame (size, axes, grid, toolbar) through one hook.

Fonts are names of fonts that the reader's machine has; nothing is fetched. Up and down also
differ in lightness, so they stay apart for colour-blind readers; the line colours are the
Okabe-Ito palette, which was made for them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from bokeh.models import NoOverlap, NumeralTickFormatter

from workbench.errors import ParameterError, near_names

__all__ = ["DARK", "FONT", "LIGHT", "MONOSPACE", "Theme", "diverging", "dress", "theme"]

FONT = (
    "system-ui, -apple-system, 'Segoe UI', 'PingFang SC', 'Microsoft YaHei', "
    "'Noto Sans CJK SC', 'Liberation Sans', sans-serif"
)
MONOSPACE = "ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace"

_RED, _GREEN = "#c8372d", "#0f7b4f"
_RED_ON_DARK, _GREEN_ON_DARK = "#ff7a6b", "#3fb27f"


@dataclass(frozen=True)
class Theme:
    """Colours of one look; every member is a CSS colour.

    Parameters
    ----------
    name : str
        ``"light"`` or ``"dark"``.
    page, card, text, muted, grid : str
        Background of the page, background of a card, text, quiet text, hairlines.
    up, down : str
        Rise and fall, positive and negative.
    caution : str
        Border of a warning.
    lines : tuple of str
        Colours of unrelated lines, in order of use.
    low, middle, high : str
        Ends and centre of the diverging scale of heat maps.

    Examples
    --------
    >>> LIGHT.up, LIGHT.down
    ('#c8372d', '#0f7b4f')
    """

    name: str
    page: str
    card: str
    text: str
    muted: str
    grid: str
    up: str
    down: str
    caution: str
    lines: tuple[str, ...]
    low: str
    middle: str
    high: str


LIGHT = Theme(
    name="light",
    page="#f5f6f8",
    card="#ffffff",
    text="#1c2430",
    muted="#5c6675",
    grid="#e3e6eb",
    up=_RED,
    down=_GREEN,
    caution="#b7791f",
    lines=("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#8a6d00", "#555555"),
    low=_GREEN,
    middle="#f7f7f7",
    high=_RED,
)

DARK = Theme(
    name="dark",
    page="#14181f",
    card="#1d232c",
    text="#e6e9ee",
    muted="#9aa4b2",
    grid="#333b47",
    up=_RED_ON_DARK,
    down=_GREEN_ON_DARK,
    caution="#e0a84a",
    lines=("#56b4e9", "#e69f00", "#2fc79a", "#e39ac4", "#8fd0ff", "#f0e442", "#bbbbbb"),
    low=_GREEN_ON_DARK,
    middle="#2a313c",
    high=_RED_ON_DARK,
)

_THEMES = {"light": LIGHT, "dark": DARK}
_CONVENTIONS = ("cn", "us")


def theme(name: str = "light", convention: str = "cn") -> Theme:
    """Answer a look by name.

    Parameters
    ----------
    name : {"light", "dark"}
        Which look.
    convention : {"cn", "us"}
        ``"cn"``: red is up, green is down. ``"us"``: green is up, red is down.

    Returns
    -------
    Theme
        The colours.

    Raises
    ------
    ParameterError
        If the name or the convention is unknown.

    Examples
    --------
    >>> theme("light", "us").up == theme("light", "cn").down
    True
    """
    if name not in _THEMES:
        raise ParameterError(
            f"theme: expected one of {', '.join(_THEMES)}, got {name!r}.{near_names(name, _THEMES)}"
        )
    if convention not in _CONVENTIONS:
        raise ParameterError(
            f"convention: expected 'cn' (red up) or 'us' (green up), got {convention!r}."
        )
    chosen = _THEMES[name]
    if convention == "cn":
        return chosen
    return replace(chosen, up=chosen.down, down=chosen.up, low=chosen.high, high=chosen.low)


def dress(
    element: Any,
    look: Theme,
    *,
    xlabel: str,
    ylabel: str,
    height: int = 280,
    yformat: str | None = None,
    **options: Any,
) -> Any:
    """Give a HoloViews object its frame: size, axis titles with units, colours, toolbar.

    Parameters
    ----------
    element : holoviews object
        Element or overlay that plots as one figure.
    look : Theme
        Colours of the frame.
    xlabel, ylabel : str
        Axis titles; a unit stands in parentheses.
    height : int
        Pixels; the width follows the container.
    yformat : str, optional
        Numeral format of the vertical axis, such as ``"0%"``.
    **options
        Further plot options of the bokeh backend.

    Returns
    -------
    holoviews object
        The same data with options set; nothing is shared with other figures.
    """
    settings: dict[str, Any] = {
        "responsive": True,
        "height": height,
        "xlabel": xlabel,
        "ylabel": ylabel,
        "title": "",
        "shared_axes": False,
        "show_grid": True,
        "toolbar": "above",
        "default_tools": ["box_zoom", "xwheel_zoom", "save", "reset"],
        "active_tools": [],
        "bgcolor": look.card,
        "fontsize": {"labels": 11, "ticks": 10, "legend": 10},
    }
    return element.opts(
        **(settings | options), hooks=[_frame(look, yformat)], backend="bokeh", clone=True
    )


def _frame(look: Theme, yformat: str | None) -> Callable[[Any, Any], None]:
    def colour(plot: Any, element: Any) -> None:
        """Paint what HoloViews has no option for: frame, ticks, grid, legend, logo."""
        figure = plot.handles["plot"]
        figure.border_fill_color = look.card
        figure.outline_line_color = None
        figure.toolbar.logo = None
        figure.toolbar.autohide = True
        figure.toolbar_inner = True
        figure.min_border_right = 16
        for axis in figure.axis:
            axis.axis_line_color = axis.major_tick_line_color = look.muted
            axis.minor_tick_line_color = None
            axis.major_label_policy = NoOverlap(min_distance=6)
            axis.axis_label_text_color = axis.major_label_text_color = look.muted
            axis.axis_label_text_font_style = "normal"
            axis.axis_label_text_font = axis.major_label_text_font = FONT
        if yformat is not None:
            # A new formatter for every drawing: bokeh models belong to one document only.
            figure.yaxis.formatter = NumeralTickFormatter(format=yformat)
        for grid in figure.grid:
            grid.grid_line_color = look.grid
        for legend in figure.legend:
            legend.background_fill_color, legend.background_fill_alpha = look.card, 0.8
            legend.border_line_color = None
            legend.label_text_color, legend.label_text_font = look.text, FONT
            legend.click_policy = "hide"
            legend.padding, legend.margin = 2, 2
            legend.spacing = 12 if legend.orientation == "horizontal" else 0

    return colour


def diverging(look: Theme, steps: int = 255, middle: str | None = None) -> list[str]:
    """Interpolate the diverging scale low, middle, high of a look.

    Parameters
    ----------
    look : Theme
        Colours of the ends and of the centre.
    steps : int
        Number of colours, at least 2, evenly spaced from low to high.
    middle : str, optional
        Another centre, for lines that must stay visible on the card.

    Returns
    -------
    list of str
        ``steps`` CSS colours.

    Examples
    --------
    >>> diverging(LIGHT, steps=3) == [LIGHT.low, LIGHT.middle, LIGHT.high]
    True
    """
    centre = middle or look.middle
    places = [2 * step / (steps - 1) for step in range(steps)]
    return [
        _mix(look.low, centre, at) if at < 1 else _mix(centre, look.high, at - 1) for at in places
    ]


def _mix(start: str, end: str, share: float) -> str:
    channels = (
        round(int(start[i : i + 2], 16) * (1 - share) + int(end[i : i + 2], 16) * share)
        for i in (1, 3, 5)
    )
    return "#" + "".join(f"{channel:02x}" for channel in channels)
