"""Adjustment factors of American shares from as-traded closes, splits and dividends.

The factor of a session is the product over the ex-dates up to it, 1 on a share's first session::

    split       split_to / split_from
    dividend    1 / (1 - amount / reference)      reference = the close before the ex-date

so ``price * factor`` runs on from the first session without the jumps (hfq). Conventions:

1. An event acts on the first session with a bar on or after its ex-date. Events up to the first
   bar have nothing to be joined with, events after the last bar have not happened; both are out.
2. In order: ex-date, then dividends before splits. A dividend on the day of a split is therefore
   per share of the evening before; a later one, with no bar between, is per share after the split.
3. Several dividends on one ex-date add up. Without a bar between ex-dates the reference goes on
   from event to event: divided by the split, less the dividend.
4. A dividend that the vendor tells twice (all the same but its identity) counts once.
5. Dividends in another or an unknown currency, and those not below their reference, cannot be
   used: an error, or left out and listed with ``unusable="leave"``.

A factor uses events and closes up to its own session only, so later ones never change it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import polars as pl

from workbench.errors import BadValueError, SchemaError

__all__ = ["VARIANTS", "UsFactors", "us_adjustment_factors"]

VARIANTS = ("total", "split")
"""``total`` joins splits and dividends (total return), ``split`` only splits."""

_NEEDED = {
    "bars": ("session", "close"),
    "splits": ("session", "split_from", "split_to"),
    "dividends": ("session", "amount", "currency"),
}
_SAME = ("amount", "currency", "declared", "record", "pay", "kind")
_DIVIDEND, _SPLIT = 0, 1
_SHOWN = 5


@dataclass(frozen=True)
class UsFactors:
    """Factors and what they were not made of.

    Attributes
    ----------
    frame : polars.DataFrame
        One row a bar: the key column(s), ``session`` and ``factor`` (fraction, > 0, never null).
    left_out : polars.DataFrame
        Dividends that do not count: key, ``session``, ``amount``, ``currency``, ``reason``.
    variant : str
        ``total`` or ``split``.
    """

    frame: pl.DataFrame
    left_out: pl.DataFrame
    variant: str


def us_adjustment_factors(
    bars: pl.DataFrame,
    splits: pl.DataFrame,
    dividends: pl.DataFrame,
    *,
    variant: str = "total",
    by: str = "asset",
    currency: str = "USD",
    unusable: str = "raise",
) -> UsFactors:
    """Cumulative factors of every bar, see the module for the conventions.

    Parameters
    ----------
    bars : polars.DataFrame
        ``session``, ``close`` as traded, and the column `by`; one row a share and session.
    splits, dividends : polars.DataFrame
        In the columns of ``us.splits`` and ``us.dividends``, with the column `by`.
    variant : str
        One of `VARIANTS`.
    by : str
        What identifies a share. Tickers are given to other companies later: over years use
        ``security_id`` from `workbench.data.american.tickers`.
    currency : str
        Of the closes.
    unusable : str
        ``raise``, or ``leave`` such dividends out and list them.

    Raises
    ------
    SchemaError
        If a column is missing.
    BadValueError
        For closes that are missing or not above zero, repeated bars, impossible ratios or
        amounts, and dividends that cannot be used.

    Examples
    --------
    >>> from datetime import date
    >>> day = [date(2024, 1, 2), date(2024, 1, 3), date(2024, 1, 4)]
    >>> bars = pl.DataFrame({"asset": ["A"] * 3, "session": day, "close": [100.0, 49.0, 50.0]})
    >>> split = {"asset": ["A"], "session": day[1:2], "split_from": [1.0], "split_to": [2.0]}
    >>> paid = {"asset": ["A"], "session": day[2:], "amount": [0.98], "currency": ["USD"]}
    >>> made = us_adjustment_factors(bars, pl.DataFrame(split), pl.DataFrame(paid))
    >>> [round(factor, 6) for factor in made.frame["factor"]]
    [1.0, 2.0, 2.040816]
    """
    if variant not in VARIANTS or unusable not in ("raise", "leave"):
        raise BadValueError(
            f"Expected variant {' or '.join(VARIANTS)} and unusable raise or leave, got "
            f"{variant!r} and {unusable!r}."
        )
    for name, frame in (("bars", bars), ("splits", splits), ("dividends", dividends)):
        missing = {by, *_NEEDED[name]} - set(frame.columns)
        if missing:
            raise SchemaError(f"The {name} lack {', '.join(sorted(missing))}.")
    days = _sound_bars(bars, by)
    counted, left = _countable(dividends, by, currency)
    events = _split_events(splits, by)
    if variant == "total":
        events = pl.concat([events, _dividend_events(counted, by)])
    jumps, too_big = _jumps(days, events, by)
    out = pl.concat([left, _why(too_big, "not below the close before", by)])
    out = out.clear() if variant == "split" else out.sort(by, "session")
    wrong = out.filter(pl.col("reason") != _TWICE)
    if unusable == "raise" and wrong.height:
        raise BadValueError(_complaint(wrong, by, currency))
    factor = pl.col("jump").fill_null(1.0).cum_prod().over(by, order_by="session")
    made = days.join(jumps, on=[by, "session"], how="left").with_columns(factor=factor)
    keep = dict.fromkeys([by, "asset", "session", "factor"])
    frame = made.select(name for name in keep if name in made.columns).sort(by, "session")
    return UsFactors(frame, out, variant)


_TWICE = "told twice"


def _sound_bars(bars: pl.DataFrame, by: str) -> pl.DataFrame:
    """Bars in order, each close a number above zero, each share once a session."""
    bad = bars.filter(~((pl.col("close") > 0) & pl.col("close").is_finite()).fill_null(False))
    if bad.height:
        raise BadValueError(
            f"{bad.height} bars have no close above zero, such as {bad.row(0, named=True)}."
        )
    if bars.select(by, "session").is_duplicated().any() or bars.select(by).null_count().item():
        raise BadValueError(f"Expected one bar for each {by} and session, got some twice or null.")
    names = dict.fromkeys([by, "asset", "session", "close"])
    return bars.select(name for name in names if name in bars.columns).sort(by, "session")


def _countable(
    dividends: pl.DataFrame, by: str, currency: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Dividends that may count, and those that may not with the reason."""
    wrong = dividends.filter(
        ~((pl.col("amount") >= 0) & pl.col("amount").is_finite()).fill_null(False)
    )
    if wrong.height:
        raise BadValueError(
            f"{wrong.height} dividends have no amount of zero or more, such as "
            f"{wrong.row(0, named=True)}."
        )
    same = [by, "session", *(name for name in _SAME if name in dividends.columns)]
    once = dividends.unique(same, keep="first", maintain_order=True)
    twice = dividends.filter(~pl.struct(same).is_first_distinct())
    ours = (pl.col("currency") == currency).fill_null(False)
    left = [
        _why(twice, _TWICE, by),
        _why(once.filter(pl.col("currency").is_null()), "currency unknown", by),
        _why(once.filter(~ours & pl.col("currency").is_not_null()), "other currency", by),
    ]
    return once.filter(ours), pl.concat(left)


