"""Documents agree with the code: README with the CLI, environment.yml with pyproject.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

import pytest
import typer
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from tests.house.repository import ROOT

CONDA_NAMES = {"python-duckdb": "duckdb"}
"""conda-forge name → name on PyPI, where they differ."""

TOOLS = {"c-compiler", "cmake", "compilers", "cxx-compiler", "ninja", "pip", "python"}
"""What an environment needs besides the package's own requirements."""


def commands(command, path: str) -> Iterator[str]:
    """Full spelling of every command of a typer application."""
    children = getattr(command, "commands", None)
    if not children:
        yield path
        return
    for name, sub in children.items():
        if not sub.hidden:
            yield from commands(sub, f"{path} {name}")


def spelled_out(text: str) -> set[str]:
    """Commands named in a text; ``workbench data {a,b}`` names two."""
    named = set()
    for words, choices in re.findall(r"(workbench(?: [a-z-]+)*)(?: \{([^}]*)\})?", text):
        parts = words.split()
        named |= {" ".join(parts[:length]) for length in range(1, len(parts) + 1)}
        named |= {f"{words} {choice.strip()}" for choice in choices.split(",") if choice}
    return named


def pyproject():
    """The parsed pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def requirement(line: str) -> tuple[str, SpecifierSet]:
    """Name on PyPI and version range of a requirement in either dialect."""
    parsed = Requirement(line)
    name = canonicalize_name(parsed.name)
    return CONDA_NAMES.get(name, name), parsed.specifier


def environment() -> tuple[list[str], list[str]]:
    """Requirements from conda channels, and those left to pip."""
    listed = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    conda = [line for line in listed if isinstance(line, str)]
    pip = [line for part in listed if isinstance(part, dict) for line in part["pip"]]
    return conda, [line for line in pip if not re.match(r"(-e )?\.", line)]


def test_readme_names_every_command():
    from workbench.cli.main import app

    wanted = set(commands(typer.main.get_command(app), "workbench"))
    assert len(wanted) > 5
    assert not wanted - spelled_out((ROOT / "README.md").read_text(encoding="utf-8"))


def test_spelling_of_commands():
    named = spelled_out("`workbench demo` or `workbench data {update,sql}`; workbench factor list")
    assert {"workbench demo", "workbench data update", "workbench data sql"} <= named
    assert "workbench factor list" in named


class TestEnvironment:
    def test_same_packages(self):
        conda, pip = environment()
        given = [requirement(line)[0] for line in (*conda, *pip)]
        assert len(set(given)) == len(given), "a package is asked for twice"
        build = {requirement(line)[0] for line in pyproject()["build-system"]["requires"]}
        core = {requirement(line)[0] for line in pyproject()["project"]["dependencies"]}
        assert set(given) - TOOLS - (build - core) == core

    def test_same_versions(self):
        core = dict(map(requirement, pyproject()["project"]["dependencies"]))
        conda, pip = environment()
        differ = {
            name: (str(versions), str(core[name]))
            for name, versions in map(requirement, (*conda, *pip))
            if name in core and versions != core[name]
        }
        assert not differ

    def test_same_python(self):
        python = dict(map(requirement, environment()[0]))["python"]
        assert python == SpecifierSet(pyproject()["project"]["requires-python"])

    def test_wheels_with_cuda_in_their_name_are_no_conda_packages(self):
        assert not [line for line in environment()[0] if "-cu12" in line]


def test_constraints_are_pins():
    lines = (ROOT / ".ci" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line.strip() and not line.startswith("#")]
    assert pins
    odd = [line for line in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+]+", line)]
    assert not odd


@pytest.mark.parametrize("line", ["python-duckdb >=1.4", "duckdb>=1.4", "DuckDB >= 1.4"])
def test_dialects_of_requirements(line):
    assert requirement(line) == ("duckdb", SpecifierSet(">=1.4"))
