"""Find the notebooks that can be rendered, and read what they declare.

1. :func:`folder` finds the curated notebooks: those of the checkout, else the packaged copy.
2. :func:`templates` lists the names under ``templates/`` that have a parameter model.
3. :func:`find` turns one name into a :class:`Template`; a name is never a path.
4. :func:`declared` reads the names of the cell tagged ``parameters`` without running it.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from workbench.errors import ReportError, UnknownTemplateError, near_names
from workbench.report.parameters import MODELS, TemplateParameters

__all__ = ["Template", "declared", "find", "folder", "templates"]

PACKAGE = Path(__file__).resolve().parents[1]
NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


@dataclass(frozen=True)
class Template:
    """One notebook that can be run with parameters.

    Attributes
    ----------
    name : str
        File name without suffix.
    source : bytes
        The notebook file as it was read; what is hashed is what is run.
    model : type of TemplateParameters
        The typed parameters.
    """

    name: str
    source: bytes
    model: type[TemplateParameters]

    @property
    def sha256(self) -> str:
        """Hash of the notebook file."""
        return hashlib.sha256(self.source).hexdigest()

    @property
    def notebook(self) -> dict[str, Any]:
        """The notebook as plain JSON."""
        return json.loads(self.source)

    @property
    def summary(self) -> str:
        """First sentence of the model's docstring."""
        return (self.model.__doc__ or "").strip().splitlines()[0]


def folder() -> Path:
    """Return the folder of the curated notebooks.

    Returns
    -------
    Path
        ``notebooks/`` beside the package in a checkout, else the copy inside the package.

    Raises
    ------
    ReportError
        If the installation carries neither.

    Examples
    --------
    >>> (folder() / "templates" / "factor_study.ipynb").is_file()
    True
    """
    beside = PACKAGE.parent / "notebooks"
    packaged = PACKAGE / "_notebooks"
    if (PACKAGE.parent / "pyproject.toml").is_file() and (beside / "templates").is_dir():
        return beside
    if (packaged / "templates").is_dir():
        return packaged
    raise ReportError(
        "Expected the notebooks beside the package or inside it, found neither; "
        "reinstall workbench (`pip install --force-reinstall workbench`)."
    )


def templates() -> Mapping[str, Template]:
    """Return every template by name, sorted.

    Returns
    -------
    Mapping of str to Template

    Examples
    --------
    >>> "factor_study" in templates()
    True
    """
    home = folder() / "templates"
    found = {
        name: Template(name, (home / f"{name}.ipynb").read_bytes(), model)
        for name, model in sorted(MODELS.items())
        if (home / f"{name}.ipynb").is_file()
    }
    return MappingProxyType(found)


def find(name: str) -> Template:
    """Return the template called `name`.

    Parameters
    ----------
    name : str
        A name, as ``templates()`` lists it; paths are refused.

    Returns
    -------
    Template

    Raises
    ------
    UnknownTemplateError
        If there is no such template.

    Examples
    --------
    >>> find("factor_study").name
    'factor_study'
    """
    known = templates()
    if not isinstance(name, str) or not NAME.fullmatch(name) or name not in known:
        shown = repr(name)[:80]
        raise UnknownTemplateError(
            f"Expected the name of a template ({', '.join(known)}), got {shown}."
            f"{near_names(str(name)[:80], known)} `workbench report list` shows them."
        )
    return known[name]


def declared(notebook: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names assigned in the cell tagged ``parameters``, in order.

    Parameters
    ----------
    notebook : Mapping
        The notebook as JSON.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> cell = {"metadata": {"tags": ["parameters"]}, "source": ["seed: int = 7  # luck"]}
    >>> declared({"cells": [cell]})
    ('seed',)
    """
    names: list[str] = []
    for cell in notebook["cells"]:
        if "parameters" not in cell["metadata"].get("tags", ()):
            continue
        for statement in ast.parse("".join(cell["source"])).body:
            targets = [statement.target] if isinstance(statement, ast.AnnAssign) else []
            targets = statement.targets if isinstance(statement, ast.Assign) else targets
            names.extend(target.id for target in targets if isinstance(target, ast.Name))
    return tuple(names)
