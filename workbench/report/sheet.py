"""A tear sheet's JSON as HTML: tiles, warnings, captions, tables, and places for figures.

The figures stay data: one ``application/json`` block each, which the page's one script draws with
bokeh's own library. :func:`libraries` says which of bokeh's files the figures need.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from workbench.errors import ReportError

__all__ = [
    "MIME",
    "MISSING",
    "figures",
    "in_order",
    "json_block",
    "libraries",
    "needs_eval",
    "sheet_html",
]

MIME = "application/vnd.workbench.sheet.v1+json"
MISSING = "\N{EN DASH}"

# Model names that live outside bokeh.min.js, by the file that holds them.
EXTENSIONS = {
    "bokeh-tables.min.js": re.compile(r'"name": ?"(DataTable|DataCube|TableColumn)"'),
    "bokeh-widgets.min.js": re.compile(
        r'"name": ?"(DataTable|DataCube|Button|Toggle|Slider|RangeSlider|Select|MultiSelect|'
        r'TextInput|Div|Paragraph|PreText|CheckboxGroup|RadioGroup|DatePicker|Spinner)"'
    ),
    "bokeh-gl.min.js": re.compile(r'"output_backend": ?"webgl"'),
}
# Bokeh reads these parts of a document before the rest of it.
FIRST = ("defs", "roots")
OWN_CODE = re.compile(r'"name": ?"CustomJS')


def figures(sheets: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the bokeh items of all sheets, in order."""
    sections = (section for sheet in sheets for section in sheet["sections"])
    return [section["item"] for section in sections if section["kind"] == "figure"]


