"""Every notebook runs from top to bottom, and the numbers it stores are found again (nbval)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").rglob("*.ipynb"))
LIMIT = 240


def run_nbval(notebook: Path, home: Path) -> subprocess.CompletedProcess[str]:
    """Run nbval on a copy of one notebook, away from the user's own Jupyter files."""
    copy = home / notebook.name
    copy.write_bytes(notebook.read_bytes())
    (home / "pytest.ini").write_text("[pytest]\n")
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "IPYTHONDIR": str(home / "ipython"),
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    options = ["--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=120", "-q", "-x"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options, str(copy)],
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )


def test_there_are_notebooks() -> None:
    names = {path.relative_to(ROOT / "notebooks").as_posix() for path in NOTEBOOKS}
    curated = {"00_quickstart.ipynb", "01_data.ipynb", "02_factor_language.ipynb"}
    assert curated | {"templates/factor_study.ipynb"} <= names


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_notebook_runs_and_its_numbers_are_found_again(path: Path, tmp_path: Path) -> None:
    done = run_nbval(path, tmp_path)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    cells = json.loads(path.read_text())["cells"]
    assert f"{sum(cell['cell_type'] == 'code' for cell in cells)} passed" in done.stdout


def test_a_wrong_number_is_noticed(tmp_path: Path) -> None:
    cell = {
        "cell_type": "code",
        "id": "sum",
        "metadata": {},
        "execution_count": None,
        "outputs": [{"output_type": "stream", "name": "stdout", "text": ["3\n"]}],
        "source": ["# NBVAL_CHECK_OUTPUT\n", "print(1 + 1)"],
    }
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = {"cells": [cell], "metadata": {"kernelspec": kernel}}
    wrong = tmp_path / "wrong.ipynb"
    wrong.write_text(json.dumps(notebook | {"nbformat": 4, "nbformat_minor": 5}))
    (tmp_path / "run").mkdir()
    done = run_nbval(wrong, tmp_path / "run")
    assert done.returncode == 1
    assert "1 failed" in done.stdout
