"""The boundary: text in, no markup out."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import workbench
from workbench.widgets import safe

HOSTILE = [
    "<img src=x onerror=window.PWN=1>",
    "</pre></div><script>window.PWN=1</script>",
    '" onmouseover="window.PWN=1',
    "' autofocus onfocus='window.PWN=1",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_escaped_in_every_place(hostile: str) -> None:
    made = [
        safe.text(hostile),
        safe.line(hostile, role=hostile),
        safe.code(hostile, hostile, role=hostile, border=hostile),
    ]
    for html in made:
        assert hostile not in html
        assert "<img" not in html
        assert "<script" not in html


def test_code_keeps_the_caret_under_its_letter() -> None:
    message = "Expected x.\n  rank(\n       ^"
    assert f">{message}</pre>" in safe.code("", message)


def test_markdown_shows_html_instead_of_obeying_it() -> None:
    html = safe.markdown("**bold** <img src=x onerror=window.PWN=1>").get_root().text
    assert "&lt;strong&gt;bold" in html
    assert "<img" not in html
    assert "&lt;img" not in html  # escaped once by Markdown, once more for the wire
    assert "&amp;lt;img" in html


def test_no_screen_makes_text_panes_of_its_own() -> None:
    """Markdown, HTML, Str, Alert and their like run markup: only `safe` may make them."""
    risky = {"HTML", "Markdown", "Str", "Alert", "StaticText", "Number", "Card", "DataFrame"}
    package = Path(workbench.__file__).parent
    found = [
        f"{path.name}:{node.lineno} {node.attr}"
        for room in ("widgets", "apps")
        for path in (package / room).glob("*.py")
        if path.name != "safe.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in risky
        and ast.unparse(node.value).startswith("pn.")
        and not ast.unparse(node).startswith("pn.pane.HTML")
    ]
    calls = [
        f"{path.name}:{node.lineno}"
        for room in ("widgets", "apps")
        for path in (package / room).glob("*.py")
        if path.name != "safe.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pn.pane.HTML"
    ]
    assert found == []
    assert calls == []
