"""``workbench lab``: JupyterLab on the notebooks, on this machine alone."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from workbench.cli import tables

__all__ = ["command", "environment", "lab", "prepare"]


def lab(
    path: Annotated[
        Path | None, typer.Argument(help="Folder of notebooks; ./notebooks if not given.")
    ] = None,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.", min=1, max=65535)] = 8888,
    browser: Annotated[bool, typer.Option(help="Open the browser.")] = True,
) -> None:
    """Open JupyterLab on the notebooks (127.0.0.1, with a token)."""
    folder = prepare(path)
    tables.note(f"JupyterLab on {folder} (127.0.0.1, Ctrl-C ends it)")
    process = subprocess.Popen(command(folder, port, browser), cwd=folder, env=environment())
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())  # leave no server behind
    while True:
        try:
            raise typer.Exit(process.wait())
        except KeyboardInterrupt:
            continue  # Jupyter got the same signal and shuts its kernels down


def prepare(path: Path | None) -> Path:
    """Return the folder to open; the curated notebooks are copied where there is none.

    Parameters
    ----------
    path : Path or None
        Folder asked for.

    Returns
    -------
    Path
        An existing folder, resolved.

    Raises
    ------
    ReportPathError
        If `path` is given and is no folder.
    """
    from workbench.errors import ReportPathError
    from workbench.report.templates import folder

    target = Path("notebooks") if path is None else path
    if target.is_dir():
        return target.resolve()
    if path is not None or target.exists():
        raise ReportPathError(f"Expected a folder of notebooks, got {str(target)!r}.")
    shutil.copytree(folder(), target, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    tables.note(f"Copied the curated notebooks to {target.resolve()}")
    return target.resolve()


def environment() -> dict[str, str]:
    """Return the environment of JupyterLab: defaults of ours that ask nobody for news.

    The user's own settings still win; they are read after these.
    """
    ours = str(Path(__file__).parent / "jupyter")
    given = os.environ.get("JUPYTER_CONFIG_PATH")
    return os.environ | {"JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, (ours, given)))}


def command(folder: Path, port: int, browser: bool) -> list[str]:
    """Return the command line of JupyterLab: loopback, random token, no call home.

    Parameters
    ----------
    folder : Path
        Root folder.
    port : int
        Port.
    browser : bool
        Whether to open a browser.

    Returns
    -------
    list of str
        The token is not among them: Jupyter makes a random one.
    """
    settings = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.root_dir": folder,
        "ServerApp.open_browser": browser,
        "ServerApp.answer_yes": True,
        "ServerApp.allow_unauthenticated_access": False,
        "LabApp.news_url": None,
        "LabApp.check_for_updates_class": "jupyterlab.handlers.announcements.NeverCheckForUpdate",
        "LabApp.extension_manager": "readonly",
    }
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # In a container there is often no other user; the server stays on loopback with a token.
        settings["ServerApp.allow_root"] = True
    options = [f"--{name}={value}" for name, value in settings.items()]
    return [sys.executable, "-m", "jupyterlab", *options]
