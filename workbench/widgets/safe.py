"""The one boundary where text becomes HTML.

Names of factors, assets and files, error messages and notes are data. Many panes of Panel would
run a script hidden in them, so screens build their text panes here and nowhere else:

* `line` shows a sentence, `code` keeps spaces and line breaks (an error with its caret), both
  escaped;
* `markdown` shows prose with emphasis and lists, raw HTML off;
* `sheet_part` shows HTML that `workbench.tearsheet.markup` made, which has escaped already.
"""

from __future__ import annotations

from html import escape
from typing import Any

import panel as pn

from workbench.tearsheet.theme import FONT, LIGHT, MONOSPACE, Theme

__all__ = ["code", "line", "markdown", "sheet_part", "text"]


def text(value: object) -> str:
    """Escape anything for use inside HTML, attributes included.

    Parameters
    ----------
    value : object
        Shown as ``str(value)``.

    Returns
    -------
    str
        Text without markup.

    Examples
    --------
    >>> text('<img src=x onerror="alert(1)">')
    '&lt;img src=x onerror=&quot;alert(1)&quot;&gt;'
    """
    return escape(str(value), quote=True)


def line(value: object, *, look: Theme = LIGHT, role: str = "", quiet: bool = False) -> str:
    """One sentence as HTML.

    Parameters
    ----------
    value : object
        Plain text.
    look : Theme
        Colours.
    role : {"", "status", "alert"}
        How a screen reader announces a change.
    quiet : bool
        Written in the quiet colour.

    Returns
    -------
    str
        Escaped HTML.
    """
    live = f' role="{text(role)}"' if role else ""
    colour = look.muted if quiet else look.text
    return (
        f'<div{live} style="font:13px/1.5 {FONT};color:{colour};overflow-wrap:anywhere">'
        f"{text(value)}</div>"
    )


def code(
    title: str, value: object, *, look: Theme = LIGHT, role: str = "", border: str = ""
) -> str:
    """Text in monospace with its spaces and line breaks, under a short title.

    Parameters
    ----------
    title : str
        Plain text in front; may be empty.
    value : object
        Plain text.
    look : Theme
        Colours.
    role : {"", "status", "alert"}
        How a screen reader announces a change.
    border : str
        Colour of the edge; default the caution colour of the look.

    Returns
    -------
    str
        Escaped HTML.
    """
    live = f' role="{text(role)}"' if role else ""
    head = f'<p style="font:600 13px/1.4 {FONT};margin:0 0 4px">{text(title)}</p>' if title else ""
    return (
        f'<div{live} style="border-left:4px solid {text(border or look.caution)};'
        f'background:{look.card};color:{look.text};padding:8px 12px;border-radius:4px">{head}'
        f'<pre style="font:12.5px/1.5 {MONOSPACE};margin:0;white-space:pre-wrap;'
        f'overflow-wrap:anywhere">{text(value)}</pre></div>'
    )


def markdown(value: object, **options: Any) -> pn.pane.Markdown:
    """Prose with emphasis, lists and links; raw HTML in it is shown, not obeyed.

    Parameters
    ----------
    value : object
        Markdown text.
    **options
        Further options of the pane.

    Returns
    -------
    panel.pane.Markdown
        Pane with HTML off.
    """
    return pn.pane.Markdown(str(value), renderer_options={"html": False}, **options)


def sheet_part(html: str = "", **options: Any) -> pn.pane.HTML:
    """Pane for HTML made by this module or by `workbench.tearsheet.markup`.

    Parameters
    ----------
    html : str
        Escaped by its maker.
    **options
        Further options of the pane.

    Returns
    -------
    panel.pane.HTML
        Pane over the whole width.
    """
    return pn.pane.HTML(html, **({"sizing_mode": "stretch_width", "margin": 0} | options))
