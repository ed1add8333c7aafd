"""Load one table: rows of a window, of some assets, checked for holes, adjusted where asked.

1. the dataset, its columns, the window and the assets are checked; nothing is guessed
2. the holes of the window are found: an error by default, never a silent NaN
3. rows are read at one pinned version; a universe keeps the members of each session
4. prices are adjusted by the cumulative factor, never rounded
5. the answer is a `Frame`: rows, and where they came from
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.data.catalog import BUNDLES
from workbench.data.cellar import Cellar
from workbench.data.dataset import Dataset
from workbench.data.files.user_tables import find_dataset
from workbench.data.reading.bar_adjustment import adjusted_bars, checked_adjust, factors_at
from workbench.data.reading.code_holes import by_code, find_code_holes
from workbench.data.reading.frame import Frame
from workbench.data.reading.holes import Holes, checked_on_gap, find_holes
from workbench.data.reading.table_request import TableRequest
from workbench.data.reading.window import Window, window, written_day
from workbench.errors import (
    BadValueError,
    DataGapError,
    NotCoveredError,
    SnapshotError,
    UnknownDatasetError,
)
from workbench.market import Sessions
from workbench.market.rules import rules_version

if TYPE_CHECKING:
    import polars as pl

__all__ = ["load"]


def load(
    cellar: Cellar,
    dataset: str,
    *,
    start: object = None,
    end: object = None,
    assets: Iterable[str] | None = None,
    fields: Iterable[str] | None = None,
    universe: str | Sequence[str] | None = None,
    adjust: str | None = None,
    anchor: object = None,
    as_of: object = None,
    version: int | None = None,
    on_gap: str = "raise",
    snap: str | None = None,
) -> Frame:
    """Read a table of the store.

    Parameters
    ----------
    cellar : Cellar
        Read at its pinned versions, or at the latest as of now.
    dataset : str
        Such as ``cn.bars_1d``, or a table of one's own, ``user.signals``.
    start, end : day, optional
        First and last day, both included, as a date, ``2024-01-31`` or ``20240131``; all that is
        stored by default. `end` must be a session where the table follows sessions. Statements
        are selected by their fiscal period.
    assets : iterable of str, optional
        ``000001.SZ``, ``SZ000001``, or ``000001`` where only one security has it. A share is
        found under every code it has held, each on its own days.
    fields : iterable of str, optional
        Columns beside the key; all by default.
    universe : str or sequence of str, optional
        ``"all"``, an index such as ``"csi300"`` (its members as of each row's session), or codes.
    adjust : {"none", "hfq", "qfq"}, optional
        Bars of Chinese shares: times the factor of the session, or relative to `anchor`.
    anchor : day, optional
        For ``qfq``: the day whose quoted prices stay as they are. Assets listed later are null.
    as_of : day, optional
        Statements only: the newest row of each asset and period that was known on that day.
    version : int, optional
        A version of this table.
    on_gap : {"raise", "warn", "ignore"}
        What to do about rows that should be there and are not.
    snap : {"prev"}, optional
        Move an `end` that is no session to the session before.

    Returns
    -------
    Frame
        Rows ordered by key. Rows of Chinese shares under a code that was not valid on their day
        are left out and noted, so that no security comes twice; SQL shows tables as they are
        stored. The provenance names dataset, version, window, coverage, gaps, units and rules.

    Raises
    ------
    UnknownDatasetError, SchemaError, BadValueError, UnknownAssetError
        Names, columns, arguments and codes that do not fit; with near names.
    CalendarUnknownError
        A day beyond the calendar.
    NotCoveredError
        Nothing of it is in the store; says the command that fetches it.
    DataGapError
        Part of it is missing.
    EmptyUniverseError
        Nothing is left to read.
    SnapshotError
        No such version.
    """
    on_gap = checked_on_gap(on_gap)
    ask = TableRequest(_seen(cellar, dataset, version), _contract(cellar, dataset))
    chosen = ask.columns(fields)
    wanted = None if assets is None else ask.codes(assets)
    how = checked_adjust(adjust, anchor, ask.dataset)
    if as_of is not None or ask.dataset.versions:
        for name, value in (("universe", universe), ("snap", snap)):
            if value is not None:
                raise BadValueError(f"{dataset} holds statements, which have no {name}.")
        return _statements(ask, start, end, wanted, fields, as_of, on_gap)
    span = ask.window(start, end, snap)
    days = ask.sessions(span)
    holes = _holes(ask, days, wanted)
    gap = None if holes is None else holes.settle(on_gap)
    rows = ask.rows(span, wanted, chosen, universe, days, on_gap)
    made: dict[str, Any] = {"adjust": "none"}
    if how != "none":
        day = None if anchor is None else written_day(anchor, "anchor")
        rows = _adjusted(ask, rows, how, day, on_gap)
        made |= {"adjust": how, "anchor": None if day is None else str(day)}
    ask.notes.extend(said for said in (gap, None if holes is None else holes.doubt) if said)
    sessions = None if days is None else Sessions(days)
    return Frame(rows, _provenance(ask, rows, span, days, holes) | made, sessions)


def _seen(cellar: Cellar, dataset: str, version: int | None) -> Cellar:
    """The cellar at one set of versions."""
    seen = cellar.pinned()
    if version is None:
        return seen
    if isinstance(version, bool) or not isinstance(version, int) or version < 0:
        raise SnapshotError(f"version should be a whole number from 0, got {version!r}.")
    return seen.at({**(seen.pins or {}), dataset: version}, seen.label)


def _contract(cellar: Cellar, name: str) -> Dataset:
    """The dataset of this name; a bundle is no table."""
    if name in BUNDLES:
        raise UnknownDatasetError(
            f"{name!r} is a bundle for updates ({', '.join(BUNDLES[name])}); load one of its "
            "tables, or open a market."
        )
    if not isinstance(name, str):
        raise UnknownDatasetError(f"A dataset is named by text such as 'cn.bars_1d', got {name!r}.")
    return find_dataset(cellar.root, name)


def _holes(
    ask: TableRequest, days: NDArray[np.datetime64] | None, codes: list[str] | None
) -> Holes | None:
    """What the request should find and does not; None where nothing can be told."""
    if days is None or not len(days):
        return None
    if not by_code(ask.dataset):
        return find_holes(ask.cellar, ask.dataset, days, codes)
    if codes is None:
        return None
    return find_code_holes(ask.cellar, ask.dataset, days, ask.groups(codes))


def _adjusted(
    ask: TableRequest, rows: pl.DataFrame, how: str, anchor: date | None, on_gap: str
) -> pl.DataFrame:
    """Rows times their factor; missing factors are noted, or refused."""
    if rows.is_empty():
        return rows
    table = ask.cellar.table("cn.adj_factor")
    first, last = rows["session"].min(), rows["session"].max()
    codes = rows["asset"].unique().to_list()
    few = {"asset": codes} if len(codes) < 500 else None
    factors = table.read(first=first, last=last, values=few)  # type: ignore[arg-type]
    anchored = None
    if anchor is not None:
        window(anchor, None, now=ask.cellar.clock(), region=ask.region, known=ask.calendar)
        if table.last is None or anchor > table.last:
            raise NotCoveredError(
                f"cn.adj_factor ends on {table.last}, before the anchor {anchor}. Fetch it "
                "with `workbench data update cn.adj_factor`."
            )
        anchored = factors_at(table.scan(["session", "asset", "adj_factor"]), anchor)
    made, lacking = adjusted_bars(rows, factors, anchored)
    if lacking.is_empty():
        return made
    shown = ", ".join(f"{asset} on {day}" for day, asset in lacking.head(5).iter_rows())
    said = f"{lacking.height} bars have no adjustment factor ({shown})."
    if on_gap == "raise" and anchored is None:
        raise DataGapError(
            f"{said} Fetch them with `workbench data update cn.adj_factor --start {first} "
            f"--end {last}`, or pass on_gap='warn' or 'ignore': those bars are then null."
        )
    ask.notes.append(said)
    return made


def _statements(
    ask: TableRequest,
    start: object,
    end: object,
    codes: list[str] | None,
    fields: Iterable[str] | None,
    as_of: object,
    on_gap: str,
) -> Frame:
    """Rows of statements: every version stored, or the newest known on a day."""
    import polars as pl

    if not ask.dataset.versions:
        raise BadValueError(
            f"as_of is for statements; {ask.dataset.name} has one row a key. For an earlier "
            "state of the store pass version=…, or open a snapshot."
        )
    span = window(start, end, now=ask.cellar.clock(), region=ask.region, known=None)
    reach = ask.calendar.between(None, None)
    gap = holes.settle(on_gap) if (holes := _holes(ask, reach, codes)) else None
    ask.notes.extend([gap] if gap else [])
    if as_of is None:
        rows = ask.rows(span, codes, ask.columns(fields), None, None)
        return Frame(rows, _provenance(ask, rows, span, None, None) | {"as_of": None})
    from workbench.data.point_in_time.statements import told_statement

    day = written_day(as_of, "as_of")
    window(None, day, now=ask.cellar.clock(), region=ask.region, known=None)
    figures = None if fields is None else [fields] if isinstance(fields, str) else list(fields)
    rows, notes = told_statement(ask.cellar, ask.dataset.name, day, codes, figures)
    ask.notes.extend(f"{note}." for note in notes)
    if span.first is not None:
        rows = rows.filter(pl.col("period") >= span.first)
    if span.last is not None:
        rows = rows.filter(pl.col("period") <= span.last)
    return Frame(rows, _provenance(ask, rows, span, None, None) | {"as_of": str(day)})


def _provenance(
    ask: TableRequest,
    rows: pl.DataFrame,
    span: Window,
    days: NDArray[np.datetime64] | None,
    holes: Holes | None,
) -> dict[str, Any]:
    """Where rows came from."""
    units = {name: ask.dataset[name].unit for name in rows.columns if name in ask.dataset}
    covered = None
    if holes is not None and days is not None:
        covered = {"periods": holes.asked, "covered": holes.asked - len(holes.absent)}
    return {
        "dataset": ask.dataset.name,
        "version": ask.cellar.version(ask.dataset.name),
        "snapshot": ask.cellar.label,
        "window": tuple(None if day is None else str(day) for day in (span.first, span.last)),
        "coverage": covered,
        "gaps": None if holes is None else holes.to_dict(),
        "units": {name: unit for name, unit in units.items() if unit},
        "rules": rules_version(),
        "title": ask.dataset.title,
        "notes": tuple(ask.notes),
    }
