"""``workbench doctor``: what is here, what is missing, and how to gain speed.

Each check is one function that answers a :class:`Finding`; :data:`CHECKS` lists them. Nothing is
changed and nothing outside this machine is asked.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from workbench.cli import tables

__all__ = ["CHECKS", "Finding", "doctor"]

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "msedge")


@dataclass(frozen=True)
class Finding:
    """Outcome of one check.

    Attributes
    ----------
    check : str
        What was looked at.
    status : str
        ``"ok"``, ``"note"`` (works, could be better) or ``"problem"``.
    found : str
        What is there.
    advice : str
        What to do, empty if nothing.
    """

    check: str
    status: str
    found: str
    advice: str = ""


def python() -> Finding:
    """Name Python and platform."""
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    return Finding("python", "ok", found)


def packages() -> Finding:
    """Compare the installed packages with what the metadata of workbench asks for."""
    try:
        required = importlib.metadata.requires("workbench") or []
    except importlib.metadata.PackageNotFoundError:
        return Finding(
            "packages", "note", "running from a folder, not installed", "pip install -e ."
        )
    from packaging.requirements import Requirement

    wanted = [Requirement(line) for line in required]
    wanted = [item for item in wanted if item.marker is None or item.marker.evaluate({"extra": ""})]
    wrong = []
    for item in wanted:
        try:
            have = importlib.metadata.version(item.name)
        except importlib.metadata.PackageNotFoundError:
            wrong.append(f"{item.name} missing")
            continue
        if not item.specifier.contains(have, prereleases=True):
            wrong.append(f"{item.name} {have} (wanted {item.specifier})")
    if wrong:
        return Finding("packages", "problem", ", ".join(wrong), "pip install --upgrade workbench")
    return Finding("packages", "ok", f"{len(wanted)} required packages present")


def kernels() -> Finding:
    """Name the compiled kernels."""
    from workbench.compute import engine

    found = engine()
    if not found.compiled:
        return Finding(
            "kernels",
            "note",
            "compiled kernels absent; the NumPy oracle serves, more slowly",
            "Install a C++ compiler (g++ or clang++) and reinstall workbench; it compiles then.",
        )
    return Finding("kernels", "ok", f"{found.name} (usable here: {', '.join(found.variants)})")


def gpu() -> Finding:
    """Look for a GPU that CuPy can use; CuPy is imported only if it is installed."""
    if importlib.util.find_spec("cupy") is None:
        return Finding(
            "gpu", "note", "CuPy not installed", "With an NVIDIA GPU: pip install .[gpu]"
        )
    cupy = importlib.import_module("cupy")
    if not cupy.is_available():
        return Finding("gpu", "note", f"CuPy {cupy.__version__}, no usable device")
    count = cupy.cuda.runtime.getDeviceCount()
    return Finding("gpu", "ok", f"CuPy {cupy.__version__}, {count} device(s)")


def browser() -> Finding:
    """Look for a Chromium, which only the browser tests need."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        return Finding("browser", "note", "no Chromium found", "Only the browser tests need one.")
    return Finding("browser", "ok", Path(found).name)


def notebooks() -> Finding:
    """Look for the curated notebooks and templates."""
    from workbench.errors import ReportError
    from workbench.report.templates import templates

    try:
        names = tuple(templates())
    except ReportError as error:
        return Finding("notebooks", "problem", str(error), "Reinstall workbench.")
    return Finding("notebooks", "ok", f"templates: {', '.join(names)}")


def folders() -> Finding:
    """Check that the working folder and the temporary one are writable."""
    places = {"working folder": Path.cwd(), "temporary folder": Path(tempfile.gettempdir())}
    closed = [name for name, path in places.items() if not os.access(path, os.W_OK)]
    if closed:
        return Finding(
            "folders", "problem", f"not writable: {', '.join(closed)}", "Change folder or rights."
        )
    return Finding("folders", "ok", f"{' and '.join(places)} writable")


CHECKS: tuple[Callable[[], Finding], ...] = (
    python,
    packages,
    kernels,
    gpu,
    browser,
    notebooks,
    folders,
)


def doctor(json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Check the installation; exit status 1 if something is broken."""
    findings = [check() for check in CHECKS]
    if json:
        tables.show_json([asdict(finding) for finding in findings])
    else:
        rows = [list(asdict(finding).values()) for finding in findings]
        tables.show("workbench doctor", ["check", "status", "found", "advice"], rows)
    if any(finding.status == "problem" for finding in findings):
        raise typer.Exit(1)
