"""Rows of statements as they were known on a day.

1. `dated_rows` reads a statement table and dates every row (`known_at`)
2. `statement` keeps, for each asset and period, the newest row known on the day asked for
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

from workbench.data.catalog import dataset as catalogued
from workbench.data.point_in_time.columns import codes_of, place
from workbench.data.point_in_time.contradictions import contradiction_note
from workbench.data.point_in_time.known_at import AHEAD, Known, known_at, version_order
from workbench.data.point_in_time.sessions import SessionCalendar, as_day, calendar
from workbench.errors import BadValueError, UnknownFieldError, near_names
from workbench.market.sessions import SessionLike

if TYPE_CHECKING:
    from workbench.data.cellar import Cellar

__all__ = ["MERGED", "dated_rows", "statement", "told_statement"]

MERGED = ("1", "4", "5")
"""Report types of the merged statements: published, restated a year later, before adjustment."""

_KEY = ("asset", "period", "report_type", "announced", "f_announced", "update_flag",
        "first_seen_at", "content_hash")  # fmt: skip
_SHOWN = ("asset", "period", "known_at", "announced", "f_announced", "report_type", "update_flag",
          "first_seen_at")  # fmt: skip
_DATING = ("implementation_announced", "actual", "modified")
_FEW = 400
"""Up to so many codes the table is filtered while it is read."""


def statement(
    cellar: Cellar,
    dataset: str,
    as_of: SessionLike,
    assets: Sequence[str] | None = None,
    fields: Sequence[str] | None = None,
) -> pl.DataFrame:
    """The newest row of each asset and period that was known on a day.

    Parameters
    ----------
    cellar : Cellar
        Where the statements and ``cal.sessions`` lie.
    dataset : str
        Such as ``cn.income``: any dataset of statements.
    as_of : day
        Rows with ``known_at <= as_of`` count. Must lie in the days the calendar knows.
    assets : sequence of str, optional
        Identities or codes; all by default.
    fields : sequence of str, optional
        Figures wanted; all by default.

    Returns
    -------
    DataFrame
        asset, period, known_at, announced, f_announced, report_type, update_flag, first_seen_at
        and the figures, ordered by asset and period. Merged reports only (types 1, 4 and 5).

    Raises
    ------
    NotCoveredError
        If the store has no such table or no calendar.
    CalendarUnknownError
        If the calendar does not know the day.
    UnknownFieldError
        If the dataset has no such figure.
    """
    return told_statement(cellar, dataset, as_of, assets, fields)[0]


def told_statement(
    cellar: Cellar,
    dataset: str,
    as_of: SessionLike,
    assets: Sequence[str] | None = None,
    fields: Sequence[str] | None = None,
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The rows of `statement`, and what a reader of them should know."""
    known = calendar(cellar)
    day = known.require([as_day(as_of)])[0]
    contract = catalogued(dataset)
    every = [name for name in contract.names if name not in (*_KEY, "known_at")]
    figures = every if fields is None else list(fields)
    dated = dated_rows(cellar, dataset, known, figures, assets)
    rows = dated.frame.filter(pl.col("known_at") <= pl.lit(day.item()))
    if assets is not None:
        names = pl.Series("asset", list(assets), dtype=pl.String)
        rows = place(cellar, rows, assets, "announced")
        rows = rows.with_columns(names.gather(rows["column"]).alias("asset"))
    newest = rows.sort(version_order()).unique(["asset", "period"], keep="last")
    shown = newest.sort("asset", "period").select(*_SHOWN, *figures)
    return shown, contradiction_note(dataset, dated.contradicted)


def dated_rows(
    cellar: Cellar,
    dataset: str,
    known: SessionCalendar,
    fields: Sequence[str],
    assets: Sequence[str] | None = None,
) -> Known:
    """Merged reports of a dataset with the session from which each may be used.

    Parameters
    ----------
    cellar : Cellar
        Where the table lies.
    dataset : str
        Any dataset of statements.
    known : SessionCalendar
        Sessions of the market.
    fields : sequence of str
        Figures to read beside the key.
    assets : sequence of str, optional
        Read only rows of these, where they are few.

    Returns
    -------
    Known
        Rows dated by `known_at`, and those quarantined.
    """
    contract = catalogued(dataset)
    if not contract.versions:
        raise BadValueError(f"{dataset} holds no statements: its rows have no announcement.")
    for name in fields:
        if name not in contract:
            hint = near_names(name, contract.names)
            raise UnknownFieldError(f"{dataset} has no figure {name!r}.{hint}")
    wanted = [*_KEY, *(name for name in _DATING if name in contract), *fields]
    values = None
    if assets is not None and len(assets) <= _FEW:
        values = {"asset": codes_of(cellar, assets)}
    frame = cellar.table(dataset).read(columns=list(dict.fromkeys(wanted)), values=values)
    kind = pl.col("report_type").fill_null("")
    merged = frame.filter(kind.is_in(["", *MERGED]))
    return known_at(merged, known, backfill=False, ahead=dataset in AHEAD)
