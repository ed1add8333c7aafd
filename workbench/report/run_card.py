"""The run card: everything needed to say what a report was made of, and to make it again.

A card is plain JSON: template and its hash, parameters, data with their hashes, versions, git
state, engine, seeds, results, timing, hashes of what was written. It holds no absolute path, no
environment variable and no secret.

1. :func:`file_sha256` and :func:`input_hash` name the inputs.
2. :func:`machine` describes Python, platform, packages and git state.
3. :func:`card` puts the card together; :func:`to_bytes` writes it in one canonical form.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.report.scrub import relative, walk

__all__ = ["SCHEMA", "card", "file_sha256", "input_hash", "machine", "to_bytes"]

SCHEMA = 1
_PACKAGES = """
workbench numpy pandas polars pyarrow scipy duckdb deltalake panel holoviews bokeh papermill
nbclient nbformat ipykernel ipython pydantic nh3 cupy-cuda12x cudf-cu12
"""
ROOT = Path(__file__).resolve().parents[2]


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def input_hash(
    notebook_sha256: str, parameters: Mapping[str, Any], files: Mapping[str, str]
) -> str:
    """Return the hash of all that decides the result: notebook, parameters, files, version.

    Parameters
    ----------
    notebook_sha256 : str
        Hash of the template.
    parameters : Mapping
        Checked parameters, files by name.
    files : Mapping
        Parameter name to SHA-256 of the file it names.

    Returns
    -------
    str
        64 hexadecimal digits.

    Examples
    --------
    >>> one = input_hash("ab", {"seed": 7}, {})
    >>> one == input_hash("ab", {"seed": 8}, {}), len(one)
    (False, 64)
    """
    inputs = {
        "notebook": notebook_sha256,
        "parameters": dict(parameters),
        "files": dict(files),
        "workbench": versions().get("workbench"),
    }
    return hashlib.sha256(to_bytes(inputs)).hexdigest()


def versions() -> dict[str, str]:
    """Return the installed versions of the packages that can change a number or a page."""
    found = {}
    for name in _PACKAGES.split():
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    if "workbench" not in found:
        import workbench

        found["workbench"] = workbench.__version__
    return found


def machine() -> dict[str, Any]:
    """Return Python, platform, package versions, engine and git state.

    Returns
    -------
    dict
        ``python``, ``platform``, ``packages``, ``engine``, ``git`` (None outside a checkout).
    """
    return {
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "packages": versions(),
        "engine": engine(),
        "git": git_state(ROOT),
    }


def engine() -> dict[str, Any]:
    """Return what computes here: the best kernel variant, or the NumPy oracle."""
    from workbench.compute import engine as chosen

    return {"kernels": chosen().name, "device": "cpu"}


def git_state(root: Path) -> dict[str, Any] | None:
    """Return commit and cleanliness of a checkout, or None where there is none."""
    git = shutil.which("git")
    if git is None or not (root / ".git").exists():
        return None

    def ask(*words: str) -> str | None:
        done = subprocess.run(
            [git, "-C", str(root), *words], capture_output=True, text=True, timeout=10, check=False
        )
        return done.stdout.strip() if done.returncode == 0 else None

    status = ask("status", "--porcelain")
    return {"commit": ask("rev-parse", "HEAD"), "clean": None if status is None else not status}


def card(
    *,
    template: Mapping[str, str],
    parameters: Mapping[str, Any],
    inputs: Mapping[str, Any],
    results: Mapping[str, Any],
    outcome: Mapping[str, Any],
) -> dict[str, Any]:
    """Put a run card together.

    Parameters
    ----------
    template : Mapping
        ``name`` and ``sha256``.
    parameters : Mapping
        Checked parameters.
    inputs : Mapping
        ``hash`` and ``files`` (parameter name to hash).
    results : Mapping
        What the notebook published; its ``data`` becomes the provenance.
    outcome : Mapping
        ``status``, ``exception``, ``failed_cell``, ``started``, ``finished``, ``seconds``,
        ``peak_memory_bytes``.

    Returns
    -------
    dict
        JSON, with absolute paths cut to their last part.
    """
    published = dict(results)
    data = published.pop("data", {})
    content = {
        "schema": SCHEMA,
        "status": outcome["status"],
        "exception": outcome["exception"],
        "failed_cell": outcome["failed_cell"],
        "template": dict(template),
        "parameters": dict(parameters),
        "input_hash": inputs["hash"],
        "files": dict(inputs["files"]),
        "seeds": {name: value for name, value in parameters.items() if name.endswith("seed")},
        "data": data,
        "results": published,
        "machine": machine(),
        "run": {
            key: outcome[key] for key in ("started", "finished", "seconds", "peak_memory_bytes")
        },
    }
    return walk(content, relative)


def to_bytes(content: Mapping[str, Any]) -> bytes:
    """Return `content` as canonical JSON: sorted keys, UTF-8, no NaN, final newline."""
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode("utf-8")
