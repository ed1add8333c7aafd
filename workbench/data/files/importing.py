"""Files and frames into the store: read strictly, merged by key, committed in one piece a dataset.

1. `import_files` reads CSV or Parquet: bars in any naming, a vendor's own columns (``vendor=``),
   a dataset of the catalogue, or a table of one's own (``user.<name>``)
2. `ingest` takes a frame in a vendor's columns and decodes it like an answer of that vendor
3. whatever is refused is refused whole, with row numbers, and noted in the quarantine; rows of
   other keys that the store holds stay as they are
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.data.catalog import dataset as dataset_of
from workbench.data.cellar import refuse_pinned
from workbench.data.files.bar_files import PROVISIONAL, bar_frames, refuse_adjusted
from workbench.data.files.location import fingerprint, locate
from workbench.data.files.user_tables import declare, find_dataset
from workbench.errors import (
    BadValueError,
    CalendarUnknownError,
    DataError,
    SchemaError,
    UnknownDatasetError,
)

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

    from workbench.data.cellar import Cellar
    from workbench.data.dataset import Dataset
    from workbench.data.provider import Unit
    from workbench.data.update import UpdateReport

__all__ = ["import_files", "ingest"]

_BARS = ("cn.bars_1d", "us.bars_1d")
_CALENDARS = {"cn": "cal.sessions", "us": "us.sessions"}
_EXCHANGES = {"cn": "SSE", "us": "XNYS"}


def import_files(
    cellar: Cellar,
    path: str | PathLike[str],
    *,
    dataset: str,
    mapping: Mapping[str, str | None] | None = None,
    units: Mapping[str, str] | None = None,
    key: Sequence[str] | None = None,
    vendor: str | None = None,
) -> UpdateReport:
    """Import a file, a folder or a glob of CSV or Parquet.

    Parameters
    ----------
    cellar : Cellar
        Where to.
    path : path
        Files of one kind with the same columns.
    dataset : str
        ``cn.bars_1d`` or ``us.bars_1d``: a long table of bars in any naming; companions such as
        ``adj_factor`` go to their own datasets, unknown codes to ref.provisional (listed from
        their first bar on where no listing day is given), the calendar is laid if there is none.
        Any other dataset of the catalogue: its own column names. ``user.<name>``: any table.
    mapping : mapping of str to str or None, optional
        ``{"their column": "our column"}``; None leaves a column out.
    units : mapping, optional
        Units of volume, amount and share counts of a file of bars.
    key : sequence of str, optional
        Key of a new table of one's own; session and asset by default.
    vendor : str, optional
        The columns are those of this vendor (``"tushare"``), for any dataset it delivers.

    Returns
    -------
    UpdateReport

    Raises
    ------
    SourceNotFoundError, SchemaError, BadValueError, DuplicateKeyError, UnknownDatasetError
        Nothing is written then; the refusal is noted in the quarantine.
    """
    refuse_pinned(cellar)
    files = locate(path)
    origin = {"files": [fingerprint(file) for file in files]}
    try:
        if vendor is not None:
            return _import_vendor(cellar, files, dataset, vendor, origin)
        if dataset in _BARS:
            return _import_bars(cellar, files, dataset, mapping, units, origin)
        return _import_table(cellar, files, dataset, mapping, key, origin)
    except UnknownDatasetError:
        raise
    except DataError as error:
        _note_refusal(cellar, dataset, origin, error)
        raise


def ingest(
    cellar: Cellar,
    frame: pd.DataFrame | pl.DataFrame,
    *,
    dataset: str,
    vendor: str = "tushare",
) -> UpdateReport:
    """Take a frame in a vendor's columns, decoded and checked like an answer of that vendor.

    Parameters
    ----------
    cellar : Cellar
        Where to.
    frame : DataFrame
        Of pandas (as the ``tushare`` package answers) or polars.
    dataset : str
        What the frame holds, such as ``cn.bars_1d`` for ``pro.daily(…)``.
    vendor : str
        Whose columns and units these are.

    Raises
    ------
    BadAnswerError, SchemaError, DuplicateKeyError
        Nothing is written then.

    Notes
    -----
    Frames of ``ts.pro_bar`` are refused where they give themselves away: adjusted prices, or a
    ``pre_close`` overwritten with yesterday's raw close. Use ``pro.daily``.
    """
    from workbench.data.providers import provider

    refuse_pinned(cellar)
    contract = find_dataset(cellar.root, dataset)
    held = _polars(frame)
    rows = provider(vendor).from_frame(contract, held)
    if contract.axis == "day":
        _refuse_closed_days_left_out(rows)
    if dataset not in _BARS:
        if contract.axis == "session" and not rows.is_empty():
            _lay_calendar(cellar, contract.market, rows)
        return _committed(cellar, contract, rows, "frames")
    _refuse_lacking(rows)
    refuse_adjusted(rows)
    frames = {dataset: rows}
    if dataset == "cn.bars_1d":
        frames |= _companions(vendor, held) | {PROVISIONAL: _met(rows)}
    return _import_frames(cellar, dataset, frames, "frames", None)


def _import_vendor(
    cellar: Cellar, files: list[Path], name: str, vendor: str, origin: Mapping[str, Any]
) -> UpdateReport:
    from workbench.data.files.table import read_table

    return ingest(cellar, read_table(files).frame, dataset=name, vendor=vendor)


def _import_table(
    cellar: Cellar,
    files: list[Path],
    name: str,
    mapping: Mapping[str, str | None] | None,
    key: Sequence[str] | None,
    origin: Mapping[str, Any],
) -> UpdateReport:
    """One declared dataset from a file in its own column names."""
    from workbench.data.files.table import read_table
    from workbench.data.files.typed_frame import typed_frame

    table = read_table(files)
    if name.startswith("user."):
        contract = declare(cellar.root, name, table, mapping, key)
    else:
        contract = find_dataset(cellar.root, name)
        if key is not None:
            raise SchemaError(f"{name} has the key {list(contract.key)}; key= is for user tables.")
    rows = typed_frame(table, contract, mapping)
    return _committed(cellar, contract, rows, "files", origin)


def _import_bars(
    cellar: Cellar,
    files: list[Path],
    name: str,
    mapping: Mapping[str, str | None] | None,
    units: Mapping[str, str] | None,
    origin: Mapping[str, Any],
) -> UpdateReport:
    """Bars and their companions; the calendar first, because every day must be a session."""
    frames, notes = bar_frames(files, name, mapping, units)
    return _import_frames(cellar, name, frames, "files", {**origin, "notes": notes})


def _import_frames(
    cellar: Cellar,
    name: str,
    frames: Mapping[str, pl.DataFrame],
    provider: str,
    origin: Mapping[str, Any] | None,
) -> UpdateReport:
    """Commit bars, then what came with them."""
    market = find_dataset(cellar.root, name).market
    _lay_calendar(cellar, market, frames[name])
    reports = []
    for target, rows in frames.items():
        if target == PROVISIONAL:
            rows = _unknown_codes(cellar, rows) if market == "cn" else rows.clear()
            if rows.is_empty():
                continue
        contract = find_dataset(cellar.root, target)
        reports.append(_committed(cellar, contract, rows, provider, origin))
    return reports[0].joined(*reports[1:])


def _companions(vendor: str, held: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Factors that stand beside the bars of a frame, as merged tables of daily data have them."""
    from workbench.data.providers import provider

    if "adj_factor" not in held.columns:
        return {}
    contract = dataset_of("cn.adj_factor")
    return {contract.name: provider(vendor).from_frame(contract, held)}


