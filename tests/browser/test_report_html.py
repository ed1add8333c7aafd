"""A real report in a real browser without network: drawn, quiet, and deaf to payloads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from workbench.report import Report, run
from workbench.report.render import render

PAYLOAD = "<img src=x onerror=\"document.title='PWN'\"><script>document.title='PWN'</script>"
TITLE = f"Planted alpha {PAYLOAD}"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """One factor study on the demo market, with a hostile title."""
    out = tmp_path_factory.mktemp("reports")
    return run("factor_study", {"factor": "alpha", "title": TITLE, "horizons": [1, 5]}, out)


def open_page(offline: Any, path: Path) -> Any:
    """Open a file and wait until its figures are drawn."""
    offline.page.goto(path.as_uri())
    offline.page.wait_for_selector("html[data-drawn]", state="attached", timeout=60_000)
    return offline.page


def figures_of(report: Report) -> int:
    notebook = json.loads(report.notebook.read_text())
    sheets = [
        output["data"]["application/vnd.workbench.sheet.v1+json"]
        for cell in notebook["cells"]
        for output in cell.get("outputs", ())
        if "application/vnd.workbench.sheet.v1+json" in output.get("data", {})
    ]
    assert len(sheets) == 1
    return sum(section["kind"] == "figure" for section in sheets[0]["sections"])


def test_every_figure_is_drawn_offline(report: Report, offline_page: Any) -> None:
    page = open_page(offline_page, report.html)
    expected = figures_of(report)
    assert expected >= 8
    assert page.locator(".bk-Figure").count() == expected
    assert page.locator(".plot canvas").count() >= expected
    assert page.locator(".plot.error").count() == 0
    painted = page.evaluate(
        """() => {
          const inside = (node) => [...node.querySelectorAll("*")].flatMap(
            (e) => [e, ...(e.shadowRoot ? inside(e.shadowRoot) : [])]);
          return [...document.querySelectorAll(".plot")].map((plot) =>
            inside(plot).filter((e) => e.tagName === "CANVAS" && e.width && e.height).some((c) => {
              const pixels = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
              return new Set(new Uint32Array(pixels.buffer)).size > 3;
            }));
        }"""
    )
    assert painted == [True] * expected
    offline_page.assert_quiet()


def test_payloads_are_text(report: Report, offline_page: Any) -> None:
    page = open_page(offline_page, report.html)
    assert page.title() == TITLE
    assert page.locator("h1").first.inner_text() == TITLE
    assert page.locator("img").count() == 0
    offline_page.assert_quiet()


def test_a_script_that_got_in_would_not_run(
    report: Report, offline_page: Any, tmp_path: Path
) -> None:
    html = report.html.read_text().replace(
        "<main>", "<main><script>document.title='PWN'</script><b id=w onclick=\"x\">w</b>", 1
    )
    broken = tmp_path / "broken.html"
    broken.write_text(html)
    page = open_page(offline_page, broken)
    assert page.title() == TITLE
    assert any("Content Security Policy" in error for error in offline_page.errors)


def test_figures_can_be_explored(report: Report, offline_page: Any) -> None:
    page = open_page(offline_page, report.html)
    plot = page.locator(".plot").first
    plot.scroll_into_view_if_needed()
    before = page.evaluate("Bokeh.documents[0].roots()[0].x_range.start")
    box = plot.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    plot.hover()
    page.evaluate(
        "() => { const x = Bokeh.documents[0].roots()[0].x_range; x.start = (x.start + x.end) / 2 }"
    )
    page.wait_for_timeout(300)
    assert page.evaluate("Bokeh.documents[0].roots()[0].x_range.start") > before
    offline_page.assert_quiet()


def test_the_page_fits_phone_and_desk(report: Report, offline_page: Any) -> None:
    page = open_page(offline_page, report.html)
    for width in (390, 1400):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(300)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    offline_page.assert_quiet()


def test_size_and_run_card(report: Report) -> None:
    assert report.html.stat().st_size < 6_000_000
    card = json.loads(report.run_card.read_text())
    assert card["results"]["audit"]["passed"] is True
    assert card["results"]["summary"]["columns"][0] == "rank_ic"
    assert card["data"]["provenance"]["provider"] == "synthetic"
    assert card["data"]["provenance"]["seed"] == 7
    assert card["results"]["engine"]["factor_dtype"] == "float64"


def test_the_figures_survive_sorted_keys(report: Report, offline_page: Any, tmp_path: Path) -> None:
    notebook = json.loads(json.dumps(json.loads(report.notebook.read_text()), sort_keys=True))
    page_file = tmp_path / "again.html"
    page_file.write_text(render(notebook, json.loads(report.run_card.read_text())))
    page = open_page(offline_page, page_file)
    assert page.locator(".plot.error").count() == 0
    offline_page.assert_quiet()
