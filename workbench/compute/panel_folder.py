"""A folder of panels: one memory-mapped .npy file each, and an index of what they are.

- `numpy.load` opens each file by itself; `panels.json` holds sessions, assets and provenance;
- a file grows at its end: rows are written behind the last, then the header, then the index is
  replaced by renaming. The index alone says how many rows count, so that a reader, or a process
  that died half-way, never meets a row that is not whole;
- writers wait for each other; panels that are open see their own rows for ever.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tokenize import TokenError
from typing import Any
from uuid import uuid4

import numpy as np

from workbench.arrays import FloatPanel
from workbench.compute.memo import row_blocks
from workbench.errors import PlanError, StaleResultError, near_names
from workbench.market import Assets, Panel, Sessions

__all__ = ["PanelFolder", "read_panel", "read_panels"]

_INDEX = "panels.json"
_FORMAT = 1


class PanelFolder:
    """Panels of one grid in one folder; as a sink it takes the results of `compute`.

    Parameters
    ----------
    path : path
        The folder; made when it is first written to.
    """

    lets_go = True

    def __init__(self, path: str | os.PathLike[str]) -> None:
        if not isinstance(path, (str, os.PathLike)):
            raise PlanError(f"A folder of panels is a path, got {type(path).__name__}.")
        self._path = Path(path)
        if self._path.exists() and not self._path.is_dir():
            raise PlanError(f"A folder of panels cannot be {self._path.name!r}: it is a file.")
        self._made: dict[str, dict[str, Any]] = {}

    @property
    def path(self) -> Path:
        """Where the folder is."""
        return self._path

    @property
    def names(self) -> tuple[str, ...]:
        """Panels held."""
        return tuple(self._index()["panels"])

    def take(self, name: str, panel: Panel) -> None:
        """Write the file of a panel; `commit` makes it known."""
        self._path.mkdir(parents=True, exist_ok=True)
        file = f"{_slug(name)}.{uuid4().hex[:8]}.npy"
        with (self._path / file).open("wb") as out:
            _write_header(out, panel.dtype, panel.shape)
            for block in row_blocks(panel.values):
                out.write(block)
        self._made[name] = {
            "file": file,
            "rows": panel.shape[0],
            "title": panel.name,
            "provenance": dict(panel.provenance),
        }

    def commit(self, sessions: Sessions, assets: Assets) -> None:
        """Make the panels taken known; those of the same names are replaced.

        Raises
        ------
        PlanError
            The folder holds other panels of another grid.
        """
        with self._locked():
            index = self._index()
            other = set(index["panels"]) - set(self._made)
            grid = {"sessions": [str(day) for day in sessions], "assets": list(assets.names)}
            if other and any(index[what] != grid[what] for what in grid):
                raise PlanError(
                    f"The folder {self._path.name!r} holds {len(other)} other panels of other "
                    "sessions or assets. Choose another folder, or extend it: append_to=folder."
                )
            replaced = [one["file"] for n, one in index["panels"].items() if n in self._made]
            self._replace({**index, **grid, "panels": {**index["panels"], **self._made}})
            for file in replaced:
                (self._path / file).unlink(missing_ok=True)
        self._made = {}

    def discard(self) -> None:
        """Remove what was taken and not committed."""
        for one in self._made.values():
            (self._path / one["file"]).unlink(missing_ok=True)
        self._made = {}

    def extend(self, tails: Mapping[str, Panel]) -> None:
        """Write new last rows behind panels.

        Parameters
        ----------
        tails : mapping of str to Panel
            The new rows with their sessions, and the provenance the whole shall have.

        Raises
        ------
        StaleResultError
            Somebody else extended the folder meanwhile.
        """
        with self._locked():
            index = self._index()
            days = index["sessions"]
            for name, new in tails.items():
                entry = index["panels"][name]
                rows, own = entry["rows"], [str(day) for day in new.sessions]
                # Other panels of the folder may be ahead: then the days are known already.
                known = days[rows : rows + len(own)]
                if own[: len(known)] != known or (rows and own[0] <= days[rows - 1]):
                    raise StaleResultError(
                        f"The panel {name!r} was extended by somebody else meanwhile; run again."
                    )
                days = days[: rows + len(known)] + own[len(known) :] + days[rows + len(own) :]
                self._append(entry, new.values)
                entry.update(rows=rows + len(own), provenance=dict(new.provenance))
            self._replace({**index, "sessions": days})

    def read(self, name: str) -> Panel:
        """One panel, memory-mapped and read-only."""
        return self.read_all([name])[name]

    def read_all(self, names: list[str] | None = None) -> dict[str, Panel]:
        """Some panels, or all.

        Raises
        ------
        PlanError
            No such panel, or a file that is shorter than the index says.
        """
        index = self._index()
        assets = Assets(index["assets"])
        days = np.array(index["sessions"], dtype="datetime64[D]")
        heights = {one["rows"] for one in index["panels"].values()}
        sessions = {rows: Sessions(days[:rows]) for rows in heights}
        found = {}
        for name in index["panels"] if names is None else names:
            if name not in index["panels"]:
                raise PlanError(
                    f"The folder {self._path.name!r} has no panel {name!r}."
                    f"{near_names(name, index['panels'])}"
                )
            one = index["panels"][name]
            values = self._mapped(one["file"])[: one["rows"]]
            if values.shape != (one["rows"], len(assets)):
                raise PlanError(
                    f"The file of the panel {name!r} is shorter than its index says; compute it "
                    "again with out=."
                )
            found[name] = Panel(
                values, sessions[one["rows"]], assets, one["title"], None, one["provenance"]
            )
        return found

    def _mapped(self, file: str) -> FloatPanel:
        try:
            return np.load(self._path / file, mmap_mode="r")
        except (OSError, ValueError, EOFError, SyntaxError, TokenError) as error:
            raise PlanError(
                f"The file {file!r} of this folder is missing or torn ({error}); compute the panel "
                "again with out=."
            ) from error

    def _append(self, entry: dict[str, Any], new: FloatPanel) -> None:
        with (self._path / entry["file"]).open("r+b") as file:
            np.lib.format.read_magic(file)
            shape, _, dtype = np.lib.format.read_array_header_1_0(file)
            start = file.tell()
            file.seek(start + entry["rows"] * shape[1] * dtype.itemsize)
            for block in row_blocks(new.astype(dtype, copy=False)):
                file.write(block)
            file.flush()
            file.seek(0)
            _write_header(file, dtype, (entry["rows"] + len(new), shape[1]))
            if file.tell() != start:
                raise PlanError(f"The header of {entry['file']!r} cannot grow; compute it again.")

    def _index(self) -> dict[str, Any]:
        path = self._path / _INDEX
        if not path.exists():
            return {"format": _FORMAT, "sessions": [], "assets": [], "panels": {}, "origins": []}
        try:
            index = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise PlanError(
                f"The index of the folder {self._path.name!r} cannot be read ({error}); compute "
                "its panels again with out=."
            ) from error
        if not isinstance(index, dict) or index.get("format") != _FORMAT:
            raise PlanError(f"The folder {self._path.name!r} was written by a newer workbench.")
        for one in index["panels"].values():
            one["provenance"]["market"] = index["origins"][one["provenance"]["market"]]
        return index

    def _replace(self, index: dict[str, Any]) -> None:
        """Write the index beside its place and rename it there; equal origins are kept once."""
        origins: dict[str, int] = {}
        written: dict[int, str] = {}  # hundreds of panels share one origin: write it once
        panels = {}
        for name, one in index["panels"].items():
            origin = one["provenance"]["market"]
            text = written.setdefault(id(origin), "") or _json(origin)
            written[id(origin)] = text
            place = origins.setdefault(text, len(origins))
            panels[name] = {**one, "provenance": {**one["provenance"], "market": place}}
        whole = {**index, "panels": panels, "origins": [json.loads(origin) for origin in origins]}
        beside = self._path / f"{_INDEX}.{uuid4().hex[:8]}"
        beside.write_text(_json(whole), encoding="utf-8")
        os.replace(beside, self._path / _INDEX)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One writer at a time; the system lets go of the lock when its process ends."""
        import fcntl

        self._path.mkdir(parents=True, exist_ok=True)
        with (self._path / ".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def read_panels(folder: str | os.PathLike[str]) -> dict[str, Panel]:
    """Open every panel that ``compute(…, out=folder)`` wrote.

    Returns
    -------
    dict of str to Panel
        Memory-mapped, read-only, with sessions, assets and provenance.

    Raises
    ------
    PlanError
        The folder holds no panels, or a file is missing.
    """
    found = PanelFolder(folder).read_all()
    if not found:
        raise PlanError(f"There are no panels in the folder {Path(folder).name!r}.")
    return found


def read_panel(folder: str | os.PathLike[str], name: str) -> Panel:
    """Open one panel that ``compute(…, out=folder)`` wrote; see `read_panels`.

    Examples
    --------
    >>> import tempfile
    >>> import workbench as wb
    >>> market = wb.demo_market(seed=7, sessions=60, assets=40)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     panels = wb.compute({"high": "rank(close)"}, market, out=folder)
    ...     read_panel(folder, "high").provenance["expression"]
    'rank(close)'
    """
    return PanelFolder(folder).read(name)


def _write_header(file: Any, dtype: np.dtype[Any], shape: tuple[int, ...]) -> None:
    facts = {"descr": dtype.str, "fortran_order": False, "shape": tuple(shape)}
    np.lib.format.write_array_header_1_0(file, facts)


def _slug(name: str) -> str:
    """A file name that every system takes, and that no other panel has."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "_", name)[:60]
    return f"{plain}.{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    """Provenance may hold mappings that are not dicts, tuples of sets, days and NumPy numbers."""
    if isinstance(value, Mapping):
        return dict(value)
    return value.item() if isinstance(value, np.generic) else str(value)
