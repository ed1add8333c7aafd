"""The ``workbench`` command: groups, help, and how it ends.

1. Commands of single files are registered by name, groups as sub-commands; none imports anything
   heavier than Typer before it runs, so that ``--help`` answers at once.
2. :func:`run` is the entry point. Exit status: 0 done, 1 a typed error (one message on standard
   error), 2 wrong usage, 130 interrupted.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from workbench.cli import dashboard, data, demo, doctor, factor, lab, report, token
from workbench.errors import WorkbenchError

__all__ = ["app", "run"]

app = typer.Typer(
    name="workbench",
    help="From market data to a factor study nobody can fool.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("demo")(demo.demo)
app.command("lab")(lab.lab)
app.command("dashboard")(dashboard.dashboard)
app.command("doctor")(doctor.doctor)
app.add_typer(data.app, name="data")
app.add_typer(token.app, name="token")
app.add_typer(factor.app, name="factor")
app.add_typer(report.app, name="report")


@app.callback(invoke_without_command=True)
def top(
    version: bool = typer.Option(False, "--version", help="Print the version and leave."),
) -> None:
    """From market data to a factor study nobody can fool."""
    if version:
        import workbench

        typer.echo(workbench.__version__)
        raise typer.Exit


def run(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its status.

    Parameters
    ----------
    arguments : sequence of str or None
        Words after the program's name; None takes those of the process.

    Raises
    ------
    SystemExit
        Always: 0, 1, 2 or 130.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        status = app(args=words, prog_name="workbench", standalone_mode=True)
    except WorkbenchError as error:
        typer.secho(f"Error: {error}", err=True, fg=typer.colors.RED)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        typer.echo("Interrupted.", err=True)
        raise SystemExit(130) from None
    raise SystemExit(status or 0)
