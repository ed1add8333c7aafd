"""Tables on the terminal, or the same as JSON.

:func:`show` prints rows with rich; :func:`show_json` prints JSON on standard output alone, so that
another program can read it.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Sequence
from numbers import Integral
from typing import Any

import typer

# a number, a per cent, or nothing
NUMBER = re.compile(r"[-+]?[\d,.]+(e[-+]\d+)?%?|\N{EN DASH}")

# Columns where no terminal says how many there are: in a pipe nothing is folded or dropped.
WIDE = 200

# From here on whole numbers have thousands separators; years have none.
GROUPED = 10_000

# From here on floats are no counts any more.
WHOLE = 10**15

__all__ = [
    "counted",
    "frame_rows",
    "note",
    "progress_bar",
    "show",
    "show_json",
    "sized",
    "written",
]


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print a table.

    Parameters
    ----------
    title : str
        Line above the table, never broken.
    columns : sequence of str
        Headings; the first column stands left, numbers stand right.
    rows : sequence of sequences
        Values; see :func:`written`.
    """
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for index, name in enumerate(columns):
        numeric = bool(rows) and all(NUMBER.fullmatch(written(row[index])) for row in rows)
        table.add_column(
            Text(name),
            justify="right" if numeric else "left",
            no_wrap=index == 0,
            min_width=max(map(len, name.split())),
            overflow="fold",
        )
    for row in rows:
        table.add_row(*(Text(written(value)) for value in row))
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDE)
    console.print(Text(title, style="bold"), soft_wrap=True)
    console.print(table)


def written(value: Any) -> str:
    """Return a value as text for a table.

    Floats have four digits, whole numbers from 10,000 on separators; a time at midnight is a day,
    others are told to the second, ``Z`` for UTC; none is an en dash.

    Examples
    --------
    >>> written(0.031234), written(22.1), written(3), written(86930)
    ('0.0312', '22.1', '3', '86,930')
    >>> written(dt.datetime(2015, 1, 5)), written(dt.datetime(2015, 1, 5, 7, 30, 0, 5, dt.UTC))
    ('2015-01-05', '2015-01-05 07:30:00Z')
    """
    if value is None or value != value:
        return "\N{EN DASH}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return _moment(value)
    if isinstance(value, Integral):
        return f"{int(value):,}" if abs(int(value)) >= GROUPED else str(value)
    if isinstance(value, float):
        if GROUPED <= abs(value) < WHOLE and value.is_integer():
            return f"{value:,.0f}"
        return f"{value:.4f}" if abs(value) < 1 else f"{value:,.4g}"
    return str(value)


def _moment(value: dt.datetime) -> str:
    """A day, or a time to the second with its zone; midnight somewhere is a time, not a day."""
    if value.tzinfo is None and value.time() == dt.time():
        return value.date().isoformat()
    text = f"{value:%Y-%m-%d %H:%M:%S}"
    if value.tzinfo is None:
        return text
    return f"{text}Z" if not value.utcoffset() else value.isoformat(" ", "seconds")


def counted(count: int, noun: str = "row") -> str:
    """Return a count with its noun.

    Examples
    --------
    >>> counted(1), counted(86930), counted(2, "unit")
    ('1 row', '86,930 rows', '2 units')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def sized(count: int) -> str:
    """Return a number of bytes for people, in decimal units.

    Examples
    --------
    >>> sized(0), sized(812), sized(15_300), sized(208_912_345), sized(1_250_000_000)
    ('0 B', '812 B', '15 kB', '209 MB', '1.2 GB')
    """
    amount = float(count)
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if amount < 999.5 or unit == "TB":
            break
        amount /= 1000
    digits = 1 if unit not in ("B", "kB") and amount < 9.95 else 0
    return f"{amount:,.{digits}f} {unit}"


def show_json(value: Any) -> None:
    """Print `value` as JSON; tables as records, NaN as null."""
    from workbench.report.results import plain

    typer.echo(json.dumps(plain(value), indent=2, ensure_ascii=False))


def frame_rows(frame: Any) -> tuple[list[str], list[list[Any]]]:
    """Return columns and rows of a DataFrame, its index first.

    Parameters
    ----------
    frame : pandas.DataFrame
        A table of results.

    Returns
    -------
    tuple of (list of str, list of list)
    """
    flat = frame.reset_index()
    records = flat.to_dict(orient="split")
    return [str(name) for name in records["columns"]], records["data"]


def note(text: str) -> None:
    """Print a line for people on standard error, so that standard output stays clean."""
    typer.echo(text, err=True)


def progress_bar() -> Any:
    """Return a rich progress bar on standard error, for work over two seconds."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
