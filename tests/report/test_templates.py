"""Templates: found by name only, and their parameters cell agrees with the model."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import pytest

from workbench.errors import ParameterError, ReportError, UnknownTemplateError
from workbench.report import templates as listing
from workbench.report.parameters import FactorStudyParameters
from workbench.report.run import require_declared
from workbench.report.templates import Template, declared, find, folder

MODULE = import_module("workbench.report.templates")  # the function hides the module

HOSTILE = [
    "../factor_study",
    "../../notebooks/00_quickstart",
    "templates/factor_study",
    "factor_study.ipynb",
    "/etc/passwd",
    "factor_study\0",
    "factor_study\n",
    "FACTOR_STUDY",
    "",
    ".",
    "{factor}",
    "x" * 100_000,
    None,
    7,
    Path("factor_study"),
]


@pytest.mark.parametrize("name", HOSTILE, ids=lambda name: repr(name)[:30])
def test_a_name_is_never_a_path(name: object) -> None:
    with pytest.raises(UnknownTemplateError, match="Expected the name of a template"):
        find(name)  # type: ignore[arg-type]


def test_near_name() -> None:
    with pytest.raises(UnknownTemplateError, match="Did you mean 'factor_study'"):
        find("factor_studi")


@pytest.mark.parametrize("name", sorted(listing()))
def test_cell_and_model_agree_in_names_order_and_defaults(name: str) -> None:
    template = listing()[name]
    assert declared(template.notebook) == tuple(template.model.model_fields)
    (cell,) = [
        cell
        for cell in template.notebook["cells"]
        if "parameters" in cell["metadata"].get("tags", ())
    ]
    values = {
        statement.target.id: ast.literal_eval(statement.value)  # type: ignore[union-attr, arg-type]
        for statement in ast.parse("".join(cell["source"])).body
    }
    defaults = {field: info.get_default() for field, info in template.model.model_fields.items()}
    for field, default in defaults.items():
        if not template.model.model_fields[field].is_required():
            assert values[field] == (list(default) if isinstance(default, tuple) else default)
    assert template.model(**values), "the cell's own values must pass the model"


def test_every_parameter_of_the_cell_is_explained() -> None:
    for template in listing().values():
        (cell,) = [c for c in template.notebook["cells"] if c["metadata"].get("tags")]
        assert all("  # " in line for line in cell["source"])


def test_a_template_that_disagrees_is_refused() -> None:
    source = b'{"cells": [{"metadata": {"tags": ["parameters"]}, "source": ["other = 1"]}]}'
    with pytest.raises(ParameterError, match="to declare"):
        require_declared(Template("factor_study", source, FactorStudyParameters))


def test_without_notebooks_the_message_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MODULE, "PACKAGE", tmp_path / "workbench")
    with pytest.raises(ReportError, match="reinstall"):
        folder()


def test_the_packaged_copy_serves_without_a_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "workbench"
    (package / "_notebooks" / "templates").mkdir(parents=True)
    (tmp_path / "notebooks" / "templates").mkdir(parents=True)  # someone else's, no pyproject
    monkeypatch.setattr(MODULE, "PACKAGE", package)
    assert folder() == package / "_notebooks"
