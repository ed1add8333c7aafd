"""The page: everything shown, nothing run, nothing fetched."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from workbench.report.outputs import cell_html, markdown, output_html, sanitise
from workbench.report.render import render
from workbench.report.results import MIME as RESULTS
from workbench.report.sheet import MIME as SHEET
from workbench.report.sheet import json_block, libraries, needs_eval

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "<b style='background:url(https://evil.example/x)'>x</b>",
    "<b style='background:\\75rl(https://evil.example/x)'>x</b>",
    "<style>@import 'https://evil.example'</style>",
    "<link rel=stylesheet href=https://evil.example>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href=https://evil.example>",
    "<form action=https://evil.example><button>x</button></form>",
    "<object data=x></object><embed src=x>",
    "</script><script>alert(1)</script>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<video src=https://evil.example autoplay></video>",
    "<svg><use href='https://evil.example/x.svg#a'/><image href='https://evil.example'/></svg>",
]
FORBIDDEN_TAGS = {"iframe", "object", "embed", "form", "button", "link", "base", "video", "use"}


class Seen(HTMLParser):
    """Tags and attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append((tag, dict(attrs)))


def assert_harmless(html: str) -> None:
    for tag, attributes in Seen(html).tags:
        assert tag not in FORBIDDEN_TAGS | {"script", "style", "meta", "image"}, html
        for name, value in attributes.items():
            assert not name.startswith("on"), html
            assert not (value or "").strip().lower().startswith("javascript:"), html
            assert name != "style" or "url" not in (value or "").lower(), html
            assert name != "src" or (value or "").startswith("data:"), html


def figure(name: str = "Figure", **more: Any) -> dict[str, Any]:
    return {"doc": {"roots": [{"type": "object", "name": name, **more}]}, "root_id": "p1"}


def sheet(*sections: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"title": "t", "bokeh": "3", "sections": list(sections), **more}


def page_of(output: dict[str, Any], card: dict[str, Any]) -> str:
    cell = {"cell_type": "code", "metadata": {}, "source": "x", "outputs": [output]}
    return render({"cells": [cell]}, card)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_output_kind_lets_a_payload_through(payload: str, card: dict[str, Any]) -> None:
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": payload},
        {"output_type": "error", "ename": payload, "evalue": payload, "traceback": [payload]},
        *(
            {"output_type": "display_data", "data": {mime: payload}}
            for mime in (
                "text/html",
                "text/plain",
                "text/markdown",
                "text/latex",
                "image/svg+xml",
                "image/png",
                "application/javascript",
            )
        ),
    ]
    for output in outputs:
        assert_harmless(output_html(output, []))
    section = {"title": payload, "caption": payload, "kind": "table"}
    table = section | {"columns": [payload], "rows": [[payload, None, 0.5]]}
    tile = {"label": payload, "value": payload, "explanation": payload}
    data = {SHEET: sheet(table, headline=[tile], cautions=[payload], notes=[payload])}
    assert_harmless(output_html({"output_type": "display_data", "data": data}, []))
    for kind in ("markdown", "code"):
        cell = {"cell_type": kind, "metadata": {}, "source": payload, "outputs": []}
        assert_harmless(cell_html(cell, []))
    assert_harmless(markdown(payload))
    assert_harmless(sanitise(payload))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_card_and_figures_cannot_break_out(payload: str, card: dict[str, Any]) -> None:
    hostile = copy.deepcopy(card)
    hostile["parameters"] = {"factor": payload, "title": payload, "data": payload}
    hostile |= {"status": "failed", "exception": payload, "data": {payload: payload}}
    section = {"title": payload, "caption": "", "kind": "figure", "item": figure(text=payload)}
    page = page_of({"output_type": "display_data", "data": {SHEET: sheet(section)}}, hostile)
    scripts = [attributes for tag, attributes in Seen(page).tags if tag == "script"]
    assert [attributes.get("type") for attributes in scripts] == [
        "application/json",
        "application/json",
        None,
        None,
    ]
    body = re.sub(r"<script.*?</script>", "", page[page.index("<body>") :], flags=re.S)
    assert_harmless(body)


