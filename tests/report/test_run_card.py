"""The run card: complete, canonical, and silent about the machine."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench.report import run_card


def make(**changes: Any) -> dict[str, Any]:
    outcome = {
        "status": "completed",
        "exception": None,
        "failed_cell": None,
        "started": "2026-01-01T00:00:00+00:00",
        "finished": "2026-01-01T00:00:01+00:00",
        "seconds": 1.0,
        "peak_memory_bytes": 5,
    }
    parts: dict[str, Any] = {
        "template": {"name": "factor_study", "sha256": "a"},
        "parameters": {"factor": "rank(close)", "seed": 7, "data": "a.parquet"},
        "inputs": {"hash": "b", "files": {"data": "c"}},
        "results": {"data": {"source": "/home/me/a.parquet"}, "audit": {"passed": True}},
        "outcome": outcome,
    }
    return run_card.card(**(parts | changes))


def test_the_card_says_what_it_must() -> None:
    card = make()
    assert card["schema"] == run_card.SCHEMA
    assert card["seeds"] == {"seed": 7}
    assert card["data"] == {"source": "a.parquet"}
    assert card["results"] == {"audit": {"passed": True}}
    assert card["machine"]["python"] == ".".join(map(str, sys.version_info[:3]))
    assert card["machine"]["packages"]["numpy"] == np.__version__
    assert "workbench" in card["machine"]["packages"]
    assert set(card["machine"]["engine"]) == {"kernels", "device"}
    assert json.loads(run_card.to_bytes(card)) == card


def test_no_absolute_path_and_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_TOKEN", "canary-77aa")
    text = run_card.to_bytes(make()).decode()
    assert "canary-77aa" not in text
    assert "/home" not in text
    assert str(Path(run_card.__file__).parent) not in text


def test_one_form_whatever_the_order() -> None:
    assert run_card.to_bytes({"b": 1, "a": "é"}) == run_card.to_bytes({"a": "é", "b": 1})
    with pytest.raises(ValueError, match="JSON compliant"):
        run_card.to_bytes({"a": float("nan")})


def test_every_input_changes_the_hash() -> None:
    base = ("n", {"seed": 7, "factor": "close"}, {"data": "f"})
    changed = [
        ("m", *base[1:]),
        (base[0], {"seed": 8, "factor": "close"}, base[2]),
        (*base[:2], {"data": "g"}),
        (*base[:2], {}),
    ]
    hashes = {run_card.input_hash(*inputs) for inputs in (base, *changed)}
    assert len(hashes) == 5
    assert run_card.input_hash(*base) == run_card.input_hash("n", dict(base[1]), dict(base[2]))


def test_file_hash(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"x" * 3_000_000)
    assert run_card.file_sha256(file) == hashlib.sha256(b"x" * 3_000_000).hexdigest()


def test_git_state(tmp_path: Path) -> None:
    assert run_card.git_state(tmp_path) is None
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run([*git, "init", "-q"], check=True)
    (tmp_path / "file").touch()
    subprocess.run([*git, "add", "file"], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "x"], check=True)
    state = run_card.git_state(tmp_path)
    assert state is not None
    assert state["clean"] is True
    assert len(state["commit"]) == 40
    (tmp_path / "file").write_text("changed")
    assert run_card.git_state(tmp_path) == state | {"clean": False}
