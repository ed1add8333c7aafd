"""Static HTML of a tear sheet: tiles, captions, warnings, tables.

Every function takes plain text and escapes it here, so that the name of a factor or an asset can
never become markup. The HTML carries its own colours and needs no script, no network and no
style sheet: it is what a reader sees before (or without) the interactive figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

import pandas as pd

from workbench.tearsheet.theme import FONT, MONOSPACE, Theme

__all__ = ["caption", "cautions", "group", "heading", "notes", "table", "tiles"]


def heading(title: str, subtitle: str, look: Theme) -> str:
    """Title in monospace (it is an expression), with a quiet line below.

    Parameters
    ----------
    title, subtitle : str
        Plain text.
    look : Theme
        Colours.

    Returns
    -------
    str
        HTML.
    """
    return (
        f'<header style="font-family:{FONT};color:{look.text}">'
        f'<h2 style="font:600 17px/1.4 {MONOSPACE};margin:0;overflow-wrap:anywhere">'
        f'{escape(title)}</h2><p style="margin:2px 0 0;font-size:13px;color:{look.muted}">'
        f"{escape(subtitle)}</p></header>"
    )


def tiles(values: Sequence[tuple[str, str, str]], look: Theme) -> str:
    """Headline numbers side by side, wrapping on a narrow screen.

    Parameters
    ----------
    values : sequence of (label, value, explanation)
        Plain text each.
    look : Theme
        Colours.

    Returns
    -------
    str
        HTML.

    Examples
    --------
    >>> from workbench.tearsheet.theme import LIGHT
    >>> "&lt;b&gt;" in tiles([("<b>", "1", "")], LIGHT)
    True
    """
    cards = "".join(
        f'<div style="flex:1 1 128px;min-width:120px;padding:10px 12px;background:{look.card};'
        f'border:1px solid {look.grid};border-radius:6px">'
        f'<dt style="font-size:12px;color:{look.muted}">{escape(label)}</dt>'
        f'<dd style="margin:2px 0 0;font-size:19px;font-weight:600;'
        f'font-variant-numeric:tabular-nums">{escape(value)}</dd>'
        f'<dd style="margin:3px 0 0;font-size:11.5px;line-height:1.35;color:{look.muted}">'
        f"{escape(explanation)}</dd></div>"
        for label, value, explanation in values
    )
    return (
        f'<dl class="wb-headline" style="display:flex;flex-wrap:wrap;gap:8px;margin:0;'
        f'font-family:{FONT};color:{look.text}">{cards}</dl>'
    )


def cautions(lines: Iterable[str], look: Theme) -> str:
    """Warnings, each on its own line; empty text if there are none.

    Parameters
    ----------
    lines : iterable of str
        Plain sentences.
    look : Theme
        Colours.

    Returns
    -------
    str
        HTML with role "alert", or "".
    """
    items = "".join(f'<p style="margin:2px 0">{escape(line)}</p>' for line in lines)
    if not items:
        return ""
    return (
        f'<div role="alert" class="wb-caution" style="border-left:4px solid {look.caution};'
        f"background:{look.card};color:{look.text};padding:6px 12px;border-radius:4px;"
        f'font:13px/1.5 {FONT}">{items}</div>'
    )


def caption(title: str, text: str, look: Theme) -> str:
    """Title and caption above a figure or table.

    Parameters
    ----------
    title, text : str
        Plain text.
    look : Theme
        Colours.

    Returns
    -------
    str
        HTML.
    """
    return (
        f'<div style="font-family:{FONT};color:{look.text}">'
        f'<h4 style="font-size:14px;font-weight:600;margin:0">{escape(title)}</h4>'
        f'<p style="font-size:12px;line-height:1.45;margin:2px 0 4px;color:{look.muted}">'
        f"{escape(text)}</p></div>"
    )


def group(title: str, look: Theme) -> str:
    """Name of a group of sections.

    Parameters
    ----------
    title : str
        Plain text.
    look : Theme
        Colours.

    Returns
    -------
    str
        HTML.
    """
    return (
        f'<h3 style="font:600 15px/1.4 {FONT};color:{look.text};margin:14px 0 0">'
        f"{escape(title)}</h3>"
    )


def notes(lines: Iterable[str], look: Theme) -> str:
    """The recipe, line by line.

    Parameters
    ----------
    lines : iterable of str
        Plain sentences.
    look : Theme
        Colours.

    Returns
    -------
    str
        HTML list.
    """
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    style = f"margin:0;padding-left:18px;font:13px/1.6 {FONT};color:{look.text}"
    return f'<ul style="{style}">{items}</ul>'


def table(frame: pd.DataFrame, look: Theme) -> str:
    """A frame of text as an HTML table; the first column heads its row.

    Parameters
    ----------
    frame : pandas.DataFrame
        Cells of text, as `workbench.tearsheet.tables.write_table` makes them.
    look : Theme
        Colours.

    Returns
    -------
    str
        HTML inside a box that scrolls sideways when the screen is narrow.
    """
    cell = f"padding:4px 5px;border-bottom:1px solid {look.grid};text-align:right"
    head = "".join(
        f'<th scope="col" style="{cell};vertical-align:bottom;font-weight:600;color:{look.muted}">'
        f"{escape(str(name))}</th>"
        for name in frame.columns
    )
    rows = "".join(
        "<tr>"
        + "".join(
            f'<td style="{cell};white-space:nowrap">{escape(str(value))}</td>' for value in row
        )
        + "</tr>"
        for row in frame.itertuples(index=False)
    )
    return (
        f'<div style="overflow-x:auto"><table style="border-collapse:collapse;'
        f"font:13px {FONT};font-variant-numeric:tabular-nums;color:{look.text};"
        f'background:{look.card}"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )
