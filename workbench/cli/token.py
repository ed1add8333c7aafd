"""``workbench token``: keep, show and remove the tokens of data vendors."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from workbench.cli import tables
from workbench.errors import TokenError

__all__ = ["app", "remove", "set_", "show"]

app = typer.Typer(help="Tokens of data vendors: set, show, remove.", no_args_is_help=True)

Service = Annotated[str, typer.Argument(help="tushare or massive.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]

LONGEST = 8192
"""Characters read from standard input at most."""


# What is too much on the line may be a token: refused here, Typer would print it.
EXTRA = {"allow_extra_args": True, "ignore_unknown_options": True}


@app.command("set", context_settings=EXTRA)
def set_(context: typer.Context, service: Service) -> None:
    """Keep a token: asked for without echo, or read from standard input; never an argument.

    It goes into the keyring, or into an encrypted file where there is no keyring.
    """
    from workbench.data.secrets import set_token, show_token

    _known(service)
    if context.args:
        raise typer.BadParameter("a token is never an argument: it is asked for, or piped in")
    place = set_token(service, _read(service))
    tables.note(f"The token for {service} is kept in: {place}.")
    used = show_token(service)
    if used is not None and used.source != place:
        tables.note(f"But the {used.source} comes first and is used as long as it is set.")


@app.command("show")
def show(
    service: Annotated[str | None, typer.Argument(help="tushare or massive; both if left out.")] = (
        None
    ),
    json: Json = False,
) -> None:
    """Say where tokens lie, with their last two characters; exit status 1 if the one is missing."""
    from workbench.data.secrets import SERVICES, show_token

    if service is not None:
        _known(service)
    rows = []
    for name in SERVICES if service is None else (service,):
        found = show_token(name)
        rows.append([name, None, None] if found is None else [name, found.source, found.ending])
    columns = ["service", "source", "ending"]
    if json:
        tables.show_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        shown = [[name, source, f"…{end}" if end else None] for name, source, end in rows]
        tables.show("Tokens", columns, shown)
    if service is not None and rows[0][1] is None:
        raise typer.Exit(1)


@app.command("remove")
def remove(service: Service) -> None:
    """Remove a token from the keyring and the encrypted file."""
    from workbench.data.secrets import remove_token, show_token

    _known(service)
    places = remove_token(service)
    tables.note(f"The token for {service} is removed from: {', '.join(places)}.")
    left = show_token(service)
    if left is not None:
        tables.note(f"The {left.source} still holds one: unset it where it was set.")


def _known(service: str) -> None:
    """Refuse a service that nobody asks: a token mistyped into its place must not be echoed."""
    from workbench.data.secrets import SERVICES

    if service not in SERVICES:
        names = " or ".join(SERVICES)
        raise TokenError(
            f"Expected {names}, got another word of {len(service)} characters. A token is never "
            "an argument: it is asked for, or read from standard input."
        )


def _read(service: str) -> str:
    """The token from a pipe, or from a prompt that shows nothing."""
    if _terminal():
        import getpass

        return getpass.getpass(f"Token for {service} (not shown): ")
    return sys.stdin.read(LONGEST).strip()


def _terminal() -> bool:
    return sys.stdin.isatty()
