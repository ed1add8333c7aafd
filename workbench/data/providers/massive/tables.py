"""Accepted answers to rows in a dataset's contract: columns, days, keys and the bars' own logic.

1. `TABLES` says which of the vendor's names fill which column, old and new generation alike
2. `decode_pages` reads the pages of a unit; `decode_frame` a frame in the same names or in those
   of the flat files (``window_start`` in nanoseconds, unadjusted)
3. A bar whose high is under its low is refused; the vwap may lie outside, because the vendor's
   counts trades that its high and low leave out. Keys must be unique; one split told twice under
   two identities is one split, two different ones on a day and kind are refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import polars as pl

from workbench.data.catalog import dataset as contract_of
from workbench.data.provider import Pages, Unit
from workbench.data.providers.massive.endpoints import snapshot_day
from workbench.data.providers.massive.fields import Field, read_field
from workbench.data.providers.massive.paging import rows_of
from workbench.errors import BadAnswerError, SchemaError, UnknownDatasetError

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset

__all__ = ["TABLES", "decode_frame", "decode_pages"]

_PRICES = (
    Field("open", ("o", "open"), "price", True),
    Field("high", ("h", "high"), "price", True),
    Field("low", ("l", "low"), "price", True),
    Field("close", ("c", "close"), "price", True),
    Field("volume", ("v", "volume"), "amount", True),
    Field("vwap", ("vw", "vwap"), "price"),
    Field("trades", ("n", "transactions", "trades"), "whole"),
)
_WHEN = Field("t", ("t",), "instant", True)

TABLES: Mapping[str, tuple[Field, ...]] = MappingProxyType(
    {
        "us.bars_1d": (
            _WHEN,
            Field("asset", ("T", "ticker"), "ticker", True),
            *_PRICES,
            Field("otc", ("otc",), "truth"),
        ),
        "us.bars_1m": (_WHEN, Field("asset", ("T", "ticker"), "ticker", True), *_PRICES),
        "us.tickers": (
            Field("session", ("session", "date"), "day", True),
            Field("asset", ("ticker",), "ticker", True),
            Field("active", ("active",), "truth", True),
            Field("name", ("name",), "text"),
            Field("kind", ("type",), "text"),
            Field("exchange", ("primary_exchange",), "text"),
            Field("currency", ("currency_name",), "upper"),
            Field("cik", ("cik",), "text"),
            Field("composite_figi", ("composite_figi",), "text"),
            Field("share_class_figi", ("share_class_figi",), "text"),
            Field("delisted", ("delisted_utc",), "zoned_day"),
        ),
        "us.splits": (
            Field("asset", ("ticker",), "ticker", True),
            Field("session", ("execution_date",), "day", True),
            Field("split_from", ("split_from",), "price", True),
            Field("split_to", ("split_to",), "price", True),
            Field("kind", ("adjustment_type",), "text"),
            Field("vendor_factor", ("historical_adjustment_factor",), "price"),
            Field("vendor_id", ("id",), "text"),
        ),
        "us.dividends": (
            Field("asset", ("ticker",), "ticker", True),
            Field("session", ("ex_dividend_date",), "day", True),
            Field("amount", ("cash_amount",), "amount", True),
            Field("currency", ("currency",), "upper"),
            Field("declared", ("declaration_date",), "day"),
            Field("record", ("record_date",), "day"),
            Field("pay", ("pay_date",), "day"),
            Field("frequency", ("frequency",), "whole"),
            Field("kind", ("distribution_type", "dividend_type"), "text"),
            Field("vendor_factor", ("historical_adjustment_factor",), "price"),
            Field("vendor_id", ("id",), "text"),
        ),
    }
)
"""Columns of each dataset with the vendor's names; ``t`` becomes the session or the time."""


def decode_pages(unit: Unit, pages: Pages) -> pl.DataFrame:
    """Rows of one unit, sorted by key; without rows where the vendor counted none.

    Raises
    ------
    BadAnswerError
        With the reason, for whatever cannot be the answer to this unit.
    """
    dataset = _contract(unit.dataset)
    rows: list[dict[str, Any]] = []
    flag = ""
    for request, response in pages.answers:
        flag = flag if request.url else request.query.get("active", "")
        found = rows_of(unit, response)
        rows.extend(_complete(unit, found, flag))
    frame = _finished(dataset, _read(dataset, lambda name: [row.get(name) for row in rows], rows))
    _refuse_other_days(unit, frame, dataset.day)
    return frame


