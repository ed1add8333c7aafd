"""Where the repository is and what belongs to it: tracked files and files git does not ignore."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

__all__ = ["ROOT", "child", "files", "module_name", "parsed", "relative", "sources"]

ROOT = Path(__file__).resolve().parents[2]


@cache
def files() -> tuple[Path, ...]:
    """Every file that is or could be committed."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found = {ROOT / name for name in listed.split("\0") if name}
    return tuple(sorted(path for path in found if path.is_file()))


def relative(path: Path) -> str:
    """Path as written in the repository; also the test id."""
    return path.relative_to(ROOT).as_posix()


def sources(room: str, *suffixes: str) -> list[Path]:
    """Files of these suffixes under a top-level folder."""
    return [p for p in files() if p.suffix in suffixes and relative(p).startswith(f"{room}/")]


@cache
def parsed(path: Path) -> ast.Module:
    """Syntax tree of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=relative(path))


def module_name(path: Path) -> str:
    """Dotted name by which a file is imported."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def child(*arguments: str) -> str:
    """Run this Python in a fresh process at the root; its output, or the failure in its words."""
    run = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if run.returncode:
        pytest.fail(f"{run.stdout}\n{run.stderr}".strip(), pytrace=False)
    return run.stdout
