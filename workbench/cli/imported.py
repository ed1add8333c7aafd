"""What an import says: rows by dataset, and what would prove that none is missing.

Rows of one's own are stored whether or not anything says which rows there should be; that is told
in a sentence and is no failure. Rows that validators left out are one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from workbench.cli import tables

if TYPE_CHECKING:
    from workbench.data.data_room import DataRoom
    from workbench.data.update import UpdateReport

__all__ = ["refused", "told"]

COLUMNS = ("dataset", "units", "rows", "revised", "gaps", "version")


def refused(report: UpdateReport) -> bool:
    """Whether rows were left out, or nothing was stored."""
    return not report.rows or any(part.notes or part.denied for part in report.parts)


def told(report: UpdateReport, room: DataRoom) -> None:
    """Print the tables that rows went to, what was left out, and whether they are complete."""
    rows = [
        [
            part.dataset,
            sum(part.units.values()),
            part.rows,
            part.revisions,
            len(part.gaps),
            part.version,
        ]
        for part in report.parts
    ]
    tables.show(f"Imported in {report.seconds:.1f} s", COLUMNS, rows)
    for part in report.parts:
        for note in part.notes:
            typer.echo(f"{part.dataset}: {note}")
    typer.echo(completeness(report, room))


def completeness(report: UpdateReport, room: DataRoom) -> str:
    """Return one sentence: complete, not complete, or what would be needed to know.

    Parameters
    ----------
    report : UpdateReport
        Of an import.
    room : DataRoom
        The workspace, to see which tables are there.
    """
    from workbench.data.catalog import catalog

    status = room.status()
    held = set(status.index[status["version"].notna()])
    known = catalog()
    expecting = [
        part.dataset
        for part in report.parts
        if part.dataset in known and known[part.dataset].expects == "traded"
    ]
    needed = sorted({need for name in expecting for need in known[name].needs} - held)
    if needed:
        return f"Stored; whether {_are(expecting)} complete is unknown until {_are(needed)} there."
    gaps = [part.dataset for part in report.parts if part.gaps]
    if gaps:
        missing = sum(gap.count or 1 for gap in report.gaps)
        said = f"{tables.counted(missing, 'expected row')} missing"
        return f"Stored, not complete: {said}; `workbench data gaps {gaps[0]}` lists them."
    open_ = [
        part.dataset
        for part in report.parts
        if part.dataset in expecting and part.units.get("committed")
    ]
    if open_:
        return f"Stored; whether {_are(open_)} complete is unknown: no shares are listed then."
    return "Stored and complete."


def _are(names: list[str]) -> str:
    """Names with their verb: ``a is``, ``a and b are``."""
    if len(names) == 1:
        return f"{names[0]} is"
    return f"{', '.join(names[:-1])} and {names[-1]} are"
