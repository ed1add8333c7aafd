"""Take the machine out of what a report keeps: absolute paths, volatile notebook metadata.

:func:`scrubber` replaces known folders in text by short names; :func:`tidy` applies it to an
executed notebook and drops what differs from run to run (times, random ids, paths).
"""

from __future__ import annotations

import copy
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

__all__ = ["relative", "scrubber", "tidy", "walk"]

ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
KEPT = ("status", "exception")


def scrubber(scratch: Path) -> Callable[[str], str]:
    """Return a function that shortens the folders of this machine in text.

    Parameters
    ----------
    scratch : Path
        Working folder of the run.

    Returns
    -------
    callable
        str to str.

    Examples
    --------
    >>> scrubber(Path("/tmp/run-1"))("cannot read /tmp/run-1/prices.csv")
    'cannot read ./prices.csv'
    """
    package = Path(__file__).resolve().parents[2]
    places = [(scratch, "."), (package, "<workbench>"), (Path(sys.prefix), "<python>")]
    places += [(Path(sys.base_prefix), "<python>"), (Path.cwd(), "."), (Path.home(), "~")]
    table = {str(form): short for path, short in places for form in (path, path.resolve())}
    table = {path: short for path, short in table.items() if len(path) > 2}
    longest_first = sorted(table, key=len, reverse=True)
    pattern = re.compile("|".join(f"{re.escape(path)}(?![\\w-])" for path in longest_first))
    return lambda text: pattern.sub(lambda match: table[match.group()], text)


def walk(value: Any, change: Callable[[str], str]) -> Any:
    """Return JSON `value` with `change` applied to every text in it.

    Examples
    --------
    >>> walk({"a": ["x", 1]}, str.upper)
    {'a': ['X', 1]}
    """
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: walk(item, change) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [walk(item, change) for item in value]
    return value


def relative(text: str) -> str:
    """Return the last part of `text` if it is an absolute path, else `text`.

    Examples
    --------
    >>> relative("/home/a/prices.parquet"), relative("C:/data/a.csv"), relative("1/2")
    ('prices.parquet', 'a.csv', '1/2')
    """
    windows = PureWindowsPath(text)
    if windows.drive and windows.is_absolute():
        return windows.name
    posix = PurePosixPath(text)
    return posix.name if posix.is_absolute() and posix.name else text


def tidy(notebook: Mapping[str, Any], clean: Callable[[str], str]) -> dict[str, Any]:
    """Return an executed notebook without machine and clock.

    Parameters
    ----------
    notebook : Mapping
        The notebook as papermill left it.
    clean : callable
        From :func:`scrubber`; applied to streams, errors and text of the outputs.

    Returns
    -------
    dict
        Same cells and outputs; papermill's metadata reduced to parameters and status.
    """
    tidied = copy.deepcopy(dict(notebook))
    papermill = tidied["metadata"].pop("papermill", {})
    tidied["metadata"]["papermill"] = {"parameters": papermill.get("parameters", {})}
    tidied["cells"] = [cell for cell in tidied["cells"] if not is_banner(cell)]
    for cell in tidied["cells"]:
        metadata = cell["metadata"]
        metadata.pop("execution", None)
        status = metadata.pop("papermill", {})
        metadata["papermill"] = {key: status[key] for key in KEPT if key in status}
        if "injected-parameters" in metadata.get("tags", ()):
            cell["id"] = "injected-parameters"
        for output in cell.get("outputs", ()):
            tidy_output(output, clean)
    return tidied


def is_banner(cell: Mapping[str, Any]) -> bool:
    """Return whether papermill added this cell to point at a failure; the page does so itself."""
    return any(tag.startswith("papermill-error") for tag in cell["metadata"].get("tags", ()))


def tidy_output(output: dict[str, Any], clean: Callable[[str], str]) -> None:
    """Shorten paths in one output, and drop terminal colours."""
    for key in ("text", "traceback", "evalue"):
        if key in output:
            output[key] = walk(output[key], lambda text: clean(ANSI.sub("", text)))
    data = output.get("data", {})
    for mime in [mime for mime in data if mime.startswith("text/")]:
        data[mime] = walk(data[mime], clean)