def _why(frame: pl.DataFrame, reason: str, by: str) -> pl.DataFrame:
    return frame.select(
        pl.col(by).cast(pl.String),
        pl.col("session").cast(pl.Date),
        pl.col("amount").cast(pl.Float64),
        pl.col("currency").cast(pl.String),
        pl.lit(reason).alias("reason"),
    )


def _split_events(splits: pl.DataFrame, by: str) -> pl.DataFrame:
    ratio = pl.col("split_to").cast(pl.Float64) / pl.col("split_from").cast(pl.Float64)
    sane = (ratio > 0) & ratio.is_finite() & (pl.col("split_from") > 0)
    bad = splits.filter(~sane.fill_null(False))
    if bad.height:
        raise BadValueError(
            f"{bad.height} splits have no ratio above zero, such as {bad.row(0, named=True)}."
        )
    return splits.select(
        pl.col(by).cast(pl.String),
        pl.col("session").cast(pl.Date),
        pl.lit(_SPLIT).alias("what"),
        ratio.alias("size"),
        pl.lit("").alias("currency"),
    )


def _dividend_events(dividends: pl.DataFrame, by: str) -> pl.DataFrame:
    return dividends.select(
        pl.col(by).cast(pl.String),
        pl.col("session").cast(pl.Date),
        pl.lit(_DIVIDEND).alias("what"),
        pl.col("amount").cast(pl.Float64).alias("size"),
        pl.col("currency").cast(pl.String),
    )


def _jumps(days: pl.DataFrame, events: pl.DataFrame, by: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The factor's jump at each session with an event, and the dividends that are too big."""
    marks = days.select(by, "session", "close").sort("session")
    before = marks.select(by, pl.col("session").alias("bar"), pl.col("close").alias("reference"))
    after = marks.select(by, pl.col("session").alias("acts"))
    placed = (
        events.sort("session")
        .join_asof(
            before,
            left_on="session",
            right_on="bar",
            by=by,
            strategy="backward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        .join_asof(
            after,
            left_on="session",
            right_on="acts",
            by=by,
            strategy="forward",
            check_sortedness=False,
        )
        .filter(pl.col("reference").is_not_null() & pl.col("acts").is_not_null())
        .sort(by, "session", "what", "size")
    )
    jumps: list[tuple[object, object, float]] = []
    too_big: list[dict[str, Any]] = []
    rows = placed.iter_rows(named=True)
    for (share, acts), together in groupby(rows, key=lambda row: (row[by], row["acts"])):
        jumps.append((share, acts, _one_jump(together, by, too_big)))
    schema = {by: pl.String, "session": pl.Date, "jump": pl.Float64}
    big = {by: pl.String, "session": pl.Date, "amount": pl.Float64, "currency": pl.String}
    return pl.DataFrame(jumps, schema, orient="row"), pl.DataFrame(too_big, big, orient="row")


def _one_jump(together: Iterable[dict[str, Any]], by: str, too_big: list[dict[str, Any]]) -> float:
    """Product over the events between two bars; the reference goes on from each to the next."""
    jump, reference = 1.0, math.nan
    for event in together:
        size = float(event["size"])
        if math.isnan(reference):
            reference = float(event["reference"])
        if event["what"] == _SPLIT:
            jump *= size
            reference /= size
        elif size < reference:
            jump *= reference / (reference - size)
            reference -= size
        else:
            told = {name: event[name] for name in (by, "session", "currency")}
            too_big.append({**told, "amount": size})
    return jump


def _complaint(wrong: pl.DataFrame, by: str, currency: str) -> str:
    shown = "; ".join(
        f"{row[by]} {row['session']} {row['amount']} {row['currency'] or ''} ({row['reason']})"
        for row in wrong.head(_SHOWN).iter_rows(named=True)
    )
    return (
        f"{wrong.height} dividends cannot be joined with closes in {currency}: {shown}. "
        'Pass unusable="leave" to leave them out and see them listed, or mend them.'
    )