def _met(bars: pl.DataFrame) -> pl.DataFrame:
    """The codes of a frame of bars with their first days."""
    import polars as pl

    blank = pl.lit(None, dtype=pl.Date)
    met = bars.group_by("asset").agg(first_bar=pl.col("session").min()).sort("asset")
    return met.with_columns(list_date=blank, delist_date=blank)


def _refuse_lacking(bars: pl.DataFrame) -> None:
    """Refuse frames of bars without prices or volume at all."""
    needed = ("open", "high", "low", "close", "volume")
    lacking = [name for name in needed if bars.height and bars[name].null_count() == bars.height]
    if lacking:
        raise SchemaError(
            f"A frame of daily bars needs {', '.join(needed)}; this one has no "
            f"{', '.join(lacking)}."
        )


def _refuse_closed_days_left_out(days: pl.DataFrame) -> None:
    """Refuse a calendar without its closed days: what is not there might be a missing row."""
    for exchange, span in days.group_by("exchange"):
        first, last = span["session"].min(), span["session"].max()
        natural = (last - first).days + 1
        if span.height != natural:
            raise BadValueError(
                f"The calendar of {exchange[0]} has {span.height} of the {natural} natural days "
                f"from {first} to {last}. Give every day, open or not: pro.trade_cal(exchange=…, "
                "start_date=…, end_date=…) without is_open."
            )


