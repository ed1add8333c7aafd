"""Scrubbing: folders of this machine leave no trace, results stay."""

from __future__ import annotations

import copy
import sys
from pathlib import Path

import pytest

from workbench.report.process import environment
from workbench.report.scrub import relative, scrubber, tidy, walk


def test_folders_are_shortened(tmp_path: Path) -> None:
    clean = scrubber(tmp_path)
    assert clean(f"open('{tmp_path}/a.csv')") == "open('./a.csv')"
    assert clean(f"{sys.prefix}/lib/x.py") == "<python>/lib/x.py"
    assert clean(f"{Path.home()}/secret") == "~/secret"
    assert clean("rank(close) / 2") == "rank(close) / 2"
    assert clean(f"{tmp_path}-other") != ".-other", "only whole names"


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("/a/b.csv", "b.csv"),
        ("C:\\a\\b.csv", "b.csv"),
        ("a/b", "a/b"),
        ("/", "/"),
        ("close / open", "close / open"),
        ("", ""),
    ],
)
def test_relative(text: str, short: str) -> None:
    assert relative(text) == short


def test_walk_reaches_every_text() -> None:
    assert walk({"a": [{"b": ("x",)}, 1, None]}, str.upper) == {"a": [{"b": ["X"]}, 1, None]}


def test_tidy_keeps_results_and_drops_the_clock(tmp_path: Path) -> None:
    output = {"output_type": "stream", "name": "stdout", "text": [f"\x1b[31m{tmp_path}/x\n"]}
    cell = {
        "id": "random",
        "cell_type": "code",
        "metadata": {
            "tags": ["injected-parameters"],
            "execution": {"when": "now"},
            "papermill": {"status": "completed", "exception": False, "duration": 1.5},
        },
        "source": f"path = '{tmp_path}'",
        "outputs": [output],
    }
    banner = {"id": "b", "metadata": {"tags": ["papermill-error-cell-tag"]}, "source": "!"}
    papermill = {"parameters": {"a": 1}, "environment_variables": {"T": "x"}, "output_path": "/x"}
    notebook = {"cells": [banner, cell], "metadata": {"papermill": papermill, "kernelspec": {}}}
    before = copy.deepcopy(notebook)
    tidied = tidy(notebook, scrubber(tmp_path))
    assert notebook == before, "the input is untouched"
    (kept,) = tidied["cells"]
    assert kept["id"] == "injected-parameters"
    assert kept["outputs"][0]["text"] == ["./x\n"]
    assert kept["metadata"] == {
        "tags": ["injected-parameters"],
        "papermill": {"status": "completed", "exception": False},
    }
    assert tidied["metadata"] == {"kernelspec": {}, "papermill": {"parameters": {"a": 1}}}


@pytest.mark.parametrize(
    "name",
    [
        "TUSHARE_TOKEN",
        "POLYGON_API_KEY",
        "polygon_apikey",
        "DB_PASSWORD",
        "PGPASSWD",
        "AWS_SECRET_ACCESS_KEY",
        "GOOGLE_APPLICATION_CREDENTIALS",
        "SSH_PRIVATE",
        "GPG_PASSPHRASE",
    ],
)
def test_secrets_stay_with_the_parent(name: str, tmp_path: Path) -> None:
    assert name not in environment(tmp_path, {name: "x"})


def test_the_rest_is_passed_on(tmp_path: Path) -> None:
    kept = environment(tmp_path, {"PATH": "/bin", "WORKBENCH_HOME": "/w", "KEYBOARD": "de"})
    assert kept["PATH"] == "/bin"
    assert kept["WORKBENCH_HOME"] == "/w"
    assert kept["KEYBOARD"] == "de"
    assert kept["PYTHONHASHSEED"] == "0"
