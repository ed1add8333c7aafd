"""Static HTML: whatever text comes in, no markup of its own comes out."""

from __future__ import annotations

from html.parser import HTMLParser

import pandas as pd
import pytest

from workbench.tearsheet import markup
from workbench.tearsheet.theme import LIGHT

HOSTILE = '<img src=x onerror="window.PWN=1"></td><script>PWN</script>\' " &'

MADE = {
    "heading": markup.heading(HOSTILE, HOSTILE, LIGHT),
    "tiles": markup.tiles([(HOSTILE, HOSTILE, HOSTILE)], LIGHT),
    "cautions": markup.cautions([HOSTILE], LIGHT),
    "caption": markup.caption(HOSTILE, HOSTILE, LIGHT),
    "group": markup.group(HOSTILE, LIGHT),
    "notes": markup.notes([HOSTILE], LIGHT),
    "table": markup.table(pd.DataFrame({HOSTILE: [HOSTILE]}), LIGHT),
}


class Reader(HTMLParser):
    """Notes tags, attributes and text; complains about tags that do not close."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader


def test_every_maker_is_tried() -> None:
    assert set(MADE) == set(markup.__all__)


@pytest.mark.parametrize("name", MADE)
def test_text_stays_text(name: str) -> None:
    seen = read(MADE[name])
    assert HOSTILE in seen.text
    assert not seen.tags & {"img", "script", "iframe", "style", "link"}
    assert seen.attributes <= {"style", "class", "role", "scope"}


def test_no_warning_leaves_no_box() -> None:
    assert markup.cautions([], LIGHT) == ""


def test_a_table_keeps_its_cells_in_place() -> None:
    frame = pd.DataFrame({"a": ["1", "2"], "b": ["3", "4"]})
    html = markup.table(frame, LIGHT)
    assert [html.index(f">{cell}<") for cell in ("1", "3", "2", "4")] == sorted(
        html.index(f">{cell}<") for cell in "1234"
    )
