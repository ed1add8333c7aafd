"""The tear sheet: order, payload, static fallback, layout."""

from __future__ import annotations

import dataclasses
import json
import re

import bokeh
import holoviews as hv
import pandas as pd
import panel as pn
import pytest
from bokeh.document import Document

from workbench.errors import EvaluationError, ParameterError
from workbench.tearsheet import MIME_TYPE, Section, tear_sheet
from workbench.tearsheet.factor_sheet import GROUPS
from workbench.tearsheet.sheet import TearSheet
from workbench.tearsheet.tables import write

HOSTILE = "<img src=x onerror=window.PWN=1>"


def without_ids(payload: dict) -> str:
    """JSON text with the ids that bokeh counts up renamed in order of appearance."""
    text = json.dumps(payload, sort_keys=True, allow_nan=False)
    seen: dict[str, str] = {}
    pattern = r'"p\d+"|"ephemeral[^"]*"|"[0-9a-f]{8}-[0-9a-f-]{27}"'
    return re.sub(pattern, lambda m: seen.setdefault(m.group(), f'"#{len(seen)}"'), text)


class TestOrder:
    def test_headline_is_the_summary_in_words(self, make_study) -> None:
        study = make_study()
        row = study.summary().loc[5]
        found = {label: value for label, value, _ in tear_sheet(study, 5).headline}
        assert found == {
            "Rank IC": write(row["rank_ic"]),
            "t (Newey-West)": write(row["t_newey_west"]),
            "N effective": write(row["n_effective"], "count"),
            "ICIR": write(row["icir"]),
            "Spread, annual": write(row["spread"], "percent"),
            "Turnover": write(row["turnover"], "percent"),
            "Coverage": write(row["coverage"], "percent"),
        }

    def test_groups_come_in_order_and_whole(self, make_study) -> None:
        sheet = tear_sheet(make_study())
        assert sheet.groups == GROUPS
        order = [GROUPS.index(section.group) for section in sheet.sections]
        assert order == sorted(order)

    def test_every_section_says_how_it_was_made(self, make_study) -> None:
        sheet = tear_sheet(make_study())
        assert all(len(section.caption) > 20 for section in sheet.sections)
        assert sheet.notes == make_study().notes

    def test_first_horizon_unless_asked(self, make_study) -> None:
        study = make_study()
        assert "held 1 session from" in tear_sheet(study).subtitle
        assert "held 5 sessions from" in tear_sheet(study, 5).subtitle

    def test_unknown_horizon_is_refused(self, make_study) -> None:
        with pytest.raises(EvaluationError, match=r"must be one of \[1, 5\], got 3"):
            tear_sheet(make_study(), 3)

    def test_unknown_look_is_refused(self, make_study) -> None:
        with pytest.raises(ParameterError):
            tear_sheet(make_study(), theme="sepia")

    def test_a_section_is_a_figure_or_a_table(self) -> None:
        for options in ({}, {"figure": hv.Curve([1]), "table": pd.DataFrame()}):
            with pytest.raises(EvaluationError, match="either a figure or a table"):
                Section("title", "caption", **options)


class TestPayload:
    def test_is_strict_json_with_everything_in_it(self, make_study) -> None:
        sheet = tear_sheet(make_study())
        payload = json.loads(json.dumps(sheet.payload(), allow_nan=False))
        assert payload["bokeh"] == bokeh.__version__
        assert payload["title"] == "rank(close)"
        assert [s["title"] for s in payload["sections"]] == [s.title for s in sheet.sections]
        for section in payload["sections"]:
            assert set(section) == {"title", "caption", "group", "kind"} | (
                {"item"} if section["kind"] == "figure" else {"columns", "rows"}
            )

    def test_tables_are_text_and_rectangular(self, make_study) -> None:
        tables = [s for s in tear_sheet(make_study()).payload()["sections"] if s["kind"] == "table"]
        assert len(tables) == 3
        for table in tables:
            assert all(len(row) == len(table["columns"]) for row in table["rows"])
            assert all(isinstance(cell, str) for row in table["rows"] for cell in row)

    def test_figures_need_nothing_but_bokeh_itself(self, make_study) -> None:
        text = json.dumps(tear_sheet(make_study()).payload())
        assert "panel.models" not in text
        assert "CustomJS" not in text  # it would need eval in the page
        assert not re.search(r"https?://", text)

    def test_each_figure_is_a_document_that_loads(self, make_study) -> None:
        for section in tear_sheet(make_study()).payload()["sections"]:
            if section["kind"] == "figure":
                document = Document.from_json(section["item"]["doc"])
                assert [root.id for root in document.roots] == [section["item"]["root_id"]]

    def test_equal_studies_give_equal_payloads(self, make_study) -> None:
        first, second = (without_ids(tear_sheet(make_study()).payload()) for _ in range(2))
        assert first == second
        other = without_ids(tear_sheet(make_study(seed=4)).payload())
        assert other != first


class TestBundle:
    def test_static_without_panel_s_scripts(self, make_study, monkeypatch) -> None:
        monkeypatch.setattr(pn.extension, "_loaded", False)
        data, metadata = tear_sheet(make_study())._repr_mimebundle_()
        assert set(data) == {"text/plain", "text/html", MIME_TYPE}
        assert metadata == {}
        assert "0.03123" in data["text/html"]
        assert "<script" not in data["text/html"]
        assert "pn.extension(inline=True)" in data["text/html"]

    def test_panel_s_bundle_is_kept_when_it_is_there(self, make_study, monkeypatch) -> None:
        live = {"text/html": "<div>live</div>", "application/vnd.holoviews_exec.v0+json": ""}
        monkeypatch.setattr("workbench.tearsheet.sheet._can_be_live", lambda: True)
        monkeypatch.setattr(
            pn.viewable.Viewer, "_repr_mimebundle_", lambda *_: (live, {"id": {"id": "1"}})
        )
        data, metadata = tear_sheet(make_study())._repr_mimebundle_()
        assert live.items() <= data.items()
        assert MIME_TYPE in data
        assert metadata == {"id": {"id": "1"}}

    def test_hostile_names_are_escaped_everywhere(self, make_study) -> None:
        study = dataclasses.replace(make_study(HOSTILE), notes=(HOSTILE,), market={"name": HOSTILE})
        sheet = tear_sheet(study)
        for html in (sheet.head(), sheet.to_html()):
            assert "<img" not in html
            assert "&lt;img" in html
        panes = sheet.__panel__().select(pn.pane.HTML)
        assert len(panes) > 10
        assert all("<img" not in pane.object for pane in panes)


class TestLayout:
    def test_every_section_has_a_card(self, make_study) -> None:
        sheet = tear_sheet(make_study())
        panes = sheet.__panel__().select(pn.pane.HoloViews)
        assert len(panes) == sum(section.kind == "figure" for section in sheet.sections)
        assert not any(pane.linked_axes for pane in panes)

    def test_a_document_can_be_made_of_it(self, make_study) -> None:
        model = tear_sheet(make_study(entry="close")).__panel__().get_root()
        html = [m.text for m in model.select({"type": pn.models.markup.HTML})]
        assert any("not tradable" in text for text in html)

    def test_a_sheet_without_headline_or_group(self) -> None:
        table = pd.DataFrame({"own": [1.0]})
        sheet = TearSheet("bare", [Section("only", "one number", table=table)])
        assert "1.000" in sheet.to_html()
        assert sheet.groups == ("",)
        assert sheet.__panel__().select(pn.pane.HTML)
