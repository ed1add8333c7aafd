"""Run a notebook in a process of its own and watch it.

1. :func:`environment` gives the process what it needs and none of the secrets.
2. :func:`watch` starts the worker, hands on its progress, and ends it at the time limit.
3. :func:`stop` ends it in order (the kernel too), and by force if it does not listen.
"""

from __future__ import annotations

import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

__all__ = ["Progress", "environment", "stop", "watch"]

Progress = Callable[[int, int], None]

SECRET = re.compile(
    r"TOKEN|SECRET|PASSWO?R?D|PASSPHRASE|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE", re.I
)
PACKAGE = Path(__file__).resolve().parents[1]
GRACE_SECONDS = 10.0


def environment(scratch: Path, base: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the worker and its kernel.

    Parameters
    ----------
    scratch : Path
        Folder of this run; Jupyter and IPython keep their files there.
    base : Mapping
        Environment to start from.

    Returns
    -------
    dict of str to str
        `base` without variables named like secrets (a report fetches nothing, so it needs none),
        with fixed hashing and this very Python as the ``python3`` kernel.

    Examples
    --------
    >>> kept = environment(Path("/tmp/run"), {"HOME": "/home/a", "TUSHARE_TOKEN": "x"})
    >>> kept["PYTHONHASHSEED"], "TUSHARE_TOKEN" in kept
    ('0', False)
    """
    kept = {name: value for name, value in base.items() if not SECRET.search(name)}
    kept["PYTHONHASHSEED"] = "0"
    kept["JUPYTER_PATH"] = str(scratch / "jupyter")
    kept["JUPYTER_CONFIG_DIR"] = str(scratch / "config")
    kept["JUPYTER_RUNTIME_DIR"] = str(scratch / "runtime")
    kept["IPYTHONDIR"] = str(scratch / "ipython")
    kept["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    if not PACKAGE.is_relative_to(sys.prefix):
        paths = [str(PACKAGE.parent), *filter(None, [kept.get("PYTHONPATH")])]
        kept["PYTHONPATH"] = os.pathsep.join(paths)
    return kept


def watch(scratch: Path, timeout: float, progress: Progress | None) -> bool:
    """Run the worker on ``job.json`` in `scratch` until it ends or its time is up.

    Parameters
    ----------
    scratch : Path
        Folder that holds the job; its standard error goes to ``worker.log`` there.
    timeout : float
        Seconds allowed in all.
    progress : callable or None
        Called with (cells done, cells in all).

    Returns
    -------
    bool
        True if it ended by itself, False if the time limit ended it.
    """
    command = [sys.executable, "-m", "workbench.report.worker", "job.json"]
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    deadline = time.monotonic() + timeout
    with (scratch / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=scratch,
            env=environment(scratch, os.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        )
        reader = threading.Thread(target=forward, args=(process.stdout, lines), daemon=True)
        reader.start()
        try:
            return listen(lines, deadline, progress)
        finally:
            stop(process)
            reader.join(GRACE_SECONDS)
            if process.stdout is not None:
                process.stdout.close()


def forward(stream: IO[str], lines: queue.SimpleQueue[str | None]) -> None:
    """Put each line of `stream` into `lines`, then None."""
    for line in stream:
        lines.put(line)
    lines.put(None)


def listen(
    lines: queue.SimpleQueue[str | None], deadline: float, progress: Progress | None
) -> bool:
    """Hand on progress until the stream ends (True) or the deadline passes (False)."""
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        try:
            line = lines.get(timeout=left)
        except queue.Empty:
            return False
        if line is None:
            return True
        if progress is not None and line.startswith("{"):
            told = json.loads(line)
            progress(told["done"], told["cells"])


def stop(process: subprocess.Popen[str]) -> None:
    """End `process`: wait if it is done, else ask, else force its whole group."""
    try:
        process.wait(0.5)
        return
    except subprocess.TimeoutExpired:
        process.terminate()
    try:
        process.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.wait()
