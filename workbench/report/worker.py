"""Execute one notebook in this process: ``python -m workbench.report.worker job.json``.

The parent (:mod:`workbench.report.run`) starts it in a scratch folder that holds everything:

1. ``job.json`` names the parameters and limits, ``template.ipynb`` is the notebook;
2. a kernel specification is written that runs *this* Python, whatever kernels are installed;
3. papermill injects the parameters, runs the cells and saves ``executed.ipynb`` after each;
4. each finished cell is told to the parent as one JSON line on standard output;
5. ``outcome.json`` says how it ended, with the peak memory of the kernel.

A kernel that dies before its first cell (ports taken by a neighbour) is started again.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["execute", "main"]

STARTS = 3
KERNEL = "python3"


def main(job_file: str) -> int:
    """Run the job and write ``outcome.json`` beside it.

    Parameters
    ----------
    job_file : str
        Path of ``job.json``.

    Returns
    -------
    int
        0 if every cell ran, 1 if one failed.
    """
    home = Path(job_file).resolve().parent
    job = json.loads(Path(job_file).read_text(encoding="utf-8"))
    write_kernel(home)
    signal.signal(signal.SIGTERM, leave)
    outcome: dict[str, Any] = {"status": "completed", "exception": None}
    try:
        execute(job, tell)
    except SystemExit:
        outcome = {"status": "failed", "exception": "Timeout: the time limit was reached"}
    except Exception as error:  # the parent tells the user; nothing is swallowed
        outcome = {"status": "failed", "exception": f"{type(error).__name__}: {error}"}
    outcome["peak_memory_bytes"] = peak_memory()
    (home / "outcome.json").write_text(json.dumps(outcome), encoding="utf-8")
    return 0 if outcome["status"] == "completed" else 1


def execute(job: dict[str, Any], on_cell: Callable[[int, int], None]) -> None:
    """Run ``template.ipynb`` of the working folder to ``executed.ipynb``.

    Parameters
    ----------
    job : dict
        ``parameters`` (injected), ``cells`` (how many cells there are).
    on_cell : callable
        Called with (cells done, cells in all) after each cell.

    Raises
    ------
    papermill.PapermillExecutionError
        If a cell fails; the partial notebook is on disk.
    """
    import papermill

    done = 0

    def finished(cell: Any, cell_index: int, **_: Any) -> None:
        nonlocal done
        done = cell_index + 1
        on_cell(done, job["cells"])

    for start in range(1, STARTS + 1):
        try:
            papermill.execute_notebook(
                "template.ipynb",
                "executed.ipynb",
                parameters=job["parameters"],
                kernel_name=KERNEL,
                progress_bar=False,
                start_timeout=120,
                on_cell_executed=finished,
            )
            return
        except RuntimeError as error:
            # nbclient's DeadKernelError and "Kernel died before replying" are RuntimeErrors
            if done or start == STARTS or isinstance(error, NotImplementedError):
                raise
            time.sleep(start)


def write_kernel(home: Path) -> None:
    """Write the specification of a kernel that runs this very Python."""
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": "Python 3", "language": "python"}
    place = home / "jupyter" / "kernels" / KERNEL
    place.mkdir(parents=True, exist_ok=True)
    (place / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")


def tell(done: int, cells: int) -> None:
    """Tell the parent how far the notebook is."""
    sys.stdout.write(json.dumps({"done": done, "cells": cells}) + "\n")
    sys.stdout.flush()


def leave(signum: int, frame: Any) -> None:
    """Turn a request to end into an orderly exit, so that the kernel is shut down too."""
    raise SystemExit(128 + signum)


def peak_memory() -> int | None:
    """Return the largest resident size of a finished child (the kernel), in bytes."""
    if os.name != "posix":
        return None
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
