"""Form of the source: sizes, docstrings, public names, and the name of HoloViz Panel."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.repository import child, module_name, parsed, relative, sources

LONGEST_FILE = 400
LONGEST_BODY = 50
PACKAGE = sources("workbench", ".py")
PYTHON = PACKAGE + sources("tests", ".py")
WRITTEN = PYTHON + sources("workbench", ".h", ".hpp", ".cpp", ".cu", ".cuh")

Function = ast.FunctionDef | ast.AsyncFunctionDef
each_module = pytest.mark.parametrize("path", PACKAGE, ids=relative)


def body_length(function: Function) -> int:
    """Lines of a function's body without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def too_long(tree: ast.Module) -> list[str]:
    """Functions whose body is over the limit."""
    functions = [node for node in ast.walk(tree) if isinstance(node, Function)]
    return [
        f"{f.name} (line {f.lineno}): {body_length(f)} lines"
        for f in functions
        if body_length(f) > LONGEST_BODY
    ]


def undocumented(tree: ast.Module) -> list[str]:
    """Public functions and classes of a module, and public methods, without a docstring."""
    public = [node for node in tree.body if isinstance(node, Function | ast.ClassDef)]
    methods = [
        (f"{owner.name}.{node.name}", node)
        for owner in public
        if isinstance(owner, ast.ClassDef) and not owner.name.startswith("_")
        for node in owner.body
        if isinstance(node, Function)
    ]
    named = [(node.name, node) for node in public] + methods
    return [
        name
        for name, node in named
        if not any(part.startswith("_") for part in name.split("."))
        and not any("overload" in ast.unparse(d) for d in node.decorator_list)
        and not any(ast.unparse(d).endswith(".setter") for d in node.decorator_list)
        and not ast.get_docstring(node)
    ]


def panel_misnamed(tree: ast.Module) -> Iterator[str]:
    """Imports that bind HoloViz Panel to another name than pn."""
    for node in ast.walk(tree):
        names = node.names if isinstance(node, ast.Import) else []
        for alias in names:
            if alias.name.split(".")[0] == "panel" and (alias.name, alias.asname) != (
                "panel",
                "pn",
            ):
                yield f"line {node.lineno}: {ast.unparse(node)}"


@pytest.mark.parametrize("path", WRITTEN, ids=relative)
def test_file_is_short(path: Path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST_FILE, f"{lines} lines; split it by concept"


@pytest.mark.parametrize("path", PYTHON, ids=relative)
def test_function_bodies_are_short(path: Path):
    assert not too_long(parsed(path))


@pytest.mark.parametrize("path", PYTHON, ids=relative)
def test_module_has_a_docstring(path: Path):
    assert ast.get_docstring(parsed(path)) or not path.read_text(encoding="utf-8").strip()


@each_module
def test_module_says_what_is_public(path: Path):
    if path.name == "__main__.py":
        return
    targets = [
        target.id
        for node in parsed(path).body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    ]
    assert "__all__" in targets


@each_module
def test_public_names_are_documented(path: Path):
    assert not undocumented(parsed(path))


@pytest.mark.parametrize("path", PYTHON, ids=relative)
def test_holoviz_panel_is_pn(path: Path):
    assert not list(panel_misnamed(parsed(path)))


def test_public_names_exist():
    names = [module_name(path) for path in PACKAGE if path.name != "__main__.py"]
    script = (
        "import importlib, json, sys\n"
        "gone = {}\n"
        "for name in json.loads(sys.argv[1]):\n"
        "    module = importlib.import_module(name)\n"
        "    listed = getattr(module, '__all__', [])\n"
        "    missing = [n for n in listed if not hasattr(module, n)]\n"
        "    if missing or len(set(listed)) != len(listed):\n"
        "        gone[name] = missing or 'named twice'\n"
        "print(json.dumps(gone))\n"
    )
    shown = child("-c", script, json.dumps(names))
    assert json.loads(shown.splitlines()[-1]) == {}


class TestControls:
    """The rules see what they are meant to see."""

    def test_long_body(self):
        body = "\n".join(f"    x = {n}" for n in range(LONGEST_BODY + 1))
        assert too_long(ast.parse(f'def f():\n    """Doc."""\n{body}\n'))
        assert not too_long(ast.parse('def f():\n    """' + "Doc.\n" * 90 + '"""\n'))

    def test_missing_docstring(self):
        tree = ast.parse(
            "def f(): pass\nclass A:\n    'd'\n    def g(self): pass\ndef _h(): pass\n"
        )
        assert undocumented(tree) == ["f", "A.g"]

    @pytest.mark.parametrize(
        "line", ["import panel", "import panel as p", "import panel.theme", "import panel.io as pn"]
    )
    def test_panel_misnamed(self, line):
        assert list(panel_misnamed(ast.parse(line)))

    def test_panel_named_well(self):
        assert not list(panel_misnamed(ast.parse("import panel as pn\nfrom x import panel\n")))
