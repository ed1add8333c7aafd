"""``workbench factor``: list what the language and the libraries know, evaluate, audit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli import tables
from workbench.cli.markets import open_market
from workbench.errors import OperatorArgumentError, near_names

if TYPE_CHECKING:
    from workbench.factor import Factor

__all__ = ["app", "audit", "evaluate", "listing", "read", "shelves"]

app = typer.Typer(help="The factor language: list, evaluate, audit.", no_args_is_help=True)

Text = Annotated[str, typer.Argument(help="Expression, such as 'rank(close)', or a library name.")]
Data = Annotated[str, typer.Option(help="'demo' or a long OHLCV file (Parquet, CSV).")]
Seed = Annotated[int, typer.Option(help="Seed of the demo market and of the audit.", min=0)]
Profile = Annotated[
    str, typer.Option(help="House whose words the text uses: wq101, gtja191, qlib, brain.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Start = Annotated[str | None, typer.Option(help="First session, YYYY-MM-DD.")]
End = Annotated[str | None, typer.Option(help="Last session, YYYY-MM-DD.")]


def read(text: str, profile: str = "") -> str:
    """Return the expression of a library name, or `text` as its house means it."""
    from workbench.factor import factor

    if profile:
        return factor(text, profile=profile).text
    for known in shelves().values():
        if text in known:
            return known[text].text
    return text


def shelves() -> dict[str, Mapping[str, Factor]]:
    """Return the libraries by name."""
    from workbench.factor import library

    return {title: getattr(library, title)() for title in library.__all__}


@app.command("list")
def listing(
    operators: Annotated[bool, typer.Option(help="Operators instead of library factors.")] = False,
    library: Annotated[str, typer.Option(help="One library only, such as alpha191.")] = "",
    json: Json = False,
) -> None:
    """List the factors of the libraries, or the operators of the language."""
    if operators:
        title, columns = "Operators", ["operator", "axis", "arguments", "summary"]
        rows: list[list[object]] = list(_operators())
    else:
        known = shelves()
        if library and library not in known:
            raise OperatorArgumentError(
                f"No library is called {library!r}; there are {', '.join(known)}."
                f"{near_names(library, known)}"
            )
        title, columns = library or "Libraries", ["library", "factor", "lookback", "expression"]
        rows = [
            [shelf, name, item.lookback, item.text]
            for shelf, items in known.items()
            if not library or shelf == library
            for name, item in items.items()
        ]
    if json:
        tables.show_json([dict(zip(columns, row, strict=True)) for row in rows])
        return
    tables.show(title, columns, rows)


def _operators() -> Iterator[list[object]]:
    """Rows of the operator table, then the words for figures of statements."""
    from workbench.factor.figure import FIGURES
    from workbench.factor.operator import OPERATORS

    for name, row in sorted(OPERATORS.items()):
        arguments = ", ".join(parameter.shown for parameter in row.parameters)
        yield [name, str(row.axis), arguments, row.doc.strip().splitlines()[0]]
    for name, figure in sorted(FIGURES.items()):
        arguments = figure.signature.partition("(")[2].rstrip(")")
        yield [name, "statement", arguments, figure.doc.strip().splitlines()[0]]


# Most published formulas begin with "-1 *": such a word is an expression, not an option.
DASH = {"ignore_unknown_options": True}


@app.command("eval", context_settings=DASH)
def evaluate(
    text: Text,
    data: Data = "demo",
    profile: Profile = "",
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
    values = {"factor": read(text, profile), "data": data, "quantiles": quantiles, "entry": entry}
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
    profile: Profile = "",
    cuts: Annotated[int, typer.Option(help="Sessions at which the future is cut.", min=1)] = 5,
    seed: Seed = 7,
    json: Json = False,
) -> None:
    """Check that a factor sees no future; exit status 1 if it does."""
    from workbench.evaluation import audit as audit_of

    found = audit_of(read(text, profile), open_market(data, seed), cuts=cuts, seed=seed)
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