def in_order(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return a bokeh item in which every model is spelled out where it is first named.

    Bokeh writes a model at its first use and refers to it by id afterwards; notebook files sort
    their keys, which puts references before what they refer to. Reading would then fail.

    Parameters
    ----------
    item : Mapping
        A ``json_item``, its keys in any order.

    Returns
    -------
    dict
        The same models, readable in the order of the text.

    Examples
    --------
    >>> model = {"type": "object", "name": "Range1d", "id": "p1"}
    >>> in_order({"doc": {"roots": [{"id": "p1"}, model]}})["doc"]["roots"][1]
    {'id': 'p1'}
    """
    models: dict[str, Mapping[str, Any]] = {}
    collect_models(item, models)
    written: set[str] = set()

    def spell(value: Any) -> Any:
        if isinstance(value, list):
            return [spell(element) for element in value]
        if not isinstance(value, Mapping):
            return value
        name = value.get("id")
        if name not in models or not (is_model(value) or len(value) == 1):
            return {key: spell(value[key]) for key in sorted(value, key=reading_place)}
        if name in written:
            return {"id": name}
        written.add(name)
        return {key: spell(element) for key, element in models[name].items()}

    return spell(item)


def reading_place(key: str) -> int:
    """Return when bokeh reads the part `key` of a document; later parts keep their order."""
    return FIRST.index(key) if key in FIRST else len(FIRST)


def is_model(value: Mapping[str, Any]) -> bool:
    """Return whether a JSON object spells out a bokeh model."""
    return value.get("type") == "object" and "name" in value and "id" in value


def collect_models(value: Any, models: dict[str, Mapping[str, Any]]) -> None:
    """Put every model inside `value` into `models` by its id."""
    if isinstance(value, Mapping):
        if is_model(value):
            models[value["id"]] = value
        value = list(value.values())
    if isinstance(value, list):
        for element in value:
            collect_models(element, models)


def libraries(items: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the text of bokeh's scripts that `items` need, the core first.

    Parameters
    ----------
    items : iterable of Mapping
        Bokeh ``json_item`` values.

    Returns
    -------
    list of str
        JavaScript sources from the installed package; empty if there is no figure.

    Raises
    ------
    ReportError
        If bokeh is not installed.
    """
    texts = [json.dumps(item) for item in items]
    if not texts:
        return []
    spec = find_spec("bokeh")
    if spec is None or spec.origin is None:
        raise ReportError("Expected bokeh to draw the figures; install it (`pip install bokeh`).")
    home = Path(spec.origin).parent / "server" / "static" / "js"
    extra = [name for name, model in EXTENSIONS.items() if any(map(model.search, texts))]
    order = ("bokeh-gl.min.js", "bokeh-widgets.min.js", "bokeh-tables.min.js")
    names = ["bokeh.min.js", *(name for name in order if name in extra)]
    texts = [(home / name).read_text(encoding="utf-8") for name in names]
    return [text.replace("</script", "<\\/script") for text in texts]


def needs_eval(items: Iterable[Mapping[str, Any]]) -> bool:
    """Return whether a figure carries code of its own (bokeh compiles it in the page)."""
    return any(OWN_CODE.search(json.dumps(item)) for item in items)


def json_block(value: Any, **attributes: str) -> str:
    """Return `value` as a script block of JSON that no text can break out of.

    Parameters
    ----------
    value : object
        JSON.
    **attributes
        Attributes of the element; ``_`` becomes ``-``.

    Returns
    -------
    str

    Examples
    --------
    >>> json_block("</script>").count("</script>")
    1
    """
    text = json.dumps(value, ensure_ascii=False)
    for sign, code in (("<", "\\u003c"), ("\u2028", "\\u2028"), ("\u2029", "\\u2029")):
        text = text.replace(sign, code)
    named = "".join(f' {k.replace("_", "-")}="{escape(v)}"' for k, v in attributes.items())
    return f'<script type="application/json"{named}>{text}</script>'


def sheet_html(sheet: Mapping[str, Any], number: int) -> str:
    """Return one tear sheet as HTML.

    Parameters
    ----------
    sheet : Mapping
        Payload of type :data:`MIME`.
    number : int
        Which sheet of the page, from 1; it makes element ids unique.

    Returns
    -------
    str
        Everything escaped.
    """
    parts = [headline(sheet.get("headline", ())), cautions(sheet.get("cautions", ()))]
    wide = lonely(sheet["sections"])
    group = ""
    for index, section in enumerate(sheet["sections"], start=1):
        if section.get("group", "") != group:
            group = section["group"]
            parts.append(f"<h3 class=group>{escape(group)}</h3>")
        name = f"s{number}-{index}"
        body = figure(section["item"], name) if section["kind"] == "figure" else table(section)
        kind = "table" if section["kind"] == "table" else "figure"
        parts.append(
            f'<section class="card {kind}{" wide" * (index in wide)}" id="{name}">'
            f"<h4>{escape(section['title'])}</h4>{body}"
            f"<p class=caption>{escape(section['caption'])}</p></section>"
        )
    notes = "".join(f"<li>{escape(str(note))}</li>" for note in sheet.get("notes", ()))
    recipe = f"<details class=recipe><summary>How it was made</summary><ul>{notes}</ul></details>"
    return f"<div class=sheet>{''.join(parts)}</div>{recipe if notes else ''}"


def lonely(sections: Iterable[Mapping[str, Any]]) -> set[int]:
    """Return the numbers (from 1) of the sections that take a whole row.

    Tables do, and a figure that would have nothing beside it in its group.

    Examples
    --------
    >>> figure, table = {"kind": "figure"}, {"kind": "table"}
    >>> sorted(lonely([figure, figure, figure, table, figure]))
    [3, 4, 5]
    """
    rows: list[list[int]] = []
    before = None
    listed = list(sections)
    for number, section in enumerate(listed, start=1):
        beside = (section["kind"], section.get("group", "")) == before and len(rows[-1]) == 1
        if beside and section["kind"] == "figure":
            rows[-1].append(number)
        else:
            rows.append([number])
        before = (section["kind"], section.get("group", ""))
    return {row[0] for row in rows if len(row) == 1}


def headline(tiles: Iterable[Mapping[str, str]]) -> str:
    """Return the headline numbers as tiles."""
    cards = "".join(
        f"<div><dt>{escape(str(tile['label']))}</dt><dd>{escape(str(tile['value']))}</dd>"
        f"<dd class=why>{escape(str(tile['explanation']))}</dd></div>"
        for tile in tiles
    )
    return f"<dl class=tiles>{cards}</dl>" if cards else ""


def cautions(lines: Iterable[str]) -> str:
    """Return the reasons not to believe the sheet."""
    items = "".join(f"<p>{escape(str(line))}</p>" for line in lines)
    return f"<div class=caution role=alert>{items}</div>" if items else ""


def figure(item: Mapping[str, Any], name: str) -> str:
    """Return the place of a figure and its data."""
    place = f'<div class=plot id="{name}-plot"></div>'
    return place + json_block(in_order(item), **{"class": "figure", "data_target": f"{name}-plot"})


def table(section: Mapping[str, Any]) -> str:
    """Return a table; text that reads as a number stands right."""
    head = "".join(f"<th scope=col>{escape(str(name))}</th>" for name in section["columns"])
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell(value))}</td>" for value in row) + "</tr>"
        for row in section["rows"]
    )
    return (
        f"<div class=scroll><table><thead><tr>{head}</tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def cell(value: Any) -> str:
    """Return one value as text: an en dash for none, four digits for a float."""
    if value is None:
        return MISSING
    return f"{value:,.4g}" if isinstance(value, float) else str(value)
