"""Which company a ticker was: spans of tickers joined into securities that keep their identity.

Tickers are given away: the same letters are one company until a day and another after it, and one
company changes its letters. The vendor has no permanent identifier, so identity is found from its
monthly ticker lists (``us.tickers``, active and delisted):

1. every ticker is followed through the lists. A span ends with the vendor's last day
   (``delisted_utc``), with a change of FIGI or CIK, or with absence from a list
2. spans that share a composite FIGI, or a share-class FIGI, are one security (a rename, a return
   after a pause), unless they hold at the same time: then each ticker is its own security
3. without FIGIs a span stands alone. Nothing is ever joined by ticker or by name

A span begins the day after the list before its first, because a share listed within a month is
first seen in the next list; where another company held the ticker, it begins after that company's
last day, or with its own first list where that day is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import polars as pl

from workbench.data.american.ticker_spans import MARKS, listed_runs, owners_of, spans_of
from workbench.errors import BadValueError, NotCoveredError, SchemaError

if TYPE_CHECKING:
    from workbench.data.cellar import Cellar
    from workbench.data.point_in_time.securities import Securities

__all__ = ["SPAN_COLUMNS", "identify", "part_renames", "ticker_spans", "us_securities"]

SPAN_COLUMNS: Mapping[str, Any] = MappingProxyType(
    {
        "security_id": pl.String,
        "asset": pl.String,
        "valid_from": pl.Date,
        "valid_to": pl.Date,
        "name": pl.String,
        "composite_figi": pl.String,
        "share_class_figi": pl.String,
        "cik": pl.String,
        "list_date": pl.Date,
        "delist_date": pl.Date,
    }
)
"""Columns of the table of spans.

