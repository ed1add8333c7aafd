"""Audit of the price tables that are stored: every row that breaks a rule, with its figures.

1. each table is read year by year and its rules are applied, the doubtful ones too
2. closes of Chinese shares are held against the band of their day, with risk warnings and listing
   days as far as the store knows them
3. factors are held against reference prices (`factor_identity`)
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from workbench.data.catalog import catalog
from workbench.data.dataset import Dataset
from workbench.data.point_in_time import is_st, securities
from workbench.data.validate.arriving import listing_days
from workbench.data.validate.bands import outside_band
from workbench.data.validate.identity import factor_identity
from workbench.data.validate.prices import rules_of
from workbench.data.validate.rules import broken_masks

if TYPE_CHECKING:
    from workbench.data.cellar import Cellar
    from workbench.data.store import TableSnapshot

__all__ = ["audit_prices"]

_SCHEMA = {
    "dataset": pl.String(),
    "check": pl.String(),
    "session": pl.Date(),
    "asset": pl.String(),
    "detail": pl.String(),
}


def audit_prices(
    cellar: Cellar, start: date | None = None, end: date | None = None
) -> pl.DataFrame:
    """Every stored price row that breaks a rule.

    Parameters
    ----------
    cellar : Cellar
        Tables that it does not have are passed over.
    start, end : date, optional
        Both included; everything by default.

    Returns
    -------
    DataFrame
        dataset, check (name of the rule, ``band``, ``identity``), session, asset, detail (what is
        wrong, and the row's figures); ordered by dataset, session, asset and check.
    """
    found = [pl.DataFrame(schema=_SCHEMA)]
    for dataset in catalog().values():
        if not dataset.checks or dataset.day != "session" or not cellar.has(dataset.name):
            continue
        for rows in _years(cellar.table(dataset.name), start, end):
            found.append(_broken(dataset, rows))
            if dataset.name == "cn.bars_1d":
                found.append(_outside(cellar, rows))
    if cellar.has("cn.bars_1d") and cellar.has("cn.adj_factor"):
        found.append(_identity(factor_identity(cellar, start, end)))
    return pl.concat(found).sort("dataset", "session", "asset", "check")


def _years(table: TableSnapshot, start: date | None, end: date | None) -> Iterator[pl.DataFrame]:
    """Rows of one year after the other, so that memory stays that of a year."""
    first, last = table.first, table.last
    if first is None or last is None:
        return
    first, last = max(first, start or first), min(last, end or last)
    for year in range(first.year, last.year + 1):
        low, high = max(first, date(year, 1, 1)), min(last, date(year, 12, 31))
        yield table.read(first=low, last=high)


def _broken(dataset: Dataset, rows: pl.DataFrame) -> pl.DataFrame:
    rules = rules_of(dataset)
    masks = broken_masks(rows, rules)
    found = [
        _told(dataset.name, rule.name, rule.reason, rows.filter(masks[rule.name].fill_null(False)))
        for rule in rules
        if masks[rule.name].any()
    ]
    return pl.concat([pl.DataFrame(schema=_SCHEMA), *found])


def _outside(cellar: Cellar, rows: pl.DataFrame) -> pl.DataFrame:
    outside = outside_band(rows, listing_days(cellar), _warned(cellar, rows))
    return _told("cn.bars_1d", "band", "close lies outside the price band",
                 rows.filter(pl.Series(outside, dtype=pl.Boolean)))  # fmt: skip


def _warned(cellar: Cellar, rows: pl.DataFrame) -> NDArray[np.bool_] | None:
    """Risk warnings of the rows, None where the store knows none."""
    if rows.is_empty() or not (cellar.has("cn.st_1d") or cellar.has("ref.names")):
        return None
    sessions = rows["session"].unique().sort().to_numpy().astype("datetime64[D]")
    # Two codes of one security share a column: is_st takes each security once.
    codes = rows["asset"].unique().sort().to_list()
    owners = _owners(cellar, codes)
    column = {owner: at for at, owner in enumerate(dict.fromkeys(owners))}
    flags = is_st(cellar, sessions, list(column)).values
    where = {code: column[owner] for code, owner in zip(codes, owners, strict=True)}
    line = np.searchsorted(sessions, rows["session"].to_numpy().astype("datetime64[D]"))
    return flags[line, rows["asset"].replace_strict(where, return_dtype=pl.Int64).to_numpy()]


def _owners(cellar: Cellar, codes: list[str]) -> list[str]:
    """The security behind each code; the code itself where nobody knows it."""
    if not cellar.has("ref.securities"):
        return codes
    known = securities(cellar)
    held = {*known.ids, *known.intervals["asset"]}
    return [known.identity(code) if code in held else code for code in codes]


def _identity(broken: pl.DataFrame) -> pl.DataFrame:
    detail = pl.format(
        "{}: reference moved by {}, factor by {}",
        "kind", pl.col("price_ratio").round(6), pl.col("factor_ratio").round(6),
    )  # fmt: skip
    return broken.select(
        pl.lit("cn.adj_factor").alias("dataset"), pl.lit("identity").alias("check"),
        "session", "asset", detail.alias("detail"),
    )  # fmt: skip


def _told(dataset: str, check: str, reason: str, rows: pl.DataFrame) -> pl.DataFrame:
    figures = [name for name in rows.columns if rows.schema[name] == pl.Float64]
    text = pl.concat_str(
        [pl.format("{} {}", pl.lit(name), pl.col(name)) for name in figures],
        separator=", ",
        ignore_nulls=True,
    )
    return rows.select(
        pl.lit(dataset).alias("dataset"), pl.lit(check).alias("check"), "session", "asset",
        pl.format("{}: {}", pl.lit(reason), text).alias("detail"),
    )  # fmt: skip
