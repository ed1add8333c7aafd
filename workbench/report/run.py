"""Run one report: parameters in; HTML, executed notebook and run card out.

1. The template is found by name and the parameters are checked: no kernel starts for a mistake.
2. The inputs are hashed; slug and hash make the file names, and the places are checked.
3. The notebook runs in its own process in a scratch folder; files given as data are linked there
   under their own names, so that neither notebook nor card learns where they lie.
4. Notebook, page and card are written atomically. A failed run keeps what there is, and says so.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.errors import ParameterError, ReportFailedError
from workbench.report import destination, run_card
from workbench.report.parameters import TemplateParameters, check
from workbench.report.process import Progress, watch
from workbench.report.render import render
from workbench.report.results import collect
from workbench.report.scrub import scrubber, tidy
from workbench.report.templates import Template, declared, find

__all__ = ["Report", "run"]


@dataclass(frozen=True)
class Report:
    """The files and results of one run.

    Attributes
    ----------
    html, notebook, run_card : Path
        What was written.
    status : str
        ``"completed"`` or ``"failed"``.
    seconds : float
        Wall time of the notebook.
    results : dict
        What the notebook published.
    """

    html: Path
    notebook: Path
    run_card: Path
    status: str
    seconds: float
    results: dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """How the process ended, with the notebook that it left."""

    notebook: dict[str, Any]
    facts: dict[str, Any]


def run(
    template: str,
    parameters: Mapping[str, Any] | TemplateParameters,
    out: str | os.PathLike[str] = "reports",
    *,
    timeout: float = 1800,
    progress: Progress | None = None,
) -> Report:
    """Run `template` with `parameters` and write the report into `out`.

    Parameters
    ----------
    template : str
        Name of a template, such as ``"factor_study"``.
    parameters : Mapping or TemplateParameters
        Values by name; see :mod:`workbench.report.parameters`.
    out : path
        Folder of the reports, created if absent.
    timeout : float
        Seconds allowed for the notebook.
    progress : callable or None
        Called with (cells done, cells in all).

    Returns
    -------
    Report

    Raises
    ------
    UnknownTemplateError
        If there is no such template.
    ParameterError
        If a parameter is unknown, missing or wrong; nothing has run.
    ReportPathError
        If the files cannot go where they should.
    ReportFailedError
        If a cell raised or time was up; page, partial notebook and card are kept and named.

    Examples
    --------
    >>> import workbench as wb
    >>> report = wb.report.run("factor_study", {"factor": "rank(close)"})  # doctest: +SKIP
    >>> report.html.name  # doctest: +SKIP
    'factor-study-rank-close-1f0c5a7b21.html'
    """
    chosen = find(template)
    values = check(chosen.model, parameters)
    require_declared(chosen)
    folder = destination.open_folder(out)
    files = {name: Path(getattr(values, name)) for name in values.file_parameters()}
    shown = {**values.model_dump(mode="json"), **{name: path.name for name, path in files.items()}}
    hashes = {name: run_card.file_sha256(path) for name, path in files.items()}
    digest = run_card.input_hash(chosen.sha256, shown, hashes)
    name = destination.stem(chosen.name, values.heading(), digest)
    places = [destination.place(folder, name + end) for end in (".html", ".ipynb", ".run.json")]

    with tempfile.TemporaryDirectory(prefix="workbench-report-") as scratch:
        outcome = execute(Path(scratch), chosen, shown, files, timeout, progress)
    results = collect(outcome.notebook)
    card = run_card.card(
        template={"name": chosen.name, "sha256": chosen.sha256},
        parameters=shown,
        inputs={"hash": digest, "files": hashes},
        results=results,
        outcome=outcome.facts,
    )
    write_all(places, outcome.notebook, card)
    status, seconds = outcome.facts["status"], outcome.facts["seconds"]
    report = Report(places[0], places[1], places[2], status, seconds, results)
    if status != "completed":
        raise ReportFailedError(failure(outcome.facts, report))
    return report


def require_declared(template: Template) -> None:
    """Refuse a template whose parameters cell and model do not name the same things."""
    cell, model = set(declared(template.notebook)), set(template.model.model_fields)
    if cell != model:
        raise ParameterError(
            f"Expected the parameters cell of {template.name!r} to declare {sorted(model)}, "
            f"got {sorted(cell)}; make the notebook and its model agree."
        )


def execute(
    scratch: Path,
    template: Template,
    parameters: Mapping[str, Any],
    files: Mapping[str, Path],
    timeout: float,
    progress: Progress | None,
) -> Outcome:
    """Run the notebook in `scratch` and return how it ended."""
    (scratch / "template.ipynb").write_bytes(template.source)
    cells = len(template.notebook["cells"]) + 1  # papermill adds one with the parameters
    job = {"parameters": dict(parameters), "cells": cells}
    (scratch / "job.json").write_text(json.dumps(job), encoding="utf-8")
    for path in files.values():
        link(path.resolve(), scratch / path.name)

    started, clock = dt.datetime.now(dt.UTC), time.perf_counter()
    in_time = watch(scratch, timeout, progress)
    seconds = time.perf_counter() - clock
    finished = dt.datetime.now(dt.UTC)

    clean = scrubber(scratch)
    notebook = tidy(read_json(scratch / "executed.ipynb") or template.notebook, clean)
    told = read_json(scratch / "outcome.json")
    if told is None:
        log = (scratch / "worker.log").read_text(encoding="utf-8", errors="replace")
        told = {"status": "failed", "exception": log.strip()[-2000:] or "the process died"}
    cell, raised = failed_cell(notebook)
    if not in_time:
        told["status"], raised = "failed", f"Timeout: stopped after {timeout:g} s"
    facts = {
        "status": told["status"],
        "exception": raised or (clean(told["exception"]) if told["exception"] else None),
        "failed_cell": cell,
        "started": started.isoformat(timespec="seconds"),
        "finished": finished.isoformat(timespec="seconds"),
        "seconds": round(seconds, 3),
        "peak_memory_bytes": told.get("peak_memory_bytes"),
    }
    return Outcome(notebook, facts)


def link(source: Path, target: Path) -> None:
    """Make `source` readable as `target`: by a link, or by a copy where links are refused."""
    try:
        target.symlink_to(source)
    except OSError:
        shutil.copyfile(source, target)


def read_json(path: Path) -> dict[str, Any] | None:
    """Return the JSON of a file, or None if the process left none or half of one."""
    try:
        return json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return None


def failed_cell(notebook: Mapping[str, Any]) -> tuple[int | None, str | None]:
    """Return number (from 1) and exception of the cell that raised, or None and None."""
    for number, cell in enumerate(notebook["cells"], start=1):
        for output in cell.get("outputs", ()):
            if output["output_type"] == "error":
                return number, f"{output['ename']}: {output['evalue']}"
    return None, None


def write_all(places: list[Path], notebook: Mapping[str, Any], card: dict[str, Any]) -> None:
    """Write page, notebook and, last, the card with their hashes."""
    page, executed, run_file = places
    contents = {
        executed: run_card.to_bytes(notebook),
        page: render(notebook, card).encode("utf-8"),
    }
    written = {path.name: hashlib.sha256(content).hexdigest() for path, content in contents.items()}
    contents[run_file] = run_card.to_bytes({**card, "outputs": written})
    # Two runs of the same inputs write the same names: one set of three at a time.
    with destination.exclusive(run_file.parent):
        for path, content in contents.items():
            destination.write(path, content)


def failure(facts: Mapping[str, Any], report: Report) -> str:
    """Return the message of a failed run: which cell, what it raised, where the rest is."""
    where = f"cell {facts['failed_cell']}" if facts["failed_cell"] else "the notebook"
    return (
        f"Expected every cell to run, but {where} ended with {facts['exception']}\n"
        f"What there is was kept: {report.html}, {report.notebook}, {report.run_card}"
    )
