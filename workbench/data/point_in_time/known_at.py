"""The first session on which a statement may be used, and the rows that nobody can date.

1. a row is effective on the first session strictly after ``max(announced, f_announced)``: an
   announcement has a day, no hour, so the next session is the first that surely knows it
2. rows announced before their own period ended, without a day, or of no fiscal quarter are
   quarantined: apart, each with its reason
3. rows of one asset and period are versions of one report. The original is the one seen first
   by this store, then effective first, then type 5 (before adjustment) over 1 over 4, flag 0 over 1
4. a version seen later than the original is a revision: known from the first session that opens
   after ``first_seen_at``
5. a version seen together with the original but announced later is known from its announcement
6. a version seen together with the original and announced with it is a correction whose day no
   vendor publishes: known only from the first session that opens after ``first_seen_at``; never,
   where nobody noted when it was seen
7. versions alike in all of this, also in the day and the time at which they came, are one version:
   figures on which they disagree are left out of both (`contradictions`), never chosen
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from workbench.data.point_in_time.contradictions import without_contradictions
from workbench.errors import SchemaError

if TYPE_CHECKING:
    from workbench.data.point_in_time.sessions import SessionCalendar

__all__ = ["AHEAD", "Known", "known_at", "version_order"]

AHEAD = ("cn.forecast", "cn.disclosure", "cn.dividend")
"""Datasets whose rows may be announced before the period ends: plans and forecasts."""

_NEEDED = ("asset", "period", "announced", "report_type", "update_flag")
_OPTIONAL = {
    "first_seen_at": pl.Datetime("us", "UTC"),
    "content_hash": pl.String(),
    "f_announced": pl.Date(),
}
_LATER_DAYS = ("f_announced", "implementation_announced", "actual")
"""Days on which a row says more than when first announced: a stage reached, a day kept."""
_MODIFIED = "modified"
"""Text with the days on which a plan was changed, as 20240105,20240205: the last counts."""
_STRUCTURE = frozenset({*_NEEDED, *_OPTIONAL, *_LATER_DAYS, _MODIFIED, "known_at", "reason"})
"""Columns that say which row this is; all others are what it says."""
_FAMILIES = {"1": "merged", "4": "merged", "5": "merged", "2": "quarter", "3": "quarter"}
"""Report types that are versions of one report; any other type is a report of its own."""
_SHANGHAI_HOURS = 8
_OPEN_MINUTES = 9 * 60 + 30


@dataclass(frozen=True)
class Known:
    """Dated rows and the rows that could not be dated.

    Attributes
    ----------
    frame : DataFrame
        The rows with `known_at`, a session; missing where the calendar does not reach that far,
        or where a correction was never seen arriving.
    quarantined : DataFrame
        Rows that must not be used, with `reason`.
    contradicted : DataFrame
        asset, period and figure where versions that nothing tells apart disagree; the figure is
        missing in `frame`.
    """

    frame: pl.DataFrame
    quarantined: pl.DataFrame
    contradicted: pl.DataFrame


def known_at(
    frame: pl.DataFrame, calendar: SessionCalendar, *, backfill: bool, ahead: bool = False
) -> Known:
    """Date rows of statements by the rule of this module.

    Parameters
    ----------
    frame : DataFrame
        Columns asset, period, announced, report_type, update_flag; f_announced, first_seen_at and
        content_hash where there are such. All stored rows of a period must be in it for its
        revisions to be told from its original.
    calendar : SessionCalendar
        Sessions of the market.
    backfill : bool
        The rows came in one download of history: the order in which they were seen says nothing.
        False honours `first_seen_at`, as for everything read from the store.
    ahead : bool
        Rows may be announced before their period ends, and periods need not be quarters
        (`AHEAD`).

    Returns
    -------
    Known
        `frame` has every row of the input that is not quarantined, in the order of the input.

    Raises
    ------
    SchemaError
        If columns are missing.

    Examples
    --------
    >>> import polars as pl
    >>> from datetime import date
    >>> from workbench.data.point_in_time.sessions import SessionCalendar
    >>> days = np.arange("2024-04-25", "2024-05-01", dtype="datetime64[D]")
    >>> row = {
    ...     "asset": ["600519.SH"],
    ...     "period": [date(2024, 3, 31)],
    ...     "announced": [date(2024, 4, 27)],
    ...     "report_type": ["1"],
    ...     "update_flag": ["0"],
    ... }
    >>> dated = known_at(
    ...     pl.DataFrame(row), SessionCalendar("cn", days, days[0], days[-1]), backfill=True
    ... )
    >>> dated.frame["known_at"].to_list()
    [datetime.date(2024, 4, 28)]
    """
    missing = [name for name in _NEEDED if name not in frame.columns]
    if missing:
        raise SchemaError(f"Statements are dated by {_NEEDED}; the columns {missing} are missing.")
    rows = _complete(frame)
    reason = _reasons(ahead)
    rows = rows.with_columns(reason.alias("_reason"))
    bad = rows.filter(pl.col("_reason").is_not_null())
    good = rows.filter(pl.col("_reason").is_null())
    quarantined = bad.select(*[name for name in frame.columns if name != "reason"], "_reason")
    dated = _dated(good, calendar, backfill)
    figures = [name for name in frame.columns if name not in _STRUCTURE]
    report = [pl.col("asset"), pl.col("period"), pl.col("_family")]
    dated, told = without_contradictions(dated, [*report, *_ranks()], figures)
    return Known(
        dated.select(*[name for name in frame.columns if name != "known_at"], "known_at"),
        quarantined.rename({"_reason": "reason"}),
        told,
    )


def version_order() -> list[pl.Expr]:
    """Sort keys that put versions of one period in the order in which they replace each other.

    Later known replaces earlier known; among rows known on one session type 4 over 1 over 5, flag
    1 over 0, later seen over earlier seen, later announced over earlier announced. The content's
    hash makes the order total; rows that only it tells apart have equal figures or none.
    """
    return [*_ranks(), pl.col("content_hash").fill_null("")]


def _ranks() -> list[pl.Expr]:
    """What orders versions."""
    announced = pl.max_horizontal("announced", "f_announced")
    return [
        pl.col("known_at"),
        _type_rank().alias("_type_rank"),
        _flag().alias("_flag_rank"),
        _moment().alias("_moment"),
        announced.fill_null(date.min).alias("_announced_rank"),
    ]


def _complete(frame: pl.DataFrame) -> pl.DataFrame:
    """Add the optional columns, empty, and the latest day that any column announces."""
    absent = [
        pl.lit(None, dtype=kind).alias(name)
        for name, kind in _OPTIONAL.items()
        if name not in frame.columns
    ]
    told = [pl.col("announced"), *(pl.col(n) for n in _LATER_DAYS if n in frame.columns)]
    if _MODIFIED in frame.columns:
        days = pl.col(_MODIFIED).cast(pl.String).str.extract_all(r"\d{8}")
        told.append(days.list.eval(pl.element().str.to_date("%Y%m%d", strict=False)).list.max())
    return frame.with_columns(*absent, pl.max_horizontal(told).alias("_announced"))


def _reasons(ahead: bool) -> pl.Expr:
    period, announced = pl.col("period"), pl.col("_announced")
    found = (
        pl.when(period.is_null())
        .then(pl.lit("no fiscal period"))
        .when(announced.is_null())
        .then(pl.lit("no day of announcement"))
    )
    if not ahead:
        quarter_end = (period.dt.month() % 3 == 0) & (period == period.dt.month_end())
        found = found.when(announced < period).then(pl.lit("announced before its period ended"))
        found = found.when(~quarter_end).then(pl.lit("the period is no end of a quarter"))
    return found.otherwise(pl.lit(None, dtype=pl.String))


def _type_rank() -> pl.Expr:
    """0 before adjustment, 1 as published or unknown, 2 restated by the next year's report."""
    kind = pl.col("report_type")
    return pl.when(kind == "5").then(0).when(kind == "4").then(2).otherwise(1).cast(pl.Int8)


