"""Cells of an executed notebook as HTML that cannot run anything.

1. :func:`cell_html` renders one cell: prose, code (folded), outputs.
2. :func:`output_html` renders one output: the first kind of :data:`RENDERERS` that it carries.

Markdown is rendered with raw HTML off; ``text/html`` passes nh3's allow-list; pictures become
``data:`` images, where SVG cannot run scripts; everything else is escaped text. JavaScript of
outputs is dropped.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from html import escape
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from workbench.report.results import MIME as RESULTS
from workbench.report.sheet import MIME as SHEET
from workbench.report.sheet import sheet_html

__all__ = ["RENDERERS", "cell_html", "markdown", "output_html", "sanitise"]

PARAMETERS = frozenset(("parameters", "injected-parameters"))
_LOOKS = """
background background-color border border-bottom border-collapse border-left border-radius
border-right border-top color display flex flex-wrap font font-family font-size font-style
font-variant-numeric font-weight gap grid grid-template-columns height justify-content
letter-spacing line-height margin margin-bottom margin-left margin-right margin-top max-width
min-width opacity overflow overflow-wrap overflow-x padding padding-left text-align
vertical-align white-space width
"""
_SHAPES = """
aria-label class cx cy d fill fill-opacity font-size height opacity points preserveAspectRatio r
role rx ry stroke stroke-dasharray stroke-linejoin stroke-opacity stroke-width style text-anchor
transform viewBox width x x1 x2 y y1 y2
"""
STYLES = frozenset(_LOOKS.split())
SHAPES = frozenset(_SHAPES.split())
_SHAPE_TAGS = "svg g path rect line circle ellipse polyline polygon text tspan title"
SVG = frozenset(_SHAPE_TAGS.split())
# Outputs that only tell a live front end what to do.
SILENT = frozenset(("application/javascript", "application/vnd.holoviews_load.v0+json", RESULTS))


def markdown(text: str) -> str:
    """Return Markdown as HTML; HTML inside it is shown, not obeyed.

    Examples
    --------
    >>> markdown("**b** <img src=x onerror=alert(1)>").strip()
    '<p><strong>b</strong> &lt;img src=x onerror=alert(1)&gt;</p>'
    """
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    return sanitise(reader.render(text))


def sanitise(html: str) -> str:
    """Return `html` with nothing in it that runs, loads or submits.

    Parameters
    ----------
    html : str
        Markup from a notebook output.

    Returns
    -------
    str
        Allow-listed tags and attributes; styles limited to looks, without ``url()``.

    Examples
    --------
    >>> sanitise("<b onclick=alert(1)>x</b><script>alert(1)</script>")
    '<b>x</b>'
    """
    import nh3

    allowed = nh3.ALLOWED_ATTRIBUTES
    attributes = {tag: set(names) for tag, names in allowed.items()}
    for tag in SVG:
        attributes[tag] = set(SHAPES)
    attributes["*"] = {"class", "style", "title", "role", "aria-label"}
    tags = (set(nh3.ALLOWED_TAGS) | SVG) - {"img", "map", "area"}
    return nh3.clean(
        html,
        tags=tags,
        attributes=attributes,
        attribute_filter=plain_style,
        filter_style_properties=set(STYLES),
        url_schemes={"http", "https", "mailto"},
    )


def plain_style(tag: str, name: str, value: str) -> str | None:
    """Drop a style that names another place."""
    return None if name == "style" and ("url" in value.lower() or "\\" in value) else value


def picture(kind: str) -> Callable[[str], str]:
    """Return a renderer of base64 pictures of one kind."""

    def render(content: str) -> str:
        try:
            base64.b64decode("".join(content.split()), validate=True)
        except binascii.Error:
            return "<pre>(a picture that cannot be read)</pre>"
        return f'<img alt="" src="data:{kind};base64,{"".join(content.split())}">'

    return render


def vector(content: str) -> str:
    """Return SVG as an image, in which browsers run no script."""
    return f'<img alt="" src="data:image/svg+xml,{quote(content)}">'


def plain(content: str) -> str:
    """Return text as it is."""
    return f"<pre>{escape(content)}</pre>"


RENDERERS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "text/html": lambda content: f"<div class=html>{sanitise(content)}</div>",
        "image/png": picture("image/png"),
        "image/jpeg": picture("image/jpeg"),
        "image/svg+xml": vector,
        "text/markdown": markdown,
        "text/latex": plain,
        "text/plain": plain,
    }
)


def output_html(output: Mapping[str, Any], sheets: list[Mapping[str, Any]]) -> str:
    """Return one output as HTML, adding a tear sheet that it carries to `sheets`.

    Parameters
    ----------
    output : Mapping
        Output of a code cell.
    sheets : list
        Tear sheets met so far on the page; extended here.

    Returns
    -------
    str
        Empty for outputs that have nothing to show on paper.
    """
    kind = output["output_type"]
    if kind == "stream":
        return f'<pre class="{escape(output["name"])}">{escape(joined(output["text"]))}</pre>'
    if kind == "error":
        trace = escape("\n".join(output["traceback"]))
        what = escape(f"{output['ename']}: {output['evalue']}")
        return (
            f"<div class=error role=alert><strong>{what}</strong>"
            f"<details><summary>Traceback</summary><pre>{trace}</pre></details></div>"
        )
    data = output["data"]
    if SHEET in data:
        sheets.append(data[SHEET])
        return sheet_html(data[SHEET], len(sheets))
    if SILENT & set(data):
        return ""
    for mime, renderer in RENDERERS.items():
        if mime in data:
            return renderer(joined(data[mime]))
    return ""


def cell_html(cell: Mapping[str, Any], sheets: list[Mapping[str, Any]]) -> str:
    """Return one cell as HTML.

    Parameters
    ----------
    cell : Mapping
        Cell of a notebook.
    sheets : list
        See :func:`output_html`.

    Returns
    -------
    str
    """
    source = joined(cell["source"])
    if PARAMETERS & set(cell["metadata"].get("tags", ())):
        return ""  # the head of the page shows them
    if cell["cell_type"] == "markdown":
        return f"<div class=prose>{markdown(source)}</div>"
    if cell["cell_type"] != "code" or not source.strip():
        return ""
    outputs = "".join(output_html(output, sheets) for output in cell.get("outputs", ()))
    code = f"<details class=code><summary>Code</summary><pre>{escape(source)}</pre></details>"
    return f"<div class=cell>{code}{outputs}</div>"


def joined(text: str | list[str]) -> str:
    """Return notebook text, which may be a list of lines, as one string."""
    return text if isinstance(text, str) else "".join(text)
