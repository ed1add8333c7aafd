"""Tables on the terminal, or the same as JSON.

:func:`show` prints rows with rich; :func:`show_json` prints JSON on standard output alone, so that
another program can read it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import typer

# a number, a per cent, or nothing
NUMBER = re.compile(r"[-+]?[\d,.]+(e[-+]\d+)?%?|\N{EN DASH}")

# Columns where no terminal says how many there are: in a pipe nothing is folded or dropped.
WIDE = 200

__all__ = ["frame_rows", "note", "progress_bar", "show", "show_json", "written"]


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print a table.

    Parameters
    ----------
    title : str
        Line above the table.
    columns : sequence of str
        Headings; the first column stands left, numbers stand right.
    rows : sequence of sequences
        Values; see :func:`written`.
    """
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=Text(title, style="bold"),
        title_justify="left",
        box=SIMPLE_HEAD,
        pad_edge=False,
        collapse_padding=True,
    )
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
    console.print(table)


def written(value: Any) -> str:
    """Return a value as text: four digits for floats, an en dash for none.

    Examples
    --------
    >>> written(0.031234), written(22.1), written(3)
    ('0.0312', '22.1', '3')
    """
    if value is None or value != value:
        return "\N{EN DASH}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4f}" if abs(value) < 1 else f"{value:,.4g}"
    return str(value)


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