def _moment() -> pl.Expr:
    """When a row was seen; before all others where nobody noted it."""
    return pl.col("first_seen_at").fill_null(pl.lit(0).cast(pl.Datetime("us", "UTC")))


def _flag() -> pl.Expr:
    return (pl.col("update_flag").fill_null("") == "1").cast(pl.Int8)


def _dated(rows: pl.DataFrame, calendar: SessionCalendar, backfill: bool) -> pl.DataFrame:
    """Add `known_at` to rows that have an announcement."""
    last = len(calendar.sessions)
    effective = calendar.rows_after(rows["_announced"].to_numpy())
    seen = _rows_seen(rows["first_seen_at"].dt.replace_time_zone(None).to_numpy(), calendar)
    batch = pl.lit(0, dtype=pl.Int64) if backfill else _moment().dt.epoch("us")
    kind = pl.col("report_type").fill_null("")
    work = rows.with_columns(
        pl.Series("_effective", effective),
        pl.Series("_seen", seen),
        batch.alias("_batch"),
        _type_rank().alias("_type"),
        _flag().alias("_flag"),
        kind.replace(_FAMILIES).replace("", "merged").alias("_family"),
    )
    report = ["asset", "period", "_family"]
    order = ["_batch", "_effective", "_type", "_flag"]
    originals = (
        work.select(*report, *order).sort(order).unique(report, keep="first", maintain_order=True)
    )
    work = work.join(originals, on=report, how="left", suffix="_first", maintain_order="left")
    revised = pl.max_horizontal("_effective", "_seen")
    alike = (pl.col("_type") == pl.col("_type_first")) & (pl.col("_flag") == pl.col("_flag_first"))
    row = (
        pl.when(pl.col("_batch") > pl.col("_batch_first"))
        .then(revised)
        .when((pl.col("_effective") > pl.col("_effective_first")) | alike)
        .then(pl.col("_effective"))
        .otherwise(revised)
    )
    found = work.select(row.alias("row"))["row"].to_numpy()
    days = np.full(len(found), np.datetime64("NaT", "D"), dtype="datetime64[D]")
    inside = found < last
    days[inside] = calendar.sessions[found[inside]]
    return work.with_columns(pl.Series("known_at", days, dtype=pl.Date))


def _rows_seen(times: NDArray[np.datetime64], calendar: SessionCalendar) -> NDArray[np.int64]:
    """Row of the first session that opens (09:30 in Shanghai) after each time."""
    moments = times.astype("datetime64[us]")
    local = moments + np.timedelta64(_SHANGHAI_HOURS, "h") - np.timedelta64(_OPEN_MINUTES, "m")
    # Shifted so that the day changes at the opening: before it, the session of that day counts.
    return calendar.rows_after(local.astype("datetime64[D]"))
