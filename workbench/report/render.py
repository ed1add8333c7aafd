"""The page of a report: one HTML file that opens offline, with figures that can be explored.

1. Every cell is rendered to HTML that runs nothing (:mod:`workbench.report.outputs`).
2. The scripts are bokeh's own, once, and ``page.js``, which draws the figures from their data.
3. A content security policy names the hashes of exactly these scripts and nothing else: no
   other script runs and no request leaves the page, whatever the data say.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

from workbench.report.outputs import cell_html
from workbench.report.sheet import MISSING, figures, json_block, libraries, needs_eval

__all__ = ["policy", "render"]

PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="$policy">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>$title</title>
<link rel="icon" href="data:,">
<style>
$style
</style>
</head>
<body>
<main>
$header
$body
$footer
</main>
$card
$scripts
</body>
</html>
""")


def render(notebook: Mapping[str, Any], card: Mapping[str, Any]) -> str:
    """Return the page of an executed notebook.

    Parameters
    ----------
    notebook : Mapping
        The notebook as JSON.
    card : Mapping
        Its run card, see :func:`workbench.report.run_card.card`.

    Returns
    -------
    str
        A whole HTML document.
    """
    sheets: list[Mapping[str, Any]] = []
    body = "\n".join(filter(None, (cell_html(cell, sheets) for cell in notebook["cells"])))
    items = figures(sheets)
    scripts = [*libraries(items), resource("page.js")]
    return PAGE.substitute(
        policy=escape(policy(scripts, needs_eval(items))),
        title=escape(heading(card)),
        style=resource("page.css"),
        header=header(card) + contents(sheets),
        body=body,
        footer=footer(card),
        card=json_block(card, id="run-card"),
        scripts="\n".join(f"<script>{script}</script>" for script in scripts),
    )


def policy(scripts: Iterable[str], own_code: bool) -> str:
    """Return the content security policy that lets exactly `scripts` run.

    Parameters
    ----------
    scripts : iterable of str
        Text of the inline scripts.
    own_code : bool
        Whether figures bring code that bokeh must compile.

    Returns
    -------
    str

    Examples
    --------
    >>> policy([], own_code=False).split("; ")[0]
    "default-src 'none'"
    """
    hashes = [
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for text in scripts
    ]
    sources = [*hashes, "'unsafe-eval'"] if own_code else hashes
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {' '.join(sources) or repr('none')}",
            "style-src 'unsafe-inline'",
            "img-src data: blob:",
            "font-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def resource(name: str) -> str:
    """Return the text of a file beside this module."""
    return (files("workbench.report") / name).read_text(encoding="utf-8").strip()


def heading(card: Mapping[str, Any]) -> str:
    """Return the title of the page."""
    parameters = card["parameters"]
    return str(parameters.get("title") or parameters.get("factor") or card["template"]["name"])


def header(card: Mapping[str, Any]) -> str:
    """Return title, badges, banner of a failure, and the parameters."""
    parameters = card["parameters"]
    text = parameters.get("factor")
    lines = [
        f"<p class=kicker>{escape(card['template']['name'].replace('_', ' '))}</p>",
        f"<h1{'' if parameters.get('title') else ' class=formula'}>{escape(heading(card))}</h1>",
        f"<p class=formula>{escape(text)}</p>" if parameters.get("title") and text else "",
        f"<p class=badges>{''.join(badges(card))}</p>",
        banner(card),
    ]
    rows = "".join(
        f"<tr><th scope=row>{escape(name)}</th><td>{escape(written(value))}</td></tr>"
        for name, value in parameters.items()
    )
    table = f"<table class=facts>{rows}</table>"
    lines.append(f"<details><summary>Parameters</summary>{table}</details>")
    return f"<header>{''.join(lines)}</header>"


def badges(card: Mapping[str, Any]) -> list[str]:
    """Return the badges: audit, data, inputs, time."""
    found = []
    audit = card["results"].get("audit")
    if isinstance(audit, Mapping) and "passed" in audit:
        kind, text = ("good", "passed") if audit["passed"] else ("bad", "failed")
        found.append(f'<span class="badge {kind}">Leak audit {text}</span>')
    if card["status"] != "completed":
        found.append('<span class="badge bad">Run failed</span>')
    data = ", ".join(
        [str(card["parameters"].get("data", "")), *map(shorten, card["files"].values())]
    )
    facts = [
        f"Data {data}",
        f"Inputs {shorten(card['input_hash'])}",
        f"Run {card['run']['started']}",
    ]
    return found + [f"<span class=badge>{escape(fact)}</span>" for fact in facts]


def banner(card: Mapping[str, Any]) -> str:
    """Return the red banner of a failed run, or nothing."""
    if card["status"] == "completed":
        return ""
    where = f"Cell {card['failed_cell']}" if card["failed_cell"] else "The notebook"
    return (
        f"<div class=error role=alert id=failure><strong>{escape(where)} failed.</strong> "
        f"What had run before is shown below.<pre>{escape(str(card['exception']))}</pre></div>"
    )


def contents(sheets: Iterable[Mapping[str, Any]]) -> str:
    """Return links to the sections of the sheets."""
    links = "".join(
        f'<a href="#s{number}-{index}">{escape(section["title"])}</a>'
        for number, sheet in enumerate(sheets, start=1)
        for index, section in enumerate(sheet["sections"], start=1)
    )
    return f'<nav aria-label="Sections">{links}</nav>' if links else ""


def footer(card: Mapping[str, Any]) -> str:
    """Return what the report was made of."""
    machine, packages = card["machine"], card["machine"]["packages"]
    facts = {
        "Template": f"{card['template']['name']} ({shorten(card['template']['sha256'])})",
        "Inputs": card["input_hash"],
        "Data": written(card["data"]),
        "Engine": written(machine["engine"]),
        "Python": f"{machine['python']}, {machine['platform']}",
        "Packages": ", ".join(f"{name} {version}" for name, version in packages.items()),
        "Git": written(machine["git"]) if machine["git"] else "not a checkout",
        "Time": f"{card['run']['seconds']:.1f} s, from {card['run']['started']}",
    }
    rows = "".join(
        f"<tr><th scope=row>{escape(name)}</th><td>{escape(text)}</td></tr>"
        for name, text in facts.items()
    )
    table = f"<table class=facts>{rows}</table>"
    return f"<footer><details><summary>Run card</summary>{table}</details></footer>"


def shorten(digest: str) -> str:
    """Return the first ten characters of a hash."""
    return digest[:10]


def written(value: Any) -> str:
    """Return a JSON value as a line of text."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {written(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(written(item) for item in value)
    return MISSING if value is None else str(value)
