"""Alpha101, Alpha158, Alpha360 and Alpha191 against a plain reading and against KunQuant.

Run ``python tests/benchmarks/agreement.py [--data FOLDER] [--out FILE.md] [--only Alpha101]``. The
plain reading is a second interpreter of the published text in NumPy and pandas that shares no code
with the package (`agreement_text`, `agreement_plain`, `agreement_qlib`, `agreement_gtja`). Real
panels are needed: a folder with ``panels/*.parquet``, given by ``--data`` or
WORKBENCH_SHARED_DATA, else looked for beside the checkout. Takes about four minutes.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np
from agreement_data import TOLERANCE, Likeness, Sample, compared, sample
from agreement_gtja import GTJA191
from agreement_kunquant import Answer, alpha101_graphs, alpha158_graphs, answers
from agreement_plain import WQ101
from agreement_qlib import QLIB, QLIB_STRICT
from agreement_reasons import plain_reason, reasons
from agreement_text import House, evaluate

from workbench.compute import compute
from workbench.factor.library.alpha101 import FORMULAS as ALPHA101
from workbench.factor.library.alpha158 import FORMULAS as ALPHA158
from workbench.factor.library.alpha191 import FORMULAS as ALPHA191
from workbench.factor.library.alpha360 import FORMULAS as ALPHA360
from workbench.factor.library.formula import Formula

REPOSITORY = Path(__file__).resolve().parents[2]
HOLES, WHOLE = "cn300_2017_2020", "cn232_2019_2020"
"""Panels: one with suspensions, one without (KunQuant's functions expect no holes)."""

INTRODUCTION = """\
Every formula of the libraries, computed by workbench in float64 and by others from the same panels.
Programs: {programs}. Regenerate with `python tests/benchmarks/agreement.py --out FILE.md`.
All figures are of this one run on one x86-64 machine: ties fall otherwise on another.

* *Plain reading*: a second interpreter of the published text in NumPy and pandas, which shares no
  code with the package, on `{holes.name}` (CSI 300 members, hfq, {holes.holes:.1%} of the cells
  without a bar). Its conventions are the documented ones: a window with a hole is NaN, ±inf is NaN
  where it arises, a comparison with NaN is NaN, a cross-section takes the assets with a bar in the
  session, a recursion is cut to its warm-up. For Qlib's own reading they are Qlib's, quirks
  included.
* *KunQuant*: `KunQuant.predefined`, compiled in float64 without fast statistics, on `{whole.name}`
  (no holes). It is given vwap = amount / volume; its adv is its own, the mean of *shares*, where
  the paper and we take the mean of traded value.
* *equal*: share of the cells known to both that agree within {tolerance:g} of the larger value (or
  of the panel's median, if that is larger). *holes*: share of all cells known
  to both or to neither. *order*: Spearman correlation of the cells known to both. A formula
  *agrees* when holes and values are alike in all but one of ten thousand cells.
* Reasons are proved by computing. *Ties ordered by rounding* against the plain reading: every step
  of the formula agrees when both are given the same operands, so a rank or a comparison has
  magnified the last digit. Against KunQuant: our engine, given KunQuant's own graph, gives
  KunQuant's values, and each habit is left out by itself to see whether it matters; where values
  still differ, each operation of the graph is given KunQuant's own operands.
* What the panels lack is stood in for, alike for every program (`agreement_data`): cap, sectors,
  benchmark, the factors of Fama and French. The figures compare programs and say nothing of worth.
"""


@dataclass(frozen=True)
class Row:
    """One formula in the table."""

    name: str
    plain: Likeness | None
    plain_verdict: str
    kunquant: Likeness | None
    kunquant_verdict: str


@dataclass(frozen=True)
class Library:
    """One table: the formulas, who reads them plainly, who else computes them."""

    title: str
    formulas: Sequence[Formula]
    house: House
    calls: bool = False
    folded: bool = False
    kunquant: Callable[..., Mapping[str, object]] | None = None


def libraries() -> list[Library]:
    """Return the tables in the order in which they are printed."""
    strict = [replace(row, profile="qlib_strict") for row in ALPHA158]
    return [
        Library("Alpha101", ALPHA101, WQ101, kunquant=alpha101_graphs),
        Library("Alpha158, windows that take what they find", ALPHA158, QLIB, calls=True),
        Library(
            "Alpha158, strict windows", strict, QLIB_STRICT, calls=True, kunquant=alpha158_graphs
        ),
        Library("Alpha360", ALPHA360, QLIB, folded=True),
        Library("Alpha191", ALPHA191, GTJA191),
    ]


def judged(library: Library, holes: Sample, whole: Sample) -> list[Row]:
    """Compare every formula of a library."""
    kunquant: Mapping[str, Answer] = {}
    if library.kunquant is not None:
        speaks = {row.name for row in library.formulas if "adv" in row.published}
        kunquant = answers(library.kunquant, whole.fields, speaks)
    ours = compute(
        {row.name: row.factor() for row in library.formulas}, holes.market, dtype="float64"
    )
    rows = []
    for formula in library.formulas:
        values = ours[formula.name].to_numpy().astype(np.float64)
        text = formula.published if library.calls else formula.text or formula.published
        plain = compared(values, evaluate(text, holes.fields, library.house))
        verdict = "agrees" if plain.cells else "agrees: no value anywhere"
        if not plain.agrees:
            verdict = "differs: " + plain_reason(formula, library.house, holes, library.calls)
        rows.append(
            Row(formula.name, plain, verdict, *_kunquant(formula, kunquant, library, whole))
        )
    return rows


def _kunquant(
    formula: Formula, kunquant: Mapping[str, Answer], library: Library, whole: Sample
) -> tuple[Likeness | None, str]:
    answer = kunquant.get(formula.name)
    if answer is None:
        return None, ""
    panel = compute(formula.factor(), whole.market, dtype="float64")
    likeness = compared(panel.to_numpy().astype(np.float64), answer.values)
    if likeness.agrees:
        return likeness, "agrees"
    return likeness, "differs: " + reasons(formula, answer, library.kunquant, whole)


def percent(share: float) -> str:
    """Two figures behind the point, never rounded up to 100."""
    if math.isnan(share):
        return "–"
    return "100" if share == 1 else f"{math.floor(share * 10_000) / 100:.2f}"


def cells(likeness: Likeness | None) -> list[str]:
    """Three cells of the table."""
    if likeness is None:
        return ["", "", ""]
    order = "–" if math.isnan(likeness.order) else f"{likeness.order:.4f}"
    return [percent(likeness.equal), percent(likeness.holes), order]


def folded(rows: Sequence[Row]) -> list[Row]:
    """One line for the formulas of a field, where nothing differs between them."""
    found: dict[tuple[object, ...], list[str]] = {}
    for row in rows:
        likeness = None if row.plain is None else cells(row.plain)
        key = (row.name.rstrip("0123456789"), str(likeness), row.plain_verdict)
        found.setdefault(key, []).append(row.name)
    first = {row.name: row for row in rows}
    return [
        replace(
            first[names[0]],
            name=f"{names[0]} … {names[-1]} ({len(names)})" if names[1:] else names[0],
        )
        for names in found.values()
    ]


def table(rows: Sequence[Row]) -> str:
    """One line a formula; KunQuant's columns only where it has any."""
    shown = any(row.kunquant is not None for row in rows)
    heads = ["formula", "equal %", "holes %", "order", "plain reading"]
    heads += ["equal %", "holes %", "order", "KunQuant"] if shown else []
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    for row in rows:
        line = [row.name, *cells(row.plain), row.plain_verdict]
        line += [*cells(row.kunquant), row.kunquant_verdict or "not there"] if shown else []
        lines.append("| " + " | ".join(line) + " |")
    return "\n".join(lines)


def summary(title: str, rows: Sequence[Row]) -> list[object]:
    """Counts: formulas, agreeing, explained and not, for both comparisons."""
    found: list[object] = [title, len(rows)]
    for verdicts in (
        [row.plain_verdict for row in rows],
        [row.kunquant_verdict for row in rows if row.kunquant is not None],
    ):
        agreeing = sum(verdict.startswith("agrees") for verdict in verdicts)
        unexplained = sum("unexplained" in verdict for verdict in verdicts)
        found += [agreeing, len(verdicts) - agreeing - unexplained, unexplained]
    return [cell if any(found[5:]) or place < 5 else "" for place, cell in enumerate(found)]


def document(tables: Mapping[str, Sequence[Row]], fold: set[str], samples: Sequence[Sample]) -> str:
    """The whole report."""
    programs = ", ".join(f"{name} {version(name)}" for name in ("numpy", "pandas", "KunQuant"))
    holes, whole = samples
    heads = ["library", "formulas"]
    heads += [
        f"{who}: {what}"
        for who in ("plain", "KunQuant")
        for what in ("agree", "differ, explained", "unexplained")
    ]
    counts = [summary(title, rows) for title, rows in tables.items()]
    lines = [
        f"# Agreement of the factor libraries, {datetime.now(UTC):%Y-%m-%d}",
        "",
        INTRODUCTION.format(programs=programs, holes=holes, whole=whole, tolerance=TOLERANCE),
        "| " + " | ".join(heads) + " |",
        "|" + " --- |" * len(heads),
        *("| " + " | ".join(map(str, count)) + " |" for count in counts),
        "",
    ]
    for title, rows in tables.items():
        lines += [f"## {title}", "", table(folded(rows) if title in fold else rows), ""]
    return "\n".join(lines)


def main() -> None:
    """Compare, and write Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of real market data")
    parser.add_argument("--out", type=Path, help="Markdown file; default: standard output")
    parser.add_argument("--only", help="begin of a library's title")
    given = parser.parse_args()
    named = given.data or os.environ.get("WORKBENCH_SHARED_DATA")
    folder = Path(named or REPOSITORY.parent / "shared" / "data") / "panels"
    samples = [sample(folder / f"{name}.parquet") for name in (HOLES, WHOLE)]
    tables = {
        library.title: judged(library, *samples)
        for library in libraries()
        if library.title.startswith(given.only or "")
    }
    fold = {library.title for library in libraries() if library.folded}
    text = document(tables, fold, samples)
    if given.out is None:
        sys.stdout.write(text)
        return
    given.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
