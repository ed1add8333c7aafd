"""Serve an application on this machine and nowhere else.

1. `make_server` binds a loopback address; any other is refused.
2. `workbench.apps.door` lets in only who has the token, and only under this machine's name.
3. Every script and style comes from this server; no font, no library is fetched from elsewhere.
4. `serve` says the address, and runs the server until it is interrupted.
"""

from __future__ import annotations

import os
import webbrowser
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

import bokeh.settings
import panel as pn

from workbench.apps.door import LOOPBACK, guard
from workbench.apps.factor_lab import FactorLab
from workbench.apps.markets import MarketShelf, market_shelf
from workbench.errors import AppError, near_names

if TYPE_CHECKING:
    from bokeh.server.server import Server

__all__ = ["APPS", "DEFAULT_APP", "make_server", "serve"]

DEFAULT_APP = "factor_lab"
WORKERS = 2
_PAGE_STYLE = "html, body { margin: 0; } body { min-height: 100vh; }"


def _factor_lab(shelf: MarketShelf, pool: Executor) -> pn.viewable.Viewable:
    """One session: its own screen, cancelled when the browser leaves."""
    asked = pn.state.session_args.get("theme", [b""])[0]
    lab = FactorLab(shelf, pool, look="dark" if asked == b"dark" else "light")
    pn.state.on_session_destroyed(lambda context: lab.close())
    return lab.__panel__()


# What can be served, and its title in the browser.
APPS: Mapping[str, tuple[str, Callable[[MarketShelf, Executor], Any]]] = {
    DEFAULT_APP: ("Factor lab · workbench", _factor_lab),
}


def make_server(
    app: str | None = None,
    port: int = 5006,
    data: str | Path | None = None,
    address: str = "127.0.0.1",
    *,
    demo: Mapping[str, int] | None = None,
    token: str = "",
) -> Server:
    """Bind a server that has not begun to answer.

    Parameters
    ----------
    app : str, optional
        Name in `APPS`; default the factor lab.
    port : int
        Port; 0 takes a free one.
    data : path, optional
        Price file or folder offered beside the demo market; default ``$WORKBENCH_DATA``.
    address : {"127.0.0.1", "localhost"}
        Where to listen.
    demo : mapping, optional
        Parameters of `workbench.demo_market`.
    token : str
        What a browser must bring once; empty for none.

    Returns
    -------
    bokeh.server.server.Server
        Its ``port`` is bound; ``run_until_shutdown`` answers.

    Raises
    ------
    AppError
        Unknown application, an address beyond this machine, a port in use.
    SourceNotFoundError
        Nothing at `data`.
    """
    app = app or DEFAULT_APP
    if app not in APPS:
        raise AppError(
            f"app: expected one of {', '.join(APPS)}, got {app!r}.{near_names(app, APPS)}"
        )
    if address not in LOOPBACK:
        raise AppError(
            f"address: expected 127.0.0.1, got {address!r}. The dashboard listens on this machine "
            "only; reach it from elsewhere through an SSH tunnel: "
            f"ssh -L {port}:127.0.0.1:{port} HOST."
        )
    shelf = market_shelf(data or os.environ.get("WORKBENCH_DATA") or None, demo)
    pool = ThreadPoolExecutor(WORKERS, thread_name_prefix=app)
    server = _bind(app, port, lambda: APPS[app][1](shelf, pool))
    guard(server, token)
    return server


def _bind(app: str, port: int, session: Callable[[], Any]) -> Server:
    """Open the port; scripts and styles are the server's own."""
    # BOKEH_RESOURCES=cdn in the environment must not send browsers elsewhere.
    bokeh.settings.settings.resources.set_value("server")
    if _PAGE_STYLE not in pn.config.raw_css:
        pn.config.raw_css = [*pn.config.raw_css, _PAGE_STYLE]
    try:
        return pn.io.server.get_server(
            {app: session},
            port=port,
            address="127.0.0.1",
            websocket_origin=[f"127.0.0.1:{port}"],
            title={app: APPS[app][0]},
            start=False,
        )
    except OSError as error:
        raise AppError(
            f"port: {port} could not be opened on 127.0.0.1 ({error.strerror}). "
            "Choose another one with --port."
        ) from error


def serve(
    app: str | None = None,
    port: int = 5006,
    data: str | Path | None = None,
    show: bool = False,
    address: str = "127.0.0.1",
    *,
    demo: Mapping[str, int] | None = None,
    token: str | None = None,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve an application until interrupted.

    Parameters
    ----------
    app, port, data, address, demo
        See `make_server`.
    show : bool
        Whether to open a browser.
    token : str, optional
        What a browser must bring once; default a random one, ``""`` for none.
    ready : callable, optional
        Called with the address of the application, token included, once the port is bound.
    """
    secret = token_urlsafe(24) if token is None else token
    server = make_server(app, port, data, address, demo=demo, token=secret)
    query = f"?token={secret}" if secret else ""
    url = f"http://127.0.0.1:{server.port}/{app or DEFAULT_APP}{query}"
    if ready is not None:
        ready(url)
    if show:
        server.io_loop.add_callback(webbrowser.open, url)
    server.run_until_shutdown()
