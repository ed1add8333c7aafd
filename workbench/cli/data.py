"""``workbench data``: fetch, import, look at and check the tables of a workspace.

Every command opens the workspace of ``--home``, of ``$WORKBENCH_HOME``, or the data folder of the
platform. Tables come on standard output (``--json`` as JSON), logs and bars on standard error.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.cli import tables
from workbench.errors import BadValueError, SchemaError

if TYPE_CHECKING:
    from workbench.data.update import UpdateReport
    from workbench.data.workspace import Workspace

__all__ = ["app"]

app = typer.Typer(help="The cellar: fetch, import, query, check.", no_args_is_help=True)

Home = Annotated[
    Path | None,
    typer.Option("--home", help="The workspace; $WORKBENCH_HOME or the data folder by default."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Start = Annotated[str | None, typer.Option(help="First day, such as 2015-01-01.")]
End = Annotated[str | None, typer.Option(help="Last day.")]
Name = Annotated[str, typer.Argument(help="A dataset, such as cn.bars_1d.")]
Maybe = Annotated[str | None, typer.Argument(help="A dataset; all by default.")]
Rows = Annotated[int, typer.Option("--rows", help="Rows of the table; JSON has all.", min=1)]
LogFile = Annotated[
    Path | None, typer.Option("--log", help="Write JSON lines here instead of standard error.")
]


def opened(home: Path | None) -> Workspace:
    """Return the workspace a command works on."""
    from workbench.data.workspace import open_workspace

    return open_workspace(home)


def shown(title: str, frame: Any, json: bool, rows: int | None = None) -> None:
    """Print a frame as a table, the first `rows` of it, or whole as JSON."""
    if json:
        tables.show_json(frame.reset_index().to_dict(orient="records"))
        return
    columns, held = tables.frame_rows(frame if rows is None else frame.head(rows))
    if columns and columns[0] == "index":
        columns, held = columns[1:], [row[1:] for row in held]
    tables.show(title, columns, held)


def listed(subject: str, frame: Any, json: bool, rows: int) -> None:
    """Print what was found: the title says how much there is, and how much of it is shown."""
    said = tables.counted(len(frame))
    if len(frame) > rows:
        said += f", first {rows:,} shown; --json gives all"
    title = f"{subject}: {said}" if subject else said
    if frame.empty and not json and subject:
        typer.echo(title)
        return
    shown(title, frame, json, rows)


def settled(report: UpdateReport, json: bool) -> None:
    """Print what an update did; exit status 1 where something is missing."""
    if json:
        tables.show_json(report.to_dict())
    else:
        typer.echo(str(report))
    if not report.complete:
        raise typer.Exit(1)


@app.command("providers")
def providers(home: Home = None, json: Json = False) -> None:
    """List vendors, where their tokens come from, and every dataset."""
    room = opened(home).data
    if json:
        vendors = room.providers().reset_index().to_dict(orient="records")
        listed = room.datasets().reset_index().to_dict(orient="records")
        tables.show_json({"providers": vendors, "datasets": listed})
        return
    shown("Providers", room.providers(), json)
    shown("Datasets", room.datasets(), json)


@app.command("update")
def update(
    names: Annotated[
        list[str], typer.Argument(help="Datasets, or a bundle: cn, us.", metavar="NAME...")
    ],
    start: Start = None,
    end: End = None,
    codes: Annotated[
        str | None, typer.Option(help="Only these assets or indices, comma-separated.")
    ] = None,
    provider: Annotated[str | None, typer.Option(help="A vendor by name.")] = None,
    force: Annotated[bool, typer.Option(help="Fetch again what is verified.")] = False,
    log: LogFile = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Fetch what is missing, prove it complete, commit it; exit 1 where something is missing."""
    from workbench.cli.logs import start_log

    # A person at a terminal sees the bar and the report; lines are for files and pipes.
    quiet = log is None and sys.stderr.isatty()
    logger = start_log(file=log, level=logging.WARNING if quiet else logging.INFO)
    workspace = opened(home)
    wanted = [code.strip() for code in codes.split(",")] if codes else None
    logger.info("update", datasets=names, start=start, end=end)
    report = workspace.data.update(
        names, start=start, end=end, codes=wanted, provider=provider, force=force
    )
    logger.info("updated", **{k: v for k, v in report.to_dict().items() if k != "datasets"})
    settled(report, json)