def decode_frame(dataset: Dataset, frame: pl.DataFrame) -> pl.DataFrame:
    """A frame in the vendor's columns, decoded like an answer; splits adjusted inside are refused.

    Raises
    ------
    SchemaError
        If a column that every row needs is missing.
    BadAnswerError
        As `decode_pages`.
    """
    contract = _contract(dataset.name)
    if "adjusted" in frame.columns and frame["adjusted"].fill_null(True).any():
        raise BadAnswerError("expected unadjusted bars, got a column adjusted that is not false")
    if "window_start" in frame.columns and "t" not in frame.columns:
        frame = frame.with_columns(t=pl.col("window_start").cast(pl.Int64) // 1_000_000)
    for field in TABLES[contract.name]:
        if field.required and not set(field.sources) & set(frame.columns):
            raise SchemaError(
                f"{contract.name} needs a column {' or '.join(field.sources)}; "
                f"this frame has {', '.join(frame.columns)}."
            )

    def column(name: str) -> Sequence[Any] | None:
        return frame[name].to_list() if name in frame.columns else None

    return _finished(contract, _read(contract, column, range(frame.height)))


def _contract(name: str) -> Dataset:
    if name not in TABLES:
        raise UnknownDatasetError(f"Massive does not deliver {name}.")
    return contract_of(name)


def _complete(unit: Unit, rows: list[dict[str, Any]], flag: str) -> list[dict[str, Any]]:
    """Rows with what only the request says: the day of a ticker list, the ticker of minutes."""
    if unit.dataset == "us.bars_1m":
        return [{**row, "T": unit.key.rpartition("/")[0]} for row in rows]
    if unit.dataset != "us.tickers":
        return rows
    day = snapshot_day(unit.key)
    for row in rows:
        if row.get("active") is not (flag == "true"):
            raise BadAnswerError(f"expected active = {flag}, got {str(row)[:80]}")
        if row.get("market", "stocks") != "stocks":
            raise BadAnswerError(f"expected stocks, got {str(row)[:80]}")
    return [{**row, "session": day} for row in rows]


def _read(
    dataset: Dataset, column: Callable[[str], Sequence[Any] | None], rows: Sequence[Any]
) -> pl.DataFrame:
    return pl.DataFrame([read_field(field, column, len(rows)) for field in TABLES[dataset.name]])


def _finished(dataset: Dataset, frame: pl.DataFrame) -> pl.DataFrame:
    made = _FINISH[dataset.name](frame).select(dataset.names).cast(dict(dataset.schema()))
    twice = made.filter(pl.struct(dataset.key).is_duplicated())
    if twice.height:
        shown = ", ".join(str(twice.row(0, named=True)[name]) for name in dataset.key)
        raise BadAnswerError(
            f"expected each {', '.join(dataset.key)} once, got {twice.height} rows that share "
            f"theirs, such as {shown}"
        )
    return made.sort(dataset.key)


def _refuse_other_days(unit: Unit, frame: pl.DataFrame, day: str) -> None:
    days = frame[day]
    if day == "time":
        days = days.dt.convert_time_zone("America/New_York").dt.date()
    if unit.first is None or unit.last is None or not frame.height:
        return
    outside = days.filter((days < unit.first) | (days > unit.last))
    if len(outside):
        raise BadAnswerError(
            f"expected days from {unit.first} to {unit.last}, got {len(outside)} others such as "
            f"{outside[0]}"
        )


def _day_bars(frame: pl.DataFrame) -> pl.DataFrame:
    moment = pl.col("t").cast(pl.Datetime("ms")).dt.replace_time_zone("UTC")
    return _sane_bars(frame).with_columns(
        session=moment.dt.convert_time_zone("America/New_York").dt.date(),
        otc=pl.col("otc").fill_null(False),
    )


def _minute_bars(frame: pl.DataFrame) -> pl.DataFrame:
    if (frame["t"] % 60_000 != 0).any():
        raise BadAnswerError("expected minute bars to start on whole minutes")
    moment = pl.col("t").cast(pl.Datetime("ms")).dt.replace_time_zone("UTC")
    return _sane_bars(frame).with_columns(time=moment.dt.cast_time_unit("us"))


def _sane_bars(frame: pl.DataFrame) -> pl.DataFrame:
    broken = frame.filter(pl.col("high") < pl.col("low"))
    if broken.height:
        row = broken.row(0, named=True)
        raise BadAnswerError(
            f"expected high >= low, got {row['high']} under {row['low']} for {row['asset']}; "
            f"{broken.height} such bars"
        )
    return frame


def _splits(frame: pl.DataFrame) -> pl.DataFrame:
    """Splits with a kind; the same ratio told twice under other identities counts once."""
    forward = pl.col("split_to") > pl.col("split_from")
    kind = pl.when(forward).then(pl.lit("forward_split")).otherwise(pl.lit("reverse_split"))
    named = frame.with_columns(kind=pl.coalesce("kind", kind)).sort("vendor_id", nulls_last=True)
    told = ["asset", "session", "kind", "split_from", "split_to"]
    identified = named.filter(pl.col("vendor_id").is_not_null())
    plain = named.filter(pl.col("vendor_id").is_null())
    if identified["vendor_id"].is_duplicated().any():
        raise BadAnswerError("expected each split's id once, got one twice")
    return pl.concat([identified.unique(told, keep="first", maintain_order=True), plain])


def _dividends(frame: pl.DataFrame) -> pl.DataFrame:
    """Dividends with an identity: the vendor's, or for its older answers one from the content."""
    told = ["asset", "session", "amount", "currency", "declared", "record", "pay", "kind"]
    made = [
        given or f"v3-{hashlib.sha256(repr(row).encode('utf-8')).hexdigest()[:24]}"
        for given, row in zip(frame["vendor_id"], frame.select(told).iter_rows(), strict=True)
    ]
    return frame.with_columns(vendor_id=pl.Series(made, dtype=pl.String))


_FINISH: Mapping[str, Callable[[pl.DataFrame], pl.DataFrame]] = MappingProxyType(
    {
        "us.bars_1d": _day_bars,
        "us.bars_1m": _minute_bars,
        "us.tickers": lambda frame: frame,
        "us.splits": _splits,
        "us.dividends": _dividends,
    }
)
