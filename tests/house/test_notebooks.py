"""Notebooks narrate: no definitions, short cells, no outputs, ids that stay."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

from tests.house.repository import child, relative, sources

LONGEST_CELL = 12
NOTEBOOKS = sources("notebooks", ".ipynb")
RANDOM_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){0,3}(-[0-9a-f]{12})?|[0-9a-f]{32}")

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=relative)


def text(cell) -> str:
    """Source of a cell as one string."""
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def cells(path: Path) -> list[dict]:
    """All cells of a notebook."""
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def code(path: Path) -> list[str]:
    """Source of the code cells."""
    return [text(cell) for cell in cells(path) if cell["cell_type"] == "code"]


def definitions(source: str) -> list[str]:
    """Functions and classes that a cell defines; lines of magic are left out."""
    python = "\n".join(line for line in source.splitlines() if not re.match(r"\s*[%!]", line))
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return [node.name for node in ast.walk(ast.parse(python)) if isinstance(node, kinds)]


def test_there_are_notebooks():
    assert NOTEBOOKS


@each_notebook
def test_stored_without_results(path):
    for cell in cells(path):
        kinds = {kind for output in cell.get("outputs", ()) for kind in output["data"]}
        # nbval compares these cells with what is stored: plain text, nothing else
        checked = text(cell).startswith("# NBVAL_CHECK_OUTPUT")
        assert kinds == ({"text/plain"} if checked else set())
        assert cell.get("execution_count") == (1 if checked else None)
        assert ("keep_output" in cell["metadata"].get("tags", ())) == checked


@each_notebook
def test_ids_are_fixed(path):
    ids = [cell.get("id") for cell in cells(path)]
    assert all(ids), "a cell has no id"
    assert len(set(ids)) == len(ids), "two cells share an id"
    assert not [name for name in ids if RANDOM_ID.fullmatch(name)], "give cells ids with a meaning"


@each_notebook
def test_nothing_is_defined(path):
    assert not [name for source in code(path) for name in definitions(source)]


@each_notebook
def test_cells_are_short(path):
    lengths = [len(source.splitlines()) for source in code(path)]
    assert max(lengths, default=0) <= LONGEST_CELL


@each_notebook
def test_ruff_is_content(path):
    child("-m", "ruff", "check", "--no-cache", "--output-format=concise", str(path))


class TestControls:
    def test_definitions_are_seen(self):
        source = "%matplotlib inline\nx = 1\nclass A: pass\ndef f():\n    return 1"
        assert sorted(definitions(source)) == ["A", "f"]

    @pytest.mark.parametrize("name", ["3f2a9c1b", "0" * 32])
    def test_random_ids_are_seen(self, name):
        assert RANDOM_ID.fullmatch(name)

    def test_meaningful_ids_pass(self):
        assert not RANDOM_ID.fullmatch("load-market")