`valid_to` is the last day, missing while the span holds; `list_date` is the span's first day;
`delist_date`, the first day on which the security is no longer listed, stands in the latest span of
a security that has left.
"""

_FOREVER = date(9999, 12, 31)


def ticker_spans(tickers: pl.DataFrame) -> pl.DataFrame:
    """Spans of tickers with the identity of the security, from rows of ``us.tickers``.

    Returns
    -------
    polars.DataFrame
        In the columns of `SPAN_COLUMNS`, sorted by security and day; spans of one ticker never
        overlap, those of one renamed security may until `part_renames`. `security_id` is the
        composite FIGI, else the share-class FIGI, else ``TICKER@first day``.

    Raises
    ------
    SchemaError
        If a column is missing.

    Examples
    --------
    >>> days = {"session": [date(2022, 6, 1), date(2022, 7, 1)], "asset": ["FB", "META"]}
    >>> rows = pl.DataFrame({**days, "active": True, "composite_figi": "BBG000MM2P62"})
    >>> blank = [
    ...     pl.lit(None, pl.String).alias(name) for name in ("share_class_figi", "cik", "name")
    ... ]
    >>> spans = ticker_spans(rows.with_columns(*blank, delisted=pl.lit(None, pl.Date)))
    >>> for row in spans.select("security_id", "asset", "valid_from", "valid_to").rows():
    ...     print(*row)
    BBG000MM2P62 FB 2022-06-01 2022-06-30
    BBG000MM2P62 META 2022-06-02 None
    """
    needed = {"session", "asset", "active", "name", "delisted", *MARKS}
    missing = needed - set(tickers.columns)
    if missing:
        raise SchemaError(f"The ticker lists lack {', '.join(sorted(missing))}.")
    lists, runs, ends = listed_runs(tickers)
    spans = [
        span
        for asset in sorted({*runs, *ends})
        for span in spans_of(asset, runs.get(asset, ()), ends.get(asset, ()), lists)
    ]
    rows = [
        (owner, one.asset, one.first, one.last, one.name or None, *_blank(one.marks), one.first)
        for one, owner in zip(spans, owners_of(spans), strict=True)
    ]
    schema = dict(list(SPAN_COLUMNS.items())[:-1])
    frame = pl.DataFrame(rows, schema, orient="row").sort("security_id", "valid_from", "asset")
    left = pl.col("valid_to").fill_null(_FOREVER).max().over("security_id")
    gone = (pl.col("valid_to") == left) & (left < _FOREVER)
    return frame.with_columns(
        delist_date=pl.when(gone).then(pl.col("valid_to") + timedelta(days=1))
    )


def us_securities(cellar: Cellar) -> Securities:
    """The securities of the American market, from the ticker lists in the store.

    Raises
    ------
    NotCoveredError
        If the store has no ``us.tickers``.
    """
    from workbench.data.point_in_time.securities import Securities

    columns = ["session", "asset", "active", "name", "delisted", *MARKS]
    spans = ticker_spans(cellar.table("us.tickers").read(columns=columns))
    bars = pl.DataFrame(schema={"asset": pl.String, "session": pl.Date})
    codes = sorted({code for pair in _overlaps(spans).iter_rows() for code in pair[1:3]})
    if codes and cellar.has("us.bars_1d"):
        table = cellar.table("us.bars_1d")
        bars = table.read(columns=["asset", "session"], values={"asset": codes})
    return Securities(part_renames(spans, bars), "us", ())


def part_renames(spans: pl.DataFrame, bars: pl.DataFrame) -> pl.DataFrame:
    """Spans in which a renamed security has one ticker a day: the bars tell the day of the change.

    The lists leave up to a month in which either ticker may have been in force. The old one ends
    with its last bar in that time; where it has none, the new one begins with its first; where
    neither has one, with the list that shows it.

    Parameters
    ----------
    spans : polars.DataFrame
        From `ticker_spans`.
    bars : polars.DataFrame
        ``asset`` and ``session`` of the bars of renamed securities; others do no harm.

    Examples
    --------
    >>> one = {"security_id": ["F", "F"], "asset": ["FB", "META"]}
    >>> held = {"valid_from": [date(2022, 1, 3), date(2022, 6, 2)]}
    >>> left = {"valid_to": [date(2022, 6, 30), None], "list_date": held["valid_from"]}
    >>> bars = {"asset": ["FB", "META"], "session": [date(2022, 6, 8), date(2022, 6, 9)]}
    >>> parted = part_renames(pl.DataFrame({**one, **held, **left}), pl.DataFrame(bars))
    >>> [str(day) for day in (parted["valid_to"][0], parted["valid_from"][1])]
    ['2022-06-08', '2022-06-09']
    """
    pairs = _overlaps(spans)
    if pairs.is_empty():
        return spans
    window = pl.col("session").is_between("first", "last")
    old = pairs.join(bars, left_on="old", right_on="asset").filter(window)
    new = pairs.join(bars, left_on="new", right_on="asset").filter(window)
    cuts = (
        pairs.join(old.group_by("row").agg(old_last=pl.col("session").max()), on="row", how="left")
        .join(new.group_by("row").agg(new_first=pl.col("session").min()), on="row", how="left")
        .select(
            "row",
            cut=pl.min_horizontal(
                pl.coalesce(
                    pl.col("old_last") + timedelta(days=1),
                    "new_first",
                    pl.col("last") + timedelta(days=1),
                ),
                pl.col("end"),
            ),
        )
    )
    made = spans.with_row_index("row").join(cuts, on="row", how="left", maintain_order="left")
    following = pl.col("cut").shift(-1).over("security_id")
    return made.with_columns(
        valid_from=pl.coalesce("cut", "valid_from"),
        list_date=pl.coalesce("cut", "list_date"),
        valid_to=pl.coalesce(following - timedelta(days=1), "valid_to"),
    ).drop("row", "cut")


def _overlaps(spans: pl.DataFrame) -> pl.DataFrame:
    """Spans (`row`) that begin while the security's one before may hold: tickers and days.

    Either may be in force from `first` to `last`; the new one holds on its `end` for certain.
    """
    earlier = pl.col("asset", "valid_to").shift(1).over("security_id").name.prefix("old_")
    found = spans.with_row_index("row").with_columns(earlier)
    return found.filter(pl.col("old_valid_to") >= pl.col("valid_from")).select(
        "row",
        old="old_asset",
        new="asset",
        first="valid_from",
        last="old_valid_to",
        end="valid_to",
    )


def identify(
    frame: pl.DataFrame,
    spans: pl.DataFrame,
    *,
    day: str = "session",
    asset: str = "asset",
    unknown: str = "raise",
) -> pl.DataFrame:
    """The frame with a column ``security_id``: whom each row's ticker named on its day.

    Parameters
    ----------
    frame : polars.DataFrame
        With a day and a ticker in each row.
    spans : polars.DataFrame
        From `ticker_spans`.
    day, asset : str
        Columns of `frame`.
    unknown : str
        What to do with rows whose ticker nobody held on that day, as far as the lists tell:
        ``raise``, or ``null``.

    Raises
    ------
    NotCoveredError
        With examples, for such rows.
    BadValueError
        For another word in `unknown`, or spans that overlap.

    Examples
    --------
    >>> held = {"security_id": "BBG1", "asset": "FB", "valid_to": date(2022, 6, 8)}
    >>> spans = pl.DataFrame({**held, "valid_from": [date(2022, 6, 1)]})
    >>> bars = pl.DataFrame({"session": [date(2022, 6, 8)], "asset": ["FB"]})
    >>> identify(bars, spans)["security_id"].to_list()
    ['BBG1']
    """
    if unknown not in ("raise", "null"):
        raise BadValueError(f"Expected unknown to be raise or null, got {unknown!r}.")
    held = spans.select("security_id", "asset", "valid_from", end=pl.col("valid_to"))
    held = held.with_columns(pl.col("end").fill_null(_FOREVER)).sort("asset", "valid_from")
    following = pl.col("valid_from").shift(-1).over("asset")
    if held.filter(following <= pl.col("end")).height:
        raise BadValueError("Two spans hold the same ticker on one day.")
    rows = frame.drop("security_id", strict=False).with_row_index("row_")
    found = (
        rows.select("row_", asset=asset, day=pl.col(day).cast(pl.Date))
        .sort("day")
        .join_asof(
            held.sort("valid_from"),
            left_on="day",
            right_on="valid_from",
            by="asset",
            strategy="backward",
            check_sortedness=False,
        )
        .filter(pl.col("day") <= pl.col("end"))
        .select("row_", "security_id")
    )
    made = rows.join(found, on="row_", how="left", maintain_order="left").drop("row_")
    nobody = made.filter(pl.col("security_id").is_null())
    if unknown == "raise" and nobody.height:
        few = nobody.select(asset, day).head(5).rows()
        shown = ", ".join(f"{name} on {when}" for name, when in few)
        raise NotCoveredError(
            f"{nobody.height} rows have a ticker that no list knows on that day: {shown}. Fetch "
            'us.tickers from an earlier day, or pass unknown="null".'
        )
    return made


def _blank(marks: tuple[str, str, str]) -> tuple[str | None, ...]:
    return tuple(mark or None for mark in marks)
