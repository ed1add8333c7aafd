"""``workbench report``: list the templates, run one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench.cli import tables

__all__ = ["app", "listing", "run"]

app = typer.Typer(help="Reports: list the templates, run one.", no_args_is_help=True)


@app.command("list")
def listing(json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the templates and their parameters."""
    from workbench.report.templates import templates

    rows = [
        [
            template.name,
            template.summary,
            ", ".join(
                name if field.is_required() else f"{name}={field.default!r}"
                for name, field in template.model.model_fields.items()
            ),
        ]
        for template in templates().values()
    ]
    columns = ["template", "answers", "parameters"]
    if json:
        tables.show_json([dict(zip(columns, row, strict=True)) for row in rows])
        return
    tables.show("Templates", columns, rows)


@app.command("run")
def run(
    template: Annotated[str, typer.Argument(help="Name, as `report list` shows it.")],
    parameter: Annotated[
        list[str] | None, typer.Option("--parameter", "-p", help="name=value, repeatable.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder of the reports.")] = Path("reports"),
    timeout: Annotated[float, typer.Option(help="Seconds allowed.", min=1)] = 1800,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Run a template and write page, notebook and run card."""
    from workbench.report.parameters import from_text
    from workbench.report.run import run as run_report
    from workbench.report.templates import find

    values = from_text(find(template).model, parameter or [])
    with tables.progress_bar() as bar:
        task = bar.add_task(template, total=None)
        report = run_report(
            template,
            values,
            out,
            timeout=timeout,
            progress=lambda done, cells: bar.update(task, completed=done, total=cells),
        )
    if json:
        files = {"html": report.html, "notebook": report.notebook, "run_card": report.run_card}
        tables.show_json(
            {"status": report.status, "seconds": report.seconds}
            | {name: str(path) for name, path in files.items()}
        )
        return
    typer.echo(str(report.html))
