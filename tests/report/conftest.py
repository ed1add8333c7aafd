"""A toy template, so that running can be tested without a market."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from workbench.report.parameters import DEMO, TemplateParameters


class ToyParameters(TemplateParameters):
    """A toy."""

    FILES = ("data",)

    number: int = 1
    data: str = DEMO
    title: str | None = None

    def heading(self) -> str:
        """Return the title."""
        return self.title or "toy"


def code(source: str, tags: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return a code cell."""
    return {
        "cell_type": "code",
        "id": f"cell-{abs(hash(source)) % 10**6}",
        "metadata": {"tags": list(tags)},
        "execution_count": None,
        "outputs": [],
        "source": source.splitlines(keepends=True),
    }


def notebook(*sources: str) -> dict[str, Any]:
    """Return a notebook of a parameters cell and further code cells."""
    first = code('number: int = 1\ndata: str = "demo"\ntitle: str = None', ("parameters",))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {
        "cells": [first, *map(code, sources)],
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Make the sources given the cells of the only template, ``toy``."""
    home = tmp_path / "curated"
    module = import_module("workbench.report.templates")
    monkeypatch.setattr(module, "MODELS", MappingProxyType({"toy": ToyParameters}))
    monkeypatch.setattr(module, "folder", lambda: home)

    def install(*sources: str) -> None:
        (home / "templates").mkdir(parents=True, exist_ok=True)
        (home / "templates" / "toy.ipynb").write_text(json.dumps(notebook(*sources)))

    return install


@pytest.fixture
def card() -> dict[str, Any]:
    """Return the smallest complete run card."""
    return {
        "schema": 1,
        "status": "completed",
        "exception": None,
        "failed_cell": None,
        "template": {"name": "factor_study", "sha256": "a" * 64},
        "parameters": {"factor": "rank(close)", "data": "demo", "title": None},
        "input_hash": "b" * 64,
        "files": {},
        "data": {},
        "results": {"audit": {"passed": True}},
        "machine": {
            "python": "3.11.7",
            "platform": "Linux x86_64",
            "packages": {"numpy": "2.4"},
            "engine": {"kernels": "oracle"},
            "git": None,
        },
        "run": {"started": "2026-01-01", "finished": "", "seconds": 1.0, "peak_memory_bytes": 1},
    }