def test_the_policy_names_exactly_the_scripts_of_the_page(card: dict[str, Any]) -> None:
    section = {"title": "a", "caption": "b", "kind": "figure", "item": figure()}
    page = page_of({"output_type": "display_data", "data": {SHEET: sheet(section)}}, card)
    found = re.findall(r"<script>(.*?)</script>", page, flags=re.S)
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in found]
    (meta,) = [a["content"] for _, a in Seen(page).tags if a.get("http-equiv")]
    assert meta is not None
    rules = dict(rule.split(" ", 1) for rule in meta.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"].split() == [f"'sha256-{digest}'" for digest in hashes]
    assert "http" not in meta
    assert "unsafe-eval" not in meta


def test_figures_with_own_code_get_eval_and_nothing_else(card: dict[str, Any]) -> None:
    item = figure("CustomJSTickFormatter")
    assert needs_eval([item])
    assert not needs_eval([figure()])
    section = {"title": "a", "caption": "b", "kind": "figure", "item": item}
    page = page_of({"output_type": "display_data", "data": {SHEET: sheet(section)}}, card)
    assert "&#x27;unsafe-eval&#x27;" in page


def test_only_the_libraries_that_are_needed() -> None:
    assert libraries([]) == []
    (core,) = libraries([figure()])
    assert "Bokeh Contributors" in core[:200]
    assert len(libraries([figure("DataTable")])) == 3
    assert len(libraries([figure(output_backend="webgl"), figure()])) == 2


def test_bokeh_is_in_the_page_once(card: dict[str, Any]) -> None:
    section = {"title": "a", "caption": "b", "kind": "figure", "item": figure()}
    data = {SHEET: sheet(section, section)}
    page = page_of({"output_type": "display_data", "data": data}, card)
    assert page.count(libraries([figure()])[0][:300]) == 1
    assert len(page) < 2_000_000
    assert page.count('class="figure"') == 2


def test_a_page_without_figures_carries_no_library(card: dict[str, Any]) -> None:
    page = page_of({"output_type": "stream", "name": "stdout", "text": "hello"}, card)
    assert len(page) < 20_000


def test_quiet_outputs_are_quiet() -> None:
    for mime in ("application/javascript", RESULTS, "application/vnd.holoviews_load.v0+json"):
        assert output_html({"output_type": "display_data", "data": {mime: "x"}}, []) == ""
        data = {mime: "x", "text/plain": "x", "text/html": "x"}
        assert output_html({"output_type": "display_data", "data": data}, []) == ""


def test_good_html_survives() -> None:
    html = '<table class="t"><tr><th colspan="2">a</th><td style="color:red">b</td></tr></table>'
    assert re.sub("</?tbody>", "", sanitise(html)).replace("color: red", "color:red") == html
    chart = '<svg viewBox="0 0 9 9" role="img"><rect x="1" width="3" height="4"></rect></svg>'
    assert sanitise(chart) == chart


def test_markdown_tables_and_links() -> None:
    assert "<td>1</td>" in markdown("|a|\n|-|\n|1|")
    assert 'href="https://a.b"' in markdown("[x](https://a.b)")


def test_a_failed_run_says_so(card: dict[str, Any]) -> None:
    failed = card | {"status": "failed", "exception": "ValueError: x", "failed_cell": 4}
    page = render({"cells": []}, failed)
    assert "Cell 4 failed." in page
    assert "Run failed" in page
    assert "id=failure" not in render({"cells": []}, card)


def test_the_audit_badge(card: dict[str, Any]) -> None:
    assert '<span class="badge good">Leak audit passed</span>' in render({"cells": []}, card)
    leaky = card | {"results": {"audit": {"passed": False}}}
    assert '<span class="badge bad">Leak audit failed</span>' in render({"cells": []}, leaky)
    assert "Leak audit" not in render({"cells": []}, card | {"results": {}})


def test_the_card_in_the_page_is_the_card(card: dict[str, Any]) -> None:
    page = render({"cells": []}, card)
    text = re.search(r'<script type="application/json" id="run-card">(.*?)</script>', page)
    assert text is not None
    assert json.loads(text[1]) == card


def test_json_block_escapes_line_separators() -> None:
    block = json_block("\u2028<!--\u2029")
    assert "\u2028" not in block
    assert "<!--" not in block
    assert json.loads(block[len('<script type="application/json">') : -len("</script>")]) == (
        "\u2028<!--\u2029"
    )
