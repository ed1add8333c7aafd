"""``workbench factor``: list what the language and the library know, evaluate, audit."""

from __future__ import annotations

from typing import Annotated

import typer

from workbench.cli import tables
from workbench.cli.markets import open_market

__all__ = ["app", "audit", "evaluate", "listing"]

app = typer.Typer(help="The factor language: list, evaluate, audit.", no_args_is_help=True)

Text = Annotated[str, typer.Argument(help="Expression, such as 'rank(close)', or a library name.")]
Data = Annotated[str, typer.Option(help="'demo' or a long OHLCV file (Parquet, CSV).")]
Seed = Annotated[int, typer.Option(help="Seed of the demo market and of the audit.", min=0)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Start = Annotated[str | None, typer.Option(help="First session, YYYY-MM-DD.")]
End = Annotated[str | None, typer.Option(help="Last session, YYYY-MM-DD.")]


def read(text: str) -> str:
    """Return the expression of a library name, or `text` itself."""
    from workbench.factor.library import alpha101

    known = alpha101()
    return known[text].text if text in known else text


@app.command("list")
def listing(
    operators: Annotated[bool, typer.Option(help="Operators instead of library factors.")] = False,
    json: Json = False,
) -> None:
    """List the factors of the library, or the operators of the language."""
    if operators:
        from workbench.factor.operator import OPERATORS

        columns = ["operator", "axis", "arguments", "summary"]
        rows = [
            [
                name,
                str(operator.axis),
                ", ".join(parameter.name for parameter in operator.parameters),
                operator.doc.strip().splitlines()[0],
            ]
            for name, operator in sorted(OPERATORS.items())
        ]
    else:
        from workbench.factor.library import alpha101

        columns = ["factor", "lookback", "expression"]
        rows = [[name, item.lookback, item.text] for name, item in alpha101().items()]
    if json:
        tables.show_json([dict(zip(columns, row, strict=True)) for row in rows])
        return
    tables.show("Operators" if operators else "Library: alpha101", columns, rows)


# Most published formulas begin with "-1 *": such a word is an expression, not an option.
DASH = {"ignore_unknown_options": True}


@app.command("eval", context_settings=DASH)
def evaluate(
    text: Text,
    data: Data = "demo",
    horizons: Annotated[str, typer.Option(help="Sessions held, such as 1,5,20.")] = "1,5,20",
    quantiles: Annotated[int, typer.Option(help="Number of buckets.", min=2, max=50)] = 10,
    entry: Annotated[str, typer.Option(help="next_open, next_vwap, next_close or close.")] = (
        "next_open"
    ),
    start: Start = None,
    end: End = None,
    sessions_per_year: Annotated[
        float, typer.Option(help="For annual figures; 252 for American data.")
    ] = 242.0,
    seed: Seed = 7,
    json: Json = False,
) -> None:
    """Evaluate a factor: information coefficients, spread, turnover, one row a horizon."""
    from workbench.report.parameters import FactorStudyParameters, check, from_text

    words = [f"horizons={horizons}"]
    values = {"factor": read(text), "data": data, "quantiles": quantiles, "entry": entry}
    values |= {"start": start, "end": end, "seed": seed, "sessions_per_year": sessions_per_year}
    asked = check(FactorStudyParameters, values | from_text(FactorStudyParameters, words))

    from workbench.evaluation import evaluate as study_of

    market = open_market(asked.data, asked.seed, asked.start, asked.end)
    study = study_of(
        asked.factor,
        market,
        asked.horizons,
        asked.quantiles,
        asked.entry,
        sessions_per_year=asked.sessions_per_year,
    )
    summary = study.summary()
    if json:
        columns, rows = tables.frame_rows(summary)
        tables.show_json(
            {
                "factor": study.expression,
                "data": data,
                "summary": [dict(zip(columns, row, strict=True)) for row in rows],
                "notes": study.notes,
            }
        )
        return
    columns, rows = tables.frame_rows(summary.T)
    horizons_named = [f"h = {horizon}" for horizon in columns[1:]]
    tables.show(study.expression, ["statistic", *horizons_named], rows)
    for line in study.notes:
        tables.note(line)


@app.command("audit", context_settings=DASH)
def audit(
    text: Text,
    data: Data = "demo",
    cuts: Annotated[int, typer.Option(help="Sessions at which the future is cut.", min=1)] = 5,
    seed: Seed = 7,
    json: Json = False,
) -> None:
    """Check that a factor sees no future; exit status 1 if it does."""
    from workbench.evaluation import audit as audit_of

    found = audit_of(read(text), open_market(data, seed), cuts=cuts, seed=seed)
    if json:
        columns, rows = tables.frame_rows(found.findings)
        findings = [dict(zip(columns, row, strict=True)) for row in rows]
        tables.show_json({"passed": found.passed, "findings": findings})
    else:
        compared = found.findings[["check", "session", "expression", "passed"]]
        rows = [[check, str(day.date()), what, ok] for check, day, what, ok in compared.values]
        title = "Leak audit: " + ("passed" if found.passed else "FAILED in " + str(found.leaks))
        tables.show(title, list(compared.columns), rows)
        tables.note("Columns of the data are taken as delivered; the audit tests the formula.")
    if not found.passed:
        raise typer.Exit(1)
