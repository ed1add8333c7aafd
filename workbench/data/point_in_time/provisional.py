"""Codes that only imported bars know: listed from their first bar, or as the file said.

`ref.securities` is the vendor's list and proves completeness. What bars bring along stands apart,
in ``ref.provisional``: it makes a market possible, and is never taken for the whole of one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from workbench.data.catalog import dataset

if TYPE_CHECKING:
    from workbench.data.cellar import Cellar

__all__ = ["PROVISIONAL", "has_securities", "security_rows"]

PROVISIONAL = "ref.provisional"
_SECURITIES = "ref.securities"


def has_securities(cellar: Cellar) -> bool:
    """Whether any code is known, by the vendor or by imported bars."""
    return cellar.has(_SECURITIES) or cellar.has(PROVISIONAL)


def security_rows(cellar: Cellar) -> pl.DataFrame:
    """Rows in the columns of ref.securities: the vendor's, and provisional ones beside them.

    A provisional code that the vendor knows by now is the vendor's.

    Raises
    ------
    NotCoveredError
        If there is neither.
    """
    if not cellar.has(PROVISIONAL):
        return cellar.table(_SECURITIES).read()
    schema = dataset(_SECURITIES).schema()
    rows = cellar.table(PROVISIONAL).read()
    vendor = pl.DataFrame(schema=schema)
    if cellar.has(_SECURITIES):
        vendor = cellar.table(_SECURITIES).read()
        rows = rows.join(vendor.select("asset"), on="asset", how="anti")
    listed = pl.coalesce("list_date", "first_bar")
    given = {
        "security_id": pl.col("asset"),
        "asset": pl.col("asset"),
        "valid_from": listed,
        "list_date": listed,
        "delist_date": pl.col("delist_date"),
        "status": pl.when(pl.col("delist_date").is_null()).then(pl.lit("L")).otherwise(pl.lit("D")),
    }
    made = rows.select(
        given.get(name, pl.lit(None)).cast(dtype).alias(name) for name, dtype in schema.items()
    )
    return pl.concat([vendor, made])
