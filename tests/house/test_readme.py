"""The README's Python runs as it stands, and says nothing that is still to be filled in."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path


def blocks(readme: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", readme.read_text(encoding="utf-8"), re.S)


def test_the_tour_runs(repository: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    tour = blocks(repository / "README.md", "python")
    assert tour
    names: dict[str, object] = {}
    for block in tour:
        exec(compile(block, "README.md", "exec"), names)
    assert names["study"].summary().shape[0] == 3  # type: ignore[attr-defined]


def test_nothing_is_left_to_fill_in(repository: Path) -> None:
    text = (repository / "README.md").read_text(encoding="utf-8")
    for variable in ("WORKBENCH_HOME", "TUSHARE_TOKEN", "MASSIVE_API_KEY"):
        text = text.replace(variable, "")
    assert not re.findall(r"\b[A-Z]+_[A-Z_]+\b(?!=)", text)
    for picture in re.findall(r"!\[[^]]*\]\(([^)]+)\)", text):
        assert (repository / picture).is_file()


def test_the_two_commands_are_there(repository: Path) -> None:
    commands = "\n".join(blocks(repository / "README.md", "bash"))
    assert "pip install . && workbench demo" in commands
    assert 'pip install -e ".[test]" && pytest' in commands
    ci = (repository / ".ci" / "run").read_text(encoding="utf-8")
    assert 'pip install -q -e ".[test]" && pytest' in ci
