"""``workbench demo``: the main job once through, on a synthetic market whose truth is known.

1. The demo market is made from a seed; the alpha planted into it is the truth.
2. The planted alpha, a classic reversal and pure noise are studied side by side.
3. What the studies found is held against what was planted, and the report is written.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from workbench.cli import tables

__all__ = ["FACTORS", "HORIZONS", "demo", "planted", "study"]

HORIZONS = (1, 5, 20)
FACTORS = {
    "planted alpha": "alpha",
    "classic reversal": "-1 * delta(close, 5) / delay(close, 5)",
    "pure noise": "noise",
}
COLUMNS = ("factor", "horizon", "planted IC", "found IC", "t", "spread a year", "turnover", "audit")


def demo(
    seed: Annotated[int, typer.Option(help="Seed of the synthetic market.", min=0)] = 7,
    out: Annotated[Path, typer.Option(help="Folder of the reports.")] = Path("reports"),
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Study a planted factor beside a classic one on a synthetic market; write the report."""
    from workbench.data import demo_market, demo_truth

    began = time.perf_counter()
    with tables.progress_bar() as bar:
        task: Any = bar.add_task("market", total=None)
        market = demo_market(seed=seed)
        truth = demo_truth(market)
        rows: list[list[Any]] = []
        for name, text in FACTORS.items():
            bar.update(task, description=f"studying {name}")
            rows += study(name, text, market, truth)
        bar.update(task, description="writing the report")
        report = write_report(
            seed, out, lambda *step: bar.update(task, completed=step[0], total=step[1])
        )
    seconds = time.perf_counter() - began
    if json:
        records = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
        shape = dict(zip(("sessions", "assets"), market.shape, strict=True))
        tables.show_json(
            {"market": shape, "studies": records, "report": str(report), "seconds": seconds}
        )
        return
    size = "{} sessions, {} shares".format(*market.shape)
    tables.show(
        f"Demo market (seed {seed}, {size}): what was planted, what was found", COLUMNS, rows
    )
    typer.echo(f"Report: {report}")
    typer.echo(f"Done in {seconds:.0f} s. Next: `workbench lab` opens the notebooks.")


def study(name: str, text: str, market: Any, truth: Any) -> list[list[Any]]:
    """Return one row a horizon: what was planted and what the study found.

    Parameters
    ----------
    name, text : str
        Name and expression of the factor.
    market : Market
        The demo market.
    truth : Truth
        What was planted into it.

    Returns
    -------
    list of list
        In the order of the columns shown.
    """
    from workbench.evaluation import audit, evaluate

    passed = "passed" if audit(text, market).passed else "LEAK"
    summary = evaluate(text, market, HORIZONS).summary()
    return [
        [
            name,
            horizon,
            planted(text, horizon, truth),
            row["rank_ic"],
            f"{row['t_newey_west']:+.1f}",
            f"{row['spread']:+.1%}",
            f"{row['turnover']:.1%}",
            passed,
        ]
        for horizon, row in summary.to_dict(orient="index").items()
    ]


def planted(text: str, horizon: int, truth: Any) -> float | None:
    """Return the information coefficient that was planted, None where nothing was."""
    known = {"alpha": truth.alpha_ic.get(horizon), "noise": truth.noise_ic}
    return known.get(text)


def write_report(seed: int, out: Path, progress: Any) -> Path:
    """Run the factor study template on the planted alpha and return the page."""
    from workbench.report.run import run

    title = "The planted alpha of the demo market"
    parameters = {"factor": FACTORS["planted alpha"], "seed": seed, "title": title}
    return run("factor_study", parameters, out, progress=progress).html
