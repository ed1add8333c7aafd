"""Explanations: the plan in words, in a table and drawn, for one factor and for many."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import numpy as np
import pytest

from tests.compute.toy_market import BATCH, toy_market
from workbench.compute import compute, cpu, explain, operator, remove_operator
from workbench.errors import InsufficientHistoryError, PlanError
from workbench.factor import Number
from workbench.market import Market

MANY = {f"mean{days}": f"ts_mean(close, {days})" for days in range(2, 102)}


@pytest.fixture(scope="module")
def market() -> Market:
    return toy_market(60, 11)


def drawing(html: str) -> ET.Element:
    """The one SVG of a page, read as XML."""
    assert html.count("<svg") == 1
    return ET.fromstring(html[html.index("<svg") : html.index("</svg>") + 6])


def said(svg: ET.Element, tag: str) -> list[str]:
    return [one.text or "" for one in svg.iter(f"{{http://www.w3.org/2000/svg}}{tag}")]


def test_text_names_steps_lookback_memory_and_engine(market: Market) -> None:
    text = str(explain("ts_mean(rank(close), 5) - rank(close)", market))
    assert "look-back 4 sessions" in text
    assert "4 operator calls written, 3 computed" in text
    assert "rank(close)" in text
    assert "MB at float32" in text
    assert "engine" in text


def test_several_factors_share_one_plan(market: Market) -> None:
    batch = {
        "high": "rank(close)",
        "fresh": "delta(rank(close), 5)",
        "late": "delay(rank(close), 2)",
    }
    explained = explain(batch, market)
    table = explained.table().set_index("step")
    assert list(table["expression"]) == ["rank(close)", "delta(rank(close), 5)", "delay(n1, 2)"]
    assert table.loc["n1", ["uses", "written"]].tolist() == [3, 3]
    assert table.loc["n3", "reads"] == "n1 (2 back)"
    assert table["lookback"].tolist() == [0, 5, 2]
    assert table["cost_share"].sum() == pytest.approx(1.0)
    assert str(explained).startswith("3 factors: high, fresh, late\nlook-back 5 sessions")


def test_defined_operators_are_shown_as_written_and_as_planned(market: Market) -> None:
    table = explain("ewmstd(close, com=1) + ts_count(close > open, 5)", market).table()
    shown = dict(zip(table["written_as"], table["expression"], strict=True))
    assert shown["ts_count(close > open, 5)"] == "ts_sum(close > open, 5)"
    assert shown["ewmstd(close, com=1)"].startswith("sqrt(ewm_var(close, ")
    assert len(table) == 5


def test_a_name_is_asked_for_where_there_are_several(market: Market) -> None:
    explained = explain(BATCH, market)
    with pytest.raises(PlanError, match="none was named"):
        explained.at("000003.SZ", "2019-01-20")
    with pytest.raises(PlanError, match=r"one of a, b, c.*got 'z'"):
        explained.at("000003.SZ", "2019-01-20", factor="z")
    with pytest.raises(PlanError, match="none was named"):
        _ = explained.factor
    with pytest.raises(PlanError, match="nothing to explain"):
        explain({}, market)


def test_html_is_escaped(market: Market) -> None:
    html = explain({"<b>&": "where(close < 3, 1, volume)", "x": "open"}, market)._repr_html_()
    assert "close &lt; 3" in html
    assert "<b>" not in html
    assert "close < 3" not in html


def test_the_graph_shows_every_step_field_and_edge(market: Market) -> None:
    explained = explain(BATCH, market)
    html = explained._repr_html_()
    svg = drawing(html)
    words = said(svg, "text")
    for node in explained.nodes:
        assert [word for word in words if word.startswith(f"{node.name} ")], node.name
    assert {"close", "open", "volume", "returns", "industry"} <= set(words)
    reads = [
        source for node in explained.nodes for source in node.reads if source.name[0].isalpha()
    ]
    paths = list(svg.iter("{http://www.w3.org/2000/svg}path"))
    assert len(paths) == len(reads)
    dashed = [path for path in paths if "stroke-dasharray" in path.attrib]
    assert len(dashed) == sum(bool(source.lag) for source in reads) > 0
    for banned in ("<script", "src=", "href=", "url(", "@import", "onload"):
        assert banned not in html


def test_boxes_lie_inside_the_sheet_and_not_on_each_other(market: Market) -> None:
    wide = {f"f{at}": f"abs(close - {at})" for at in range(13)} | BATCH
    svg = drawing(explain(wide, market)._repr_html_())
    width, height = map(float, svg.attrib["viewBox"].split()[2:])
    boxes = [group[1].attrib for group in svg if group.tag.endswith("}g")]
    corners = [[float(box[k]) for k in ("x", "y", "width", "height")] for box in boxes]
    assert len(corners) > 40
    for at, (x, y, w, h) in enumerate(corners):
        assert min(x, y, width - x - w, height - y - h) >= 0
        for x2, y2, w2, h2 in corners[:at]:
            assert x >= x2 + w2 or x2 >= x + w or y >= y2 + h2 or y2 >= y + h


def test_a_large_plan_stays_small_on_the_screen() -> None:
    market = toy_market(120, 5)
    explained = explain(MANY, market)
    html, text = explained._repr_html_(), str(explained)
    assert len(html) < 30_000
    assert len(text.splitlines()) < 40
    assert "100 steps" in " ".join(said(drawing(html), "text"))
    assert "… and 75 cheaper steps" in html
    assert "… and 75 cheaper steps" in text
    assert len(explained.table()) == 100


def test_steps_are_measured(market: Market, kernels_installed: None) -> None:
    explained = explain(BATCH, market, measure=True)
    table = explained.table()
    assert (table["ms"] > 0).all()
    assert (table["gb_s"] > 0).all()
    assert "measured: " in str(explained)
    assert " ms · " in " ".join(said(drawing(explained._repr_html_()), "text"))
    assert "ms" not in explain(BATCH, market).table()


def test_measuring_needs_what_computing_needs(market: Market, kernels_installed: None) -> None:
    assert explain("ts_mean(close, 70)", market).plan.lookback == 69
    with pytest.raises(InsufficientHistoryError):
        explain("ts_mean(close, 70)", market, measure=True)


def test_measuring_without_kernels_is_refused(market: Market, monkeypatch) -> None:
    monkeypatch.setattr("workbench.compute.job.engine_name", lambda: "oracle")
    with pytest.raises(PlanError, match="none are installed"):
        explain("close + 1", market, measure=True)


@pytest.fixture
def kernels_installed() -> None:
    if cpu.find()[0] is None:
        pytest.skip("compiled kernels are not installed: there is nothing to measure")


def test_operators_of_the_user_are_explained_like_any_other(market: Market) -> None:
    @operator(axis="element", nan_rule="NaN where x is NaN", source="test")
    def twice(x: Number) -> Number:
        """Twice x."""
        return 2 * x

    try:
        explained = explain("rank(twice(close)) + 1", market)
        assert explained.table()["stage"].tolist() == ["1 python", "2 section", "2 section"]
        assert "stage 1 · python · 1 step" in " ".join(
            said(drawing(explained._repr_html_()), "text")
        )
        values = explained.at("000003.SZ", "2019-02-20").set_index("expression")["value"]
        assert values["twice(close)"] == 2 * values["close"]
        assert explained.window("n1", "000003.SZ", "2019-02-20").shape == (1, 2)
    finally:
        remove_operator("twice")


@pytest.mark.parametrize("text", ["close", "1 + 1", "delay(close, 3)"])
def test_a_bare_field_a_number_and_a_delay_are_plans_too(market: Market, text: str) -> None:
    explained = explain(text, market)
    (step,) = explained.nodes
    assert step.results == ("factor",)
    assert len(list(drawing(explained._repr_html_()).iter("{http://www.w3.org/2000/svg}g")))
    assert explained.table()["cost_share"].sum() == 1.0


def test_memory_is_what_max_bytes_counts(market: Market) -> None:
    explained = explain(BATCH, market)
    whole = compute(BATCH, market, max_bytes=explained.bytes)
    assert set(whole) == set(BATCH)
    with pytest.raises(PlanError):
        compute(BATCH, market, max_bytes=explained.bytes - 1)
    assert np.isfinite(whole["d"].values).any()