def _committed(
    cellar: Cellar,
    contract: Dataset,
    rows: pl.DataFrame,
    provider: str,
    origin: Mapping[str, Any] | None = None,
) -> UpdateReport:
    """Merge and commit under the dataset's lock: two imports of one day keep each other's rows."""
    from workbench.data.update.commit import commit_frame, derived_units
    from workbench.data.update.job import holding

    by = "import" if provider == "files" else "ingest"
    with holding(cellar, contract.name):
        units = derived_units(contract, rows)
        merged = _merged(cellar, contract, rows, units)
        return commit_frame(
            cellar, contract, merged, units, provider=provider, by=by, origin=origin
        )


def _merged(
    cellar: Cellar, contract: Dataset, rows: pl.DataFrame, units: Sequence[Unit]
) -> pl.DataFrame:
    """`rows`, with the stored rows of the same units whose keys differ.

    A commit replaces whole units (days, codes, months), so that a file of a few assets must bring
    along the others.
    """
    import polars as pl

    from workbench.data.update.settle import held_rows

    if contract.versions or cellar.store.version(contract.name) is None:
        return rows
    held = held_rows(cellar, contract, units)
    others = held.join(rows, on=list(contract.key), how="anti", nulls_equal=True)
    return pl.concat([rows, others.select(rows.columns)])


def _lay_calendar(cellar: Cellar, market: str, bars: pl.DataFrame) -> None:
    """Make sure that the calendar reaches over the bars, and that every bar is on a session."""
    from workbench.data.point_in_time import calendar
    from workbench.data.update import update

    first, last = bars["session"].min(), bars["session"].max()
    name = _CALENDARS[market]
    if not _reaches(cellar, market, first, last):
        update(cellar, name, start=first, end=last, provider="calendar")
    if not _reaches(cellar, market, first, last):
        raise CalendarUnknownError(
            f"The bars run from {first} to {last}; the calendar {name} does not reach that far."
        )
    open_days = set(calendar(cellar, market).between(first, last).tolist())
    odd = sorted(set(bars["session"].unique().to_list()) - open_days)
    if odd:
        shown = ", ".join(map(str, odd[:5]))
        raise BadValueError(
            f"{len(odd)} days of the file are no sessions of {_EXCHANGES[market]}: {shown}. Check "
            "the dates; shifted time zones put bars on Saturdays"
        )


def _reaches(cellar: Cellar, market: str, first: Any, last: Any) -> bool:
    from workbench.data.point_in_time import calendar

    if not cellar.has(_CALENDARS[market]):
        return False
    known = calendar(cellar, market)
    return bool(known.first <= _day(first) and known.last >= _day(last))


def _day(value: Any) -> Any:
    import numpy as np

    return np.datetime64(value, "D")


def _unknown_codes(cellar: Cellar, met: pl.DataFrame) -> pl.DataFrame:
    """Codes that ref.securities does not know, with the earliest bar that ever came."""
    import polars as pl

    if cellar.has("ref.securities"):
        known = cellar.table("ref.securities").read(columns=["asset"])["asset"].unique()
        met = met.filter(~pl.col("asset").is_in(known.implode()))
    schema = dataset_of(PROVISIONAL).schema()
    rows = met.select(pl.col(name).cast(dtype) for name, dtype in schema.items())
    if not cellar.has(PROVISIONAL):
        return rows
    before = cellar.table(PROVISIONAL).read()
    both = pl.concat([before, rows]).group_by("asset", maintain_order=True)
    return both.agg(
        pl.col("first_bar").min(),
        pl.col("list_date").drop_nulls().last(),
        pl.col("delist_date").drop_nulls().last(),
    ).join(rows.select("asset"), on="asset", how="semi")


def _polars(frame: pd.DataFrame | pl.DataFrame) -> pl.DataFrame:
    """The frame in polars; an index with a name becomes a column, any other one is no data."""
    import polars as pl

    if isinstance(frame, pl.DataFrame):
        return frame
    try:
        named = frame.reset_index() if any(frame.index.names) else frame
        return pl.from_pandas(named)
    except (AttributeError, TypeError, ValueError, pl.exceptions.PolarsError) as error:
        raise SchemaError(
            f"expected a pandas or polars frame, got {type(frame).__name__}: {error}"
        ) from error


def _note_refusal(cellar: Cellar, name: str, origin: Mapping[str, Any], error: DataError) -> None:
    """Keep the reason with the files' names and hashes; the files stay where they are."""
    from workbench.data.client import Landing
    from workbench.data.provider import Unit

    told = json.dumps(origin, ensure_ascii=False, sort_keys=True).encode()
    key = ", ".join(file["name"] for file in origin["files"][:3])
    landing = Landing(cellar.root, clock=cellar.clock)
    landing.quarantine("files", Unit(name, key), told, str(error))
