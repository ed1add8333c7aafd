"""``workbench dashboard``: serve an app on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench.cli import tables

__all__ = ["dashboard"]


def dashboard(
    app: Annotated[str, typer.Argument(help="Which app.")] = "factor_lab",
    data: Annotated[
        Path | None, typer.Option(help="Price file or folder, offered beside the demo market.")
    ] = None,
    port: Annotated[
        int, typer.Option(help="Port on 127.0.0.1; 0 takes a free one.", min=0, max=65535)
    ] = 5006,
    browser: Annotated[bool, typer.Option(help="Open the browser.")] = True,
) -> None:
    """Serve a dashboard on this machine (127.0.0.1) until Ctrl-C."""
    from workbench.apps.serve import serve

    serve(
        app,
        port,
        data,
        browser,
        ready=lambda address: tables.note(f"Serving {address} (Ctrl-C ends it)"),
    )