@app.command("import")
def import_(
    path: Annotated[str, typer.Argument(help="A CSV or Parquet file, a folder, or a glob.")],
    dataset: Annotated[str, typer.Option(help="cn.bars_1d, another dataset, or user.<name>.")],
    column: Annotated[
        list[str] | None,
        typer.Option("--map", help="'their column=our column'; nothing after = leaves it out."),
    ] = None,
    unit: Annotated[
        list[str] | None, typer.Option(help="'volume=lots', 'amount=thousand_cny', …")
    ] = None,
    key: Annotated[
        str | None, typer.Option(help="Key of a new user table, comma-separated.")
    ] = None,
    vendor: Annotated[
        str | None, typer.Option(help="The columns are those of this vendor: tushare.")
    ] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Import files; anything wrong is refused whole, with row numbers.

    Exit 1 where anything is refused; whether rows are missing is told, and is no failure.
    """
    from workbench.cli.hints import for_command_line
    from workbench.cli.imported import refused, told

    mapping = {name: target or None for name, target in map(pair, column or ())}
    workspace = opened(home)
    try:
        report = workspace.data.import_files(
            path,
            dataset=dataset,
            mapping=mapping or None,
            units=dict(map(pair, unit or ())) or None,
            key=[part.strip() for part in key.split(",")] if key else None,
            vendor=vendor,
        )
    except (SchemaError, BadValueError) as error:
        raise type(error)(for_command_line(str(error))) from error
    if json:
        tables.show_json(report.to_dict())
    else:
        told(report, workspace.data)
    if refused(report):
        raise typer.Exit(1)


def pair(word: str) -> tuple[str, str]:
    """Split ``name=value``."""
    name, equals, value = word.partition("=")
    if not equals or not name:
        raise typer.BadParameter(f"expected name=value, got {word!r}")
    return name.strip(), value.strip()


@app.command("status")
def status(home: Home = None, json: Json = False) -> None:
    """Show every table: rows, span, version, completeness, size."""
    from workbench.cli.status_table import status_table

    workspace = opened(home)
    found = workspace.data.status()
    if found.empty and not json:
        typer.echo(f"Nothing is stored yet in {workspace.path}.")
        return
    shown(f"Workspace {workspace.path}", found if json else status_table(found), json)


@app.command("gaps")
def gaps(
    name: Name,
    start: Start = None,
    end: End = None,
    rows: Rows = 50,
    home: Home = None,
    json: Json = False,
) -> None:
    """Show rows that should exist and do not; exit 1 where there are any."""
    from workbench.cli.status_table import by_kind

    found = opened(home).data.gaps(name, start, end)
    if len(found) and not json:
        shown(f"Gaps of {name} by kind", by_kind(found), json)
    listed(f"Gaps of {name}", found, json, rows)
    if len(found):
        raise typer.Exit(1)


@app.command("revisions")
def revisions(
    name: Maybe = None,
    since: Annotated[str | None, typer.Option(help="Only those seen from this day on.")] = None,
    rows: Rows = 50,
    home: Home = None,
    json: Json = False,
) -> None:
    """Show values that a vendor changed after they were stored."""
    found = opened(home).data.revisions(name, since)
    listed(f"Revisions of {name}" if name else "Revisions", found, json, rows)


@app.command("verify")
def verify(
    name: Maybe = None,
    deep: Annotated[bool, typer.Option(help="Read every file, not only the log.")] = True,
    prices: Annotated[bool, typer.Option(help="Audit the values of price tables too.")] = False,
    rows: Rows = 50,
    home: Home = None,
    json: Json = False,
) -> None:
    """Check files, log and ledger; exit 1 where something is wrong."""
    workspace = opened(home)
    found = workspace.data.verify(name, deep=deep, prices=prices)
    if len(found) or json:
        listed("Findings", found, json, rows)
    elif workspace.data.status()["version"].notna().any():
        typer.echo("All is well.")
    else:
        typer.echo(f"Nothing is stored yet in {workspace.path}.")
    if len(found):
        raise typer.Exit(1)


@app.command("sql")
def sql(
    text: Annotated[str, typer.Argument(help="One SELECT over datasets.")],
    rows: Rows = 50,
    home: Home = None,
    json: Json = False,
) -> None:
    """Run one SELECT over the store."""
    listed("", opened(home).data.sql(text).to_pandas(), json, rows)


@app.command("snapshot")
def snapshot(
    name: Annotated[str | None, typer.Argument(help="Pin the versions of now; none lists.")] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Pin the versions of all tables under a name, or list what is pinned."""
    room = opened(home).data
    if name is not None:
        room.snapshot(name)
    shown("Snapshots", room.snapshots(), json)


@app.command("compact")
def compact(name: Maybe = None, home: Home = None, json: Json = False) -> None:
    """Merge small files; rows, versions and time travel stay as they are."""
    shown("Compacted", opened(home).data.compact(name), json)


@app.command("prune")
def prune(
    name: Maybe = None,
    keep: Annotated[int, typer.Option(help="Latest versions to keep.", min=1)] = 1,
    yes: Annotated[bool, typer.Option("--yes", help="Delete; without it, only show.")] = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """Delete files that neither the latest versions nor a snapshot needs."""
    found = opened(home).data.prune(name, keep=keep, dry_run=not yes)
    shown("Pruned" if yes else "Would be pruned (--yes does it)", found, json)
